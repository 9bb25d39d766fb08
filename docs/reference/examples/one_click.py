from doboto import DO

do = DO.simulated()
slugs = do.one_click.list(type="droplet")
droplet = do.droplet.create(name="blog", region="nyc3", size="s-1vcpu-1gb", image=slugs[0]["slug"], wait=True)
print(droplet["name"], slugs[0]["slug"])

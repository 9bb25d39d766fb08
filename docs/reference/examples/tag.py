from doboto import DO

do = DO.simulated()
droplet = do.droplet.create(name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
do.tag.create("env:prod")
do.tag.attach("env:prod", [{"resource_id": str(droplet["id"]), "resource_type": "droplet"}])
print([one["name"] for one in do.droplet.list(tag_name="env:prod")])

from doboto import DO

do = DO.simulated()
address = do.floating_ip.create(region="nyc3")
droplet = do.droplet.create(name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
do.floating_ip.assign(address["ip"], droplet["id"], wait=True)
print(do.floating_ip.info(address["ip"])["ip"])

from doboto import DO

do = DO.simulated()
droplet = do.droplet.create(name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
address = do.reserved_ip.create(region="nyc3")
do.reserved_ip.assign(address["ip"], droplet["id"], wait=True)
do.reserved_ip.unassign(address["ip"], wait=True)
do.reserved_ip.destroy(address["ip"])

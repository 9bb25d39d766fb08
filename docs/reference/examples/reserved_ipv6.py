from doboto import DO

do = DO.simulated()
droplet = do.droplet.create(
    name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", ipv6=True, wait=True
)
address = do.reserved_ipv6.create("nyc3")
do.reserved_ipv6.assign(address["ip"], droplet["id"], wait=True)
print(do.reserved_ipv6.info(address["ip"])["ip"] == address["ip"])

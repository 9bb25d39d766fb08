from doboto import DO

do = DO.simulated()
droplet = do.droplet.create(name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
for action in do.action.list():
    print(action["id"], action["type"], action["status"], action["resource_id"] == droplet["id"])

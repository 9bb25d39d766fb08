from doboto import DO

do = DO.simulated()
droplet = do.droplet.create(name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
do.droplet.snapshot_create(droplet["id"], snapshot_name="before-upgrade", wait=True)
for snapshot in do.snapshot.list(resource_type="droplet"):
    print(snapshot["id"], snapshot["name"], snapshot["size_gigabytes"])

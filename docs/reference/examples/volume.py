from doboto import DO

do = DO.simulated()
droplet = do.droplet.create(name="db-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
volume = do.volume.create(
    name="data",
    region="nyc3",
    size_gigabytes=100,
    filesystem_type="ext4",
    filesystem_label="data",
    description="Database files",
    tags=["db"],
)
do.volume.attach(volume["id"], droplet_id=droplet["id"], wait=True)
print(do.volume.info(volume["id"])["droplet_ids"])

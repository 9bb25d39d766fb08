from doboto import DO, public_ipv4

do = DO.simulated()
droplets = do.droplet.create(
    names=["web-1", "web-2"],
    region="nyc3",
    size="s-1vcpu-1gb",
    image="ubuntu-24-04-x64",
    tags=["web"],
    ipv6=True,
    monitoring=True,
    backups=True,
    backup_policy={"plan": "weekly", "weekday": "SUN", "hour": 4},
    user_data="#cloud-config\npackages: [nginx]\n",
    wait=True,
    timeout=600,
    progress=print,
)
for droplet in droplets:
    print(droplet["id"], droplet["name"], public_ipv4(droplet))

from doboto import DO

do = DO.simulated()
key = do.ssh_key.create(
    "laptop", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqwDRXpRqv9nTTj5l3e8dXcT5n0C0e8Ul6V8X9OwTqP laptop"
)
pool = do.autoscale.create(
    name="web",
    config={"min_instances": 2, "max_instances": 5, "target_cpu_utilization": 0.6, "cooldown_minutes": 10},
    droplet_template={
        "region": "nyc3",
        "size": "s-1vcpu-1gb",
        "image": "ubuntu-24-04-x64",
        "ssh_keys": [key["fingerprint"]],
        "tags": ["web"],
    },
    wait=True,
)
print(pool["status"], [member["status"] for member in do.autoscale.member_list(pool["id"])])

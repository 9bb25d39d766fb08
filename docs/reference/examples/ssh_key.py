from doboto import DO

do = DO.simulated()
key = do.ssh_key.create(
    "laptop", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqwDRXpRqv9nTTj5l3e8dXcT5n0C0e8Ul6V8X9OwTqP laptop"
)
do.droplet.create(
    name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", ssh_keys=[key["id"]], wait=True
)
print(key["fingerprint"])

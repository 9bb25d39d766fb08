from doboto import DO

do = DO.simulated()
do.tag.create("web")
firewall = do.firewall.create(
    name="web",
    tags=["web"],
    inbound_rules=[
        {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["192.0.2.0/24"]}},
        {"protocol": "tcp", "ports": "443", "sources": {"addresses": ["0.0.0.0/0", "::/0"]}},
    ],
    outbound_rules=[
        {"protocol": "tcp", "ports": "0", "destinations": {"addresses": ["0.0.0.0/0", "::/0"]}},
        {"protocol": "udp", "ports": "53", "destinations": {"addresses": ["0.0.0.0/0", "::/0"]}},
    ],
    wait=True,
)
print(firewall["id"], firewall["status"])

from doboto import DO

do = DO.simulated()
do.tag.create("web")
balancer = do.load_balancer.create(
    name="web",
    region="nyc3",
    size_unit=1,
    tag="web",
    forwarding_rules=[
        {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 8080},
    ],
    health_check={"protocol": "http", "port": 8080, "path": "/health", "check_interval_seconds": 10},
    sticky_sessions={"type": "cookies", "cookie_name": "node", "cookie_ttl_seconds": 300},
    wait=True,
)
print(balancer["status"], balancer.get("ip"))

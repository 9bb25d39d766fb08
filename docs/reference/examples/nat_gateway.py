from doboto import DO

do = DO.simulated()
vpc = do.vpc.create(name="private", region="nyc3")
gateway = do.nat_gateway.create(
    name="egress",
    type="PUBLIC",
    region="nyc3",
    size=1,
    vpcs=[{"vpc_uuid": vpc["id"], "default_gateway": True}],
    tcp_timeout_seconds=300,
    wait=True,
)
print(gateway["state"], gateway.get("egresses"))

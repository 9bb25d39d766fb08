from doboto import DO

do = DO.simulated()
policy = do.monitoring.alert_create(
    type="v1/insights/droplet/cpu",
    description="CPU above 80 %",
    compare="GreaterThan",
    value=80,
    window="5m",
    entities=[],
    tags=["web"],
    alerts={"email": [do.account.info()["email"]], "slack": []},
    enabled=True,
)
print(policy["uuid"], policy["description"])

from doboto import DO

do = DO.simulated()
image = do.image.create(
    name="appliance",
    url="https://images.example.com/appliance.qcow2",
    region="nyc3",
    distribution="Debian",
    description="Debian with our agent",
    tags=["appliance"],
    wait=True,
)
print(image.get("status"), image["regions"])

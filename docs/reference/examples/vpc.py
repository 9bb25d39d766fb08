from doboto import DO

do = DO.simulated()
vpc = do.vpc.create(name="private", region="nyc3", ip_range="10.20.0.0/20", description="Databases")
other = do.vpc.create(name="office", region="nyc3", ip_range="10.30.0.0/20")
do.vpc.peering_create("private-office", [vpc["id"], other["id"]], wait=True)
do.droplet.create(
    name="db-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", vpc_uuid=vpc["id"], wait=True
)
print([member["name"] for member in do.vpc.member_list(vpc["id"])])

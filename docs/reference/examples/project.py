from doboto import DO

do = DO.simulated()
project = do.project.create(
    name="shop", purpose="Web Application", description="The shop and its database", environment="Production"
)
droplet = do.droplet.create(name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
do.project.resource_assign(project["id"], [f"do:droplet:{droplet['id']}"])
print([resource.get("urn") for resource in do.project.resource_list(project["id"])])

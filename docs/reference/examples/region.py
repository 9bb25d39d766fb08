from doboto import DO

do = DO.simulated()
print([region["slug"] for region in do.region.list() if region["available"]])

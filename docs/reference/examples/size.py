from doboto import DO

do = DO.simulated()
cheapest = min((size for size in do.size.list() if size["available"]), key=lambda size: size["price_monthly"])
print(cheapest["slug"], cheapest["price_monthly"])

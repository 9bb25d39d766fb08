from doboto import DO

do = DO.simulated()
do.domain.create("example.com", "192.0.2.10")
do.domain.record_create("example.com", {"type": "CNAME", "name": "www", "data": "@", "ttl": 3600})
do.domain.record_create("example.com", {"type": "MX", "name": "@", "data": "mail.example.com.", "priority": 10})
for record in do.domain.record_list("example.com"):
    print(record["type"], record["name"], record["data"])

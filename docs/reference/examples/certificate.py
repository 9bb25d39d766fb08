from doboto import DO

do = DO.simulated()
do.domain.create("example.com", "192.0.2.10")
certificate = do.certificate.create("web", type="lets_encrypt", dns_names=["www.example.com"], wait=True)
print(certificate["state"], certificate["dns_names"])

from doboto import DO

do = DO.simulated()
account = do.account.info()
print(account["email"], account["status"], account.get("droplet_limit"))

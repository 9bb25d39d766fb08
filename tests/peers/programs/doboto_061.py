"""A life cycle of Droplets with DOBOTO 0.6.1, the ancestor: what its 2017 release does on today's Python."""

import os
import time

from doboto.DO import DO
from doboto.exception import DOBOTOException, DOBOTONotFoundException

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p peer@example.com"
PLAN = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}

do = DO(os.environ["DO_TOKEN"], os.environ["DO_URL"], "peer")


def finish(action):
    # Its own wait= never polls more often than once a second; some steps below use it all the same.
    while action["status"] == "in-progress":
        time.sleep(0.05)
        action = do.action.info(action["id"])
    return action["status"]


print("account:", do.account.info()["status"])
print("region:", [one["available"] for one in do.region.list() if one["slug"] == "nyc3"])
print("size:", [one["memory"] for one in do.size.list() if one["slug"] == "s-1vcpu-1gb"])
print("image:", do.image.info("ubuntu-24-04-x64")["distribution"])

key, created = do.ssh_key.present("laptop", KEY)
print("key:", do.ssh_key.info(key["fingerprint"])["name"], created == key)
print("key again:", do.ssh_key.present("laptop", KEY)[1])

wanted = {"name": "solo", "ssh_keys": [key["id"]], "ipv6": True, "private_networking": True, "tags": ["peer"], **PLAN}
solo, created = do.droplet.present(wanted, wait=True, poll=1)
print("created:", solo["name"], solo["status"], created == solo)
print("again:", do.droplet.present(wanted)[1])
crew = do.droplet.create({"names": ["crew-1", "crew-2", "crew-3"], "tags": ["peer", "crew"], **PLAN}, wait=True, poll=1)
print("active:", sorted(one["name"] for one in do.droplet.list(tag_name="peer") if one["status"] == "active"))
print("addresses:", [one["type"] for one in solo["networks"]["v4"]], len(solo["networks"]["v6"]))

solo = solo["id"]
print("power_off:", do.droplet.power_off(solo, wait=True, poll=1)["status"], do.droplet.info(solo)["status"])
print("resize:", finish(do.droplet.resize(solo, "s-2vcpu-2gb", disk=True)), do.droplet.info(solo)["disk"])
print("power_on:", finish(do.droplet.power_on(solo)), do.droplet.info(solo)["status"])
print("snapshot:", finish(do.droplet.snapshot_create(solo, snapshot_name="solo-snapshot")))
print("snapshots:", [one["name"] for one in do.droplet.snapshot_list(solo)])
print("rename:", finish(do.droplet.rename(solo, "renamed")), do.droplet.info(solo)["name"])
print("backups:", finish(do.droplet.backup_enable(solo)), do.droplet.info(solo)["features"].count("backups"))
print("password:", finish(do.droplet.password_reset(solo)))
print("by tag:", [one["status"] for one in do.droplet.power_off(tag_name="crew", wait=True, poll=1)])
print("actions:", sorted(one["type"] for one in do.droplet.action_list(solo)))
print("neighbors:", sorted(one["name"] for one in do.droplet.neighbor_list(solo)))

do.tag.present("late")
do.tag.attach("late", [{"resource_id": str(solo), "resource_type": "droplet"}])
print("tagged:", [one["name"] for one in do.droplet.list(tag_name="late")])
do.tag.detach("late", [{"resource_id": str(solo), "resource_type": "droplet"}])
print("tags:", sorted(do.tag.name_list()))

volume = do.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})
print(
    "attach:",
    finish(do.volume.attach(id=volume["id"], droplet_id=solo)),
    do.droplet.info(solo)["volume_ids"] == [volume["id"]],
)
print(
    "detach:",
    finish(do.volume.detach(name="data", region="nyc3", droplet_id=solo)),
    do.droplet.info(solo)["volume_ids"],
)
do.volume.destroy(id=volume["id"])

address = do.floating_ip.create(region="nyc3")["ip"]
print("assign:", finish(do.floating_ip.assign(address, solo)), do.floating_ip.info(address)["droplet"]["name"])
print("unassign:", finish(do.floating_ip.unassign(address)), do.floating_ip.info(address)["droplet"])
do.floating_ip.destroy(address)

do.domain.create("peer.example.com", "198.18.0.9")
do.domain.record_create("peer.example.com", {"type": "CNAME", "name": "www", "data": "@"})
records = do.domain.record_list("peer.example.com")
print("records:", sorted((one["type"], one["name"]) for one in records if one["type"] in ("A", "CNAME")))
do.domain.destroy("peer.example.com")

# Its lists ask for 200 at a time, so it takes more than that to see it turn a page.
for batch in range(20):
    do.droplet.create({"names": ["many-%d-%d" % (batch, number) for number in range(10)], "tags": ["many"], **PLAN})
print("pages:", len(do.droplet.list()))

try:
    do.droplet.info(1)
except DOBOTONotFoundException:
    print("missing: DOBOTONotFoundException")
for refused in (
    lambda: do.droplet.create({"name": "solo", **PLAN, "size": "no-such-size"}),
    lambda: do.droplet.resize(solo, "s-4vcpu-8gb"),
):
    try:
        refused()
    except DOBOTOException as error:  # its str() fails on Python 3, its result does not
        print("refused:", error.result["id"], error.result["message"])

do.droplet.destroy(solo)
do.droplet.destroy(tag_name="crew")
do.droplet.destroy(tag_name="many")
print("left:", do.droplet.list())
do.ssh_key.destroy(key["id"])
for snapshot in do.snapshot.list(resource_type="droplet"):
    do.snapshot.destroy(snapshot["id"])
print("snapshots and keys:", do.snapshot.list(), do.ssh_key.list())

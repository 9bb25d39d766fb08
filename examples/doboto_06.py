"""A program as they were written for DOBOTO 0.6, in 2017. It runs on this library as it is.

It takes token and URL from the environment: DO_API_TOKEN, DO_API_URL.
"""

import os

from doboto.DO import DO
from doboto.exception import DOBOTOException, DOBOTONotFoundException, DOBOTOPollingException

do = DO(os.environ["DO_API_TOKEN"], os.environ["DO_API_URL"], "my-program")
POLL = float(os.environ.get("DO_POLL", "5"))

droplet, created = do.droplet.present(
    {
        "name": "legacy-1",
        "region": "nyc3",
        "size": "s-1vcpu-1gb",
        "image": "ubuntu-24-04-x64",
        "ipv6": True,
        "private_networking": True,
        "volume": [],
        "tags": ["legacy"],
    },
    wait=True,
    poll=POLL,
    timeout=600,
)
print("Droplet %s %s" % (droplet["id"], "created" if created else "was there"))
print(
    "Again: %s"
    % (
        do.droplet.present({"name": "legacy-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"})[
            1
        ],
    )
)

droplets = do.droplet.create(
    {
        "names": ["legacy-2", "legacy-3"],
        "region": "nyc3",
        "size": "s-1vcpu-1gb",
        "image": "ubuntu-24-04-x64",
        "tags": ["legacy"],
    },
    wait=True,
    poll=POLL,
)
print("Names: %s" % ", ".join(one["name"] for one in do.droplet.list(tag_name="legacy")))
print("Networks: %s" % sorted(droplet["networks"]))

action = do.droplet.power_off(droplet["id"], wait=True, poll=POLL)
print("%s: %s" % (action["type"], action["status"]))
for action in do.droplet.power_on(tag_name="legacy", wait=True, poll=POLL):
    print("%s of %s: %s" % (action["type"], action["resource_id"], action["status"]))

action = do.droplet.snapshot_create(droplet["id"], snapshot_name="legacy", wait=True, poll=POLL)
print("Snapshots: %s" % [snapshot["name"] for snapshot in do.droplet.snapshot_list(droplet["id"])])
print("Actions: %s" % sorted(one["type"] for one in do.droplet.action_list(droplet["id"])))

try:
    do.droplet.rebuild(droplets[0]["id"], "debian-12-x64", wait=True, poll=POLL, timeout=POLL * 2)
except DOBOTOPollingException as exception:
    print("Still going on: %s" % exception.polling["type"])

do.droplet.destroy(tag_name="legacy")
try:
    do.droplet.info(droplet["id"])
except DOBOTONotFoundException:
    print("Gone: %s" % droplet["name"])
except DOBOTOException as exception:
    print("Something else: %s" % exception)

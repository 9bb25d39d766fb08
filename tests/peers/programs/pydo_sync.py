"""A life cycle of Droplets with pydo, the official client of DigitalOcean, blocking."""

import os
import time

from azure.core.exceptions import HttpResponseError
from pydo import Client

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p peer@example.com"
PLAN = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}

client = Client(
    os.environ["DO_TOKEN"],
    endpoint=os.environ["DO_ORIGIN"],
    connection_verify=os.environ["DO_CA"],
)


def droplet(id):
    return client.droplets.get(id)["droplet"]


def wait_for(status, *ids):
    while any(droplet(id)["status"] != status for id in ids):
        time.sleep(0.05)


def finish(action):
    while action["status"] == "in-progress":
        time.sleep(0.05)
        action = client.actions.get(action["id"])["action"]
    return action


def act(id, type, **arguments):
    return finish(client.droplet_actions.post(id, body={"type": type, **arguments})["action"])


def pages(operation, name, **arguments):
    items, page = [], 1
    while True:
        reply = operation(page=page, **arguments)
        items += reply[name]
        if "next" not in reply.get("links", {}).get("pages", {}):
            return items, page
        page += 1


print("account:", client.account.get()["account"]["status"])
print("region:", [one["available"] for one in client.regions.list(per_page=200)["regions"] if one["slug"] == "nyc3"])
print("size:", [one["memory"] for one in client.sizes.list(per_page=200)["sizes"] if one["slug"] == "s-1vcpu-1gb"])
print("image:", client.images.get("ubuntu-24-04-x64")["image"]["distribution"])

key = client.ssh_keys.create(body={"name": "laptop", "public_key": KEY})["ssh_key"]
print("key:", client.ssh_keys.get(key["fingerprint"])["ssh_key"]["name"])

reply = client.droplets.create(body={"name": "solo", "ssh_keys": [key["id"]], "ipv6": True, "tags": ["peer"], **PLAN})
solo = reply["droplet"]["id"]
print("created:", reply["droplet"]["name"], reply["droplet"]["status"], reply["links"]["actions"][0]["rel"])
crew = client.droplets.create(body={"names": ["crew-1", "crew-2", "crew-3"], "tags": ["peer", "crew"], **PLAN})
crew = [one["id"] for one in crew["droplets"]]
wait_for("active", solo, *crew)
print("active:", sorted(one["name"] for one in client.droplets.list(tag_name="peer")["droplets"]))
networks = droplet(solo)["networks"]
print("addresses:", [one["type"] for one in networks["v4"]], [one["type"] for one in networks["v6"]])

print("power_off:", act(solo, "power_off")["status"], droplet(solo)["status"])
print("resize:", act(solo, "resize", size="s-2vcpu-2gb", disk=False)["status"], droplet(solo)["size_slug"])
print("power_on:", act(solo, "power_on")["status"], droplet(solo)["status"])
print("snapshot:", act(solo, "snapshot", name="solo-snapshot")["status"])
print("snapshots:", [one["name"] for one in client.droplets.list_snapshots(solo)["snapshots"]])
print("rename:", act(solo, "rename", name="renamed")["status"], droplet(solo)["name"])
actions = client.droplet_actions.post_by_tag(body={"type": "power_off"}, tag_name="crew")["actions"]
print("by tag:", [finish(action)["status"] for action in actions], {droplet(id)["status"] for id in crew})
print("actions:", sorted(one["type"] for one in client.droplet_actions.list(solo)["actions"]))

volume = client.volumes.create(body={"name": "data", "region": "nyc3", "size_gigabytes": 10})["volume"]
action = client.volume_actions.post_by_id(volume["id"], body={"type": "attach", "droplet_id": solo})["action"]
print("attach:", finish(action)["status"], droplet(solo)["volume_ids"] == [volume["id"]])
action = client.volume_actions.post_by_id(volume["id"], body={"type": "detach", "droplet_id": solo})["action"]
print("detach:", finish(action)["status"], droplet(solo)["volume_ids"])
client.volumes.delete(volume["id"])

address = client.reserved_ips.create(body={"region": "nyc3"})["reserved_ip"]["ip"]
action = client.reserved_ips_actions.post(address, body={"type": "assign", "droplet_id": solo})["action"]
print("assign:", finish(action)["status"], client.reserved_ips.get(address)["reserved_ip"]["droplet"]["name"])
action = client.reserved_ips_actions.post(address, body={"type": "unassign"})["action"]
print("unassign:", finish(action)["status"], client.reserved_ips.get(address)["reserved_ip"]["droplet"])
client.reserved_ips.delete(address)

client.domains.create(body={"name": "peer.example.com"})
record = client.domains.create_record("peer.example.com", body={"type": "A", "name": "www", "data": "198.18.0.9"})
print("record:", record["domain_record"]["name"], record["domain_record"]["data"])
client.domains.delete("peer.example.com")

inbound = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}
firewall = client.firewalls.create(body={"name": "ssh", "inbound_rules": [inbound], "droplet_ids": [solo]})["firewall"]
print("firewall:", [one["name"] for one in client.droplets.list_firewalls(solo)["firewalls"]])
client.firewalls.add_tags(firewall["id"], body={"tags": ["crew"]})
print("firewall tags:", client.firewalls.get(firewall["id"])["firewall"]["tags"])
client.firewalls.delete(firewall["id"])

names, count = pages(client.droplets.list, "droplets", per_page=3)
print("pages:", sorted(one["name"] for one in names), count)

# pydo maps 404 to no exception: the error's body is what it returns.
print("missing:", client.droplets.get(1)["id"])
try:
    client.droplets.create(body={"name": "solo", **PLAN, "size": "no-such-size"})
except HttpResponseError as error:
    print("refused:", error.status_code, error.error.message)
try:
    act(solo, "resize", size="s-4vcpu-8gb")
except HttpResponseError as error:
    print("refused:", error.status_code, error.error.message)

print("by name:", [one["id"] == solo for one in client.droplets.list(name="renamed")["droplets"]])
client.droplets.destroy(solo)
client.droplets.destroy_by_tag(tag_name="crew")
print("left:", client.droplets.list()["droplets"], client.droplets.list()["meta"]["total"])
print("tags:", sorted((one["name"], one["resources"]["count"]) for one in client.tags.list()["tags"]))
client.ssh_keys.delete(key["id"])
print("keys:", client.ssh_keys.list()["ssh_keys"])

"""A life cycle of Droplets with python-digitalocean."""

import os
import time

import digitalocean

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p peer@example.com"

token = os.environ["DO_TOKEN"]
os.environ["DIGITALOCEAN_END_POINT"] = os.environ["DO_URL"] + "/"
plan = {"token": token, "region": "nyc3", "size_slug": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
manager = digitalocean.Manager(token=token)


def finish(reply):
    action = digitalocean.Action.get_object(api_token=token, action_id=reply["action"]["id"])
    action.wait(update_every_seconds=0.05, repeat=100)
    action.load()
    return action.status


def wait_until_active(*droplets):
    for droplet in droplets:
        while droplet.load().status != "active":
            time.sleep(0.05)


print("account:", manager.get_account().status)
print("region:", [one.available for one in manager.get_all_regions() if one.slug == "nyc3"])
print("size:", [one.memory for one in manager.get_all_sizes() if one.slug == "s-1vcpu-1gb"])
print("image:", manager.get_image("ubuntu-24-04-x64").distribution)

key = digitalocean.SSHKey(token=token, name="laptop", public_key=KEY)
key.create()
print("key:", manager.get_ssh_key(key.id).name)

solo = digitalocean.Droplet(name="solo", ssh_keys=[key], ipv6=True, private_networking=True, tags=["peer"], **plan)
solo.create()
crew = digitalocean.Droplet.create_multiple(names=["crew-1", "crew-2", "crew-3"], tags=["peer", "crew"], **plan)
wait_until_active(solo, *crew)
print("active:", sorted(one.name for one in manager.get_all_droplets(tag_name="peer")))
print("addresses:", bool(solo.ip_address), bool(solo.private_ip_address), bool(solo.ip_v6_address))

print("power_off:", finish(solo.power_off()), solo.load().status)
print("resize:", finish(solo.resize("s-2vcpu-2gb", disk=True)), solo.load().size_slug, solo.disk)
print("power_on:", finish(solo.power_on()), solo.load().status)
print("snapshot:", finish(solo.take_snapshot("solo-snapshot")))
print("snapshots:", [one.name for one in manager.get_droplet_snapshots()], len(solo.load().get_snapshots()))
print("rename:", finish(solo.rename("renamed")), solo.load().name)
print("actions:", sorted(one.type for one in solo.get_actions()))

tag = digitalocean.Tag(token=token, name="late")
tag.create()
tag.add_droplets([solo.id])
print("tagged:", [one.name for one in manager.get_all_droplets(tag_name="late")])
tag.remove_droplets([solo.id])

volume = digitalocean.Volume(token=token, name="data", region="nyc3", size_gigabytes=10)
volume.create()
print("attach:", finish(volume.attach(solo.id, "nyc3")), volume.load().droplet_ids == [solo.id])
print("detach:", finish(volume.detach(solo.id, "nyc3")), volume.load().droplet_ids)
volume.destroy()

address = digitalocean.FloatingIP(token=token, region_slug="nyc3").reserve()
print("assign:", finish(address.assign(solo.id)), address.load().droplet["name"])
print("unassign:", finish(address.unassign()), address.load().droplet)
address.destroy()

domain = digitalocean.Domain(token=token, name="peer.example.com", ip_address="198.18.0.9")
domain.create()
domain.create_new_domain_record(type="CNAME", name="www", data="@")
print("records:", sorted((one.type, one.name) for one in domain.get_records() if one.type in ("A", "CNAME")))
domain.destroy()

inbound = digitalocean.InboundRule(protocol="tcp", ports="22", sources=digitalocean.Sources(addresses=["0.0.0.0/0"]))
everywhere = digitalocean.Destinations(addresses=["0.0.0.0/0"])
outbound = digitalocean.OutboundRule(protocol="tcp", ports="all", destinations=everywhere)
firewall = digitalocean.Firewall(
    token=token, name="ssh", inbound_rules=[inbound], outbound_rules=[outbound], droplet_ids=[solo.id]
)
firewall.create()
firewall.add_tags(["crew"])
print("firewall:", [(one.name, one.droplet_ids == [solo.id], one.tags) for one in manager.get_all_firewalls()])
firewall.destroy()

print("pages:", sorted(one.name for one in manager.get_all_droplets(params={"per_page": 3})))

try:
    manager.get_droplet(1)
except digitalocean.NotFoundError:
    print("missing: NotFoundError")
try:
    digitalocean.Droplet(name="solo", **{**plan, "size_slug": "no-such-size"}).create()
except digitalocean.DataReadError as error:
    print("refused:", error)
try:
    solo.resize("s-4vcpu-8gb")
except digitalocean.DataReadError as error:
    print("refused:", error)
print("requests left:", int(solo.ratelimit_remaining) < int(solo.ratelimit_limit) == 5000)

for one in manager.get_all_droplets():
    one.destroy()
print("left:", manager.get_all_droplets())
for one in manager.get_all_snapshots():
    one.destroy()
key.destroy()
print("snapshots and keys:", manager.get_all_snapshots(), manager.get_all_sshkeys())

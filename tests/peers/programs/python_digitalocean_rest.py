"""What python-digitalocean offers and the life cycle in `python_digitalocean.py` leaves out."""

import os
import time

import digitalocean

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p peer@example.com"

token = os.environ["DO_TOKEN"]
os.environ["DIGITALOCEAN_END_POINT"] = os.environ["DO_URL"] + "/"
plan = {"token": token, "region": "nyc3", "size_slug": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
manager = digitalocean.Manager(token=token)


def finish(begun):
    action = manager.get_action(begun["action"]["id"] if isinstance(begun, dict) else begun.id)
    action.wait(update_every_seconds=0.02, repeat=500)
    action.load()
    return action.status


def active(droplet):
    while droplet.load().status != "active":
        time.sleep(0.02)
    return droplet


account = digitalocean.Account(token=token)
account.load()
print("account:", account.status, account.email_verified)
print("kinds of images:", {one.type for one in manager.get_distro_images()}, len(manager.get_my_images()))
print("all images:", len(manager.get_all_images()) == len(manager.get_global_images()))
print("applications:", all(one.public for one in manager.get_app_images()))

# A key by its text: the second Droplet finds the one that the first has uploaded.
solo = digitalocean.Droplet(name="solo", ssh_keys=[KEY], backups=True, tags=["peer"], **plan)
solo.create()
pair = digitalocean.Droplet(name="pair", ssh_keys=[KEY], **plan)
pair.create()
print("first action:", solo.get_action(solo.action_ids[0]).type)
active(solo), active(pair)
solo, pair = manager.get_droplet(solo.id), digitalocean.Droplet.get_object(token, pair.id)
print("keys:", [one.name for one in manager.get_all_sshkeys()], solo.features, solo.tags, solo.next_backup_window != {})
key = digitalocean.SSHKey(token=token).load_by_pub_key(KEY)
key.name = "desk"
key.edit()
print("key:", digitalocean.SSHKey.get_object(token, key.id).name, key.public_key == KEY)

print("shutdown:", finish(solo.shutdown(return_dict=False)), solo.load().status)
print("power_on:", finish(solo.power_on()), solo.load().status)
print("reboot:", finish(solo.reboot()), "power_cycle:", finish(solo.power_cycle()), solo.load().status)
print("password:", finish(solo.reset_root_password()))
print("backups:", finish(solo.disable_backups()), "backups" in solo.load().features)
print("backups:", finish(solo.enable_backups()), "backups" in solo.load().features)
print("ipv6:", finish(solo.enable_ipv6()), bool(solo.load().ip_v6_address), solo.ipv6)
print("private network:", finish(solo.enable_private_networking()), bool(solo.load().private_ip_address))
kernels = solo.get_kernel_available()
print("kernels:", len(kernels), all(one.name for one in kernels))
print("kernel:", finish(solo.change_kernel(kernels[-1])) if kernels else None)
print("snapshot:", finish(solo.take_snapshot("cold", power_off=True)), solo.load().status, finish(solo.power_on()))
solo.load()
(image,) = solo.get_snapshots()
print("image:", image.load().name, image.type, image.regions, image.min_disk_size, image.status)
print("transfer:", finish(image.transfer("ams3")), image.load().regions)
image.rename("frozen")
print("renamed:", [one.name for one in manager.get_my_images()], manager.get_image(image.id).name)
print("restore:", finish(solo.restore(image.id)), "rebuild:", finish(solo.rebuild()), solo.load().status)
print("events:", sorted(one.type for one in solo.get_events()))
snapshot = manager.get_snapshot(str(image.id))
print("snapshot:", snapshot.name, snapshot.resource_type, snapshot.resource_id == str(solo.id), snapshot.regions)

custom = digitalocean.Image(
    token=token, name="mine", url="http://example.com/disk.qcow2", region="nyc3", distribution="Fedora", tags=["peer"]
).create()
while custom.load().status != "available":
    time.sleep(0.02)
print("custom:", custom.type, custom.distribution, custom.tags, custom.error_message)
print("destroyed:", custom.destroy(), image.destroy(), manager.get_my_images())

volume = digitalocean.Volume(
    token=token, name="data", region="nyc3", size_gigabytes=10, filesystem_type="ext4", filesystem_label="data"
).create()
print("volume:", manager.get_volume(volume.id).filesystem_label, [one.name for one in manager.get_all_volumes("nyc3")])
print("elsewhere:", manager.get_all_volumes("ams3"))
print("resize:", finish(volume.resize(20, "nyc3")), volume.load().size_gigabytes)
print("attach:", finish(volume.attach(solo.id, "nyc3")))
solo.load().update_volumes_data()
print("volumes:", [(one.name, one.droplet_ids == [solo.id]) for one in solo.volumes])
print("detach:", finish(volume.detach(solo.id, "nyc3")))
volume.snapshot("data-snapshot")
(frozen,) = volume.get_snapshots()
print("snapshots:", [(one.name, one.resource_type, one.size_gigabytes) for one in manager.get_volume_snapshots()])
tag = digitalocean.Tag(token=token, name="kept")
tag.create()
tag.add_snapshots(frozen)
print("tagged:", frozen.load().tags, tag.load().resources["volume_snapshots"]["count"])
tag.remove_snapshots([frozen])
tag.add_droplets(solo)
tagged = digitalocean.Tag.get_object(token, "kept").resources
print("tags:", sorted(one.name for one in manager.get_all_tags()), tagged["count"], tagged["droplets"]["count"])
print("tag:", tag.delete(), solo.load().tags)
thawed = digitalocean.Volume(token=token, name="thawed", region="nyc3", snapshot_id=frozen.id, size_gigabytes=20)
thawed.create_from_snapshot()
print("thawed:", thawed.load().size_gigabytes, thawed.filesystem_type)
print("destroyed:", thawed.destroy(), volume.destroy(), frozen.destroy(), manager.get_all_volumes())

domain = digitalocean.Domain(token=token, name="rest.example.com")
domain.create()
print("domain:", manager.get_domain("rest.example.com").ttl, [one.name for one in manager.get_all_domains()])
mail = domain.create_new_domain_record(type="MX", name="@", data="mail.example.com.", priority=10, ttl=600)
record = digitalocean.Record(domain_name=domain.name, token=token, type="A", name="www", data="198.18.0.1", ttl=60)
record.create()
record.data = "198.18.0.2"
record.save()
record.load()
print("record:", digitalocean.Record.get_object(token, domain.name, record.id).data, record.ttl, record.priority)
domain.update_domain_record(domain=domain.name, id=record.id, type="A", name="web")
print("records:", [(one.type, one.name, one.data) for one in domain.get_records(params={"type": "A"})])
mx = mail["domain_record"]
print("mail:", mx["priority"], mx["data"], domain.delete_domain_record(id=mx["id"]))
print("destroyed:", record.destroy(), domain.destroy(), manager.get_all_domains())

address = digitalocean.FloatingIP(token=token, droplet_id=solo.id).create()
while not manager.get_floating_ip(address.ip).droplet:
    time.sleep(0.02)
print("address:", address.load().droplet["name"], [one.ip == address.ip for one in manager.get_all_floating_ips()])
print("unassign:", finish(address.unassign()), address.destroy(), manager.get_all_floating_ips())

inbound = digitalocean.InboundRule(protocol="tcp", ports="80-90", sources=digitalocean.Sources(tags=["peer"]))
firewall = digitalocean.Firewall(token=token, name="web", inbound_rules=[inbound]).create()
firewall.add_droplets([solo.id])
firewall.add_tags(["peer"])
firewall = manager.get_firewall(firewall.id)
print("firewall:", firewall.droplet_ids == [solo.id], firewall.tags, firewall.inbound_rules[0].sources.tags)
firewall.remove_droplets([solo.id])
firewall.remove_tags(["peer"])
print("firewall:", firewall.load().droplet_ids, firewall.tags, firewall.destroy())

certificate = digitalocean.Certificate(token=token, name="web", type="lets_encrypt", dns_names=["rest.example.com"])
digitalocean.Domain(token=token, name="rest.example.com").create()
certificate.create()
while certificate.load().state != "verified":
    time.sleep(0.02)
print("certificate:", manager.get_certificate(certificate.id).dns_names, len(manager.get_all_certificates()))

rule = digitalocean.ForwardingRule("http", 80, "http", 8080)
balancer = digitalocean.LoadBalancer(
    token=token, name="front", region="nyc3", size="lb-small", forwarding_rules=[rule], droplet_ids=[solo.id]
).create()
while balancer.load().status != "active":
    time.sleep(0.02)
print(
    "load balancer:", balancer.algorithm, balancer.health_check.port, balancer.sticky_sessions.type, bool(balancer.ip)
)
balancer.add_droplets([pair.id])
balancer.add_forwarding_rules([digitalocean.ForwardingRule("https", 443, "http", 8080, certificate.id)])
balancer = manager.get_load_balancer(balancer.id)
print("load balancer:", len(balancer.droplet_ids), [one.entry_port for one in balancer.forwarding_rules])
balancer.remove_droplets([solo.id])
balancer.remove_forwarding_rules([rule])
balancer.load().redirect_http_to_https = True
balancer.sticky_sessions = digitalocean.StickySessions("cookies", "DO-LB", 300)
balancer.save()
(balancer,) = manager.get_all_load_balancers()
print("load balancer:", balancer.redirect_http_to_https, balancer.sticky_sessions.cookie_name, balancer.name)
print("destroyed:", balancer.destroy(), certificate.destroy(), manager.get_all_certificates())

network = digitalocean.VPC(token=token, name="inner", region="nyc3", ip_range="10.99.0.0/24").create()
network.rename("inside")
print("network:", manager.get_vpc(network.id).name, network.default, network.ip_range)
print("networks:", sorted((one.region, one.default) for one in manager.get_all_vpcs()), network.destroy())

project = digitalocean.Project(token=token, name="shop", purpose="Website or blog", environment="Production")
project.create_project()
project.assign_resource([f"do:droplet:{solo.id}"])
project.load_resources()
print("project:", project.resources == [f"do:droplet:{solo.id}"], manager.get_project(project.id).environment)
project.update_project(description="All of it", environment="Staging")
print(
    "project:", project.description, project.environment, project.is_default, manager.get_default_project().is_default
)
default = manager.get_default_project()
project.set_as_default_project()
print("default:", sorted((one.name, one.is_default) for one in manager.get_all_projects()))
default.set_as_default_project()
default.assign_resource([f"do:droplet:{solo.id}"])
print("emptied:", project.get_all_resources(), project.delete_project())

try:
    manager.get_balance()
except digitalocean.DataReadError as error:
    print("balance:", error)
digitalocean.Domain(token=token, name="rest.example.com").destroy()
print(
    "destroyed:", solo.destroy(), pair.destroy(), key.destroy(), [one.destroy() for one in manager.get_all_snapshots()]
)

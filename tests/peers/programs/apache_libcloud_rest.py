"""What Apache Libcloud's two drivers offer and the life cycle in `apache_libcloud.py` leaves out."""

import os
import time

import libcloud.security
from libcloud.common.digitalocean import DigitalOcean_v2_Connection
from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.drivers.digitalocean import DigitalOcean_v2_NodeDriver
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider
from libcloud.dns.drivers.digitalocean import DigitalOceanDNSDriver
from libcloud.dns.providers import get_driver as get_dns_driver
from libcloud.dns.types import Provider as DNSProvider
from libcloud.dns.types import RecordType

libcloud.security.CA_CERTS_PATH = os.environ["DO_CA"]


class Connection(DigitalOcean_v2_Connection):
    base_url = os.environ["DO_ORIGIN"]


DigitalOcean_v2_NodeDriver.connectionCls = Connection
driver = get_driver(Provider.DIGITAL_OCEAN)(os.environ["DO_TOKEN"])


def finish():
    while any(one["status"] == "in-progress" for one in driver.ex_list_events()):
        time.sleep(0.02)
    return driver.ex_get_event(driver.ex_list_events()[0]["id"])["type"]


def node():
    return driver.ex_get_node_details(solo.id)


print("closed regions:", len(driver.list_locations(ex_available=False)) >= len(driver.list_locations()))
location = next(one for one in driver.list_locations() if one.id == "nyc3")
sizes = driver.list_sizes(location)
print("sizes:", all("nyc3" in one.extra["regions"] for one in sizes), all(one.price > 0 for one in sizes))
print("images:", all(one.extra["public"] for one in driver.list_images()))
pages, driver.ex_per_page = len(driver.list_images()), 7
print("pages:", len(driver.list_images()) == pages)
driver.ex_per_page = 200

size = next(one for one in sizes if one.name == "s-1vcpu-1gb")
image = next(one for one in driver.list_images() if one.extra["slug"] == "debian-12-x64")
solo = driver.create_node("solo", size, image, location, ex_create_attr={"backups": True, "tags": ["peer"]})
driver.wait_until_running([solo], wait_period=0.02)
print("node:", node().extra["features"], node().extra["tags"], node().image.extra["slug"], node().size.name)
print("hard reboot:", driver.ex_hard_reboot(solo), finish(), node().state == NodeState.RUNNING)
print("ipv6:", driver.ex_enable_ipv6(solo), finish(), len(node().extra["networks"]["v6"]))
try:
    driver.ex_change_kernel(solo, 1)
except BaseHTTPError as error:
    print("kernel:", error.code, error.message, node().extra["kernel"])

driver.create_volume(10, "data", location)
(volume,) = driver.list_volumes()
print("volume:", volume.size, volume.extra["region_slug"], volume.snapshot("whole").name)
(frozen,) = volume.list_snapshots()
print("snapshot:", frozen.name, frozen.extra["regions"], frozen.extra["resource_id"] == volume.id)
print("deleted:", driver.delete_volume_snapshot(frozen), volume.list_snapshots())
print("methods:", volume.attach(solo), finish(), driver.list_volumes()[0].detach(), finish(), volume.destroy())

address = driver.ex_create_floating_ip(location)
print("address:", driver.ex_attach_floating_ip_to_node(solo, address), finish())
(assigned,) = driver.ex_list_floating_ips()
print("assigned:", str(assigned.node_id) == str(solo.id), assigned.extra["region"]["slug"])
print("unassign:", driver.ex_detach_floating_ip_from_node(solo, address), finish(), assigned.delete())

print("image:", driver.create_image(solo, "kept"), finish())
(kept,) = [one for one in driver.list_images() if not one.extra["public"]]
print("image:", kept.name, kept.extra["slug"], kept.extra["min_disk_size"], kept.extra["regions"])
second = driver.create_node("second", size, kept, location)
driver.wait_until_running([second], wait_period=0.02)
print("from it:", driver.ex_get_node_details(second.id).image.name)

DigitalOceanDNSDriver.connectionCls = Connection
names = get_dns_driver(DNSProvider.DIGITAL_OCEAN)(os.environ["DO_TOKEN"])
zone = names.create_zone("rest.example.com", extra={"ip": "198.18.0.9"})
print("zone:", [one.domain for one in names.list_zones()], names.get_zone(zone.id).ttl)
made = [
    zone.create_record("www", RecordType.A, "198.18.0.1"),
    zone.create_record("www", RecordType.AAAA, "2001:db8::1", {"ttl": 60}),
    zone.create_record("alias", RecordType.CNAME, "www.rest.example.com."),
    zone.create_record("@", RecordType.MX, "mail.example.com.", {"priority": 10}),
    zone.create_record("@", RecordType.TXT, "v=spf1 -all"),
    zone.create_record("_sip._tcp", RecordType.SRV, "sip.example.com.", {"priority": 1, "port": 5060, "weight": 5}),
]
print("records:", sorted((one.type, one.name, one.data, one.ttl) for one in zone.list_records()))
changed = names.get_record(zone.id, made[0].id).update(data="198.18.0.2", extra={"ttl": 120})
print("changed:", changed.name, names.get_record(zone.id, changed.id).data, changed.ttl)
service = names.get_record(zone.id, made[-1].id)
print("service:", service.extra["priority"], service.extra["port"], service.extra["weight"])
print("deleted:", [one.delete() for one in made], len(zone.list_records()))
try:
    zone.create_record("bad", RecordType.A, "no address")
except BaseHTTPError as error:
    print("refused:", error.code, error.message)
print("zone:", zone.delete(), names.list_zones())

print("destroyed:", [one.destroy() for one in driver.list_nodes()], driver.delete_image(kept), driver.list_nodes())

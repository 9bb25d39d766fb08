"""A life cycle of nodes with Apache Libcloud's driver for DigitalOcean."""

import os
import time

import libcloud.security
from libcloud.common.digitalocean import DigitalOcean_v2_Connection
from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.drivers.digitalocean import DigitalOcean_v2_NodeDriver
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p peer@example.com"

libcloud.security.CA_CERTS_PATH = os.environ["DO_CA"]


class Connection(DigitalOcean_v2_Connection):
    # The driver takes host=, port= and secure= and forgets them: another place is a connection of one's own, by HTTPS.
    base_url = os.environ["DO_ORIGIN"]


DigitalOcean_v2_NodeDriver.connectionCls = Connection
driver = get_driver(Provider.DIGITAL_OCEAN)(os.environ["DO_TOKEN"])


def node():
    return driver.ex_get_node_details(solo.id)


def finish():
    # It hands out no action of a node: one waits for the newest events of the account to end.
    while any(one["status"] == "in-progress" for one in driver.ex_list_events()):
        time.sleep(0.05)
    return driver.ex_list_events()[0]["type"]


print("account:", driver.ex_account_info()["status"])
location = next(one for one in driver.list_locations() if one.id == "nyc3")
size = next(one for one in driver.list_sizes(location) if one.name == "s-1vcpu-1gb")
image = next(one for one in driver.list_images() if one.extra["slug"] == "ubuntu-24-04-x64")
print("plan:", location.name, size.ram, image.extra["distribution"])

key = driver.create_key_pair("laptop", KEY)
print("key:", driver.get_key_pair("laptop").fingerprint == key.fingerprint)

attributes = {"ssh_keys": [key.fingerprint], "ipv6": True, "private_networking": True, "tags": ["peer"]}
solo = driver.create_node("solo", size, image, location, ex_create_attr=attributes)
print("created:", solo.name, solo.state == NodeState.PENDING)
crew = [driver.create_node(f"crew-{number}", size, image, location) for number in (1, 2, 3)]
active = driver.wait_until_running([solo, *crew], wait_period=0.05)
print("active:", sorted(one.name for one, _ in active), [len(addresses) for _, addresses in active])
print("addresses:", len(node().public_ips), len(node().private_ips))

print("shutdown:", driver.ex_shutdown_node(solo), finish(), node().state == NodeState.STOPPED)
bigger = next(one for one in driver.list_sizes() if one.name == "s-2vcpu-2gb")
print("resize:", driver.ex_resize_node(solo, bigger), finish(), node().extra["size_slug"])
print("power_on:", driver.ex_power_on_node(solo), finish(), node().state == NodeState.RUNNING)
print("reboot:", driver.reboot_node(solo), finish(), node().state == NodeState.RUNNING)
print("snapshot:", driver.create_image(solo, "solo-snapshot"), finish())
snapshot = driver.get_image(node().extra["snapshot_ids"][0])
print("snapshots:", snapshot.name)
print("rename:", driver.ex_rename_node(solo, "renamed"), finish(), node().name)
print("rebuild:", driver.ex_rebuild_node(node()), finish(), node().extra["image"]["slug"])

volume = driver.create_volume(10, "data", location)
print("attach:", driver.attach_volume(solo, volume), finish())
volume = next(one for one in driver.list_volumes() if one.name == "data")
print("attached:", [str(one) for one in volume.extra["droplet_ids"]] == [str(solo.id)])
print("detach:", driver.detach_volume(volume), finish())
frozen = driver.create_volume_snapshot(volume, "data-snapshot")
print("volume snapshots:", [one.name for one in driver.list_volume_snapshots(volume)])
print("deleted:", driver.delete_volume_snapshot(frozen), driver.destroy_volume(volume), driver.list_volumes())

address = driver.ex_create_floating_ip(location)
print("assign:", driver.ex_attach_floating_ip_to_node(solo, address), finish())
print("assigned:", str(driver.ex_get_floating_ip(address.ip_address).node_id) == str(solo.id))
print("unassign:", driver.ex_detach_floating_ip_from_node(solo, address), finish())
print("released:", driver.ex_delete_floating_ip(address), driver.ex_list_floating_ips())

driver.ex_per_page = 3  # as an argument of the driver it is a TypeError in 3.9.1
print("pages:", sorted(one.name for one in driver.list_nodes()))

try:
    driver.ex_get_node_details(1)
except BaseHTTPError as error:
    print("missing:", error.code, error.message)
try:
    driver.ex_resize_node(solo, bigger)
except BaseHTTPError as error:
    print("refused:", error.code, error.message)

print("destroyed:", [driver.destroy_node(one) for one in driver.list_nodes()])
print("left:", driver.list_nodes())
print("tidied:", driver.delete_image(snapshot), driver.delete_key_pair(key), driver.list_key_pairs())

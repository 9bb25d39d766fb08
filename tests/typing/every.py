"""Checked by mypy and pyright, never run: the types of the operations that `ok.py` leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_type

from doboto import DO, AsyncDO
from doboto.types import (
    VPC,
    Action,
    AssociatedResources,
    AutoscalePool,
    BackupPolicyRecord,
    Certificate,
    DestroyStatus,
    DropletPlan,
    Firewall,
    Image,
    LoadBalancer,
    NATGateway,
    Project,
    ProjectResource,
    ReservedIP,
    ReservedIPv6,
    Snapshot,
    SupportedBackupPolicy,
    Volume,
    VolumeCreate,
    VPCPeering,
)

PLAN: dict[str, Any] = {"size": "s", "image": "i"}
VOLUME: VolumeCreate = {"name": "data", "region": "nyc3", "size_gigabytes": 10}


def droplets(do: DO) -> None:
    assert_type(do.droplet.associated_resource_list(1), AssociatedResources)
    assert_type(do.droplet.backup_disable(1), Action)
    assert_type(do.droplet.backup_disable(tag_name="t"), list[Action])
    assert_type(do.droplet.backup_policy_list(), list[BackupPolicyRecord])
    assert_type(do.droplet.backup_policy_supported_list(), list[SupportedBackupPolicy])
    assert_type(do.droplet.backup_policy_update(1, {"plan": "daily"}), Action)
    assert_type(do.droplet.destroy_retry(1), DestroyStatus | None)
    assert_type(do.droplet.destroy_status(1), DestroyStatus)
    assert_type(do.droplet.ipv6_enable(1), Action)
    assert_type(do.droplet.ipv6_enable(tag_name="t"), list[Action])
    assert_type(do.droplet.kernel_update(1, 2), Action)
    assert_type(do.droplet.password_reset(1), Action)
    assert_type(do.droplet.plan({"name": "a", "size": "s", "image": "i"}), DropletPlan)
    assert_type(do.droplet.plan(PLAN, name="a", present=True), DropletPlan)
    assert_type(do.droplet.power_cycle(1), Action)
    assert_type(do.droplet.power_cycle(tag_name="t"), list[Action])
    assert_type(do.droplet.power_on(1), Action)
    assert_type(do.droplet.power_on(tag_name="t"), list[Action])
    assert_type(do.droplet.rebuild(1, "debian-12-x64"), Action)
    assert_type(do.droplet.rename(1, "web-2"), Action)
    assert_type(do.droplet.restore(1, 2), Action)
    assert_type(do.droplet.shutdown(1), Action)
    assert_type(do.droplet.shutdown(tag_name="t"), list[Action])


def volumes(do: DO) -> None:
    assert_type(do.volume.list("nyc3"), list[Volume])
    assert_type(do.volume.each(), Iterator[Volume])
    assert_type(do.volume.info("x"), Volume)
    assert_type(do.volume.create(VOLUME), Volume)
    assert_type(do.volume.create(name="data", region="nyc3", size_gigabytes=10), Volume)
    assert_type(do.volume.present(VOLUME), tuple[Volume, Volume | None])
    assert_type(do.volume.destroy(name="data", region="nyc3"), None)
    assert_type(do.volume.attach("x", droplet_id=1), Action)
    assert_type(do.volume.detach("x", droplet_id=1), Action)
    assert_type(do.volume.resize("x", 20), Action)
    assert_type(do.volume.snapshot_create("x", "before"), Snapshot)
    assert_type(do.volume.snapshot_list("x"), list[Snapshot])
    assert_type(do.volume.snapshot_info("x"), Snapshot)
    assert_type(do.volume.snapshot_destroy("x"), None)
    assert_type(do.volume.action_list("x"), list[Action])
    assert_type(do.volume.action_info("x", 1), Action)


def addresses(do: DO) -> None:
    assert_type(do.floating_ip.action_info("192.0.2.1", 1), Action)
    assert_type(do.floating_ip.action_list("192.0.2.1"), list[Action])
    assert_type(do.floating_ip.destroy("192.0.2.1"), None)
    assert_type(do.floating_ip.unassign("192.0.2.1"), Action)
    assert_type(do.reserved_ip.assign("192.0.2.1", 1), Action)
    assert_type(do.reserved_ip.create(1), ReservedIP)
    assert_type(do.reserved_ip.destroy("192.0.2.1"), None)
    assert_type(do.reserved_ip.list(), list[ReservedIP])
    assert_type(do.reserved_ipv6.assign("2001:db8::1", 1), Action)
    assert_type(do.reserved_ipv6.info("2001:db8::1"), ReservedIPv6)
    assert_type(do.reserved_ipv6.unassign("2001:db8::1"), Action)
    do.floating_ip.info("192.0.2.1")["ip"].upper()
    for floating_ip in do.floating_ip.each():
        floating_ip["ip"].upper()


def networks(do: DO) -> None:
    assert_type(do.firewall.each(), Iterator[Firewall])
    assert_type(do.firewall.info("x"), Firewall)
    assert_type(do.firewall.destroy("x"), None)
    assert_type(do.firewall.droplet_add("x", [1]), None)
    assert_type(do.firewall.droplet_remove("x", [1]), None)
    assert_type(do.firewall.tag_remove("x", ["t"]), None)
    assert_type(do.firewall.rule_remove("x"), None)
    assert_type(do.load_balancer.each(), Iterator[LoadBalancer])
    assert_type(do.load_balancer.info("x"), LoadBalancer)
    assert_type(do.load_balancer.destroy("x"), None)
    assert_type(do.load_balancer.droplet_remove("x", [1]), None)
    assert_type(do.load_balancer.forwarding_rule_add("x", []), None)
    assert_type(do.vpc.each(), Iterator[VPC])
    assert_type(do.vpc.info("x"), VPC)
    assert_type(do.vpc.destroy("x"), None)
    assert_type(do.vpc.peering_info("x"), VPCPeering)
    assert_type(do.vpc.peering_update("x", "name"), VPCPeering)
    do.nat_gateway.info("x")["name"].upper()
    for nat_gateway in do.nat_gateway.each():
        nat_gateway["name"].upper()


def waits(do: DO) -> None:
    assert_type(do.autoscale.wait("x"), AutoscalePool)
    assert_type(do.certificate.wait("x"), Certificate)
    assert_type(do.certificate.wait(["x", "y"]), list[Certificate])
    assert_type(do.certificate.wait("x", until="gone"), None)
    assert_type(do.firewall.wait("x"), Firewall)
    assert_type(do.floating_ip.wait("192.0.2.1"), ReservedIP)
    assert_type(do.image.wait(1), Image)
    assert_type(do.image.wait([1, 2], timeout=10), list[Image])
    assert_type(do.load_balancer.wait("x"), LoadBalancer)
    assert_type(do.load_balancer.wait(("x", "y")), list[LoadBalancer])
    assert_type(do.nat_gateway.wait("x"), NATGateway)
    assert_type(do.reserved_ip.wait("192.0.2.1"), ReservedIP)
    assert_type(do.volume.wait("x"), Volume)
    assert_type(do.volume.wait(["x"], until="gone"), None)
    assert_type(do.vpc.peering_wait("x"), VPCPeering)
    assert_type(do.vpc.peering_wait(["x"]), list[VPCPeering])
    assert_type(do.vpc.peering_wait("x", until="gone"), None)


async def async_waits(do: AsyncDO) -> None:
    assert_type(await do.volume.wait("x"), Volume)
    assert_type(await do.volume.wait(["x"]), list[Volume])
    assert_type(await do.volume.wait("x", until="gone"), None)


def projects(do: DO) -> None:
    assert_type(do.project.each(), Iterator[Project])
    assert_type(do.project.info("x"), Project)
    assert_type(do.project.destroy("x"), None)
    assert_type(do.project.default_resource_list(), list[ProjectResource])
    assert_type(do.project.resource_assign("x", ["do:droplet:1"]), list[ProjectResource])

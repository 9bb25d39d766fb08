"""Checked by mypy and pyright, never run: what the types of the public surface are."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from typing import Any, assert_type

from doboto import DO, AsyncDO, DOBOTOException, Progress, RateLimit, Retry, public_ipv4
from doboto.types import (
    VPC,
    Account,
    Action,
    AlertPolicy,
    AlertPolicyCreate,
    AutoscaleCreate,
    AutoscaleEvent,
    AutoscaleMember,
    AutoscalePool,
    BackupPolicyRecord,
    Certificate,
    DestroyStatus,
    Domain,
    DomainRecord,
    Droplet,
    DropletAttributes,
    DropletCreate,
    DropletsCreate,
    DropletSnapshot,
    Firewall,
    FirewallCreate,
    ForwardingRule,
    Image,
    Kernel,
    LoadBalancer,
    LoadBalancerCreate,
    MetricSeries,
    NATGateway,
    NATGatewayCreate,
    OneClick,
    Project,
    ProjectResource,
    Region,
    ReservedIP,
    ReservedIPv6,
    Size,
    Snapshot,
    SSHKey,
    Tag,
    VPCMember,
    VPCPeering,
)

ONE: DropletCreate = {"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
MANY: DropletsCreate = {"names": ["a", "b"], "size": "s-1vcpu-1gb", "image": 7, "tags": ["env:prod"]}
PLAN = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": 7, "tags": ["web"]}
OPEN: dict[str, Any] = {"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
PARTS: DropletAttributes = {"name": "a", "size": "s", "image": "i"}


def on_progress(progress: Progress) -> None:
    assert_type(progress.done, int)


def blocking(do: DO) -> None:
    assert_type(do.droplet.info(1), Droplet)
    assert_type(do.droplet.info(id=1)["name"], str)
    assert_type(do.droplet.list(), list[Droplet])
    assert_type(do.droplet.list("env:prod"), list[Droplet])
    assert_type(do.droplet.list(name="web-1", type="all"), list[Droplet])
    assert_type(do.droplet.each(), Iterator[Droplet])
    assert_type(do.droplet.neighbor_list(1), list[Droplet])
    assert_type(do.droplet.droplet_neighbor_list(), list[list[Droplet]])
    assert_type(do.droplet.create(ONE), Droplet)
    assert_type(do.droplet.create(ONE, True, 5, 300, ready_port=22, progress=on_progress), Droplet)
    assert_type(do.droplet.create(MANY, wait=True), list[Droplet])
    assert_type(do.droplet.create({"name": "a", "size": "s", "image": "i"}), Droplet)
    assert_type(do.droplet.create({"names": ["a"], "size": "s", "image": "i"}), list[Droplet])
    assert_type(do.droplet.create(name="a", size="s", image="i", wait=True), Droplet)
    assert_type(do.droplet.create(names=["a"], size="s", image="i"), list[Droplet])
    assert_type(do.droplet.create({"region": "nyc3"}, name="a", size="s", image="i", wait=True), Droplet)
    assert_type(do.droplet.create({"size": "s", "image": "i"}, names=["a", "b"]), list[Droplet])
    assert_type(do.droplet.create(ONE, tags=["a"]), Droplet)
    assert_type(do.droplet.create(MANY, ipv6=True), list[Droplet])
    assert_type(do.droplet.create(PARTS, name="a"), Droplet)
    assert_type(do.droplet.create(PARTS), Droplet)
    assert_type(do.droplet.create(PARTS, True, size="s"), Droplet)
    assert_type(do.droplet.create(PLAN, name="a"), Droplet)
    assert_type(do.droplet.create(PLAN, names=["a", "b"], wait=True), list[Droplet])
    assert_type(do.droplet.create(OPEN, size="s"), Droplet)
    assert_type(do.droplet.present(OPEN), tuple[Droplet, Droplet | None])
    assert_type(do.droplet.present(PLAN, names=["a"]), tuple[list[Droplet], list[Droplet]])
    assert_type(do.droplet.present(ONE), tuple[Droplet, Droplet | None])
    assert_type(do.droplet.present(MANY), tuple[list[Droplet], list[Droplet]])
    assert_type(do.droplet.present({"region": "nyc3"}, name="a", size="s", image="i"), tuple[Droplet, Droplet | None])
    assert_type(do.droplet.private_networking_enable(1, wait=True), Action)
    assert_type(do.droplet.destroy(1), None)
    assert_type(do.droplet.destroy(tag_name="a", wait=True, missing_ok=True), None)
    assert_type(do.droplet.backup_list(1), list[DropletSnapshot])
    assert_type(do.droplet.snapshot_list(1), list[DropletSnapshot])
    assert_type(do.droplet.kernel_list(1), list[Kernel])
    assert_type(do.droplet.firewall_list(1), list[Firewall])
    assert_type(do.droplet.action_list(1), list[Action])
    assert_type(do.droplet.action_info(1, 2), Action)
    assert_type(do.droplet.reboot(1, wait=True), Action)
    assert_type(do.droplet.resize(1, "s-2vcpu-4gb", True), Action)
    assert_type(do.droplet.power_off(1), Action)
    assert_type(do.droplet.power_off(id=1, wait=True), Action)
    assert_type(do.droplet.power_off(tag_name="a"), list[Action])
    assert_type(do.droplet.power_off(None, "a", True, 5, 300), list[Action])
    assert_type(do.droplet.reboot([1, 2], wait=True), list[Action])
    assert_type(do.droplet.power_off([1, 2], wait=True), list[Action])
    assert_type(do.droplet.backup_enable([1, 2], backup_policy={"plan": "daily"}), list[Action])
    assert_type(do.droplet.snapshot_create((1, 2), snapshot_name="s"), list[Action])
    assert_type(do.droplet.resize([1], "s-2vcpu-4gb", True, wait=True), list[Action])
    assert_type(do.droplet.rebuild([1], "debian-12-x64"), list[Action])
    assert_type(do.droplet.destroy([1, 2], wait=True), None)
    assert_type(do.droplet.wait(1, ready_port=22), Droplet)
    assert_type(do.droplet.wait([1, 2], until="off"), list[Droplet])
    assert_type(do.droplet.wait(tag_name="a"), list[Droplet])
    assert_type(do.droplet.wait([1, 2], until="gone"), None)
    assert_type(do.action.wait(1), Action)
    assert_type(do.action.wait([1, 2]), list[Action])
    assert_type(do.droplet.backup_enable(1, backup_policy={"plan": "weekly", "weekday": "SUN", "hour": 4}), Action)
    assert_type(do.droplet.backup_enable(tag_name="a"), list[Action])
    assert_type(do.droplet.snapshot_create(1, snapshot_name="s"), Action)
    assert_type(do.droplet.snapshot_create(tag_name="a"), list[Action])
    assert_type(do.droplet.backup_policy_info(1), BackupPolicyRecord)
    assert_type(do.droplet.destroy_with_associated_resources(1, dangerous=True), DestroyStatus | None)
    assert_type(do.request("GET", "/sizes"), Any)
    assert_type(do.ratelimit, RateLimit | None)
    assert_type(do.with_options(retry=Retry.never()), DO)
    read: Callable[[int], Droplet] = do.droplet.info
    assert_type(public_ipv4(read(1)), str | None)


async def asynchronous(ado: AsyncDO) -> None:
    assert_type(await ado.droplet.info(1), Droplet)
    assert_type(await ado.droplet.list("env:prod"), list[Droplet])
    assert_type(await ado.droplet.wait([1, 2]), list[Droplet])
    assert_type(await ado.droplet.reboot([1, 2]), list[Action])
    assert_type(ado.droplet.each(), AsyncGenerator[Droplet, None])
    assert_type(await ado.droplet.create(ONE, wait=True), Droplet)
    assert_type(await ado.droplet.create(MANY), list[Droplet])
    assert_type(await ado.droplet.create({"size": "s"}, name="a", image="i"), Droplet)
    assert_type(await ado.droplet.private_networking_enable(1), Action)
    assert_type(await ado.droplet.create(name="a", size="s", image="i"), Droplet)
    assert_type(await ado.droplet.present(ONE), tuple[Droplet, Droplet | None])
    assert_type(await ado.droplet.present(MANY), tuple[list[Droplet], list[Droplet]])
    assert_type(await ado.droplet.power_off(1), Action)
    assert_type(await ado.droplet.power_off(tag_name="a"), list[Action])
    assert_type(await ado.droplet.snapshot_create(tag_name="a"), list[Action])
    assert_type(await ado.droplet.destroy(1), None)
    assert_type(await ado.request("GET", "/sizes"), Any)
    pending = ado.droplet.info(1)
    await assert_type(pending, Coroutine[Any, Any, Droplet])
    async for droplet in ado.droplet.each(tag_name="a"):
        assert_type(droplet, Droplet)


async def lifetimes() -> None:
    with DO("t") as do:
        assert_type(do, DO)
    async with AsyncDO.simulated() as ado:
        assert_type(ado, AsyncDO)
    try:
        raise DOBOTOException
    except DOBOTOException as error:
        assert_type(error.status, int | None)


POOL: AutoscaleCreate = {
    "name": "web",
    "config": {"min_instances": 1, "max_instances": 3, "target_cpu_utilization": 0.5},
    "droplet_template": {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "ssh_keys": []},
}
ALERT: AlertPolicyCreate = {
    "type": "v1/insights/droplet/cpu",
    "description": "CPU is busy",
    "compare": "GreaterThan",
    "value": 80,
    "window": "5m",
    "entities": [],
    "tags": ["web"],
    "alerts": {"email": ["a@example.com"], "slack": []},
    "enabled": True,
}


def account_and_catalog(do: DO) -> None:
    assert_type(do.account.info(), Account)
    assert_type(do.action.list(), list[Action])
    assert_type(do.action.each(), Iterator[Action])
    assert_type(do.action.info(1), Action)
    assert_type(do.region.list(), list[Region])
    assert_type(do.region.each(), Iterator[Region])
    assert_type(do.size.list(), list[Size])
    assert_type(do.size.each(), Iterator[Size])
    assert_type(do.one_click.list("droplet"), list[OneClick])
    assert_type(do.one_click.kubernetes_install(["loki"], "uuid"), str)
    assert_type(do.snapshot.list("volume"), list[Snapshot])
    assert_type(do.snapshot.each(), Iterator[Snapshot])
    assert_type(do.snapshot.info(1), Snapshot)
    assert_type(do.snapshot.destroy("uuid", missing_ok=True), None)
    assert_type(do.ssh_key.list(), list[SSHKey])
    assert_type(do.ssh_key.each(), Iterator[SSHKey])
    assert_type(do.ssh_key.create("laptop", "ssh-ed25519 AAAA"), SSHKey)
    assert_type(do.ssh_key.present("laptop", "ssh-ed25519 AAAA"), tuple[SSHKey, SSHKey | None])
    assert_type(do.ssh_key.info(1), SSHKey)
    assert_type(do.ssh_key.update("3b:16", "desk"), SSHKey)
    assert_type(do.ssh_key.destroy("3b:16", missing_ok=True), None)
    assert_type(do.tag.list(), list[Tag])
    assert_type(do.tag.each(), Iterator[Tag])
    assert_type(do.tag.name_list(), list[str])
    assert_type(do.tag.create("web"), Tag)
    assert_type(do.tag.present("web"), tuple[Tag, Tag | None])
    assert_type(do.tag.info("web")["resources"]["count"], int)
    assert_type(do.tag.destroy("web", missing_ok=True), None)
    assert_type(do.tag.attach("web", [{"resource_id": 1, "resource_type": "droplet"}]), None)
    assert_type(do.tag.detach("web", [{"resource_id": "uuid", "resource_type": "volume"}]), None)


def images_and_pools(do: DO) -> None:
    assert_type(do.image.list("distribution", True, tag_name="web"), list[Image])
    assert_type(do.image.each(private=True), Iterator[Image])
    assert_type(do.image.info("ubuntu-24-04-x64"), Image)
    assert_type(do.image.create(name="a", url="https://a", region="nyc3", wait=True, progress=on_progress), Image)
    assert_type(do.image.create(name="a", url="https://a", region="nyc3", tags=["b"]), Image)
    assert_type(do.image.present(name="a", url="https://a", region="nyc3"), tuple[Image, Image | None])
    assert_type(do.image.update(1, "b"), Image)
    assert_type(do.image.update(1, None, description="c"), Image)
    assert_type(do.image.destroy(1), None)
    assert_type(do.image.transfer(1, "fra1", True, 5, 300), Action)
    assert_type(do.image.convert(1, wait=True), Action)
    assert_type(do.image.action_list(1), list[Action])
    assert_type(do.image.action_info(1, 2), Action)
    assert_type(do.image.account_transfer_create(1, recipient_email="a@example.com"), int)
    assert_type(do.image.account_transfer_accept(1, 2, "uuid"), None)
    assert_type(do.image.account_transfer_cancel(1, 2), None)
    assert_type(do.image.account_transfer_decline(1, 2), None)
    assert_type(do.autoscale.list(name="web"), list[AutoscalePool])
    assert_type(do.autoscale.each(), Iterator[AutoscalePool])
    assert_type(do.autoscale.create(**POOL, wait=True), AutoscalePool)
    assert_type(do.autoscale.create(**POOL), AutoscalePool)
    assert_type(do.autoscale.present(**POOL), tuple[AutoscalePool, AutoscalePool | None])
    assert_type(do.autoscale.info("uuid"), AutoscalePool)
    assert_type(do.autoscale.update("uuid", POOL, wait=True), AutoscalePool)
    assert_type(do.autoscale.destroy("uuid", dangerous=True), None)
    assert_type(do.autoscale.member_list("uuid"), list[AutoscaleMember])
    assert_type(do.autoscale.history_list("uuid"), list[AutoscaleEvent])
    assert_type(do.monitoring.alert_list(), list[AlertPolicy])
    assert_type(do.monitoring.alert_each(), Iterator[AlertPolicy])
    assert_type(do.monitoring.alert_create(**ALERT), AlertPolicy)
    assert_type(do.monitoring.alert_create(**ALERT), AlertPolicy)
    assert_type(do.monitoring.alert_present(**ALERT), tuple[AlertPolicy, AlertPolicy | None])
    assert_type(do.monitoring.alert_info("uuid"), AlertPolicy)
    assert_type(do.monitoring.alert_update("uuid", ALERT), AlertPolicy)
    assert_type(do.monitoring.alert_update("uuid", do.monitoring.alert_info("uuid")), AlertPolicy)
    assert_type(do.monitoring.alert_destroy("uuid", missing_ok=True), None)
    bandwidth = do.monitoring.droplet_metric_info(1, "bandwidth", 0, 1.5, interface="public", direction="inbound")
    assert_type(bandwidth, list[MetricSeries])
    assert_type(do.monitoring.autoscale_metric_info("uuid", "current_instances", 0, 1), list[MetricSeries])


async def classes_asynchronously(ado: AsyncDO) -> None:
    assert_type(await ado.account.info(), Account)
    assert_type(ado.action.each(), AsyncGenerator[Action, None])
    assert_type(await ado.image.create(name="a", url="https://a", region="nyc3"), Image)
    assert_type(await ado.image.transfer(1, "fra1"), Action)
    assert_type(await ado.ssh_key.present("laptop", "ssh-ed25519 AAAA"), tuple[SSHKey, SSHKey | None])
    assert_type(await ado.tag.name_list(), list[str])
    assert_type(await ado.autoscale.present(**POOL), tuple[AutoscalePool, AutoscalePool | None])
    assert_type(await ado.monitoring.alert_create(**ALERT), AlertPolicy)
    assert_type(await ado.monitoring.droplet_metric_info(1, "cpu", 0, 1), list[MetricSeries])
    assert_type(await ado.one_click.list(), list[OneClick])
    assert_type(await ado.snapshot.info(1), Snapshot)
    assert_type(await ado.region.list(), list[Region])
    assert_type(await ado.size.list(), list[Size])


RULE: ForwardingRule = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
BALANCER: LoadBalancerCreate = {"name": "lb", "region": "nyc3", "forwarding_rules": [RULE], "tag": "web"}
WALL: FirewallCreate = {"name": "web", "inbound_rules": [{"protocol": "icmp", "ports": "0", "sources": {}}]}
GATEWAY: NATGatewayCreate = {"name": "a", "type": "PUBLIC", "region": "b", "size": 1, "vpcs": [{"vpc_uuid": "c"}]}


def networks(do: DO) -> None:
    assert_type(do.domain.list(), list[Domain])
    assert_type(do.domain.each(), Iterator[Domain])
    assert_type(do.domain.create("example.com", "192.0.2.1"), Domain)
    assert_type(do.domain.present("example.com", None), tuple[Domain, Domain | None])
    assert_type(do.domain.info("example.com"), Domain)
    assert_type(do.domain.destroy("example.com", missing_ok=True), None)
    assert_type(do.domain.record_list("example.com", type="A", fqdn="www.example.com"), list[DomainRecord])
    assert_type(do.domain.record_each("example.com"), Iterator[DomainRecord])
    assert_type(do.domain.record_create("example.com", {"type": "A", "name": "www", "data": "a"}), DomainRecord)
    assert_type(do.domain.record_present("a", {"type": "A"}), tuple[DomainRecord, DomainRecord | None])
    assert_type(do.domain.record_info("example.com", 1), DomainRecord)
    assert_type(do.domain.record_update("example.com", 1, {"ttl": 60}, replace=True), DomainRecord)
    assert_type(do.domain.record_destroy("example.com", 1), None)
    assert_type(do.certificate.list(name="web"), list[Certificate])
    assert_type(do.certificate.each(), Iterator[Certificate])
    assert_type(do.certificate.create("web", "key", "leaf", "chain"), Certificate)
    assert_type(do.certificate.create("web", dns_names=["example.com"], wait=True, progress=on_progress), Certificate)
    assert_type(do.certificate.present("web", "key", "leaf"), tuple[Certificate, Certificate | None])
    assert_type(do.certificate.info("a"), Certificate)
    assert_type(do.certificate.destroy("a"), None)
    assert_type(do.floating_ip.list(), list[ReservedIP])
    assert_type(do.floating_ip.create(1), ReservedIP)
    assert_type(do.floating_ip.create(region="nyc3", project_id="a"), ReservedIP)
    assert_type(do.floating_ip.assign("192.0.2.1", 1, True, 5, 300), Action)
    assert_type(do.reserved_ip.each(), Iterator[ReservedIP])
    assert_type(do.reserved_ip.info("192.0.2.1")["ip"], str)
    assert_type(do.reserved_ip.unassign("192.0.2.1", wait=True), Action)
    assert_type(do.reserved_ip.action_list("192.0.2.1"), list[Action])
    assert_type(do.reserved_ip.action_info("192.0.2.1", 1), Action)
    assert_type(do.reserved_ipv6.list(), list[ReservedIPv6])
    assert_type(do.reserved_ipv6.create("nyc3"), ReservedIPv6)
    assert_type(do.reserved_ipv6.destroy("2001:db8::1"), None)
    assert_type(do.load_balancer.list(), list[LoadBalancer])
    assert_type(do.load_balancer.create(BALANCER, True, 5, 300, progress=on_progress), LoadBalancer)
    assert_type(do.load_balancer.create(name="lb", forwarding_rules=[RULE], droplet_ids=[1]), LoadBalancer)
    assert_type(do.load_balancer.present(BALANCER), tuple[LoadBalancer, LoadBalancer | None])
    assert_type(do.load_balancer.update("a", BALANCER, wait=True), LoadBalancer)
    assert_type(do.load_balancer.update("a", name="lb", forwarding_rules=[RULE]), LoadBalancer)
    assert_type(do.load_balancer.droplet_add("a", [1]), None)
    assert_type(do.load_balancer.forwarding_rule_remove("a", [RULE]), None)
    assert_type(do.load_balancer.cache_purge("a"), None)
    assert_type(do.firewall.list(), list[Firewall])
    assert_type(do.firewall.create(**WALL, wait=True), Firewall)
    assert_type(do.firewall.present(**WALL), tuple[Firewall, Firewall | None])
    assert_type(do.firewall.update("a", **WALL), Firewall)
    assert_type(do.firewall.tag_add("a", ["web"], True), None)
    assert_type(do.firewall.rule_add("a", WALL.get("inbound_rules"), wait=True), None)
    assert_type(do.vpc.list(), list[VPC])
    assert_type(do.vpc.create(name="net", region="nyc3"), VPC)
    assert_type(do.vpc.present(name="net", region="nyc3"), tuple[VPC, VPC | None])
    assert_type(do.vpc.update("a", name="b", replace=True), VPC)
    assert_type(do.vpc.update("a", default=True), VPC)
    assert_type(do.vpc.member_list("a", resource_type="droplet"), list[VPCMember])
    assert_type(do.vpc.peering_list(), list[VPCPeering])
    assert_type(do.vpc.peering_each("a"), Iterator[VPCPeering])
    assert_type(do.vpc.peering_create("a", ["b", "c"], wait=True), VPCPeering)
    assert_type(do.vpc.peering_present("a", id="b", vpc_id="c"), tuple[VPCPeering, VPCPeering | None])
    assert_type(do.vpc.peering_destroy("a", wait=True), None)
    assert_type(do.project.list(), list[Project])
    assert_type(do.project.create(name="shop", purpose="IoT", environment="Staging"), Project)
    assert_type(do.project.present(name="shop", purpose="IoT"), tuple[Project, Project | None])
    assert_type(do.project.update("a", description=""), Project)
    assert_type(do.project.default_info(), Project)
    assert_type(do.project.default_update(name="rest"), Project)
    assert_type(do.project.resource_list("a"), list[ProjectResource])
    assert_type(do.project.default_resource_assign(["do:droplet:1"]), list[ProjectResource])
    assert_type(do.nat_gateway.list(state="ACTIVE", name="a"), list[NATGateway])
    assert_type(do.nat_gateway.create(**GATEWAY, wait=True), NATGateway)
    assert_type(do.nat_gateway.present(**GATEWAY), tuple[NATGateway, NATGateway | None])
    assert_type(do.nat_gateway.update("a", name="b", size=2), NATGateway)
    assert_type(do.nat_gateway.destroy("a", wait=True, missing_ok=True), None)


async def asynchronous_networks(ado: AsyncDO) -> None:
    assert_type(await ado.domain.record_create("example.com", {"type": "A"}), DomainRecord)
    assert_type(await ado.certificate.create("web", dns_names=["example.com"]), Certificate)
    assert_type(await ado.floating_ip.list(), list[ReservedIP])
    assert_type(ado.reserved_ipv6.each(), AsyncGenerator[ReservedIPv6, None])
    assert_type(await ado.load_balancer.update("a", BALANCER), LoadBalancer)
    assert_type(await ado.firewall.create(**WALL), Firewall)
    assert_type(await ado.vpc.present(name="net", region="nyc3"), tuple[VPC, VPC | None])
    assert_type(await ado.vpc.peering_create("a", ["b", "c"]), VPCPeering)
    assert_type(await ado.project.default_update(name="rest"), Project)
    assert_type(await ado.nat_gateway.create(**GATEWAY), NATGateway)

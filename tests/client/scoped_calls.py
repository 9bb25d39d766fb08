"""An account with one of everything, and a call of each operation on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import trustme

from doboto import DO
from doboto.sim import ManualClock, Settings, Simulator
from doboto.sim.snapshot import dump, load

from .conftest import IMAGE, REGION, SIZE, one

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p me@laptop"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6q me@laptop"
SSH = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}
WEB = {"protocol": "tcp", "ports": "80", "sources": {"addresses": ["0.0.0.0/0"]}}
HTTP = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
MORE = {"entry_protocol": "http", "entry_port": 81, "target_protocol": "http", "target_port": 81}
BALANCER = {"name": "lb", "region": REGION, "forwarding_rules": [HTTP]}
POOL = {
    "name": "pool",
    "config": {"target_number_instances": 1},
    "droplet_template": {"region": REGION, "size": SIZE, "image": IMAGE, "ssh_keys": []},
}
ALERT = {
    "type": "v1/insights/droplet/cpu",
    "description": "busy",
    "compare": "GreaterThan",
    "value": 80,
    "window": "5m",
    "entities": [],
    "tags": [],
    "alerts": {"email": ["a@example.com"], "slack": []},
    "enabled": True,
}
PROJECT = {"name": "shop", "purpose": "Web Application"}
IMPORT = {"name": "mine", "url": "https://example.com/disk.qcow2", "region": REGION}
START, END = 1_789_990_000, 1_790_000_000
NOWHERE = "a6a6a6a6-0000-4000-8000-000000000000"
SETTINGS = Settings(droplet_limit=100, first_vpc_is_default=False, durations={"volume.resize": 8.0})


def simulator() -> Simulator:
    return Simulator(clock=ManualClock(1_790_000_000), settings=SETTINGS)


def an_account() -> tuple[Simulator, SimpleNamespace]:
    """A simulator whose account `simulated` has one of everything, and what that is called."""
    state, names = _furnished()
    sim = simulator()
    with patch("doboto.sim.snapshot._validate"):  # it is as it was dumped, and that takes most of the time
        load(sim, state)
    return sim, SimpleNamespace(**names)


@cache
def _furnished() -> tuple[Any, dict[str, Any]]:
    sim = simulator()
    do: Any = DO.simulated(sim)
    w = SimpleNamespace()
    w.key = do.ssh_key.create("laptop", KEY)["id"]
    w.vpc, w.vpc_2, w.vpc_3, w.empty = (do.vpc.create(name=f"net-{n}", region=REGION)["id"] for n in range(4))
    w.peering = do.vpc.peering_create("bridge", [w.vpc, w.vpc_2], wait=True)["id"]
    plan = one("web", tags=["web"], ipv6=True, backups=True, vpc_uuid=w.vpc, ssh_keys=[w.key])
    w.droplet = do.droplet.create(plan, wait=True)["id"]
    sim.clock.advance(8 * 86400)  # type: ignore[attr-defined]
    w.backup = do.droplet.backup_list(w.droplet)[0]["id"]
    w.action = do.droplet.action_list(w.droplet)[0]["id"]
    w.spare = do.droplet.create(one("spare"), wait=True)["id"]
    w.image = do.droplet.snapshot_create(w.droplet, snapshot_name="before", wait=True)["image_id"]
    w.image_action = do.image.transfer(w.image, "ams3", wait=True)["id"]
    w.given = do.droplet.snapshot_create(w.droplet, snapshot_name="given", wait=True)["image_id"]
    w.transfer = do.image.account_transfer_create(w.given, recipient_email="b@example.com")
    w.team = do.account.info()["team"]["uuid"]
    _offer_an_image(sim, w)
    _furnish_storage(do, w)
    _furnish_network(do, w)
    w.project = do.project.create(**PROJECT)["id"]
    w.unused = do.project.create(name="unused", purpose="none")["id"]
    w.alert = do.monitoring.alert_create(**ALERT)["uuid"]
    w.pool = do.autoscale.create(**POOL, wait=True)["id"]
    _furnish_ruin(sim, do, w)
    return dump(sim), vars(w)


def _offer_an_image(sim: Simulator, w: SimpleNamespace) -> None:
    """An image that another account offers."""
    other: Any = DO.simulated(sim, token="other")
    droplet = other.droplet.create(one("theirs"), wait=True)["id"]
    w.offered = other.droplet.snapshot_create(droplet, snapshot_name="theirs", wait=True)["image_id"]
    w.offer = other.image.account_transfer_create(w.offered, recipient_uuid=w.team)


def _furnish_storage(do: Any, w: SimpleNamespace) -> None:
    volume = {"region": REGION, "size_gigabytes": 10}
    w.volume = do.volume.create({"name": "free", **volume})["id"]
    w.attached = do.volume.create({"name": "attached", **volume})["id"]
    w.volume_action = do.volume.attach(w.attached, droplet_id=w.droplet, wait=True)["id"]
    w.volume_snapshot = do.volume.snapshot_create(w.volume, "before")["id"]


def _furnish_network(do: Any, w: SimpleNamespace) -> None:
    w.ip = do.reserved_ip.create(region=REGION)["ip"]
    w.assigned = do.reserved_ip.create(droplet_id=w.droplet, wait=True)["ip"]
    w.ip_action = do.reserved_ip.action_list(w.assigned)[0]["id"]
    w.ipv6 = do.reserved_ipv6.create(REGION)["ip"]
    w.assigned_ipv6 = do.reserved_ipv6.create(REGION)["ip"]
    do.reserved_ipv6.assign(w.assigned_ipv6, w.droplet, wait=True)
    do.domain.create("example.com", "192.0.2.1")
    w.record = do.domain.record_create("example.com", type="A", name="www", data="192.0.2.1")["id"]
    attached: dict[str, Any] = {"droplet_ids": [w.droplet], "tags": ["web"]}
    w.firewall = do.firewall.create(name="front", inbound_rules=[SSH], **attached, wait=True)["id"]
    w.balancer = do.load_balancer.create(BALANCER, wait=True)["id"]
    do.load_balancer.forwarding_rule_add(w.balancer, [MORE])
    everywhere = {**BALANCER, "name": "all", "type": "GLOBAL", "target_load_balancer_ids": [w.balancer]}
    everywhere["glb_settings"] = {"target_protocol": "http", "target_port": 80}
    w.everywhere = do.load_balancer.create(everywhere)["id"]
    w.parts = certificate_parts()
    w.certificate = do.certificate.create("web", *w.parts)["id"]
    gateway = {"name": "way-out", "type": "PUBLIC", "region": REGION, "size": 1, "vpcs": [{"vpc_uuid": w.vpc_3}]}
    w.gateway = do.nat_gateway.create(**gateway, wait=True)["id"]


def certificate_parts() -> tuple[str, str]:
    issued = trustme.CA().issue_cert("www.example.com", "example.com")
    return issued.private_key_pem.bytes().decode(), issued.cert_chain_pems[0].bytes().decode()


def _furnish_ruin(sim: Simulator, do: Any, w: SimpleNamespace) -> None:
    """A Droplet whose destruction with all that belongs to it has failed in a part."""
    w.ruin = do.droplet.create(one("ruin"), wait=True)["id"]
    volume = do.volume.create({"name": "ruin", "region": REGION, "size_gigabytes": 10})["id"]
    do.volume.attach(volume, droplet_id=w.ruin, wait=True)
    do.volume.resize(volume, 20)
    do.droplet.destroy_with_associated_resources(w.ruin, dangerous=True)
    sim.clock.advance(10)  # type: ignore[attr-defined]


Given = tuple[tuple[Any, ...], dict[str, Any]]


def given(*args: Any, **kwargs: Any) -> Given:
    return args, kwargs


#: The arguments of operations that need any, by `resource.operation`.
ARGUMENTS: Mapping[str, Callable[[Any], Given]] = {
    "action.info": lambda w: given(w.action),
    "action.wait": lambda w: given(w.action),
    "autoscale.create": lambda _: given(**POOL | {"name": "new"}),
    "autoscale.present": lambda _: given(**POOL | {"name": "new"}),
    "autoscale.update": lambda w: given(w.pool, POOL | {"config": {"target_number_instances": 2}}),
    "certificate.create": lambda w: given("new", dns_names=["example.com"]),
    "certificate.present": lambda w: given("new", *w.parts),
    "domain.create": lambda _: given("example.org", "192.0.2.1"),
    "domain.present": lambda _: given("example.org", "192.0.2.1"),
    "domain.record_create": lambda _: given("example.com", type="A", name="new", data="192.0.2.1"),
    "domain.record_present": lambda _: given("example.com", type="A", name="new", data="192.0.2.1"),
    "domain.record_update": lambda w: given("example.com", w.record, type="A", name="new"),
    "droplet.action_info": lambda w: given(w.droplet, w.action),
    "droplet.backup_policy_update": lambda w: given(w.droplet, {"plan": "daily", "hour": 4}),
    "droplet.create": lambda _: given(one("new")),
    "droplet.destroy_retry": lambda w: given(w.ruin),
    "droplet.destroy_status": lambda w: given(w.ruin),
    "droplet.destroy_with_associated_resources": lambda w: given(w.droplet, dangerous=True),
    "droplet.kernel_update": lambda w: given(w.droplet, 7515),
    "droplet.plan": lambda _: given(one("new")),
    "droplet.present": lambda _: given(one("new")),
    "droplet.rebuild": lambda w: given(w.droplet, IMAGE),
    "droplet.rename": lambda w: given(w.droplet, "new"),
    "droplet.resize": lambda w: given(w.droplet, "s-2vcpu-2gb"),
    "droplet.restore": lambda w: given(w.droplet, w.image),
    "firewall.create": lambda w: given(name="new", inbound_rules=[SSH], droplet_ids=[w.droplet]),
    "firewall.droplet_add": lambda w: given(w.firewall, [w.spare]),
    "firewall.droplet_remove": lambda w: given(w.firewall, [w.droplet]),
    "firewall.present": lambda _: given(name="new", inbound_rules=[SSH]),
    "firewall.rule_add": lambda w: given(w.firewall, [WEB]),
    "firewall.rule_remove": lambda w: given(w.firewall, [SSH]),
    "firewall.tag_add": lambda w: given(w.firewall, ["web"]),
    "firewall.tag_remove": lambda w: given(w.firewall, ["web"]),
    "firewall.update": lambda w: given(w.firewall, name="new", inbound_rules=[WEB]),
    "floating_ip.action_info": lambda w: given(w.assigned, w.ip_action),
    "floating_ip.assign": lambda w: given(w.ip, w.spare),
    "floating_ip.create": lambda w: given(w.spare),
    "floating_ip.unassign": lambda w: given(w.assigned),
    "image.account_transfer_accept": lambda w: given(w.offered, w.offer, w.team),
    "image.account_transfer_cancel": lambda w: given(w.given, w.transfer),
    "image.account_transfer_create": lambda w: given(w.image, recipient_email="b@example.com"),
    "image.account_transfer_decline": lambda w: given(w.offered, w.offer),
    "image.action_info": lambda w: given(w.image, w.image_action),
    "image.convert": lambda w: given(w.backup),
    "image.create": lambda _: given(**IMPORT),
    "image.info": lambda w: given(w.image),
    "image.present": lambda _: given(**IMPORT),
    "image.transfer": lambda w: given(w.image, "fra1"),
    "image.update": lambda w: given(w.image, "new"),
    "load_balancer.cache_purge": lambda w: given(w.everywhere),
    "load_balancer.create": lambda _: given(BALANCER | {"name": "new"}),
    "load_balancer.droplet_add": lambda w: given(w.balancer, [w.spare]),
    "load_balancer.droplet_remove": lambda w: given(w.balancer, [w.spare]),
    "load_balancer.forwarding_rule_add": lambda w: given(w.balancer, [MORE | {"entry_port": 82}]),
    "load_balancer.forwarding_rule_remove": lambda w: given(w.balancer, [MORE]),
    "load_balancer.present": lambda _: given(BALANCER | {"name": "new"}),
    "load_balancer.update": lambda w: given(w.balancer, BALANCER | {"name": "new"}),
    "monitoring.alert_create": lambda _: given(**ALERT | {"description": "new"}),
    "monitoring.alert_present": lambda _: given(**ALERT | {"type": "v1/insights/droplet/load_1"}),
    "monitoring.alert_update": lambda w: given(w.alert, ALERT | {"value": 70}),
    "monitoring.autoscale_metric_info": lambda w: given(w.pool, "current_instances", START, END),
    "monitoring.droplet_metric_info": lambda w: given(w.droplet, "cpu", START, END),
    "nat_gateway.create": lambda w: given(name="new", type="PUBLIC", region=REGION, size=1, vpcs=[{"vpc_uuid": w.vpc}]),
    "nat_gateway.present": lambda w: given(
        name="new", type="PUBLIC", region=REGION, size=1, vpcs=[{"vpc_uuid": w.vpc}]
    ),
    "nat_gateway.update": lambda w: given(w.gateway, name="new", size=2),
    "one_click.kubernetes_install": lambda _: given(["loki"], NOWHERE),
    "project.create": lambda _: given(**PROJECT | {"name": "new"}),
    "project.default_resource_assign": lambda w: given([f"do:droplet:{w.droplet}"]),
    "project.default_update": lambda _: given(name="new"),
    "project.destroy": lambda w: given(w.unused),
    "project.present": lambda _: given(**PROJECT | {"name": "new"}),
    "project.resource_assign": lambda w: given(w.project, [f"do:droplet:{w.droplet}"]),
    "project.update": lambda w: given(w.project, name="new"),
    "reserved_ip.action_info": lambda w: given(w.assigned, w.ip_action),
    "reserved_ip.assign": lambda w: given(w.ip, w.spare),
    "reserved_ip.create": lambda w: given(w.spare),
    "reserved_ip.unassign": lambda w: given(w.assigned),
    "reserved_ipv6.assign": lambda w: given(w.ipv6, w.spare),
    "reserved_ipv6.create": lambda _: given(REGION),
    "reserved_ipv6.unassign": lambda w: given(w.assigned_ipv6),
    "ssh_key.create": lambda _: given("new", OTHER_KEY),
    "ssh_key.present": lambda _: given("new", OTHER_KEY),
    "ssh_key.update": lambda w: given(w.key, "new"),
    "tag.attach": lambda w: given("web", [_tagged(w)]),
    "tag.create": lambda _: given("new"),
    "tag.detach": lambda w: given("web", [_tagged(w)]),
    "tag.present": lambda _: given("new"),
    "volume.action_info": lambda w: given(w.attached, w.volume_action),
    "volume.attach": lambda w: given(w.volume, droplet_id=w.droplet),
    "volume.create": lambda _: given({"name": "new", "region": REGION, "size_gigabytes": 10}),
    "volume.detach": lambda w: given(w.attached, droplet_id=w.droplet),
    "volume.present": lambda _: given({"name": "new", "region": REGION, "size_gigabytes": 10}),
    "volume.resize": lambda w: given(w.volume, 20),
    "volume.snapshot_create": lambda w: given(w.attached, "after"),
    "vpc.create": lambda _: given(name="new", region=REGION),
    "vpc.destroy": lambda w: given(w.empty),
    "vpc.peering_create": lambda w: given("new", [w.vpc, w.vpc_3]),
    "vpc.peering_present": lambda w: given("new", [w.vpc, w.vpc_3]),
    "vpc.peering_update": lambda w: given(w.peering, "new"),
    "vpc.present": lambda _: given(name="new", region=REGION),
    "vpc.update": lambda w: given(w.vpc, name="new"),
}
#: What the first parameter names otherwise: one of the operation's resource.
OWN: Mapping[str, str] = {
    "autoscale": "pool",
    "certificate": "certificate",
    "droplet": "droplet",
    "firewall": "firewall",
    "floating_ip": "ip",
    "image": "image",
    "load_balancer": "balancer",
    "monitoring": "alert",
    "nat_gateway": "gateway",
    "project": "project",
    "reserved_ip": "ip",
    "reserved_ipv6": "ipv6",
    "snapshot": "volume_snapshot",
    "ssh_key": "key",
    "volume": "volume",
    "vpc": "vpc",
}
#: Resources that may be named otherwise than by their id.
BY_ID = ("droplet", "volume")
#: Parameters that name something else.
BY_PARAMETER: Mapping[str, Callable[[Any], Any]] = {
    "snapshot_id": lambda w: w.volume_snapshot,
    "peering_id": lambda w: w.peering,
    "record_id": lambda w: w.record,
}
#: Values of the parameters that need scopes of their own; with those of a second set, the first argument is left out.
VALUES: Mapping[str, Callable[[Any], Any]] = {
    "wait": lambda _: True,
    "tags": lambda _: ["web"],
    "ssh_keys": lambda w: [w.key],
    "volumes": lambda w: [w.volume],
    "vpc_uuid": lambda w: w.vpc,
    "project_id": lambda w: w.project,
    "droplet_ids": lambda w: [w.droplet],
}
INSTEAD: Mapping[str, Callable[[Any, str], Given]] = {
    "tag_name": lambda _w, _operation: given(tag_name="web"),
    "name": lambda w, operation: given(
        name="free" if operation == "volume.attach" else "attached", region=REGION, droplet_id=w.droplet
    ),
}


def _tagged(w: SimpleNamespace) -> dict[str, str]:
    return {"resource_id": str(w.droplet), "resource_type": "droplet"}


def arguments(operation: Any, w: SimpleNamespace, using: tuple[str, ...]) -> Given:
    """The arguments of a call of an operation, using parameters that need scopes of their own."""
    label = f"{operation.resource}.{operation.name}"
    other = next((name for name in using if name in INSTEAD), None)
    if other is not None:
        args, kwargs = INSTEAD[other](w, label)
    else:
        args, kwargs = ARGUMENTS[label](w) if label in ARGUMENTS else _by_name(operation, w)
    return args, {**kwargs, **{name: VALUES[name](w) for name in using if name != other}}


def _by_name(operation: Any, w: SimpleNamespace) -> Given:
    """The arguments of one that only names what it is about."""
    found: list[Any] = []
    for parameter in operation.parameters:
        needed = parameter.default is parameter.empty or (
            parameter.name == "id" and operation.resource in ("droplet", "volume")
        )
        if not needed or parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            break
        if parameter.name in BY_PARAMETER:
            found.append(BY_PARAMETER[parameter.name](w))
        elif parameter.name == "name":
            found.append("web" if operation.resource == "tag" else "example.com")
        else:
            found.append(getattr(w, OWN[operation.resource]))
    return tuple(found), {}

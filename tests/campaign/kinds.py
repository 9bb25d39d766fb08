"""The kinds of calls beside those for Droplets: how a client is asked for each, and what is prepared for them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from doboto import DO
from doboto.sim import RealClock, Simulator

from .plan import ATTRIBUTES, FULL_VOLUMES, Ask, Prepared

REGION = "nyc3"
DOMAIN = "example.com"
RULES = [{"protocol": "icmp", "sources": {"addresses": ["0.0.0.0/0"]}}]
FORWARDING = [{"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}]
#: Seconds that a call may take: in real time long enough for a machine that stands still for a while.
CALL_TIMEOUT = 600.0

Call = Callable[[Any, Ask], Any]


def _waits(ask: Ask) -> dict[str, Any]:
    return {"wait": ask.wait, "timeout": CALL_TIMEOUT}


#: All that the client looks for after a lost response, but Droplets. The result is awaited where the client is AsyncDO.
KINDS: dict[str, Call] = {
    "volume": lambda do, ask: do.volume.create(name=ask.name, region=REGION, size_gigabytes=1),
    "volume snapshot": lambda do, ask: do.volume.snapshot_create(ask.full_volume_id, ask.name),
    "image": lambda do, ask: do.image.create(
        name=ask.name, url="https://example.com/disk.qcow2", region=REGION, distribution="Debian"
    ),
    "domain": lambda do, ask: do.domain.create(f"{ask.name}.example"),
    "record": lambda do, ask: do.domain.record_create(DOMAIN, type="A", name=ask.name, data="192.0.2.1"),
    "SSH key": lambda do, ask: do.ssh_key.create(ask.name, _public_key(ask.number)),
    "firewall": lambda do, ask: do.firewall.create(name=ask.name, inbound_rules=RULES),
    "tag": lambda do, ask: do.tag.create(ask.name),
    "VPC": lambda do, ask: do.vpc.create(name=ask.name, region=REGION),
    "project": lambda do, ask: do.project.create(name=ask.name, purpose="Web Application"),
    "load balancer": lambda do, ask: do.load_balancer.create(name=ask.name, region=REGION, forwarding_rules=FORWARDING),
    "reserved IP": lambda do, ask: do.reserved_ip.create(region=REGION),
    "reserved IPv6": lambda do, ask: do.reserved_ipv6.create(REGION),
    "reserved IP of a Droplet": lambda do, ask: do.reserved_ip.create(droplet_id=ask.droplet_id),
    "rename": lambda do, ask: do.droplet.rename(ask.droplet_id, ask.name, **_waits(ask)),
    "power off": lambda do, ask: do.droplet.power_off(ask.droplet_id, **_waits(ask)),
    "snapshot": lambda do, ask: do.droplet.snapshot_create(ask.droplet_id, snapshot_name=ask.name, **_waits(ask)),
    "attach": lambda do, ask: do.volume.attach(ask.volume_id, droplet_id=ask.droplet_id, **_waits(ask)),
}
#: Those that are safe to repeat, so that the client does.
REPEATED = frozenset({"tag"})


def _public_key(number: int) -> str:
    content = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + number.to_bytes(32, "big")
    return f"ssh-ed25519 {base64.b64encode(content).decode()}"


def prepare(sim: Simulator, token: str, count: int) -> Prepared:
    """Make what so many calls are about, in time that runs faster."""
    assert isinstance(sim.clock, RealClock)
    speed = sim.clock.speed
    sim.clock.run_at(50 * speed)
    try:
        with DO.simulated(sim, token=token) as do:
            do.domain.create(DOMAIN)
            names = [f"prepared-{number}" for number in range(count + FULL_VOLUMES)]
            volumes = [do.volume.create(name=name, region=REGION, size_gigabytes=1)["id"] for name in names]
            droplets = do.droplet.create(names=names[:count], **ATTRIBUTES, wait=True, timeout=100_000)
            return Prepared([droplet["id"] for droplet in droplets], volumes)
    finally:
        sim.clock.run_at(speed)

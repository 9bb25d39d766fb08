"""What a client polls passes through documented states only, in their order, however fast time goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto.sim import InstantClock, ManualClock, Settings, Simulator

from .client import Client, in_process
from .conftest import START

NEW = {"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
RULE = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
GONE = "(404)"
#: Longer than anything takes.
ENOUGH = 10_000.0
#: Simulated seconds between two polls: a client that polls every 5 s at speeds from 0.02 to 1000, and none at all.
GAPS = st.lists(st.sampled_from([0.0, 0.1, 1.0, 5.0, 9.0, 20.0, 31.9, 60.0, 300.0, 5000.0]), max_size=12)


@dataclass(frozen=True)
class Machine:
    """A resource that changes by itself: how it begins, where its state is shown, and its states in order."""

    begin: Callable[[Client], str]
    root: str
    member: str
    states: tuple[str, ...]


def active_droplet(client: Client) -> int:
    number = int(client.post("/v2/droplets", NEW, status=202)["droplet"]["id"])
    advance(client, ENOUGH)
    return number


def advance(client: Client, seconds: float) -> None:
    if isinstance(client.sim.clock, ManualClock):
        client.sim.clock.advance(seconds)


def droplet(client: Client) -> str:
    return f"/v2/droplets/{client.post('/v2/droplets', NEW, status=202)['droplet']['id']}"


def create_action(client: Client) -> str:
    return f"/v2/actions/{client.post('/v2/droplets', NEW, status=202)['links']['actions'][0]['id']}"


def droplet_action(type: str, **more: Any) -> Callable[[Client], str]:
    def begin(client: Client) -> str:
        path = f"/v2/droplets/{active_droplet(client)}/actions"
        return f"/v2/actions/{client.post(path, {'type': type, **more})['action']['id']}"

    return begin


def volume_action(client: Client) -> str:
    number = active_droplet(client)
    volume = client.post("/v2/volumes", {"name": "data", "region": "nyc3", "size_gigabytes": 1})["volume"]
    path = f"/v2/volumes/{volume['id']}/actions"
    action = client.post(path, {"type": "attach", "droplet_id": number}, status=202)["action"]
    return f"{path}/{action['id']}"


def reserved_ip_action(client: Client) -> str:
    number = active_droplet(client)
    made = client.post("/v2/reserved_ips", {"droplet_id": number}, status=202)
    return f"/v2/actions/{made['links']['actions'][0]['id']}"


def power_off(client: Client) -> str:
    path = f"/v2/droplets/{active_droplet(client)}"
    client.post(f"{path}/actions", {"type": "power_off"})
    return path


def load_balancer(client: Client) -> str:
    made = client.post("/v2/load_balancers", {"name": "a", "region": "nyc3", "forwarding_rules": [RULE]}, status=202)
    return f"/v2/load_balancers/{made['load_balancer']['id']}"


def vpcs(client: Client) -> list[str]:
    return [client.post("/v2/vpcs", {"name": name, "region": "nyc3"})["vpc"]["id"] for name in ("a", "b")]


def nat_gateway(client: Client) -> str:
    wanted = {"name": "a", "type": "PUBLIC", "region": "nyc3", "size": 1, "vpcs": [{"vpc_uuid": vpcs(client)[0]}]}
    return f"/v2/vpc_nat_gateways/{client.post('/v2/vpc_nat_gateways', wanted, status=202)['vpc_nat_gateway']['id']}"


def delete(begin: Callable[[Client], str]) -> Callable[[Client], str]:
    def delete(client: Client) -> str:
        path = begin(client)
        advance(client, ENOUGH)
        assert client.call("DELETE", path).status in (202, 204)
        return path

    return delete


def peering(client: Client) -> str:
    made = client.post("/v2/vpc_peerings", {"name": "a", "vpc_ids": vpcs(client)}, status=202)
    return f"/v2/vpc_peerings/{made['vpc_peering']['id']}"


def certificate(client: Client) -> str:
    client.post("/v2/domains", {"name": "example.com"})
    wanted = {"name": "a", "type": "lets_encrypt", "dns_names": ["www.example.com"]}
    return f"/v2/certificates/{client.post('/v2/certificates', wanted, status=202)['certificate']['id']}"


def firewall(client: Client) -> str:
    rule = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}
    wanted = {"name": "web", "inbound_rules": [rule], "droplet_ids": [active_droplet(client)]}
    return f"/v2/firewalls/{client.post('/v2/firewalls', wanted, status=202)['firewall']['id']}"


def custom_image(client: Client) -> str:
    wanted = {"name": "a", "url": "https://example.com/a.img", "region": "nyc3"}
    return f"/v2/images/{client.post('/v2/images', wanted, status=202)['image']['id']}"


ACTION = ("action", "status", ("in-progress", "completed"))
MACHINES = {
    "a Droplet": Machine(droplet, "droplet", "status", ("new", "active")),
    "a Droplet that is powered off": Machine(power_off, "droplet", "status", ("active", "off")),
    "a create": Machine(create_action, *ACTION),
    "a snapshot": Machine(droplet_action("snapshot", name="s"), *ACTION),
    "a resize": Machine(droplet_action("resize", size="s-2vcpu-4gb"), *ACTION),
    "a rebuild": Machine(droplet_action("rebuild", image="debian-12-x64"), *ACTION),
    "an attachment": Machine(volume_action, *ACTION),
    "an assignment": Machine(reserved_ip_action, *ACTION),
    "a load balancer": Machine(load_balancer, "load_balancer", "status", ("new", "active")),
    "a NAT gateway": Machine(nat_gateway, "vpc_nat_gateway", "state", ("NEW", "PROVISIONING", "ACTIVE")),
    "a deleted NAT gateway": Machine(delete(nat_gateway), "vpc_nat_gateway", "state", ("DELETING", GONE)),
    "a peering": Machine(peering, "vpc_peering", "status", ("PROVISIONING", "ACTIVE")),
    "a deleted peering": Machine(delete(peering), "vpc_peering", "status", ("DELETING", GONE)),
    "a certificate": Machine(certificate, "certificate", "state", ("pending", "verified")),
    "a firewall": Machine(firewall, "firewall", "status", ("waiting", "succeeded")),
    "an import": Machine(custom_image, "image", "status", ("NEW", "pending", "available")),
}


def poll(client: Client, path: str, machine: Machine) -> str:
    answer = client.call("GET", path)
    if answer.status == 404:
        return GONE
    shown = answer.body[machine.root]
    consistent(shown)
    return str(shown[machine.member])


def consistent(shown: dict[str, Any]) -> None:
    """What belongs to a state is there with it."""
    if shown.get("type") == "droplet" or "networks" in shown:
        assert shown["status"] == "new" or len(shown["networks"]["v4"]) == 2
        assert ("vpc_uuid" in shown) == (shown["status"] != "new")
    if "completed_at" in shown:
        assert (shown["completed_at"] is None) == (shown["status"] == "in-progress")
        assert shown["completed_at"] is None or shown["completed_at"] >= shown["started_at"]


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
@given(gaps=GAPS, starting=st.sampled_from(["NEW", "PROVISIONING"]))
def test_states_come_in_their_order_at_every_speed(machine: Machine, gaps: list[float], starting: Any) -> None:
    settings = Settings(requests_per_minute=0, nat_gateway_starting_state=starting)
    sim = Simulator(ManualClock(START), settings)
    client = Client(sim, in_process(sim.app), None)
    path = machine.begin(client)
    seen = [poll(client, path, machine)]
    for gap in [*gaps, ENOUGH]:
        advance(client, gap)
        seen.append(poll(client, path, machine))
    places = [machine.states.index(state) for state in seen]
    assert places == sorted(places), seen
    assert (seen[0], seen[-1]) == (machine.states[0], machine.states[-1])


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_on_an_instant_clock_everything_is_over_at_once(machine: Machine) -> None:
    sim = Simulator(InstantClock(start=START), Settings(requests_per_minute=0))
    client = Client(sim, in_process(sim.app), None)
    path = machine.begin(client)
    assert poll(client, path, machine) == machine.states[-1]

"""One Droplet with everything that a Droplet can have, and what is left when it goes."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim import ManualClock

from .client import Client

TRAFFIC = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
SSH = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}


class World:
    """A Droplet and all that refers to it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        client.post("/v2/vpcs", {"name": "first", "region": "nyc3"})
        self.vpc = client.post("/v2/vpcs", {"name": "second", "region": "nyc3"})["vpc"]["id"]
        volume = {"name": "data", "region": "nyc3", "size_gigabytes": 10, "tags": ["web"]}
        self.volume = client.post("/v2/volumes", volume)["volume"]["id"]
        self.key = client.create_active(vpc_uuid=self.vpc, volumes=[self.volume], tags=["web"])["id"]
        self.path = f"/v2/droplets/{self.key}"
        address = client.post("/v2/reserved_ips", {"droplet_id": self.key}, status=202)
        self.ip = address["reserved_ip"]["ip"]
        wall = {"name": "wall", "droplet_ids": [self.key], "tags": ["web"], "inbound_rules": [SSH]}
        self.firewall = client.post("/v2/firewalls", wall, status=202)["firewall"]["id"]
        balancer = {"name": "lb", "region": "nyc3", "vpc_uuid": self.vpc, "forwarding_rules": [TRAFFIC]}
        made = client.post("/v2/load_balancers", {**balancer, "droplet_ids": [self.key]}, status=202)
        self.balancer = made["load_balancer"]["id"]
        purpose = {"name": "shop", "purpose": "Web Application"}
        self.project = client.post("/v2/projects", purpose)["project"]["id"]
        held = [f"do:droplet:{self.key}", f"do:volume:{self.volume}"]
        client.post(f"/v2/projects/{self.project}/resources", {"resources": held}, status=200)
        client.post("/v2/domains", {"name": "example.com"})
        record = {"type": "A", "name": "www", "data": self.ip}
        self.record = client.post("/v2/domains/example.com/records", record)["domain_record"]["id"]
        self.alert = client.post("/v2/monitoring/alerts", self.policy(), status=200)["policy"]["uuid"]
        client.sim.clock.advance(120)  # type: ignore[attr-defined]

    def policy(self) -> Any:
        alerts = {"email": ["ops@example.com"], "slack": []}
        about = {"type": "v1/insights/droplet/cpu", "compare": "GreaterThan", "value": 80, "window": "5m"}
        return {
            "alerts": alerts,
            "description": "busy",
            "enabled": True,
            "entities": [str(self.key)],
            "tags": [],
            **about,
        }

    def read_everything(self) -> dict[str, Any]:
        """Who has the Droplet, in the words of each."""
        get = self.client.get
        tag = get("/v2/tags/web")["tag"]["resources"]
        members = get(f"/v2/vpcs/{self.vpc}/members")["members"]
        return {
            "volume": get(f"/v2/volumes/{self.volume}")["volume"]["droplet_ids"],
            "reserved_ip": (get(f"/v2/reserved_ips/{self.ip}")["reserved_ip"]["droplet"] or {}).get("id"),
            "firewall": get(f"/v2/firewalls/{self.firewall}")["firewall"]["droplet_ids"],
            "load_balancer": get(f"/v2/load_balancers/{self.balancer}")["load_balancer"]["droplet_ids"],
            "project": [one["urn"] for one in get(f"/v2/projects/{self.project}/resources")["resources"]],
            "tag": (tag["count"], tag["droplets"]["count"], tag["volumes"]["count"]),
            "vpc": [one["urn"] for one in members if one["urn"].startswith("do:droplet")],
        }


@pytest.fixture
def world(client: Client) -> World:
    return World(client)


def test_everybody_knows_the_droplet(client: Client, world: World) -> None:
    urn, key = f"do:droplet:{world.key}", world.key
    assert world.read_everything() == {
        "volume": [key],
        "reserved_ip": key,
        "firewall": [key],
        "load_balancer": [key],
        "project": [urn, f"do:volume:{world.volume}"],
        "tag": (2, 1, 1),
        "vpc": [urn],
    }
    droplet = client.get(world.path)["droplet"]
    assert (droplet["volume_ids"], droplet["vpc_uuid"], droplet["tags"]) == ([world.volume], world.vpc, ["web"])
    assert world.ip in {one["ip_address"] for one in droplet["networks"]["v4"]}
    assert [one["id"] for one in client.get(f"{world.path}/firewalls")["firewalls"]] == [world.firewall]
    also = client.get(f"{world.path}/destroy_with_associated_resources")
    assert ([one["id"] for one in also["volumes"]], [one["id"] for one in also["reserved_ips"]]) == (
        [world.volume],
        [world.ip],
    )


def test_what_the_droplet_holds_can_not_go_before_it(client: Client, world: World) -> None:
    assert client.call("DELETE", f"/v2/volumes/{world.volume}").status == 409
    assert client.call("DELETE", f"/v2/vpcs/{world.vpc}").status == 409
    assert client.call("DELETE", f"/v2/projects/{world.project}").status == 412


def test_everybody_lets_go_of_a_destroyed_droplet(client: Client, clock: ManualClock, world: World) -> None:
    assert client.call("DELETE", world.path).status == 204
    assert client.call("GET", world.path).status == 404
    gather = world.read_everything()
    assert (gather["volume"], gather["tag"]) == ([world.key], (1, 0, 1))
    assert client.call("DELETE", f"/v2/volumes/{world.volume}").status == 409
    assert client.call("DELETE", f"/v2/vpcs/{world.vpc}").status == 409
    clock.advance(client.sim.settings.detach_seconds)
    assert world.read_everything() == {
        "volume": [],
        "reserved_ip": None,
        "firewall": [],
        "load_balancer": [],
        "project": [f"do:volume:{world.volume}"],
        "tag": (1, 0, 1),
        "vpc": [],
    }
    # A name and an alert stay as they were given: nobody but their owner changes them.
    record = client.get(f"/v2/domains/example.com/records/{world.record}")["domain_record"]
    assert record["data"] == world.ip
    assert client.get(f"/v2/monitoring/alerts/{world.alert}")["policy"]["entities"] == [str(world.key)]


def test_what_is_left_serves_the_next_droplet(client: Client, clock: ManualClock, world: World) -> None:
    client.call("DELETE", world.path)
    clock.advance(client.sim.settings.detach_seconds)
    heir = client.create_active("heir", vpc_uuid=world.vpc, volumes=[world.volume], tags=["web"])
    action = {"type": "assign", "droplet_id": heir["id"]}
    client.post(f"/v2/reserved_ips/{world.ip}/actions", action)
    client.post(f"/v2/load_balancers/{world.balancer}/droplets", {"droplet_ids": [heir["id"]]}, status=204)
    clock.advance(60)
    held = world.read_everything()
    assert (held["volume"], held["reserved_ip"], held["load_balancer"]) == ([heir["id"]], heir["id"], [heir["id"]])
    assert [one["id"] for one in client.get(f"/v2/droplets/{heir['id']}/firewalls")["firewalls"]] == [world.firewall]


def test_everything_can_be_taken_down(client: Client, clock: ManualClock, world: World) -> None:
    client.call("DELETE", world.path)
    clock.advance(client.sim.settings.detach_seconds)
    for path in (
        f"/v2/volumes/{world.volume}",
        f"/v2/reserved_ips/{world.ip}",
        f"/v2/firewalls/{world.firewall}",
        f"/v2/load_balancers/{world.balancer}",
        f"/v2/projects/{world.project}",
        "/v2/domains/example.com",
        f"/v2/monitoring/alerts/{world.alert}",
        f"/v2/vpcs/{world.vpc}",
        "/v2/tags/web",
    ):
        assert client.call("DELETE", path).status == 204, path

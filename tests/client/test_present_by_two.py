"""Two programs have the same resource present: where names are unique each gets it, and one of them has created it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from doboto import DO, DOBOTOConflictException, DOBOTOUnprocessableException
from doboto.sim import Settings, Simulator

from .conftest import Log, several

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIDpkWqjl9wKn7jkYY4B6uGdaM4X3DTg2Gfsm2lpFq6W a"
OUT = [{"protocol": "tcp", "ports": "80", "destinations": {"addresses": ["0.0.0.0/0"]}}]


@pytest.fixture
def settings() -> Settings:
    return Settings(droplet_limit=1000, lets_encrypt_needs_domain=False)


@pytest.fixture
def other(sim: Simulator) -> DO:
    return DO.simulated(sim)


def vpcs(other: DO) -> list[str]:
    return [other.vpc.create(name=name, region="nyc3")["id"] for name in ("a", "b")]


#: What is created, by any client, for a network of its own where it needs one.
UNIQUE: dict[str, Callable[[Any, list[str]], Any]] = {
    "volume": lambda do, _: do.volume.present(name="x", region="nyc3", size_gigabytes=1),
    "domain": lambda do, _: do.domain.present("example.com", "192.0.2.1"),
    "vpc": lambda do, _: do.vpc.present(name="x", region="nyc3"),
    "project": lambda do, _: do.project.present(name="x", purpose="Service or API"),
    "firewall": lambda do, _: do.firewall.present(name="web", outbound_rules=OUT),
    "tag": lambda do, _: do.tag.present("x"),
    "SSH key": lambda do, _: do.ssh_key.present("x", KEY),
    "certificate": lambda do, _: do.certificate.present(name="x", dns_names=["example.com"]),
    "NAT gateway": lambda do, ids: do.nat_gateway.present(
        name="x", type="PUBLIC", region="nyc3", size=1, vpcs=[{"vpc_uuid": ids[0], "default_gateway": True}]
    ),
    "peering": lambda do, ids: do.vpc.peering_present(name="x", vpc_ids=ids),
}


def between(sim: Simulator, act: Callable[[], object]) -> None:
    """Act once, after the first look of the tested client and before its request."""
    done: list[bool] = []

    def seen(incoming: Any, _: Any) -> None:
        if not done and incoming.method == "GET":
            done.append(True)
            act()

    sim.on_seen.append(seen)


@pytest.mark.parametrize("lag", [0, 4])
@pytest.mark.parametrize("kind", UNIQUE)
def test_each_gets_the_one_that_is_there(api: Any, other: DO, sim: Simulator, kind: str, lag: int) -> None:
    ids = vpcs(other)
    if lag:
        sim.faults.add("list_lag", seconds=lag)
    made: list[Any] = []
    between(sim, lambda: made.append(UNIQUE[kind](other, ids)))
    there, created = UNIQUE[kind](api, ids)
    assert made[0][1] is not None
    assert {name: there[name] for name in ("id", "name") if name in there} == {
        name: made[0][0][name] for name in ("id", "name") if name in made[0][0]
    }
    assert created is None or kind == "tag"  # a tag that exists is created again without an error


def test_what_is_refused_for_another_reason_is_not_looked_for(api: Any, sim: Simulator, log: Log) -> None:
    body = {"id": "unprocessable_entity", "message": "the volume limit is reached"}
    sim.faults.add("status", status=422, method="POST", path="/v2/volumes", body=body)
    with pytest.raises(DOBOTOUnprocessableException, match="limit is reached"):
        UNIQUE["volume"](api, [])
    assert [line.partition("?")[0] for line in log.take()] == ["GET /volumes", "POST /volumes"]


def test_a_refusal_that_nothing_explains_is_raised_in_the_end(api: Any, sim: Simulator) -> None:
    """As where a name is taken by what the token may not see."""
    sim.faults.add("status", status=409, method="POST", path="/v2/volumes", body={"id": "conflict", "message": "No."})
    start = sim.clock.now()
    with pytest.raises(DOBOTOConflictException, match=r"No\."):
        UNIQUE["volume"](api, [])
    assert 10 < sim.clock.now() - start < 20


@pytest.mark.parametrize("count", [1, 10, 100])
def test_droplets_of_two_programs_are_all_accounted_for(api: Any, other: DO, sim: Simulator, count: int) -> None:
    """Their names are not unique: each program has those that it created, and the next one creates none."""
    names = [f"web-{n}" for n in range(count)]
    made: list[Any] = []
    between(sim, lambda: made.append(other.droplet.present(several(*names))))
    _, created = api.droplet.present(several(*names))
    everything = api.droplet.list()
    assert {droplet["id"] for droplet in [*made[0][1], *created]} == {droplet["id"] for droplet in everything}
    assert [droplet["name"] for droplet in made[0][1]] == names
    there, more = api.droplet.present(several(*names))
    assert ([droplet["name"] for droplet in there], more) == (names, [])
    oldest = {droplet["name"]: droplet["id"] for droplet in sorted(everything, key=lambda one: -one["id"])}
    assert {droplet["name"]: droplet["id"] for droplet in there} == oldest

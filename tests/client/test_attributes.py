"""Attributes and numbers are checked alike everywhere, before any request; misspelt attributes are reported."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path
from typing import Any

import pytest

import doboto
from doboto.errors import DOBOTOException, UnknownAttributeWarning
from doboto.sim import Simulator

from .conftest import Log, client, one

RULE = {"protocol": "tcp", "port": "22", "sources": {"address": ["0.0.0.0/0"]}}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda api: api.droplet.create(one(backup=True, ssh_key=[1])), "backup (did you mean 'backups'?), ssh_key"),
        (lambda api: api.droplet.present(one(tag=["a"])), "tag (did you mean 'tags'?)"),
        (lambda api: api.droplet.create(one(backup_policy={"pln": "daily"}, backups=True)), "backup_policy.pln"),
        (
            lambda api: api.firewall.create(name="web", inbound_rules=[{**RULE, "ports": "22", "protocl": "tcp"}]),
            "inbound_rules[0].protocl (did you mean 'protocol'?)",
        ),
        (
            lambda api: api.firewall.create(name="web", inbound_rules=[{**RULE, "ports": "22"}]),
            "inbound_rules[0].sources.address (did you mean 'addresses'?)",
        ),
        (lambda api: api.volume.create({"name": "a", "region": "nyc3", "size_gigabytes": 1, "tagz": []}), "tagz"),
        (
            lambda api: api.domain.record_create("example.com", {"type": "A", "name": "a", "date": "192.0.2.1"}),
            "date (did you mean 'data'?)",
        ),
        (
            lambda api: api.domain.record_create("example.com", {"type": "A", "name": "a", "TTL": 60}),
            "TTL (did you mean 'ttl'?)",
        ),
    ],
)
def test_misspelt_attributes_are_reported(api: Any, sim: Simulator, call: Any, message: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(DOBOTOException):  # the API's answer does not matter here
            call(api)
    found = [one for one in caught if one.category is UnknownAttributeWarning]
    assert [message in str(one.message) for one in found] == [True]


def test_warning_points_at_the_callers_line(api: Any) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        api.droplet.create(one(backup=True))
    assert not Path(caught[0].filename).is_relative_to(Path(doboto.__file__).parent)


def test_strict_client_refuses_unknown_attributes(flavour: str, runner: Any, sim: Simulator, log: Log) -> None:
    api = client(flavour, runner, sim, strict=True)
    with pytest.raises(TypeError, match=r"unknown attribute backup \(did you mean 'backups'\?\)"):
        api.droplet.create(one(backup=True))
    with pytest.raises(TypeError, match="inbound_rules"):
        api.with_options(timeout=5).firewall.create(name="web", inbound_rules=[RULE])
    assert log.take() == []


def test_a_resource_as_it_was_read_can_be_sent_back(api: Any) -> None:
    api.domain.create("example.com", None)
    record = api.domain.record_create("example.com", type="A", name="www", data="192.0.2.1")
    assert api.domain.record_update("example.com", record["id"], record | {"ttl": 60})["ttl"] == 60


def test_records_take_keywords(api: Any) -> None:
    api.domain.create("example.com", None)
    record = api.domain.record_create("example.com", type="A", name="www", data="192.0.2.1")
    assert (record["type"], record["name"], record["data"]) == ("A", "www", "192.0.2.1")
    assert api.domain.record_create("example.com", {"type": "A", "data": "192.0.2.2"}, name="a")["name"] == "a"
    assert (
        api.domain.record_create(name="example.com", attribs={"type": "TXT", "name": "t", "data": "x"})["data"] == "x"
    )
    assert api.domain.record_present("example.com", type="A", name="www", data="192.0.2.1") == (record, None)
    assert api.domain.record_update("example.com", record["id"], name="w3")["name"] == "w3"


def test_keywords_override_a_plan(api: Any) -> None:
    plan = one("plan", tags=["a"])
    droplet = api.droplet.create(plan, name="web-7", size="s-2vcpu-2gb")
    assert (droplet["name"], droplet["size_slug"], droplet["tags"]) == ("web-7", "s-2vcpu-2gb", ["a"])
    volume = api.volume.create({"name": "v", "region": "nyc3", "size_gigabytes": 1}, size_gigabytes=2)
    assert volume["size_gigabytes"] == 2


@pytest.mark.parametrize("wrong", [True, 1.5, float("nan"), "x", "1.5", [], b"7", ""])
def test_whole_numbers(api: Any, log: Log, wrong: Any) -> None:
    for call in (
        lambda: api.droplet.info(wrong),
        lambda: api.droplet.action_info(1, wrong),
        lambda: api.volume.create({"name": "a", "region": "nyc3", "size_gigabytes": wrong}),
        lambda: api.volume.resize("506f78a4", wrong),
        lambda: api.firewall.droplet_add("a", [wrong]),
        lambda: api.droplet.kernel_update(1, wrong),
        lambda: api.droplet.create(one(), wait=True, ready_port=wrong),
    ):
        with pytest.raises((TypeError, ValueError), match=r"must (be a|not be)"):
            call()
    assert log.take() == []


def test_numbers_as_text_are_sent_as_numbers(api: Any, sim: Simulator) -> None:
    bodies: list[Any] = []
    droplet = api.droplet.create(one(), wait=True)
    volume = api.volume.create({"name": "v", "region": "nyc3", "size_gigabytes": "1"})
    sim.on_seen.append(lambda incoming, _: bodies.append(incoming.body()) if incoming.method != "GET" else None)
    assert api.droplet.info(str(droplet["id"])) == api.droplet.info(droplet["id"])
    api.volume.resize(volume["id"], "20", wait=True)
    api.volume.attach(volume["id"], droplet_id=str(droplet["id"]), wait=True)
    firewall = api.firewall.create(
        name="web", inbound_rules=[{"protocol": "icmp", "ports": "0", "sources": {"droplet_ids": [str(droplet["id"])]}}]
    )
    assert [bodies[0]["size_gigabytes"], bodies[1]["droplet_id"]] == [20, droplet["id"]]
    assert firewall["inbound_rules"][0]["sources"]["droplet_ids"] == [droplet["id"]]


@pytest.mark.parametrize(
    "call",
    [
        lambda api: api.image.list(type="x"),
        lambda api: api.snapshot.list("vol"),
        lambda api: list(api.snapshot.each("vol")),
        lambda api: api.droplet.list(type="gpu"),
        lambda api: api.one_click.list("app"),
        lambda api: api.monitoring.droplet_metric_info(1, "heat", 0, 1),
        lambda api: api.nat_gateway.list(state="active"),
        lambda api: api.droplet.power_off(1, wait=True, poll=0),
        lambda api: api.droplet.power_off(1, wait=True, poll=float("nan")),
    ],
)
def test_unknown_filters_and_pauses_are_refused(api: Any, log: Log, call: Any) -> None:
    with pytest.raises(ValueError, match=r"must be (one of|more than|finite)"):
        call(api)
    assert log.take() == []

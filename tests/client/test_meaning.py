"""What is the same in another spelling is the same: records, rules; and what bounds a call."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOTimeoutException
from doboto._core.equivalence.dns_records import identity
from doboto._core.firewall_rules import normalize_rule
from doboto.resources.load_balancer import is_same_rule

from .conftest import Log, one
from .scripted import reply, stage

#: Type, name and data.
Record = tuple[str, str, str]


def meaning(record: Record) -> Any:
    return identity("example.com", dict(zip(("type", "name", "data"), record, strict=True)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("AAAA", "@", "2001:0db8:0000::0001"), ("AAAA", "@", "2001:db8::1")),
        (("CNAME", "www", "@"), ("CNAME", "www", "example.com")),
        (("MX", "@", "Mail.Example.COM."), ("MX", "", "mail.example.com")),
        (("TXT", "@", '"v=spf1 -all"'), ("TXT", "@", "v=spf1 -all")),
        (("TXT", "@", '"part one" "part two"'), ("TXT", "@", "part onepart two")),
        (("A", "www.example.com.", "192.0.2.1"), ("A", "WWW", "192.0.2.1")),
    ],
)
def test_records_that_mean_the_same_are_the_same(first: Record, second: Record) -> None:
    assert meaning(first) == meaning(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("TXT", "@", "A"), ("TXT", "@", "a")),
        (("TXT", "@", 'say "yes"'), ("TXT", "@", "say yes")),
        (("AAAA", "@", "2001:db8::1"), ("AAAA", "@", "2001:db8::2")),
    ],
)
def test_records_that_differ_are_not_the_same(first: Record, second: Record) -> None:
    assert meaning(first) != meaning(second)


@pytest.mark.parametrize(("data", "again"), [("2001:db8::1", "2001:0db8:0:0::1"), ("2001:DB8::1", "2001:db8:0::1")])
def test_record_present_makes_no_second_one_of_another_spelling(api: Any, data: str, again: str) -> None:
    api.domain.create("example.com", "192.0.2.1")
    _, created = api.domain.record_present("example.com", {"type": "AAAA", "name": "www", "data": data})
    assert created
    _, created = api.domain.record_present("example.com", {"type": "AAAA", "name": "www", "data": again})
    assert created is None


def rule(address: str, ports: str = "22") -> dict[str, Any]:
    return {"protocol": "tcp", "ports": ports, "sources": {"addresses": [address]}}


def tagged(tag: str) -> dict[str, Any]:
    return {"protocol": "tcp", "ports": "22", "sources": {"tags": [tag]}}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rule("192.0.2.7"), rule("192.0.2.7/32")),
        (rule("192.0.2.7/24"), rule("192.0.2.0/24")),
        (rule("::/0"), rule("0::0/0")),
        (rule("2001:DB8::1"), rule("2001:0db8:0::1/128")),
        (rule("::/0", "all"), rule("::/0", "1-65535")),
        (rule("::/0", "22-22"), rule("::/0", "22")),
        (rule("::/0", "ALL"), rule("::/0", "0")),
        ({**rule("::/0"), "protocol": "TCP"}, rule("::/0")),
        (tagged("Web"), tagged("web")),
    ],
)
def test_rules_that_mean_the_same_are_the_same(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert normalize_rule(first) == normalize_rule(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rule("192.0.2.7"), rule("192.0.2.8")),
        (rule("192.0.2.0/24"), rule("192.0.2.0/25")),
        (rule("0.0.0.0/0"), rule("::/0")),
        (rule("::/0", "22"), rule("::/0", "22-23")),
        ({**rule("::/0"), "protocol": "udp"}, rule("::/0")),
        (tagged("web"), rule("web")),
    ],
)
def test_rules_that_differ_are_not_the_same(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert normalize_rule(first) != normalize_rule(second)


@pytest.mark.parametrize(
    ("given", "again"),
    [
        (rule("::/0", "0"), rule("0::0/0", "all")),
        (rule("2001:db8::1"), rule("2001:0DB8:0::1/128")),
        (rule("192.0.2.0/24", "8000-9000"), rule("192.0.2.77/24", "8000 - 9000")),
        ({"protocol": "icmp", "sources": {"addresses": ["::/0"]}}, {**rule("::/0", "0"), "protocol": "icmp"}),
    ],
)
def test_a_rule_is_added_once_and_removed_in_any_spelling(api: Any, log: Log, given: Any, again: Any) -> None:
    kept = rule("198.51.100.1")
    id = api.firewall.create(name="web", inbound_rules=[kept, given])["id"]
    api.firewall.rule_add(id, [again])
    assert log.count("POST /firewalls/") == 0
    api.firewall.rule_remove(id, [again])
    assert api.firewall.info(id)["inbound_rules"] == [kept]


def test_a_rule_that_is_not_there_is_left_to_the_api(api: Any, log: Log) -> None:
    id = api.firewall.create(name="web", inbound_rules=[rule("::/0")])["id"]
    api.firewall.rule_remove(id, [rule("192.0.2.1")])
    assert log.count(f"DELETE /firewalls/{id}/rules") == 1
    assert api.firewall.info(id)["inbound_rules"] == [rule("::/0")]


FORWARDING = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}


@pytest.mark.parametrize(
    ("more", "same"),
    [
        ({}, True),
        ({"certificate_id": None}, True),
        ({"certificate_id": "", "tls_passthrough": False}, True),
        ({"tls_passthrough": True}, False),
        ({"entry_port": 8080}, False),
    ],
)
def test_empty_members_of_forwarding_rules_mean_nothing(more: dict[str, Any], same: bool) -> None:
    listed = {**FORWARDING, "certificate_id": "", "tls_passthrough": False}
    assert is_same_rule({**FORWARDING, **more}, listed) is same
    assert is_same_rule({**FORWARDING, **more}, FORWARDING) is same


def test_the_clients_timeout_bounds_a_call_that_does_not_wait(flavour: str, runner: Any) -> None:
    silent = DOBOTOTimeoutException("no response")
    staged = stage(flavour, runner, silent, timeout=2)
    with pytest.raises(DOBOTOTimeoutException):
        staged.api.droplet.info(7)
    start = staged.time.now
    for call in (
        lambda: staged.api.droplet.power_off(7),
        lambda: staged.api.droplet.power_off(7, None, False),
        lambda: staged.api.volume.attach("v", droplet_id=7),
        lambda: staged.api.droplet.create(one()),
    ):
        with pytest.raises(Exception):  # noqa: B017 - unknown, or timed out: in time either way
            call()
        assert staged.time.now - start <= 2
        assert staged.script.timeouts[-1].total <= 2
        start = staged.time.now


def test_a_timeout_that_is_given_and_that_of_a_wait_are_the_calls_own(flavour: str, runner: Any) -> None:
    action = {"action": {"id": 8, "type": "power_off", "resource_id": 7, "status": "completed"}}
    staged = stage(flavour, runner, reply(201, action), timeout=2)
    staged.api.droplet.power_off(7, timeout=50)
    assert staged.script.timeouts[-1].total == 50
    staged.api.droplet.power_off(7, wait=True)
    assert staged.script.timeouts[-1].total == 300
    staged.api.droplet.power_off(7)
    assert staged.script.timeouts[-1].total == 2

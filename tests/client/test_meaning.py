"""What is the same in another spelling is the same: records, rules; and what bounds a call."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOTimeoutException
from doboto.resources.domain_records import identity
from doboto.resources.firewall import among

from .conftest import one
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


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rule("192.0.2.7"), rule("192.0.2.7/32")),
        (rule("192.0.2.7/24"), rule("192.0.2.0/24")),
        (rule("::/0"), rule("0::0/0")),
        (rule("2001:DB8::1"), rule("2001:0db8:0::1/128")),
        (rule("::/0", "all"), rule("::/0", "1-65535")),
    ],
)
def test_rules_that_mean_the_same_are_the_same(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert among(first, [second])
    assert not among(rule("192.0.2.8"), [second])


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

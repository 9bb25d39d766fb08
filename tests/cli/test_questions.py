"""What is asked before something is destroyed: what is done, to what, with which values; and nobody waits for it."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

from doboto.cli.run.affected import AffectedResource
from doboto.cli.run.confirm import question
from doboto.cli.schema import catalog

from .conftest import NEW, Doboto

ALL = [one for resource in catalog.resources() for one in catalog.operations(resource).values() if one.may_ask]


def asked(resource: str, operation: str, values: dict[str, Any], *names: str, price: str = "") -> str:
    found = catalog.operations(resource)[operation]
    return question(found, [AffectedResource(name, name, {}) for name in names], values, price)


def test_a_question_names_what_is_done_and_the_values_given() -> None:
    rebuild = asked("droplet", "rebuild", {"id": 1, "image": "debian-12-x64", "wait": True}, "web-03")
    assert rebuild == "Rebuild web-03 from image debian-12-x64? All data on the Droplet's disk is lost."
    resize = asked("droplet", "resize", {"id": 1, "size": "s-2", "disk": True}, "web-03", price=" ($18/month)")
    assert resize.startswith("Resize web-03 to size s-2 ($18/month) with --disk? A disk cannot be made smaller")
    assert asked("volume", "resize", {"id": "x", "size": 20, "region": "nyc3"}, "data").startswith(
        "Resize volume data to size 20? A volume cannot be made smaller again."
    )
    assert asked("domain", "record-destroy", {"name": "a", "record_id": 7}, "www").startswith(
        "Destroy domain record www?"
    )
    assert asked("droplet", "ipv6-enable", {"id": 1}, "web").startswith("Enable IPv6 of web?")


def test_a_question_counts() -> None:
    assert (
        asked("droplet", "destroy", {"id": 1}, "a", "b")
        == "Destroy 2 Droplets: a, b? The Droplets and all data on their disks are lost."
    )
    many = asked("droplet", "destroy", {"id": 1}, *"abcdefg")
    assert many.startswith("Destroy 7 Droplets: a, b, c, d, e and 2 more?")
    assert asked("droplet", "destroy", {"tag_name": "p"}, "a", "b").startswith("Destroy ALL 2 Droplets with tag p?")


@pytest.mark.parametrize(("order", "said"), [
    ("droplet rebuild", "All data on the Droplets' disks is lost."),
    ("volume destroy", "Destroy 2 volumes: a, b? The volumes and all data on them are lost."),
    ("ssh_key destroy", "The keys are lost; Droplets that have them keep them."),
    ("reserved_ip destroy", "The addresses are released and may be given to another account."),
    ("firewall destroy", "The firewalls are lost, and their Droplets are no longer protected by them."),
    ("load_balancer destroy", "The load balancers and their addresses are lost; the Droplets behind them stay."),
    ("domain destroy", "The domains and all their DNS records are lost."),
    ("monitoring alert-destroy", "alert policies are lost."),
    ("image destroy", "The images are lost; Droplets made from them stay."),
])  # fmt: skip
def test_a_question_about_several_is_in_the_plural(order: str, said: str) -> None:
    resource, operation = order.split()
    assert asked(resource, operation, {"id": 1}, "a", "b").endswith(said)


@pytest.mark.parametrize("operation", ALL, ids=lambda one: f"{one.resource}-{one.command}")
def test_no_consequence_for_several_speaks_of_one(operation: catalog.Operation) -> None:
    values: dict[str, Any] = {operation.parameters[0].name: "x"}
    values |= dict.fromkeys(operation.info.irreversible_with, True)
    _, _, consequence = question(operation, [AffectedResource(name, name, {}) for name in "ab"], values).partition("? ")
    assert not re.search(r"\b(its?|The \w+ is|the Droplet)\b", consequence), consequence


@pytest.mark.parametrize("operation", ALL, ids=lambda one: f"{one.resource}-{one.command}")
def test_every_question_names_the_thing_and_says_that_it_is_final(operation: catalog.Operation) -> None:
    values: dict[str, Any] = {operation.parameters[0].name: "x", "disk": True}
    text = question(operation, [AffectedResource("x", "the-thing", {})], values)
    asking, _, consequence = text.partition("? ")
    assert "the-thing" in asking
    assert "`" not in text
    assert consequence == operation.info.consequence(values)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(("order", "expected"), [
    (("destroy", "web"), "Destroy web? The Droplet and all data on its disk are lost. [y/N]"),
    (("rebuild", "web", "--image", "debian-12-x64"), "Rebuild web from image debian-12-x64? All data on"),
    (("resize", "web", "--size", "s-2vcpu-2gb", "--disk"), "Resize web to size s-2vcpu-2gb ($18/month) with --disk?"),
], ids=lambda one: one[0])  # fmt: skip
def test_while_a_question_is_open_other_commands_have_the_account(
    simulated: Doboto, order: tuple[str, ...], expected: str
) -> None:
    from .terminal import Terminal

    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "droplet", "power-off", "web", "--wait")
    with Terminal(["droplet", *order], simulated.environment, width=140) as terminal:
        assert expected in terminal.read(lambda text: "[y/N]" in text)
        assert [one["name"] for one in simulated.ok("droplet", "list", "-o", "json").json] == ["web"]
        terminal.type("y\n")
        assert terminal.end() == 0, terminal.text


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_after_a_question_the_connection_is_opened_again(served: Doboto) -> None:
    from .terminal import Terminal

    served.ok("-q", "droplet", "create", "web-{1..2}", *NEW)
    with Terminal(["droplet", "destroy", "web-1", "web-2"], served.environment) as terminal:
        assert "Destroy 2 Droplets: web-1, web-2? The Droplets" in terminal.read(lambda text: "[y/N]" in text)
        terminal.type("y\n")
        assert terminal.end() == 0, terminal.text
    assert served.ok("droplet", "list", "-o", "json").json == []

"""`--dry-run` shows what would be sent, to the letter, and what it costs; it changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doboto.cli.accounts.simulated import LocalAccount

from .conftest import NEW, Doboto


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The bodies of the requests that create Droplets, as they were sent."""
    bodies: list[Any] = []
    send = LocalAccount.send

    async def sending(self: LocalAccount, request: Any, timeouts: Any) -> Any:
        if request.method != "GET":
            assert request.url.endswith("/droplets")
            bodies.append(json.loads(request.body))
        return await send(self, request, timeouts)

    monkeypatch.setattr(LocalAccount, "send", sending)
    return bodies


def names(bodies: list[Any]) -> list[str]:
    return [name for body in bodies for name in body.get("names", [body.get("name")])]


MORE = ("--tag", "a,b", "--backups", "--backup-policy", "plan=weekly,weekday=SUN,hour=4", "--user-data", "#!/bin/sh")


@pytest.mark.parametrize("order", [
    ("create", "web", *NEW), ("create", "web-{1..23}", *NEW), ("create", "web", "--count", "11", *NEW, *MORE),
    ("present", "web", *NEW, *MORE), ("present", "old-1", *NEW), ("present", "old-{1..2}", *NEW),
    ("present", "old-1", "web-{1..12}", "old-2", *NEW), ("present", "old-3", "OLD-1", *NEW),
])  # fmt: skip
def test_it_shows_the_very_bodies_that_are_then_sent(
    simulated: Doboto, posted: list[Any], order: tuple[str, ...]
) -> None:
    simulated.ok("-q", "droplet", "create", "old-{1..2}", *NEW, "--wait")
    posted.clear()
    plan = simulated.ok("droplet", *order, "--dry-run", "-o", "json").json
    assert posted == []
    simulated.ok("-q", "droplet", *order)
    # From the second on they are sent side by side, in any order.
    assert sorted(plan["requests"], key=str) == sorted(posted, key=str)
    assert all(len(body.get("names", [0])) <= 10 for body in posted)


def test_present_shows_and_prices_only_what_is_missing(simulated: Doboto, posted: list[Any]) -> None:
    simulated.ok("-q", "droplet", "create", "web-1", *NEW, "--wait")
    order = ("droplet", "present", "web-{1..3}", *NEW, "--dry-run")
    plan = simulated.ok(*order, "-o", "json").json
    assert names(plan["requests"]) == ["web-2", "web-3"]
    assert plan["there"] == [{"id": 480000000, "name": "web-1"}]
    assert plan["price"] == {"hourly": 0.01786, "monthly": 12.0, "backups": "none"}
    out = simulated.ok(*order).out.splitlines()
    assert out[0] == "web-1 (480000000) is there already."
    assert out[-1] == "2 Droplets in 1 request: $0.01786 an hour, $12 a month. Nothing was created."
    assert names(posted) == ["web-1"]


def test_present_says_so_where_nothing_is_missing(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web-{1..2}", *NEW, "--wait")
    order = ("droplet", "present", "web-{1..2}", *NEW, "--dry-run")
    assert simulated.ok(*order).out.splitlines()[-1] == "2 Droplets, none missing: nothing would be sent."
    plan = simulated.ok(*order, "-o", "json").json
    assert (plan["requests"], plan["price"]["monthly"]) == ([], 0)


@pytest.mark.parametrize(("more", "plan", "monthly"), [
    ((), "none", 12.0),
    (("--no-backups",), "none", 12.0),
    (("--backup-policy", "plan=daily,hour=4"), "daily", 15.6),
    (("--backups",), "daily", 15.6),
    (("--backups", "--backup-policy", "hour=4"), "daily", 15.6),
    (("--backups", "--backup-policy", "plan=daily,hour=4"), "daily", 15.6),
    (("--backups", "--backup-policy", "plan=weekly,weekday=SUN,hour=4"), "weekly", 14.4),
])  # fmt: skip
def test_backups_are_in_the_price(simulated: Doboto, more: tuple[str, ...], plan: str, monthly: float) -> None:
    """A fifth of the Droplet's price by the week, three tenths by the day; by the day where nothing says otherwise."""
    order = ("droplet", "create", "web-{1..2}", *NEW, *more, "--dry-run")
    price = simulated.ok(*order, "-o", "json").json["price"]
    assert (price["backups"], price["monthly"]) == (plan, monthly)
    assert price["hourly"] == pytest.approx(0.01786 * monthly / 12, abs=1e-5)
    assert (f"with {plan} backups" in simulated.ok(*order).out) is (plan != "none")


def test_backups_of_an_unknown_plan_are_said_to_be_left_out(simulated: Doboto) -> None:
    policy = ("--backups", "--backup-policy", '{"plan": "twice-daily"}')
    out = simulated.ok("droplet", "create", "web", *NEW, *policy, "--dry-run").out
    assert "$6 a month, without backups" in out


def test_a_price_that_can_not_be_had_is_unknown(served: Doboto, doboto_server: Any) -> None:
    """The token may create Droplets and may not list sizes."""
    doboto_server.simulator.faults.add("status", path="/v2/sizes", status=403)
    order = ("droplet", "create", "web", *NEW, "--dry-run")
    assert served.ok(*order).out.splitlines()[-1] == "1 Droplet in 1 request: price unknown. Nothing was created."
    assert served.ok(*order, "-o", "json").json["price"] is None


@pytest.mark.parametrize("wrong", [
    ("create", "not_a_host_name"), ("present", "web", "web"), ("create", "web", "--ready-port", "22"),
    ("create", "web", "--no-public-networking", "--ipv6"),
])  # fmt: skip
def test_what_the_operation_would_refuse_is_refused(simulated: Doboto, wrong: tuple[str, ...]) -> None:
    """With the same words, before anything is sent."""
    order = ("droplet", *wrong, *NEW)
    dry = simulated.refused(2, "usage", *order, "--dry-run")
    assert dry["message"] == simulated.refused(2, "usage", *order)["message"]


def test_more_than_the_account_may_have_is_said(simulated: Doboto, posted: list[Any]) -> None:
    """25 Droplets are its limit."""
    simulated.ok("-q", "droplet", "create", "old-{1..2}", *NEW)
    posted.clear()
    order = ("droplet", "create", "web-{1..24}", *NEW, "--dry-run")
    said = "It would be refused: the account may have 25 Droplets and has 2: 23 can be created, not 24."
    assert simulated.ok(*order).out.splitlines()[-1] == said
    assert simulated.ok(*order, "-o", "json").json["problems"] == [said]
    assert simulated.ok("droplet", "create", "web-{1..23}", *NEW, "--dry-run", "-o", "json").json["problems"] == []
    order = ("droplet", "present", "old-{1..2}", "web-{1..24}", *NEW, "--dry-run")
    assert simulated.ok(*order).out.splitlines()[-1] == said
    assert posted == []


@pytest.mark.parametrize(("more", "why"), [
    (("--region", "sfo1"), "the region 'sfo1' takes no new Droplets now"),
    (("--size", "s-3vcpu-1gb"), "the size 's-3vcpu-1gb' is unavailable for new Droplets now"),
    (("--tag", "no tag"), "a tag cannot be 'no tag': only letters, digits, colons, dashes and underscores, up to 255"),
    (("--size", "gpu-h100x1-80gb"), "the size 'gpu-h100x1-80gb' is not offered in 'nyc3', but in nyc2, tor1"),
])  # fmt: skip
def test_what_is_not_offered_is_refused_before_anything_is_sent(
    simulated: Doboto, posted: list[Any], more: tuple[str, ...], why: str
) -> None:
    for beside in ((), ("--dry-run",)):
        assert simulated.refused(2, "usage", "droplet", "create", "web", *NEW, *more, *beside)["message"] == why
    assert posted == []
    simulated.ok("droplet", "create", "web", *NEW, "--size", "gpu-h100x1-80gb", "--region", "nyc", "--dry-run")


def test_what_is_elsewhere_or_does_not_exist_is_said(simulated: Doboto, posted: list[Any]) -> None:
    simulated.ok("-q", "droplet", "list")  # the account comes into being
    lost = "a0b1c2d3-0000-4000-8000-000000000000"
    order = ("droplet", "create", "web", *NEW, "--image", "999999999", "--vpc-uuid", "default-ams3", "--volumes", lost)
    image, volume, network = simulated.ok(*order, "--dry-run", "-o", "json").json["problems"]
    assert image == "It would be refused: there is no image 999999999."
    assert volume == f"It would be refused: there is no volume {lost}."
    assert network.endswith(" is in ams3, not in nyc3.")
    assert posted == []


def test_a_volume_elsewhere_is_said(simulated: Doboto) -> None:
    volume = simulated.ok("-q", "-o", "json", "volume", "create", "data", "--size", "1", "--region", "ams3").json["id"]
    done = simulated.ok("droplet", "create", "web", *NEW, "--volumes", "data", "--dry-run")
    assert done.out.splitlines()[-1] == f"It would be refused: the volume {volume} is in ams3, not in nyc3."


def test_csv_has_a_row_for_each_request(simulated: Doboto) -> None:
    order = ("droplet", "create", "web", *NEW, "--dry-run", "-o", "csv")
    assert simulated.ok(*order).out.splitlines() == ["name,size,image,region", "web,s-1vcpu-1gb,ubuntu-24-04-x64,nyc3"]


def test_requests_have_no_columns(doboto: Doboto) -> None:
    order = ("droplet", "create", "web", *NEW, "--dry-run", "--columns", "name")
    assert "--dry-run shows requests, which have no --columns" in doboto.refused(2, "usage", *order)["message"]


def test_a_slug_in_another_case_is_suggested(simulated: Doboto) -> None:
    order = ("droplet", "create", "web", *NEW[2:], "--size", "S-1VCPU-1GB", "--dry-run")
    assert "(did you mean 's-1vcpu-1gb'?)" in simulated.refused(2, "usage", *order)["message"]


def test_of_namesakes_the_one_that_present_returns_is_shown(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    shown = simulated.ok("droplet", "present", "web", *NEW, "--dry-run", "-o", "json").json["there"]
    found = simulated.ok("-q", "-o", "json", "droplet", "present", "web", *NEW).json
    assert [one["id"] for one in shown] == [found["id"]]


def test_a_slug_like_none_is_refused_with_the_list_to_look_at(simulated: Doboto) -> None:
    for option, kind in (("--size", "size"), ("--region", "region"), ("--image", "image")):
        order = ("droplet", "create", "web", *NEW, option, "q")
        message = simulated.refused(2, "usage", *order)["message"]
        assert message == f"there is no {kind} 'q'; see `doboto {kind} list`"

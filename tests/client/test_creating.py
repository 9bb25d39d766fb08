"""Creating: attributes checked before any request, ten names a request, nothing lost when one fails."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOUnprocessableException
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import IMAGE, REGION, SIZE, Log, client, one, several


def test_fifty_cost_five_posts_and_at_most_two_requests_a_round(api: Any, log: Log) -> None:
    rounds: list[int] = []
    api.droplet.create(
        several(*(f"w{n}" for n in range(50))), wait=True, progress=lambda progress: rounds.append(len(log.take()))
    )
    assert rounds[0] == 5 + 1  # the creates are counted with the first round
    assert max(rounds[1:]) <= 2
    assert sum(rounds) <= 5 + len(rounds) + 1


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_few_requests_in_a_large_account_too(flavour: str, runner: Any, order: Any) -> None:
    settings = Settings(droplet_limit=10_000, requests_per_minute=0, droplet_order=order)
    sim = Simulator(clock=ManualClock(), settings=settings)
    api = client(flavour, runner, sim)
    api.droplet.create(several(*(f"old{n}" for n in range(600))))
    sim.clock.advance(600)  # type: ignore[attr-defined]
    log = Log()
    sim.on_seen.append(lambda incoming, reply: log.lines.append(incoming.method))
    rounds: list[int] = []
    api.droplet.create(
        several(*(f"w{n}" for n in range(50))), wait=True, progress=lambda progress: rounds.append(len(log.take()))
    )
    assert sum(rounds) <= 5 + len(rounds) + 3


def test_attributes_as_keyword_arguments(api: Any) -> None:
    droplet = api.droplet.create(name="web-1", region=REGION, size=SIZE, image=IMAGE, tags=["a"], wait=True)
    assert (droplet["name"], droplet["tags"]) == ("web-1", ["a"])
    both = api.droplet.create({"size": SIZE, "image": IMAGE}, names=["x", "y"], region=REGION)
    assert [found["name"] for found in both] == ["x", "y"]


def test_the_callers_dict_is_left_as_it_was(api: Any) -> None:
    attribs = one(volume=[], tags=None)
    before = dict(attribs)
    api.droplet.create(attribs)
    assert attribs == before


def test_volume_reaches_the_api_as_volumes(api: Any, sim: Simulator) -> None:
    bodies: list[Any] = []
    sim.on_seen.append(lambda incoming, reply: bodies.append(incoming.body()))
    with pytest.raises(DOBOTOUnprocessableException):
        api.droplet.create(one(volume=["506f78a4-e098-11e5-ad9f-000f53306ae1"]))
    assert bodies[0]["volumes"] == ["506f78a4-e098-11e5-ad9f-000f53306ae1"]
    assert "volume" not in bodies[0]


@pytest.mark.parametrize(
    ("attribs", "kind", "text"),
    [
        ({}, ValueError, "either name"),
        (one() | {"names": ["a"]}, ValueError, "either name"),
        (several(), ValueError, "must not be empty"),
        ({**one(), "size": ""}, ValueError, "size must not be empty"),
        ({"name": "web-1", "size": SIZE}, ValueError, "image is required"),
        (one("web_1"), ValueError, "host name"),
        (one("web-"), ValueError, "host name"),
        (one("x" * 256), ValueError, "host name"),
        (several("ok", "not ok"), ValueError, "host name"),
        (one(True), TypeError, "must be text"),
        (one(["web"]), TypeError, "must be text"),
        ({**one(), "names": "abc", "name": None}, TypeError, "names must be a list"),
        (one(tags="prod"), TypeError, "tags must be a list"),
        (one(ssh_keys="3b:16"), TypeError, "ssh_keys must be a list"),
        (one(user_data="x" * 65537), ValueError, "user_data"),
        (one(user_data="ä" * 40_000), ValueError, "user_data"),
        (one(public_networking=False, ipv6=True), ValueError, "public networking"),
        (one(volume=["a"], volumes=["b"]), ValueError, "volume"),
        ([one()], TypeError, "must be a dict"),
    ],
)
def test_what_cannot_be_right_is_refused_before_any_request(
    api: Any, log: Log, attribs: Any, kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind, match=text):
        api.droplet.create(attribs)
    assert log.take() == []
    with pytest.raises(kind, match=text):
        api.droplet.present(attribs)
    # What a create requires is required only if no Droplet of that name exists.
    assert [line for line in log.take() if not line.startswith("GET /droplets")] == []


def test_keywords_override_the_mapping(api: Any) -> None:
    plan = one(tags=["a"])
    droplet = api.droplet.create(plan, name="web-2", tags=["b"])
    assert (droplet["name"], droplet["tags"]) == ("web-2", ["b"])
    assert plan == one(tags=["a"])


@pytest.mark.parametrize(("poll", "timeout"), [(-1, 300), (0, 300), (5, -1)])
def test_times_that_cannot_be_right_are_refused(api: Any, log: Log, poll: float, timeout: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        api.droplet.create(one(), wait=True, poll=poll, timeout=timeout)
    assert log.take() == []


def test_a_later_request_that_fails_carries_what_was_created(flavour: str, runner: Any) -> None:
    sim = Simulator(clock=ManualClock(), settings=Settings(droplet_limit=25))
    api = client(flavour, runner, sim)
    with pytest.raises(DOBOTOUnprocessableException, match="droplet limit") as caught:
        api.droplet.create(several(*(f"w{n}" for n in range(30))))
    assert [droplet["name"] for droplet in caught.value.created] == [f"w{n}" for n in range(20)]
    assert {droplet["id"] for droplet in caught.value.created} == {droplet["id"] for droplet in api.droplet.list()}


def test_a_first_request_that_fails_is_the_only_one(api: Any, log: Log) -> None:
    with pytest.raises(DOBOTOUnprocessableException, match="invalid size"):
        api.droplet.create(several(*(f"w{n}" for n in range(30)), size="s-nothing"))
    assert log.take() == ["POST /droplets"]


def test_names_may_be_the_same(api: Any) -> None:
    droplets = api.droplet.create(several("a", "b", "a"))
    assert [droplet["name"] for droplet in droplets] == ["a", "b", "a"]
    assert len({droplet["id"] for droplet in droplets}) == 3


def test_present_refuses_the_same_name_twice(api: Any, log: Log) -> None:
    with pytest.raises(ValueError, match="twice"):
        api.droplet.present(several("a", "a"))
    assert log.take() == []


def test_present_compares_names_exactly(api: Any) -> None:
    """The API's own filter does not mind the case."""
    api.droplet.create(one("WEB-1"))
    droplet, created = api.droplet.present(one("web-1"))
    assert created is not None
    assert droplet["name"] == "web-1"


def test_present_sees_gpu_droplets(api: Any) -> None:
    gpu = one("train-1", size="gpu-h100x1-80gb", region="tor1")
    droplet = api.droplet.create(gpu)
    assert api.droplet.list() == []
    assert [found["id"] for found in api.droplet.list(type="gpus")] == [droplet["id"]]
    assert [found["id"] for found in api.droplet.list(type="all")] == [droplet["id"]]
    found, created = api.droplet.present(gpu)
    assert (found["id"], created) == (droplet["id"], None)


def test_present_sees_every_page(api: Any) -> None:
    api.droplet.create(several(*(f"w{n}" for n in range(410))))
    droplets, created = api.droplet.present(several("w409", "w0", "w205", "new"))
    assert [droplet["name"] for droplet in droplets] == ["w409", "w0", "w205", "new"]
    assert [droplet["name"] for droplet in created] == ["new"]


def test_present_takes_the_oldest_of_a_name(api: Any) -> None:
    first, _ = api.droplet.create(several("a", "a"))
    assert api.droplet.present(one("a"))[0]["id"] == first["id"]


def test_present_waits_for_one_that_another_call_is_still_creating(api: Any) -> None:
    api.droplet.create(one())
    droplet, created = api.droplet.present(one(), wait=True)
    assert (droplet["status"], created) == ("active", None)

"""Replies that nobody promised: an operation ends with a result of its type or with one of our errors."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from doboto import DOBOTOConnectionException, DOBOTOException, DOBOTOTimeoutException
from doboto._core.response import Response

from .conftest import IMAGE, REGION, SIZE, one, several
from .scripted import stage

DROPLET = {
    "id": 7,
    "name": "web-1",
    "status": "active",
    "created_at": "2026-09-21T14:13:20Z",
    "size_slug": SIZE,
    "region": {"slug": REGION},
    "image": {"id": 5, "slug": IMAGE},
    "networks": {
        "v4": [{"ip_address": "192.0.2.7", "type": "public"}],
        "v6": [{"ip_address": "2001:db8::7", "type": "public"}],
    },
    "tags": ["t"],
}
OTHER = {**DROPLET, "id": 8, "name": "web-2", "status": "new"}
ACTION = {
    "id": 70,
    "type": "reboot",
    "status": "completed",
    "started_at": "2026-09-21T14:13:20Z",
    "resource_id": 7,
    "resource_type": "droplet",
}
VOLUME = {"id": "v", "name": "v", "region": {"slug": "nyc3"}, "droplet_ids": [7], "created_at": "2026-09-21T14:13:20Z"}
BALANCER = {"id": "b", "name": "b", "status": "active", "created_at": "2026-09-21T14:13:20Z"}
LINKS = {"pages": {"next": "https://api.digitalocean.com/v2/droplets?page=2", "last": "https://x/v2/droplets?page=2"}}
#: Replies as the API might send them.
PLAUSIBLE = (
    {"droplet": DROPLET, "links": {"actions": [{"id": 70, "rel": "create", "href": "x"}]}},
    {"droplets": [DROPLET, OTHER], "links": {"actions": [{"id": 70, "rel": "create"}]}, "meta": {"total": 2}},
    {"droplets": [DROPLET], "links": LINKS, "meta": {"total": 201}},
    {"droplets": [], "links": {}, "meta": {"total": 0}},
    {"action": ACTION},
    {"action": {**ACTION, "type": "create", "status": "errored"}},
    {"action": {**ACTION, "status": "in-progress"}},
    {"actions": [ACTION], "links": {}, "meta": {"total": 1}},
    {"actions": [{**ACTION, "type": "create", "status": "in-progress"}], "links": {}, "meta": {"total": 1}},
    {"neighbor_ids": [[7, 8]]},
    {"volume": VOLUME},
    {"volumes": [VOLUME], "links": {}, "meta": {"total": 1}},
    {"ssh_key": {"id": 9, "name": "k", "fingerprint": "f"}},
    {"load_balancer": BALANCER},
    {"load_balancers": [BALANCER], "links": {}, "meta": {"total": 1}},
    {"id": "conflict", "message": "the name is already in use"},
    {"id": "unprocessable_entity", "message": "Droplet already has a pending event."},
    {"id": "not_found", "message": "The resource you were accessing could not be found.", "request_id": "r"},
    None,
)

#: JSON of any type where another was expected.
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 7, 8, 70, 10**18, 1.5, float("nan"), float("inf")]),
    st.sampled_from(["", "active", "new", "errored", "in-progress", "create", "7", "page=2", "?page=3", "9999-99-99"]),
    st.sampled_from([[], [None], [[]], [{}], [7], {}, {"id": None}, {"id": [7]}, {"id": {}}, {"id": 7}, {"slug": []}]),
    st.text(max_size=5),
)


def places(value: Any, trail: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a piece of JSON."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [trail, *(found for key, inner in steps for found in places(inner, (*trail, key)))]


def replaced(value: Any, trail: tuple[Any, ...], by: Any) -> Any:
    """The JSON with another value in one place."""
    if not trail:
        return by
    changed = list(value) if isinstance(value, list) else dict(value)
    changed[trail[0]] = replaced(value[trail[0]], trail[1:], by)
    return changed


def removed(value: Any, trail: tuple[Any, ...]) -> Any:
    """The JSON without what is in one place."""
    if not trail:
        return None
    changed = list(value) if isinstance(value, list) else dict(value)
    if len(trail) == 1:
        del changed[trail[0]]
    else:
        changed[trail[0]] = removed(value[trail[0]], trail[1:])
    return changed


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A plausible body, or one with something missing, of another type, cut short, or no JSON at all."""
    value: Any = draw(st.sampled_from(PLAUSIBLE))
    for _ in range(draw(st.integers(0, 2))):
        trail = draw(st.sampled_from(places(value)))
        value = removed(value, trail) if draw(st.booleans()) else replaced(value, trail, draw(ANYTHING))
    body = b"" if value is None else json.dumps(value).encode()
    damage = draw(st.sampled_from(["none"] * 8 + ["cut", "random", "deep"]))
    if damage == "cut":
        return body[: draw(st.integers(0, len(body)))]
    if damage == "random":
        return draw(st.binary(max_size=40))
    return b"[" * 100_000 if damage == "deep" else body


HEADERS = st.dictionaries(
    st.sampled_from([
        "retry-after", "date", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "x-request-id", "location",
        "content-type",
    ]),
    st.sampled_from(["", "0", "1", "-5", "1e400", "nan", "5000", "Mon, 21 Sep 2026 14:13:20 GMT", "soon",
        "Fri, 31 Dec 9999 23:59:59 -1200", "\x00é"]),
    max_size=4,
)  # fmt: skip
STATUSES = st.sampled_from(
    [200] * 12 + [201, 202, 202, 202, 204, 206, 302, 400, 401, 403, 404, 409, 412, 418, 422, 429]
)
ANSWERS: st.SearchStrategy[Response | DOBOTOException] = st.one_of(
    st.builds(Response, STATUSES, HEADERS, bodies()),
    st.builds(Response, STATUSES, HEADERS, bodies()),
    st.builds(Response, STATUSES, HEADERS, bodies()),
    st.builds(Response, st.integers(100, 999), HEADERS, bodies()),
    st.builds(DOBOTOConnectionException, sent=st.booleans()),
    st.builds(DOBOTOTimeoutException, sent=st.booleans()),
)

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIDpkWqjl9wKn7jkYY4B6uGdaM4X3DTg2Gfsm2lpFq6W a"
RULE = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
#: Replies that each operation meets in each flavour.
EXAMPLES = int(os.environ.get("DOBOTO_FUZZ", "40"))
Operation = Callable[[Any], Any]
#: Operations, and what their result must be.
OPERATIONS: dict[str, tuple[Operation, Callable[[Any], bool]]] = {
    "list": (lambda api: api.droplet.list(), lambda got: isinstance(got, list)),
    "list by name": (lambda api: api.droplet.list(name="web-1", type="all"), lambda got: isinstance(got, list)),
    "info": (lambda api: api.droplet.info(7), lambda got: isinstance(got, dict)),
    "create": (lambda api: api.droplet.create(one()), lambda got: identified([got])),
    "create and wait": (lambda api: api.droplet.create(one(tags=["t"]), wait=True), lambda got: ready([got])),
    "create several": (
        lambda api: api.droplet.create(several("web-1", "web-2")),
        lambda got: identified(got) and len(got) >= 2,
    ),
    "create several and wait": (
        lambda api: api.droplet.create(several("web-1", "web-2", vpc_uuid="v"), wait=True, ready_port=22),
        lambda got: ready(got) and len(got) >= 2,
    ),
    "create many": (
        lambda api: api.droplet.create(several(*(f"w{number}" for number in range(21)))),
        lambda got: identified(got) and len(got) >= 21,
    ),
    "present": (lambda api: api.droplet.present(one(), wait=True), lambda got: isinstance(got[0], dict)),
    "present several": (lambda api: api.droplet.present(several("web-1", "web-2")), lambda got: len(got[0]) == 2),
    "destroy": (lambda api: api.droplet.destroy(7, wait=True), lambda got: got is None),
    "destroy by tag": (lambda api: api.droplet.destroy(tag_name="t", wait=True), lambda got: got is None),
    "reboot": (lambda api: api.droplet.reboot(7, wait=True), lambda got: isinstance(got, dict)),
    "power off by tag": (lambda api: api.droplet.power_off(tag_name="t", wait=True), lambda got: isinstance(got, list)),
    "neighbors": (lambda api: api.droplet.droplet_neighbor_list(), lambda got: isinstance(got, list)),
    "reboot several": (lambda api: api.droplet.reboot([7, 8], wait=True), lambda got: len(got) == 2),
    "destroy several": (lambda api: api.droplet.destroy([7, 8], wait=True), lambda got: got is None),
    "wait for several": (lambda api: api.droplet.wait([7, 8], until="idle"), lambda got: len(got) == 2),
    "wait for actions": (lambda api: api.action.wait([70, 71]), lambda got: len(got) == 2),
    "wait for an action": (lambda api: api.action.wait(70), lambda got: isinstance(got, dict)),
    "volume present": (
        lambda api: api.volume.present(name="v", region="nyc3", size_gigabytes=1),
        lambda got: isinstance(got[0], dict),
    ),
    "key present": (lambda api: api.ssh_key.present("k", KEY), lambda got: isinstance(got[0], dict)),
    "attach": (lambda api: api.volume.attach("v", droplet_id=7, wait=True), lambda got: isinstance(got, dict)),
    "assign": (lambda api: api.reserved_ipv6.assign("2001:db8::7", 7, wait=True), lambda got: isinstance(got, dict)),
    "balancer present": (
        lambda api: api.load_balancer.present(name="b", region="nyc3", forwarding_rules=[RULE], wait=True),
        lambda got: isinstance(got[0], dict),
    ),
}


def identified(droplets: Any) -> bool:
    """Whether all are Droplets with an id that is a number."""
    return all(isinstance(one, dict) and type(one["id"]) is int for one in droplets)


def ready(droplets: Any) -> bool:
    """Whether all are active Droplets."""
    return all(isinstance(one, dict) and one["status"] == "active" for one in droplets)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_reply_ends_in_a_result_or_in_one_of_our_errors(name: str, flavour: str, runner: asyncio.Runner) -> None:
    operation, fits = OPERATIONS[name]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(st.lists(ANSWERS, min_size=1, max_size=5))
    def check(answers: list[Response | DOBOTOException]) -> None:
        api = stage(flavour, runner, *answers).api
        with contextlib.suppress(DOBOTOException):
            got = operation(api)
            assert fits(got), got

    check()


#: Replies that once ended in an error that was not ours.
FOUND: list[tuple[str, list[Any]]] = [
    ("create and wait", [{"droplet": {**DROPLET, "tags": True}}]),
    ("present", [{"droplets": [None], "meta": {"total": 2}}]),
    ("present", [{"droplets": [{**DROPLET, "id": "7"}]}]),
    ("present several", [{"droplets": []}, {"droplets": []}, {"droplets": [OTHER, {**OTHER, "name": "x"}]}]),
    ("list", [{"droplets": [], "links": {"pages": {"next": "?page=2", "last": "?page=999999999"}}}]),
    ("neighbors", [{"neighbor_ids": [None]}]),
    ("neighbors", [{"neighbor_ids": [[[]]]}]),
    ("reboot", [{"action": {**ACTION, "id": False, "status": "in-progress"}}]),
    ("create many", [{"droplets": [DROPLET, {**OTHER, "name": []}], "links": {"actions": []}, "meta": {"total": 2}}]),
    ("create and wait", [PLAUSIBLE[0], {"action": {"status": "errored", "resource_id": []}}]),
]


@pytest.mark.parametrize(("name", "bodies"), FOUND)
def test_what_was_found_once_stays_found(name: str, bodies: list[Any], flavour: str, runner: asyncio.Runner) -> None:
    operation, fits = OPERATIONS[name]
    api = stage(flavour, runner, *(Response(200, {}, json.dumps(body).encode()) for body in bodies)).api
    with contextlib.suppress(DOBOTOException):
        got = operation(api)
        assert fits(got), got

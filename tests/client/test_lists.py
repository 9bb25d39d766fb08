"""Lists: complete, without duplicates, whatever happens between the pages; and never a host that a link names."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto import (
    DO,
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTOInvalidResponseException,
    Limiter,
    Retry,
    WireRequest,
)
from doboto._core import pages
from doboto._core.pages import READINGS
from doboto._core.response import Response
from doboto.events import Event, Retrying

from .conftest import Log, one, several
from .scripted import Script, Stage, Time, reply, stage


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400, 1001])
def test_every_page_is_there_with_the_fewest_requests(api: Any, log: Log, count: int) -> None:
    for start in range(0, count, 100):
        api.droplet.create(several(*(f"w{n}" for n in range(start, min(start + 100, count)))))
    log.take()
    droplets = api.droplet.list()
    assert len(log.take()) == max(1, -(-count // 200))
    assert sorted(droplet["name"] for droplet in droplets) == sorted(f"w{n}" for n in range(count))
    assert [droplet["id"] for droplet in droplets] == sorted(droplet["id"] for droplet in droplets)
    assert list(api.droplet.each()) == droplets


def test_tags_and_names_are_quoted(api: Any, log: Log) -> None:
    api.droplet.create(one("web-1", tags=["env:prod"]))
    assert [droplet["name"] for droplet in api.droplet.list("env:prod")] == ["web-1"]
    assert api.droplet.list(name="a b&page=2") == []
    assert log.take()[-1] == "GET /droplets?name=a b&page=2&page=1"


@pytest.mark.parametrize(
    "filters",
    [
        {"tag_name": ""},
        {"tag_name": "  "},
        {"name": ""},
        {"tag_name": "a", "name": "b"},
        {"tag_name": "a", "type": "gpus"},
        {"type": "gpu"},
    ],
)
def test_filters_that_cannot_be_right_are_refused_before_any_request(
    api: Any, log: Log, filters: dict[str, Any]
) -> None:
    for operation in (api.droplet.list, lambda **given: next(api.droplet.each(**given))):
        with pytest.raises(ValueError, match="tag_name|name|type"):
            operation(**filters)
    assert log.take() == []


def test_a_failing_page_fails_the_call(flavour: str, runner: Any) -> None:
    first = page([{"id": n} for n in range(200)], total=600, next=2, last=3)
    staged = stage(flavour, runner, first, reply(403, {"id": "forbidden", "message": "no"}))
    with pytest.raises(DOBOTOForbiddenException):
        staged.api.droplet.list()


def test_links_are_followed_by_number_and_not_by_host(flavour: str, runner: Any) -> None:
    body = {
        "droplets": [{"id": 1}],
        "links": {
            "pages": {"next": "https://evil.example/steal?per_page=9&page=2", "last": "https://evil.example/?page=2"}
        },
        "meta": {"total": 2},
    }
    staged = stage(flavour, runner, reply(200, body), page([{"id": 2}], total=2))
    assert staged.api.droplet.list() == [{"id": 1}, {"id": 2}]
    staged = stage(flavour, runner, reply(200, body), page([{"id": 2}], total=2))
    assert list(staged.api.droplet.each()) == [{"id": 1}, {"id": 2}]
    assert [request.url for request in staged.script.asked] == [
        "https://api.digitalocean.com/v2/droplets?per_page=200&page=1",
        "https://api.digitalocean.com/v2/droplets?per_page=200&page=2",
    ]


@pytest.mark.parametrize(
    "links", [None, 7, [], {"pages": None}, {"pages": {"next": 7}}, {"pages": {"next": "?page=x"}}]
)
def test_links_that_make_no_sense_are_no_links(flavour: str, runner: Any, links: Any) -> None:
    staged = stage(flavour, runner, reply(200, {"droplets": [{"id": 1}], "links": links, "meta": {"total": "1"}}))
    assert staged.api.droplet.list() == [{"id": 1}]


def test_a_list_that_never_ends_ends(flavour: str, runner: Any) -> None:
    """A server that names a next page for ever, with nothing on it."""
    staged = stage(flavour, runner, page([{"id": 1}], total=1, next=2), page([], total=1, next=3))
    assert staged.api.droplet.list() == [{"id": 1}]


def test_a_page_without_a_list_is_a_reply_error(flavour: str, runner: Any) -> None:
    with pytest.raises(DOBOTOInvalidResponseException, match="droplets"):
        stage(flavour, runner, reply(200, {"meta": {"total": 3}})).api.droplet.list()


def page(items: list[Any], total: int, next: int | None = None, last: int | None = None) -> Response:
    links = {
        name: f"https://api.digitalocean.com/v2/droplets?page={n}" for name, n in (("next", next), ("last", last)) if n
    }
    return reply(200, {"droplets": items, "links": {"pages": links} if links else {}, "meta": {"total": total}})


@dataclass
class Changing:
    """A server whose list changes between requests: items are added at an end or removed anywhere, by a plan."""

    items: list[int]
    plan: list[tuple[str, int]]
    per_page: int = 3
    removed: set[int] = field(default_factory=set)

    def answer(self, request: WireRequest) -> Response:
        query = parse_qs(urlsplit(request.url).query)
        number = int(query["page"][0])
        count = -(-len(self.items) // self.per_page)
        shown = self.items[(number - 1) * self.per_page : number * self.per_page]
        answered = page([{"id": n} for n in shown], len(self.items), number + 1 if number < count else None, count)
        self.change()
        return answered

    def change(self) -> None:
        if not self.plan:
            return
        what, where = self.plan.pop(0)
        if what == "append":
            self.items.append(max(self.items, default=0) + 1000)
        elif what == "prepend":
            self.items.insert(0, max(self.items, default=0) + 1000)
        elif what == "remove" and self.items:
            self.removed.add(self.items.pop(where % len(self.items)))


class Server(Script):
    def __init__(self, changing: Changing) -> None:
        super().__init__([])
        self.changing = changing

    async def send(self, request: WireRequest, timeouts: Any) -> Response:
        return self.changing.answer(request)


ADDITIONS = st.lists(st.tuples(st.sampled_from(["append", "prepend", "nothing"]), st.just(0)), max_size=8)
#: Each removal disturbs one reading at most, and a list that got shorter is read three times at most.
REMOVALS = st.lists(st.tuples(st.sampled_from(["remove", "nothing"]), st.integers(0, 99)), max_size=8).filter(
    lambda plan: sum(what == "remove" for what, _ in plan) <= READINGS - 1
)


def client_of(changing: Changing) -> DO:
    return DO("t", transport=Server(changing), clock=Time(), limiter=Limiter(per_minute=10_000))


@given(count=st.integers(0, 20), plan=ADDITIONS | REMOVALS)
def test_what_was_there_all_the_time_is_there_once(count: int, plan: list[tuple[str, int]]) -> None:
    """Whatever is added, or removed, between the pages. (Both at once can't be noticed: the API has no snapshots.)"""
    changing = Changing(list(range(1, count + 1)), plan)
    found = [droplet["id"] for droplet in client_of(changing).droplet.list()]
    assert len(found) == len(set(found))
    assert set(range(1, count + 1)) - changing.removed <= set(found)


@given(count=st.integers(0, 20), plan=ADDITIONS)
def test_going_through_a_list_that_grows_misses_nothing(count: int, plan: list[tuple[str, int]]) -> None:
    found = [droplet["id"] for droplet in client_of(Changing(list(range(1, count + 1)), plan)).droplet.each()]
    assert len(found) == len(set(found))
    assert set(range(1, count + 1)) <= set(found)


@given(
    st.dictionaries(
        st.text(max_size=5), st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists, max_leaves=4)
    )
)
def test_reading_a_page_never_fails_in_another_way(body: dict[str, Any]) -> None:
    for candidate in (body, {"droplets": [], **body}, {"droplets": [], "links": body, "meta": body}):
        try:
            read = pages.read_page(json.loads(json.dumps(candidate)), "droplets")
        except DOBOTOInvalidResponseException:
            continue
        assert read.last >= (read.following or 0)


LINK = st.sampled_from([None, 7, "?page=2", "/?a=1&page=51#x", "?page=0"])
LINKS = st.fixed_dictionaries({}, optional={"next": LINK, "last": LINK})
ENDED = st.fixed_dictionaries(
    {"droplets": st.lists(st.fixed_dictionaries({"id": st.integers(1, 9), "name": st.text(max_size=20)}), max_size=3)},
    optional={
        "links": st.fixed_dictionaries({"pages": LINKS}) | st.none() | st.text(max_size=5),
        "meta": st.fixed_dictionaries({"total": st.sampled_from([0, 201, 10_000, 10**9, True, None, "2"])}) | st.none(),
        "more": st.integers(),
    },
)


PARTS = ["page=2", "page=51", "page=007", "page=0", "page=-1", "page=+2", "page=%32", "page=3 ", "page=3\n"]
PARTS += ["page=", "page=99999999999", "page=\N{FULLWIDTH DIGIT TWO}", "per_page=200", "Page=2", "a", "a;page=2"]


@given(st.lists(st.sampled_from(PARTS), max_size=3), st.sampled_from(["", "?", "/v2/droplets?", "https://x/y?", "#?"]))
def test_numbers_in_links_are_found_as_the_standard_library_finds_them(parts: list[str], start: str) -> None:
    link = f"{start}{'&'.join(parts)}#?page=9"
    expected: int | None
    try:
        expected = max(0, int(parse_qs(urlsplit(link).query)["page"][0])) or None
    except (KeyError, ValueError):
        expected = None
    assert pages._number(link) == expected


@given(ENDED, st.permutations(["droplets", "links", "meta", "more"]), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_what_a_pages_end_says_is_what_the_page_says(body: dict[str, Any], order: list[str], marks: Any) -> None:
    text = json.dumps({name: body[name] for name in order if name in body}, separators=marks)
    announced = pages.read_ending(text.encode())
    if announced is not None:
        whole = pages.read_page(json.loads(text), "droplets")
        assert announced == whole._replace(items=(), ids=None)
        assert pages.remaining_pages(announced) == pages.remaining_pages(whole)


def test_the_end_of_a_page_is_enough_to_know_the_others() -> None:
    assert pages.read_ending(FIRST.body) == pages.Page((), 600, 3, 2)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'"links":{"pages":{"next":"?page=2"}},"meta":{"total":600}}',
        rb'{"name":",\"links\":{\"pages\":{\"next\":\"?page=2\"}},\"meta\":{\"total\":600}}"}',
        b'{"droplets":[{"id":1,"links":{"pages":{"next":"?page=2"}},"meta":{"total":600}}]}',
        b'{"droplets":[],"links":{"pages":{"next":"?page=2"}},"meta":{"total":600}',
        b'{"droplets":[],"links":{"pages":{"next":"?page=2"}},"meta":{"total":600}}}',
    ],
)
def test_what_is_no_end_of_a_page_announces_nothing(body: bytes) -> None:
    assert pages.read_ending(body) is None


FIRST = reply(
    200,
    {
        "droplets": [{"id": n, "name": "x" * 200} for n in range(200)],
        "links": {"pages": {"next": "?page=2", "last": "?page=3"}},
        "meta": {"total": 600},
    },
)
OTHERS = [
    reply(200, {"droplets": [{"id": n} for n in range(start, start + 200)], "meta": {"total": 600}})
    for start in (200, 400)
]


def damaged(response: Response) -> Response:
    return response._replace(body=response.body.replace(b'"id": 7,', b'"id": 7 '))


def of_another_kind(response: Response) -> Response:
    return response._replace(body=response.body.replace(b'"id": 7,', b'"ids": 7,'))


def asked(staged: Stage) -> list[int]:
    """The numbers of the pages that were asked for, those that were asked for side by side in their order."""
    first, second, third, *others = (int(request.url[-1]) for request in staged.script.asked)
    return [first, *sorted([second, third]), *others]


def test_a_first_page_that_turns_out_to_be_damaged_is_read_again(flavour: str, runner: Any) -> None:
    events: list[Event] = []
    staged = stage(flavour, runner, damaged(FIRST), *OTHERS, damaged(FIRST), FIRST, on_event=events.append)
    assert sorted(droplet["id"] for droplet in staged.api.droplet.list()) == [*range(600)]
    assert asked(staged) == [1, 2, 3, 1, 1]
    assert [(type(event), event.attempt) for event in events if isinstance(event, Retrying)] == [
        (Retrying, 1),
        (Retrying, 2),
    ]
    assert len(staged.time.slept) == 2


@pytest.mark.parametrize("attempts", [1, 3])
def test_a_damaged_first_page_counts_as_an_attempt(flavour: str, runner: Any, attempts: int) -> None:
    staged = stage(flavour, runner, damaged(FIRST), *OTHERS, damaged(FIRST), retry=Retry(attempts=attempts))
    with pytest.raises(DOBOTOInvalidResponseException, match="no valid JSON") as caught:
        staged.api.droplet.list()
    assert caught.value.attempts == attempts
    assert asked(staged) == [1, 2, 3] + [1] * (attempts - 1)


def test_a_first_page_of_something_else_is_not_read_again(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, of_another_kind(FIRST), *OTHERS)
    with pytest.raises(DOBOTOInvalidResponseException, match="the response lists"):
        staged.api.droplet.list()
    assert asked(staged) == [1, 2, 3]


def test_what_else_fails_while_the_first_page_is_decoded_is_raised_as_it_is(
    flavour: str, runner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(body: bytes) -> Any:
        raise MemoryError

    monkeypatch.setattr("doboto._core.response.decode", fail)
    with pytest.raises(MemoryError):
        stage(flavour, runner, FIRST, *OTHERS).api.droplet.list()


@pytest.mark.parametrize("convert", [bytearray, bytes.decode])
def test_a_transport_may_give_bodies_of_other_types(flavour: str, runner: Any, convert: Callable[[bytes], Any]) -> None:
    given = [response._replace(body=convert(response.body)) for response in (FIRST, *OTHERS)]
    assert len(stage(flavour, runner, *given).api.droplet.list()) == 600


def test_what_was_gone_through_takes_eight_bytes_an_item() -> None:
    few, many = (taken(count) for count in (20_000, 220_000))
    assert (many - few) / 200_000 < 12


def taken(count: int) -> int:
    """The most bytes that are taken while so many items are gone through."""
    tracemalloc.start()
    try:
        seen = pages.Seen()
        assert all(seen.add(("id", str(number))) for number in range(count))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@given(st.lists(st.integers(0, 3 * pages.RECENT), max_size=50), st.data())
def test_all_items_are_recalled_after_a_great_change(again: list[int], data: st.DataObject) -> None:
    seen = pages.Seen()
    assert all(seen.add(number) for number in range(2 * pages.RECENT))
    assert not any(seen.add(number) for number in range(pages.RECENT, 2 * pages.RECENT))
    seen.recall_all()
    fresh = data.draw(st.permutations(sorted(set(again))))
    assert [number for number in fresh if seen.add(number)] == [n for n in fresh if n >= 2 * pages.RECENT]


def test_destroying_while_going_through_misses_none(api: Any) -> None:
    """What is destroyed makes the list shorter, so that what is further on moves up to pages that were read."""
    api.droplet.create(several(*(f"w{n}" for n in range(450))))
    destroyed = 0
    for droplet in api.droplet.each():
        api.droplet.destroy(droplet["id"])
        destroyed += 1
    assert destroyed == 450
    assert api.droplet.list() == []


def test_a_list_that_gets_shorter_each_time_is_an_error_and_not_a_part_of_it(flavour: str, runner: Any) -> None:
    answers = []
    for reading in range(READINGS):
        total = 600 - 2 * reading
        items = [{"id": n} for n in range(200)]
        answers += [page(items, total, 2, 3), page(items, total - 1, 3, 3), page(items[:50], total - 1, None, None)]
    staged = stage(flavour, runner, *answers, connections=1)
    with pytest.raises(DOBOTOInvalidResponseException, match="got shorter"):
        staged.api.droplet.list()


def test_going_through_ends_with_an_error_if_one_pages_total_stays_behind(flavour: str, runner: Any) -> None:
    """Nothing new comes, and what is further on is not reached: as `list`, it is complete or an error."""
    first = page([{"id": n} for n in range(200)], 600, 2, 3)
    second = page([{"id": n} for n in range(200, 400)], 599, 3, 3)
    found: list[int] = []
    staged = stage(flavour, runner, *[first, second] * (READINGS + 3), connections=1)
    with pytest.raises(DOBOTOInvalidResponseException, match="droplets got shorter"):
        found.extend(droplet["id"] for droplet in staged.api.droplet.each())
    assert found == list(range(400))
    assert len(staged.script.asked) == 2 * (READINGS + 2)


def test_a_total_that_stays_behind_for_a_moment_does_no_harm(flavour: str, runner: Any) -> None:
    items = [{"id": n} for n in range(450)]
    first, last = page(items[:200], 450, 2, 3), page(items[400:], 450)
    lagging, second = (page(items[200:400], total, 3, 3) for total in (449, 450))
    answers = [*[first, lagging] * (READINGS + 1), first, second, last]
    assert list(stage(flavour, runner, *answers, connections=1).api.droplet.each()) == items


def test_a_total_without_links_is_believed(flavour: str, runner: Any) -> None:
    first = reply(200, {"droplets": [{"id": n} for n in range(200)], "links": {}, "meta": {"total": 201}})
    staged = stage(flavour, runner, first, page([{"id": 200}], 201))
    assert len(staged.api.droplet.list()) == 201


def test_the_time_for_a_call_bounds_all_pages_together(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, page([{"id": n} for n in range(200)], total=4000, next=2, last=20), timeout=10)
    send = staged.script.send

    async def slowly(*given: Any) -> Response:
        staged.time.sleep(6)
        return await send(*given)

    staged.script.send = slowly  # type: ignore[method-assign]
    with pytest.raises(DOBOTOException):
        staged.api.droplet.list()
    assert staged.time.now - 1_790_000_000 < 10 + 6 * 8  # no request is begun after the time is over

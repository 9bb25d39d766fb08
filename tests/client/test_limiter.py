"""The limiter: whoever asks and whenever, no more than fits in a window, in order, and no slower than need be."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto import Limiter, RateLimit
from doboto._core.limiter import LONGEST_PAUSE

WINDOW = 61.0


@dataclass
class World:
    """Callers of a limiter on a clock of their own: each arrives, waits as told, sends, and is answered later."""

    limiter: Limiter
    #: When each request was sent, and when the API may have counted it at the latest: when it was answered.
    sent: list[tuple[int, float]] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    asked: int = 0

    def run(self, callers: list[tuple[float, float]], refusals: Sequence[tuple[float, float]] = ()) -> None:
        """Callers as (arrival, how long the exchange takes); refusals as (moment, seconds)."""
        order = itertools.count()
        events = [(moment, next(order), "refused", (seconds, 0.0)) for moment, seconds in refusals]
        events += [(arrival, next(order), "arrives", (0, lasts)) for arrival, lasts in callers]
        heapq.heapify(events)
        while events:
            now, _, what, (ticket, lasts) = heapq.heappop(events)
            if what == "refused":
                self.limiter.record_refusal(now, ticket)
            elif what == "answered":
                self.limiter.leave(ticket, now, counts=True)
                self.answered.append(now)
            else:
                ticket = self.limiter.join() if what == "arrives" else ticket
                self.asked += 1
                wait = self.limiter.ask(ticket, now)
                if not wait:
                    self.sent.append((ticket.number, now))
                moment, then = (now + wait, "asks") if wait else (now + lasts, "answered")
                heapq.heappush(events, (moment, next(order), then, (ticket, lasts)))


moments = st.floats(0, 200)
callers = st.lists(st.tuples(moments, st.floats(0, 90)), min_size=1, max_size=40)


@given(st.integers(1, 5), callers, st.lists(st.tuples(moments, st.floats(0, 60)), max_size=3))
def test_no_window_holds_too_many_wherever_between_sending_and_answer_the_api_counts(
    per_minute: int, callers: list[tuple[float, float]], refusals: list[tuple[float, float]]
) -> None:
    world = World(Limiter(per_minute))
    world.run(callers, refusals)
    assert len(world.sent) == len(callers), "everybody's turn comes"
    later = sorted(moment for _, moment in world.sent)[per_minute:]
    for sent, answered in zip(later, sorted(world.answered), strict=False):
        assert sent - answered >= WINDOW - 1e-3


@given(st.integers(1, 5), callers)
def test_turns_are_given_in_the_order_of_asking(per_minute: int, callers: list[tuple[float, float]]) -> None:
    world = World(Limiter(per_minute))
    world.run(callers)
    in_order = [moment for _, moment in sorted(world.sent)]
    assert all(later >= earlier - 1e-3 for earlier, later in itertools.pairwise(in_order))


@given(st.integers(1, 5), st.lists(moments, min_size=1, max_size=40))
def test_nobody_waits_longer_than_need_be(per_minute: int, arrivals: list[float]) -> None:
    """With answers at once, the n-th request goes as it arrives, or a window after the one `per_minute` before it."""
    world = World(Limiter(per_minute))
    world.run([(arrival, 0.0) for arrival in arrivals])
    expected: list[float] = []
    for place, arrival in enumerate(sorted(arrivals)):
        expected.append(max(arrival, expected[place - per_minute] + WINDOW) if place >= per_minute else arrival)
    assert [sent for _, sent in world.sent] == pytest.approx(expected, abs=1e-3)


@given(callers, st.floats(1, 60))
def test_a_refusal_holds_everybody_back_and_is_followed_by_no_crowd(
    callers: list[tuple[float, float]], seconds: float
) -> None:
    world = World(Limiter(5))
    world.run(callers, [(0.0, seconds)])
    sent = sorted(moment for _, moment in world.sent)
    assert sent[0] >= seconds - 1e-3
    within = [moment for moment in sent if moment < seconds + WINDOW]
    assert all(later - earlier >= WINDOW / 5 - 1e-3 for earlier, later in itertools.pairwise(within))


def test_a_crowd_does_not_ask_again_and_again() -> None:
    """Each is told its own moment, so that most ask twice: once when they come, once when it is their turn."""
    world = World(Limiter(250))
    world.run([(0.0, 0.1)] * 2000)
    assert world.asked < 2000 * 3
    assert max(moment for _, moment in world.sent) == pytest.approx(7 * (WINDOW + 0.1), abs=1)


def test_who_gives_up_leaves_no_gap_and_what_was_never_sent_does_not_count() -> None:
    limiter = Limiter(1)
    first, second, third = limiter.join(), limiter.join(), limiter.join()
    assert limiter.ask(first, 0.0) == 0.0
    assert limiter.ask(third, 0.0) == pytest.approx(2 * WINDOW)
    limiter.leave(second, 1.0, counts=False)
    limiter.leave(first, 2.0, counts=True)
    assert limiter.ask(third, 3.0) == pytest.approx(WINDOW - 1)
    assert limiter.ask(third, 63.0) == 0.0
    limiter.leave(third, 64.0, counts=False)
    assert limiter.ask(limiter.join(), 64.0) == 0.0


def test_a_turn_that_is_taken_back_keeps_its_place() -> None:
    limiter = Limiter(1)
    first, second = limiter.join(), limiter.join()
    assert limiter.ask(first, 0.0) == 0.0
    limiter.postpone(first, 0.0, 5.0)
    assert limiter.ask(second, 1.0) == pytest.approx(WINDOW), "the first one's turn still comes before it"
    assert limiter.ask(first, 1.0) == pytest.approx(4.0)
    assert limiter.ask(first, 5.0) == 0.0


def test_what_is_left_of_the_hour_is_spread_when_told_to() -> None:
    limiter = Limiter(spread=True)
    limiter.update(RateLimit(5000, 3600, 0))
    world = World(limiter)
    world.run([(0.0, 0.0)] * 5)
    assert [moment for _, moment in world.sent] == pytest.approx([0, 1, 2, 3, 4])


def test_a_turn_that_is_dropped_leaves_the_queue() -> None:
    """As by Ctrl-C between joining and asking."""
    limiter = Limiter(1)
    limiter.join()
    assert limiter.ask(limiter.join(), 0.0) == 0.0


def test_a_turn_that_is_dropped_while_under_way_counts_as_sent() -> None:
    """As by Ctrl-C on the way to `leave`: the API may have counted its request."""
    limiter = Limiter(1)
    turn = limiter.join()
    assert limiter.ask(turn, 0.0) == 0.0
    del turn
    following = limiter.join()
    assert limiter.ask(following, 5.0) == pytest.approx(WINDOW)
    assert limiter.ask(following, 5.0 + WINDOW) == 0.0


def test_a_turn_that_left_is_not_counted_twice() -> None:
    limiter = Limiter(2)
    turn = limiter.join()
    assert limiter.ask(turn, 0.0) == 0.0
    limiter.leave(turn, 1.0, counts=True)
    limiter.leave(turn, 2.0, counts=True)
    del turn
    assert limiter.ask(limiter.join(), 3.0) == 0.0


def test_a_forked_process_begins_with_an_empty_queue() -> None:
    """The threads that wait there are the other process's; whoever forked goes on with its turn."""
    limiter = Limiter(1)
    others = [limiter.join() for _ in range(3)]
    mine = limiter.join()
    limiter.renew()
    assert limiter.ask(mine, 0.0) == 0.0
    limiter.leave(mine, 0.0, counts=False)
    limiter.leave(others[0], 0.0, counts=True)
    assert limiter.ask(limiter.join(), 0.0) == 0.0


@pytest.mark.parametrize("seconds", [1e5, 1e308, float("inf")])
@pytest.mark.parametrize("note", ["record_refusal", "record_exhaustion"])
def test_no_response_closes_the_limiter_for_longer_than_the_api_s_longest_window(note: str, seconds: float) -> None:
    limiter = Limiter()
    getattr(limiter, note)(0.0, seconds)
    assert limiter.ask(limiter.join(), 0.0) == LONGEST_PAUSE


def test_a_limit_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="per_minute"):
        Limiter(0)


@pytest.mark.parametrize("spread", [True, False], ids=["spread", "after a refusal"])
def test_one_that_cannot_come_holds_up_nobody(spread: bool) -> None:
    """Its thread runs the one that asks: a callback of an event, or a signal's handler."""
    limiter = Limiter(60, spread=spread)
    if spread:
        limiter.update(RateLimit(5000, 3600, 0))
    else:
        limiter.record_refusal(-WINDOW, WINDOW)
    gap = 1.0 if spread else WINDOW / 60
    first, _held_up, asking = limiter.join(), limiter.join(), limiter.join()
    assert limiter.ask(first, 0.0) == 0.0
    limiter.leave(first, 0.0, counts=True)
    assert limiter.ask(asking, 0.5) == pytest.approx(2 * gap - 0.5)
    assert limiter.ask(asking, 2 * gap) == 0.0


@given(st.lists(st.tuples(moments, st.floats(0, 5)), min_size=1, max_size=30))
def test_requests_that_are_spread_keep_their_distance_however_late_they_come(late: list[tuple[float, float]]) -> None:
    """Each asks that much later than it was told."""
    limiter = Limiter(spread=True)
    limiter.update(RateLimit(5000, 3600, 0))
    sent: list[float] = []
    events = [(arrival, number, limiter.join(), delay) for number, (arrival, delay) in enumerate(sorted(late))]
    while events:
        now, number, turn, delay = heapq.heappop(events)
        if wait := limiter.ask(turn, now):
            heapq.heappush(events, (now + wait + delay, number, turn, delay))
        else:
            sent.append(now)
    assert all(later - earlier >= 1.0 - 1e-3 for earlier, later in itertools.pairwise(sent))

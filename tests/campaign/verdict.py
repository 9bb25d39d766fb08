"""The account, compared with what the callers know: what must be none, and the figures."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from doboto import (
    DOBOTOActionException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPollingException,
    DOBOTORateLimitException,
    DOBOTOTimeoutException,
)

from .callers import Outcome
from .witness import LOST, Post

#: Ids of Droplets in an error's text.
NUMBER = re.compile(r"(?<![\w.-])\d{6,}(?![\w-])")


@dataclass(slots=True)
class Verdict:
    """What must be empty, each with the evidence; and counts."""

    #: Droplets of a name beyond those that were asked for.
    duplicates: list[str] = field(default_factory=list[str])
    #: Droplets that were made and that no caller was told of.
    unknown: list[str] = field(default_factory=list[str])
    #: Droplets that a caller was given and that never were.
    lost: list[str] = field(default_factory=list[str])
    #: Droplets that two callers were given.
    shared: list[str] = field(default_factory=list[str])
    #: Results and errors that do not say what happened.
    untrue: list[str] = field(default_factory=list[str])
    figures: Counter[str] = field(default_factory=Counter[str])

    def __iadd__(self, other: Verdict) -> Self:
        for name in (*NONE, "figures"):
            mine = getattr(self, name)
            mine += getattr(other, name)
        return self

    @property
    def problems(self) -> list[str]:
        """All evidence against the client."""
        return [f"{name}: {evidence}" for name in NONE for evidence in getattr(self, name)]


NONE = ("duplicates", "unknown", "lost", "shared", "untrue")


def judge(outcomes: Sequence[Outcome], posts: Sequence[Post], *, alike: bool) -> Verdict:
    """Compare what the callers know with what happened."""
    made = {id: name for post in posts for id, name in post.made.items()}
    found = Verdict(figures=_figures(outcomes, posts, made))
    asked = Counter(name for outcome in outcomes for name in outcome.ask.names)
    found.duplicates += [f"{name}: {more}" for name, more in (Counter(made.values()) - asked).items()]
    told = {id for outcome in outcomes for id in _told(outcome)}
    found.unknown += [_described(id, made, posts, outcomes) for id in made.keys() - told]
    owned = Counter(id for outcome in outcomes for id in _owned(outcome))
    found.lost += [str(id) for id in owned.keys() - made.keys()]
    found.shared += [_described(id, made, posts, outcomes) for id, owners in owned.items() if owners > 1]
    of_call: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        of_call[post.call].append(post)
    for outcome in outcomes:
        wrong = _untrue(outcome, of_call[outcome.ask.number])
        found.untrue += [f"call {outcome.ask.number}: {wrong}"] if wrong else []
        found.figures["Droplets of another caller's request, same name"] += _swapped(outcome, of_call) if alike else 0
    return found


def _untrue(outcome: Outcome, posts: Sequence[Post]) -> str | None:
    """What is wrong with a result or an error, given what befell the call's requests."""
    answers = [post.answer for post in posts]
    bodies = -(-len(outcome.ask.names) // 10)
    if len(posts) - answers.count("429") > bodies:
        return f"sent again: {answers}"
    error = outcome.error
    if error is None:
        names = [droplet["name"] for droplet in outcome.droplets]
        return None if names == [*outcome.ask.names] else f"asked for {outcome.ask.names}, given {names}"
    if not isinstance(error, DOBOTOException):
        return f"{type(error).__name__}: {error}"
    wrong = _misnamed(error, posts, answers, bodies)
    return f"{type(error).__name__} after {answers}: {error}" if wrong else None


def _misnamed(error: DOBOTOException, posts: Sequence[Post], answers: Sequence[str], bodies: int) -> bool:
    """Whether the error is of a type that what happened does not justify."""
    befell = {fault for post in posts for fault in post.befell}
    if isinstance(error, DOBOTOOutcomeUnknownException):
        # Fewer requests: one never arrived. And on a busy machine answers are late that the witness saw leave in time.
        unseen = len(posts) < bodies or isinstance(error.error, DOBOTOTimeoutException)
        return not LOST & {*answers} and not unseen
    if isinstance(error, DOBOTORateLimitException):
        return error.method == "POST" and "429" not in answers
    if isinstance(error, DOBOTOActionException):
        return "create_errored" not in befell
    if isinstance(error, DOBOTOPollingException):
        return not befell & {"lost_tags", "address_after", "get_lag"} and "late" not in answers
    if isinstance(error, DOBOTOConnectionException) and not error.sent:
        return False
    return error.method == "POST"  # a create whose answer was lost must not pass for a failure


def _owned(outcome: Outcome) -> set[int]:
    """The Droplets that are this caller's beyond doubt."""
    created = outcome.error.created if isinstance(outcome.error, DOBOTOException) else []
    return {droplet["id"] for droplet in [*outcome.droplets, *created]}


def _told(outcome: Outcome) -> set[int]:
    """Those, and the ones that an error names as perhaps this caller's."""
    ids = {int(number) for number in NUMBER.findall(str(outcome.error or ""))}
    if isinstance(outcome.error, DOBOTOActionException):
        ids |= {droplet["id"] for droplet in outcome.error.droplets if droplet}
    if isinstance(outcome.error, DOBOTOPollingException):
        ids |= {*outcome.error.ids}
    return ids | _owned(outcome)


def _swapped(outcome: Outcome, of_call: dict[int, list[Post]]) -> int:
    own = {id for post in of_call[outcome.ask.number] for id in post.made}
    return len(_owned(outcome) - own)


def _figures(outcomes: Sequence[Outcome], posts: Sequence[Post], made: dict[int, str]) -> Counter[str]:
    figures = Counter({"creates": len(outcomes), "requests to create": len(posts), "Droplets made": len(made)})
    figures["Droplets asked for"] = sum(len(outcome.ask.names) for outcome in outcomes)
    figures["answers lost"] = sum(post.answer in LOST for post in posts)
    figures["of these the request had taken effect"] = sum(post.answer in LOST and bool(post.made) for post in posts)
    figures["Droplets told in doubt only"] = len(_doubted(outcomes) & made.keys())
    for outcome in outcomes:
        what = "returned" if outcome.error is None else type(outcome.error).__name__
        figures[f"outcome {what}"] += 1
    return figures


def _doubted(outcomes: Iterable[Outcome]) -> set[int]:
    owned: set[int] = set()
    told: set[int] = set()
    for outcome in outcomes:
        owned |= _owned(outcome)
        told |= _told(outcome)
    return told - owned


def _described(id: int, made: dict[int, str], posts: Sequence[Post], outcomes: Sequence[Outcome]) -> str:
    """A Droplet, the request that made it, and what its caller was left with."""
    post = next((post for post in posts if id in post.made), None)
    outcome: Any = next((one for one in outcomes if post and one.ask.number == post.call), None)
    owners = [one.ask.number for one in outcomes if id in _owned(one)]
    befell = post and (post.answer, *post.befell)
    return f"{made.get(id)} ({id}); {befell}; owners {owners}; {outcome and outcome.error!s}"

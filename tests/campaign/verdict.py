"""The account, compared with what the callers know: what must be none, and the figures."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
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
from .kinds import REPEATED
from .plan import DROPLET
from .witness import LOST, Post, identity

#: What may be an id in an error's text.
WORD = re.compile(r"[\w.:-]+")


@dataclass(slots=True)
class Verdict:
    """What must be empty, each with the evidence; and counts."""

    #: Resources and actions beyond those that were asked for.
    duplicates: list[str] = field(default_factory=list[str])
    #: Those that exist and that no caller knows of.
    unknown: list[str] = field(default_factory=list[str])
    #: Those that a caller was given and that never were.
    lost: list[str] = field(default_factory=list[str])
    #: Those that two callers were given, or that are another caller's.
    shared: list[str] = field(default_factory=list[str])
    #: Results and errors that do not say what happened.
    untrue: list[str] = field(default_factory=list[str])
    figures: Counter[str] = field(default_factory=Counter[str])
    #: How many duplicates there are.
    extra: int = 0

    def __iadd__(self, other: Verdict) -> Self:
        for name in (*NONE, "figures", "extra"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    @property
    def problems(self) -> list[str]:
        """All evidence against the client."""
        return [f"{name}: {evidence}" for name in NONE for evidence in getattr(self, name)]


NONE = ("duplicates", "unknown", "lost", "shared", "untrue")


def judge(
    outcomes: Sequence[Outcome],
    posts: Sequence[Post],
    *,
    gave_up: Callable[[float], float] | None = None,
    exact: bool = False,
) -> Verdict:
    """Compare what the callers know with what happened.

    Args:
        outcomes: What the callers were left with.
        posts: What the witness saw.
        gave_up: The moment until which a client at least waits for an answer and looks, when it sent the request at the
            moment given, by its own clock.
        exact: Whether no caller may be given what another's request made, though both asked for the same name.
    """
    made = {id: name for post in posts for id, name in post.made.items()}
    found = Verdict(figures=_figures(outcomes, posts, made))
    asked = Counter(name for outcome in outcomes for name in outcome.ask.names)
    extra = Counter(made.values()) - asked
    found.extra = extra.total()
    found.duplicates += [f"{name}: {more} beyond the {asked[name]} asked for" for name, more in extra.items()]
    _judge_what_was_made(found, outcomes, posts, made, gave_up)
    _judge_callers(found, outcomes, posts, exact=exact)
    return found


def _judge_what_was_made(
    found: Verdict,
    outcomes: Sequence[Outcome],
    posts: Sequence[Post],
    made: dict[str, str],
    gave_up: Callable[[float], float] | None,
) -> None:
    """Each resource: whether a caller knows of it, and whether it is only one's."""
    reported = {id for outcome in outcomes for id in _reported(outcome)}
    # A creation that failed takes its Droplet away again: no caller has to know of it.
    left = {id for post in posts if "create_errored" not in post.befell for id in post.made} - reported
    errors = {outcome.ask.number: outcome.error for outcome in outcomes}
    after_all = {id for post in posts if gave_up and _too_late(post, errors[post.call], gave_up) for id in post.made}
    found.figures["made when their callers had stopped looking"] = len(left & after_all)
    found.unknown += [_described(id, made, posts, outcomes) for id in left - after_all]
    owned = Counter(id for outcome in outcomes for id in _owned(outcome))
    found.lost += sorted(owned.keys() - made.keys())
    found.shared += [_described(id, made, posts, outcomes) for id, owners in owned.items() if owners > 1]


def _judge_callers(found: Verdict, outcomes: Sequence[Outcome], posts: Sequence[Post], *, exact: bool) -> None:
    """Each caller: whether its result or error is true, and whether what it was given is its own."""
    of_call: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        of_call[post.call].append(post)
    anywhere = {fault for post in posts for fault in post.befell}
    made = {id for post in posts for id in post.made}
    for outcome in outcomes:
        ask, own = outcome.ask, of_call[outcome.ask.number]
        wrong = _untrue(outcome, own, anywhere if ask.alike else {fault for post in own for fault in post.befell})
        found.untrue += [f"call {ask.number}, {ask.kind}: {wrong}"] if wrong else []
        swapped = len((_owned(outcome) & made) - {id for post in own for id in post.made})
        if ask.alike and not (exact and ask.kind == DROPLET):
            found.figures["of another caller's request for the same"] += swapped
        elif swapped:
            found.shared.append(f"call {ask.number}, {ask.kind}, was given {swapped} of another's")


def _too_late(post: Post, error: BaseException | None, gave_up: Callable[[float], float]) -> bool:
    """Whether the request took effect after its caller had got an unknown outcome."""
    if not isinstance(error, DOBOTOOutcomeUnknownException) or error.sent_at is None:
        return False
    return post.at > gave_up(error.sent_at)


def _untrue(outcome: Outcome, posts: Sequence[Post], befell: set[str]) -> str | None:
    """What is wrong with a result or an error, given what befell the call's requests."""
    answers = [post.answer for post in posts]
    bodies = -(-len(outcome.ask.names) // 10)
    if len(posts) - answers.count("429") > bodies and outcome.ask.kind not in REPEATED:
        return f"sent again: {answers}"
    error = outcome.error
    if error is None:
        names = [one["name"] for one in outcome.given]
        return None if names == [*outcome.ask.names] else f"asked for {outcome.ask.names}, given {names}"
    if not isinstance(error, DOBOTOException):
        return f"{type(error).__name__}: {error}"
    arrived = len(posts) - answers.count("429")  # what is refused is sent again, and that may be what never arrived
    wrong = _misnamed(error, arrived < bodies, answers, befell)
    return f"{type(error).__name__} after {answers}: {error}" if wrong else None


def _misnamed(error: DOBOTOException, never_arrived: bool, answers: Sequence[str], befell: set[str]) -> bool:
    """Whether the error is of a type that what happened does not justify."""
    if isinstance(error, DOBOTOOutcomeUnknownException):
        # On a busy machine answers are late that the witness saw leave in time.
        unseen = never_arrived or isinstance(error.error, DOBOTOTimeoutException)
        return not LOST & {*answers} and not unseen
    if isinstance(error, DOBOTORateLimitException):
        return error.method == "POST" and "429" not in answers
    if isinstance(error, DOBOTOActionException):
        return not befell & {"create_errored", "action_errored", "odd_status"}
    if isinstance(error, DOBOTOPollingException):
        # On a busy machine the polls may fail until the end; the error says so, and has the last one.
        unseen = isinstance(error.error, DOBOTOException)
        return not befell & {"lost_tags", "address_after", "get_lag"} and "late" not in answers and not unseen
    if isinstance(error, DOBOTOConnectionException) and not error.sent:
        return False
    return error.method == "POST"  # a create whose answer was lost must not pass for a failure


def _owned(outcome: Outcome) -> set[str]:
    """What is this caller's beyond doubt."""
    created = outcome.error.created if isinstance(outcome.error, DOBOTOException) else []
    actions = outcome.error.actions if isinstance(outcome.error, DOBOTOActionException) else []
    if outcome.ask.kind == DROPLET:
        actions = []  # those of the Droplets that were made
    return {identity(one) for one in [*outcome.given, *created, *actions]}


def _reported(outcome: Outcome) -> set[str]:
    """Those, and the ones that an error names as perhaps this caller's."""
    ids = {word.rstrip(".:") for word in WORD.findall(str(outcome.error or ""))}
    if isinstance(outcome.error, DOBOTOActionException):
        ids |= {identity(droplet) for droplet in outcome.error.droplets if droplet}
    if isinstance(outcome.error, DOBOTOPollingException):
        ids |= {str(id) for id in outcome.error.ids}
    return ids | _owned(outcome)


def _figures(outcomes: Sequence[Outcome], posts: Sequence[Post], made: dict[str, str]) -> Counter[str]:
    figures = Counter({"calls": len(outcomes), "requests to create": len(posts), "made": len(made)})
    figures["calls for other resources and actions"] = sum(outcome.ask.kind != DROPLET for outcome in outcomes)
    figures["asked for"] = sum(len(outcome.ask.names) for outcome in outcomes)
    figures["responses lost"] = sum(post.answer in LOST for post in posts)
    figures["of these the request had taken effect"] = sum(post.answer in LOST and bool(post.made) for post in posts)
    figures["reported as candidates only"] = len(_doubted(outcomes) & made.keys())
    for outcome in outcomes:
        what = "returned" if outcome.error is None else type(outcome.error).__name__
        figures[f"outcome {what}"] += 1
        figures[f"returned: {outcome.ask.kind}"] += outcome.error is None
    return figures


def _doubted(outcomes: Iterable[Outcome]) -> set[str]:
    owned: set[str] = set()
    reported: set[str] = set()
    for outcome in outcomes:
        owned |= _owned(outcome)
        reported |= _reported(outcome)
    return reported - owned


def _described(id: str, made: dict[str, str], posts: Sequence[Post], outcomes: Sequence[Outcome]) -> str:
    """A resource, the request that made it, and what its caller was left with."""
    post = next((post for post in posts if id in post.made), None)
    outcome: Any = next((one for one in outcomes if post and one.ask.number == post.call), None)
    owners = [one.ask.number for one in outcomes if id in _owned(one)]
    befell = post and (post.answer, *post.befell)
    return f"{made.get(id)} ({id}); {befell}; owners {owners}; {outcome and outcome.error!s}"

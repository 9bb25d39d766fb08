"""The short campaign; the long one is `make campaign`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from doboto import (
    DOBOTOConnectionException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPollingException,
    DOBOTOServerException,
    DOBOTOTimeoutException,
)

from .callers import Outcome
from .campaign import ROUNDS, Scale, run
from .plan import DROPLET, Ask
from .verdict import judge
from .witness import Post


@pytest.mark.parametrize("kind", ROUNDS)
def test_the_account_holds_exactly_what_the_callers_know(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2])  # further processes import this package
    report = run(11, Scale(creates=120, round=120, width=8, speed=20, kinds=[kind]))
    assert report.verdict.problems == []
    figures = report.verdict.figures
    assert figures["calls"] == 120
    assert figures["calls for other resources and actions"] == 40
    assert figures["responses lost"] > 10
    assert figures["of these the request had taken effect"] > 5
    assert figures["outcome returned"] > 60
    assert sum(report.triggered.values()) > 50


ASK = Ask(0, DROPLET, ("a",))
AGAIN = Ask(1, DROPLET, ("a",))
ONE = {"id": "1000001", "name": "a"}
MADE = Post(0, {"1000001": "a"})
MADE_UNSEEN = Post(0, {"1000001": "a"}, "500")
NOT_MADE = Post(0, {}, "500")
#: Both ask for the same name.
ALIKE, ALIKE_AGAIN = replace(ASK, alike=True), replace(AGAIN, alike=True)
ANOTHER = {"id": "1000002", "name": "a"}
ANOTHER_MADE = Post(1, {"1000002": "a"})


FAILED = DOBOTOServerException(method="POST")
IN_DOUBT = DOBOTOOutcomeUnknownException("found 1000001", method="POST")
DROPPED = DOBOTOOutcomeUnknownException("found 1000001", method="POST", error=DOBOTOConnectionException("dropped"))
TOO_LONG = DOBOTOPollingException("1 pending (1000001)", ids=["1000001"])
OVERLOADED = DOBOTOPollingException("1 pending (1000001)", error=DOBOTOTimeoutException("late"), ids=["1000001"])
REFUSED = Post(0, {}, "429")


@pytest.mark.parametrize(
    ("outcomes", "posts", "found"),
    [
        ([Outcome(ASK, [ONE])], [MADE], set()),
        ([Outcome(ASK, [ONE])], [MADE, Post(0, {"1000002": "a"})], {"duplicates", "unknown", "untrue"}),
        ([Outcome(ASK, error=FAILED)], [MADE_UNSEEN], {"unknown", "untrue"}),
        ([Outcome(ASK, error=IN_DOUBT)], [MADE_UNSEEN], set()),
        ([Outcome(ASK, error=IN_DOUBT)], [MADE], {"untrue"}),
        ([Outcome(ASK, error=DROPPED)], [MADE], {"untrue"}),
        ([Outcome(ASK, error=DROPPED)], [REFUSED], set()),
        ([Outcome(ASK, error=DROPPED)], [REFUSED, MADE], {"untrue"}),
        ([Outcome(ASK, error=TOO_LONG)], [MADE], {"untrue"}),
        ([Outcome(ASK, error=OVERLOADED)], [MADE], set()),
        ([Outcome(ASK, error=KeyError("id"))], [NOT_MADE], {"untrue"}),
        ([Outcome(ASK, [ONE])], [NOT_MADE], {"lost"}),
        ([Outcome(ASK, [{"id": "1000001", "name": "b"}])], [MADE], {"untrue"}),
        ([Outcome(ASK, [ONE]), Outcome(AGAIN, [ONE])], [MADE], {"shared"}),
        ([Outcome(ASK, [ANOTHER]), Outcome(AGAIN, [ONE])], [MADE, ANOTHER_MADE], {"shared"}),
        ([Outcome(ALIKE, [ANOTHER]), Outcome(ALIKE_AGAIN, [ONE])], [MADE, ANOTHER_MADE], set()),
    ],
)
def test_the_verdict_sees_what_is_wrong(outcomes: list[Outcome], posts: list[Post], found: set[str]) -> None:
    """A campaign that can find nothing would prove nothing."""
    verdict = judge(outcomes, posts)
    assert {problem.split(":")[0] for problem in verdict.problems} == found


def test_with_recovery_tags_what_another_request_made_is_another_callers() -> None:
    swapped = [Outcome(ALIKE, [ANOTHER]), Outcome(ALIKE_AGAIN, [ONE])]
    assert len(judge(swapped, [MADE, ANOTHER_MADE], exact=True).shared) == 2

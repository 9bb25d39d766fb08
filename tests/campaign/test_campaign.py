"""The short campaign; the long one is `make campaign`."""

from __future__ import annotations

import pytest

from doboto import DOBOTOOutcomeUnknownException, DOBOTOServerException

from .callers import Outcome
from .campaign import Scale, run
from .plan import Ask
from .verdict import judge
from .witness import Post


@pytest.mark.parametrize("seed", [11])
def test_the_account_holds_exactly_what_the_callers_know(seed: int) -> None:
    report = run(seed, Scale(creates=240, round=120, speed=20))
    assert report.verdict.problems == []
    figures = report.verdict.figures
    assert figures["creates"] == 240
    assert figures["answers lost"] > 20
    assert figures["of these the request had taken effect"] > 10
    assert sum(report.triggered.values()) > 100


def test_with_recovery_tags_nobody_is_given_what_another_request_of_the_same_name_made() -> None:
    report = run(5, Scale(creates=160, round=80, speed=20, marked=True))
    assert report.verdict.problems == []
    figures = report.verdict.figures
    assert figures["of these the request had taken effect"] > 5
    assert figures["Droplets of another caller's request, same name"] == 0


ASK = Ask(0, ("a",), many=False, wait=False)
AGAIN = Ask(1, ("a",), many=False, wait=False)
ONE = {"id": 1000001, "name": "a"}
MADE = Post(0, ("a",), {1000001: "a"})
MADE_UNSEEN = Post(0, ("a",), {1000001: "a"}, "500")
NOT_MADE = Post(0, ("a",), {}, "500")


FAILED = DOBOTOServerException(method="POST")
IN_DOUBT = DOBOTOOutcomeUnknownException("found 1000001", method="POST")


@pytest.mark.parametrize(
    ("outcomes", "posts", "found"),
    [
        ([Outcome(ASK, [ONE])], [MADE], set()),
        ([Outcome(ASK, [ONE])], [MADE, Post(0, ("a",), {1000002: "a"})], {"duplicates", "unknown", "untrue"}),
        ([Outcome(ASK, error=FAILED)], [MADE_UNSEEN], {"unknown", "untrue"}),
        ([Outcome(ASK, error=IN_DOUBT)], [MADE_UNSEEN], set()),
        ([Outcome(ASK, error=IN_DOUBT)], [MADE], {"untrue"}),
        ([Outcome(ASK, error=KeyError("id"))], [NOT_MADE], {"untrue"}),
        ([Outcome(ASK, [ONE])], [NOT_MADE], {"lost"}),
        ([Outcome(ASK, [{"id": 1000001, "name": "b"}])], [MADE], {"untrue"}),
        ([Outcome(ASK, [ONE]), Outcome(AGAIN, [ONE])], [MADE], {"shared"}),
    ],
)
def test_the_verdict_sees_what_is_wrong(outcomes: list[Outcome], posts: list[Post], found: set[str]) -> None:
    """A campaign that can find nothing would prove nothing."""
    verdict = judge(outcomes, posts, alike=False)
    assert {problem.split(":")[0] for problem in verdict.problems} == found

"""One request's way: what is sent again, when, and what the final error tells; the limiter; the deadline."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto import (
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTOHTTPException,
    DOBOTOInvalidResponseException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTORateLimitException,
    DOBOTOServerException,
    DOBOTOTimeoutException,
    DOBOTOUnprocessableException,
    Limiter,
    RateLimit,
    Retry,
)
from doboto._core.request import Request, get

from .scripted import Response, reply, stage

OK = reply(200, {"droplet": {"id": 7, "name": "web-1"}, "action": {"id": 8, "status": "completed"}})
REFUSED = DOBOTOConnectionException("refused", sent=False)
DROPPED = DOBOTOConnectionException("dropped", sent=True)
LATE = DOBOTOTimeoutException("late", sent=True)
CUT = reply(200, b'{"droplet": {"id": 7, "na')
SLOW_DOWN = reply(429, {"id": "too_many_requests", "message": "API rate limit exceeded."}, retry_after="29")


@pytest.mark.parametrize(
    "failure", [REFUSED, DROPPED, LATE, CUT, SLOW_DOWN, *(reply(n) for n in (408, 500, 502, 503, 504))]
)
def test_reading_is_tried_again(flavour: str, runner: Any, failure: Any) -> None:
    staged = stage(flavour, runner, failure, failure, OK)
    assert staged.api.droplet.info(7)["id"] == 7
    assert len(staged.script.asked) == 3


@pytest.mark.parametrize("failure", [reply(n) for n in (400, 401, 403, 404, 409, 422, 501)])
def test_what_would_fail_again_is_not_tried_again(flavour: str, runner: Any, failure: Response) -> None:
    staged = stage(flavour, runner, failure, OK)
    with pytest.raises(DOBOTOException):
        staged.api.droplet.info(7)
    assert len(staged.script.asked) == 1


@pytest.mark.parametrize("failure", [REFUSED, SLOW_DOWN])
def test_a_change_is_sent_again_where_it_certainly_took_no_effect(flavour: str, runner: Any, failure: Any) -> None:
    staged = stage(flavour, runner, failure, OK)
    assert staged.api.droplet.reboot(7)["id"] == 8
    assert len(staged.script.asked) == 2


def test_the_error_counts_the_attempts(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, reply(503, {"id": "x", "message": "y"}), retry=Retry(attempts=4))
    with pytest.raises(DOBOTOServerException, match=r"4 attempts") as caught:
        staged.api.droplet.info(7)
    assert caught.value.attempts == 4
    assert len(staged.time.slept) == 3


def test_retry_after_is_obeyed(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, SLOW_DOWN, OK)
    staged.api.droplet.info(7)
    assert sum(staged.time.slept) == pytest.approx(29)


def test_without_retry_after_the_reset_of_the_hour_is_waited_for(flavour: str, runner: Any) -> None:
    exhausted = reply(429, {}, ratelimit_limit="5000", ratelimit_remaining="0", ratelimit_reset="1790000100")
    staged = stage(flavour, runner, exhausted, OK)
    staged.api.droplet.info(7)
    assert sum(staged.time.slept) == pytest.approx(100)


def test_a_pause_beyond_the_deadline_is_not_begun(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, SLOW_DOWN, OK)
    with pytest.raises(DOBOTORateLimitException, match="29 s"):
        staged.api.with_options(timeout=20).droplet.info(7)
    assert staged.time.slept == []


def test_all_attempts_stay_within_the_deadline(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, reply(503), retry=Retry(attempts=100))
    begun = staged.time.now
    with pytest.raises(DOBOTOServerException):
        staged.api.with_options(timeout=40).droplet.info(7)
    assert staged.time.now - begun <= 40


def test_the_policy_may_be_replaced_for_some_calls(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, reply(503), OK)
    with pytest.raises(DOBOTOServerException):
        staged.api.with_options(retry=Retry.never()).droplet.info(7)
    assert staged.api.droplet.info(7)["id"] == 7


@pytest.mark.parametrize("failure", [DROPPED, LATE, reply(503)])
def test_a_destroy_whose_answer_was_lost_is_done_when_it_is_gone(flavour: str, runner: Any, failure: Any) -> None:
    staged = stage(flavour, runner, failure, reply(404, {"id": "not_found", "message": "gone"}))
    assert staged.api.droplet.destroy(7) is None


@pytest.mark.parametrize("failure", [REFUSED, SLOW_DOWN])
def test_a_destroy_that_never_took_place_is_not_taken_for_one(flavour: str, runner: Any, failure: Any) -> None:
    staged = stage(flavour, runner, failure, reply(404, {"id": "not_found", "message": "gone"}))
    with pytest.raises(DOBOTONotFoundException):
        staged.api.droplet.destroy(7)


def test_an_attempt_that_was_not_sent_does_not_hide_one_that_was(flavour: str, runner: Any) -> None:
    refused = DOBOTOConnectionException("refused", sent=False)
    staged = stage(flavour, runner, DROPPED, refused, retry=Retry(attempts=3))
    with pytest.raises(DOBOTOConnectionException, match="refused") as caught:
        staged.api.droplet.destroy(7)
    assert caught.value.sent is True
    assert caught.value.outcome_open is True


@pytest.mark.parametrize("refusal", [reply(403, {"id": "forbidden"}), reply(422), reply(429)])
def test_a_refusal_does_not_hide_an_attempt_that_may_have_taken_effect(flavour: str, runner: Any, refusal: Any) -> None:
    staged = stage(flavour, runner, DROPPED, refusal, retry=Retry(attempts=2))
    with pytest.raises(DOBOTOHTTPException) as caught:
        staged.api.droplet.destroy(7)
    assert caught.value.status == refusal.status
    assert caught.value.outcome_open is True


@pytest.mark.parametrize("before", [[], [reply(429)], [DOBOTOConnectionException("refused", sent=False)]])
def test_a_refusal_alone_leaves_nothing_open(flavour: str, runner: Any, before: list[Any]) -> None:
    staged = stage(flavour, runner, *before, reply(403, {"id": "forbidden"}))
    with pytest.raises(DOBOTOForbiddenException) as caught:
        staged.api.droplet.destroy(7)
    assert caught.value.outcome_open is False


def test_reading_leaves_nothing_open(flavour: str, runner: Any) -> None:
    with pytest.raises(DOBOTOForbiddenException) as caught:
        stage(flavour, runner, DROPPED, reply(403, {"id": "forbidden"})).api.droplet.info(7)
    assert caught.value.outcome_open is False


def test_an_unknown_outcome_is_said_first_and_its_cause_last(flavour: str, runner: Any) -> None:
    down = reply(503, {"id": "service_unavailable", "message": "Service Unavailable"})
    with pytest.raises(DOBOTOOutcomeUnknownException) as caught:
        stage(flavour, runner, down).api.droplet.power_off(7)
    assert caught.value.outcome_open is True
    assert caught.value.status == 503
    assert re.match(
        r"POST https://api.digitalocean.com/v2/droplets/7/actions: the outcome is unknown; looked for an action "
        r"power_off of Droplet 7 started since \S+ \(looked for .*\)\. Check before you retry: nothing is sent again "
        r"by itself\. The cause was 503 service_unavailable: Service Unavailable",
        str(caught.value),
    )


def test_a_destroy_by_tag_is_not_sent_twice(flavour: str, runner: Any) -> None:
    """Between the two, somebody may have tagged another Droplet."""
    left = reply(200, {"droplets": [{"id": 7, "name": "new"}]})
    staged = stage(flavour, runner, reply(503), left)
    with pytest.raises(DOBOTOOutcomeUnknownException, match=r"left: new \(7\)"):
        staged.api.droplet.destroy(tag_name="env:prod")
    assert [request.method for request in staged.script.asked].count("DELETE") == 1


@pytest.mark.parametrize("gone", [reply(200, {"droplets": []}), reply(404, {})])
def test_a_destroy_by_tag_whose_answer_was_lost_is_done_when_none_is_left(
    flavour: str, runner: Any, gone: Response
) -> None:
    staged = stage(flavour, runner, DROPPED, reply(200, {"droplets": [{"id": 7}]}), gone)
    assert staged.api.droplet.destroy(tag_name="env:prod") is None


def test_the_rate_limit_is_fresh_after_every_reply(flavour: str, runner: Any) -> None:
    def response(status: int, remaining: int) -> Response:
        return reply(
            status, {}, ratelimit_limit="5000", ratelimit_remaining=str(remaining), ratelimit_reset="1790000000"
        )

    staged = stage(flavour, runner, response(404, 41), response(422, 40))
    assert staged.api.ratelimit is None
    for kind, left in ((DOBOTONotFoundException, 41), (DOBOTOUnprocessableException, 40)):
        with pytest.raises(kind):
            staged.api.droplet.info(7)
        assert staged.api.ratelimit == RateLimit(5000, left, 1_790_000_000)


def test_no_more_than_250_requests_a_minute_are_sent(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, OK)
    moments = []
    for _ in range(600):
        staged.api.droplet.info(7)
        moments.append(staged.time.now)
    assert all(later - earlier >= 60 for earlier, later in zip(moments, moments[250:], strict=False))
    assert staged.time.now - moments[0] < 130


def test_no_room_before_the_deadline_is_told_at_once(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, OK, limiter=Limiter(per_minute=2))
    for _ in range(2):
        staged.api.droplet.info(7)
    with pytest.raises(DOBOTORateLimitException, match="no room within the rate limit") as caught:
        staged.api.with_options(timeout=30).droplet.info(7)
    assert caught.value.attempts == 0
    assert caught.value.retry_after == pytest.approx(61)
    assert len(staged.script.asked) == 2


def test_a_429_holds_back_every_call_of_the_client(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, SLOW_DOWN, OK)
    with pytest.raises(DOBOTORateLimitException):
        staged.api.with_options(retry=Retry.never()).droplet.info(7)
    staged.api.droplet.info(8)
    assert sum(staged.time.slept) == pytest.approx(29)


FAILURES = st.sampled_from(
    [
        REFUSED,
        DROPPED,
        LATE,
        DOBOTOInvalidResponseException("cut", status=200),
        DOBOTORateLimitException(status=429, retry_after=3),
        DOBOTORateLimitException(status=429),
        *(DOBOTOServerException(status=status) for status in (500, 501, 502, 503, 504)),
        DOBOTOUnprocessableException(status=422),
        DOBOTONotFoundException(status=404),
    ]
)
REQUESTS = st.sampled_from(
    [get("/droplets"), Request("POST", "/droplets"), Request("DELETE", "/droplets/1", repeatable=True)]
)
POLICIES = st.builds(
    Retry, attempts=st.integers(1, 9), base=st.floats(0, 5), factor=st.floats(1, 4), longest=st.floats(0, 60)
)


@given(POLICIES, REQUESTS, FAILURES, st.integers(1, 12), st.floats(0, 1))
def test_the_policy_holds_for_all_inputs(
    policy: Retry, request: Request, failure: DOBOTOException, attempt: int, chance: float
) -> None:
    pause = policy.pause(request, failure, attempt, chance)
    if attempt >= policy.attempts:
        assert pause is None
    certainly_no_effect = failure is REFUSED or failure.status == 429
    if not request.repeatable and not certainly_no_effect:
        assert pause is None
    if failure.status in {404, 422, 501}:
        assert pause is None
    if pause is not None:
        retry_after = getattr(failure, "retry_after", None)
        assert (retry_after or 0) <= pause <= max(retry_after or 0, policy.longest)  # obeyed, and never hurried


@given(POLICIES, st.floats(0, 1))
def test_pauses_grow(policy: Retry, chance: float) -> None:
    pauses = [policy.pause(get("/droplets"), DROPPED, attempt, chance) for attempt in range(1, policy.attempts)]
    known = [pause for pause in pauses if pause is not None]
    assert known == sorted(known)
    assert len(known) == policy.attempts - 1


NAN = float("nan")


@pytest.mark.parametrize(
    "wrong",
    [
        {"attempts": 0},
        {"base": -1},
        {"base": NAN},
        {"base": 10**400},
        {"factor": 0.5},
        {"factor": float("inf")},
        {"longest": -1},
        {"longest": NAN},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        Retry(**wrong)

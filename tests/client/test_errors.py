"""Errors: the type says whose fault it was, the text is one useful line, and nothing is lost or shown too much."""

from __future__ import annotations

import copy
import pickle
import traceback
from typing import Any

import pytest

import doboto
from doboto import (
    DOBOTOActionException,
    DOBOTOBadRequestException,
    DOBOTOConflictException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOForbiddenException,
    DOBOTOHTTPException,
    DOBOTOInvalidResponseException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
    DOBOTOPendingEventException,
    DOBOTOPollingException,
    DOBOTORateLimitException,
    DOBOTOServerException,
    DOBOTOTimeoutException,
    DOBOTOUnauthorizedException,
    DOBOTOUnprocessableException,
    RateLimit,
    Retry,
)

from .scripted import TOKEN, reply, stage

NEVER = {"retry": Retry.never()}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, DOBOTOBadRequestException),
        (401, DOBOTOUnauthorizedException),
        (403, DOBOTOForbiddenException),
        (404, DOBOTONotFoundException),
        (409, DOBOTOConflictException),
        (412, DOBOTOConflictException),
        (418, DOBOTOHTTPException),
        (422, DOBOTOUnprocessableException),
        (429, DOBOTORateLimitException),
        (500, DOBOTOServerException),
        (502, DOBOTOServerException),
        (599, DOBOTOServerException),
    ],
)
def test_the_type_follows_the_status(flavour: str, runner: Any, status: int, kind: type[DOBOTOException]) -> None:
    answer = reply(status, {"id": "some_id", "message": "Some words."}, x_request_id="r-1", ratelimit_limit="5000")
    staged = stage(flavour, runner, answer, **NEVER)
    with pytest.raises(DOBOTOException) as caught:
        staged.api.droplet.info(7)
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.id, error.message, error.request_id) == (status, "some_id", "Some words.", "r-1")
    assert (error.method, error.url) == ("GET", "https://api.digitalocean.com/v2/droplets/7")
    assert error.headers["ratelimit-limit"] == "5000"
    assert error.result == {"id": "some_id", "message": "Some words."}
    assert error.body == '{"id": "some_id", "message": "Some words."}'
    assert error.attempts == 1
    assert str(error).startswith(
        f"GET https://api.digitalocean.com/v2/droplets/7: {status} some_id: Some words. (request r-1"
    )


def test_a_pending_event_is_its_own_type(flavour: str, runner: Any) -> None:
    body = {"id": "unprocessable_entity", "message": "Droplet already has a pending event."}
    with pytest.raises(DOBOTOPendingEventException):
        stage(flavour, runner, reply(422, body)).api.droplet.reboot(7)


def test_a_rate_limit_error_tells_the_numbers(flavour: str, runner: Any) -> None:
    answer = reply(
        429,
        {"id": "too_many_requests", "message": "API rate limit exceeded."},
        ratelimit_limit="5000",
        ratelimit_remaining="0",
        ratelimit_reset="1790000100",
        retry_after="29",
    )
    staged = stage(flavour, runner, answer, **NEVER)
    with pytest.raises(DOBOTORateLimitException) as caught:
        staged.api.droplet.list()
    assert caught.value.ratelimit == RateLimit(5000, 0, 1_790_000_100)
    assert caught.value.retry_after == 29
    assert "0 of 5000 requests left, reset at 1790000100; retry after 29 s" in str(caught.value)
    assert staged.api.ratelimit == RateLimit(5000, 0, 1_790_000_100)


BODIES = [
    b"",
    b"\xff\xfe\x00",
    b"<html><h1>502 Bad Gateway</h1></html>",
    b'{"id": "x", "mess',
    b"null",
    b"[]",
    b'"text"',
    b"7",
    b'{"message": {"name": ["is bad"]}}',
    b'{"message": null}',
    b'{"message": 7, "id": 7}',
    b'{"error": "Invalid", "messages": [], "root_causes": []}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", BODIES)
def test_any_body_of_an_error_gives_the_same_type(flavour: str, runner: Any, body: bytes) -> None:
    with pytest.raises(DOBOTOServerException) as caught:
        stage(flavour, runner, reply(502, body), **NEVER).api.droplet.info(7)
    assert caught.value.status == 502
    assert "\n" not in str(caught.value)
    assert caught.value.body == body.decode("utf-8", "replace")


@pytest.mark.parametrize("body", BODIES)
def test_a_success_that_is_not_what_is_documented_is_a_reply_error(flavour: str, runner: Any, body: bytes) -> None:
    for call in ("info", "neighbor_list", "action_list"):
        with pytest.raises(DOBOTOInvalidResponseException, match="GET https://.*/v2/droplets/7") as caught:
            getattr(stage(flavour, runner, reply(200, body), **NEVER).api.droplet, call)(7)
        assert caught.value.__context__ is None, "no decoder's traceback"


@pytest.mark.parametrize("body", BODIES)
def test_a_change_whose_answer_cannot_be_understood_is_an_open_outcome(flavour: str, runner: Any, body: bytes) -> None:
    staged = stage(flavour, runner, reply(200, body), **NEVER)
    with pytest.raises(DOBOTOOutcomeUnknownException, match="POST https://.*/v2/droplets/7/actions") as caught:
        staged.api.droplet.reboot(7)
    assert isinstance(caught.value.error, DOBOTOInvalidResponseException)
    assert [request.method for request in staged.script.asked].count("POST") == 1


def test_a_redirect_is_not_followed(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, reply(302, b"", location="https://elsewhere.example/v2/droplets/7"))
    with pytest.raises(DOBOTOInvalidResponseException, match="redirects are not followed"):
        staged.api.droplet.info(7)
    assert len(staged.script.asked) == 1


EVERY = [
    DOBOTOException("words", {"a": 1}, method="GET", url="u", status=500, created=[{"id": 1, "name": "w"}], attempts=3),
    DOBOTONotFoundException(),
    DOBOTORateLimitException("slow down", ratelimit=RateLimit(1, 2, 3), retry_after=4.5),
    DOBOTOConnectionException("refused", sent=False),
    DOBOTOTimeoutException("late"),
    DOBOTOActionException("failed", action={"id": 1}, droplet={"id": 2}),
    DOBOTOPollingException("late", {"id": 1}, ValueError("x"), ids=[1], elapsed=300),
]


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_pickling_and_copying_keep_everything(error: DOBOTOException) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert {key: repr(value) for key, value in vars(twin).items()} == {
            key: repr(value) for key, value in vars(error).items()
        }


def test_every_exception_is_public_and_below_the_root() -> None:
    import doboto.errors

    kinds = {name: kind for name, kind in vars(doboto.errors).items() if name.startswith("DOBOTO")}
    assert kinds == {name: getattr(doboto, name) for name in kinds}
    assert all(issubclass(kind, DOBOTOException) for kind in kinds.values())
    tree = doboto.errors.__doc__ or ""
    assert [name for name in kinds if name not in tree] == []


def test_doboto_06_constructors() -> None:
    error = DOBOTOPollingException("m", {"id": 1}, None)
    assert (error.polling, error.error, str(error)) == ({"id": 1}, None, "m")
    assert DOBOTOException("m", {"id": "x"}).result == {"id": "x"}
    assert str(DOBOTONotFoundException()) == "DO API Not Found"


@pytest.mark.filterwarnings("ignore:Pickle, copy:DeprecationWarning")  # of itertools.count, from Python 3.12 on
def test_the_token_shows_nowhere(flavour: str, runner: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Not in a repr, a message, a log, or the local variables of any frame of a traceback."""
    caplog.set_level("DEBUG")
    staged = stage(flavour, runner, DOBOTOConnectionException("refused", sent=False), reply(500, {}), timeout=5)
    with pytest.raises(DOBOTOOutcomeUnknownException) as caught:
        staged.api.droplet.create({"name": "a", "size": "s", "image": "i"})
    assert f"Bearer {TOKEN}" in staged.script.asked[0].headers["Authorization"]
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    staged_client = staged.api._target if hasattr(staged.api, "_target") else staged.api
    session = staged_client.droplet._session
    shown = [
        "".join(frames.format()),
        repr(staged_client),
        repr(staged_client.droplet),
        repr(vars(session)),
        caplog.text,
    ]
    shown += [repr(request) for request in staged.script.asked]
    for text in shown:
        assert TOKEN not in text
    assert "retry in" in caplog.text
    with pytest.raises(TypeError):
        pickle.dumps(session)


def test_a_token_in_a_client_that_cannot_be_made_shows_nowhere() -> None:
    with pytest.raises(doboto.DOBOTOConfigurationException) as caught:
        doboto.DO(TOKEN, "ftp://example.com")
    stack = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    ours = [frame for frame in stack if "test_errors" not in frame.filename]
    assert ours
    assert TOKEN not in str([frame.locals for frame in ours])

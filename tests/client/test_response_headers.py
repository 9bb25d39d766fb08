"""Whatever a response's headers hold, a success stays a success, and no client is held back for long."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto import DO, AsyncDO, DOBOTOException, DOBOTORateLimitException, DOBOTOServerException, Limiter, Retry
from doboto._core.limiter import LONGEST_PAUSE
from doboto._core.response import Response, parse_retry_after

URL = "https://api.example.test"
DATE = "Thu, 26 Nov 2026 12:00:00 GMT"
READ = (
    "date", "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "x-request-id", "location",
    "content-type", "content-encoding",
)  # fmt: skip


class Scripted:
    """A transport and a clock: gives responses one after the other, the last again and again, without waiting."""

    def __init__(self, *responses: Response) -> None:
        self._responses = list(responses)
        self.now = 1_790_000_000.0
        self.slept: list[float] = []

    async def send(self, request: Any, timeouts: Any) -> Response:
        return self._responses.pop(0) if len(self._responses) > 1 else self._responses[0]

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        return True

    async def close(self) -> None:
        pass

    def time(self) -> float:
        return self.now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)


def call(flavour: str, scripted: Scripted, method: str = "POST", **settings: Any) -> Any:
    """Make one request by a client of that flavour."""
    options: dict[str, Any] = {"transport": scripted, "clock": scripted, "limiter": Limiter(), **settings}
    if flavour == "blocking":
        return DO("t", URL, **options).request(method, "/droplets")
    return asyncio.run(AsyncDO("t", URL, **options).request(method, "/droplets"))


texts = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.integers(1, 400).map(lambda count: "9" * count),
    st.sampled_from(["-1", "1e308", "inf", "nan", "+5", " 7 ", "٣", "1_000", DATE, f"{DATE}" + "0" * 16]),
    st.integers(1, 20).map(lambda count: f"Thu, 26 Nov 2026 12:00:00 +{'9' * count}"),
)


@pytest.mark.parametrize("flavour", ["blocking", "asynchronous"])
@given(headers=st.dictionaries(st.sampled_from(READ), texts), status=st.sampled_from([200, 429, 503, 404, 302]))
def test_no_header_turns_a_response_into_a_foreign_exception(
    flavour: str, headers: dict[str, str], status: int
) -> None:
    scripted = Scripted(Response(status, headers, b"{}"))
    try:
        assert call(flavour, scripted, retry=Retry.never()) == {}
        assert status == 200
    except DOBOTOException:
        assert status != 200
    assert sum(scripted.slept) <= LONGEST_PAUSE


@pytest.mark.parametrize("flavour", ["blocking", "asynchronous"])
@pytest.mark.parametrize("reset", ["1790000000000", "9" * 16])
def test_a_reset_far_away_holds_the_client_back_for_an_hour_at_most(
    flavour: str, reset: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As milliseconds would."""
    headers = {"ratelimit-limit": "5000", "ratelimit-remaining": "0", "ratelimit-reset": reset}
    scripted = Scripted(Response(200, headers, b"{}"), Response(200, {}, b"{}"))
    limiter = Limiter()
    caplog.set_level(logging.WARNING, "doboto")
    for _ in range(2):
        assert call(flavour, scripted, limiter=limiter, timeout=4000) == {}
    assert scripted.slept == [pytest.approx(LONGEST_PAUSE)]
    assert "3660 s at most" in caplog.text


@pytest.mark.parametrize("flavour", ["blocking", "asynchronous"])
def test_a_retry_after_far_away_holds_the_client_back_for_an_hour_at_most(
    flavour: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "doboto")
    scripted = Scripted(Response(429, {"retry-after": "9" * 300}, b"{}"), Response(200, {}, b"{}"))
    limiter = Limiter()
    with pytest.raises(DOBOTORateLimitException):
        call(flavour, scripted, limiter=limiter, timeout=60)
    assert call(flavour, scripted, limiter=limiter, timeout=4000) == {}
    assert sum(scripted.slept) == pytest.approx(LONGEST_PAUSE)
    assert "3660 s at most" in caplog.text


@pytest.mark.parametrize("flavour", ["blocking", "asynchronous"])
@pytest.mark.parametrize(
    "headers",
    [{"retry-after": "40"}, {"retry-after": "Thu, 26 Nov 2026 12:00:40 GMT", "date": DATE}],
    ids=["seconds", "date"],
)
def test_a_503_is_repeated_when_it_asks_for_it(flavour: str, headers: dict[str, str]) -> None:
    scripted = Scripted(Response(503, headers, b"{}"), Response(200, {}, b"{}"))
    assert call(flavour, scripted, "GET") == {}
    assert scripted.slept == [40]


@pytest.mark.parametrize("flavour", ["blocking", "asynchronous"])
def test_a_503_reports_when_it_may_be_repeated(flavour: str) -> None:
    with pytest.raises(DOBOTOServerException) as caught:
        call(flavour, Scripted(Response(503, {"retry-after": "40"}, b"{}")), "POST")
    assert caught.value.retry_after == 40


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0), ("7", 7), (" 7 ", 7), ("1.5", 1.5), ("9" * 300, LONGEST_PAUSE), ("9" * 400, None), ("-1", None),
        ("+1", None), ("1e308", None), ("nan", None), ("inf", None), ("", None), ("soon", None), ("٣", None),
        ("Thu, 26 Nov 2026 12:00:30 GMT", 30), ("Thursday, 26-Nov-26 12:00:30 GMT", 30),
        ("Thu Nov 26 12:00:30 2026", 30), ("Thu, 26 Nov 2026 11:00:00 GMT", 0),
        ("Thu, 26 Nov 2099 12:00:30 GMT", LONGEST_PAUSE), ("Thu, 99 Nov 2026 12:00:30 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    """RFC 9110, 10.2.3, with all three forms of dates of 5.6.7."""
    assert parse_retry_after({"retry-after": text, "date": DATE}) == seconds


def test_a_date_without_a_date_to_count_from_is_no_number_of_seconds() -> None:
    assert parse_retry_after({"retry-after": DATE}) is None

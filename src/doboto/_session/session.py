"""One request's way: limiter, send, response, then its value, or another try, or an error; all within a deadline."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Sequence
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast

from .._core import response as responses
from .._core.deadline import Deadline
from .._core.limiter import LONGEST_PAUSE, Limiter, Turn
from .._core.ownership import OwnershipRegistry
from .._core.request import Request, encode
from .._core.response import Response
from .._core.retry import Retry
from .._io.log import is_heard, logger
from .._io.protocol import IO, Job, OnEvent, RateLimitLease, Timeouts, WireRequest
from .._json import is_large
from ..errors import (
    DOBOTOClientClosedException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTONotFoundException,
    DOBOTORateLimitException,
    DOBOTOTimeoutException,
)
from ..ratelimit import RateLimit
from .api_clock import ApiClock
from .request_log import log_exchange
from .secret import Secret, SecretHeaders

if TYPE_CHECKING:
    from ..events import Event

T = TypeVar("T")


#: What becomes of the tags that requests get to be found by: see `DO(recovery_tag=)`.
RecoveryTag: TypeAlias = Literal["keep", "remove"]

#: Methods that never have a body. All others say that they send JSON, with a body or without one: DELETE of a project
#: is answered 415 otherwise (`pydo#376`).
READS = frozenset({"GET", "HEAD"})
#: A wait for the rate limit of this many seconds is reported as an event.
NOTABLE = 1.0


class Session:
    """Sends requests for all resources of a client.

    Args:
        io: Input and output.
        url: The base URL, up to and including `/v2`.
        token: The token.
        agent: The User-Agent header.
        retry: The retry policy.
        limiter: Keeps under the rate limit.
        ownership: Which call a new resource belongs to, where responses were lost.
        timeouts: Bounds of one exchange; `total` bounds a call that has no `timeout` of its own, retries included.
        lease: This client's part of a rate limit that is shared with other processes, or None.
        pause_collector: Whether long responses are decoded with the garbage collector paused.
        on_event: Called with the events of all calls, or None.
        recovery_tag: Whether each request for what takes tags gets one of its own, and what becomes of it.
    """

    def __init__(
        self,
        io: IO,
        url: str,
        token: Secret,
        agent: str,
        retry: Retry,
        limiter: Limiter,
        ownership: OwnershipRegistry,
        timeouts: Timeouts,
        lease: RateLimitLease | None = None,
        *,
        pause_collector: bool = True,
        on_event: OnEvent | None = None,
        recovery_tag: RecoveryTag | None = None,
    ) -> None:
        self.io = io
        self.recovery_tag: RecoveryTag | None = recovery_tag
        self.on_event = on_event
        self.url = url
        self.retry = retry
        self.limiter = limiter
        self.ownership = ownership
        self.lease = lease
        self.pause_collector = pause_collector
        self.timeouts = timeouts
        #: Whether attributes that the types do not have are errors instead of warnings.
        self.strict = False
        #: Bounds all calls together; None if each is bounded by itself alone.
        self.bound: Deadline | None = None
        self._token = token
        self._agent = agent
        self.api_clock = ApiClock(responses.parse_http_date)

    def token(self) -> str:
        """The token's text."""
        return self._token.reveal()

    def copy_with(
        self,
        *,
        retry: Retry,
        timeouts: Timeouts,
        on_event: OnEvent | None,
        recovery_tag: RecoveryTag | None,
        seconds: float | None = None,
    ) -> Session:
        """The same session, connections and limiter included, with another policy, other timeouts or callback."""
        session = copy.copy(self)
        session.retry = retry
        session.timeouts = timeouts
        session.on_event = on_event
        session.recovery_tag = recovery_tag
        session.bound = self.bound if seconds is None else self.deadline(seconds)
        return session

    async def close(self) -> None:
        """Give connections back."""
        self.io.closed = True
        await self.io.transport.close()
        if self.lease is not None:
            await self.lease.close()

    def deadline(self, seconds: float | None = None) -> Deadline:
        """A deadline that many seconds from now, or as far away as the client's settings put it; none after `bound`."""
        total = self.timeouts.total if seconds is None else seconds
        own = Deadline(self.io.clock.monotonic(), total)
        return own if self.bound is None else min(own, self.bound, key=lambda one: one.start + one.seconds)

    async def emit(self, event: Event, callback: OnEvent | None = None) -> None:
        """Report an event: to the log, to the client's callback, and to that of the call if it is given."""
        if event.level and is_heard(event.level):
            logger().log(event.level, "%s", event, extra={"event": event})
        for each in (self.on_event, callback):
            result = None if each is None else each(event)
            if isawaitable(result):
                await result

    async def call(
        self,
        request: Request,
        deadline: Deadline | None = None,
        read: Callable[[Any], T] | None = None,
        *,
        undecoded: bool = False,
        response: Response | None = None,
    ) -> T:
        """Send a request, again if the policy says so, and give what its response says.

        Args:
            request: The request.
            deadline: Bounds all of it. Default: the client's `timeout` from now.
            read: Reads the response's JSON (None for an empty response); what it raises gets the request's data.
            undecoded: Whether `read` reads the `Response` itself.
            response: What the first attempt got, if another call has made it, and left it undecoded.

        Raises:
            DOBOTOException: As the response, or its lack, says; see `doboto.errors`.
        """
        if self.io.closed:
            raise DOBOTOClientClosedException("the client is closed; make another one, or close it later")
        deadline = deadline or self.deadline()
        attempt, open_ended = 0, False
        while True:
            attempt += 1
            outcome = await self._attempt(request, deadline, attempt, read, response, undecoded=undecoded)
            response = None
            if not isinstance(outcome, DOBOTOException):
                return cast(T, outcome)
            if open_ended and request.method == "DELETE" and isinstance(outcome, DOBOTONotFoundException):
                return cast(T, None)  # an earlier attempt took effect, and its response was lost
            outcome.earlier_open = open_ended and request.method not in READS
            open_ended = open_ended or outcome.outcome_open
            pause = self.retry.pause(request, outcome, attempt, _chance())
            if pause is None or pause >= deadline.remaining(self.io.clock.monotonic()):
                if open_ended and isinstance(outcome, DOBOTOConnectionException):
                    outcome.sent = True  # this attempt was not, but an earlier one may have taken effect
                raise outcome
            await self._report_retry(request, attempt, pause, outcome)
            await self.io.sleep(pause)

    async def _report_retry(self, request: Request, attempt: int, pause: float, failure: DOBOTOException) -> None:
        from ..events import Retrying, Unreachable  # most calls report nothing

        kind = Unreachable if attempt == 1 and _is_unreachable(failure) else Retrying
        await self.emit(kind(request.method, request.target, attempt, pause, failure))

    async def _attempt(
        self,
        request: Request,
        deadline: Deadline,
        attempt: int,
        read: Callable[[Any], Any] | None,
        response: Response | None,
        *,
        undecoded: bool,
    ) -> Any:
        """One exchange: the response's value, or the failure as a value, with the request's data."""
        sent_at: float | None = None
        try:
            if response is None:
                response, sent_at = await self._exchange(request, deadline)
                self._note(response, sent_at)
                self.io.concurrency.restore() if response.status < 429 else self.io.concurrency.reduce()
            if response.ok:
                value = response if undecoded else self.decode(response)
                return value if read is None else read(value)
            failure = responses.to_exception(response)
        except DOBOTOException as error:
            failure = error
            if isinstance(error, DOBOTOTimeoutException):
                self.io.concurrency.reduce()
        failure.method = request.method
        failure.url = self.url + request.target
        failure.sent_at = failure.sent_at if sent_at is None else sent_at
        failure.attempts = attempt if not _is_unsent(failure) else attempt - 1
        if isinstance(failure, DOBOTORateLimitException) and failure.status == 429:
            self._record_refusal(failure)
        return failure

    def decode(self, response: Response) -> Any:
        """Decode a response's JSON, a large one with the garbage collector paused.

        Raises:
            DOBOTOInvalidResponseException: It is no JSON.
        """
        if not self.pause_collector or not is_large(response.body):
            return responses.read_value(response)
        from .memory import gc_paused  # most programs get no large response

        with gc_paused():
            return responses.read_value(response)

    async def _exchange(self, request: Request, deadline: Deadline) -> tuple[Response, float]:
        """The response, and when the request was sent; an error has the latter, too."""
        turn = self.limiter.join()
        sent_at: float | None = None
        counts = False
        try:
            await self._turn(turn, request, deadline)
            left = deadline.remaining(self.io.clock.monotonic())
            if left <= 0:
                raise DOBOTOTimeoutException(f"the deadline of {deadline.seconds:g} s is over", sent=False)
            wire = self._wire(request)
            sent_at, counts = self.io.clock.time(), True
            return await self._send_attempt(request, wire, left), sent_at
        except DOBOTOException as failure:
            failure.sent_at = sent_at
            counts = counts and not (isinstance(failure, DOBOTOConnectionException) and not failure.sent)
            raise
        finally:
            self.limiter.leave(turn, self.io.clock.monotonic(), counts=counts)

    async def _send_attempt(self, request: Request, wire: WireRequest, left: float) -> Response:
        """The response; how the exchange ended is logged, also where it failed."""
        began = self.io.clock.monotonic()
        try:
            response = await self.io.transport.send(wire, self._bounds(left))
        except DOBOTOException as failure:
            log_exchange(request, failure, self.io.clock.monotonic() - began)
            raise
        log_exchange(request, response, self.io.clock.monotonic() - began)
        return response

    async def gather_reads(
        self, jobs: Sequence[Job[T]], on_idle: Callable[[], object] | None = None
    ) -> list[T | Exception]:
        """Run jobs that only read side by side; return results in order, the exception of a job that failed.

        `on_idle` may be called, once, while all of them wait.

        In threads where a program's own code may run in between: it may block, or call an operation, which must not
        wait for jobs that its own thread would have to go on with.
        """
        has_foreign_code = self.on_event is not None or self.lease is not None
        return await (self.io.gather(jobs) if has_foreign_code else self.io.gather_reads(jobs, on_idle))

    def new_recovery_tag(self) -> str | None:
        """A tag that no other request has, here or anywhere; None where the client is not to use any."""
        return None if self.recovery_tag is None else f"doboto-{os.urandom(12).hex()}"

    def api_time(self, moment: float | None) -> float:
        """A moment of the client's clock on the API's, by the Date headers of its responses. Default: now."""
        return self.api_clock.at(self.io.clock.time() if moment is None else moment)

    async def _turn(self, turn: Turn, request: Request, deadline: Deadline) -> None:
        """Wait for a moment within the rate limit: this process's own, and what it shares with others if it does."""
        while True:
            now = self.io.clock.monotonic()
            wait = self.limiter.ask(turn, now)
            if not wait and self.lease is not None:
                wait = await self.lease.take()
                if wait:
                    self.limiter.postpone(turn, now, wait)
            if not wait:
                return
            if wait > deadline.remaining(now):
                raise self._no_room(wait, deadline)
            if wait >= NOTABLE:
                from ..events import RateLimited  # most calls report nothing

                await self.emit(RateLimited(request.method, request.target, wait))
            await self.io.sleep(wait)

    def _no_room(self, wait: float, deadline: Deadline) -> DOBOTORateLimitException:
        return DOBOTORateLimitException(
            f"no room within the rate limit before the deadline of {deadline.seconds:g} s",
            ratelimit=self.limiter.hourly,
            retry_after=wait,
        )

    def _note(self, response: Response, sent_at: float) -> None:
        """Keep what every response says of the rate limit and the time, errors included."""
        if "date" in response.headers:
            self.api_clock.note(response.headers["date"], sent_at, self.io.clock.time())
        hourly = RateLimit.from_headers(response.headers)
        if hourly is not None:
            self.limiter.update(hourly)
            if hourly.remaining == 0 and response.status != 429:  # the hour is used up: the next one would be refused
                self.limiter.record_exhaustion(self.io.clock.monotonic(), self._until(hourly.reset))

    def _until(self, reset: float) -> float:
        """Return the seconds until a moment of the API's clock, at most an hour and a minute."""
        seconds = max(0.0, reset - self.api_time(None))
        if seconds > LONGEST_PAUSE:
            logger().warning("the response asks to wait %.0f s; waiting %.0f s at most", seconds, LONGEST_PAUSE)
        return min(seconds, LONGEST_PAUSE)

    def _record_refusal(self, failure: DOBOTORateLimitException) -> None:
        """A 429 holds back all threads and tasks, for as long as the API says.

        One that leaves requests of the hour is of that operation alone, such as a snapshot of a volume every ten
        minutes: at the limit of a minute, `ratelimit-remaining` is 0, too (openapi PR#816). Only the limit of a minute
        comes with Retry-After; for that of the hour, `reset` is when the oldest request expires and there is room for
        one more (API reference, "Rate Limit").
        """
        if failure.retry_after is None and failure.ratelimit is not None and failure.ratelimit.remaining == 0:
            failure.retry_after = self._until(failure.ratelimit.reset)
        if failure.ratelimit is not None and failure.ratelimit.remaining > 0:
            failure.message += f"; the limit is that of {failure.method} {failure.url} alone"
            return
        if failure.retry_after is not None:
            if failure.retry_after >= LONGEST_PAUSE:
                logger().warning(
                    "Retry-After: %s; waiting %.0f s at most", failure.headers.get("retry-after"), LONGEST_PAUSE
                )
            self.limiter.record_refusal(self.io.clock.monotonic(), failure.retry_after)

    def _bounds(self, left: float) -> Timeouts:
        return Timeouts(min(self.timeouts.connect, left), min(self.timeouts.read, left), left)

    def _wire(self, request: Request) -> WireRequest:
        url, body = self.url + request.target, None
        headers = SecretHeaders({"Accept": "application/json", "User-Agent": self._agent, **request.headers})
        if request.method not in READS:
            headers["Content-Type"] = "application/json"
        if request.body is not None:
            body = encode(request.body)
        headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return WireRequest(request.method, url, headers, body)


def _chance() -> float:
    """A random number from 0 to 1, for jitter."""
    from random import random  # most calls are not repeated

    return random()  # noqa: S311 - no secret


def log_interruption(text: str, **state: Any) -> None:
    """Log what was under way when a call was interrupted; a callback can't be awaited any more."""
    from ..events import Interrupted  # most calls report nothing

    event = Interrupted(text)
    logger().log(event.level, "%s", event, extra={"event": event, **state})


def _is_unreachable(failure: DOBOTOException) -> bool:
    """Return whether no connection could be made."""
    return isinstance(failure, DOBOTOConnectionException) and not failure.sent


def _is_unsent(failure: DOBOTOException) -> bool:
    """Return whether this failure came before anything was sent."""
    if isinstance(failure, DOBOTORateLimitException):
        return failure.status is None
    return isinstance(failure, DOBOTOTimeoutException) and not failure.sent and failure.status is None

"""Whether a request that failed is sent again, and when. Decides; never sleeps."""

from __future__ import annotations

from dataclasses import dataclass

from .._json import is_finite
from ..errors import (
    DOBOTOCertificateException,
    DOBOTOConnectionException,
    DOBOTOException,
    DOBOTOHTTPException,
    DOBOTOInvalidResponseException,
    DOBOTORateLimitException,
    DOBOTOResponseTooLargeException,
    DOBOTOServerException,
)
from .request import Request

#: The one status of 500 and above that is final: the API has no such operation (RFC 9110, 15.6.2). All others may pass,
#: those of the proxies before the API included: 520 to 530 are Cloudflare's (godo#142: a 524 with HTML).
NOT_IMPLEMENTED = 501


@dataclass(frozen=True, slots=True)
class Retry:
    """The retry policy: a value, the same for every call of a client unless one is given its own.

    A request that reads, or that does the same when sent twice, is sent again after a connection error, a timeout, a
    response cut short, 408, 429 and every status from 500 on but 501. Any other request is sent again only where it
    certainly took no effect: after a 429, and when the connection was never made. A certificate that isn't trusted is
    final. The pause grows from `base` seconds by `factor` up to `longest`, with jitter; `Retry-After` is obeyed. All of
    it stays within the call's deadline.

    Attributes:
        attempts: How often a request is sent at most, the first time included.
        base: The first pause in seconds, before jitter.
        factor: What each further pause is multiplied by.
        longest: The longest pause in seconds that the policy chooses itself.
    """

    attempts: int = 6
    base: float = 0.5
    factor: float = 2.0
    longest: float = 20.0

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError("attempts must be 1 or more")
        if not (is_finite(self.base) and is_finite(self.factor)):
            raise ValueError("base and factor must be finite")
        if not (self.base >= 0 and self.factor >= 1 and self.longest >= 0):  # NaN is none of these
            raise ValueError("base and longest must be 0 or more, factor must be 1 or more")

    @classmethod
    def never(cls) -> Retry:
        """Return the policy that sends everything once."""
        return cls(attempts=1)

    def pause(self, request: Request, failure: DOBOTOException, attempt: int, chance: float) -> float | None:
        """Seconds to wait before the request is sent again; None to give up.

        Args:
            request: The request that failed.
            failure: How it failed.
            attempt: How often it was sent by now, 1 or more.
            chance: A random number from 0 to 1, for the jitter.
        """
        if attempt >= self.attempts or not can_repeat(request, failure):
            return None
        # Half of the pause is fixed and half is chance: it never falls to nothing, and many clients spread out.
        backoff = min(self.longest, self.base * self.factor ** min(attempt - 1, 60)) * (0.5 + chance / 2)
        if isinstance(failure, DOBOTOHTTPException) and failure.retry_after is not None:
            return max(failure.retry_after, backoff)  # 0 seconds, or a clock that disagrees, is no reason to hurry
        return backoff


def can_repeat(request: Request, failure: DOBOTOException) -> bool:
    """Return whether sending it again may help and can do no harm."""
    if isinstance(failure, DOBOTORateLimitException):
        return True
    if isinstance(failure, DOBOTOCertificateException | DOBOTOResponseTooLargeException):
        return False  # it will be the same again
    if isinstance(failure, DOBOTOConnectionException) and not failure.sent:
        return True
    return request.repeatable and is_transient(failure)


def is_transient(failure: DOBOTOException) -> bool:
    """Return whether the same request may succeed a moment later."""
    if isinstance(failure, DOBOTOServerException):
        return failure.status != NOT_IMPLEMENTED
    if isinstance(failure, DOBOTOInvalidResponseException):
        return failure.status == 200  # cut short on its way; a redirect will be there again
    return isinstance(failure, DOBOTOConnectionException | DOBOTORateLimitException)

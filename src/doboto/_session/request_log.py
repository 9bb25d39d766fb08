"""What the log says of every exchange with the API, at DEBUG: what was asked, how it ended, what it left of the limit.

Headers and bodies stay out of it: the token is in the former; private keys, user data and the like are in the latter.
"""

from __future__ import annotations

from .._core.request import Request
from .._core.response import Response
from .._io.log import DEBUG, is_heard, logger
from ..errors import DOBOTOException
from ..ratelimit import RateLimit


def log_exchange(request: Request, outcome: Response | DOBOTOException, seconds: float) -> None:
    """Log one attempt of a request. The record's `exchange` holds the same as a dict, for handlers that want it so."""
    if not is_heard(DEBUG) or not logger().isEnabledFor(DEBUG):
        return
    facts = _of_response(outcome) if isinstance(outcome, Response) else _of_failure(outcome)
    exchange = {"method": request.method, "path": request.target, **facts, "seconds": round(seconds, 3)}
    logger().debug(
        "%s %s: %s in %.3f s%s",
        request.method,
        request.target,
        facts.get("status") or facts["error"],
        seconds,
        _notes(facts),
        extra={"exchange": exchange},
    )


def _of_failure(failure: DOBOTOException) -> dict[str, object]:
    return {"error": f"{type(failure).__name__}: {failure}"}


def _of_response(response: Response) -> dict[str, object]:
    limit = RateLimit.from_headers(response.headers)
    id = response.headers.get("x-request-id")
    return {
        "status": response.status,
        **({} if id is None else {"request_id": id}),
        **({} if limit is None else {"requests_left": limit.remaining, "requests_limit": limit.limit}),
    }


def _notes(facts: dict[str, object]) -> str:
    notes = [f"request {facts['request_id']}"] if "request_id" in facts else []
    if "requests_left" in facts:
        notes.append(f"{facts['requests_left']} of {facts['requests_limit']} requests left")
    return f" ({'; '.join(notes)})" if notes else ""

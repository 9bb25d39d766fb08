"""The rate limit as the API tells it in every reply's headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What the last reply said of the hourly rate limit.

    Attributes:
        limit: Requests allowed in an hour.
        remaining: Requests left of them; 0 also when only the limit of a minute is used up.
        reset: When the oldest counted request expires, in seconds since 1970 (UTC).
    """

    limit: int
    remaining: int
    reset: int

    def __str__(self) -> str:
        return f"{self.remaining} of {self.limit} requests left, reset at {self.reset}"

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> RateLimit | None:
        """Read the three headers; None where one is missing or no number."""
        try:
            return cls(*(int(headers[f"ratelimit-{name}"]) for name in ("limit", "remaining", "reset")))
        except (KeyError, ValueError):
            return None

"""The rate limit as every response's headers report it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

#: More digits are no count, and no moment of this epoch even in microseconds.
NUMBER = re.compile(r"[0-9]{1,16}")
#: What has the attributes of a `RateLimit`, in their order.
HEADERS = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")


class RateLimit(NamedTuple):
    """What the last response said of the hourly rate limit.

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
        """Read the three headers; return None if one is missing or not a number."""
        found = [headers.get(name, "").strip() for name in HEADERS]
        return cls(*map(int, found)) if all(map(NUMBER.fullmatch, found)) else None

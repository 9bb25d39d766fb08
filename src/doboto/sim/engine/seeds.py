"""What a seed can be: a number that a saved state has room for."""

from __future__ import annotations

#: SQLite keeps whole numbers in 64 bits with a sign (SQLite, "Datatypes").
BEYOND = 2**63


def valid(seed: object) -> int:
    """The seed itself, else ValueError."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < BEYOND:
        raise ValueError("seed must be a whole number from 0 to 2**63 - 1")
    return seed

"""What somebody may have meant who made a typing error."""

from __future__ import annotations

from collections.abc import Iterable


def suggestion(given: str, among: Iterable[str]) -> str:
    """A question, if something is like it."""
    from difflib import get_close_matches

    close = get_close_matches(given, list(among), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else ""

"""Clients in other processes.

`multiprocessing` may send a client, or a method of one, to a worker: the worker makes a client of its own with the same
token and settings. Anything else that pickles could keep the token somewhere, and is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

#: Settings that are objects of this process.
LOCAL = ("transport", "clock", "limiter", "shared_rate_limit", "on_event")


def reduce_client(client: type[Any], token: Callable[[], str], settings: Mapping[str, Any]) -> tuple[Any, ...]:
    """How to make a client again in a worker of `multiprocessing`.

    Args:
        client: The client's class.
        token: Returns the token.
        settings: The client's other settings.

    Raises:
        TypeError: Something else pickles it, or it has a setting that cannot leave this process.
    """
    if not _multiprocessing_pickles():
        raise TypeError("a client is not pickled, because its token would be: create one where it is needed")
    if local := [name for name in LOCAL if settings.get(name) is not None]:
        raise TypeError(f"a client with {' and '.join(local)} cannot be sent to another process: create one there")
    return _restore, (client, token(), dict(settings))


def _restore(client: type[Any], token: str, settings: dict[str, Any]) -> Any:
    return client(token, **settings)


def _multiprocessing_pickles() -> bool:
    """Return whether the nearest frame outside this package is that of `multiprocessing`'s own pickler."""
    frame = sys._getframe(1)  # noqa: SLF001 - nothing else shows who pickles
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("doboto."):
        frame = frame.f_back
    return frame.f_globals.get("__name__") == "multiprocessing.reduction"

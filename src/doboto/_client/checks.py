"""Checks of a client's settings when it is made: an invalid one would show later, as another error."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from .._core.attributes import refuse_unknown
from .._core.deadline import check_callback, duration
from .._core.request import check_flag
from .._core.retry import Retry
from .._core.urls import is_reachable
from ..errors import DOBOTOConfigurationException

P = ParamSpec("P")
R = TypeVar("R")

#: What a header may hold: visible ASCII and spaces (RFC 9110, 5.5, without what it calls obsolete).
HEADER = re.compile(r"[!-~][ -~]*")


def check(**settings: object) -> None:
    """Refuse invalid settings, by their names.

    Raises:
        DOBOTOConfigurationException: One of them is invalid.
    """
    for name, value in settings.items():
        try:
            CHECKS[name](name, value)
        except (TypeError, ValueError) as wrong:
            raise DOBOTOConfigurationException(str(wrong), parameter=name) from None


def refuse_unknown_settings(function: Callable[P, R]) -> Callable[P, R]:
    """Make a method refuse keyword arguments that it does not have, each with the name that it resembles.

    The arguments, among them the token, are in no frame of the wrapper when the method raises.
    """
    code = getattr(function, "__code__")  # noqa: B009 - typed as a callable
    known = frozenset(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        __tracebackhide__ = True
        try:
            if not known.issuperset(kwargs):
                name = type(args[0]).__name__ if function.__name__ == "__init__" else function.__name__
                refuse_unknown(name, dict.fromkeys(kwargs), known)
            return function(*args, **kwargs)
        finally:
            del args, kwargs

    return call


def _seconds(name: str, value: object) -> None:
    duration(name, cast(float, value), positive=True)


def _flag(name: str, value: object) -> None:
    check_flag(name, cast(bool, value))


def _retry(name: str, value: object) -> None:
    if value is not None and not isinstance(value, Retry):
        raise TypeError(f"{name} must be a Retry, as in {name}=Retry(attempts=3), not {type(value).__name__}")


def _count(name: str, value: object) -> None:
    if type(value) is not int or value < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more, not {value!r}")


def _header(name: str, value: object) -> None:
    if not isinstance(value, str) or not HEADER.fullmatch(value):
        raise ValueError(f"{name} must be text of ASCII characters on one line, not {value!r}")


def _file(name: str, value: object) -> None:
    """Check that a path names a file; what it holds shows when it is loaded."""
    if value is None:
        return
    if not isinstance(value, str | os.PathLike):
        raise TypeError(f"{name} must be a path, not {type(value).__name__}")
    from pathlib import Path  # most programs name no file

    path = Path(cast("str | os.PathLike[str]", value))
    if not path.is_file():
        raise ValueError(f"{name}: there is no file {str(path)!r}")


def _proxy(name: str, value: object) -> None:
    """Check a proxy's URL; the message does not show it, for it may hold a password."""
    if value is None or value == "":
        return
    if not is_reachable(value):
        raise ValueError(f'{name} must be an http or https URL, as in "http://proxy.example:3128"')


def _function(name: str, value: object) -> None:
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be a function, not {type(value).__name__}")


def _recovery_tag(name: str, value: object) -> None:
    if value not in (None, "keep", "remove"):
        raise ValueError(f"{name} must be 'keep', 'remove' or None, not {value!r}")


def _callback(name: str, value: object) -> None:
    """Check a callback; it comes with whether the client can await what it returns."""
    callback, awaits = cast("tuple[object, bool]", value)
    check_callback(name, callback, awaits=awaits)


CHECKS: Mapping[str, Callable[[str, object], None]] = {
    "agent": _header,
    "connect_timeout": _seconds,
    "read_timeout": _seconds,
    "timeout": _seconds,
    "deadline": _seconds,
    "retry": _retry,
    "proxy": _proxy,
    "ca_file": _file,
    "connections": _count,
    "max_response_size": _count,
    "allow_http": _flag,
    "pause_collector": _flag,
    "on_event": _callback,
    "strict": _flag,
    "recovery_tag": _recovery_tag,
    "wrap_transport": _function,
}

"""Settings as JSON: the members to change, checked against the types that `Settings` declares."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from .lifecycle import DURATIONS
from .records import as_list, as_record
from .settings import Settings

#: As seconds almost 70 years; what is larger leads out of the calendar.
LARGEST: Final = 2**31 - 1
#: Numbers that make no sense as 0, which is the least of the others.
AT_LEAST: Final = {"per_page_default": 1, "per_page_max": 1, "names_per_request": 1, "droplets_per_host": 1}
_TYPES: Final[Mapping[str, Any]] = get_type_hints(Settings)


def read_file(path: Path) -> Settings:
    """The settings of a JSON file; OSError or ValueError if there are none."""
    return changed(Settings(), json.loads(path.read_text(encoding="utf-8")))


def changed(settings: Settings, members: object) -> Settings:
    """The settings with some members changed; ValueError for what is no setting or none of its values."""
    given = as_record(members)
    if given is None:
        raise ValueError("settings must be a JSON object")
    unknown = sorted(given.keys() - _TYPES.keys())
    if unknown:
        raise ValueError(f"there is no setting {', '.join(unknown)}; there are {', '.join(sorted(_TYPES))}")
    values = {name: _value(name, value) for name, value in given.items()}
    if "durations" in values:
        values["durations"] = {**settings.durations, **values["durations"]}
    return replace(settings, **values)


def _value(name: str, value: object) -> Any:
    wanted = _TYPES[name]
    if get_origin(wanted) is Literal:
        if value not in get_args(wanted):
            raise ValueError(f"{name} must be one of {', '.join(get_args(wanted))}")
        return value
    return _READ[get_origin(wanted) or wanted](name, value)


def _whole(name: str, value: object) -> int:
    least = AT_LEAST.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= LARGEST:
        raise ValueError(f"{name} must be a whole number from {least} to {LARGEST}")
    return value


def _number(name: str, value: object) -> float:
    number = float(value) if isinstance(value, float) else float(_whole(name, value))
    if not (math.isfinite(number) and 0 <= number <= LARGEST):
        raise ValueError(f"{name} must be a number from 0 to {LARGEST}")
    return number


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")  # noqa: TRY004 - the same error as for any wrong value
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text")  # noqa: TRY004 - as above
    return value


def _ports(name: str, value: object) -> tuple[int, ...]:
    ports = as_list(value)
    if ports is None or not all(0 < _whole(name, port) < 2**16 for port in ports):
        raise ValueError(f"{name} must be a list of ports from 1 to 65535")
    return tuple(ports)


def _durations(name: str, value: object) -> dict[str, float]:
    seconds = as_record(value)
    unknown = sorted((seconds or {}).keys() - DURATIONS.keys())
    if seconds is None or unknown:
        raise ValueError(f"{name} must be seconds by name of event, and {unknown} are none")
    return {event: _number(event, lasts) for event, lasts in seconds.items()}


_READ: Final[Mapping[object, Callable[[str, object], Any]]] = {
    int: _whole,
    float: _number,
    bool: _flag,
    str: _text,
    tuple: _ports,
    Mapping: _durations,
}

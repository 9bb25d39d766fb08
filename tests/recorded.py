"""What public recordings show of the real API (`recorded.json`): matching a reply with it, and making one from it."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parent / "recorded.json").read_text(encoding="utf-8"))
FACTS: list[dict[str, Any]] = DOCUMENT["facts"]
#: Stands for further members of an object or items of a list.
MORE = "..."

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"


def _like(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _steps(samples: Any) -> set[int]:
    return {later[0] - one[0] for one, later in pairwise(samples)}


#: By name of a kind of value: what fits it, and a value that does.
KINDS: dict[str, tuple[Callable[[Any], bool], Any]] = {
    "any": (lambda _: True, {}),
    "int": (lambda value: isinstance(value, int) and not isinstance(value, bool), 1),
    "number": (_number, 2.5),
    "flag": (lambda value: isinstance(value, bool), True),
    "text": (lambda value: isinstance(value, str), "text"),
    "list": (lambda value: isinstance(value, list), []),
    "digits": (_like(r"\d+"), "4999"),
    "decimal": (_like(r"-?\d+(\.\d+)?"), "1.5"),
    "email": (_like(r"[^@]+@[^@]+"), "a@example.com"),
    "uuid": (_like(_UUID), "5a4981aa-9653-4bd1-bef5-d6bff52042e4"),
    "time": (_like(_TIME + r"(\.\d{0,8}[1-9])?Z"), "2023-11-15T08:00:00Z"),
    "time with fraction": (_like(_TIME + r"\.\d{0,8}[1-9]Z"), "2019-06-21T15:04:05.99218061Z"),
    "ipv4": (lambda value: isinstance(value, str) and ipaddress.IPv4Address(value).version == 4, "192.0.2.10"),
    "vpc gateway": (_like(r"10\.\d+\.\d+\.1"), "10.108.0.1"),
    "network of 20 bits": (_like(r"10\.\d+\.\d+\.0/20"), "10.108.0.0/20"),
    "every 120 seconds": (lambda value: _steps(value) == {120}, [[0, "1"], [120, "2"]]),
    "default vpc": (_like(r"default-[a-z]+\d"), "default-nyc1"),
}


def matches(wanted: Any, value: Any, where: str = "reply") -> None:
    """Fail unless a value is what was recorded."""
    if isinstance(wanted, dict):
        _match_object(wanted, value, where)
    elif isinstance(wanted, list):
        assert isinstance(value, list), where
        items = [item for item in wanted if item != MORE]
        assert len(value) == len(items) or (MORE in wanted and len(value) >= len(items)), (where, value)
        for number, item in enumerate(items):
            matches(item, value[number], f"{where}[{number}]")
    elif isinstance(wanted, str) and re.fullmatch("<.+>", wanted):
        _match_kind(wanted[1:-1], value, where)
    else:
        assert (value, type(value)) == (wanted, type(wanted)), where


def _match_object(wanted: dict[str, Any], value: Any, where: str) -> None:
    assert isinstance(value, dict), where
    absent = {name for name, item in wanted.items() if item == "<absent>"}
    assert not absent & value.keys(), (where, absent)
    needed = wanted.keys() - absent - {MORE}
    assert needed <= value.keys(), (where, needed - value.keys())
    assert MORE in wanted or needed == value.keys(), (where, value.keys() - needed)
    for name in needed:
        matches(wanted[name], value[name], f"{where}.{name}")


def _match_kind(kind: str, value: Any, where: str) -> None:
    if kind in DOCUMENT["shapes"]:
        matches(DOCUMENT["shapes"][kind], value, where)
    elif kind.startswith("has "):
        assert kind[4:] in value, (where, value)
    elif kind.startswith("same "):
        assert sorted(value) == sorted(re.findall("'([^']+)'", kind)), (where, value)
    elif kind.startswith("page "):
        assert re.search(rf"\?page={kind[5:]}(&per_page=1)?$", value), (where, value)
    else:
        assert KINDS[kind][0](value), (where, kind, value)


def example(wanted: Any) -> Any:
    """A value that is what was recorded."""
    if isinstance(wanted, dict):
        return {name: example(item) for name, item in wanted.items() if name != MORE and item != "<absent>"}
    if isinstance(wanted, list):
        return [_numbered(example(item), number) for number, item in enumerate(wanted, 1) if item != MORE]
    if not isinstance(wanted, str) or not re.fullmatch("<.+>", wanted):
        return wanted
    kind = wanted[1:-1]
    if kind in DOCUMENT["shapes"]:
        return example(DOCUMENT["shapes"][kind])
    if kind.startswith("same "):
        return re.findall("'([^']+)'", kind)
    return KINDS[kind][1] if kind in KINDS else kind.partition(" ")[2]


def _numbered(item: Any, number: int) -> Any:
    # Items of a list are told apart by their ids.
    return {**item, "id": number} if isinstance(item, dict) and item.get("id") == KINDS["int"][1] else item

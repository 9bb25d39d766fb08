"""Which names `--columns` may hold: what the types of a result say that there can be, and what there cannot."""

from __future__ import annotations

import re
import typing
from collections.abc import Sequence
from typing import Any

from ..schema.catalog import typed_dicts
from ..schema.validate import SINGLE, choices
from ..suggest import suggestion
from .columns import COLUMNS, split

#: A path of members, each by its name.
PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def misspelt(text: str, kinds: Sequence[Any]) -> str | None:
    """What is wrong with `--columns`: a bare name that is neither a column nor a member; None where all may be right.

    Args:
        text: What was given.
        kinds: The TypedDicts that results are made of; where one is None, any name may be right.
    """
    if not kinds or any(kind is None for kind in kinds):
        return None
    names = [name for kind in kinds for name in _names(kind)]
    for part in split(text):
        if part.isidentifier() and part not in names:
            return f"no column {part!r}{suggestion(part, names)}"
        first, *rest = part.split(".")
        inside = [hint for kind in kinds for one in _rows(kind) for hint in _member(one, first)]
        if PATH.fullmatch(part) and (trouble := _astray(part, first, rest, inside)):
            return trouble
    return None


def _astray(part: str, above: str, names: Sequence[str], hints: Sequence[Any]) -> str | None:
    """What is wrong with a path of members below one: a name that cannot be there; None where it may be."""
    if not names or not hints or not all(map(_closed, hints)):
        return None
    inside = [inner for hint in hints for inner in _member(hint, names[0])]
    if not inside and any(typing.get_origin(one) is list for hint in hints for one in choices(hint)):
        return f"no column {part!r}: {above} is a list, so {above}[0].{names[0]} perhaps"
    if not inside:
        kinds = [one for hint in hints for one in choices(hint) if typing.is_typeddict(one)]
        known = [name for one in kinds for name in typing.get_type_hints(one)]
        return f"no column {part!r}: {above} has no {names[0]!r}{suggestion(names[0], known)}"
    return _astray(part, f"{above}.{names[0]}", names[1:], inside)


def _member(hint: Any, name: str) -> list[Any]:
    """The type of a member, in each of those that a type may be."""
    kinds = [typing.get_type_hints(one) for one in choices(hint) if typing.is_typeddict(one)]
    return [members[name] for members in kinds if name in members]


def _closed(hint: Any) -> bool:
    """Whether it is known which members a type has, if any: not of a dict, nor of anything at all."""
    return all(
        typing.is_typeddict(one) or one in SINGLE or typing.get_origin(one) in (list, typing.Literal)
        for one in choices(hint)
    )


def _rows(kind: Any) -> list[Any]:
    """What a table of a kind has in its lines: things of it, and of an object of lists what these hold."""
    return [kind, *(one for hint in typing.get_type_hints(kind).values() for one in typed_dicts(hint))]


def _names(kind: Any) -> list[str]:
    """Columns and members of a kind, and of the kinds in it: of an object of lists a table shows what these hold."""
    own, *inside = [list(typing.get_type_hints(one)) for one in _rows(kind)]
    columns = [column.name for column in COLUMNS.get(kind.__name__, ())]
    inner = [name for names in inside for name in names]
    return list(dict.fromkeys([*columns, *own, *inner, *(["kind"] if inner else [])]))

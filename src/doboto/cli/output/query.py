"""JMESPath: what an expression finds, which names it can give, and columns that are looked up in what it gave."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..._json import is_array, is_object
from ..errors import USAGE, Failure, line_of
from ..schema.catalog import members_of
from ..suggest import suggestion
from .columns import COLUMNS, split

#: Where an expression's syntax tree holds names that what it gives may have.
NAMING = frozenset({"field", "key_val_pair"})
#: What a table of things of several kinds says of each besides its members.
KIND = "kind"


def compiled(expression: str) -> Any:
    """An expression's syntax tree.

    Raises:
        Failure: It is none.
    """
    import jmespath
    from jmespath.exceptions import ParseError

    try:
        return jmespath.compile(expression).parsed
    except ParseError as failure:
        raise Failure(f"{expression!r} is no JMESPath expression: {line_of(failure)}", USAGE.code) from failure


def found(expression: str, value: Any) -> Any:
    """What a JMESPath expression finds.

    Raises:
        Failure: It does not fit this value.
    """
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.search(expression, value)
    except JMESPathError as failure:
        raise Failure(f"{expression!r} does not fit the result: {line_of(failure)}") from failure


def impossible(columns: str, query: str, kinds: Sequence[Any]) -> str | None:
    """What is wrong with columns of a query's result: a bare name that nothing in it can have; None if all may be.

    Such a result can have what is anywhere in the things that it is made from, and what the query names itself.

    Args:
        columns: What `--columns` says.
        query: What `--query` says.
        kinds: The TypedDicts that results are made of; where one is None, any name may be right.
    """
    if not kinds or any(kind is None for kind in kinds):
        return None
    own = [column.name for kind in kinds for column in COLUMNS.get(kind.__name__, ())]
    members = [name for kind in kinds for name in members_of(kind)]
    names = list(dict.fromkeys([*own, *members, *_named(compiled(query)), KIND]))
    return next((f"no column {one!r}{suggestion(one, names)}" for one in bare(columns) if one not in names), None)


def lacking(columns: str, rows: Sequence[Any], known: Sequence[str]) -> str | None:
    """What is wrong with columns of things that are here: a bare name that none of them has; None if there is none.

    Args:
        columns: What `--columns` says.
        rows: The things.
        known: Names of columns that they have besides their members.
    """
    names = list(dict.fromkeys([*known, *(name for row in rows if is_object(row) for name in row)]))
    missing = [one for one in bare(columns) if rows and one not in names]
    return f"what --query gives has no {missing[0]!r}{suggestion(missing[0], names)}" if missing else None


def hint(query: str, part: Any, kind: Any) -> str | None:
    """Why a query found nothing, where that is for a name that tables alone have; None where it may be right.

    Args:
        query: What `--query` says.
        part: What it found.
        kind: The TypedDict that the result is one or many of, or None.
    """
    if kind is None or not _hollow(part):
        return None
    tree = compiled(query)
    given = set(_named(tree, frozenset({"key_val_pair"})))
    members = set(typing.get_type_hints(kind)) | given
    computed = {column.name: column.path for column in COLUMNS.get(kind.__name__, ()) if column.path}
    names = [name for name in dict.fromkeys(_named(tree)) if name not in members]
    told = [f"{name} is a column; in the JSON it is {computed[name]}" for name in names if name in computed]
    known = list(dict.fromkeys([*members_of(kind), *computed, *given]))
    told += [f"nothing is called {name!r}{suggestion(name, known)}" for name in names if name not in known]
    return "; ".join(told) or None


def _hollow(part: Any) -> bool:
    """Whether nothing was found, or a part of it was not."""
    if is_object(part):
        return any(one is None for one in part.values())
    return part is None or (is_array(part) and (not part or all(map(_hollow, part))))


def bare(columns: str) -> list[str]:
    """Those of the columns that are names, and no expressions."""
    return [part for part in split(columns) if part.isidentifier()]


def _named(tree: Any, naming: frozenset[str] = NAMING) -> Iterator[str]:
    """All names in an expression, those in its literals included."""
    if is_array(tree):
        for one in tree:
            yield from _named(one, naming)
    elif is_object(tree):
        value = tree.get("value")
        if tree.get("type") in naming:
            yield str(value)
        elif tree.get("type") == "literal":
            yield from _keys(value)
        yield from _named(tree.get("children", []), naming)


def _keys(literal: Any) -> Iterator[str]:
    for inner in literal.values() if is_object(literal) else literal if is_array(literal) else []:
        yield from _keys(inner)
    if is_object(literal):
        yield from literal


def same_things(value: Any, part: Any) -> bool:
    """Whether a part of a result is made of whole things of it, as a filter gives, so that it is of their kind."""
    things, parts = {id(one) for one in _things(value)}, _things(part)
    return bool(parts) and all(id(one) in things for one in parts)


def _things(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in (value if is_array(value) else [value]) if is_object(one)]

"""Expressions on a result, `--query` and `--columns`: what they find, and why some find nothing."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..._json import is_array, is_object
from ...catalog import typed_dicts
from ..errors import USAGE, Failure, line_of, question_of, suggestion
from ..schema.catalog import SINGLE, choices, members_of
from .columns import COLUMNS, find_column, split_columns

#: Nodes of an expression's syntax tree that hold names which its result may have.
NAMING = frozenset({"field", "key_val_pair"})
#: The column that a table of several kinds of objects adds.
KIND = "kind"
#: A path of members, each by its name.
PATH = r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+"
#: How like a name must be to be suggested ("completed_at" is as like "droplet" as 0.53).
ALIKE = 0.55
#: How many keys and objects a hint lists.
MOST_KEYS = 20
MOST_OBJECTS = 5
#: What columns are called elsewhere, in lower case without separators (doctl's `--format` has `PublicIPv4`), each with
#: the columns here, the likeliest first.
OTHER_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "address": ("public_ipv4", "ip"),
    "addresses": ("public_ipv4", "ip"),
    "age": ("created_at", "started_at"),
    "cost": ("price_monthly",),
    "cpu": ("vcpus",),
    "cpus": ("vcpus",),
    "created": ("created_at", "started_at"),
    "datacenter": ("region",),
    "distro": ("distribution", "image"),
    "droplet": ("resource_name", "droplet_ids", "droplet_id"),
    "droplets": ("droplet_ids", "droplets_count"),
    "ip": ("public_ipv4", "ip"),
    "ipaddress": ("public_ipv4", "ip"),
    "ips": ("public_ipv4", "ip"),
    "ipv4": ("public_ipv4", "ip"),
    "ipv6": ("public_ipv6",),
    "label": ("tags",),
    "labels": ("tags",),
    "location": ("region",),
    "os": ("image", "distribution"),
    "plan": ("size",),
    "price": ("price_monthly",),
    "privateaddress": ("private_ipv4",),
    "privateip": ("private_ipv4",),
    "publicaddress": ("public_ipv4",),
    "publicip": ("public_ipv4",),
    "publicipv4": ("public_ipv4",),
    "ram": ("memory",),
    "started": ("started_at",),
    "state": ("status",),
    "uuid": ("id",),
    "vpc": ("vpc_uuid",),
    "vpcid": ("vpc_uuid",),
    "vpcuuid": ("vpc_uuid",),
    "zone": ("region",),
}


def compile_expression(expression: str) -> Any:
    """Parse an expression to its syntax tree.

    Raises:
        Failure: It is no JMESPath.
    """
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        tree = jmespath.compile(expression).parsed
    except JMESPathError as failure:
        raise Failure(f"invalid JMESPath expression {expression!r}: {line_of(failure)}", USAGE.code) from failure
    if problem := next(_wrong_functions(tree), None):
        raise Failure(f"invalid JMESPath expression {expression!r}: {problem}", USAGE.code)
    return tree


def _wrong_functions(tree: Any) -> Iterator[str]:
    """Find calls of functions that JMESPath does not have, or with another number of arguments."""
    from jmespath.functions import Functions

    if not is_object(tree):
        return
    if tree.get("type") == "function_expression":
        name, given = tree["value"], len(tree["children"])
        function = Functions.FUNCTION_TABLE.get(name)
        if function is None:
            yield f"there is no function {name}(){suggestion(name, Functions.FUNCTION_TABLE)}"
            return
        signature = function["signature"]
        variadic = any(one.get("variadic") for one in signature)
        if given < len(signature) or (given > len(signature) and not variadic):
            yield f"{name}() takes {len(signature)} argument{'s' * (len(signature) != 1)}, not {given}"
    for child in tree.get("children", []):
        yield from _wrong_functions(child)


# -- before anything is sent


def check_columns(text: str, kinds: Sequence[Any]) -> str | None:
    """Find what is wrong with `--columns`: a name that is neither a column nor a member.

    Args:
        text: The option's value.
        kinds: The TypedDicts that results are made of; where one is None, any name may be right.

    Returns:
        The problem, or None where all may be right.
    """
    if not kinds or any(kind is None for kind in kinds):
        return None
    names = [name for kind in kinds for name in _names_of(kind)]
    for part in split_columns(text):
        if part.isidentifier() and find_column(part, names) is None:
            return f"no column {part!r}{suggest_column(part, names) or f'; there are {_list(names)}'}"
        first, *rest = part.split(".")
        inside = [hint for kind in kinds for one in _row_types(kind) for hint in _member(one, first)]
        if re.fullmatch(PATH, part) and (problem := _check_path(part, first, rest, inside)):
            return problem
    return None


def suggest_column(given: str, among: Sequence[str]) -> str:
    """Return a question, if a column means the same by another name; else if one is spelled much like it.

    Args:
        given: The name that was given.
        among: The columns that there are.
    """
    name = given.lower().replace("_", "").replace("-", "").replace(" ", "")
    meant = [one for one in OTHER_COLUMNS.get(name, ()) if one in among][:1]
    parts = [one for one in among if given.lower() in one.split("_")][:1]  # `size` is `size_gigabytes`
    return question_of(meant or parts) or suggestion(given.lower(), among, ALIKE)


def check_query_columns(columns: str, query: str, kinds: Sequence[Any]) -> str | None:
    """Find what is wrong with columns of a query's result: a name that nothing in it can have.

    Such a result can have any member of the objects that it is made from, at any depth, and what the query names.

    Args:
        columns: The value of `--columns`.
        query: The value of `--query`.
        kinds: The TypedDicts that results are made of; where one is None, any name may be right.

    Returns:
        The problem, or None where all may be right.
    """
    if not kinds or any(kind is None for kind in kinds):
        return None
    own = [column.name for kind in kinds for column in COLUMNS.get(kind.__name__, ())]
    members = [name for kind in kinds for name in members_of(kind)]
    names = list(dict.fromkeys([*own, *members, *_names_in(compile_expression(query)), KIND]))
    missing = [one for one in plain_names(columns) if find_column(one, names) is None]
    return f"no column {missing[0]!r}{suggest_column(missing[0], names)}" if missing else None


def _check_path(part: str, above: str, names: Sequence[str], hints: Sequence[Any]) -> str | None:
    """Find a name in a path of members that cannot be there."""
    if not names or not hints or not all(map(_is_closed, hints)):
        return None
    inside = [inner for hint in hints for inner in _member(hint, names[0])]
    if not inside and any(typing.get_origin(one) is list for hint in hints for one in choices(hint)):
        return f"no column {part!r}: {above} is a list; did you mean {above}[0].{names[0]}?"
    if not inside:
        kinds = [one for hint in hints for one in choices(hint) if typing.is_typeddict(one)]
        known = [name for one in kinds for name in typing.get_type_hints(one)]
        return f"no column {part!r}: {above} has no {names[0]!r}{suggestion(names[0], known)}"
    return _check_path(part, f"{above}.{names[0]}", names[1:], inside)


def _member(hint: Any, name: str) -> list[Any]:
    """Return the type of a member, in each TypedDict that a type may be."""
    kinds = [typing.get_type_hints(one) for one in choices(hint) if typing.is_typeddict(one)]
    return [members[name] for members in kinds if name in members]


def _is_closed(hint: Any) -> bool:
    """Whether a type's members are known: those of a dict or of Any are not."""
    return all(
        typing.is_typeddict(one) or one in SINGLE or typing.get_origin(one) in (list, typing.Literal)
        for one in choices(hint)
    )


def _row_types(kind: Any) -> list[Any]:
    """Return the types of a table's rows: the kind itself, and for an object of lists those of their items."""
    return [kind, *(one for hint in typing.get_type_hints(kind).values() for one in typed_dicts(hint))]


def _names_of(kind: Any) -> list[str]:
    """Return columns and members of a kind, and of the kinds inside it, whose objects a table shows in rows."""
    own, *inside = [list(typing.get_type_hints(one)) for one in _row_types(kind)]
    columns = [column.name for column in COLUMNS.get(kind.__name__, ())]
    inner = [name for names in inside for name in names]
    return list(dict.fromkeys([*columns, *own, *inner, *([KIND] if inner else [])]))


# -- when the result is there


def find_missing_column(columns: str, rows: Sequence[Any], known: Sequence[str]) -> str | None:
    """Find a column that no row of a query's result has.

    Args:
        columns: The value of `--columns`.
        rows: The rows.
        known: Columns that these have besides their members.

    Returns:
        The problem, or None if there is none.
    """
    names = list(dict.fromkeys([*known, *(name for row in rows if is_object(row) for name in row)]))
    missing = [one for one in plain_names(columns) if rows and find_column(one, names) is None]
    if not missing:
        return None
    hint = suggest_column(missing[0], names) or f"; it has {_list(names)}"
    return f"the result of --query has no {missing[0]!r}{hint}"


def explain_empty(query: str, value: Any, part: Any, kind: Any) -> str | None:
    """Explain why a query found nothing: a name that only tables have, or a shape that the result does not have.

    Args:
        query: The value of `--query`.
        value: The whole result.
        part: What the query found.
        kind: The TypedDict that the result is one or many of, or None.

    Returns:
        The explanation, or None where the query may be right.
    """
    if not _is_hollow(part):
        return None
    explained = [] if kind is None else _explain_names(query, kind)
    explanations = [one.text for one in explained]
    if any(one.has_remedy for one in explained):
        return "; ".join(explanations)
    misfit = part is None and value is not None and (is_array(value) or not _resolves(query, value))
    is_answer = _resolves(query, value) or (kind is not None and not explained)  # no tags are an answer
    shape = _explain_shape(query, value) if misfit or (part == [] and not is_answer) else None
    return "; ".join([*explanations, *([shape] if shape else [])]) or None


def _resolves(query: str, value: Any) -> bool:
    """Whether a query begins with the name of a member that is there, which may be null or empty."""
    return is_object(value) and re.split(r"[.\[|]", query, maxsplit=1)[0].strip(' "') in value


class Explanation(NamedTuple):
    """Why a name finds nothing.

    Attributes:
        text: The reason.
        has_remedy: Whether it says what to write instead.
    """

    text: str
    has_remedy: bool


def _explain_names(query: str, kind: Any) -> list[Explanation]:
    tree = compile_expression(query)
    given = set(_names_in(tree, frozenset({"key_val_pair"})))
    members = set(typing.get_type_hints(kind)) | given
    computed = {column.name: column.path for column in COLUMNS.get(kind.__name__, ()) if column.path}
    names = [name for name in dict.fromkeys(_names_in(tree)) if name not in members]
    found = [
        Explanation(f"{name} is a column; in the JSON it is {computed[name]}", has_remedy=True)
        for name in names
        if name in computed
    ]
    known = list(dict.fromkeys([*members_of(kind), *computed, *given]))
    hints = {name: suggestion(name, known) for name in names if name not in known}
    return found + [Explanation(f"nothing is called {name!r}{hint}", bool(hint)) for name, hint in hints.items()]


def _explain_shape(query: str, value: Any) -> str | None:
    """Say what the result is, where it is not what the query expects; an empty list has nothing to find."""
    if is_object(value) and value:
        return f"--query {query!r} found nothing: the result is an object {_label(value)}with the keys {_list(value)}"
    if is_array(value) and value and is_object(value[0]) and not _filters(compile_expression(query)):
        labels = "".join(_label(one) for one in value[:MOST_OBJECTS] if is_object(one))
        return (
            f"--query {query!r} found nothing: the result is a list of {len(value)} {labels}"
            f"whose items have the keys {_list(value[0])}"
        )
    return None


def _label(value: Mapping[str, Any]) -> str:
    """Name an object, so that what a command has just created is not lost."""
    known = [f"{name} {value[name]}" for name in ("id", "uuid", "name", "ip") if value.get(name)]
    return f"({', '.join(known)}) " if known else ""


def _filters(tree: Any) -> bool:
    """Whether a query selects, so that finding nothing is an answer."""
    return is_object(tree) and (
        tree.get("type") in {"filter_projection", "index", "slice"} or any(map(_filters, tree.get("children", [])))
    )


def _list(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - MOST_KEYS} more" if len(known) > MOST_KEYS else ""
    return ", ".join(known[:MOST_KEYS]) + more


def _is_hollow(part: Any) -> bool:
    """Whether nothing was found, or a part of it was not."""
    if is_object(part):
        return any(one is None for one in part.values())
    return part is None or (is_array(part) and (not part or all(map(_is_hollow, part))))


def plain_names(columns: str) -> list[str]:
    """List those of the columns that are names, and no expressions."""
    return [part for part in split_columns(columns) if part.isidentifier()]


def _names_in(tree: Any, naming: frozenset[str] = NAMING) -> Iterator[str]:
    """List all names in an expression, those in its literals included."""
    if is_array(tree):
        for one in tree:
            yield from _names_in(one, naming)
    elif is_object(tree):
        value = tree.get("value")
        if tree.get("type") in naming:
            yield str(value)
        elif tree.get("type") == "literal":
            yield from _keys_in(value)
        yield from _names_in(tree.get("children", []), naming)


def _keys_in(literal: Any) -> Iterator[str]:
    for inner in literal.values() if is_object(literal) else literal if is_array(literal) else []:
        yield from _keys_in(inner)
    if is_object(literal):
        yield from literal


def has_same_objects(value: Any, part: Any) -> bool:
    """Whether a part of a result consists of whole objects of it, as a filter gives, so that it is of their kind."""
    objects, parts = {id(one) for one in _objects_in(value)}, _objects_in(part)
    return bool(parts) and all(id(one) in objects for one in parts)


def _objects_in(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in (value if is_array(value) else [value]) if is_object(one)]

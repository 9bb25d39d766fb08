"""The columns of a table of each kind of resource, as data, and what lists are filtered by.

A column is a name and, where the API's member is called otherwise, a JMESPath expression. `wide` ones are left out on
narrow terminals. A kind that is not listed shows the first members of its type that hold a single value.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from types import MappingProxyType
from typing import Any, NamedTuple

from ..._json import holds_objects, is_array, is_object
from ...addresses import private_ipv4, public_ipv4, public_ipv6
from ..errors import Failure, line_of

#: How many columns a kind shows that is not listed.
FIRST = 7
#: Characters of a reason at most.
LONGEST = 300


class Column(NamedTuple):
    """A column.

    Attributes:
        name: Its heading.
        path: A JMESPath expression for its values; empty where they are the member of that name.
        read: Finds the same in an object: JMESPath takes long to load, and most commands show Droplets.
        wide: Whether it is shown on wide terminals only.
        number: Whether it holds numbers.
        optional: Whether it is left out where no row has it.
    """

    name: str
    path: str = ""
    wide: bool = False
    number: bool = False
    optional: bool = False
    read: Callable[[Mapping[str, Any]], Any] | None = None

    @property
    def expression(self) -> str:
        """The JMESPath expression of its values."""
        return self.path or self.name

    def value(self, item: Any) -> Any:
        """Return its value in an object.

        Raises:
            Failure: The expression does not fit this object.
        """
        return self.read(item) if self.read is not None and is_object(item) else search(self.expression, item)


def search(expression: str, value: Any) -> Any:
    """Evaluate a JMESPath expression.

    Raises:
        Failure: It does not fit this value.
    """
    names = expression.split(".")
    if expression.isascii() and all(map(str.isidentifier, names)):  # most are, and JMESPath takes long to load
        return reduce(_member, names, value)
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.search(expression, value)
    except JMESPathError as failure:
        reason = line_of(failure)
        reason = reason if len(reason) <= LONGEST else f"{reason[:LONGEST]}..."  # it may quote all of a result
        raise Failure(f"{expression!r} does not fit the result: {reason}") from failure


def _member(value: Any, name: str) -> Any:
    return value.get(name) if is_object(value) else None


def _image(droplet: Mapping[str, Any]) -> Any:
    return search("image.slug", droplet) or search("image.name", droplet)


def _plain(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


COLUMNS: Mapping[str, Sequence[Column]] = {
    "Droplet": (
        Column("id"),
        Column("name"),
        Column("status"),
        Column("public_ipv4", "networks.v4[?type=='public'].ip_address | [0]", read=public_ipv4),
        Column("private_ipv4", "networks.v4[?type=='private'].ip_address | [0]", wide=True, read=private_ipv4),
        Column("public_ipv6", "networks.v6[?type=='public'].ip_address | [0]", wide=True, read=public_ipv6),
        Column("region", "region.slug"),
        Column("size", "size_slug"),
        Column("image", "image.slug || image.name", wide=True, read=_image),
        Column("price_monthly", "size.price_monthly", wide=True, number=True),
        Column("tags", "tags"),
    ),
    "Action": (
        Column("id"),
        Column("status"),
        Column("type"),
        Column("resource_type", wide=True),
        Column("resource_id"),
        Column("resource_name", optional=True),
        Column("region", "region_slug"),
        Column("started_at", wide=True),
        Column("completed_at", wide=True),
    ),
    "Volume": (
        Column("id"),
        Column("name"),
        Column("size_gigabytes", number=True),
        Column("region", "region.slug"),
        Column("droplet_ids"),
        Column("filesystem_type", wide=True),
        Column("tags", wide=True),
    ),
    "Size": (
        Column("slug"),
        Column("memory", number=True),
        Column("vcpus", number=True),
        Column("disk", number=True),
        Column("price_hourly", number=True),
        Column("price_monthly", number=True),
        Column("available", wide=True),
        Column("description", wide=True),
    ),
    "Region": (*_plain("slug", "name", "available"), Column("features", wide=True)),
    "Image": (
        Column("id"),
        Column("slug"),
        Column("name"),
        Column("distribution"),
        Column("type", wide=True),
        Column("min_disk_size", wide=True, number=True),
        Column("public", wide=True),
        Column("created_at", wide=True),
    ),
    "DropletSnapshot": (
        Column("id"),
        Column("name"),
        Column("type"),
        Column("size_gigabytes", number=True),
        Column("regions", wide=True),
        Column("created_at"),
    ),
    "Snapshot": (
        Column("id"),
        Column("name"),
        Column("resource_type"),
        Column("resource_id"),
        Column("size_gigabytes", number=True),
        Column("regions", wide=True),
        Column("created_at", wide=True),
    ),
    "Firewall": (
        Column("id"),
        Column("name"),
        Column("status"),
        Column("droplet_ids"),
        Column("tags"),
        Column("inbound", "length(inbound_rules || `[]`)", number=True),
        Column("outbound", "length(outbound_rules || `[]`)", number=True),
    ),
    "Tag": (Column("name"), Column("droplets", "resources.droplets.count", number=True),
            Column("resources", "resources.count", number=True)),
    "SSHKey": (*_plain("id", "name", "fingerprint"),),
    "Domain": (*_plain("name", "ttl"),),
    "DomainRecord": (*_plain("id", "type", "name", "data", "ttl", "priority"),),
    "ReservedIP": (Column("ip"), Column("region", "region.slug"), Column("droplet", "droplet.id"), Column("locked")),
    "VPC": (Column("id"), Column("name"), Column("region"), Column("ip_range"), Column("default"),
            Column("description", wide=True)),
    "Project": (Column("id"), Column("name"), Column("purpose"), Column("environment"), Column("is_default"),
                Column("description", wide=True)),
    "AlertPolicy": _plain("uuid", "type", "compare", "value", "window", "enabled", "description"),
    "Account": _plain("email", "status", "droplet_limit", "volume_limit", "reserved_ip_limit", "name"),
    "LoadBalancer": (
        Column("id"), Column("name"), Column("status"), Column("ip"), Column("region", "region.slug"),
        Column("droplet_ids", wide=True),
    ),
}  # fmt: skip


def columns_of(kind: Any, rows: Sequence[Any]) -> Sequence[Column]:
    """Return the columns of a kind; those of the rows' own members where it is not known.

    Args:
        kind: A TypedDict, or None.
        rows: The objects.
    """
    if kind is not None and kind.__name__ in COLUMNS:
        return [one for one in COLUMNS[kind.__name__] if not one.optional or any(row.get(one.name) for row in rows)]
    names = list(typing.get_type_hints(kind)) if kind is not None else []
    first: Any = rows[0] if rows else {}
    names += [name for name in first if name not in names] if is_object(first) else []
    shown = [name for name in names if all(_is_single(row, name) for row in rows)]
    return tuple(Column(name, _quote(name), number=_is_quantity(name, rows)) for name in (shown or names)[:FIRST])


def _is_single(row: Any, name: str) -> bool:
    value = row.get(name) if is_object(row) else None
    return not is_object(value) and not holds_objects(value)


def _is_quantity(name: str, rows: Sequence[Any]) -> bool:
    """Whether a member holds numbers that count or measure, and no ids."""
    values = [row.get(name) for row in rows if is_object(row)]
    known = [value for value in values if value is not None]
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in known)
    return bool(known) and numbers and not (name == "id" or name.endswith("_id"))


def _quote(name: str) -> str:
    """Return the JMESPath expression of a member, whose name may have any characters."""
    return "" if name.isidentifier() and name.isascii() else json.dumps(name)


#: Members and columns that a list is filtered by, where its operation has no such parameter.
FILTERED = ("region", "status", "state", "type", "resource_type", "size", "tag")
#: Members that have the time of a resource, for `--after` and `--before`; the first of a kind counts.
TIMES = ("started_at", "created_at")


def filters_of(kind: Any) -> dict[str, str]:
    """Return what a list of a kind is filtered by: names, and JMESPath expressions of their values."""
    listed = {column.name: column.expression for column in COLUMNS.get(kind.__name__, ())}
    members = typing.get_type_hints(kind)
    own = {name: f"{name}.slug || {name}" for name in FILTERED if name in members}
    several = {name: f"{name}s" for name in FILTERED if f"{name}s" in members}  # regions, tags
    found = {**several, **own, **{name: listed[name] for name in FILTERED if name in listed}}
    return {name: found[name] for name in FILTERED if name in found}


def _values_of(resource: Any, expression: str) -> set[str]:
    """Return the values of a resource that a filter compares: one, or those of a list."""
    found = search(expression, resource)
    return {str(value) for value in found} if is_array(found) else {str(found)}


def time_of(kind: Any) -> str | None:
    """Return the member that has the time of a resource of a kind, or None."""
    members = typing.get_type_hints(kind)
    return next((name for name in TIMES if name in members), None)


#: Members that patterns are compared with.
NAMES = ("name", "slug")
#: How many values a hint lists.
VALUES = 10


class ListFilter(NamedTuple):
    """Which resources of a list are wanted.

    Attributes:
        patterns: Shell patterns, of which the name or slug fits one; empty for any name.
        values: Allowed values by name of `filters_of`, in any case.
        after: The earliest time, in seconds since 1970, or None.
        before: The latest time, or None.
    """

    patterns: Sequence[str] = ()
    values: Mapping[str, Sequence[str]] = MappingProxyType({})
    after: float | None = None
    before: float | None = None

    def __bool__(self) -> bool:
        return any((self.patterns, self.values, self.after is not None, self.before is not None))

    def apply(self, resources: Iterable[Any], kind: Any) -> list[Any]:
        """Return the wanted resources, in their order."""
        expressions, time = filters_of(kind), time_of(kind)
        return [one for one in resources if self._fits(one, expressions) and self.is_in_time(one, time)]

    def unknown_values(self, resources: Sequence[Any], kind: Any) -> dict[str, str]:
        """Return, for each filter by which nothing is found, the values that there are; they may be mistyped."""
        expressions, found = filters_of(kind), dict[str, str]()
        for key, allowed in self.values.items():
            there = sorted(set[str]().union(*(_values_of(one, expressions[key]) for one in resources)))
            if there and not {one.lower() for one in there} & {value.lower() for value in allowed}:
                found[key] = ", ".join(there[:VALUES]) + (", ..." if len(there) > VALUES else "")
        return found

    def _fits(self, resource: Mapping[str, Any], expressions: Mapping[str, str]) -> bool:
        from fnmatch import fnmatchcase  # most lists are not filtered

        names = [str(resource.get(member) or "").lower() for member in NAMES]
        if self.patterns and not any(fnmatchcase(name, pattern.lower()) for name in names for pattern in self.patterns):
            return False
        return all(
            {value.lower() for value in _values_of(resource, expressions[key])} & {value.lower() for value in allowed}
            for key, allowed in self.values.items()
        )

    def is_in_time(self, resource: Mapping[str, Any], time: str | None) -> bool:
        """Whether the time of a resource is within the bounds; one without a time is not."""
        if self.after is None and self.before is None:
            return True
        text = resource.get(time or "")
        if not isinstance(text, str):
            return False
        moment = datetime.fromisoformat(text).timestamp()
        return (self.after is None or moment >= self.after) and (self.before is None or moment <= self.before)


def find_column(name: str, among: Iterable[str]) -> str | None:
    """Find a column by its name or its heading: `PUBLIC_IPV4`, `Public IPv4` and `public-ipv4` are `public_ipv4`."""
    names = list(among)
    wanted = _normalize(name)
    return name if name in names else next((one for one in names if _normalize(one) == wanted), None)


def _normalize(name: str) -> str:
    return name.lower().replace(" ", "_").replace("-", "_")


def choose_columns(text: str, known: Sequence[Column], rows: Sequence[Any] = ()) -> list[Column]:
    """Choose the columns that `--columns` asks for.

    Args:
        text: Names in any case, or JMESPath expressions, separated by commas.
        known: Columns of these rows.
        rows: The objects, whose members count too.
    """
    by_name = {column.name: column for column in known}
    members = [name for row in rows[:1] if is_object(row) for name in row]
    found: list[Column] = []
    for part in split_columns(text):
        name = find_column(part, [*by_name, *members])
        found.append(Column(part) if name is None else by_name.get(name) or Column(name, _quote(name)))
    return found


def split_columns(text: str) -> list[str]:
    """Split a text at commas that are not inside of brackets or quotes."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"`":
            quote = letter
        else:
            depth += (letter in "[({") - (letter in "])}")
        if letter == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]

"""Records, the one form of state: plain dicts that can be written as JSON, kept by kind and identifier.

Separate from the store, because almost every file of the simulator needs records and few need the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

#: A JSON object. Records are never changed in place: a change is a new dict that is put into its store.
Record = dict[str, Any]

#: An identifier inside one kind of resource: Droplets, images and actions count, most others have a UUID.
Key = int | str


def as_record(value: object) -> Record | None:
    """Return the value itself if it is a JSON object, else nothing."""
    return cast("Record", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """Return the items if the value is a JSON array, else nothing."""
    return list(cast("Iterable[Any]", value)) if isinstance(value, list) else None


def select_members(record: Mapping[str, Any], names: tuple[str, ...]) -> Record:
    """Return the named members, in that order, of those that the record has."""
    return dict(_members(record, names))


def _members(record: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name in names:
        if name in record:
            yield name, record[name]

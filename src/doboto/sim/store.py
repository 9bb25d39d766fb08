"""One kind of resource of one account: records by identifier, with indexes that follow every change.

Nothing changes a record but `put` and `delete`, so that an index is never stale and whoever keeps the state on disk
learns what a request touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from .records import Key, Record

#: Which values a record is found by, under an index's name.
Extract = Callable[[Record], Iterable[Key]]
E = TypeVar("E", bound=Extract)

#: Indexes by kind and name. A resource's module declares its own when it is imported.
INDEXES: dict[str, dict[str, Extract]] = {}


def index(kind: str, name: str) -> Callable[[E], E]:
    """Declare an index over the records of one kind."""

    def declare(extract: E) -> E:
        INDEXES.setdefault(kind, {})[name] = extract
        return extract

    return declare


class Store:
    """Records of one kind in the order they came, and the indexes declared for it."""

    def __init__(self, kind: str, touched: dict[tuple[str, Key], None]) -> None:
        self.kind = kind
        self.records: dict[Key, Record] = {}
        self._touched = touched
        self._indexes: dict[str, dict[Key, dict[Key, None]]] = {name: {} for name in INDEXES.get(kind, {})}
        self._found_by: dict[Key, list[tuple[str, Key]]] = {}

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records.values())

    def get(self, key: Key) -> Record | None:
        """The record, if there is one."""
        return self.records.get(key)

    def put(self, key: Key, record: Record) -> Record:
        """Add a record or put it in the place of the old one."""
        self.records[key] = record
        self._touched[self.kind, key] = None
        self._find_by(key, [(name, value) for name in self._indexes for value in INDEXES[self.kind][name](record)])
        return record

    def delete(self, key: Key) -> Record | None:
        """Remove a record and hand it back."""
        self._find_by(key, [])
        self._touched[self.kind, key] = None
        return self.records.pop(key, None)

    def keys(self, name: str, value: Key) -> list[Key]:
        """The identifiers found under a value of an index, in the order they came under it."""
        return list(self._indexes[name].get(value, ()))

    def count(self, name: str, value: Key) -> int:
        """How many are found under a value of an index."""
        return len(self._indexes[name].get(value, ()))

    def values(self, name: str) -> list[Key]:
        """The values of an index under which something is found."""
        return list(self._indexes[name])

    def _find_by(self, key: Key, entries: list[tuple[str, Key]]) -> None:
        # What stays the same keeps its place, so that what is found comes in the order of creation.
        former = self._found_by.get(key, [])
        if former == entries:
            return
        for name, value in former:
            if (name, value) not in entries:
                self._remove(name, value, key)
        for name, value in entries:
            self._indexes[name].setdefault(value, {})[key] = None
        self._found_by[key] = entries
        if not entries:
            del self._found_by[key]

    def _remove(self, name: str, value: Key, key: Key) -> None:
        found = self._indexes[name][value]
        found.pop(key, None)
        if not found:
            del self._indexes[name][value]

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
    """Records of one kind in the order they came, and the indexes declared for it.

    What an index finds comes in that order too, whenever a record came under a value: so it is the same after the
    records have been saved and put back.
    """

    def __init__(self, kind: str, touched: dict[tuple[str, Key], None]) -> None:
        self.kind = kind
        self.records: dict[Key, Record] = {}
        self._touched = touched
        self._indexes: dict[str, dict[Key, dict[Key, None]]] = {name: {} for name in INDEXES.get(kind, {})}
        self._found_by: dict[Key, list[tuple[str, Key]]] = {}
        self._places: dict[Key, int] = {}
        self._next_place = 0
        #: Values of indexes whose records have to be put in order before they are told.
        self._unsorted: set[tuple[str, Key]] = set()

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records.values())

    def get(self, key: Key) -> Record | None:
        """The record, if there is one."""
        return self.records.get(key)

    def put(self, key: Key, record: Record) -> Record:
        """Add a record or put it in the place of the old one."""
        if key not in self.records:
            self._places[key] = self._next_place
            self._next_place += 1
        self.records[key] = record
        self._touched[self.kind, key] = None
        self._find_by(key, [(name, value) for name in self._indexes for value in INDEXES[self.kind][name](record)])
        return record

    def delete(self, key: Key) -> Record | None:
        """Remove a record and hand it back."""
        self._find_by(key, [])
        self._touched[self.kind, key] = None
        self._places.pop(key, None)
        return self.records.pop(key, None)

    def keys(self, name: str, value: Key) -> list[Key]:
        """The identifiers found under a value of an index, in the order of creation."""
        found = self._indexes[name].get(value, {})
        if (name, value) in self._unsorted:
            found = self._indexes[name][value] = dict.fromkeys(sorted(found, key=self._places.__getitem__))
            self._unsorted.remove((name, value))
        return list(found)

    def count(self, name: str, value: Key) -> int:
        """How many are found under a value of an index."""
        return len(self._indexes[name].get(value, ()))

    def values(self, name: str) -> list[Key]:
        """The values of an index under which something is found."""
        return list(self._indexes[name])

    def _find_by(self, key: Key, entries: list[tuple[str, Key]]) -> None:
        former = self._found_by.get(key, [])
        if former == entries:
            return
        for name, value in former:
            if (name, value) not in entries:
                self._remove(name, value, key)
        for name, value in entries:
            if (name, value) not in former:
                self._add(name, value, key)
        self._found_by[key] = entries
        if not entries:
            del self._found_by[key]

    def _add(self, name: str, value: Key, key: Key) -> None:
        found = self._indexes[name].setdefault(value, {})
        if found and self._places[next(reversed(found))] > self._places[key]:
            self._unsorted.add((name, value))  # it is older than what came under the value before it
        found[key] = None

    def _remove(self, name: str, value: Key, key: Key) -> None:
        found = self._indexes[name][value]
        found.pop(key, None)
        if not found:
            del self._indexes[name][value]
            self._unsorted.discard((name, value))

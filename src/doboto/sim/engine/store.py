"""One kind of resource of one account: records by identifier, with indexes that follow every change.

Nothing changes a record but `put` and `delete`, so that an index is never stale, persistence
learns what a request touched, and what could not be kept is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic

from .records import Key, Kind, R

#: Which values a record is found by, under an index's name.
Extract = Callable[[R], Iterable[Key]]

#: What a record was before it was touched, and its position among those of its kind; None if it did not exist.
Former = tuple[Any, int] | None
#: By kind and identifier, in the order in which records were touched.
Touched = dict[tuple[str, Key], Former]

#: Indexes by kind and name. A resource's module declares its own when it is imported.
INDEXES: dict[str, dict[str, Extract[Any]]] = {}


def index(kind: Kind[R], name: str) -> Callable[[Extract[R]], Extract[R]]:
    """Declare an index over the records of one kind."""

    def declare(extract: Extract[R]) -> Extract[R]:
        INDEXES.setdefault(kind, {})[name] = extract
        return extract

    return declare


class Store(Generic[R]):
    """Records of one kind in the order they came, and the indexes declared for it.

    What an index finds comes in that order too, whenever a record came under a value: so it is the same after the
    records have been saved and put back.
    """

    def __init__(self, kind: str, touched: Touched) -> None:
        self.kind = kind
        self.records: dict[Key, R] = {}
        self._touched = touched
        #: By index and value the identifiers found there; the identifier itself where it is the only one, as it is for
        #: names and addresses: a dict for each would take a fifth of an account's memory.
        self._indexes: dict[str, dict[Key, Key | dict[Key, None]]] = {name: {} for name in INDEXES.get(kind, {})}
        self._positions: dict[Key, int] = {}
        self._next_position = 0
        #: Values of indexes whose records have to be sorted before they are returned.
        self._unsorted: set[tuple[str, Key]] = set()

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[R]:
        return iter(self.records.values())

    def get(self, key: Key) -> R | None:
        """Return the record, if there is one."""
        return self.records.get(key)

    def put(self, key: Key, record: R) -> R:
        """Add a record or replace the old one."""
        self._touch(key)
        if key not in self.records:
            self._positions[key] = self._next_position
            self._next_position += 1
        self._replace(key, record)
        return record

    def delete(self, key: Key) -> R | None:
        """Remove a record and hand it back."""
        self._touch(key)
        record = self._replace(key, None)
        self._positions.pop(key, None)
        return record

    def keys(self, name: str, value: Key) -> list[Key]:
        """Return the identifiers found under a value of an index, in the order of creation."""
        found = self._indexes[name].get(value)
        if not isinstance(found, dict):
            return [] if found is None else [found]
        if (name, value) in self._unsorted:
            found = self._indexes[name][value] = dict.fromkeys(sorted(found, key=self._positions.__getitem__))
            self._unsorted.remove((name, value))
        return list(found)

    def count(self, name: str, value: Key) -> int:
        """Return how many are found under a value of an index."""
        found = self._indexes[name].get(value)
        return len(found) if isinstance(found, dict) else int(found is not None)

    def values(self, name: str) -> list[Key]:
        """Return the values of an index under which something is found."""
        return list(self._indexes[name])

    def restore(self, formers: Mapping[Key, Former]) -> None:
        """Undo changes: put back what records were before they were touched."""
        for key in formers:
            self._replace(key, None)
            self._positions.pop(key, None)
        for key, former in formers.items():
            if former is not None:
                record, self._positions[key] = former
                self._replace(key, record)
        self.records = {key: self.records[key] for key in sorted(self.records, key=self._positions.__getitem__)}

    def _touch(self, key: Key) -> None:
        if (self.kind, key) not in self._touched:
            found = key in self.records
            self._touched[self.kind, key] = (self.records[key], self._positions[key]) if found else None

    def _replace(self, key: Key, record: R | None) -> R | None:
        """Put a record whose position is set, or nothing, instead of the old one; return the old one."""
        old = self.records.get(key)
        before, after = self._entries(old), self._entries(record)
        if before != after:
            for name, value in before:
                if (name, value) not in after:
                    self._remove(name, value, key)
            for name, value in after:
                if (name, value) not in before:
                    self._add(name, value, key)
        if record is None:
            self.records.pop(key, None)
        else:
            self.records[key] = record
        return old

    def _entries(self, record: R | None) -> list[tuple[str, Key]]:
        """Return where the indexes have a record; computed again when it goes, since it never changes in place."""
        if record is None:
            return []
        return [(name, value) for name in self._indexes for value in INDEXES[self.kind][name](record)]

    def _add(self, name: str, value: Key, key: Key) -> None:
        index = self._indexes[name]
        found = index.get(value)
        if found is None:
            index[value] = key
            return
        if not isinstance(found, dict):
            found = index[value] = {found: None}
        if found and self._positions[next(reversed(found))] > self._positions[key]:
            self._unsorted.add((name, value))  # it is older than what came under the value before it
        found[key] = None

    def _remove(self, name: str, value: Key, key: Key) -> None:
        index = self._indexes[name]
        found = index[value]
        if isinstance(found, dict):
            found.pop(key, None)
        if not isinstance(found, dict) or not found:
            del index[value]
            self._unsorted.discard((name, value))

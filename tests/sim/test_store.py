"""Indexes never lie, whatever is put and deleted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto.sim.records import Key, Record
from doboto.sim.store import INDEXES, Store, index


@pytest.fixture(scope="module", autouse=True)
def _indexed() -> Iterator[None]:
    index("thing", "tag")(lambda record: record["tags"])
    yield
    del INDEXES["thing"]


_changes = st.lists(st.tuples(st.integers(0, 5), st.none() | st.lists(st.sampled_from("abc"), unique=True)))


@given(_changes)
def test_an_index_finds_exactly_what_is_there(changes: list[tuple[int, list[str] | None]]) -> None:
    touched: dict[tuple[str, Key], None] = {}
    store, expected = Store("thing", touched), dict[int, Record]()
    for key, tags in changes:
        if tags is None:
            assert store.delete(key) == expected.pop(key, None)
        else:
            expected[key] = store.put(key, {"tags": tags})
    assert store.records == expected
    assert set(touched) == {("thing", key) for key, _ in changes}
    for tag in "abc":
        found = {key for key, record in expected.items() if tag in record["tags"]}
        assert set(store.keys("tag", tag)) == found
        assert store.count("tag", tag) == len(found)
    assert set(store.values("tag")) == {tag for record in expected.values() for tag in record["tags"]}


def test_a_record_that_changes_keeps_its_place() -> None:
    store = Store("thing", {})
    for key in (1, 2, 3):
        store.put(key, {"tags": ["a"]})
    store.put(1, {"tags": ["a"], "name": "new"})
    assert store.keys("tag", "a") == [1, 2, 3]

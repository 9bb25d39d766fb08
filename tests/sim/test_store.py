"""Indexes never lie, whatever is put and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doboto import DO
from doboto.sim import InstantClock, Simulator
from doboto.sim.engine.records import Record
from doboto.sim.engine.store import INDEXES, Store, Touched, index


@pytest.fixture(scope="module", autouse=True)
def _make_indexed() -> Iterator[None]:
    index("thing", "tag")(lambda record: record["tags"])
    yield
    del INDEXES["thing"]


_changes = st.lists(st.tuples(st.integers(0, 5), st.none() | st.lists(st.sampled_from("abc"), unique=True)))


@given(_changes)
def test_an_index_finds_exactly_what_is_there(changes: list[tuple[int, list[str] | None]]) -> None:
    touched: Touched = {}
    store, expected = Store("thing", touched), dict[int, Record]()
    for key, tags in changes:
        if tags is None:
            assert store.delete(key) == expected.pop(key, None)
        else:
            expected[key] = store.put(key, {"tags": tags})
    assert store.records == expected
    assert set(touched) == {("thing", key) for key, _ in changes}
    for tag in "abc":
        found = [key for key, record in expected.items() if tag in record["tags"]]
        assert store.keys("tag", tag) == found  # in the order of creation, whenever they came by the tag
        assert store.count("tag", tag) == len(found)
    assert set(store.values("tag")) == {tag for record in expected.values() for tag in record["tags"]}


@given(_changes, _changes)
def test_changes_are_undone_completely(
    kept: list[tuple[int, list[str] | None]], undone: list[tuple[int, list[str] | None]]
) -> None:
    touched: Touched = {}
    store = Store("thing", touched)
    _apply(store, kept)
    records, by_tag = list(store.records.items()), {tag: store.keys("tag", tag) for tag in "abc"}
    touched.clear()
    _apply(store, undone)
    store.restore({key: former for (_, key), former in touched.items()})
    assert list(store.records.items()) == records
    assert {tag: store.keys("tag", tag) for tag in "abc"} == by_tag


def _apply(store: Store, changes: list[tuple[int, list[str] | None]]) -> None:
    for key, tags in changes:
        store.delete(key) if tags is None else store.put(key, {"tags": tags})


def test_a_record_that_changes_keeps_its_place() -> None:
    store = Store("thing", {})
    for key in (1, 2, 3):
        store.put(key, {"tags": ["a"]})
    store.put(1, {"tags": ["a"], "name": "new"})
    assert store.keys("tag", "a") == [1, 2, 3]


def test_what_is_attached_is_told_in_the_same_order_after_a_restart(tmp_path: Path) -> None:
    with Simulator(InstantClock(), state=tmp_path / "s") as simulator, DO.simulated(simulator, token="t") as do:
        volumes = [do.volume.create(name=name, region="nyc3", size_gigabytes=1)["id"] for name in ("a", "b", "c")]
        order = {"name": "web", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
        droplet = do.droplet.create(**order, wait=True)
        for volume in reversed(volumes):
            do.volume.attach(volume, droplet_id=droplet["id"], wait=True)
        before = do.droplet.info(droplet["id"])
        assert before["volume_ids"] == volumes
    with Simulator(InstantClock(), state=tmp_path / "s") as again, DO.simulated(again, token="t") as do:
        assert do.droplet.info(droplet["id"]) == before

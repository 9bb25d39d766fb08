"""One simulated account: its stores, its identifiers, its limits, and what is going to happen to it.

It knows nothing of HTTP. Everything that outlives a request is a record in a store, counters and coming events
included, and what changed is in `touched` until it is taken.
"""

from __future__ import annotations

import hashlib
import heapq
import uuid
from collections.abc import Mapping
from typing import Any, cast, overload

from .clock import SimulatorClock
from .errors import not_found
from .lifecycle import EFFECTS, Executor
from .limits import AccountRateLimits
from .records import COUNTER, EVENT, Key, Kind, R, Record, StoredEvent
from .settings import Settings
from .store import Former, Store, Touched

#: Where identifiers that count begin: about where the real API is, so that they look right in a terminal.
FIRST_ID = {"droplet": 480_000_000, "image": 210_000_000, "action": 2_300_000_000, "ssh_key": 51_000_000}


class Account:
    """The state of one account; all of it is reached through the methods here."""

    def __init__(self, name: str, clock: SimulatorClock, settings: Settings, seed: int = 0) -> None:
        self.name = name
        self.clock = clock
        self.settings = settings
        self.seed = seed
        self.touched: Touched = {}
        self.rates = AccountRateLimits(settings)
        #: All accounts of the simulator by name, and those besides this one that the present request has changed.
        self.all_accounts: Mapping[str, Account] = {}
        self.touched_accounts: list[Account] = []
        #: Carries out actions outside of the simulator, or None where their effect is all there is.
        self.executor: Executor | None = None
        self._stores: dict[str, Store[Any]] = {}
        self._due: list[tuple[float, int]] = []

    # -- records

    @overload
    def store(self, kind: Kind[R]) -> Store[R]: ...

    @overload
    def store(self, kind: str) -> Store[Any]: ...

    def store(self, kind: str) -> Store[Any]:
        """Return all records of a kind; the store of one that is only known by name holds anything."""
        found = self._stores.get(kind)
        if found is None:
            found = self._stores[kind] = Store(str(kind), self.touched)
        return found

    def get(self, kind: Kind[R], key: Key) -> R:
        """Return a record that must be there, else 404."""
        found = self.find(kind, key)
        if found is None:
            raise not_found()
        return found

    def find(self, kind: Kind[R], key: Key) -> R | None:
        """Return a record, if it is there."""
        store: Store[R] = self.store(kind)
        return store.get(key)

    def put(self, kind: Kind[R], key: Key, record: R) -> R:
        """Add or replace a record."""
        store: Store[R] = self.store(kind)
        return store.put(key, record)

    def change(self, kind: Kind[R], key: Key, **members: Any) -> R:
        """Put the record with some members changed; it must be there."""
        store: Store[R] = self.store(kind)
        return store.put(key, cast("R", {**store.records[key], **members}))

    def delete(self, kind: Kind[R], key: Key) -> R | None:
        """Remove a record and hand it back."""
        store: Store[R] = self.store(kind)
        return store.delete(key)

    def others(self) -> list[Account]:
        """Return the other accounts of the same simulator."""
        return [account for account in self.all_accounts.values() if account is not self]

    # -- identifiers and chance

    def next_id(self, kind: str) -> int:
        """Return the next identifier of a kind that counts."""
        return FIRST_ID.get(kind, 1_000_000) + self.seed % 1000 + self._next(kind)

    def draw(self, *labels: str) -> int:
        """Draw a large number that depends on seed, account and labels only; without labels a new one each time."""
        labels = labels or ("draw", str(self._next("draw")))
        text = "/".join((str(self.seed), self.name, *labels))
        return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), "big")

    def uuid(self, *labels: str) -> str:
        """Return a version 4 UUID from the same source."""
        return str(uuid.UUID(int=self.draw(*labels) >> 128, version=4))

    def count(self, name: str) -> int:
        """Return the next number of a named counter: 0, 1, 2..."""
        return self._next(name)

    def _next(self, name: str) -> int:
        counters = self.store(COUNTER)
        found = counters.get(name)
        value = 0 if found is None else found["value"]
        counters.put(name, {"value": value + 1})
        return value

    # -- what is going to happen

    def after(self, seconds: float, effect: str, now: float, **arguments: Any) -> int:
        """Let an effect happen when that many seconds have passed on this clock."""
        return self._add_event(now + self.clock.lasting(seconds), effect, arguments, lasts=True)

    def at(self, due: float, effect: str, **arguments: Any) -> int:
        """Let an effect happen at a moment of the calendar, however fast the clock."""
        return self._add_event(due, effect, arguments, lasts=False)

    def _add_event(self, due: float, effect: str, arguments: Record, *, lasts: bool) -> int:
        number = self._next("event")
        event: StoredEvent = {"due": due, "effect": effect, "arguments": arguments, "lasts": lasts}
        self.put(EVENT, number, event)
        heapq.heappush(self._due, (due, number))
        return number

    def apply_due_events(self, now: float) -> None:
        """Apply everything that is due, in due order; costs nothing when nothing is."""
        while self._due and self._due[0][0] <= now:
            due, number = heapq.heappop(self._due)
            event = self.delete(EVENT, number)
            if event is not None:
                EFFECTS[event["effect"]](self, due, **event["arguments"])

    # -- keeping and resuming

    def take_touched(self) -> Touched:
        """Return what changed since the last call, in order; a record that no longer exists was deleted."""
        taken = dict(self.touched)
        self.touched.clear()
        return taken

    def restore(self, touched: Touched) -> None:
        """Undo changes that could not be kept; events that took effect happen again at the next request."""
        kinds: dict[str, dict[Key, Former]] = {}
        for (kind, key), former in touched.items():
            kinds.setdefault(kind, {})[key] = former
        for kind, formers in kinds.items():
            self.store(kind).restore(formers)
        self._schedule()

    def load(self, kind: str, key: Key, record: Record) -> None:
        """Put back a record that was saved; events go on from where they were, as fast as this clock lets them."""
        if kind != EVENT:
            self.store(kind).put(key, record)
            return
        event = self.put(EVENT, key, self._shorten(cast("StoredEvent", record)))
        heapq.heappush(self._due, (event["due"], int(key)))

    def adopt_clock(self, clock: SimulatorClock) -> None:
        """Go on with another clock."""
        self.clock = clock
        for key, event in list(self.store(EVENT).records.items()):
            self.put(EVENT, key, self._shorten(event))
        self._schedule()

    def _schedule(self) -> None:
        self._due = [(event["due"], int(key)) for key, event in self.store(EVENT).records.items()]
        heapq.heapify(self._due)

    def _shorten(self, event: StoredEvent) -> StoredEvent:
        """Return an event as it would be had this clock been there when it began: what lasts may be over already."""
        now = self.clock.now()
        left = event["due"] - now
        shorter = event.get("lasts", False) and self.clock.lasting(left) < left
        return {**event, "due": now + self.clock.lasting(left)} if shorter else event

    def clear(self) -> None:
        """Forget everything, as if the account had never been used."""
        for store in self._stores.values():
            for key in list(store.records):
                store.delete(key)
        self._due.clear()
        self.rates = AccountRateLimits(self.settings)

    def dump(self) -> dict[str, dict[Key, Record]]:
        """Return all records by kind, as they are."""
        return {kind: dict(store.records) for kind, store in self._stores.items()}

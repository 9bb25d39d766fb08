"""What the campaign asks for and what befalls it: calls and faults, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

ALIKE = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
#: Names that the callers of a round with the same names fight for.
SHARED = 40
STATUSES = (500, 502, 503, 504, 520, 524)


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of `create`."""

    number: int
    names: tuple[str, ...]
    many: bool
    wait: bool

    @property
    def attributes(self) -> dict[str, Any]:
        """As the client takes them; `user_data`, which it never reads, identifies the request to the witness."""
        named = {"names": list(self.names)} if self.many else {"name": self.names[0]}
        return {**named, **ALIKE, "user_data": str(self.number), "tags": ["campaign"]}


def asks(count: int, seed: int, *, alike: bool, most: int = 25, waiting: float = 0.1) -> list[Ask]:
    """Calls: four of five for one Droplet, the rest for up to `most`; names of their own, or the same for all."""
    random = Random(f"asks {seed}")
    return list(_asks(count, random, alike=alike, most=most, waiting=waiting))


def _asks(count: int, random: Random, *, alike: bool, most: int, waiting: float) -> Iterator[Ask]:
    for number in range(count):
        many = random.random() < 0.2
        size = random.randint(2, most) if many else 1
        names = [f"same-{random.randrange(SHARED)}" if alike else f"c{number}-{place}" for place in range(size)]
        yield Ask(number, tuple(names), many, random.random() < waiting)


def faults(seed: int, late: float, *, weight: float = 1.0) -> list[dict[str, Any]]:
    """Rules for all kinds of faults at creates, and fewer at what is read.

    A 429 is only ever sent instead of the effect: that is what it means. A reply that is late comes a little after
    the client has given up; when it would come long after that, no client can know.

    Args:
        seed: What they draw from.
        late: Seconds of the simulator's clock after which the clients have given up waiting for a reply.
        weight: What the chances of the faults at creates are multiplied by.
    """
    kinds = [*_at_creates(late), *_at_reads()]
    rules: list[dict[str, Any]] = []
    for place, (chance, rule) in enumerate(kinds):
        rules.append({**rule, "probability": chance * weight, "seed": seed * 1000 + place})
    return rules


def _at_creates(late: float) -> Iterator[tuple[float, dict[str, Any]]]:
    create = {"method": "POST", "path": "/v2/droplets"}
    for when in ("before", "after"):
        for status in STATUSES:
            yield 0.015, {**create, "kind": "status", "when": when, "arguments": {"status": status}}
        yield 0.02, {**create, "kind": "drop", "when": when}
        yield 0.01, {**create, "kind": "latency", "when": when, "arguments": {"seconds": late + 2}}
        yield 0.05, {**create, "kind": "latency", "when": when, "arguments": {"seconds": 1}}
    for kind in ("cut", "not_json", "wrong_shape"):
        yield 0.02, {**create, "kind": kind}
    yield 0.02, {**create, "kind": "status", "arguments": {"status": 429, "headers": {"retry-after": "1"}}}
    for kind in ("list_lag", "get_lag"):
        yield 0.1, {"kind": kind, "arguments": {"seconds": 4}}
    for kind in ("create_errored", "lost_tags", "address_before", "address_after"):
        yield 0.03, {"kind": kind}


def _at_reads() -> Iterator[tuple[float, dict[str, Any]]]:
    read = {"method": "GET", "path": "/v2/**"}
    yield 0.01, {**read, "kind": "status", "arguments": {"status": 503}}
    yield 0.003, {**read, "kind": "status", "arguments": {"status": 429, "headers": {"retry-after": "1"}}}
    yield 0.01, {**read, "kind": "drop"}
    for kind in ("cut", "not_json", "wrong_shape"):
        yield 0.01, {**read, "kind": kind}

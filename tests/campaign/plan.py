"""What the campaign asks for and what befalls it: calls and faults, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

ATTRIBUTES = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
#: Names that the callers of a round with the same names fight for.
SHARED = 40
STATUSES = (500, 502, 503, 504, 520, 524)
DROPLET = "Droplet"


@dataclass(frozen=True, slots=True)
class Ask:
    """One call that creates something or starts an action.

    Attributes:
        number: Identifies it.
        kind: What it asks for: `DROPLET`, or one of `KINDS`.
        names: The names of what it asks for.
        many: Whether Droplets are asked for with `names`.
        wait: Whether the call waits.
        alike: Whether other calls ask for the same, so that nothing tells their resources apart.
        droplet_id: A Droplet for this call alone.
        volume_id: A volume for this call alone.
        full_volume_id: A volume of which others make snapshots, too.
    """

    number: int
    kind: str
    names: tuple[str, ...]
    many: bool = False
    wait: bool = False
    alike: bool = False
    droplet_id: int = 0
    volume_id: str = ""
    full_volume_id: str = ""

    @property
    def name(self) -> str:
        """The first name."""
        return self.names[0]

    @property
    def attributes(self) -> dict[str, Any]:
        """Those of Droplets; `user_data`, which the client never reads, identifies the request to the witness."""
        named = {"names": list(self.names)} if self.many else {"name": self.name}
        return {**named, **ATTRIBUTES, "user_data": str(self.number), "tags": ["campaign"]}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is in the account before the calls begin."""

    droplets: Sequence[int] = ()
    volumes: Sequence[str] = ()


#: Volumes of which several calls make snapshots, so that the API refuses some: one in ten minutes.
FULL_VOLUMES = 6


def asks_for_droplets(
    numbers: Sequence[int], seed: int, *, alike: bool, most: int = 25, waiting: float = 0.1
) -> Iterator[Ask]:
    """Calls: four of five for one Droplet, the rest for up to `most`; names of their own, or the same for all."""
    random = Random(f"asks {seed}")
    for number in numbers:
        many = random.random() < 0.2
        size = random.randint(2, most) if many else 1
        names = [f"same-{random.randrange(SHARED)}" if alike else f"c{number}-{place}" for place in range(size)]
        yield Ask(number, DROPLET, tuple(names), many, random.random() < waiting, alike)


def asks_for_others(numbers: Sequence[int], seed: int, kinds: Sequence[str], prepared: Prepared) -> Iterator[Ask]:
    """Calls for other resources and for actions, each kind as often; a third of them wait."""
    random = Random(f"others {seed}")
    for place, number in enumerate(numbers):
        kind = kinds[place % len(kinds)]
        yield Ask(
            number,
            kind,
            (f"c{number}",),
            wait=random.random() < 0.3,
            alike=kind in ALIKE,
            droplet_id=prepared.droplets[place],
            volume_id=prepared.volumes[place],
            full_volume_id=prepared.volumes[-1 - place % FULL_VOLUMES],
        )


#: Kinds that have neither a name nor anything else of the call's own.
ALIKE = frozenset({"reserved IP", "reserved IPv6"})


def faults(seed: int, late: float) -> list[dict[str, Any]]:
    """Rules for all kinds of faults at changes, and fewer at what is read.

    A 429 is only ever sent instead of the effect: that is what it means. A response that is late comes a little after
    the client has given up; when it would come long after that, no client can know.

    Args:
        seed: What they draw from.
        late: Seconds of the simulator's clock after which the clients have given up waiting for a response.
    """
    kinds = [*_at_changes(late), *_at_reads()]
    return [{**rule, "probability": chance, "seed": seed * 1000 + place} for place, (chance, rule) in enumerate(kinds)]


def _at_changes(late: float) -> Iterator[tuple[float, dict[str, Any]]]:
    change = {"method": "POST", "path": "/v2/**"}
    for when in ("before", "after"):
        for status in STATUSES:
            yield 0.015, {**change, "kind": "status", "when": when, "arguments": {"status": status}}
        yield 0.02, {**change, "kind": "drop", "when": when}
        yield 0.01, {**change, "kind": "latency", "when": when, "arguments": {"seconds": late + 2}}
        yield 0.05, {**change, "kind": "latency", "when": when, "arguments": {"seconds": 1}}
    for kind in ("cut", "not_json", "wrong_shape"):
        yield 0.02, {**change, "kind": kind}
    yield 0.02, {**change, "kind": "status", "arguments": {"status": 429, "headers": {"retry-after": "1"}}}
    for kind in ("list_lag", "get_lag"):
        yield 0.1, {"kind": kind, "arguments": {"seconds": 4}}
    for kind in ("create_errored", "lost_tags", "address_before", "address_after", "action_errored"):
        yield 0.03, {"kind": kind}


def _at_reads() -> Iterator[tuple[float, dict[str, Any]]]:
    read = {"method": "GET", "path": "/v2/**"}
    for status in (503, 524):
        yield 0.005, {**read, "kind": "status", "arguments": {"status": status}}
    yield 0.003, {**read, "kind": "status", "arguments": {"status": 429, "headers": {"retry-after": "1"}}}
    yield 0.01, {**read, "kind": "drop"}
    for kind in ("cut", "not_json", "wrong_shape"):
        yield 0.01, {**read, "kind": kind}

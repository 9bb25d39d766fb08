"""A pool's past, for its metrics: how many Droplets ran, how busy they were, and what was aimed at."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from ...engine.account import Account
from ...engine.records import Record
from ..monitoring.load import Curve, curve
from ..monitoring.uptime import Span, span_at, spans
from . import history


@dataclass(frozen=True, slots=True)
class Past:
    """All that the pool has held, with the times at which each ran, and its events."""

    ran: list[tuple[int, list[Span]]]
    events: list[Record]
    began: list[float]

    def running(self, moment: float) -> list[int]:
        """The Droplets that ran at a moment."""
        return [droplet for droplet, ran in self.ran if span_at(ran, moment) is not None]

    def event(self, moment: float) -> Record | None:
        """The latest event before a moment."""
        before = bisect_right(self.began, moment)
        return self.events[before - 1] if before else None


def past(account: Account, pool_id: str, now: float) -> Past:
    """The past of a pool."""
    held = [account.get("pool_member", key) for key in account.store("pool_member").keys("ever", pool_id)]
    events = history.of(account, pool_id)
    return Past([_ran(account, member, now) for member in held], events, [event["at"] for event in events])


def _ran(account: Account, member: Record, now: float) -> tuple[int, list[Span]]:
    until: float = now if member["left"] is None else member["left"]
    return member["droplet_id"], spans(account, member["droplet_id"], until)


def curves(account: Account, past: Past, name: str) -> dict[int, Curve]:
    """The curve of each Droplet by its id."""
    return {droplet: curve(account, droplet, name) for droplet, _ in past.ran}


def busy(past: Past, by_droplet: dict[int, Curve], moment: float) -> float | None:
    """How busy those that ran at a moment were, taken together."""
    found = [by_droplet[droplet].at(moment) for droplet in past.running(moment)]
    return sum(found) / len(found) if found else None


def aimed_at(past: Past, target: str, moment: float) -> float | None:
    """The target at a moment, if the pool had one."""
    event = past.event(moment)
    return None if event is None else event["config"].get(target)

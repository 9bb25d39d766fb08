"""Faults on demand: rules that make requests fail, late, cut, garbled or half done.

    simulator.faults.add("status", method="POST", path="/v2/droplets", status=503, count=2)
    simulator.faults.add("drop", when="after", method="POST", path="/v2/droplets", probability=0.1, seed=7)
    simulator.faults.load("faults.json")

A rule says which requests it is for (`rules.py`) and of what kind it is (`kinds.py`). Requests reach the rules when
they are authenticated, counted, routed and within the rate limit; rules are asked in the order in which they were
added, and the first that ends the request is the last one asked. Everything random comes from a rule's own generator,
so that the same requests in the same order meet the same faults.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from ..engine.records import Record
from ..engine.world import World
from ..http.messages import ApiCall, ApiReply
from .kinds import KINDS, TriggeredFault
from .rules import Rule, read_rule, request_matcher

__all__ = ["KINDS", "Fault", "Faults", "Rule"]


class Fault:
    """A rule in force, with its number and its record."""

    def __init__(self, number: int, rule: Rule, seed: int) -> None:
        self.number = number
        self.rule = rule
        #: Requests that the rule is for, and those among them that it struck.
        self.seen = 0
        self.triggered = 0
        self._matches = request_matcher(rule)
        self._random = Random(f"{seed}/{number}" if rule.seed is None else rule.seed)  # noqa: S311 - repeatable on purpose

    def trigger(self, call: ApiCall) -> float | None:
        """Whether it strikes this request: then a number drawn for what the kind leaves open."""
        rule = self.rule
        if rule.account not in (None, call.account.name) or not self._matches(call.method, call.path):
            return None
        self.seen += 1
        turn = self.seen - rule.after
        if turn <= 0 or turn % rule.every or self.triggered == rule.count:
            return None
        if self._random.random() >= rule.probability:
            return None
        self.triggered += 1
        return self._random.random()

    def to_json(self) -> Record:
        """As the admin interface lists it."""
        return {"id": self.number, **self.rule.to_json(), "seen": self.seen, "triggered": self.triggered}


class Faults:
    """All rules of one simulator; safe to share among threads."""

    def __init__(self, world: World) -> None:
        # Rules without a seed of their own draw from the world's, as it is when they are added.
        self._world = world
        self._lock = threading.Lock()
        self._faults: tuple[Fault, ...] = ()
        self._number = 0

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def add(
        self,
        kind: str,
        *,
        method: str | None = None,
        path: str | None = None,
        when: str | None = None,
        account: str | None = None,
        count: int | None = None,
        after: int = 0,
        every: int = 1,
        probability: float = 1.0,
        seed: int | None = None,
        **arguments: Any,
    ) -> Fault:
        """Add a rule; `rules.py` says what its members mean, and `kinds.py` which arguments a kind takes."""
        rule = Rule(
            kind=kind,
            method=method,
            path=path,
            when=when,
            account=account,
            count=count,
            after=after,
            every=every,
            probability=probability,
            seed=seed,
            arguments=arguments,
        )
        return self._add([rule])[0]

    def load(self, rules: Iterable[object] | str | Path) -> list[Fault]:
        """Add rules from JSON objects or from a JSON file with a list of them: all, or none if one makes no sense."""
        if isinstance(rules, str | Path):
            rules = json.loads(Path(rules).read_text(encoding="utf-8"))
        if not isinstance(rules, list | tuple):
            raise ValueError("faults must be a list of rules")  # noqa: TRY004 - the same error as for any wrong rule
        return self._add([_read(place, rule) for place, rule in enumerate(rules)])

    def remove(self, number: int) -> bool:
        """Take one rule away; whether there was one."""
        with self._lock:
            before, self._faults = self._faults, tuple(one for one in self._faults if one.number != number)
            return len(before) != len(self._faults)

    def clear(self) -> None:
        """Take all rules away."""
        with self._lock:
            self._faults = ()
            self._number = 0

    async def before(self, call: ApiCall) -> ApiReply | None:
        """A reply to send instead of doing anything, or nothing."""
        for fault in self._faults:
            triggered_fault = self._trigger(fault, call, "before")
            reply = None if triggered_fault is None else await fault.rule.of.act(triggered_fault, None)
            if reply is not None:
                return reply
        return None

    async def after(self, call: ApiCall, reply: ApiReply) -> ApiReply:
        """The reply to send for what has been done."""
        for fault in self._faults:
            triggered_fault = self._trigger(fault, call, "after")
            changed = reply if triggered_fault is None else await fault.rule.of.act(triggered_fault, reply)
            if changed is not None and changed is not reply:
                return changed
        return reply

    def _trigger(self, fault: Fault, call: ApiCall, stage: str) -> TriggeredFault | None:
        if fault.rule.stage != stage:
            return None
        with self._lock:
            chance = fault.trigger(call)
        if chance is None:
            return None
        return TriggeredFault(fault.rule.kind, call, self._world.clock, fault.rule.arguments, chance)

    def _add(self, rules: list[Rule]) -> list[Fault]:
        with self._lock:
            added = [Fault(self._number + place, rule, self._world.seed) for place, rule in enumerate(rules, 1)]
            self._number += len(rules)
            self._faults = (*self._faults, *added)
            return added


def _read(place: int, rule: object) -> Rule:
    try:
        return read_rule(rule)
    except ValueError as problem:
        raise ValueError(f"rule {place}: {problem}") from None

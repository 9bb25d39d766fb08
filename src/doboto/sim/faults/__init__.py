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
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from ..engine import tagging
from ..engine.records import DROPLET, Record, as_list
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

    def __repr__(self) -> str:
        rule = ", ".join(f"{name}={value!r}" for name, value in self.rule.to_json().items() if value is not None)
        return f"Fault({self.number}, {rule}, seen={self.seen}, triggered={self.triggered})"

    def trigger(self, call: ApiCall, droplets: list[tuple[str, list[str]]]) -> float | None:
        """Draw a number for what the kind leaves open, if the rule trigger this request about these Droplets."""
        rule = self.rule
        if rule.account not in (None, call.account.name) or not self._matches(call.method, call.path):
            return None
        if rule.is_selective and not any(rule.selects(*droplet) for droplet in droplets):
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

    def __repr__(self) -> str:
        return f"Faults({list(self._faults)!r})"

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
        names: str | Sequence[str] | None = None,
        tags: str | Sequence[str] | None = None,
        count: int | None = None,
        after: int = 0,
        every: int = 1,
        probability: float = 1.0,
        seed: int | None = None,
        **arguments: Any,
    ) -> Fault:
        """Make requests fail, late, cut, garbled or half done from now on.

        The third of ten Droplets that a request creates fails, the others become active:

            faults.add("create_errored", names=["web-3"])

        Args:
            kind: What happens. To any request: `status` (answers with `status`, by default 503, `headers`, and `body`,
                by default the API's error of that status; `bare=True` leaves out rate limit and request id), `latency`
                (`seconds`, by default 1, pass on the simulator's clock), `drop` (the connection closes without a
                response), `cut` (it closes after `bytes` of the body), `not_json` (`body` is sent as it is),
                `wrong_shape` (JSON that the operation never answers with), `reset_in_past` (`ratelimit-reset` is
                over). To new Droplets: `create_errored`, `lost_tags`, `address_before`, `address_after`, `list_lag` and
                `get_lag` (missing in lists or by id for `seconds`, by default 3). To actions: `action_errored`.
            method: The HTTP method of the requests it is for. Default: the kind's own, else any.
            path: Their path, as `/v2/droplets/{id}/actions` or `/droplets/{id}/actions`: `{name}` stands for one
                segment, `*` for any part of one, `**` for anything. Default: the kind's own, else any.
            when: `before` the request takes effect, or `after` that. Default: `before` for `status`, `latency` and
                `drop`, which can be either; the others have one time of their own. A client cannot see which it
                was: it looks for what a create may have made after a `drop` or a 5xx, and where there is nothing
                to find, because it came `before`, raises `DOBOTOOutcomeUnknownException`. A 429 promises that
                nothing was done, so it can only come `before`.
            account: The label of the only account it is for (`simulator.account(token).name`).
            names: Names of the only Droplets it is for, with `*` for any part of one: requests that create, act on or
                ask for none of them go unharmed, and what befalls Droplets befalls these alone.
            tags: Likewise, the Droplets with one of these tags; with `names`, those that match both.
            count: How often it strikes at most. Default: without end.
            after: The first so many requests go unharmed.
            every: Then it is every so many's turn.
            probability: The chance that it strikes when it is its turn, from 0 to 1.
            seed: What the chance is drawn from. Default: the simulator's seed.
            **arguments: What the kind takes, as above.

        Returns:
            The rule in force: `seen` counts the requests it is for, `triggered` those that it hit.

        Raises:
            ValueError: There is no such kind, an argument makes no sense, or no request to the API has such a path.
        """
        rule = Rule(
            kind=kind,
            method=method,
            path=path,
            when=when,
            account=account,
            names=_tuple_of(names),
            tags=_tuple_of(tags),
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
        return self._add([_read(index, rule) for index, rule in enumerate(rules)])

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
        """Return a reply to send instead of doing anything, or nothing."""
        for fault in self._faults:
            triggered_fault = self._trigger(fault, call, "before")
            reply = None if triggered_fault is None else await fault.rule.of.act(triggered_fault, None)
            if reply is not None:
                return reply
        return None

    async def after(self, call: ApiCall, reply: ApiReply) -> ApiReply:
        """Return the reply to send for what has been done."""
        for fault in self._faults:
            triggered_fault = self._trigger(fault, call, "after")
            changed = reply if triggered_fault is None else await fault.rule.of.act(triggered_fault, reply)
            if changed is not None and changed is not reply:
                return changed
        return reply

    def _trigger(self, fault: Fault, call: ApiCall, stage: str) -> TriggeredFault | None:
        if fault.rule.stage != stage:
            return None
        with self._world.lock:
            droplets = _droplets_of(call) if fault.rule.is_selective else []
        with self._lock:
            chance = fault.trigger(call, droplets)
        if chance is None:
            return None
        rule = fault.rule
        selects = rule.selects if rule.is_selective else None
        return TriggeredFault(rule.kind, call, self._world.clock, rule.arguments, chance, selects)

    def _add(self, rules: list[Rule]) -> list[Fault]:
        with self._lock:
            added = [Fault(self._number + offset, rule, self._world.seed) for offset, rule in enumerate(rules, 1)]
            self._number += len(rules)
            self._faults = (*self._faults, *added)
            return added


_ONE_DROPLET = re.compile(r"/v2/droplets/(\d+)(/.*)?")


def _tuple_of(texts: str | Sequence[str] | None) -> tuple[str, ...] | None:
    return (texts,) if isinstance(texts, str) else None if texts is None else tuple(texts)


def _droplets_of(call: ApiCall) -> list[tuple[str, list[str]]]:
    """Return names and tags of the Droplets that a request creates, acts on or asks for."""
    droplets = call.account.store(DROPLET).records
    one = _ONE_DROPLET.fullmatch(call.path)
    if one is not None:
        found = droplets.get(int(one[1]))
        return [] if found is None else [(found["name"], found["tags"])]
    if not _DROPLETS.fullmatch(call.path):
        return []
    tag = call.query.get("tag_name")
    if tag:
        tagged = [droplets[key] for key in tagging.find_tagged(call.account, DROPLET, tag)]
        return [(droplet["name"], droplet["tags"]) for droplet in tagged]
    names = (call.body.get("name"), *(as_list(call.body.get("names")) or ()))
    tags = [tag for tag in as_list(call.body.get("tags")) or () if isinstance(tag, str)]
    return [(name, tags) for name in names if isinstance(name, str)]


_DROPLETS = re.compile(r"/v2/droplets(/actions)?")


def _read(index: int, rule: object) -> Rule:
    try:
        return read_rule(rule)
    except ValueError as problem:
        raise ValueError(f"rule {index}: {problem}") from None

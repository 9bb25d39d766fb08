"""What really happened: the simulator's faults, watched at every create."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from doboto.sim import Simulator
from doboto.sim.faults import Faults
from doboto.sim.http.messages import ApiCall, ApiReply, Dropped

#: What befalls an answer so that its caller can't know what the request did.
LOST = frozenset({"500", "502", "503", "504", "520", "524", "dropped", "cut", "garbled", "late"})


@dataclass(slots=True)
class Post:
    """One create that arrived: whose it was, what it made, and what became of its answer."""

    call: int
    names: tuple[str, ...]
    made: dict[int, str] = field(default_factory=dict[int, str])
    answer: str = "answered"
    befell: frozenset[str] = frozenset()
    #: When it took effect, by the simulator's clock.
    at: float = 0.0


class Witness(Faults):
    """The simulator's faults, with a record of what they did to creates.

    Args:
        simulator: The simulator, whose faults are replaced by these.
        late: Seconds after which the clients have given up waiting for a reply.
    """

    def __init__(self, simulator: Simulator, late: float) -> None:
        super().__init__(simulator)
        self.requests = 0
        self._posts: dict[int, tuple[Post, float, str]] = {}
        self.done: list[tuple[str, Post]] = []
        self._late = late
        self._simulator = simulator
        self._guard = threading.Lock()
        simulator.faults = self

    def of(self, account: str) -> list[Post]:
        """The creates that reached an account."""
        return [post for name, post in self.done if name == account]

    def under_way(self) -> int:
        """Requests that have arrived and have no answer yet."""
        return len(self._posts)

    async def before(self, call: ApiCall) -> ApiReply | None:
        """Let the faults act; note a create."""
        self.requests += 1
        if call.method != "POST":
            return await super().before(call)
        names = tuple(call.body.get("names") or [call.body.get("name")])
        post = Post(int(call.body.get("user_data", -1)), names)
        self._posts[id(call)] = post, self._simulator.clock.now(), call.account.name
        try:
            reply = await super().before(call)
        except Dropped:
            self._close(call, "dropped")
            raise
        post.befell = frozenset(call.faults)
        if reply is not None:
            self._close(call, str(reply.status))
        return reply

    async def after(self, call: ApiCall, reply: ApiReply) -> ApiReply:
        """Let the faults act; note what the create made and what is answered."""
        if call.method != "POST":
            return await super().after(call, reply)
        body: Any = reply.body or {}
        made = body.get("droplets") or [one for one in [body.get("droplet")] if one]
        post = self._posts[id(call)][0]
        post.made = {droplet["id"]: droplet["name"] for droplet in made}
        post.at = call.now
        try:
            sent = await super().after(call, reply)
        except Dropped:
            self._close(call, "dropped")
            raise
        self._close(call, _told(sent))
        return sent

    def _close(self, call: ApiCall, answer: str) -> None:
        with self._guard:
            post, begun, account = self._posts.pop(id(call))
            # Whoever gave up at that time did not see it, whatever it was; a little more, for the time on the way.
            late = self._simulator.clock.now() - begun > self._late * 0.9
            post.answer = "late" if late else answer
            self.done.append((account, post))


def _told(reply: ApiReply) -> str:
    if reply.cut is not None:
        return "cut"
    if reply.status >= 400:
        return str(reply.status)
    return "garbled" if reply.raw is not None else "answered"


def triggered(faults: Faults) -> Counter[str]:
    """How often each fault was triggered, in words."""
    counts: Counter[str] = Counter()
    for fault in faults:
        rule = fault.rule
        what = " ".join(str(value) for name, value in sorted(rule.arguments.items()) if name in {"status", "seconds"})
        where = "reads" if rule.method == "GET" else "creates"
        counts[f"{where}: {rule.kind} {what} {rule.stage}".replace("  ", " ")] += fault.triggered
    return counts

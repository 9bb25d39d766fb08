"""What really happened: the simulator's faults, watched at every create."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from doboto.sim import Simulator
from doboto.sim.faults import Faults
from doboto.sim.http.messages import ApiCall, ApiReply, Dropped

#: What befalls a response so that its caller can't know what the request did.
LOST = frozenset({"500", "502", "503", "504", "520", "524", "dropped", "cut", "garbled", "late"})
#: The header that has the number of the call; a Droplet's user data has it, too.
CALL_HEADER = "x-call"
#: One action of so many has ended with a status that is not documented (terraform-provider-digitalocean#711).
ODD_STATUS, ODD_EVERY = "done", 25


def identity(resource: Any) -> str:
    """What a resource or an action is known by."""
    return str(resource.get("id") or resource.get("ip") or resource["name"])


@dataclass(slots=True)
class Post:
    """One request to create that arrived: whose it was, what it made, and what became of its response."""

    call: int
    #: Names by id.
    made: dict[str, str] = field(default_factory=dict[str, str])
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
        number = _number(call)
        if number < 0:
            return await super().before(call)
        post = Post(number)
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
        if _number(call) < 0:
            return await super().after(call, _with_odd_status(reply) if CALL_HEADER in call.headers else reply)
        post = self._posts[id(call)][0]
        post.made = _made(post.call, reply.body or {})
        post.befell |= _odd(reply.body or {})
        post.at = call.now
        try:
            sent = await super().after(call, reply)
        except Dropped:
            self._close(call, "dropped")
            raise
        self._close(call, _answer_of(sent))
        return sent

    def _close(self, call: ApiCall, answer: str) -> None:
        with self._guard:
            post, begun, account = self._posts.pop(id(call))
            # A caller that had given up by then did not see it; a little earlier, for the time on the way.
            late = self._simulator.clock.now() - begun > self._late * 0.9
            post.answer = "late" if late else answer
            self.done.append((account, post))


def _number(call: ApiCall) -> int:
    """The call that a request to create belongs to; -1 for other requests, and for those of no call."""
    if call.method != "POST":
        return -1
    return int((call.body or {}).get("user_data") or call.headers.get(CALL_HEADER, -1))


def _made(call: int, body: Mapping[str, Any]) -> dict[str, str]:
    """The names of what a response shows, by id."""
    if "droplet" in body or "droplets" in body:
        droplets = body.get("droplets") or [body["droplet"]]
        return {identity(droplet): droplet["name"] for droplet in droplets}
    return {identity(one): f"c{call}" for name, one in body.items() if isinstance(one, dict) and name != "links"}


def _odd(body: Mapping[str, Any]) -> frozenset[str]:
    """Whether an action that a response shows or links to is one that ends oddly."""
    actions = [body.get("action"), *(body.get("links") or {}).get("actions", ())]
    return frozenset({"odd_status"} if any(one and one["id"] % ODD_EVERY == 0 for one in actions) else ())


def _with_odd_status(reply: ApiReply) -> ApiReply:
    """A response in which some of the actions that have completed say so in another word."""
    body = reply.body or {}
    if "action" in body:
        return replace(reply, body={**body, "action": _ended(body["action"])})
    if "actions" in body:
        return replace(reply, body={**body, "actions": [_ended(action) for action in body["actions"]]})
    return reply


def _ended(action: dict[str, Any]) -> dict[str, Any]:
    odd = action["status"] == "completed" and action["id"] % ODD_EVERY == 0
    return {**action, "status": ODD_STATUS} if odd else action


def _answer_of(reply: ApiReply) -> str:
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
        where = "reads" if rule.method == "GET" else "changes"
        counts[f"{where}: {rule.kind} {what} {rule.stage}".replace("  ", " ")] += fault.triggered
    return counts

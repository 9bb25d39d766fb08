"""Whose a new resource is, among the threads and tasks of one process that use one token."""

from __future__ import annotations

import operator
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from .forks import renew_in_forks

#: How many ids are remembered. What is older than this many creates is older than any request still under way.
KEPT = 100_000


class OpenRequest:
    """A request whose outcome is not known yet: it is on its way, or what it did is looked for.

    The registry holds it weakly, so that it is over at the latest when an interruption drops it.

    Args:
        names: What it asks for; a name identifies like requests.

    Attributes:
        missing: Those that its caller has not been given.
        sent_at: When it was sent, once its response was lost; None while the response may still come.
    """

    __slots__ = ("__weakref__", "missing", "sent_at")

    def __init__(self, names: Iterable[Hashable]) -> None:
        self.missing: Counter[Hashable] = Counter(names)
        self.sent_at: float | None = None

    def lose(self, sent_at: float) -> None:
        """Record that its response was lost, so that what it did is looked for from now on.

        Args:
            sent_at: When it was sent.
        """
        self.sent_at = sent_at

    def end(self) -> None:
        """Record that it was answered, or is given up. Ending it again changes nothing."""
        self.missing = Counter[Hashable]()

    def looks_for(self, name: Hashable, sent_until: float) -> int:
        """Return how many of a name are looked for, if it was sent no later than that; 0 while it is on its way."""
        return 0 if self.sent_at is None or self.sent_at > sent_until else self.missing[name]


class OwnershipRegistry:
    """Whose a new resource is, among the threads and tasks of one process that use one token.

    Every response claims the ids in it. A create whose response was lost may only take what is unclaimed, and has
    to wait while another request for the same name is still on its way, since its response may claim what was found.
    Where others look for the name too, or gave up on what is there, it takes nothing before its last look: its own
    Droplet may be the one that lists do not show yet, and no call would be left to find it.
    """

    def __init__(self) -> None:
        self._claimed: dict[Any, None] = {}
        self._doubted: dict[Any, None] = {}
        self.renew()
        renew_in_forks(self)

    def renew(self) -> None:
        """Forget the open requests, in a forked process: they are those of the other one."""
        self._lock = threading.RLock()  # a handler of a signal may come here again
        self._open: set[weakref.ref[OpenRequest]] = set()

    def open(self, names: Iterable[Hashable]) -> OpenRequest:
        """Record that a request for these names is on its way; keep what is returned until it is over, and end it."""
        request = OpenRequest(names)
        # One step each, here and where a request ends or is dropped: no interruption can come between.
        self._open.add(weakref.ref(request, self._open.discard))
        return request

    def open_requests(self) -> list[OpenRequest]:
        """Return the requests whose outcome is not known yet."""
        return [request for ref in self._open.copy() if (request := ref()) is not None and request.missing]

    def claim(self, ids: Iterable[Any]) -> bool:
        """Claim all of them, or none if one is claimed already."""
        wanted = list(ids)
        with self._lock:
            if any(id in self._claimed for id in wanted):
                return False
            self._claimed.update(dict.fromkeys(wanted))
            _forget(self._claimed)
            return True

    def is_claimed(self, id: Any) -> bool:
        """Return whether it is claimed."""
        return id in self._claimed

    def free(self, found: Sequence[Any], key: Callable[[Any], Any] = operator.itemgetter("id")) -> list[Any]:
        """Return those whose `key` is unclaimed."""
        return [one for one in found if key(one) not in self._claimed]

    def take(
        self,
        request: OpenRequest,
        name: Hashable,
        found: Sequence[Any],
        *,
        last: bool,
        key: Callable[[Any], Any] = operator.itemgetter("id"),
    ) -> list[Any]:
        """Claim what is certain of the resources found of a name: as many as are missing, or fewer, or none.

        None while there are more than were asked for here, or they may be those of a request that is on its way.
        What is left is left to others that look for the name, as far as their requests were sent no later, so that
        they consider all that this one does.

        Args:
            request: The request whose response was lost.
            name: The name.
            found: The resources of that name that are new enough.
            last: Whether the caller's patience is over.
            key: What a resource is claimed under.
        """
        with self._lock:
            # Those that a call gave up on come last: its caller knows of these.
            free = sorted(self.free(found, key), key=lambda one: key(one) in self._doubted)
            if not self._may_take(request, name, free, any(key(one) in self._doubted for one in free), last):
                return []
            taken = free[: request.missing[name]]
            self._claimed.update(dict.fromkeys(map(key, taken)))
            _forget(self._claimed)
            request.missing[name] -= len(taken)
            return taken

    def _may_take(
        self, request: OpenRequest, name: Hashable, free: Sequence[Any], any_doubted: bool, last: bool
    ) -> bool:
        others = [each for each in self.open_requests() if each is not request and each.missing[name] > 0]
        if any(each.sent_at is None for each in others):
            return False
        sent_at = request.sent_at or 0.0
        room = request.missing[name] + sum(each.looks_for(name, sent_at) for each in others)
        return len(free) <= room and (last or not (others or any_doubted))

    def adopt(self, request: OpenRequest, name: Hashable, id: Any) -> None:
        """Claim one that is the caller's beyond doubt."""
        with self._lock:
            self._claimed[id] = None
            _forget(self._claimed)
            request.missing[name] -= 1

    def doubt(self, ids: Iterable[Any]) -> None:
        """Record that a call gave up on these: they may be its own or another's."""
        with self._lock:
            self._doubted.update(dict.fromkeys(ids))
            _forget(self._doubted)


def _forget(ids: dict[Any, None]) -> None:
    """Let go of the oldest, beyond what is kept."""
    for _ in range(len(ids) - KEPT):
        ids.pop(next(iter(ids)))

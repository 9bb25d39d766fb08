"""Finding out what a create did whose answer was lost: which Droplets are the ones that were asked for."""

from __future__ import annotations

import operator
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .._json import items, mapping

#: How much earlier than the request a Droplet may seem to have been created, in seconds. The API's times and its
#: clock in the Date header have whole seconds, so two that are the same may look two apart.
SKEW = 2.0
#: The tags that requests get to be found by: see `Session.new_recovery_tag`.
RECOVERY_TAG = re.compile(r"doboto-[0-9a-f]{24}")


def moment(text: Any) -> float | None:
    """Seconds since 1970 from the API's time (ISO 8601), or None."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return None


def matching(droplets: Iterable[Any], body: Mapping[str, Any], since: float) -> list[Any]:
    """The Droplets that a create with that body would have made since then.

    Args:
        droplets: Droplets as the API lists them.
        body: What was asked for; names are compared exactly.
        since: When the request was sent, by the API's clock.
    """
    names = asked_names(body)  # no set: a reply may have anything for a name
    return [droplet for droplet in droplets if _is_one(mapping(droplet), body, names, since)]


def asked_names(body: Mapping[str, Any]) -> list[str]:
    """The names in a create's body."""
    return list(body["names"]) if "names" in body else [body["name"]]


def _is_one(droplet: Mapping[str, Any], body: Mapping[str, Any], names: Sequence[str], since: float) -> bool:
    created = moment(droplet.get("created_at"))
    return (
        isinstance(droplet.get("id"), int)
        and droplet.get("name") in names
        and created is not None
        and created >= since - SKEW
        and droplet.get("size_slug", body["size"]) == body["size"]
        and str(mapping(droplet.get("region")).get("slug", "")).startswith(body.get("region") or "")
        and _same_image(droplet.get("image"), body["image"])
        and body.get("vpc_uuid") in {None, droplet.get("vpc_uuid", body.get("vpc_uuid"))}
        and not _is_marked(droplet, body)
    )


def _is_marked(droplet: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether it has the recovery tag of another request, so that it is another's beyond doubt."""
    return any(
        isinstance(tag, str) and RECOVERY_TAG.fullmatch(tag) and tag not in body.get("tags", ())
        for tag in items(droplet.get("tags"))
    )


def _same_image(found: Any, asked: Any) -> bool:
    """Whether an image is the one asked for by id or slug; it is left out where the token may not read images."""
    if not mapping(found):
        return True
    return str(asked) in {str(mapping(found).get("id")), str(mapping(found).get("slug"))}


def of_action(action: Any) -> tuple[str, int]:
    """What an action is claimed under: its id may be the number of a Droplet too."""
    return ("action", action["id"])


class OwnershipRegistry:
    """Whose a new thing is, among the threads and tasks of one process that use one token.

    Every reply claims the ids in it. A create whose answer was lost may only take what nobody has claimed, and has to
    wait while another request for the same name is still under way, since its reply may claim what was found. Where
    others look for the name too, or gave up on what is there, it takes nothing before its last look: its own Droplet
    may be the one that lists do not show yet, and nobody would be left to find it.
    """

    def __init__(self) -> None:
        self._claimed: dict[Any, None] = {}
        self._sending: Counter[Hashable] = Counter()
        self._looking: defaultdict[Hashable, list[float]] = defaultdict(list)
        self._doubted: dict[Any, None] = {}
        self._lock = threading.Lock()

    def claim(self, ids: Iterable[Any]) -> bool:
        """Claim all of them, or none if one is somebody else's already."""
        wanted = list(ids)
        with self._lock:
            if any(id in self._claimed for id in wanted):
                return False
            self._claimed.update(dict.fromkeys(wanted))
            _forget(self._claimed)
            return True

    def known(self, id: Any) -> bool:
        """Whether somebody has claimed it."""
        return id in self._claimed

    def free(self, found: Sequence[Any], key: Callable[[Any], Any] = operator.itemgetter("id")) -> list[Any]:
        """Those that nobody has claimed, under what `key` makes of them."""
        return [one for one in found if key(one) not in self._claimed]

    def sending(self, names: Sequence[Hashable]) -> None:
        """Record that a request for these names is on its way; a name is whatever identifies like requests."""
        with self._lock:
            self._sending.update(names)

    def looking(self, names: Sequence[Hashable], sent_at: float) -> None:
        """Its answer was lost; what it did is going to be looked for."""
        with self._lock:
            for name in names:
                self._looking[name].append(sent_at)

    def sent(self, names: Sequence[Hashable]) -> None:
        """It was answered, or is given up."""
        with self._lock:
            self._sending.subtract(names)

    def looked(self, names: Sequence[Hashable], sent_at: float) -> None:
        """Looking is over, and these were not taken."""
        with self._lock:
            for name in names:
                self._leave(name, sent_at)

    def take(
        self,
        name: Hashable,
        found: Sequence[Any],
        missing: int,
        sent_at: float,
        *,
        last: bool,
        key: Callable[[Any], Any] = operator.itemgetter("id"),
    ) -> list[Any]:
        """Claim what is certain of the resources found of a name: as many as are missing, or fewer, or none.

        None while there are more than can be anybody's here, or they may be those of a request that is on its way.
        What is left is left to others that look for the name, as far as their requests were sent no later, so that
        they consider all that this one does.

        Args:
            name: The name.
            found: The resources of that name that are new enough.
            missing: How many of the name the caller still looks for.
            sent_at: When its request was sent.
            last: Whether the caller's patience is over.
            key: What a resource is claimed under.
        """
        with self._lock:
            # Those that somebody gave up on come last: a caller knows of these.
            free = sorted(self.free(found, key), key=lambda one: key(one) in self._doubted)
            lookers = self._looking[name]
            contested = len(lookers) > missing or any(key(one) in self._doubted for one in free)
            room = sum(sent <= sent_at for sent in lookers)
            if self._sending[name] > 0 or len(free) > room or (contested and not last):
                return []
            taken = free[:missing]
            self._claimed.update(dict.fromkeys(map(key, taken)))
            _forget(self._claimed)
            for _ in taken:
                self._leave(name, sent_at)
            return taken

    def adopt(self, name: Hashable, id: Any, sent_at: float) -> None:
        """Claim one that is the caller's beyond doubt."""
        with self._lock:
            self._claimed[id] = None
            _forget(self._claimed)
            self._leave(name, sent_at)

    def _leave(self, name: Hashable, sent_at: float) -> None:
        lookers = self._looking[name]
        if sent_at in lookers:  # it has left already where it was interrupted after it took something
            lookers.remove(sent_at)
        if not lookers:
            del self._looking[name]

    def doubt(self, ids: Iterable[Any]) -> None:
        """Somebody gave up on these: they may be that caller's or another's."""
        with self._lock:
            self._doubted.update(dict.fromkeys(ids))
            _forget(self._doubted)


#: How many ids are remembered. What is older than this many creates is older than any request still under way.
KEPT = 100_000


def _forget(ids: dict[Any, None]) -> None:
    """Let go of the oldest, beyond what is kept."""
    for _ in range(len(ids) - KEPT):
        ids.pop(next(iter(ids)))

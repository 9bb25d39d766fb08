"""Waiting for new Droplets to be ready: first their create actions, then what the Droplets must have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from .._core.deadline import Deadline
from .._core.droplet.readiness import Readiness
from .._core.request import get, path
from .._core.response import member_reader
from .._session import Session
from ..errors import (
    DOBOTOActionException,
    DOBOTOForbiddenException,
    DOBOTONotFoundException,
    DOBOTOVanishedException,
)
from .actions import GRACE, PAGES, ActionWatch, describe
from .lookup import Finder

#: While a create action runs, its Droplet is read every so many rounds: it may be gone (terraform PR#1493).
NOW_AND_THEN = 12
#: How often in a row it must be missing then to count as gone: its action may still say why.
MISSES = 3


class NewDropletWatch:
    """New Droplets and what was last seen of them.

    A round asks for the create actions while any is running, and for the Droplets once none is: one or two requests,
    plus one for each Droplet that is on none of the likely pages of the list. Where it takes a third page to find
    them, the next round comes at once.

    Args:
        session: Sends the requests.
        droplets: The Droplets as their create gave them.
        action_ids: The ids of their create actions, as far as known.
        readiness: What they must have.
    """

    what = "create"

    def __init__(
        self,
        session: Session,
        droplets: Sequence[Mapping[str, Any]],
        action_ids: Sequence[int],
        readiness: Readiness,
    ) -> None:
        self.total = len(droplets)
        self._session = session
        self._readiness = readiness
        self._seen: dict[int, Mapping[str, Any]] = {droplet["id"]: droplet for droplet in droplets}
        self._gone: set[int] = set()
        self._misses: Counter[int] = Counter()
        self._begun = session.io.clock.monotonic()
        self._actions = ActionWatch(
            session, [{"id": id} for id in action_ids], lambda action: get(path("/actions/{id}", id=action["id"]))
        )
        self._actions_readable = True
        #: Droplets that have been read since no action is running any more.
        self._read_at_end: set[int] = set()
        self._rounds = 0
        self.poll_again_now = False
        self._finder = Finder(session, "droplets", "/droplets", self._filter(droplets))

    @property
    def failures(self) -> int:
        """How many Droplets will not become ready: their creation failed, or they are gone."""
        return len(self._gone | self._find_failed().keys())

    def pending(self) -> dict[int, str]:
        """Return the Droplets that are not ready, but for those that failed."""
        failed = self._gone | self._find_failed().keys()
        missing = {id: self._readiness.missing(droplet) for id, droplet in self._seen.items() if id not in failed}
        return {id: ", ".join(parts) for id, parts in missing.items() if parts}

    def last_seen(self) -> Any:
        """Return the Droplet as last seen, or a list of them."""
        droplets = self.all()
        return droplets[0] if len(droplets) == 1 else droplets

    def all(self) -> list[Any]:
        """Return all Droplets as last seen, in the order given."""
        return list(self._seen.values())

    async def poll(self, deadline: Deadline) -> None:
        """One round."""
        self._rounds += 1
        self.poll_again_now = False
        left = PAGES
        if self._running():
            left -= 1
            await self._poll_actions(deadline)
        if not self._running() or self._is_batch() or self._rounds % NOW_AND_THEN == 0:
            await self._poll_droplets(deadline, left)

    def result(self) -> list[Any]:
        """Return the Droplets, all ready.

        Raises:
            DOBOTOActionException: The creation of some failed.
            DOBOTOVanishedException: Some are gone.
        """
        if failed := self._find_failed():
            id, action = next(iter(failed.items()))
            actions = {each["id"]: each for each in failed.values()}
            message = f"creating a Droplet failed: {describe(list(actions.values()))}"
            if self._is_batch():
                names = (f"{self._seen[each].get('name')} ({each})" for each in sorted(failed))
                message += f"; not created: {', '.join(names)}"
            raise self._error(DOBOTOActionException, message, id, action)
        if self._gone:
            id = min(self._gone)
            message = f"Droplets that were being created are gone: {', '.join(map(str, sorted(self._gone)))}"
            raise self._error(DOBOTOVanishedException, message, id, self._actions_by_droplet().get(id))
        return self.all()

    def _error(self, kind: type[DOBOTOActionException], message: str, id: int, action: Any) -> DOBOTOActionException:
        return kind(
            message,
            action=action,
            droplet=self._seen.get(id),
            actions=self._actions.all(),
            droplets=self.all(),
            created=[droplet for id, droplet in self._seen.items() if id not in self._gone],
        )

    def _running(self) -> bool:
        return self._actions_readable and bool(self._actions.pending())

    def _actions_by_droplet(self) -> dict[int, Any]:
        """Return create actions by Droplet; a single action is the single Droplet's, whichever it names."""
        actions = self._actions.all()
        if len(actions) == len(self._seen) == 1:
            return {next(iter(self._seen)): actions[0]}
        by_droplet = {
            action.get("resource_id"): action for action in actions if isinstance(action.get("resource_id"), int)
        }
        return {id: action for id, action in by_droplet.items() if id in self._seen}

    def _is_batch(self) -> bool:
        """Return whether one action stands for several Droplets: `rel: "batch"`, as recorded from 2016 to 2020."""
        return 0 < self._actions.total < self.total

    def _find_failed(self) -> dict[int, Any]:
        """Return the failed actions by Droplet; of a batch, those of the Droplets that are new or gone at its end."""
        failed = {action["id"]: action for action in self._actions.find_failed()}
        if not self._is_batch():
            return {id: action for id, action in self._actions_by_droplet().items() if action["id"] in failed}
        stuck = {id for id in self._read_at_end if self._seen[id].get("status") == "new"} | self._gone
        return dict.fromkeys(stuck, next(iter(failed.values()))) if failed else {}

    async def _poll_actions(self, deadline: Deadline) -> None:
        try:
            await self._actions.poll(deadline)
        except (DOBOTOForbiddenException, DOBOTONotFoundException):
            self._actions_readable = False  # the token may not read actions: the Droplets alone must show it

    async def _poll_droplets(self, deadline: Deadline, most: int) -> None:
        ids = list(self.pending())
        over = not self._running()
        if len(ids) > 1:
            found = await self._finder.find(ids, deadline, most)
            self._seen.update(found)
            self._read_at_end.update(found if over else ())
            self.poll_again_now = not self._finder.is_finished
            ids = [] if self.poll_again_now else [id for id in ids if id not in found]
        outcomes = await self._session.io.gather([partial(self._read, id, deadline) for id in ids])
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        self._read_at_end.update(ids if over else ())

    async def _read(self, id: int, deadline: Deadline) -> None:
        try:
            request = get(path("/droplets/{id}", id=id))
            self._seen[id] = await self._session.call(request, deadline, member_reader("droplet", dict))
        except DOBOTONotFoundException:
            if self._session.io.clock.monotonic() - self._begun >= GRACE:
                self._misses[id] += 1
                if not self._running() or self._misses[id] >= MISSES:
                    self._gone.add(id)

    def _filter(self, droplets: Sequence[Mapping[str, Any]]) -> dict[str, str | int]:
        """Return the filters of the narrowest list that has them all: a tag that was asked for, or GPU Droplets."""
        first: Mapping[str, Any] = droplets[0] if droplets else {}
        if tag := self._readiness.tag_of(first):
            return {"tag_name": tag}
        if str(first.get("size_slug", "")).startswith("gpu"):
            return {"type": "gpus"}
        return {}

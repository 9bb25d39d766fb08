"""Waiting for Droplets, however they came to be: until they are ready, off, or nothing is running on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeAlias

from .._core import pages
from .._core.deadline import Deadline
from .._core.request import get, path
from .._core.response import member_reader
from .._json import records
from .._session import Session
from ..addresses import private_ipv4, public_ipv4, public_ipv6
from ..errors import DOBOTOForbiddenException, DOBOTONotFoundException, DOBOTOVanishedException
from .actions import GRACE, PAGES, RUNNING
from .lookup import Finder, raise_failures

#: `ready`: active, with an address, and no action running. `off`: powered off, and no action running. `idle`: created,
#: and no action running, whether it is on or off. `gone`: it no longer exists.
Until: TypeAlias = Literal["ready", "off", "idle", "gone"]


class DropletStateWatch:
    """Droplets, until each is in the state asked for.

    A single one is read together with its newest actions. Several are read from the list of Droplets, page by page, and
    from the first page of the account's actions: the list says whether a Droplet is locked, which it is while an action
    runs (API reference, "Droplet Actions"), and the actions say which.

    Args:
        session: Sends the requests.
        ids: The Droplets.
        until: The state.
        tag_name: A tag that all of them have, or None: then the list is shorter.
    """

    what = "wait"
    failures = 0

    def __init__(self, session: Session, ids: Sequence[int], until: Until, tag_name: str | None = None) -> None:
        self.total = len(ids)
        self.poll_again_now = False
        self._session = session
        self._until = until
        self._droplets: dict[int, Any] = dict.fromkeys(ids)
        self._missing: dict[int, str] = dict.fromkeys(ids, "not read yet")
        self._gone: list[int] = []
        self._begun = session.io.clock.monotonic()
        query: dict[str, str | int] = {} if tag_name is None else {"tag_name": tag_name}
        self._finder = Finder(session, "droplets", "/droplets", query, thorough=True)
        self._listing = self._actions_readable = True

    def pending(self) -> dict[int, str]:
        """The Droplets that are not in that state, each with what is missing."""
        return self._missing

    def last_seen(self) -> Any:
        """All Droplets as last read."""
        return [droplet for droplet in self._droplets.values() if droplet is not None]

    def all(self) -> list[Any]:
        """The Droplets, in the order given.

        Raises:
            DOBOTOVanishedException: Some were destroyed while they were waited for, and should not be.
        """
        if self._gone and self._until != "gone":
            message = f"Droplets that were waited for were destroyed: {', '.join(map(str, self._gone))}"
            droplets = self.last_seen()
            raise DOBOTOVanishedException(message, droplet=self._droplets[self._gone[0]], droplets=droplets)
        return list(self._droplets.values())

    async def poll(self, deadline: Deadline) -> None:
        """Poll: read what is pending.

        Raises:
            DOBOTONotFoundException: Some do not exist; it names all of them.
        """
        self.poll_again_now = False
        ids = list(self._missing)
        found = await self._read_list(ids, deadline) if len(ids) > 1 and self._listing else {}
        if found is None:
            self.poll_again_now = True
            return
        await self._read_each([id for id in ids if id not in found], deadline)
        read = {id: self._droplets[id] for id in ids if id not in self._gone and self._droplets[id] is not None}
        self._missing |= {id: missing for id, droplet in read.items() if (missing := self._state_missing(droplet))}
        there = [id for id, droplet in read.items() if not self._state_missing(droplet)]
        running = await self._running(there, deadline)
        for id in [*there, *self._gone]:
            if id in running:
                self._missing[id] = running[id]
            else:
                self._missing.pop(id, None)

    def _state_missing(self, droplet: Mapping[str, Any]) -> str:
        """What the Droplet itself shows to be missing, in words; empty when nothing is."""
        if self._until == "gone":
            return "still there"
        status = droplet.get("status")
        addressed = public_ipv4(droplet) or public_ipv6(droplet) or private_ipv4(droplet)
        wanted = {"ready": status == "active", "off": status == "off", "idle": status != "new"}
        if droplet.get("locked") and status != "new":
            return "an action is running"
        if not wanted[self._until]:
            return f"status is {status}"
        return "no IP address" if self._until == "ready" and not addressed else ""

    async def _read_list(self, ids: Sequence[int], deadline: Deadline) -> dict[int, Any] | None:
        """Those that the list has; None while there are further pages worth reading."""
        try:
            found = await self._finder.find(ids, deadline, PAGES)
        except DOBOTOForbiddenException:
            self._listing = False
            return {}
        self._droplets |= found
        return found if self._finder.is_finished else None

    async def _read_each(self, ids: Sequence[int], deadline: Deadline) -> None:
        jobs = [partial(self._read, id, deadline) for id in ids]
        raise_failures("Droplets", ids, await self._session.io.gather(jobs))

    async def _read(self, id: int, deadline: Deadline) -> None:
        request = get(path("/droplets/{id}", id=id))
        try:
            self._droplets[id] = await self._session.call(request, deadline, member_reader("droplet", dict))
        except DOBOTONotFoundException:
            if self._until == "gone":
                self._gone.append(id)
                return
            if self._session.ownership.known(id) and self._session.io.clock.monotonic() - self._begun < GRACE:
                return  # created by this program, and not to be read yet (pydo#468)
            if self._droplets[id] is None:
                raise
            self._gone.append(id)

    async def _running(self, ids: Sequence[int], deadline: Deadline) -> dict[int, str]:
        """What is running on these, in words: by a single one's own actions, or by the account's newest."""
        if not ids or not self._actions_readable:
            return {}
        listed = path("/droplets/{id}/actions", id=ids[0]) if len(ids) == 1 else "/actions"
        request = pages.page_request(listed, {}, 1)
        try:
            page = await self._session.call(request, deadline, pages.page_reader("actions"))
        except DOBOTOForbiddenException:
            self._actions_readable = listed != "/actions"  # the list of all needs a scope of its own
            return {}
        actions = [one for one in records(list(page.items)) if one.get("status") == RUNNING]
        kinds = {None, "droplet"}
        return {
            action["resource_id"]: f"{action.get('type')} is running"
            for action in actions
            if action.get("resource_id") in ids and action.get("resource_type") in kinds
        }

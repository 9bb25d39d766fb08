"""Waiting for Droplets, however they came to be: until they are ready, off, or nothing is running on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._core.deadline import Deadline
from .._core.droplet.target import Until
from .._core.request import path
from .._session import Session
from ..addresses import private_ipv4, public_ipv4, public_ipv6
from ..errors import DOBOTOForbiddenException, DOBOTOVanishedException
from .actions import read_running
from .lookup import unused_tag_error
from .polling import WaitPlan, wait
from .ports import PortWatch
from .reader import ResourceReader


class DropletStateWatch:
    """Droplets, until each is in the state asked for.

    A single one is read together with its newest actions. Several are read from the list of Droplets, page by page, and
    from the account's newest actions: the list says whether a Droplet is locked, which it is while an action runs (API
    reference, "Droplet Actions"), and the actions say which.

    Args:
        session: Sends the requests.
        ids: The Droplets.
        until: The state.
        tag_name: A tag that all of them have, or None: then the list is shorter.
    """

    what = "wait"

    def __init__(self, session: Session, ids: Sequence[int], until: Until, tag_name: str | None = None) -> None:
        self.total = len(ids)
        self.poll_again_now = False
        self._session = session
        self._until = until
        self._missing: dict[int, str] = dict.fromkeys(ids, "not read yet")
        self._reader = ResourceReader(
            session,
            "Droplet",
            "droplet",
            "/droplets/{id}",
            {} if tag_name is None else {"tag_name": tag_name},
            dict.fromkeys(ids),
            until_gone=until == "gone",
            claimed_as=lambda id: id,
        )
        self._actions_readable = True

    @property
    def failures(self) -> int:
        """How many were destroyed, and should not be."""
        return 0 if self._until == "gone" else len(self._reader.gone)

    def pending(self) -> dict[int, str]:
        """Return the Droplets that are not in that state, each with what is missing."""
        return self._missing

    def last_seen(self) -> Any:
        """Return all Droplets as last read."""
        return [droplet for droplet in self._reader.seen.values() if droplet is not None]

    def all(self) -> list[Any]:
        """Return the Droplets, in the order given.

        Raises:
            DOBOTOVanishedException: Some were destroyed while they were waited for, and should not be.
        """
        if self._reader.gone and self._until != "gone":
            named = ", ".join(f"{self._reader.seen[id]['name']} ({id})" for id in self._reader.gone)
            message = f"Droplets that were waited for were destroyed: {named}"
            droplets = self.last_seen()
            raise DOBOTOVanishedException(message, droplet=self._reader.seen[self._reader.gone[0]], droplets=droplets)
        return list(self._reader.seen.values())

    async def poll(self, deadline: Deadline) -> None:
        """Read those that are pending.

        Raises:
            DOBOTONotFoundException: Some do not exist; it names all of them.
        """
        self.poll_again_now = False
        ids = list(self._missing)
        if not await self._reader.read(ids, deadline):
            self.poll_again_now = True
            return
        present = self._reader.present()
        states = {id: self._state_missing(present[id]) for id in ids if id in present}
        self._missing |= {id: missing for id, missing in states.items() if missing}
        reached = [id for id, missing in states.items() if not missing]
        running = await self._running(reached, deadline)
        over = {*reached, *self._reader.gone} - running.keys()
        self._missing = {id: missing for id, missing in (self._missing | running).items() if id not in over}

    def _state_missing(self, droplet: Mapping[str, Any]) -> str:
        """Return what the Droplet itself shows to be missing, in words; empty when nothing is."""
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

    async def _running(self, ids: Sequence[int], deadline: Deadline) -> dict[int, str]:
        """Return what is running on these, in words: by a single one's own actions, or by the account's newest."""
        if not ids or not self._actions_readable:
            return {}
        listed = path("/droplets/{id}/actions", id=ids[0]) if len(ids) == 1 else "/actions"
        try:
            actions = await read_running(self._session, listed, deadline)
        except DOBOTOForbiddenException:
            self._actions_readable = listed != "/actions"  # the list of all needs a scope of its own
            return {}
        kinds = {None, "droplet"}
        return {
            action["resource_id"]: f"{action.get('type')} is running"
            for action in actions
            if action.get("resource_id") in ids and action.get("resource_type") in kinds
        }


async def wait_for_state(
    session: Session, ids: Sequence[int], until: Until, plan: WaitPlan, tag_name: str | None, ready_port: int | None
) -> list[Any]:
    """Wait until Droplets are in a state.

    Args:
        session: Sends the requests.
        ids: The Droplets.
        until: The state.
        plan: How to wait.
        tag_name: The tag that they were found by, or None.
        ready_port: The TCP port that is to accept connections as well, or None.

    Returns:
        The Droplets as last seen, in the order given.

    Raises:
        DOBOTONotFoundException: Some do not exist, or none has the tag, unless they are waited for to be gone.
        DOBOTOVanishedException: Some were destroyed while they were waited for, and should not be.
    """
    if tag_name is not None and not ids and until != "gone":
        raise unused_tag_error(tag_name)
    watch = DropletStateWatch(session, ids, until, tag_name)
    await wait(session, watch, plan, at_once=True)
    droplets = watch.all()
    if ready_port is not None and droplets:
        await wait(session, PortWatch(session, droplets, ready_port), plan)
    return droplets

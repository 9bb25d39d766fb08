"""Waiting for resources that show by themselves when they are ready, or gone: load balancers, images, volumes, ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._core.deadline import Deadline
from .._core.request import Request, get, path
from .._session import Session
from .._session.list_reader import results
from ..errors import DOBOTOActionException, DOBOTOVanishedException
from .actions import read_running
from .reader import ResourceReader

ABBREVIATIONS = frozenset({"ip", "nat", "vpc"})


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How a kind of resource becomes ready.

    Attributes:
        key: The root key of responses that hold one; that of a list has an s more.
        path_template: The path of one, with `{id}` in it.
        ready: Its state when it is ready; None for a kind that has no state.
        failed: The states that it does not leave.
        member: The field that has its state.
        has_actions: Whether it is ready only when none of its own actions is running.
        query: What makes its list shorter.
    """

    key: str
    path_template: str
    ready: str | None
    failed: frozenset[str] = frozenset()
    member: str = "status"
    has_actions: bool = False
    query: Mapping[str, str | int] = field(default_factory=dict[str, str | int])

    @property
    def noun(self) -> str:
        """What one is called."""
        return " ".join(word.upper() if word in ABBREVIATIONS else word for word in self.key.split("_"))

    def request(self, id: int | str) -> Request:
        """Return the request that reads one."""
        return get(path(self.path_template, id=id))

    def missing(self, resource: Mapping[str, Any]) -> str:
        """Return what one lacks until it is ready, in words; empty when it is."""
        state = resource.get(self.member, "not known yet")
        return "" if self.ready in {None, state} else f"{self.member} is {state}"

    def failure(self, resource: Mapping[str, Any]) -> str:
        """Return why one will not become ready, in words; empty unless it has failed."""
        if (state := str(resource.get(self.member))) not in self.failed:
            return ""
        # The API reference's example of an image without an error has a blank here.
        return str(resource.get("error_message") or "").strip() or f"its {self.member} is {state}"


class LifecycleWatch:
    """Resources of one kind, until each is ready, or gone.

    A single one is read by itself; several are read from the list of their kind, page by page.

    Args:
        session: Sends the requests.
        what: What is waited for: `create`, `update`, `wait`.
        lifecycle: How the kind becomes ready.
        resources: The resources by their ids, as last seen; None for one that was not read yet.
        gone: Whether they are to be gone, instead of ready.
    """

    def __init__(
        self, session: Session, what: str, lifecycle: Lifecycle, resources: Mapping[Any, Any], *, gone: bool = False
    ) -> None:
        self.what = what
        self.total = len(resources)
        self.poll_again_now = False
        self._session = session
        self._lifecycle = lifecycle
        self._until_gone = gone
        self._reader = ResourceReader(
            session,
            lifecycle.noun,
            lifecycle.key,
            lifecycle.path_template,
            lifecycle.query,
            resources,
            until_gone=gone,
            claimed_as=lambda id: (f"{lifecycle.key}s", str(id)),
        )
        self._missing = {id: missing for id in resources if (missing := self._missing_of(id))}

    @property
    def failures(self) -> int:
        """How many have failed, or are gone and should not be."""
        return 0 if self._until_gone else len(self._find_failed()) + len(self._reader.gone)

    def pending(self) -> dict[Any, str]:
        """Return those that are not ready, or not gone, each with what is missing."""
        return dict(self._missing)

    def last_seen(self) -> Any:
        """Return the resource as last seen, or a list of them."""
        return next(iter(self._reader.seen.values())) if self.total == 1 else self._read()

    def result(self) -> list[Any]:
        """Return all of them as last seen, in the order given.

        Raises:
            DOBOTOVanishedException: One was destroyed while it was waited for.
            DOBOTOActionException: One has failed.
        """
        noun = self._lifecycle.noun
        if self._reader.gone and not self._until_gone:
            message = f"destroyed while it was waited for: {noun} {', '.join(map(str, self._reader.gone))}"
            raise DOBOTOVanishedException(message, self._reader.seen[self._reader.gone[0]])
        if failed := self._find_failed():
            doing = "" if self.what == "wait" else f"{self.what} of "
            message = "; ".join(f"{doing}{noun} {id} failed: {why}" for id, why in failed.items())
            raise DOBOTOActionException(message, self._reader.seen[next(iter(failed))])
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
        self._missing = {id: missing for id in ids if (missing := self._missing_of(id))}
        if self._lifecycle.has_actions and not self._until_gone:
            present = self._reader.present()
            await self._read_actions([id for id in ids if id in present and id not in self._missing], deadline)

    def _read(self) -> list[Any]:
        return [resource for resource in self._reader.seen.values() if resource is not None]

    def _find_failed(self) -> dict[Any, str]:
        """Return those that have failed, each with the reason."""
        if self._until_gone:
            return {}
        read = {id: one for id, one in self._reader.seen.items() if one is not None}
        return {id: why for id, one in read.items() if (why := self._lifecycle.failure(one))}

    def _missing_of(self, id: Any) -> str:
        resource = self._reader.seen[id]
        if id in self._reader.gone:
            return ""
        if resource is None:
            return "not read yet"
        if self._until_gone:
            return "still there"
        return "" if self._lifecycle.failure(resource) else self._lifecycle.missing(resource)

    async def _read_actions(self, ids: Sequence[Any], deadline: Deadline) -> None:
        """Read the newest actions of those that are ready otherwise."""
        jobs = [partial(self._read_running, id, deadline) for id in ids]
        for id, running in zip(ids, results(await self._session.io.gather(jobs)), strict=True):
            if running:
                self._missing[id] = f"{running[0].get('type')} is running"

    async def _read_running(self, id: Any, deadline: Deadline) -> list[Mapping[str, Any]]:
        return await read_running(self._session, path(f"{self._lifecycle.path_template}/actions", id=id), deadline)

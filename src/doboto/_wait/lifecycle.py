"""Waiting for resources that show by themselves when they are ready, or gone: load balancers, images, volumes, ..."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .._core import pages
from .._core.deadline import Deadline
from .._core.request import Request, get, path
from .._core.response import member_reader
from .._json import records
from .._session import Session
from ..errors import DOBOTOActionException, DOBOTOForbiddenException, DOBOTONotFoundException, DOBOTOVanishedException
from .actions import GRACE, PAGES, RUNNING
from .lookup import Finder, raise_failures

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
        """The request that reads one."""
        return get(path(self.path_template, id=id))

    def missing(self, resource: Mapping[str, Any]) -> str:
        """What one lacks until it is ready, in words; empty when it is."""
        state = resource.get(self.member, "not known yet")
        return "" if self.ready in {None, state} else f"{self.member} is {state}"

    def failure(self, resource: Mapping[str, Any]) -> str:
        """Why one will not become ready, in words; empty unless it has failed."""
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
        self._seen = dict(resources)
        self._until_gone = gone
        self._gone: list[Any] = []
        self._begun = session.io.clock.monotonic()
        root = lifecycle.path_template.removesuffix("/{id}")
        self._finder = Finder(session, f"{lifecycle.key}s", root, lifecycle.query, thorough=True)
        self._listing = True
        self._missing = {id: missing for id in resources if (missing := self._missing_of(id))}

    @property
    def failures(self) -> int:
        """How many have failed, or are gone and should not be."""
        return 0 if self._until_gone else len(self._failed()) + len(self._gone)

    def pending(self) -> dict[Any, str]:
        """Those that are not ready, or not gone, each with what is missing."""
        return dict(self._missing)

    def last_seen(self) -> Any:
        """The resource as last seen, or a list of them."""
        return next(iter(self._seen.values())) if self.total == 1 else self._read()

    def result(self) -> list[Any]:
        """All of them as last seen, in the order given.

        Raises:
            DOBOTOVanishedException: One was destroyed while it was waited for.
            DOBOTOActionException: One has failed.
        """
        noun = self._lifecycle.noun
        if self._gone and not self._until_gone:
            message = f"destroyed while it was waited for: {noun} {', '.join(map(str, self._gone))}"
            raise DOBOTOVanishedException(message, self._seen[self._gone[0]])
        if failed := self._failed():
            doing = "" if self.what == "wait" else f"{self.what} of "
            message = "; ".join(f"{doing}{noun} {id} failed: {why}" for id, why in failed.items())
            raise DOBOTOActionException(message, self._seen[next(iter(failed))])
        return list(self._seen.values())

    async def poll(self, deadline: Deadline) -> None:
        """Read those that are pending.

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
        self._missing = {id: missing for id in ids if (missing := self._missing_of(id))}
        if self._lifecycle.has_actions and not self._until_gone:
            ready = [id for id in ids if id not in self._missing and id not in self._gone and self._seen[id]]
            await self._read_actions(ready, deadline)

    def _read(self) -> list[Any]:
        return [resource for resource in self._seen.values() if resource is not None]

    def _failed(self) -> dict[Any, str]:
        """Those that have failed, each with the reason."""
        if self._until_gone:
            return {}
        read = {id: one for id, one in self._seen.items() if one is not None}
        return {id: why for id, one in read.items() if (why := self._lifecycle.failure(one))}

    def _missing_of(self, id: Any) -> str:
        resource = self._seen[id]
        if id in self._gone:
            return ""
        if resource is None:
            return "not read yet"
        if self._until_gone:
            return "still there"
        return "" if self._lifecycle.failure(resource) else self._lifecycle.missing(resource)

    async def _read_list(self, ids: Sequence[Any], deadline: Deadline) -> dict[Any, Any] | None:
        """Those that the list has; None while there are further pages worth reading."""
        try:
            found = await self._finder.find(ids, deadline, PAGES)
        except DOBOTOForbiddenException:
            self._listing = False  # the token may read each of them, and not their list
            return {}
        self._seen |= found
        return found if self._finder.is_finished else None

    async def _read_each(self, ids: Sequence[Any], deadline: Deadline) -> None:
        jobs = [partial(self._read_one, id, deadline) for id in ids]
        raise_failures(f"{self._lifecycle.noun}s", ids, await self._session.io.gather(jobs))

    async def _read_one(self, id: Any, deadline: Deadline) -> None:
        request = self._lifecycle.request(id)
        try:
            self._seen[id] = await self._session.call(request, deadline, member_reader(self._lifecycle.key, dict))
        except DOBOTONotFoundException:
            if not self._until_gone and self._is_new(id):
                return  # created by this program, and not readable yet (pydo#468)
            if not self._until_gone and self._seen[id] is None:
                raise
            self._gone.append(id)

    def _is_new(self, id: Any) -> bool:
        known = self._session.ownership.known((f"{self._lifecycle.key}s", str(id)))
        return known and self._session.io.clock.monotonic() - self._begun < GRACE

    async def _read_actions(self, ids: Sequence[Any], deadline: Deadline) -> None:
        """Read the newest actions of those that are ready otherwise."""
        jobs = [partial(self._read_running, id, deadline) for id in ids]
        for id, outcome in zip(ids, await self._session.io.gather(jobs), strict=True):
            if isinstance(outcome, Exception):
                raise outcome
            if outcome:
                self._missing[id] = f"{outcome[0].get('type')} is running"

    async def _read_running(self, id: Any, deadline: Deadline) -> list[Mapping[str, Any]]:
        request = pages.page_request(path(f"{self._lifecycle.path_template}/actions", id=id), {}, 1)
        page = await self._session.call(request, deadline, pages.page_reader("actions"))
        return [action for action in records(list(page.items)) if action.get("status") == RUNNING]

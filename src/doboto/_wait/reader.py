"""Reading resources that are waited for: one by itself, several from their list."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

from .._core.deadline import Deadline
from .._core.request import get, path
from .._core.response import member_reader
from .._session import Session
from ..errors import DOBOTOForbiddenException, DOBOTONotFoundException
from .actions import GRACE, PAGES
from .lookup import Finder, raise_failures


class ResourceReader:
    """Resources of one kind, as last read.

    A single one is read by itself; several from the list of their kind, page by page, and by themselves where the list
    lacks them.

    Args:
        session: Sends the requests.
        noun: What one is called.
        key: The root key of responses that hold one; that of a list has an s more.
        path_template: The path of one, with `{id}` in it.
        query: What makes the list shorter.
        seen: The resources by their ids, as last seen; None for one that was not read yet.
        until_gone: Whether they are waited for until they no longer exist.
        claimed_as: What one is claimed under in the ownership registry, from its id.

    Attributes:
        seen: The resources, in the order given.
        gone: The ids of those that no longer exist.
    """

    def __init__(
        self,
        session: Session,
        noun: str,
        key: str,
        path_template: str,
        query: Mapping[str, str | int],
        seen: Mapping[Any, Any],
        *,
        until_gone: bool,
        claimed_as: Callable[[Any], Hashable],
    ) -> None:
        self.seen = dict(seen)
        self.gone: list[Any] = []
        self._session = session
        self._noun = noun
        self._key = key
        self._path_template = path_template
        self._until_gone = until_gone
        self._claimed_as = claimed_as
        self._begun = session.io.clock.monotonic()
        self._finder = Finder(session, f"{key}s", path_template.removesuffix("/{id}"), query, thorough=True)
        self._listing = True

    def present(self) -> dict[Any, Any]:
        """Return those that were read, and were not found gone, by id."""
        return {id: one for id, one in self.seen.items() if one is not None and id not in self.gone}

    async def read(self, ids: Sequence[Any], deadline: Deadline) -> bool:
        """Read some of them.

        Returns:
            Whether all were read; if not, their list has further pages that are worth reading in the next call.

        Raises:
            DOBOTONotFoundException: Some do not exist; it names all of them.
        """
        found = await self._read_list(ids, deadline) if len(ids) > 1 and self._listing else {}
        if found is None:
            return False
        missing = [id for id in ids if id not in found]
        outcomes = await self._session.io.gather([partial(self._read_one, id, deadline) for id in missing])
        raise_failures(f"{self._noun}s", missing, outcomes)
        return True

    async def _read_list(self, ids: Sequence[Any], deadline: Deadline) -> dict[Any, Any] | None:
        """Return those that the list has; None while there are further pages worth reading."""
        try:
            found = await self._finder.find(ids, deadline, PAGES)
        except DOBOTOForbiddenException:
            self._listing = False  # the token may read each of them, and not their list
            return {}
        self.seen |= found
        return found if self._finder.is_finished else None

    async def _read_one(self, id: Any, deadline: Deadline) -> None:
        request = get(path(self._path_template, id=id))
        try:
            self.seen[id] = await self._session.call(request, deadline, member_reader(self._key, dict))
        except DOBOTONotFoundException:
            if not self._until_gone and self._is_new(id):
                return  # created by this program, and not readable yet (pydo#468)
            if not self._until_gone and self.seen[id] is None:
                raise
            self.gone.append(id)

    def _is_new(self, id: Any) -> bool:
        """Return whether a 404 may still be the lag between a create and its reading."""
        claimed = self._session.ownership.is_claimed(self._claimed_as(id))
        return claimed and self._session.io.clock.monotonic() - self._begun < GRACE

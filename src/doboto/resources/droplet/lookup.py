"""Looking up Droplets that exist, by ids or by names, with as few requests as possible."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from ..._core import pages
from ..._core.deadline import Deadline
from ..._core.droplet.create_request import CreateRequest
from ..._core.droplet.listing import Listing
from ..._core.request import Query, path
from ..._operation import Async
from ..._session import Session
from ...errors import DOBOTONotFoundException
from .._base.resource import OperationGroup


class DropletLookup(OperationGroup[Async]):
    """Looks up Droplets; it has no operations of its own.

    Args:
        session: Sends the requests.
        deadline: Bounds all of them.
    """

    def __init__(self, session: Session, deadline: Deadline) -> None:
        super().__init__(Async, session)
        self._deadline = deadline

    async def by_ids(self, ids: Sequence[int]) -> dict[int, Any]:
        """Return Droplets by their ids, read singly or from the list, whichever takes fewer requests."""
        if not ids:
            return {}
        first = await self._first_page({})
        found: dict[int, Any] = {droplet["id"]: droplet for droplet in first.items}
        if len(set(ids) - found.keys()) > len(pages.remaining_pages(first)) > 0:
            everything = await self._list_all("droplets", "/droplets", {}, self._deadline)
            found |= {droplet["id"]: droplet for droplet in everything}
        missing = [id for id in ids if id not in found]
        singly = await self._gather([partial(self._by_id, id) for id in missing])
        return found | {droplet["id"]: droplet for droplet in singly if droplet is not None}

    async def _by_id(self, id: int) -> Any:
        """Return one Droplet, None if it does not exist."""
        try:
            return await self._get("droplet", path("/droplets/{id}", id=id), self._deadline)
        except DOBOTONotFoundException:
            return None

    async def by_names(self, request: CreateRequest) -> dict[str, Any]:
        """Return the Droplets that have names of a request: asked for by name, or from the lists if that takes less."""
        kinds = [*Listing(type="all").queries()]
        by_name = [{**kind, "name": name} for kind in kinds for name in request.names]
        if request.many:
            firsts = await self._gather([partial(self._first_page, kind) for kind in kinds])
            if sum(len(pages.remaining_pages(first)) for first in firsts) <= len(by_name):
                return await self._oldest(request.names, kinds)
        return await self._oldest(request.names, by_name)

    async def _first_page(self, query: Query) -> pages.Page:
        request = pages.page_request("/droplets", query, 1)
        return await self._session.call(request, self._deadline, pages.page_reader("droplets"))

    async def _oldest(self, names: Sequence[str], queries: Sequence[Query]) -> dict[str, Any]:
        """Return the oldest Droplet of each name, from all these lists."""
        jobs = [partial(self._list_all, "droplets", "/droplets", query, self._deadline) for query in queries]
        found = [droplet for listed in await self._gather(jobs) for droplet in listed]
        wanted, oldest = frozenset(names), dict[str, Any]()
        for droplet in sorted(found, key=lambda droplet: droplet["id"]):
            if droplet.get("name") in wanted:
                oldest.setdefault(droplet["name"], droplet)
        return oldest

"""The search for the Droplets of one create whose response was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.deadline import Deadline
from ..._core.ownership import OpenRequest
from ..._core.recovery import match_droplets, requested_names
from ..._session import Session
from ..._wait.search import outcome_unknown, when, with_tag
from ...errors import DOBOTOException, DOBOTONotFoundException, DOBOTOOutcomeUnknownException
from ...events import Adopted
from .._base.recovery import ListBy


class DropletSearch:
    """The search for the Droplets of one create: by name, and where the request had a tag of its own, by that alone.

    With a tag, other resources of the names are only reported, in doubt: the API was seen to lose tags.
    """

    def __init__(
        self,
        session: Session,
        list_by: ListBy,
        body: Mapping[str, Any],
        open_request: OpenRequest,
        deadline: Deadline,
        tag: str | None,
    ) -> None:
        self._tag = tag
        self._session = session
        self._io = session.io
        self._claims = session.ownership
        self._list_by = list_by
        self._body = body
        self._request = open_request
        self._sent_at = open_request.sent_at
        self._deadline = deadline
        self._candidates: dict[str, list[Any]] = {}
        self.wanted = Counter(requested_names(body))
        self.taken: list[Any] = []

    @property
    def _since(self) -> float:
        """When the request was sent, by the API's clock: known at the latest when a list has been answered."""
        return self._session.api_time(self._sent_at)

    @property
    def missing(self) -> Counter[str]:
        """The names that are still to be found, and how often."""
        return self.wanted - Counter(droplet["name"] for droplet in self.taken)

    async def look(self) -> bool:
        """Ask for the missing names, and take what is certain."""
        if self._tag is not None and await self._look_by_tag(self._tag):
            return True
        names = list(self.missing)
        outcomes = await self._io.gather([partial(self._find_by_name, name) for name in names])
        self._candidates.update(
            {name: found for name, found in zip(names, outcomes, strict=True) if not isinstance(found, Exception)}
        )
        await self.take_what_is_certain()
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return not self.missing

    async def _look_by_tag(self, tag: str) -> bool:
        """Take what has the tag; returns whether that is all."""
        try:
            listed = await self._list_by({"tag_name": tag}, self._deadline)
        except DOBOTONotFoundException:
            return False  # the tag does not exist: nothing was created, or not yet
        known = {droplet["id"] for droplet in self.taken}
        for droplet in listed:
            name = droplet.get("name")
            if droplet["id"] not in known and name in self.missing:
                self._claims.adopt(self._request, name, droplet["id"])
                await self._adopt([droplet])
        return not self.missing

    async def _adopt(self, droplets: Sequence[Any]) -> None:
        self.taken += droplets
        for droplet in droplets:
            await self._session.emit(Adopted("droplet", droplet["id"], droplet["name"], droplet))

    async def _find_by_name(self, name: str) -> list[Any]:
        query: dict[str, str | int] = {"name": name}
        if str(self._body["size"]).startswith("gpu"):
            query["type"] = "gpus"
        listed = await self._list_by(query, self._deadline)
        return [one for one in match_droplets(listed, self._body, self._since) if one["name"] == name]

    async def take_what_is_certain(self, *, last: bool = False) -> None:
        """Claim candidates, but for names of which there are more than can be ours, or may be those of others."""
        adopted: list[Any] = []
        for name in self.missing if self._tag is None else ():
            adopted += self._claims.take(self._request, name, self._candidates.get(name, []), last=last)
        await self._adopt(adopted)

    def unknown(self, failure: DOBOTOException, why: str) -> DOBOTOOutcomeUnknownException:
        """The error that reports all this."""
        missing = ", ".join(self.missing)
        asked = ", ".join(f"{key} {self._body[key]}" for key in ("size", "image", "region") if self._body.get(key))
        looked_for = f"Droplets named {missing} with {asked}, created since {when(self._since)}"
        looked_for += with_tag(self._tag)
        doubtful = [one["id"] for name in self.missing for one in self._claims.free(self._candidates.get(name, []))]
        if doubtful:
            self._claims.doubt(doubtful)
            why += f"; found {', '.join(map(str, doubtful))}, which may be another program's"
        return outcome_unknown(failure, self._body, looked_for, why, self.taken)

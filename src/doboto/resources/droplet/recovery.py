"""What the lost responses to requests for Droplets, and for their actions, would have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ..._core.deadline import Deadline
from ..._core.droplet.effects import SHOWN, WITH_ARGUMENTS
from ..._core.droplet.target import Target
from ..._core.ownership import OpenRequest
from ..._core.recovery import action_key, requested_names
from ..._core.request import get, path
from ..._core.response import member_reader
from ..._operation import Mode
from ..._wait.actions import is_over, read_started_since
from ..._wait.search import look_until_known, outcome_unknown, when
from ...errors import DOBOTOException, DOBOTONotFoundException
from ...events import ResponseLost
from ...outcomes import attach_state
from .._base.recovery import Recovery
from .search import DropletSearch


class DropletRecovery(Recovery[Mode]):
    """Looks for Droplets, and for actions of Droplets."""

    async def _recover_droplets(
        self,
        body: Mapping[str, Any],
        tag: str | None,
        open_request: OpenRequest,
        failure: DOBOTOException,
        deadline: Deadline,
    ) -> list[Any]:
        """The Droplets that a create made whose response was lost, all of them.

        Args:
            body: What was asked for.
            tag: The tag that this request alone has, or None.
            open_request: The request; it is over when this returns or raises.
            failure: How its response was lost.
            deadline: Bounds the search.

        Raises:
            DOBOTOOutcomeUnknownException: Not all were found, or more than were asked for; `created` has those that
                are certain.
        """
        session, names = self._session, requested_names(body)
        search = DropletSearch(session, self._list_by, body, open_request, deadline, tag)
        try:
            await session.emit(ResponseLost(f"the Droplets {', '.join(names)}", failure))
            why = await look_until_known(self._session, search.look, deadline)
            await search.take_what_is_certain(last=True)
        except BaseException as interruption:
            attach_state(interruption, created=search.taken)
            found = ", ".join(f"{droplet['name']} ({droplet['id']})" for droplet in search.taken)
            interruption.add_note(
                f"doboto: the response to a create was lost; found of it so far: {found or 'nothing'}"
            )
            raise
        finally:
            open_request.end()
        if not search.missing:
            return search.taken
        raise search.unknown(failure, why)

    async def _list_by(self, query: Mapping[str, str | int], deadline: Deadline) -> list[Any]:
        return await self._list_all("droplets", "/droplets", query, deadline)

    async def _recover_actions(
        self,
        target: Target,
        body: Mapping[str, Any],
        deadline: Deadline,
        open_request: OpenRequest,
        failure: DOBOTOException,
    ) -> list[Any]:
        """The actions that a request started whose response was lost.

        Raises:
            DOBOTOOutcomeUnknownException: They were not found; `created` has those that were.
        """
        session = self._session
        found: list[Any] = []
        wanted: set[Any] = set()

        async def find() -> list[Any]:
            wanted.update(await self._droplets_of(target, deadline))
            listing = "/actions" if target.id is None else path("/droplets/{id}/actions", id=target.id)
            started = await read_started_since(session, listing, deadline, failure.sent_at)
            return [
                action for action in started if action.get("type") == body["type"] and _droplet_of(action) in wanted
            ]

        async def look() -> bool:
            found[:] = session.ownership.free(await find(), action_key)
            return bool(wanted) and {action["resource_id"] for action in found} == wanted

        await session.emit(ResponseLost(f"the action {body['type']} of {target}", failure))
        if target.id is not None:
            action, why = await self._look_for_one(
                request_key(target, body), find, action_key, deadline, open_request,
                is_shown=partial(self._is_effect_shown, target.id, body, deadline),
            )  # fmt: skip
            found = [] if action is None else [action]
        else:
            why = await look_until_known(self._session, look, deadline)
            if why or len(found) != len(wanted) or not session.ownership.claim(map(action_key, found)):
                why = why or "found more than one"
        if found and not why:
            return found
        looked_for = f"an action {body['type']} of {target} started since {when(session.api_time(failure.sent_at))}"
        raise outcome_unknown(failure, body, looked_for, why, found)

    async def _is_effect_shown(
        self, id: int | str, body: Mapping[str, Any], deadline: Deadline, found: Sequence[Any]
    ) -> bool | None:
        """Return whether the Droplet shows what a request says beyond its type; None while an action is running.

        Two programs that rename one Droplet start actions that look the same; the name that it gets distinguishes them.
        """
        if body["type"] not in WITH_ARGUMENTS:
            return True
        request = get(path("/droplets/{id}", id=id))
        droplet: Any = await self._session.call(request, deadline, member_reader("droplet", dict))
        if SHOWN[body["type"]](droplet, body):
            return True
        return False if all(map(is_over, found)) else None

    async def _droplets_of(self, target: Target, deadline: Deadline) -> list[Any]:
        if target.id is not None:
            return [int(target.id)]
        listed = await self._list_by({"tag_name": target.tag_name or ""}, deadline)
        return [droplet["id"] for droplet in listed]

    async def _recover_destroy_by_tag(self, tag_name: str, failure: DOBOTOException, deadline: Deadline) -> None:
        """Whether no Droplet of the tag is left after a destroy whose answer was lost.

        Raises:
            DOBOTOOutcomeUnknownException: Some are left.
        """
        left: list[Any] = []

        async def look() -> bool:
            query: dict[str, str | int] = {"tag_name": tag_name}
            try:
                left[:] = await self._list_by(query, deadline)
            except DOBOTONotFoundException:
                left.clear()  # the tag is gone too
            return not left

        if why := await look_until_known(self._session, look, deadline):
            names = ", ".join(f"{droplet.get('name')} ({droplet.get('id')})" for droplet in left[:10])
            looked_for = f"no Droplet left with the tag {tag_name}; left: {names}"
            raise outcome_unknown(failure, {"tag_name": tag_name}, looked_for, why, [])


def request_key(target: Target, body: Mapping[str, Any]) -> tuple[str, str, str]:
    """What identifies like requests for an action."""
    return ("action", body["type"], str(target))


def _droplet_of(action: Mapping[str, Any]) -> int | None:
    id = action.get("resource_id")
    return id if isinstance(id, int) else None

"""Actions of the whole account."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, overload

from .._core.droplet.target import Target
from .._core.request import Request, get, path
from .._io.protocol import OnEvent
from .._operation import Coro, Many, Mode, One, operation, stream
from .._operation.overloads import overloaded_operation
from ..types import Action
from ._base.actions import ActionRunner

Actions: TypeAlias = list[Action]


class WaitsForAction(Protocol[One, Many]):
    """An action by its id, a list by several."""

    @overload
    def __call__(self, id: int, *, poll: float = 5, timeout: float = 300, progress: OnEvent | None = None) -> One: ...
    @overload
    def __call__(
        self, id: Sequence[int], *, poll: float = 5, timeout: float = 300, progress: OnEvent | None = None
    ) -> Many: ...


wait_operation = overloaded_operation[WaitsForAction[Action, Actions], WaitsForAction[Coro[Action], Coro[Actions]]]


class ActionOperations(ActionRunner[Mode]):
    """Actions: what was done to Droplets, volumes, images and addresses, by any program."""

    _noun = "Action"

    @operation(ref="actions_list", scopes="actions:read")
    async def list(self) -> Actions:
        """List all actions that there ever were, newest first, all pages.

        It is a long list in an old account: `each` reads no more of it than is used.
        """
        return await self._list_all("actions", "/actions")

    @stream(ref="actions_list", scopes="actions:read")
    async def each(self) -> AsyncGenerator[Action, None]:
        """Go through actions one by one, newest first; from the middle of a page on, the next is read."""
        async for action in self._iterate("actions", "/actions"):
            yield action

    @operation(ref="actions_get", scopes="actions:read")
    async def info(self, id: int) -> Action:
        """Read one action.

        Args:
            id: The action's id.
        """
        return await self._fetch("action", get(path("/actions/{id}", id=id)))

    @wait_operation(ref=("actions_get", "actions_list"), scopes="actions:read", bulk=True)
    async def wait(
        self, id: int | Sequence[int], *, poll: float = 5, timeout: float = 300, progress: OnEvent | None = None
    ) -> Action | Actions:
        """Wait until actions have completed: of Droplets, volumes, images or addresses, begun by any program.

        Several are read from the list of actions, one or two requests a poll.

        Args:
            id: The action's id, or a list of ids.

        Returns:
            The Action; a list of Actions, in the order given, for a list of ids.

        Raises:
            ValueError: An id is empty, no number, or given twice.
            DOBOTONotFoundException: An action does not exist. New ones can be unreadable for some seconds, so this is
                only raised after half a minute, unless a newer action is older than that.
            DOBOTOActionException: An action ended as errored; its `actions` has all of them as last seen.
            DOBOTOPollingException: It took longer than `timeout`; its `polling` has the actions as last seen.
        """
        target = Target.of(id, None)
        ids = [int(target.id)] if target.id is not None else list(target.ids or ())
        plan = self._plan(poll, timeout, progress)
        actions = await self._wait_for_actions([{"id": each} for each in ids], _read_request, plan, at_once=True)
        return actions if target.id is None else actions[0]


def _read_request(action: Mapping[str, Any]) -> Request:
    return get(path("/actions/{id}", id=action["id"]))

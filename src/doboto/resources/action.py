"""Actions of the whole account."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeAlias

from .._core.request import get, path
from .._operation import Mode, operation, stream
from ..types import Action as ActionData
from ._base.resource import Resource

Actions: TypeAlias = list[ActionData]


class Action(Resource[Mode]):
    """Actions: what was done to Droplets, volumes, images and addresses, whoever did it."""

    @operation(ref="actions_list", scopes="actions:read")
    async def list(self) -> Actions:
        """List all actions that there ever were, newest first; every page of them.

        It is a long list in an old account: `each` reads no more of it than is used.

        Returns:
            A list of Actions.
        """
        return await self._all(ActionData, "actions", "/actions")

    @stream(ref="actions_list", scopes="actions:read")
    async def each(self) -> AsyncGenerator[ActionData, None]:
        """Go through actions one by one, newest first; from the middle of a page on, the next is read.

        Returns:
            An iterator over Actions; an asynchronous one in `AsyncDO`.
        """
        async for action in self._each(ActionData, "actions", "/actions"):
            yield action

    @operation(ref="actions_get", scopes="actions:read")
    async def info(self, id: int) -> ActionData:
        """Read one action.

        Args:
            id: The action's id.

        Returns:
            The Action.
        """
        return await self._one(ActionData, "action", get(path("/actions/{id}", id=id)))

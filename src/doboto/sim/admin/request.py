"""A request to the admin interface, and what answers one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine.errors import bad_request, unprocessable
from ..engine.records import Record, as_record
from ..http.scopes import label

if TYPE_CHECKING:
    from ..simulator import Simulator


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the admin interface."""

    simulator: Simulator
    path: Mapping[str, str]
    query: Mapping[str, str]
    #: The JSON that was sent; nothing for no body.
    body: Any

    @property
    def members(self) -> Record:
        """The body as an object; an empty one for no body."""
        found = as_record({} if self.body is None else self.body)
        if found is None:
            raise bad_request("the body must be a JSON object")
        return found

    def number(self, name: str) -> float:
        """A finite number that must be there."""
        value = self.members.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise unprocessable(f"{name} must be a number")
        return value

    def account(self, members: Record) -> str | None:
        """The label of the account that an object names, by `account` or by `token`, if it does."""
        found = members.get("account", members.get("token"))
        if found is not None and not isinstance(found, str):
            raise unprocessable("account and token must be text")
        return None if found is None else label(found)


Handler = Callable[[Ask], Record]

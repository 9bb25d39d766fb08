"""Waiting for Droplets that exist, one or many, by whichever program they were created or changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias, get_args, overload

from ..._core.attributes import check_choice
from ..._core.droplet.target import Target, Until
from ..._io.protocol import OnEvent
from ..._operation import Coro, Gone, Many, Mode, One
from ..._operation.overloads import overloaded_operation
from ...errors import ArgumentValueError
from ...types import Droplet
from .._base.resource import OperationGroup

Droplets: TypeAlias = list[Droplet]
#: Those after which there is a Droplet to return.
Existing: TypeAlias = Literal["ready", "off", "idle"]


class WaitsForDroplet(Protocol[One, Many, Gone]):
    """A Droplet by its id, a list by several or by tag, nothing where they are waited for to be gone."""

    @overload
    def __call__(
        self,
        id: int,
        tag_name: None = None,
        *,
        until: Existing = "ready",
        ready_port: int | None = None,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: Sequence[int] | None = None,
        tag_name: str | None = None,
        *,
        until: Existing = "ready",
        ready_port: int | None = None,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Many: ...
    @overload
    def __call__(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        *,
        until: Literal["gone"],
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Gone: ...


wait_operation = overloaded_operation[
    WaitsForDroplet[Droplet, Droplets, None], WaitsForDroplet[Coro[Droplet], Coro[Droplets], Coro[None]]
]


class DropletWait(OperationGroup[Mode]):
    """Waits for Droplets."""

    _noun = "Droplet"

    @wait_operation(
        ref=("droplets_get", "droplets_list"),
        scopes="droplet:read",
        scopes_note="actions:read for several, to see actions that do not lock their Droplet",
    )
    async def wait(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        *,
        until: Until = "ready",
        ready_port: int | None = None,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Droplet | Droplets | None:
        """Wait for Droplets that exist, by whichever program they were created or changed.

        A poll costs two requests for a single Droplet. For several it reads the list of Droplets, page by page, and one
        page of actions, however many Droplets there are.

        Args:
            id: The Droplet's id, or a list of ids; or
            tag_name: the tag whose Droplets are meant: those that have it when the call begins.
            until: `ready` (active, with an address, no action running), `off` (powered off, no action running),
                `idle` (created, and no action running, on or off) or `gone` (it no longer exists).
            ready_port: With `ready`, also wait until this TCP port accepts connections.

        Returns:
            The Droplet if by one `id`; a list of Droplets, in the order given, if by several or by `tag_name`; nothing
            with `until="gone"`.

        Raises:
            ValueError: Neither or both of `id` and `tag_name` are given, one is empty, or `until` is unknown.
            DOBOTONotFoundException: Droplets do not exist, or no Droplet has the tag: it may be mistyped.
            DOBOTOVanishedException: A Droplet was destroyed while it was waited for.
            DOBOTOPollingException: It took longer than `timeout`; its `polling` has the Droplets as last seen.
        """
        target = Target.of(id, tag_name)
        _check(until, ready_port)
        plan = self._plan(poll, timeout, progress)
        ids = await self._target_ids(target, plan.deadline)
        from ..._wait.droplet_states import wait_for_state  # not with every first request

        droplets = await wait_for_state(self._session, ids, until, plan, target.tag_name, ready_port)
        if until == "gone":
            return None
        return droplets if target.id is None else droplets[0]

    async def _target_ids(self, target: Target, deadline: Any) -> list[int]:
        """The ids of the Droplets that are meant."""
        if target.tag_name is None:
            return list(target.ids) if target.ids is not None else [int(target.id or 0)]
        query: dict[str, str | int] = {"tag_name": target.tag_name}
        listed = await self._list_all("droplets", "/droplets", query, deadline)
        return [droplet["id"] for droplet in listed]


def _check(until: str, ready_port: int | None) -> None:
    """Refuse what can't be waited for.

    Raises:
        ValueError: There is no such state or port, or a port is to answer on a Droplet that is not to be on.
    """
    from ..._core.droplet.create_request import check_ready_port  # not with every first request

    check_choice("until", until, get_args(Until))
    check_ready_port(ready_port, wait=True)
    if ready_port is not None and until != "ready":
        raise ArgumentValueError(
            "{0} can only be waited for with {1:'ready'}, not {value!r}", "ready_port", "until", value=until
        )

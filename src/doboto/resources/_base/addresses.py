"""Operations that floating IPs, reserved IPs and reserved IPv6 addresses share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from functools import partial
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from ..._core.attributes import require
from ..._core.deadline import Deadline
from ..._core.request import Request, path
from ..._io.protocol import OnEvent
from ..._json import mapping
from ..._operation import Mode, operation, stream
from ...types import Action
from .actions import ActionRunner, ActionSpec, action_spec
from .create import Creation

Address = TypeVar("Address")
Many: TypeAlias = list[Address]


#: What the lists declare.
LISTING: Mapping[str, Any] = {
    "ref": ("floatingIPs_list", "reservedIPs_list", "reservedIPv6_list"),
    "scopes": "reserved_ip:read",
    "scopes_note": "droplet:read to see their Droplets",
}
#: What the actions declare.
ASSIGNMENT: Mapping[str, Any] = {
    "ref": ("floatingIPsAction_post", "reservedIPsActions_post", "reservedIPv6Actions_post"),
    "scopes": "reserved_ip:update",
    "effect": "action",
    "scopes_with": {"wait": ("reserved_ip:read",)},
    "scopes_note": "actions:read instead of reserved_ip:read while waiting for an IPv6 address",
}


class Addresses(Creation[Mode], ActionRunner[Mode], Generic[Mode, Address]):
    """Addresses that are reserved, and assigned to one Droplet after another."""

    _parameters = {"ip": "The address."}

    #: The path of the list, its root key, that of one, and what one and several are called.
    _root: ClassVar[str]
    _plural: ClassVar[str]
    _single: ClassVar[str]
    _noun: ClassVar[str] = "address"
    _nouns: ClassVar[str] = "addresses"

    @operation(**LISTING)
    async def list(self) -> Many[Address]:
        """List all addresses of the kind, all pages."""
        return await self._list_all(self._plural, self._root)

    @stream(**LISTING)
    async def each(self) -> AsyncGenerator[Address, None]:
        """Iterate over addresses of the kind; the next page is read in advance."""
        async for address in self._iterate(self._plural, self._root):
            yield address

    @operation(
        ref=("floatingIPs_get", "reservedIPs_get", "reservedIPv6_get"),
        scopes="reserved_ip:read",
        scopes_note="droplet:read to see its Droplet",
    )
    async def info(self, ip: str) -> Address:
        """Read one address.

        Returns:
            The address, with the Droplet that it is assigned to, if any.
        """
        return await self._get(self._single, self._path(ip))

    @operation(
        ref=("floatingIPs_delete", "reservedIPs_delete", "reservedIPv6_delete"),
        scopes="reserved_ip:delete",
        effect="destroy",
        irreversible="The address is released and may be given to another account.",
    )
    async def destroy(self, ip: str, *, missing_ok: bool = False) -> None:
        """Release an address. Another account may get it soon.

        Args:
            ip: The address. An IPv6 one must not be assigned.

        Raises:
            DOBOTOUnprocessableException: An action is running on it.
            DOBOTOHTTPException: It is an IPv6 address, and assigned.
        """
        await self._delete(Request("DELETE", self._path(ip), repeatable=True), missing_ok)

    @operation(**ASSIGNMENT)
    async def assign(
        self,
        ip: str,
        droplet_id: int,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Assign an address to a Droplet in its region, taking it off another one.

        Raises:
            DOBOTOPendingEventException: Another action is running on either, and `wait` is False.
            DOBOTOUnprocessableException: The Droplet is in another region, or has such an address already.
        """
        body = {"type": "assign", "droplet_id": require("droplet_id", droplet_id)}
        plan = self._plan(poll, timeout, progress)
        return await self._run_action(self._move(ip, body, plan.deadline), plan, wait)

    @operation(**ASSIGNMENT)
    async def unassign(
        self, ip: str, wait: bool = False, poll: float = 5, timeout: float = 300, *, progress: OnEvent | None = None
    ) -> Action:
        """Take an address off its Droplet. It stays reserved.

        Raises:
            DOBOTOUnprocessableException: It is not assigned.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._run_action(self._move(ip, {"type": "unassign"}, plan.deadline), plan, wait)

    def _path(self, ip: str) -> str:
        return f"{self._root}{path('/{ip}', ip=ip)}"

    def _actions(self, ip: str) -> str:
        return f"{self._path(ip)}/actions"

    def _move(self, ip: str, body: Mapping[str, Any], deadline: Deadline) -> ActionSpec:
        """The action that assigns or unassigns."""
        is_done = partial(self._is_moved, ip, body, deadline)
        return action_spec(self._actions(ip), body, f"{self._noun} {ip}", TYPES[body["type"]], is_done)

    async def _is_moved(self, ip: str, body: Mapping[str, Any], deadline: Deadline) -> bool:
        """Return whether an address is assigned as an action was to assign it."""
        address = await self._get(self._single, self._path(ip), deadline)
        return bool(droplet_of(address) == body.get("droplet_id"))


#: The action types as they are listed, by those that are asked for (API reference, reservedIPsActions_post: example).
TYPES = {"assign": "assign_ip", "unassign": "unassign_ip"}


def droplet_of(address: Mapping[str, Any]) -> Any:
    """The id of the Droplet that an address is assigned to, or None."""
    return mapping(address.get("droplet")).get("id")

"""What all reserved addresses share: floating IPs, reserved IPs and reserved IPv6 are the same thing thrice."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from ..._core.attributes import required
from ..._core.request import Request, path
from ..._json import mapping
from ..._operation import Mode, operation, stream
from ...progress import OnProgress
from ...types import Action
from .actions import ActionSpec, Doing, action_spec
from .create import Making

Address = TypeVar("Address")
Many: TypeAlias = list[Address]


class Addresses(Making[Mode], Doing[Mode], Generic[Mode, Address]):
    """Addresses that are reserved, and assigned to one Droplet after another."""

    #: The type of one; the path of the list, its root key, that of one, and what one is called.
    _kind: type[Address]
    _root: ClassVar[str]
    _plural: ClassVar[str]
    _single: ClassVar[str]
    _noun: ClassVar[str]

    @operation
    async def list(self) -> Many[Address]:
        """List all addresses of the kind; every page of them.

        Returns:
            A list of addresses.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: reserved_ip:read; droplet:read to see their Droplets.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/floatingIPs_list,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPs_list,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPv6_list
        """
        return await self._all(self._kind, self._plural, self._root)

    @stream
    async def each(self) -> AsyncGenerator[Address, None]:
        """Go through addresses of the kind one by one; from the middle of a page on, the next is read.

        Returns:
            An iterator over addresses; an asynchronous one in `AsyncDO`.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: reserved_ip:read; droplet:read to see their Droplets.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/floatingIPs_list,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPs_list,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPv6_list
        """
        async for address in self._each(self._kind, self._plural, self._root):
            yield address

    @operation
    async def info(self, ip: str) -> Address:
        """Read one address.

        Args:
            ip: The address.

        Returns:
            The address, with the Droplet that it is assigned to, or None.

        Raises:
            DOBOTONotFoundException: There is no such address.

        Scopes: reserved_ip:read; droplet:read to see its Droplet.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/floatingIPs_get,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPs_get,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPv6_get
        """
        return await self._got(self._kind, self._single, self._place(ip))

    @operation
    async def destroy(self, ip: str, *, missing_ok: bool = False) -> None:
        """Give an address back. It may be somebody else's soon.

        Args:
            ip: The address. An IPv6 one must not be assigned.
            missing_ok: Whether it is fine that there is no such address.

        Raises:
            DOBOTONotFoundException: There is no such address, and `missing_ok` is False.
            DOBOTOUnprocessableException: An action is running on it.
            DOBOTOHTTPException: It is an IPv6 address, and assigned.

        Scopes: reserved_ip:delete.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/floatingIPs_delete,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPs_delete,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPv6_delete
        """
        await self._remove(Request("DELETE", self._place(ip), repeatable=True), missing_ok)

    @operation
    async def assign(
        self,
        ip: str,
        droplet_id: int,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> Action:
        """Assign an address to a Droplet in its region, taking it off another one.

        Args:
            ip: The address.
            droplet_id: The Droplet's id.
            wait: Whether to wait till the action has completed, and before that till another one has ended.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.

        Returns:
            The Action.

        Raises:
            DOBOTONotFoundException: There is no such address or Droplet.
            DOBOTOPendingEventException: Another action is running on either, and `wait` is False.
            DOBOTOUnprocessableException: The Droplet is in another region, or has such an address already.
            DOBOTOActionException: The action ended as errored, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.
            DOBOTOOutcomeUnknownException: The answer was lost, and looking did not settle it.

        Scopes: reserved_ip:update; with `wait` also reserved_ip:read, for IPv6 actions:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/floatingIPsAction_post,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPsActions_post,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPv6Actions_post
        """
        body = {"type": "assign", "droplet_id": required("droplet_id", droplet_id)}
        plan = self._plan(poll, timeout, progress)
        action: Action = await self._do(self._move(ip, body), plan, wait)
        return action

    @operation
    async def unassign(
        self,
        ip: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> Action:
        """Take an address off its Droplet. It stays reserved.

        Args:
            ip: The address.
            wait: Whether to wait till the action has completed, and before that till another one has ended.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.

        Returns:
            The Action.

        Raises:
            DOBOTONotFoundException: There is no such address.
            DOBOTOPendingEventException: Another action is running on it, and `wait` is False.
            DOBOTOUnprocessableException: It is not assigned.
            DOBOTOActionException: The action ended as errored, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.
            DOBOTOOutcomeUnknownException: The answer was lost, and looking did not settle it.

        Scopes: reserved_ip:update; with `wait` also reserved_ip:read, for IPv6 actions:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/floatingIPsAction_post,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPsActions_post,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/reservedIPv6Actions_post
        """
        plan = self._plan(poll, timeout, progress)
        action: Action = await self._do(self._move(ip, {"type": "unassign"}), plan, wait)
        return action

    def _place(self, ip: str) -> str:
        return f"{self._root}{path('/{ip}', ip=ip)}"

    def _actions(self, ip: str) -> str:
        return f"{self._place(ip)}/actions"

    def _move(self, ip: str, body: Mapping[str, Any]) -> ActionSpec:
        """The action that assigns or unassigns."""
        return action_spec(self._actions(ip), body, f"{self._noun} {ip}", TYPES[body["type"]])


#: The action types as they are listed, by those that are asked for (API reference, reservedIPsActions_post: example).
TYPES = {"assign": "assign_ip", "unassign": "unassign_ip"}


def droplet_of(address: Mapping[str, Any]) -> Any:
    """The id of the Droplet that an address is assigned to, or None."""
    return mapping(address.get("droplet")).get("id")

"""Reserved IPv6 addresses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .._core.deadline import Deadline
from .._core.request import Request, check_text, get, path
from .._operation import Mode, operation
from ..types import ReservedIPv6
from ._base.actions import ActionSpec
from ._base.addresses import TYPES, Addresses, droplet_of
from ._base.create import CreateSpec


class ReservedIPv6Operations(Addresses[Mode, ReservedIPv6]):
    """Reserved IPv6: public IPv6 addresses that stay, and move between Droplets."""

    _root = "/reserved_ipv6"
    _plural = "reserved_ipv6s"
    _single = "reserved_ipv6"
    _noun = "reserved IPv6"

    @operation(ref="reservedIPv6_create", scopes="reserved_ip:create", effect="create")
    async def create(self, region: str) -> ReservedIPv6:
        """Reserve an address in a region. It is assigned by `assign`.

        Args:
            region: The slug of the region.

        Raises:
            ValueError: The region is empty.
            DOBOTOUnprocessableException: There is no such region, or the account can't have more addresses.
        """
        create_spec = CreateSpec(
            f"{self._noun} in {region}",
            Request("POST", self._root, body={"region_slug": check_text("region", region)}),
            self._single,
            lambda address: address.get("region_slug") == region and droplet_of(address) is None,
        )
        return await self._create_resource(create_spec, self._session.deadline())

    def _move(self, ip: str, body: Mapping[str, Any], deadline: Deadline) -> ActionSpec:
        """The action, looked for in the list of all: the API has no list of an IPv6 address's own."""

        async def listing() -> str:
            return "/actions"

        return ActionSpec(
            Request("POST", self._actions(ip), body=body),
            TYPES[body["type"]],
            f"{self._noun} {ip}",
            listing,
            lambda action: get(path("/actions/{id}", id=action["id"])),
            # An action names the type of its resource, and not reliably the resource.
            lambda action: action.get("resource_type") == self._single,
            partial(self._is_moved, ip, body, deadline),
        )

"""Peerings of VPCs, as such and as seen from one of the two."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Literal, Protocol, TypeAlias, Unpack, overload

from .._core.attributes import require, to_nonempty_list
from .._core.request import Request, check_text, filters, path
from .._io.protocol import OnEvent
from .._operation import Coro, Gone, Many, Mode, One, operation, stream
from .._operation.overloads import overloaded_operation
from .._wait.lifecycle import Lifecycle
from ..errors import ArgumentValueError
from ..types import VPCPeering
from ._base.create import CreateSpec, has_name
from ._base.lifecycle import LifecycleOperations, Until, WaitOptions

Peerings: TypeAlias = list[VPCPeering]
PresentPeering: TypeAlias = tuple[VPCPeering, VPCPeering | None]


class WaitsForPeering(Protocol[One, Many, Gone]):
    """A peering by its id, a list by several, nothing where they are waited for to be gone."""

    @overload
    def __call__(self, peering_id: str, *, until: Literal["ready"] = "ready", **how: Unpack[WaitOptions]) -> One: ...
    @overload
    def __call__(
        self, peering_id: list[str], *, until: Literal["ready"] = "ready", **how: Unpack[WaitOptions]
    ) -> Many: ...
    @overload
    def __call__(self, peering_id: str | list[str], *, until: Literal["gone"], **how: Unpack[WaitOptions]) -> Gone: ...


wait_operation = overloaded_operation[
    WaitsForPeering[VPCPeering, Peerings, None], WaitsForPeering[Coro[VPCPeering], Coro[Peerings], Coro[None]]
]

#: API reference, `status` of a VPC peering; it knows none that fails.
LIFECYCLE = Lifecycle("vpc_peering", "/vpc_peerings/{id}", "ACTIVE")


class VPCPeerings(LifecycleOperations[Mode]):
    """The peerings."""

    _noun = "peering"
    _parameters = {
        "peering_id": "The peering's id.",
        "name": "The peering's name, unique in the account.",
        "wait": "If true, wait until it is active.",
    }

    @operation(ref=("vpcPeerings_list", "vpcs_list_peerings"), scopes="vpc_peering:read")
    async def peering_list(self, id: str | None = None, *, region: str | None = None) -> Peerings:
        """List all peerings, or those of a VPC or a region, all pages.

        Args:
            id: Only peerings of the VPC of this id; or
            region: only peerings of VPCs in the region of this slug.

        Raises:
            ValueError: Both are given, or one is empty.
        """
        return await self._list_all(*list_location(id, region))

    @stream(ref=("vpcPeerings_list", "vpcs_list_peerings"), scopes="vpc_peering:read")
    async def peering_each(
        self, id: str | None = None, *, region: str | None = None
    ) -> AsyncGenerator[VPCPeering, None]:
        """Iterate over peerings; the next page is read in advance."""
        async for peering in self._iterate(*list_location(id, region)):
            yield peering

    @operation(
        ref=("vpcPeerings_create", "vpcs_create_peerings"),
        scopes="vpc_peering:create",
        effect="create",
        scopes_with={"wait": ("vpc_peering:read",)},
    )
    async def peering_create(
        self,
        name: str,
        vpc_ids: Sequence[str] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        id: str | None = None,
        vpc_id: str | None = None,
        progress: OnEvent | None = None,
    ) -> VPCPeering:
        """Peer two VPCs.

        Args:
            vpc_ids: The ids of both VPCs; or
            id: the id of one VPC, with
            vpc_id: the id of the one to peer it with.

        Raises:
            ValueError, TypeError: It is not two VPCs, or they are given twice.
            DOBOTOUnprocessableException: The name is taken, they are peered already, or their addresses overlap.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._create_and_wait(create_spec(name, vpc_ids, id, vpc_id), LIFECYCLE, plan, wait)

    @operation(
        ref=("vpcPeerings_list", "vpcPeerings_create", "vpcs_create_peerings"),
        scopes=("vpc_peering:read", "vpc_peering:create"),
        effect="present",
    )
    async def peering_present(
        self,
        name: str,
        vpc_ids: Sequence[str] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        id: str | None = None,
        vpc_id: str | None = None,
        progress: OnEvent | None = None,
    ) -> PresentPeering:
        """Peer two VPCs unless there is a peering of that name."""
        plan = self._plan(poll, timeout, progress)
        wanted = create_spec(name, vpc_ids, id, vpc_id)
        return await self._create_and_wait_unless_exists(wanted, LIFECYCLE, plan, wait)

    @operation(ref="vpcPeerings_get", scopes="vpc_peering:read")
    async def peering_info(self, peering_id: str) -> VPCPeering:
        """Read one peering."""
        return await self._fetch("vpc_peering", LIFECYCLE.request(peering_id))

    @operation(ref=("vpcPeerings_patch", "vpcs_patch_peerings"), scopes="vpc_peering:update", effect="update")
    async def peering_update(self, peering_id: str, name: str, *, id: str | None = None) -> VPCPeering:
        """Rename a peering.

        Args:
            name: The new name, unique in the account.
            id: The id of a VPC that must be one of the two.

        Raises:
            ValueError: The name is empty.
            DOBOTONotFoundException: There is no such peering, or not of that VPC.
            DOBOTOUnprocessableException: The name is taken, or has other characters than letters, digits and `-`.
        """
        if id is None:
            key, where = "vpc_peering", path("/vpc_peerings/{peering}", peering=peering_id)
        else:
            key, where = "peering", path("/vpcs/{id}/peerings/{peering}", id=id, peering=peering_id)
        body = {"name": check_text("name", name)}
        return await self._fetch(key, Request("PATCH", where, body=body, repeatable=True))

    @wait_operation(ref=("vpcPeerings_get", "vpcPeerings_list"), scopes="vpc_peering:read", bulk=True)
    async def peering_wait(
        self,
        peering_id: str | list[str],
        *,
        until: Until = "ready",
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> VPCPeering | Peerings | None:
        """Wait until peerings are active, or until they no longer exist."""
        return await self._wait_for(LIFECYCLE, peering_id, until, self._plan(poll, timeout, progress))

    @operation(
        ref="vpcPeerings_delete",
        scopes="vpc_peering:delete",
        effect="destroy",
        scopes_with={"wait": ("vpc_peering:read",)},
        irreversible="The peering is lost; the VPCs stay.",
    )
    async def peering_destroy(
        self,
        peering_id: str,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        missing_ok: bool = False,
        progress: OnEvent | None = None,
    ) -> None:
        """Destroy a peering. The VPCs stay.

        Args:
            wait: If true, wait until it no longer exists, when its VPCs can be destroyed.
        """
        plan = self._plan(poll, timeout, progress)
        await self._destroy_and_wait(LIFECYCLE, peering_id, plan, missing_ok=missing_ok, until_gone=wait)


def list_location(id: str | None, region: str | None) -> tuple[str, str, dict[str, str | int]]:
    """Root key, path and query of a list of peerings.

    Raises:
        ValueError: Both filters are given.
    """
    if id is None:
        return "vpc_peerings", "/vpc_peerings", filters(region=region)
    if region is not None:
        raise ArgumentValueError("give either {0} or {1}", "id", "region")
    return "peerings", path("/vpcs/{id}/peerings", id=id), {}


def create_spec(name: str, vpc_ids: Sequence[str] | None, id: str | None, vpc_id: str | None) -> CreateSpec:
    """Return how to create a peering, as such or from one of its VPCs; it is identified by its name.

    Raises:
        ValueError: It is not two VPCs, or they are given both ways.
    """
    key, request = _peering_request(check_text("name", name), vpc_ids, id, vpc_id)
    return CreateSpec(
        f"VPC peering {name}", request, key, has_name(name), listing="/vpc_peerings", plural="vpc_peerings"
    )


def _peering_request(
    name: str, vpc_ids: Sequence[str] | None, id: str | None, vpc_id: str | None
) -> tuple[str, Request]:
    if (vpc_ids is None) == (id is None and vpc_id is None):
        raise ArgumentValueError("give either {0}, or {1} and {2}", "vpc_ids", "id", "vpc_id")
    if vpc_ids is None:
        body: dict[str, Any] = {"name": name, "vpc_id": require("vpc_id", vpc_id)}
        return "peering", Request("POST", path("/vpcs/{id}/peerings", id=require("id", id)), body=body)
    both = [check_text("vpc_ids", each) for each in to_nonempty_list("vpc_ids", vpc_ids)]
    if len(set(both)) != 2 or len(both) != 2:
        raise ArgumentValueError("{0} must be the ids of two VPCs", "vpc_ids")
    return "vpc_peering", Request("POST", "/vpc_peerings", body={"name": name, "vpc_ids": both})

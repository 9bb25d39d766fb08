"""VPCs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, TypeAlias, Unpack

from .._core.attributes import check_attributes
from .._core.request import Request, filters, path
from .._operation import Mode, operation, stream
from ..types import VPC, VPCAttributes, VPCCreate, VPCMember
from ._base.create import CreateSpec, change_request, check_changes, has_name
from ._base.project import REFS, SCOPES
from .vpc_peerings import VPCPeerings

VPCs: TypeAlias = list[VPC]
Members: TypeAlias = list[VPCMember]
Present: TypeAlias = tuple[VPC, VPC | None]
#: Scopes that attributes of a create need.
CREATE_SCOPES = {"project_id": (*SCOPES, "vpc:read")}


class VPCOperations(VPCPeerings[Mode]):
    """VPCs: private networks, each in one region, and the peerings that join them."""

    _noun = "VPC"

    @operation(ref="vpcs_list", scopes="vpc:read")
    async def list(self) -> VPCs:
        """List all VPCs, all pages."""
        return await self._list_all("vpcs", "/vpcs")

    @stream(ref="vpcs_list", scopes="vpc:read")
    async def each(self) -> AsyncGenerator[VPC, None]:
        """Iterate over VPCs; the next page is read in advance."""
        async for vpc in self._iterate("vpcs", "/vpcs"):
            yield vpc

    @operation(ref=("vpcs_create", *REFS), scopes="vpc:create", effect="create", scopes_with=CREATE_SCOPES)
    async def create(self, **attributes: Unpack[VPCCreate]) -> VPC:
        """Create a VPC.

        Args:
            attributes: The VPC's attributes:

                - `name` (str): its name, unique in the account; required.
                - `region` (str): the region's slug; required.
                - `description` (str): what it is for, up to 255 characters.
                - `ip_range` (str): private addresses as a CIDR, /28 to /16. Default: a /20 that is free.
                - `project_id` (str): the project to be in; assigned by a request of its own, right after the creation.

        Raises:
            DOBOTOUnprocessableException: The name or the range is taken, or the API refused them otherwise.
        """
        return await self._create_resource(create_spec(attributes), self._session.deadline())

    @operation(
        ref=("vpcs_list", "vpcs_create", *REFS),
        scopes=("vpc:read", "vpc:create"),
        effect="present",
        scopes_with=CREATE_SCOPES,
    )
    async def present(self, **attributes: Unpack[VPCCreate]) -> Present:
        """Create a VPC unless there is one of its name, which stays in the project that it is in."""
        return await self._create_unless_exists(create_spec(attributes), self._session.deadline())

    @operation(ref="vpcs_get", scopes="vpc:read")
    async def info(self, id: str) -> VPC:
        """Read one VPC."""
        return await self._get("vpc", path("/vpcs/{id}", id=id))

    @operation(ref=("vpcs_patch", "vpcs_update"), scopes="vpc:update", effect="update")
    async def update(self, id: str, *, replace: bool = False, **attributes: Unpack[VPCAttributes]) -> VPC:
        """Change a VPC's name or description, or make it the default of its region.

        Args:
            attributes: What changes: `name` (str), `description` (str),
                `default` (True).
            replace: If true, replace the whole VPC, which then needs its name: sent as PUT instead of PATCH.

        Raises:
            ValueError, TypeError: Nothing is to be changed, or the name is missing where it is needed.
            DOBOTOUnprocessableException: The name is taken, or `default` is unset.
        """
        body = check_changes(attributes, needed=("name",) if replace else ())
        return await self._fetch("vpc", change_request(path("/vpcs/{id}", id=id), body, replace=replace))

    @operation(ref="vpcs_delete", scopes="vpc:delete", effect="destroy", irreversible="The VPC is lost.")
    async def destroy(self, id: str, *, missing_ok: bool = False) -> None:
        """Destroy a VPC that is empty and not the default of its region.

        Raises:
            DOBOTOForbiddenException: It is the default of its region.
            DOBOTOConflictException: Something is in it.
        """
        await self._delete(Request("DELETE", path("/vpcs/{id}", id=id), repeatable=True), missing_ok)

    @operation(ref="vpcs_list_members", scopes="vpc:read", scopes_note="the read scopes of the resources")
    async def member_list(self, id: str, *, resource_type: str | None = None) -> Members:
        """List what is in a VPC; every page of it.

        Args:
            resource_type: Only resources of this type, such as `droplet`.

        Returns:
            A list of members, each with its name and its URN.
        """
        query = filters(resource_type=resource_type)
        return await self._list_all("members", path("/vpcs/{id}/members", id=id), query)


def create_spec(attributes: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a VPC, which is identified by its name."""
    body = check_attributes(attributes, needed=("name", "region"))
    project_id = body.pop("project_id", None)
    request = Request("POST", "/vpcs", body=body)
    return CreateSpec(f"VPC {body['name']}", request, "vpc", has_name(body["name"]), project_id=project_id)

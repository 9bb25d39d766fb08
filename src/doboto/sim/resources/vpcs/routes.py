"""VPCs and what is in them."""

from __future__ import annotations

from ...engine.fields import read_name
from ...engine.records import VPC, Record, StoredVpc, select_members
from ...http.messages import ApiCall
from ...http.paging import page
from ...http.routes import Operations
from . import members, state

OPERATIONS = Operations()

SHOWN = ("id", "urn", "name", "description", "region", "ip_range", "created_at", "default")


def show(vpc: StoredVpc) -> Record:
    """Return a VPC as the API shows it."""
    return select_members(vpc, SHOWN)


def vpc_in_path(call: ApiCall) -> StoredVpc:
    """Return the VPC whose id is in the path."""
    return call.account.get(VPC, call.params["vpc_id"])


@OPERATIONS("GET", "/v2/vpcs", "vpc:read")
def list_vpcs(call: ApiCall) -> Record:
    """List all VPCs."""
    state.ensure_defaults(call.account, call.now)
    return page(call, "vpcs", list(call.account.store(VPC)), show)


@OPERATIONS("POST", "/v2/vpcs", "vpc:create", status=201)
def create_vpc(call: ApiCall) -> Record:
    """Create a VPC."""
    return {"vpc": show(state.create(call.account, call.now, call.body))}


@OPERATIONS("GET", "/v2/vpcs/{vpc_id}", "vpc:read")
def get_vpc(call: ApiCall) -> Record:
    """Return one VPC."""
    return {"vpc": show(vpc_in_path(call))}


@OPERATIONS("PUT", "/v2/vpcs/{vpc_id}", "vpc:update")
def update_vpc(call: ApiCall) -> Record:
    """The same as PATCH, but for the name, which must be there."""
    vpc = vpc_in_path(call)
    read_name(call.body)
    return {"vpc": show(state.update(call.account, vpc, call.body))}


@OPERATIONS("PATCH", "/v2/vpcs/{vpc_id}", "vpc:update")
def patch_vpc(call: ApiCall) -> Record:
    """New name or description, or default from now on."""
    return {"vpc": show(state.update(call.account, vpc_in_path(call), call.body))}


@OPERATIONS("DELETE", "/v2/vpcs/{vpc_id}", "vpc:delete", status=204)
def delete_vpc(call: ApiCall) -> None:
    """Delete a VPC with nothing in it."""
    state.delete(call.account, vpc_in_path(call))


@OPERATIONS("GET", "/v2/vpcs/{vpc_id}/members", "vpc:read")
def list_members_of_vpc(call: ApiCall) -> Record:
    """List what is in a VPC."""
    vpc, type = vpc_in_path(call), call.query.get("resource_type")
    found = members.list_members(call.account, vpc["id"], type, call.scopes)
    return page(call, "members", found, members.show)

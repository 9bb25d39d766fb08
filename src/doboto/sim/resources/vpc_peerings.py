"""VPC peerings: two VPCs joined. PROVISIONING -> ACTIVE -> DELETING -> gone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypedDict

from ..engine.account import Account
from ..engine.clock import iso
from ..engine.errors import not_found, unprocessable
from ..engine.fields import read_name, read_required, text, texts
from ..engine.lifecycle import durations, effect
from ..engine.records import VPC, Key, Kind, Record, StoredVpc, select_members
from ..engine.store import index
from ..http.messages import ApiCall, page
from ..http.routes import Operations
from . import vpcs as vpc_ranges
from .vpcs import vpc_in_path


class StoredVpcPeering(TypedDict):
    """Two VPCs joined, and their regions."""

    id: str
    name: str
    vpc_ids: list[str]
    regions: list[str]
    created_at: str
    status: str


VPC_PEERING: Kind[StoredVpcPeering] = Kind("vpc_peering")


durations(vpc_peering__create=10.0, vpc_peering__delete=10.0)

#: API reference, pattern of `name`.
NAME = re.compile(r"[a-zA-Z0-9\-]+")

#: Whose VPCs are only peered with each other (product documentation, limits of VPC peering).
ALONE = "blr1"


@index(VPC_PEERING, "vpc")
def _vpcs(peering: StoredVpcPeering) -> Iterable[Key]:
    return peering["vpc_ids"]


@index(VPC_PEERING, "region")
def _regions(peering: StoredVpcPeering) -> Iterable[Key]:
    return dict.fromkeys(peering["regions"])


@index(VPC_PEERING, "name")
def _name(peering: StoredVpcPeering) -> Iterable[Key]:
    return (peering["name"],)


def create(account: Account, now: float, name: str, vpc_ids: list[str]) -> StoredVpcPeering:
    """Begin to peer two VPCs."""
    _require_free_name(account, name)
    if len(vpc_ids) != 2 or vpc_ids[0] == vpc_ids[1]:
        raise unprocessable("vpc_ids must name two different VPCs")
    first, second = (account.get(VPC, vpc_id) for vpc_id in vpc_ids)
    _require_possible(account, first, second)
    key = account.uuid()
    peering: StoredVpcPeering = {
        "id": key,
        "name": name,
        "vpc_ids": vpc_ids,
        "regions": [first["region"], second["region"]],
        "created_at": iso(now),
        "status": "PROVISIONING",
    }
    account.after(account.settings.seconds("vpc_peering.create"), "vpc_peering.active", now, peering_id=key)
    return account.put(VPC_PEERING, key, peering)


def rename(account: Account, peering: StoredVpcPeering, name: str) -> StoredVpcPeering:
    """Set a new name, which is all that can be changed."""
    if name != peering["name"]:
        _require_free_name(account, name)
    return account.change(VPC_PEERING, peering["id"], name=name)


def delete(account: Account, now: float, peering: StoredVpcPeering) -> StoredVpcPeering:
    """Begin to delete a peering; asked again, it is being deleted still."""
    if peering["status"] == "DELETING":
        return peering
    seconds = account.settings.seconds("vpc_peering.delete")
    account.after(seconds, "vpc_peering.deleted", now, peering_id=peering["id"])
    return account.change(VPC_PEERING, peering["id"], status="DELETING")


def _require_free_name(account: Account, name: str) -> None:
    # That names are unique and what is in them: API reference. The texts here and below are our own.
    if not NAME.fullmatch(name):
        raise unprocessable("name may only contain alphanumeric characters and dashes")
    if account.store(VPC_PEERING).count("name", name):
        raise unprocessable("a VPC peering with the same name already exists in your account")


def _require_possible(account: Account, first: StoredVpc, second: StoredVpc) -> None:
    peerings = account.store(VPC_PEERING)
    if set(peerings.keys("vpc", first["id"])) & set(peerings.keys("vpc", second["id"])):
        raise unprocessable("The VPCs are already peered.")
    regions = {first["region"], second["region"]}
    if ALONE in regions and len(regions) > 1:
        raise unprocessable(f"VPC peering between datacenters is not available in {ALONE.upper()}.")
    # Product documentation, limits of VPC peering: the range must not be reserved in the other's region either.
    for one, other in ((first, second), (second, first)):
        network = vpc_ranges.network_of(one)
        if any(network.overlaps(reserved) for reserved in vpc_ranges.reserved_ranges(other["region"])):
            raise unprocessable(f"The IP range of VPC {one['name']} is reserved in {other['region']}.")


@effect("vpc_peering.active")
def _finish_create(account: Account, _now: float, *, peering_id: str) -> None:
    peering = account.find(VPC_PEERING, peering_id)
    if peering is not None and peering["status"] == "PROVISIONING":
        account.change(VPC_PEERING, peering_id, status="ACTIVE")


@effect("vpc_peering.deleted")
def _finish_delete(account: Account, _now: float, *, peering_id: str) -> None:
    account.delete(VPC_PEERING, peering_id)


OPERATIONS = Operations()

SHOWN = ("id", "name", "vpc_ids", "created_at", "status")


def show(peering: StoredVpcPeering) -> Record:
    """Return a peering as the API shows it."""
    return select_members(peering, SHOWN)


def _peering_in_path(call: ApiCall) -> StoredVpcPeering:
    return call.account.get(VPC_PEERING, call.params["vpc_peering_id"])


@OPERATIONS("GET", "/v2/vpc_peerings", "vpc_peering:read")
def list_peerings(call: ApiCall) -> Record:
    """List all peerings, or those with a VPC in a region."""
    peerings, region = call.account.store(VPC_PEERING), call.query.get("region")
    keys = peerings.keys("region", region) if region else list(peerings.records)
    return page(call, "vpc_peerings", keys, lambda key: show(peerings.records[key]))


@OPERATIONS("POST", "/v2/vpc_peerings", "vpc_peering:create", status=202)
def create_peering(call: ApiCall) -> Record:
    """Peer two VPCs."""
    name, vpc_ids = read_name(call.body), read_required(call.body, "vpc_ids", texts)
    return {"vpc_peering": show(create(call.account, call.now, name, vpc_ids))}


@OPERATIONS("GET", "/v2/vpc_peerings/{vpc_peering_id}", "vpc_peering:read")
def get_peering(call: ApiCall) -> Record:
    """Return one peering."""
    return {"vpc_peering": show(_peering_in_path(call))}


@OPERATIONS("PATCH", "/v2/vpc_peerings/{vpc_peering_id}", "vpc_peering:update")
def patch_peering(call: ApiCall) -> Record:
    """Rename a peering."""
    return {"vpc_peering": show(rename(call.account, _peering_in_path(call), read_name(call.body)))}


@OPERATIONS("DELETE", "/v2/vpc_peerings/{vpc_peering_id}", "vpc_peering:delete", status=202)
def delete_peering(call: ApiCall) -> Record:
    """Delete a peering, which takes a moment."""
    return {"vpc_peering": show(delete(call.account, call.now, _peering_in_path(call)))}


# -- as seen from one of the two VPCs


@OPERATIONS("GET", "/v2/vpcs/{vpc_id}/peerings", "vpc_peering:read")
def list_peerings_of_vpc(call: ApiCall) -> Record:
    """List a VPC's peerings."""
    keys = call.account.store(VPC_PEERING).keys("vpc", vpc_in_path(call)["id"])
    return page(call, "peerings", keys, lambda key: show(call.account.get(VPC_PEERING, key)))


@OPERATIONS("POST", "/v2/vpcs/{vpc_id}/peerings", "vpc_peering:create", status=202)
def create_peering_of_vpc(call: ApiCall) -> Record:
    """Peer the VPC with another one."""
    vpc_ids = [vpc_in_path(call)["id"], read_required(call.body, "vpc_id", text)]
    return {"peering": show(create(call.account, call.now, read_name(call.body), vpc_ids))}


@OPERATIONS("PATCH", "/v2/vpcs/{vpc_id}/peerings/{vpc_peering_id}", "vpc_peering:update")
def patch_peering_of_vpc(call: ApiCall) -> Record:
    """Rename one of the VPC's peerings."""
    vpc, peering = vpc_in_path(call), _peering_in_path(call)
    if vpc["id"] not in peering["vpc_ids"]:
        raise not_found()
    return {"peering": show(rename(call.account, peering, read_name(call.body)))}

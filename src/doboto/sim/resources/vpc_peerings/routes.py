"""VPC peerings."""

from __future__ import annotations

from ...engine.fields import name_of, required, texts
from ...engine.records import Record, chosen
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state

OPERATIONS = Operations()

SHOWN = ("id", "name", "vpc_ids", "created_at", "status")


def show(peering: Record) -> Record:
    """A peering as the API shows it."""
    return chosen(peering, SHOWN)


def _peering_in_path(call: Call) -> Record:
    return call.account.get("vpc_peering", call.params["vpc_peering_id"])


@OPERATIONS("GET", "/v2/vpc_peerings", "vpc_peering:read")
def list_peerings(call: Call) -> Record:
    """All peerings, or those with a VPC in a region."""
    peerings, region = call.account.store("vpc_peering"), call.query.get("region")
    keys = peerings.keys("region", region) if region else list(peerings.records)
    return page(call, "vpc_peerings", keys, lambda key: show(peerings.records[key]))


@OPERATIONS("POST", "/v2/vpc_peerings", "vpc_peering:create", status=202)
def create_peering(call: Call) -> Record:
    """Peer two VPCs."""
    name, vpc_ids = name_of(call.body), required(call.body, "vpc_ids", texts)
    return {"vpc_peering": show(state.create(call.account, call.now, name, vpc_ids))}


@OPERATIONS("GET", "/v2/vpc_peerings/{vpc_peering_id}", "vpc_peering:read")
def get_peering(call: Call) -> Record:
    """One peering."""
    return {"vpc_peering": show(_peering_in_path(call))}


@OPERATIONS("PATCH", "/v2/vpc_peerings/{vpc_peering_id}", "vpc_peering:update")
def patch_peering(call: Call) -> Record:
    """Rename a peering."""
    return {"vpc_peering": show(state.rename(call.account, _peering_in_path(call), name_of(call.body)))}


@OPERATIONS("DELETE", "/v2/vpc_peerings/{vpc_peering_id}", "vpc_peering:delete", status=202)
def delete_peering(call: Call) -> Record:
    """Delete a peering, which takes a moment."""
    return {"vpc_peering": show(state.delete(call.account, call.now, _peering_in_path(call)))}

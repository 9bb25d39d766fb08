"""VPC NAT gateways."""

from __future__ import annotations

from collections.abc import Callable

from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state

OPERATIONS = Operations()

#: Query parameters that a list can be filtered by, each of them with how the records write its values.
FILTERS: dict[str, Callable[[str], str]] = {"state": str.upper, "type": str.upper, "region": str.lower, "name": str}


def _gateway_in_path(call: Call) -> Record:
    return state.get(call.account, call.params["id"])


@OPERATIONS("GET", "/v2/vpc_nat_gateways", "nat_gateway:read")
def list_gateways(call: Call) -> Record:
    """All gateways, or those that match every filter."""
    wanted = {name: write(call.query[name]) for name, write in FILTERS.items() if call.query.get(name)}
    gateways = call.account.store("nat_gateway")
    found = [one for one in gateways if all(one[name] == value for name, value in wanted.items())]
    return page(call, "vpc_nat_gateways", found, state.show)


@OPERATIONS("POST", "/v2/vpc_nat_gateways", "nat_gateway:create", status=202)
def create_gateway(call: Call) -> Record:
    """A new gateway in a VPC."""
    return {"vpc_nat_gateway": state.show(state.create(call.account, call.now, call.body))}


@OPERATIONS("GET", "/v2/vpc_nat_gateways/{id}", "nat_gateway:read")
def get_gateway(call: Call) -> Record:
    """One gateway."""
    return {"vpc_nat_gateway": state.show(_gateway_in_path(call))}


@OPERATIONS("PUT", "/v2/vpc_nat_gateways/{id}", "nat_gateway:update")
def update_gateway(call: Call) -> Record:
    """New name, size, timeouts or role."""
    changed = state.update(call.account, call.now, _gateway_in_path(call), call.body)
    return {"vpc_nat_gateway": state.show(changed)}


@OPERATIONS("DELETE", "/v2/vpc_nat_gateways/{id}", "nat_gateway:delete", status=202)
def delete_gateway(call: Call) -> None:
    """Delete a gateway, which takes a moment."""
    state.delete(call.account, call.now, _gateway_in_path(call))

"""Load balancers."""

from __future__ import annotations

from ...engine.errors import unprocessable
from ...engine.fields import integer, read_identifiers
from ...engine.records import Record
from ...http.messages import ApiCall, page
from ...http.routes import Operations
from . import request, rules, state
from .rules import LOAD_BALANCER, ForwardingRule, StoredLoadBalancer

OPERATIONS = Operations()

#: `droplet_kit#153`.
NO_DROPLETS = "need to provide either a tag or a list of droplets"


def _in_path(call: ApiCall) -> StoredLoadBalancer:
    return call.account.get(LOAD_BALANCER, call.params["lb_id"])


def _show(call: ApiCall, load_balancer: StoredLoadBalancer) -> Record:
    return state.show(call.account, load_balancer)


@OPERATIONS("GET", "/v2/load_balancers", "load_balancer:read")
def list_load_balancers(call: ApiCall) -> Record:
    """List all load balancers."""
    found = list(call.account.store(LOAD_BALANCER))
    return page(call, "load_balancers", found, lambda one: _show(call, one))


@OPERATIONS("POST", "/v2/load_balancers", "load_balancer:create", status=202)
def create_load_balancer(call: ApiCall) -> Record:
    """Create a load balancer; its address comes when it is active."""
    members = request.read_request(call.account, call.now, call.body)
    made = state.create(call.account, call.now, members, fails="create_errored" in call.faults)
    return {"load_balancer": _show(call, made)}


@OPERATIONS("GET", "/v2/load_balancers/{lb_id}", "load_balancer:read")
def get_load_balancer(call: ApiCall) -> Record:
    """Return one load balancer."""
    return {"load_balancer": _show(call, _in_path(call))}


@OPERATIONS("PUT", "/v2/load_balancers/{lb_id}", "load_balancer:update")
def update_load_balancer(call: ApiCall) -> Record:
    """Update the load balancer to what the request says; nothing of its former configuration stays."""
    old = state.require_idle(_in_path(call))
    members = request.read_request(call.account, call.now, call.body, old)
    return {"load_balancer": _show(call, state.update(call.account, call.now, old, members))}


@OPERATIONS("DELETE", "/v2/load_balancers/{lb_id}", "load_balancer:delete", status=204)
def delete_load_balancer(call: ApiCall) -> None:
    """Delete a load balancer; that this works while it is still new is unverified."""
    state.remove(call.account, _in_path(call)["id"])


@OPERATIONS("DELETE", "/v2/load_balancers/{lb_id}/cache", "load_balancer:delete", status=204)
def delete_cache(call: ApiCall) -> None:
    """Empty a global load balancer's cache. No traffic passes here, so there is nothing in it; only the rules hold."""
    if _in_path(call)["type"] != "GLOBAL":
        raise unprocessable("only a global load balancer has a cache")


@OPERATIONS("POST", "/v2/load_balancers/{lb_id}/droplets", "load_balancer:update", status=204)
def add_droplets(call: ApiCall) -> None:
    """Put Droplets behind the load balancer."""
    balancer = _by_droplets(call)
    more = request.droplets_named(call.account, call.body, state.location_of(balancer))
    _keep(call, balancer, list(dict.fromkeys([*balancer["droplet_ids"], *more])))


@OPERATIONS("DELETE", "/v2/load_balancers/{lb_id}/droplets", "load_balancer:update", status=204)
def remove_droplets(call: ApiCall) -> None:
    """Take Droplets out; one that isn't behind the load balancer changes nothing (unverified)."""
    balancer = _by_droplets(call)
    gone = {integer(item) for item in read_identifiers(call.body, "droplet_ids")}
    _keep(call, balancer, [number for number in balancer["droplet_ids"] if number not in gone])


def _by_droplets(call: ApiCall) -> StoredLoadBalancer:
    balancer = state.require_idle(_in_path(call))
    if not read_identifiers(call.body, "droplet_ids"):
        raise unprocessable(NO_DROPLETS)
    if balancer["tag"]:
        # API reference: 422; the text is our own.
        raise unprocessable("Droplets can't be added or removed one by one while the load balancer uses a tag")
    return balancer


def _keep(call: ApiCall, balancer: StoredLoadBalancer, droplet_ids: list[int]) -> None:
    if len(droplet_ids) > len(balancer["droplet_ids"]):
        rules.require_few_droplets(call.account, droplet_ids)
    call.account.change(LOAD_BALANCER, balancer["id"], droplet_ids=droplet_ids)


@OPERATIONS("POST", "/v2/load_balancers/{lb_id}/forwarding_rules", "load_balancer:update", status=204)
def add_rules(call: ApiCall) -> None:
    """Add forwarding rules."""
    balancer = state.require_idle(_in_path(call))
    more = rules.read_rules(call.account, call.body)
    _forward(
        call, balancer, rules.require_room(call.account, rules.require_distinct([*balancer["forwarding_rules"], *more]))
    )


@OPERATIONS("DELETE", "/v2/load_balancers/{lb_id}/forwarding_rules", "load_balancer:update", status=204)
def remove_rules(call: ApiCall) -> None:
    """Remove forwarding rules that are exactly like those in the request; one must stay (unverified)."""
    balancer = state.require_idle(_in_path(call))
    fewer = rules.read_rules(call.account, call.body)
    left = [rule for rule in balancer["forwarding_rules"] if rule not in fewer]
    if not left:
        raise unprocessable("a load balancer needs at least one forwarding rule")
    _forward(call, balancer, left)


def _forward(call: ApiCall, balancer: StoredLoadBalancer, forwarding_rules: list[ForwardingRule]) -> None:
    call.account.change(LOAD_BALANCER, balancer["id"], forwarding_rules=forwarding_rules)

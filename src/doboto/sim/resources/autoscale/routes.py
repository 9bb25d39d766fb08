"""Droplet autoscale pools."""

from __future__ import annotations

from ...engine.errors import bad_request, unprocessable
from ...engine.fields import boolean, name_of
from ...engine.records import Record, chosen
from ...http.messages import Call, Reply
from ...http.paging import page
from ...http.routes import Operations
from . import history, members, request, state

OPERATIONS = Operations()

_ALL, _ONE = "/v2/droplets/autoscale", "/v2/droplets/autoscale/{autoscale_pool_id}"


def _in_path(call: Call) -> Record:
    return call.account.get("autoscale_pool", call.params["autoscale_pool_id"])


def _show(call: Call, pool: Record) -> Record:
    seen = members.average(call.account, pool["id"], call.now)
    return {
        **chosen(pool, ("id", "name", "config")),
        "droplet_template": chosen(pool["template"], request.SHOWN),
        **({} if seen is None else {"current_utilization": seen}),
        **chosen(pool, ("created_at", "updated_at", "status")),
        "active_resources_count": len(members.active(call.account, pool["id"])),
    }


@OPERATIONS("GET", _ALL, "droplet:read")
def list_pools(call: Call) -> Record:
    """All pools, or those of a name."""
    name = call.query.get("name")
    found = [pool for pool in call.account.store("autoscale_pool") if not name or pool["name"] == name]
    return page(call, "autoscale_pools", found, lambda pool: _show(call, pool))


def _ordered(call: Call) -> tuple[str, Record, Record]:
    body, name = call.body, name_of(call.body)
    return name, request.config(body), request.template(call.account, call.now, body, call.scopes)


@OPERATIONS("POST", _ALL, "droplet:create", status=202)
def create_pool(call: Call) -> Record:
    """A new pool; its Droplets are being made."""
    return {"autoscale_pool": _show(call, state.make(call.account, call.now, *_ordered(call)))}


@OPERATIONS("GET", _ONE, "droplet:read")
def get_pool(call: Call) -> Record:
    """One pool."""
    return {"autoscale_pool": _show(call, _in_path(call))}


@OPERATIONS("PUT", _ONE, "droplet:create")
def replace_pool(call: Call) -> Record:
    """Another configuration or template; the name stays (API reference, `name`)."""
    pool, (name, config, template) = _in_path(call), _ordered(call)
    if name != pool["name"]:
        raise unprocessable("name can't be changed")
    return {"autoscale_pool": _show(call, state.tell(call.account, call.now, pool, config, template))}


@OPERATIONS("DELETE", _ONE, "droplet:delete", status=202)
def delete_pool(call: Call) -> Reply:
    """The pool alone; its Droplets go on without it."""
    state.delete(call.account, call.now, _in_path(call), with_droplets=False)
    return Reply(202)


@OPERATIONS("DELETE", f"{_ONE}/dangerous", "droplet:delete", status=202)
def delete_pool_and_droplets(call: Call) -> Reply:
    """The pool and its Droplets; only with the header that says so."""
    pool = _in_path(call)
    if not boolean(call.headers.get("x-dangerous")):
        raise bad_request("The X-Dangerous header must be set to true to destroy an autoscale pool with its Droplets.")
    state.delete(call.account, call.now, pool, with_droplets=True)
    return Reply(202)


@OPERATIONS("GET", f"{_ONE}/members", "droplet:read")
def list_members(call: Call) -> Record:
    """The pool's Droplets."""
    own = members.of(call.account, _in_path(call)["id"])
    return page(call, "droplets", own, lambda key: members.show(call.account, key, call.now))


@OPERATIONS("GET", f"{_ONE}/history", "droplet:read")
def list_history(call: Call) -> Record:
    """What the pool has done, newest first; that order is unverified."""
    return page(call, "history", history.of(call.account, _in_path(call)["id"])[::-1], history.show)

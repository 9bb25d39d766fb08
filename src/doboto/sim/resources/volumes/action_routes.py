"""Volume actions, by the volume's id and by its name."""

from __future__ import annotations

from collections.abc import Collection

from ...engine import actions
from ...engine.errors import not_found
from ...engine.fields import integer, optional, required, text
from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import actions as volume_actions
from . import state
from .routes import volume_in_path

OPERATIONS = Operations()

_PATH = "/v2/volumes/{volume_id}/actions"


def _act(call: Call, volume: Record, types: Collection[str] | None = None) -> Record:
    if call.body.get("tags"):
        call.scopes.require("tag:create")
    action = volume_actions.begin(call.account, call.now, volume, call.body, call.faults, types)
    return {"action": actions.show(action)}


@OPERATIONS("POST", "/v2/volumes/actions", "block_storage_action:create", "api:write", status=202)
def act_by_name(call: Call) -> Record:
    """Attach or detach the volume with a name; the region says which if there are several."""
    name, region = required(call.body, "volume_name", text), optional(call.body, "region", text, None)
    return _act(call, state.by_name(call.account, name, region), volume_actions.BY_NAME)


@OPERATIONS("POST", _PATH, "block_storage_action:create", status=202)
def act(call: Call) -> Record:
    """Attach, detach or resize a volume."""
    return _act(call, volume_in_path(call))


@OPERATIONS("GET", _PATH, "block_storage_action:read")
def list_actions(call: Call) -> Record:
    """A volume's actions, newest first."""
    keys = actions.of(call.account, "volume", volume_in_path(call)["id"])
    return page(call, "actions", keys, lambda key: actions.show(call.account.get("action", key)))


@OPERATIONS("GET", f"{_PATH}/{{action_id}}", "block_storage_action:read")
def get_action(call: Call) -> Record:
    """One action of one volume."""
    volume = volume_in_path(call)
    action = call.account.find("action", integer(call.params["action_id"]) or 0)
    if action is None or action["resource"] != actions.resource_key("volume", volume["id"]):
        raise not_found()
    return {"action": actions.show(action)}

"""Destroying a Droplet with its associated resources."""

from __future__ import annotations

from ...engine.errors import bad_request, not_found
from ...engine.fields import boolean, integer
from ...engine.records import Record
from ...http.messages import Call, Reply
from ...http.routes import Operations
from . import associated, store
from .routes import droplet_in_path

OPERATIONS = Operations()

_PATH = "/v2/droplets/{droplet_id}/destroy_with_associated_resources"
_SCOPES = (
    "droplet:delete",
    "block_storage:delete",
    "block_storage_snapshot:delete",
    "image:delete",
    "reserved_ip:delete",
)


@OPERATIONS("GET", _PATH, "droplet:read")
def list_associated(call: Call) -> Record:
    """What could be destroyed along, as far as the token may see it."""
    found = associated.resources(call.account, droplet_in_path(call)["id"])
    return call.scopes.visible("associated", dict(found))


@OPERATIONS("DELETE", f"{_PATH}/selective", *_SCOPES, status=202)
def destroy_selective(call: Call) -> None:
    """The Droplet and those of its resources that the body names."""
    droplet = droplet_in_path(call)
    chosen = associated.selected(call.account, droplet["id"], call.body)
    associated.begin(call.account, call.now, droplet, chosen)


@OPERATIONS("DELETE", f"{_PATH}/dangerous", *_SCOPES, status=202)
def destroy_all(call: Call) -> None:
    """The Droplet and everything associated; only with the header that says so."""
    droplet = droplet_in_path(call)
    if not boolean(call.headers.get("x-dangerous")):
        raise bad_request("The X-Dangerous header must be set to true to destroy a Droplet with all its resources.")
    associated.begin(call.account, call.now, droplet, associated.resources(call.account, droplet["id"]))


@OPERATIONS("GET", f"{_PATH}/status", "droplet:delete")
def get_status(call: Call) -> Record:
    """How far the destruction has got; the Droplet itself may be gone by then."""
    return associated.status_of(call.account, _number(call))


@OPERATIONS("POST", f"{_PATH}/retry", *_SCOPES, status=202)
def retry(call: Call) -> Reply:
    """Try again what failed."""
    associated.retry(call.account, call.now, _number(call))
    return Reply(202)


def _number(call: Call) -> int:
    number = integer(call.params["droplet_id"])
    if number is None:
        raise not_found()
    if call.account.find("destroy_status", number) is None:
        store.get(call.account, number, call.now)
    return number

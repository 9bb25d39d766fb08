"""What belongs to a Droplet: images, kernels, firewalls, neighbours; destroying it with associated resources."""

from __future__ import annotations

from collections.abc import Sequence

from ... import catalog
from ...engine import relations
from ...engine.errors import bad_request, not_found
from ...engine.fields import boolean, integer
from ...engine.records import DROPLET, IMAGE, Key, Record
from ...http.messages import ApiCall, ApiReply, page, page_links, page_window
from ...http.routes import Operations
from .. import images
from ..firewalls import state as firewalls
from ..firewalls.rules import FIREWALL, StoredFirewall
from . import associated, backups, state
from .associated import DESTROY_STATUS
from .routes import droplet_in_path, show

OPERATIONS = Operations()


def _page_of_images(call: ApiCall, root: str, keys: Sequence[Key]) -> Record:
    return page(call, root, keys, lambda key: images.show_snapshot(call.account.get(IMAGE, key)))


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/backups", "droplet:read")
def list_backups(call: ApiCall) -> Record:
    """List backups of a Droplet."""
    return _page_of_images(call, "backups", relations.images_of(call.account, "backup", droplet_in_path(call)["id"]))


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/snapshots", "droplet:read")
def list_snapshots(call: ApiCall) -> Record:
    """List snapshots of a Droplet."""
    return _page_of_images(
        call, "snapshots", relations.images_of(call.account, "snapshot", droplet_in_path(call)["id"])
    )


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/kernels", "droplet:read")
def list_kernels(call: ApiCall) -> Record:
    """List kernels that a Droplet could be given."""
    droplet_in_path(call)
    return page(call, "kernels", catalog.entries("kernels"), lambda kernel: kernel)


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/firewalls", "firewall:read")
def list_firewalls(call: ApiCall) -> Record:
    """List firewalls that a Droplet is behind."""
    account = call.account
    keys = firewalls.firewalls_of(account, droplet_in_path(call))
    return page(call, "firewalls", keys, lambda key: _show_firewall(call, account.get(FIREWALL, key)))


def _show_firewall(call: ApiCall, firewall: StoredFirewall) -> Record:
    return call.scopes.visible("firewall", firewalls.show(firewall))


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/neighbors", "droplet:read")
def list_neighbors(call: ApiCall) -> Record:
    """List other Droplets of the account on the same physical server; the reference has no pages here."""
    account, droplet = call.account, droplet_in_path(call)
    keys = account.store(DROPLET).keys("host", droplet["host"])
    others = [account.get(DROPLET, key) for key in keys if key != droplet["id"]]
    return {"droplets": [show(call, other) for other in others]}


@OPERATIONS("GET", "/v2/reports/droplet_neighbors_ids", "droplet:read")
def report_neighbors(call: ApiCall) -> Record:
    """Return all groups of Droplets that share a physical server."""
    droplets = call.account.store(DROPLET)
    groups = [droplets.keys("host", host) for host in droplets.values("host")]
    return {"neighbor_ids": [group for group in groups if len(group) > 1]}


@OPERATIONS("GET", "/v2/droplets/{droplet_id}/backups/policy", "droplet:read")
def get_backup_policy(call: ApiCall) -> Record:
    """Return a Droplet's backup policy."""
    return {"policy": backups.show_record(droplet_in_path(call), call.now)}


@OPERATIONS("GET", "/v2/droplets/backups/policies", "droplet:read")
def list_backup_policies(call: ApiCall) -> Record:
    """Backup policies of all Droplets, by Droplet id."""
    account, (number, size) = call.account, page_window(call)
    keys = state.visible(account, list(account.store(DROPLET).records), call.now)
    shown = [account.get(DROPLET, key) for key in keys[(number - 1) * size : number * size]]
    policies = {str(droplet["id"]): backups.show_record(droplet, call.now) for droplet in shown}
    return {"policies": policies, **page_links(call, number, size, len(keys))}


@OPERATIONS("GET", "/v2/droplets/backups/supported_policies", "droplet:read")
def list_supported_policies(_call: ApiCall) -> Record:
    """Backup plans to choose from."""
    return {"supported_policies": backups.SUPPORTED}


_PATH = "/v2/droplets/{droplet_id}/destroy_with_associated_resources"
_SCOPES = (
    "droplet:delete",
    "block_storage:delete",
    "block_storage_snapshot:delete",
    "image:delete",
    "reserved_ip:delete",
)


@OPERATIONS("GET", _PATH, "droplet:read")
def list_associated(call: ApiCall) -> Record:
    """List what could be destroyed along, as far as the token may see it."""
    found = associated.resources(call.account, droplet_in_path(call)["id"])
    return call.scopes.visible("associated", dict(found))


@OPERATIONS("DELETE", f"{_PATH}/selective", *_SCOPES, status=202)
def destroy_selective(call: ApiCall) -> None:
    """Destroy the Droplet and those of its resources that the body names."""
    droplet = droplet_in_path(call)
    chosen = associated.select(call.account, droplet["id"], call.body)
    associated.begin(call.account, call.now, droplet, chosen)


@OPERATIONS("DELETE", f"{_PATH}/dangerous", *_SCOPES, status=202)
def destroy_all(call: ApiCall) -> None:
    """Destroy the Droplet and everything associated; only with the header that says so."""
    droplet = droplet_in_path(call)
    if not boolean(call.headers.get("x-dangerous")):
        raise bad_request("The X-Dangerous header must be set to true to destroy a Droplet with all its resources.")
    associated.begin(call.account, call.now, droplet, associated.resources(call.account, droplet["id"]))


@OPERATIONS("GET", f"{_PATH}/status", "droplet:delete")
def get_status(call: ApiCall) -> Record:
    """Return how far the destruction has got; the Droplet itself may be gone by then."""
    return dict(associated.status_of(call.account, _number(call)))


@OPERATIONS("POST", f"{_PATH}/retry", *_SCOPES, status=202)
def retry(call: ApiCall) -> ApiReply:
    """Try again what failed."""
    associated.retry(call.account, call.now, _number(call))
    return ApiReply(202)


def _number(call: ApiCall) -> int:
    number = integer(call.params["droplet_id"])
    if number is None:
        raise not_found()
    if call.account.find(DESTROY_STATUS, number) is None:
        state.get(call.account, number, call.now)
    return number

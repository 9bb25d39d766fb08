"""Certificates."""

from __future__ import annotations

from ...engine.errors import unprocessable
from ...engine.fields import name_of
from ...engine.records import Record, chosen
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state

OPERATIONS = Operations()

SHOWN = ("id", "name", "not_after", "sha1_fingerprint", "created_at", "dns_names", "state", "type")


def _in_path(call: Call) -> Record:
    return call.account.get("certificate", call.params["certificate_id"])


@OPERATIONS("GET", "/v2/certificates", "certificate:read")
def list_certificates(call: Call) -> Record:
    """All certificates, or the one with a name."""
    store, name = call.account.store("certificate"), call.query.get("name")
    keys = store.keys("name", name) if name else list(store.records)
    return page(call, "certificates", keys, lambda key: chosen(store.records[key], SHOWN))


@OPERATIONS("POST", "/v2/certificates", "certificate:create", status=201)
def create_certificate(call: Call) -> Record:
    """Upload a certificate, or order one from Let's Encrypt."""
    account, body = call.account, call.body
    name = state.free_name(account, name_of(body))
    members = state.ordered(account, call.now, body) if _is_order(body) else state.uploaded(body)
    made = state.begin(account, call.now, name, members, fails="create_errored" in call.faults)
    return {"certificate": chosen(made, SHOWN)}


def _is_order(body: Record) -> bool:
    # API reference: only `name` is required of both forms, so without a `type` the form decides.
    type = body.get("type") or ("custom" if body.get("leaf_certificate") else "lets_encrypt")
    if type not in ("custom", "lets_encrypt"):
        raise unprocessable("type must be custom or lets_encrypt")
    return bool(type == "lets_encrypt")


@OPERATIONS("GET", "/v2/certificates/{certificate_id}", "certificate:read")
def get_certificate(call: Call) -> Record:
    """One certificate."""
    return {"certificate": chosen(_in_path(call), SHOWN)}


@OPERATIONS("DELETE", "/v2/certificates/{certificate_id}", "certificate:delete", status=204)
def delete_certificate(call: Call) -> None:
    """Delete a certificate that nothing uses."""
    state.remove(call.account, _in_path(call)["id"])

"""SSH keys."""

from __future__ import annotations

from ...engine.errors import not_found, unprocessable
from ...engine.fields import name_of, required, text
from ...engine.records import Record, chosen
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state

OPERATIONS = Operations()

SHOWN = ("id", "fingerprint", "public_key", "name")
#: `python-digitalocean#151`.
IN_USE = "SSH Key is already in use on your account"


def _key_in_path(call: Call) -> Record:
    found = state.find(call.account, call.params["ssh_key_identifier"])
    if found is None:
        raise not_found()
    return found


@OPERATIONS("GET", "/v2/account/keys", "ssh_key:read", limit="key_list")
def list_keys(call: Call) -> Record:
    """All keys; has a rate limit of its own."""
    return page(call, "ssh_keys", list(call.account.store("ssh_key")), lambda key: chosen(key, SHOWN))


@OPERATIONS("POST", "/v2/account/keys", "ssh_key:create", status=201)
def create_key(call: Call) -> Record:
    """A new key; the same one can't be added twice."""
    name, public_key = name_of(call.body), required(call.body, "public_key", text).strip()
    fingerprint = state.fingerprint(public_key)
    if state.find(call.account, fingerprint) is not None:
        raise unprocessable(IN_USE)
    number = call.account.next_id("ssh_key")
    key = {"id": number, "fingerprint": fingerprint, "public_key": public_key, "name": name}
    return {"ssh_key": chosen(call.account.put("ssh_key", number, key), SHOWN)}


@OPERATIONS("GET", "/v2/account/keys/{ssh_key_identifier}", "ssh_key:read")
def get_key(call: Call) -> Record:
    """A key by its id or fingerprint."""
    return {"ssh_key": chosen(_key_in_path(call), SHOWN)}


@OPERATIONS("PUT", "/v2/account/keys/{ssh_key_identifier}", "ssh_key:update")
def rename_key(call: Call) -> Record:
    """Only a key's name can be changed."""
    key = _key_in_path(call)
    return {"ssh_key": chosen(call.account.change("ssh_key", key["id"], name=name_of(call.body)), SHOWN)}


@OPERATIONS("DELETE", "/v2/account/keys/{ssh_key_identifier}", "ssh_key:delete", status=204)
def delete_key(call: Call) -> None:
    """Forget a key."""
    call.account.delete("ssh_key", _key_in_path(call)["id"])

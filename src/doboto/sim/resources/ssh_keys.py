"""SSH keys of an account: fingerprints, and finding a key by either of its names."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import TypedDict

from ..engine.account import Account
from ..engine.errors import not_found, unprocessable
from ..engine.fields import integer, read_name, read_required, text
from ..engine.records import Key, Kind, Record, select_members
from ..engine.store import index
from ..http.messages import ApiCall, page
from ..http.routes import Operations


class StoredSshKey(TypedDict):
    """An SSH key, as the API shows it."""

    id: int
    fingerprint: str
    public_key: str
    name: str


SSH_KEY: Kind[StoredSshKey] = Kind("ssh_key")


UNSUPPORTED = "Key invalid, key should be of a supported type"
#: OpenSSH's names of types (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
TYPE = re.compile(
    r"ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com"
)


@index(SSH_KEY, "fingerprint")
def _fingerprint(key: StoredSshKey) -> Iterable[Key]:
    return (key["fingerprint"],)


def find(account: Account, identifier: object) -> StoredSshKey | None:
    """Return a key by its id (a number, or as text) or fingerprint."""
    number = integer(identifier)
    if number is not None:
        return account.find(SSH_KEY, number)
    keys = account.store(SSH_KEY).keys("fingerprint", str(identifier).lower())
    return account.find(SSH_KEY, keys[0]) if keys else None


def fingerprint(public_key: str) -> str:
    """Return the MD5 fingerprint, which is a second identifier, else 422 for what is no OpenSSH public key."""
    type, encoded = (*public_key.split()[:2], "", "")[:2]
    try:
        blob = base64.b64decode(_pad(encoded), validate=True)
    except (binascii.Error, ValueError):
        raise unprocessable(UNSUPPORTED) from None
    # The key proper begins with its type once more (RFC 4253, 6.6): a private key or any other text does not.
    if not TYPE.fullmatch(type) or not blob.startswith(len(type).to_bytes(4, "big") + type.encode()):
        raise unprocessable(UNSUPPORTED)
    return ":".join(f"{byte:02x}" for byte in hashlib.md5(blob, usedforsecurity=False).digest())


def _pad(encoded: str) -> str:
    # The API reference's own example is no whole key: what matters is that it is base64.
    return encoded + "=" * (-len(encoded) % 4)


OPERATIONS = Operations()

SHOWN = ("id", "fingerprint", "public_key", "name")
#: `python-digitalocean#151`.
IN_USE = "SSH Key is already in use on your account"


def _key_in_path(call: ApiCall) -> StoredSshKey:
    found = find(call.account, call.params["ssh_key_identifier"])
    if found is None:
        raise not_found()
    return found


@OPERATIONS("GET", "/v2/account/keys", "ssh_key:read", limit="key_list")
def list_keys(call: ApiCall) -> Record:
    """List all keys; has a rate limit of its own."""
    return page(call, "ssh_keys", list(call.account.store(SSH_KEY)), lambda key: select_members(key, SHOWN))


@OPERATIONS("POST", "/v2/account/keys", "ssh_key:create", status=201)
def create_key(call: ApiCall) -> Record:
    """Create a key; the same one can't be added twice."""
    name, public_key = read_name(call.body), read_required(call.body, "public_key", text).strip()
    known_by = fingerprint(public_key)
    if find(call.account, known_by) is not None:
        raise unprocessable(IN_USE)
    number = call.account.next_id("ssh_key")
    key: StoredSshKey = {"id": number, "fingerprint": known_by, "public_key": public_key, "name": name}
    call.account.put(SSH_KEY, number, key)
    return {"ssh_key": select_members(key, SHOWN)}


@OPERATIONS("GET", "/v2/account/keys/{ssh_key_identifier}", "ssh_key:read")
def get_key(call: ApiCall) -> Record:
    """Return a key by its id or fingerprint."""
    return {"ssh_key": select_members(_key_in_path(call), SHOWN)}


@OPERATIONS("PUT", "/v2/account/keys/{ssh_key_identifier}", "ssh_key:update")
def rename_key(call: ApiCall) -> Record:
    """Only a key's name can be changed."""
    name = read_name(call.body)
    changed = call.account.change(SSH_KEY, _key_in_path(call)["id"], name=name)
    return {"ssh_key": select_members(changed, SHOWN)}


@OPERATIONS("DELETE", "/v2/account/keys/{ssh_key_identifier}", "ssh_key:delete", status=204)
def delete_key(call: ApiCall) -> None:
    """Forget a key."""
    call.account.delete(SSH_KEY, _key_in_path(call)["id"])

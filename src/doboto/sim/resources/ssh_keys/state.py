"""SSH keys of an account: fingerprints, and finding a key by either of its names."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable

from ...engine.account import Account
from ...engine.errors import unprocessable
from ...engine.fields import integer
from ...engine.records import Key, Record
from ...engine.store import index


@index("ssh_key", "fingerprint")
def _fingerprint(key: Record) -> Iterable[Key]:
    return (key["fingerprint"],)


def find(account: Account, identifier: object) -> Record | None:
    """A key by its id (a number, or as text) or fingerprint."""
    number = integer(identifier)
    if number is not None:
        return account.find("ssh_key", number)
    keys = account.store("ssh_key").keys("fingerprint", str(identifier).lower())
    return account.find("ssh_key", keys[0]) if keys else None


def fingerprint(public_key: str) -> str:
    """The MD5 fingerprint that the API uses as a second identifier, else 422 for what is no OpenSSH public key."""
    parts = public_key.split()
    if len(parts) < 2:
        raise unprocessable("Key invalid, key should be of a supported type")
    try:
        blob = base64.b64decode(_padded(parts[1]), validate=True)
    except (binascii.Error, ValueError):
        raise unprocessable("Key invalid, key should be of a supported type") from None
    return ":".join(f"{byte:02x}" for byte in hashlib.md5(blob, usedforsecurity=False).digest())


def _padded(encoded: str) -> str:
    # The API reference's own example is no whole key: what matters is that it is base64.
    return encoded + "=" * (-len(encoded) % 4)

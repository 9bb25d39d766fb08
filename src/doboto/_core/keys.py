"""Private keys stay here: they are refused wherever the API takes something else (doctl#1110)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import unquote

from .._json import is_object
from ..errors import ArgumentValueError
from .conversion import is_listlike
from .request import Request

#: What only a private key has: PEM (RFC 7468, OpenSSH's own form included), PuTTY's and SSH2's form.
PRIVATE = re.compile(r"BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File-\d")
#: Where a private key belongs, and scripts and cloud-configs that may install one.
BELONGS = frozenset({"private_key", "user_data"})
#: The first parts of the paths of what has operations here. What else the API has may take private keys on purpose,
#: such as the environment of an app.
COVERED = frozenset(
    {"1-clicks", "account", "actions", "certificates", "domains", "droplets", "firewalls", "floating_ips", "images",
     "load_balancers", "monitoring", "projects", "regions", "reports", "reserved_ips", "reserved_ipv6", "sizes",
     "snapshots", "tags", "volumes", "vpc_nat_gateways", "vpc_peerings", "vpcs"}
)  # fmt: skip
#: Which of them the API takes where, by the first part of the path; autoscale pools are below droplets.
BELONGS_UNDER: Mapping[str, frozenset[str]] = {
    "certificates": frozenset({"private_key"}), "droplets": frozenset({"user_data"}),
}  # fmt: skip
#: The types of OpenSSH's public keys.
OPENSSH = r"(?a)(?:ssh|ecdsa|sk)-[\w.@-]+"
#: The headers of a public key as RFC 4716 writes it; their lines end with a backslash where they go on.
HEADERS = r"(?:[\w-]+:(?:[^\n]*\\\r?\n)*(?:[^\n]*[^\\\r\n])?\r?\n)*"
RFC_4716 = rf"(?a)---- BEGIN SSH2 PUBLIC KEY ----\s+{HEADERS}([\w+/=\s]+)---- END SSH2 PUBLIC KEY ----"


def refuse_private_keys(name: str, value: Any, meant: frozenset[str] = BELONGS) -> None:
    """Refuse an argument that holds a private key, at any depth; the error does not show it.

    Args:
        name: The name of the argument, or of a member inside of it.
        value: The value, the names of whose members are searched too.
        meant: The names of what may hold one.

    Raises:
        ValueError: It holds one.
    """
    if name in meant or isinstance(value, int | float):
        return
    if isinstance(value, str):
        if PRIVATE.search(value):
            raise ArgumentValueError(
                "{0} holds a private key, which was not sent; a public one is in the .pub file", name
            )
    elif is_object(value):
        for member, inner in value.items():
            refuse_private_keys(name, str(member), meant)
            refuse_private_keys(str(member), inner, meant)
    elif is_listlike(value) and isinstance(value, list | tuple | set):
        for inner in cast("list[Any]", value):
            refuse_private_keys(name, inner, meant)


def without_private_keys(request: Request) -> Request:
    """Return a request as a user spells it, refused if it holds a private key where operations would refuse it.

    Raises:
        ValueError: It holds one.
    """
    path = unquote(request.path)
    if (first := _first_part(path)) in COVERED:
        nowhere = frozenset[str]()
        refuse_private_keys("path", path, nowhere)
        refuse_private_keys("query", request.query, nowhere)
        refuse_private_keys("body", request.body, BELONGS_UNDER.get(first, nowhere))
    return request


def _first_part(path: str) -> str:
    """Return the first part of a path below `/v2`, as a server may read it that is lenient about how it is spelled."""
    return next((part for part in path.lower().split("/") if part not in {"", "v2"}), "")


def public_key_blob(public_key: str) -> bytes:
    """Return the bytes of a public key, of which its fingerprint is made.

    Raises:
        ValueError: It is neither in OpenSSH's nor in RFC 4716's form.
    """
    from base64 import b64decode  # needed only for keys

    long, parts = re.fullmatch(RFC_4716, public_key.strip()), public_key.split()
    encoded = "".join(long[1].split()) if long else parts[1] if _is_openssh(parts) else "?"
    try:
        # The API reference's own example lacks the padding.
        return b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        forms = "OpenSSH's form (ssh-ed25519 AAAA... comment) nor in RFC 4716's"
        raise ArgumentValueError(f"{{0}} is no public key: it is neither in {forms}", "public_key") from None


def fingerprint(public_key: str) -> str:
    """Return the MD5 fingerprint of a public key, by which the API knows it too.

    Raises:
        ValueError: It is in neither form.
    """
    from hashlib import md5

    return md5(public_key_blob(public_key), usedforsecurity=False).digest().hex(":")


def to_openssh(public_key: str) -> str:
    """Return a public key in OpenSSH's form, which the API takes for certain; its bytes begin with the key's type.

    Raises:
        ValueError: It is in neither form.
    """
    from base64 import b64encode

    blob = public_key_blob(public_key)
    if _is_openssh(public_key.split()):
        return public_key
    type = blob[4 : 4 + int.from_bytes(blob[:4])].decode("ascii", "replace")
    return f"{type} {b64encode(blob).decode()}"


def _is_openssh(parts: Sequence[str]) -> bool:
    return len(parts) > 1 and re.fullmatch(OPENSSH, parts[0]) is not None

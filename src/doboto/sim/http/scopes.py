"""What a request may do and see: the bearer token in its header, and that token's scopes.

The API reference lists the scopes of each operation, and at single fields "Requires ... scope".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..engine.errors import missing_scope, unauthorized
from ..engine.records import Record

#: Fields that are left out of replies to tokens without the scope, by kind of object.
FIELDS: dict[str, dict[str, str]] = {
    "account": {"droplet_limit": "droplet:read", "floating_ip_limit": "reserved_ip:read"},
    "droplet": {
        "backup_ids": "image:read",
        "snapshot_ids": "image:read",
        "image": "image:read",
        "volume_ids": "block_storage:read",
        "tags": "tag:read",
        "vpc_uuid": "vpc:read",
    },
    "firewall": {"droplet_ids": "droplet:read", "tags": "tag:read"},
    "image": {"tags": "tag:read"},
    "snapshot": {"tags": "tag:read"},
    "volume": {"tags": "tag:read"},
    "volume_snapshot": {"tags": "tag:read"},
    "reserved_ip": {"droplet": "droplet:read", "project_id": "project:read"},
    "tag_resources": {
        "droplets": "droplet:read",
        "images": "image:read",
        "volumes": "block_storage:read",
        "volume_snapshots": "block_storage_snapshot:read",
        "databases": "database:read",
    },
    "associated": {
        "reserved_ips": "reserved_ip:read",
        "floating_ips": "reserved_ip:read",
        "snapshots": "image:read",
        "volumes": "block_storage:read",
        "volume_snapshots": "block_storage_snapshot:read",
    },
}

#: Listed beside the scope proper at some operations on volumes; no token can be given them, so they ask for nothing.
UNGRANTABLE = ("api:read", "api:write")

#: Scopes that come with another one (API reference, text of POST /v2/projects/.../resources).
IMPLIED = {"project:assign_resource": "project:update"}


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of a token; `granted=None` is a token with full access."""

    granted: frozenset[str] | None = None

    def allow(self, scope: str) -> bool:
        """Return whether the token has that scope, itself or by a broad one."""
        if self.granted is None or scope in UNGRANTABLE:
            return True
        if not self.granted.isdisjoint((scope, IMPLIED.get(scope), "write")):
            return True
        return "read" in self.granted and scope.endswith(":read")

    def require(self, *scopes: str) -> None:
        """Refuse with 403 unless the token has every one of them."""
        if self.granted is not None and not all(map(self.allow, scopes)):
            raise missing_scope()

    def require_any(self, *scopes: str) -> None:
        """Refuse with 403 unless the token has one of them."""
        if self.granted is not None and not any(map(self.allow, scopes)):
            raise missing_scope()

    def visible(self, kind: str, shown: Record) -> Record:
        """Return the object without the fields that the token may not see."""
        if self.granted is None:
            return shown
        wanted = FIELDS.get(kind, {})
        return {name: value for name, value in shown.items() if name not in wanted or self.allow(wanted[name])}


#: Personal access tokens as the control panel issues them.
REAL_TOKEN = re.compile(r"dop_v1_[0-9a-f]{64}", re.IGNORECASE)

LOOKS_REAL = (
    "Unable to authenticate you: this is a simulator and the token looks like a real DigitalOcean token, which should "
    "not be sent here. Use any other text as a token, or allow real-looking tokens in the simulator's settings."
)


def bearer(header: str | None) -> str:
    """Return the token in an `Authorization` header, else 401."""
    kind, _, token = (header or "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise unauthorized()
    return token.strip()


def refuse_real(token: str) -> None:
    """Refuse what looks like a real token (`moto#2058`: tests do run with real credentials)."""
    if REAL_TOKEN.fullmatch(token):
        raise unauthorized(LOOKS_REAL)

"""Who may use the admin interface: programs on this machine, unless other machines are allowed.

A browser sends requests on behalf of any page that it shows, so those that come from a page of another site are always
refused. On this machine alone, so are those for a host name that an outsider can point here (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Address, Headers

from ..engine.errors import forbidden

HINT = (
    'the setting allow_remote_admin allows it: `doboto sim --settings FILE` with {"allow_remote_admin": true} in the '
    "file, or Settings(allow_remote_admin=True)"
)


def refuse_strangers(client: Address | None, headers: Headers, *, allow_remote: bool = False) -> None:
    """Refuse a request with 403 unless it was made on this machine, and by no page of another site.

    Args:
        client: The peer's address; a request without one did not come over a network and may do everything.
        headers: The request's headers.
        allow_remote: Whether other machines may use the interface. Pages of other sites still may not.

    Raises:
        ApiError: 403.
    """
    if client is None:
        return
    host = headers.get("host", "")
    origin = headers.get("origin")
    if origin is not None and origin.partition("//")[2] != host:
        raise forbidden(f"The admin interface is not for pages of {origin!r}.")
    if allow_remote:
        return
    if not _loopback(client.host):
        raise forbidden(f"The admin interface is for programs on the simulator's own machine; {HINT}.")
    if not _local(_name(f"//{host}")):
        raise forbidden(f"The admin interface is at localhost, not at {host!r}; {HINT}.")


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _local(name: str | None) -> bool:
    return name is not None and (name == "localhost" or name.endswith(".localhost") or _loopback(name))


def _loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback

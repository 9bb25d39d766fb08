"""Which proxy a URL goes through: the one that was set, else the environment's, read as curl and Go read it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from .._core.urls import is_loopback, is_reachable
from ..errors import DOBOTOConfigurationException


def proxy_for(url: str, proxy: str | None) -> str | None:
    """Return the proxy's URL, or None to connect directly.

    A loopback address is never reached through the environment's proxy: the proxy would be sent the token, and would
    look for the address on its own machine.

    Args:
        url: The API's base URL.
        proxy: A proxy's URL; "" for none; None to follow the environment (`HTTPS_PROXY`, `NO_PROXY`).

    Raises:
        DOBOTOConfigurationException: The environment's proxy is not reached over HTTP. The message does not show its
            URL, which may hold a password.
    """
    if proxy is not None:
        return proxy or None
    parts = urlsplit(url)
    if is_loopback(parts.hostname or ""):
        return None
    chosen = _from_environment(parts, os.environ) or _from_system(parts)
    if not chosen:
        return None
    chosen = chosen if "://" in chosen else f"http://{chosen}"
    if not is_reachable(chosen):  # SOCKS, as ALL_PROXY often has it
        raise DOBOTOConfigurationException(
            'the environment\'s proxy has no http:// or https:// URL; pass proxy="" to connect without it'
        )
    return chosen


def is_bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Return whether NO_PROXY excludes a host.

    Its entries are separated by commas or blanks. `*` excludes all; a name excludes itself and what is below it, with
    or without a leading dot (curl); `*.name` only what is below it (Go); an address itself, a network in CIDR notation
    what is in it; any of them with `:port` that port alone.

    Args:
        host: A name or an address.
        port: The port that is asked for.
        no_proxy: The variable's text.
    """
    entries = no_proxy.replace(",", " ").lower().split()
    return any(_excludes(entry, host.lower().rstrip("."), port) for entry in entries)


def _excludes(entry: str, host: str, port: int) -> bool:
    name, wanted = _split_port(entry)
    if wanted is not None and wanted != port:
        return False
    if name == "*":
        return True
    from ipaddress import ip_address, ip_network  # only where NO_PROXY is set

    try:
        return ip_address(host) in ip_network(name.strip("[]"), strict=False)
    except ValueError:  # one of the two is a name
        pass
    if name.startswith("*."):
        return host.endswith(name[1:])
    name = name.strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _split_port(entry: str) -> tuple[str, int | None]:
    """Split `name:80`; an IPv6 address has a port only in brackets."""
    name, colon, port = entry.rpartition(":")
    if colon and port.isdecimal() and (":" not in name or name.endswith("]")):
        return name, int(port)
    return entry, None


def _from_environment(url: SplitResult, environment: Mapping[str, str]) -> str | None:
    """Return the proxy that variables name; those in lower case come first, as in curl."""
    variables = {name.lower(): value for name, value in environment.items() if name.isupper()}
    variables |= {name: value for name, value in environment.items() if name.islower()}
    if "REQUEST_METHOD" in environment:  # a CGI program: HTTP_PROXY is a header of its request (CVE-2016-5385)
        variables["http_proxy"] = environment.get("http_proxy", "")
    port = url.port or (443 if url.scheme == "https" else 80)
    if is_bypassed(url.hostname or "", port, variables.get("no_proxy", "")):
        return None
    return variables.get(f"{url.scheme}_proxy") or variables.get("all_proxy")


def _from_system(url: SplitResult) -> str | None:
    """Return the proxy of the system's settings, where a system has them and no variable says anything."""
    if sys.platform not in {"win32", "darwin"} or any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass  # loads a dozen modules

    return None if proxy_bypass(url.hostname or "") else getproxies().get(url.scheme)

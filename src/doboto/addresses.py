"""A Droplet's addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._json import mapping, records


def public_ipv4(droplet: Mapping[str, Any]) -> str | None:
    """The Droplet's public IPv4 address, or None while it has none.

    Args:
        droplet: A Droplet, as `do.droplet.info` and its siblings give it.
    """
    return _address(droplet, "v4", "public")


def private_ipv4(droplet: Mapping[str, Any]) -> str | None:
    """The Droplet's private IPv4 address (in its VPC), or None while it has none.

    Args:
        droplet: A Droplet, as `do.droplet.info` and its siblings give it.
    """
    return _address(droplet, "v4", "private")


def public_ipv6(droplet: Mapping[str, Any]) -> str | None:
    """The Droplet's public IPv6 address, or None while it has none.

    Args:
        droplet: A Droplet, as `do.droplet.info` and its siblings give it.
    """
    return _address(droplet, "v6", "public")


def _address(droplet: Mapping[str, Any], version: str, type: str) -> str | None:
    for entry in records(mapping(droplet.get("networks")).get(version)):
        if entry.get("type") == type and entry.get("ip_address"):
            return str(entry["ip_address"])
    return None

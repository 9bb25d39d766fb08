"""Addresses and networks in one spelling. Separate, because rules and records both have them."""

from __future__ import annotations

from ipaddress import ip_network


def normalize_network(text: str) -> str:
    """Return an address or a network in one spelling, an address without its prefix length; other texts as they are."""
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return text
    return str(network.network_address) if network.num_addresses == 1 else str(network)

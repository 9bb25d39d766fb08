"""Floating IPs: reserved IPs by the name that they had until June 2022, below the paths of that time."""

from __future__ import annotations

from .._operation import Mode
from .reserved_ip import ReservedIPOperations


class FloatingIPOperations(ReservedIPOperations[Mode]):
    """Floating IPs: public IPv4 addresses that stay, and move between Droplets. `reserved_ip` is their new name."""

    _root = "/floating_ips"
    _plural = "floating_ips"
    _single = "floating_ip"
    _noun = "floating IP"

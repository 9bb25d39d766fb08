"""Kinds of accounts as settings: what an account is allowed depends on its age and on what support has raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

PresetName: TypeAlias = Literal["new-account", "in-use", "large"]

#: Settings by name of preset; what a preset leaves out has its default.
PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    # Limits recorded on 2026-08-21 (`droplet_limit` 10 also on 2022-01-04). The first VPC of a region becomes its
    # default (API reference, text of POST /v2/vpcs).
    "new-account": {
        "droplet_limit": 10,
        "reserved_ip_limit": 10,
        "volume_limit": 5000,
        "first_vpc_is_default": True,
    },
    # Limits recorded on 2022-06-25. Each region has its default VPC (a list recorded on 2021-11-05).
    "in-use": {
        "droplet_limit": 25,
        "reserved_ip_limit": 3,
        "volume_limit": 100,
        "first_vpc_is_default": False,
    },
    # For load tests; no recording shows such an account. Default VPCs have room for ten thousand Droplets, and requests
    # are limited as everywhere.
    "large": {
        "droplet_limit": 10_000,
        "reserved_ip_limit": 700,
        "volume_limit": 20_000,
        "default_vpc_prefix": 16,
    },
}

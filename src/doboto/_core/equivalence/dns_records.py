"""DNS records in one spelling, to compare them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .networks import normalize_network

#: Texts of a TXT record, each in quotes: they are one text (RFC 7208, 3.3).
QUOTED_WHOLE = re.compile(r'\s*"[^"]*"(?:\s+"[^"]*")*\s*')
QUOTED = re.compile(r'"([^"]*)"')


def identity(domain: str, record: Mapping[str, Any]) -> tuple[str, str, str]:
    """Type, name and data of a record in one spelling.

    Names and hosts come with a dot at the end when they are full, and are listed without it; `@` is the domain itself.
    Addresses have several spellings, and texts come with and without quotes (terraform-provider-digitalocean#269).
    """
    type, name, data = (str(record.get(member) or "") for member in ("type", "name", "data"))
    if name.endswith("."):
        name = f".{name[:-1]}".lower().removesuffix(f".{domain}".lower()).removeprefix(".")
    return type, name.lower() or "@", normalize_data(domain, type, data)


def normalize_data(domain: str, type: str, data: str) -> str:
    """Return what a record leads to, in one spelling."""
    if type == "TXT":
        return "".join(QUOTED.findall(data)) if QUOTED_WHOLE.fullmatch(data) else data
    if type in {"A", "AAAA"}:
        return normalize_network(data)
    host = data.removesuffix(".").lower()
    return domain.lower() if host == "@" else host

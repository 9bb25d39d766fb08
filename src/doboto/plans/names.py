"""Names in place of ids: which texts are ids, and which entries of a list a name means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: Ids: numbers, UUIDs, fingerprints of SSH keys.
ID = r"(?ai)\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|SHA256:.+|([0-9a-f]{2}:)+[0-9a-f]{2}"


def is_id(value: Any) -> bool:
    """Return whether a value is an id, which is never looked up as a name."""
    return not isinstance(value, str) or re.fullmatch(ID, value) is not None


def find_named(entries: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """Return the entries of a name, in the same case or else in another."""
    alike = [one for one in entries if one.get("name") is not None and str(one["name"]).lower() == name.lower()]
    return [one for one in alike if one["name"] == name] or alike

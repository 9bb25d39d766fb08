"""What DigitalOcean offers: regions, sizes, images, kernels and 1-Clicks, as data files beside this one.

Facts from the public price list, the API reference and its examples; prices and versions age, the shape does not. A
file is read when it is first asked for. The records are shared by all accounts and never changed.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

#: An entry of a data file: a JSON object.
Entry = dict[str, Any]


@cache
def entries(name: str) -> list[Entry]:
    """Return all entries of a data file, in its order."""
    found: list[Entry] = json.loads(files(__name__).joinpath(f"{name}.json").read_text("utf-8"))
    return found


@cache
def _by(name: str, member: str) -> dict[object, Entry]:
    return {entry[member]: entry for entry in entries(name)}


def region(slug: object) -> Entry | None:
    """Return a region by its slug."""
    return _by("regions", "slug").get(slug) if isinstance(slug, str) else None


def size(slug: object) -> Entry | None:
    """Return a size by its slug."""
    return _by("sizes", "slug").get(slug) if isinstance(slug, str) else None


def image(key: object) -> Entry | None:
    """Return a public image by its id or slug."""
    if isinstance(key, str):
        return _by("images", "slug").get(key)
    return _by("images", "id").get(key) if isinstance(key, int) else None


def kernel(key: int) -> Entry | None:
    """Return a kernel by its id."""
    return _by("kernels", "id").get(key)

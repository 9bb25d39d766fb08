"""Droplets by id or name, and the slugs that they are created from.

Slugs of sizes, regions and images are cached for a day in the user's cache folder. A slug that is not in the cache is
looked for in the API before it is refused.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from ..._io.clock import SystemClock
from ..._json import is_array, items, mapping
from ...addresses import public_ipv4
from ...errors import DOBOTOException, DOBOTOForbiddenException
from ..errors import NOT_FOUND, USAGE, Failure
from ..schema.names import find_by_name, find_own_image
from ..errors import suggestion

if TYPE_CHECKING:
    from ...client import DO


def is_id(text: str) -> bool:
    """Whether a text is taken for an id: digits alone always are."""
    return text.isascii() and text.isdigit()


def resolve(do: DO, texts: Sequence[str], names: dict[Any, str], *, missing_ok: bool = False) -> list[int]:
    """Resolve ids and names of Droplets to ids; each once, in the order given.

    Args:
        do: The client.
        texts: Ids or names.
        names: Gets the names by id, as far as they are known.
        missing_ok: Whether a name that fits none is left out.

    Raises:
        Failure: A name is empty, or fits none, or several.
    """
    if not all(text.strip() for text in texts):
        raise Failure("a Droplet's name is empty", USAGE.code)
    found = candidates(do, list(dict.fromkeys(text for text in texts if not is_id(text))))
    ids: list[int] = []
    for text in texts:
        if is_id(text):
            ids.append(int(text))
        elif (droplet := _find(text, found, missing_ok=missing_ok)) is not None:
            names[droplet["id"]] = droplet["name"]
            ids.append(droplet["id"])
    return list(dict.fromkeys(ids))


def candidates(do: DO, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """List Droplets of these names, one by one, or all of them where that takes fewer requests."""
    if len(names) > 1 and (listed := _all_if_few(do, len(names))) is not None:
        return listed
    return [droplet for name in names for droplet in do.droplet.list(name=name, type="all")]


def _all_if_few(do: DO, names: int) -> list[Mapping[str, Any]] | None:
    """List all Droplets, unless that takes more requests than to look up so many names."""
    firsts = [do.request("GET", "/droplets", query={"type": type, "per_page": PER_PAGE}) for type in TYPES]
    if sum(max(0, math.ceil(count_of(first) / PER_PAGE) - 1) for first in firsts) > names * len(TYPES):
        return None
    if all(count_of(first) <= PER_PAGE for first in firsts):
        return list({droplet["id"]: droplet for first in firsts for droplet in first["droplets"]}.values())
    return list(do.droplet.list(type="all"))


def count_of(page: Mapping[str, Any]) -> int:
    """Return the total number of items of a list, as reported in its page."""
    return int(mapping(page.get("meta")).get("total", len(items(page.get("droplets")))))


def count_droplets(do: DO) -> int:
    """Count the account's Droplets."""
    pages = [do.request("GET", "/droplets", query={"type": type, "per_page": 1}) for type in TYPES]
    return sum(map(count_of, pages))


def _find(name: str, droplets: Sequence[Mapping[str, Any]], *, missing_ok: bool) -> Mapping[str, Any] | None:
    """Find a Droplet by name; return None if there is none and `missing_ok` is true."""
    found = find_by_name(droplets, name, "Droplet", describe)
    if found is None and not missing_ok:
        raise Failure(f"no Droplet is called {name!r}", NOT_FOUND.code)
    return found


def describe(droplet: Mapping[str, Any]) -> str:
    """Describe a Droplet so that it can be distinguished from others."""
    region: Mapping[str, Any] = droplet.get("region") or {}
    parts = [str(droplet["id"]), str(region.get("slug", "")), public_ipv4(droplet) or "no public address"]
    return " ".join(part for part in parts if part)


DAY = 86400.0
#: Droplets are listed apart from GPU Droplets (API reference, droplets_list), up to so many on a page.
TYPES, PER_PAGE = ("droplets", "gpus"), 200
#: What the options that take a slug take it of, and the library's list of it: every page.
LISTS: Mapping[str, Callable[[DO], Sequence[Mapping[str, Any]]]] = {
    "size": lambda do: do.size.list(),
    "region": lambda do: do.region.list(),
    "image": lambda do: do.image.list("distribution"),
    "application": lambda do: do.image.list("application"),
}
#: What is kept of each entry.
KEPT = ("slug", "name", "regions", "available", "price_hourly", "price_monthly")


def check_slugs(do: DO, values: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse slugs that there are not, with those that are meant perhaps. A token that may not list them is no error.

    Args:
        do: The client.
        values: As they were given.

    Returns:
        The id of an image that was given by its name.

    Raises:
        Failure: A slug is unknown, or a name fits several images.
    """
    found: dict[str, Any] = {}
    for kind in ("size", "region", "image"):
        slug = values.get(kind)
        if not isinstance(slug, str) or not slug or _exists(do, kind, slug, fresh=False):
            continue
        if kind == "image" and (id := _own_image(do, slug)) is not None:
            found[kind] = id
        elif not _exists(do, kind, slug, fresh=True):
            raise Failure(f"no {kind} {slug!r}{suggestion(slug, known_slugs(do, kind))}", USAGE.code)
    return found


def _own_image(do: DO, name: str) -> Any:
    """Find the account's own image by name; return None if there is none or the token may not list images."""
    try:
        return find_own_image(do, name)
    except DOBOTOForbiddenException:
        return None


def _exists(do: DO, kind: str, slug: str, *, fresh: bool) -> bool:
    slugs = known_slugs(do, kind, fresh=fresh)
    # A region may be given by its beginning: "nyc" is any of nyc1, nyc2, nyc3 (API reference, droplets_create).
    return not slugs or slug in slugs or (kind == "region" and any(one.startswith(slug) for one in slugs))


def check_availability(do: DO, values: Mapping[str, Any]) -> None:
    """Refuse a size and a region that the lists show as unavailable to new Droplets.

    Raises:
        Failure: One of them takes no new Droplets, or the size is not offered in the region.
    """
    size, region = str(values.get("size") or ""), str(values.get("region") or "")
    if _explain_unavailable(do, size, region, fresh=False) and (
        lacking := _explain_unavailable(do, size, region, fresh=True)
    ):
        raise Failure(lacking, USAGE.code)


def _explain_unavailable(do: DO, size: str, region: str, *, fresh: bool) -> str:
    """Explain why new Droplets cannot use them, or return an empty text; a region may be a prefix."""
    regions = [one for one in slug_entries(do, "region", fresh=fresh) if str(one.get("slug")).startswith(region)]
    regions = [one for one in regions if one["slug"] == region] or regions
    if regions and not any(one.get("available", True) for one in regions):
        return f"the region {region!r} takes no new Droplets now"
    entry = next((one for one in slug_entries(do, "size", fresh=fresh) if one.get("slug") == size), None)
    if entry is None:
        return ""
    offered: Sequence[str] = entry.get("regions", [region])
    if not entry.get("available", True) or not offered:
        return f"the size {size!r} can't be had for new Droplets now"
    if any(one.startswith(region) for one in offered):
        return ""
    return f"the size {size!r} is not offered in {region!r}; it is in {', '.join(offered)}"


def known_slugs(do: DO, kind: str, *, fresh: bool = False) -> list[str]:
    """Return the slugs of a kind."""
    kinds = (kind, "application") if kind == "image" else (kind,)
    return [entry["slug"] for one in kinds for entry in slug_entries(do, one, fresh=fresh) if entry.get("slug")]


def price_of(do: DO, size: str) -> tuple[float, float] | None:
    """Return the price of a size by the hour and by the month, in US dollars."""
    entry = next((one for one in slug_entries(do, "size") if one.get("slug") == size), None)
    return None if entry is None else (float(entry["price_hourly"]), float(entry["price_monthly"]))


def slug_entries(do: DO, kind: str, *, fresh: bool = False) -> list[dict[str, Any]]:
    """List the entries of a kind, from the cache while it is younger than a day."""
    path = _cache_file(do.url, kind)
    if not fresh and (cached := _read_cache(path)) is not None:
        return cached
    try:
        found = LISTS[kind](do)
    except DOBOTOException:
        return []
    kept = [{name: one[name] for name in KEPT if name in one} for one in found]
    _write_cache(path, kept)
    return kept


def _cache_file(url: str, kind: str) -> Path:
    place = hashlib.sha256(url.encode()).hexdigest()[:12]
    return platformdirs.user_cache_path("doboto") / f"{kind}-{place}.json"


def _read_cache(path: Path) -> list[dict[str, Any]] | None:
    try:
        if SystemClock().time() - path.stat().st_mtime > DAY:
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if is_array(found) else None


def _write_cache(path: Path, entries: Sequence[Mapping[str, Any]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(entries), encoding="utf-8")
    except OSError:
        return  # a cache that can't be written is no reason to fail

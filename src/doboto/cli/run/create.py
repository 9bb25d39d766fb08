"""What a create checks before it is sent: slugs, availability, price; and `--dry-run`, which sends nothing.

Slugs of sizes, regions and images are cached for a day in the user's cache folder. A slug that is not in the cache is
looked for in the API before it is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import platformdirs

from ... import SystemClock
from ..._json import is_array
from ...errors import DOBOTOException, DOBOTOForbiddenException
from ..errors import USAGE, Failure, suggestion
from ..output.formats import print_result
from ..output.text import format_cell
from ..schema.catalog import Operation
from ..schema.parameters import as_usage, parameters
from ..settings import CliSettings
from .resolve import count_droplets, find_own_image, list_candidates

if TYPE_CHECKING:
    from ...client import DO

DAY = 86400.0
#: What the options that take a slug take it of, and the library's list of it: every page.
LISTS: Mapping[str, Callable[[DO], Sequence[Mapping[str, Any]]]] = {
    "size": lambda do: do.size.list(),
    "region": lambda do: do.region.list(),
    "image": lambda do: do.image.list("distribution"),
    "application": lambda do: do.image.list("application"),
}
#: What is kept of each entry.
KEPT = ("slug", "name", "regions", "available", "price_hourly", "price_monthly")
#: What backups add to a Droplet's price, by plan: DigitalOcean's basic plans
#: (https://docs.digitalocean.com/products/backups/details/pricing).
BACKUPS: Mapping[str, float] = {"weekly": 0.20, "daily": 0.30}
#: The plan of backups that come without a policy (API reference, droplets_create, `backup_policy`).
UNSAID = "daily"


# -- slugs and availability


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


# -- --dry-run


@dataclass(frozen=True, slots=True)
class Price:
    """What Droplets cost, in US dollars.

    Attributes:
        hourly: By the hour.
        monthly: By the month.
        backups: The plan of the backups that this includes; `none` where none are asked for, `not included` where
            their price is not known.
    """

    hourly: float
    monthly: float
    backups: str

    def __str__(self) -> str:
        words = {"none": "", "not included": ", without backups: what they add is not known"}
        more = words.get(self.backups, f", with {self.backups} backups")
        return f"${self.hourly:g} an hour, ${f'{self.monthly:.2f}'.removesuffix('.00')} a month{more}"


def dry_run(do: DO, operation: Operation, call: Mapping[str, Any], settings: CliSettings) -> None:
    """Print the bodies that would be sent, what is there already, and the price."""
    from ...resources.droplet.create import check_create

    taken = {"names", *(one.name for one in parameters(operation) if one.attribute)}
    given = {name: value for name, value in call.items() if name in taken}
    present = operation.name == "present"
    with as_usage(operation):
        request = check_create(
            None, given, ready_port=call.get("ready_port"), wait=bool(call.get("wait")), present=present
        )
        request.check_complete()
    there: Mapping[str, Any] = _find_existing(do, request.names) if present else {}
    missing = request.only([name for name in request.names if name not in there])
    bodies = list(missing.bodies()) if missing.names else []
    cost = price(do, request.attribs, len(missing.names))
    problems = _find_problems(do, len(missing.names))
    if settings.output not in {None, "table"} or settings.query is not None:
        print_result(_for_programs(bodies, there, cost, problems), None, settings)
        return
    for line in [*_for_people(bodies, request.names, there, cost), *problems]:
        click.echo(line)


def _find_existing(do: DO, names: Sequence[str]) -> Mapping[str, Any]:
    """Find existing Droplets, by name, in the order of the names."""
    found = {droplet["name"]: droplet for droplet in list_candidates(do, names)}
    return {name: found[name] for name in names if name in found}


def _find_problems(do: DO, count: int) -> list[str]:
    """Find reasons why DigitalOcean would refuse so many more Droplets."""
    if not count:
        return []
    try:
        limit = do.account.info().get("droplet_limit")
        there = 0 if limit is None else count_droplets(do)
    except DOBOTOException:
        return []  # the token may create Droplets and not read these
    if limit is None or there + count <= limit:
        return []
    left = max(0, limit - there)
    return [f"It would be refused: of the account's limit of {_count(limit, 'Droplet')}, {left} are left."]


def price(do: DO, attribs: Mapping[str, Any], count: int) -> Price | None:
    """Return the price of that many Droplets; None if the price of their size is not known."""
    each = price_of(do, str(attribs.get("size")))
    if each is None:
        return None
    plan = _plan(attribs)
    factor = count * (1 + BACKUPS.get(plan, 0.0))
    return Price(round(each[0] * factor, 5), round(each[1] * factor, 2), plan)


def _plan(attribs: Mapping[str, Any]) -> str:
    if not attribs.get("backups"):
        return "none"
    policy: Mapping[str, str] = attribs.get("backup_policy") or {}
    plan = policy.get("plan", UNSAID)
    return plan if plan in BACKUPS else "not included"


def _for_programs(
    bodies: Sequence[Mapping[str, Any]], there: Mapping[str, Any], cost: Price | None, problems: Sequence[str]
) -> Mapping[str, Any]:
    return {
        "requests": bodies,
        "there": [{"id": droplet["id"], "name": name} for name, droplet in there.items()],
        "price": cost and {"hourly": cost.hourly, "monthly": cost.monthly, "backups": cost.backups},
        "problems": problems,
    }


def _for_people(
    bodies: Sequence[Mapping[str, Any]], names: Sequence[str], there: Mapping[str, Any], cost: Price | None
) -> list[str]:
    lines = [format_cell(f"{name} ({droplet['id']}) is there already.") for name, droplet in there.items()]
    if not bodies:
        return [*lines, f"{_count(len(names), 'Droplet')}, none missing: nothing would be sent."]
    for body in bodies:
        lines += ["POST /droplets", json.dumps(body, indent=2, ensure_ascii=False)]
    asked = f"{_count(len(names) - len(there), 'Droplet')} in {_count(len(bodies), 'request')}"
    return [*lines, f"{asked}: {cost or 'price unknown'}. Nothing was created."]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

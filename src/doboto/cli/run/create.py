"""What a create checks before it is sent, and what it fills in: slugs, availability, price; defaults of alert policies.

`--dry-run` shows what would be sent, and sends nothing.

Slugs of sizes, regions and images are cached for a day in the user's cache folder. A slug that is not in the cache is
looked for in the API before it is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import platformdirs

from ... import SystemClock
from ..._json import is_array
from ...errors import DOBOTOException, DOBOTOForbiddenException, DOBOTONotFoundException
from ...plans import Offers, find_elsewhere, find_excess, is_id
from ..errors import USAGE, Failure, refer_to
from ..output.formats import print_result
from ..output.text import format_cell
from ..schema.catalog import SSH_KEY, CliOperation
from ..schema.parameters import as_usage, parameters
from ..settings import CliSettings
from .resolve import count_droplets, find_own_image, list_candidates, look_up

if TYPE_CHECKING:
    from ...client import DO
    from ...types import PlanPrice, PlanProblem

DAY = 86400.0
#: What the options that take a slug take it of, and the library's list of it: every page.
LISTS: Mapping[str, Callable[[DO], Sequence[Mapping[str, Any]]]] = {
    "size": lambda do: do.size.list(),
    "region": lambda do: do.region.list(),
    "image": lambda do: do.image.list("distribution"),
    "application": lambda do: do.image.list("application"),
}
#: What is kept of each entry.
KEPT = ("slug", "name", "regions", "available", "price_hourly", "price_monthly", "disk", "min_disk_size")


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
    unknown = {problem["attribute"] for problem in _offers(do, values).find_unknown(values)}
    if "image" in unknown and (id := _own_image(do, str(values["image"]))) is not None:
        found["image"] = id
    if unknown - found.keys():
        left = {name: value for name, value in values.items() if name not in found}
        _refuse(_offers(do, left, fresh=True).find_unknown(left), unknown=True)
    return found


def check_availability(do: DO, values: Mapping[str, Any]) -> None:
    """Refuse what does not go together, or takes no new Droplets: size, region, image, tags.

    Raises:
        Failure: There is such a problem.
    """
    if _offers(do, values).find_problems(values):
        _refuse(_offers(do, values, fresh=True).find_problems(values))


def _refuse(problems: Sequence[PlanProblem], *, unknown: bool = False) -> None:
    if problems:
        first = problems[0]
        see = refer_to(f"doboto {first['attribute']} list") if unknown and first["suggestion"] is None else ""
        raise Failure(f"{first['message']}{see}", USAGE.code)


def _own_image(do: DO, name: str) -> Any:
    """Find the account's own image by name; return None if there is none or the token may not list images."""
    try:
        return find_own_image(do, name)
    except DOBOTOForbiddenException:
        return None


def _offers(do: DO, values: Mapping[str, Any], *, fresh: bool = False) -> Offers:
    """Return what is offered of the kinds that are given."""
    kinds = {"size": ("size",), "region": ("region",), "image": ("image", "application")}
    listed = {
        name: [entry for kind in some for entry in slug_entries(do, kind, fresh=fresh)]
        for name, some in kinds.items()
        if isinstance(values.get(name), str)
    }
    return Offers(listed.get("size", ()), listed.get("region", ()), listed.get("image", ()))


def price_of(do: DO, size: str) -> tuple[float, float] | None:
    """Return the price of a size by the hour and by the month, in US dollars."""
    entry = next((one for one in slug_entries(do, "size") if one.get("slug") == size), None)
    return None if entry is None else (float(entry["price_hourly"]), float(entry["price_monthly"]))


def slug_entries(do: DO, kind: str, *, fresh: bool = False) -> list[dict[str, Any]]:
    """List the entries of a kind, from the cache while it is younger than a day."""
    path = _cache_file(do.url, kind)
    if path is not None and not fresh and (cached := _read_cache(path)) is not None:
        return cached
    try:
        found = LISTS[kind](do)
    except DOBOTOException:
        return []
    kept = [{name: one[name] for name in KEPT if name in one} for one in found]
    if path is not None:
        _write_cache(path, kept)
    return kept


def _cache_file(url: str, kind: str) -> Path | None:
    """Return the file of a kind; None where the user has no home folder."""
    digest = hashlib.sha256(url.encode()).hexdigest()[:12]
    try:
        return platformdirs.user_cache_path("doboto") / f"{kind}-{digest}.json"
    except RuntimeError:
        return None


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


def default_checks(values: Mapping[str, Any]) -> dict[str, Callable[[DO], object]]:
    """Return what checks each default of an account, by its name: it raises where the value does not exist.

    Args:
        values: Defaults as the file of contexts has them.
    """
    image, keys = values.get("image"), values.get("ssh_keys") or ()
    checks: dict[str, Callable[[DO], object]] = {
        name: partial(_check_slug, name=name, slug=values[name]) for name in ("region", "size") if values.get(name)
    }
    if image:
        number = int(image) if is_id(image) else None
        checks["image"] = (
            partial(_check_slug, name="image", slug=image) if number is None else lambda do: do.image.info(number)
        )
    if keys:
        checks["ssh-keys"] = lambda do: [
            do.ssh_key.info(key) if is_id(key) else look_up(do, SSH_KEY, [key], {}) for key in keys
        ]
    return checks


def _check_slug(do: DO, *, name: str, slug: str) -> None:
    """Refuse a slug that there is not.

    Raises:
        Failure: There is none.
        DOBOTOException: The list of them can't be read.
    """
    if not slug_entries(do, name):
        LISTS[name](do)  # for its error
    check_slugs(do, {name: slug})


# -- --dry-run


def format_price(price: PlanPrice) -> str:
    """Format what Droplets cost."""
    words = {"none": "", "not included": ", without backups: what they add is not known"}
    more = words.get(price["backups"], f", with {price['backups']} backups")
    monthly = f"{price['monthly']:.2f}".removesuffix(".00")
    return f"${price['hourly']:g} an hour, ${monthly} a month{more}"


def dry_run(do: DO, operation: CliOperation, call: Mapping[str, Any], settings: CliSettings) -> None:
    """Print the bodies that would be sent, what is there already, and the price."""
    from ...resources.droplet.create import DropletCreation

    taken = {"names", *(one.name for one in parameters(operation) if one.attribute)}
    given = {name: value for name, value in call.items() if name in taken}
    present = operation.name == "present"
    with as_usage(operation):
        request = DropletCreation.check(
            None, given, ready_port=call.get("ready_port"), wait=bool(call.get("wait")), present=present
        )
        request.check_complete()
    there: Mapping[str, Any] = _find_existing(do, request.names) if present else {}
    missing = request.only([name for name in request.names if name not in there])
    bodies = list(missing.bodies()) if missing.names else []
    cost = price(do, request.attribs, len(missing.names))
    problems = [*_find_refusals(do, request.attribs), *_find_problems(do, len(missing.names))] if bodies else []
    if settings.output == "csv" and settings.query is None:
        print_result(bodies, None, settings)  # a row for each request; the rest is no part of such a table
        return
    if settings.output not in {None, "table"} or settings.query is not None:
        found = {**_for_programs(bodies, there, cost, problems), "project_id": request.project_id}
        print_result(found, None, settings)
        return
    if request.project_id and bodies:
        problems.insert(0, f"Then they would be put into the project {format_cell(request.project_id)}.")
    for line in [*_for_people(bodies, request.names, there, cost), *problems]:
        click.echo(line)


def _find_existing(do: DO, names: Sequence[str]) -> Mapping[str, Any]:
    """Find existing Droplets, by name, in the order of the names."""
    found: dict[str, Mapping[str, Any]] = {}
    for droplet in list_candidates(do, names):
        found.setdefault(droplet["name"], droplet)  # of several the one that `present` would return
    return {name: found[name] for name in names if name in found}


def _find_refusals(do: DO, attribs: Mapping[str, Any]) -> list[str]:
    """Find reasons why DigitalOcean would refuse these attributes: an own image that does not fit, a VPC elsewhere."""
    image, network = attribs.get("image"), attribs.get("vpc_uuid")
    messages: list[str] = []

    def read(noun: str, info: Callable[[Any], Any], id: Any) -> list[Mapping[str, Any]]:
        try:
            return [info(id)]
        except DOBOTONotFoundException:
            messages.append(f"there is no {noun} {id}")
        except DOBOTOException:  # the token may create Droplets and not read these
            pass
        return []

    images = read("image", do.image.info, image) if isinstance(image, int) else []
    networks = read("VPC", do.vpc.info, network) if network else []
    volumes = [one for id in attribs.get("volumes") or () for one in read("volume", do.volume.info, id)]
    if images:
        messages += [one["message"] for one in Offers(slug_entries(do, "size"), (), images).find_problems(attribs)]
    messages += [one["message"] for one in find_elsewhere(attribs, networks, volumes)]
    return [f"It would be refused: {message}." for message in messages]


def _find_problems(do: DO, count: int) -> list[str]:
    """Find reasons why DigitalOcean would refuse so many more Droplets."""
    try:
        limit = do.account.info().get("droplet_limit")
        there = 0 if limit is None else count_droplets(do)
    except DOBOTOException:
        return []  # the token may create Droplets and not read these
    return [f"It would be refused: {one['message']}." for one in find_excess(limit, there, count)]


def price(do: DO, attribs: Mapping[str, Any], count: int) -> PlanPrice | None:
    """Return the price of that many Droplets; None if the price of their size is not known."""
    return _offers(do, {"size": attribs.get("size")}).price(attribs, count)


def _for_programs(
    bodies: Sequence[Mapping[str, Any]], there: Mapping[str, Any], cost: PlanPrice | None, problems: Sequence[str]
) -> Mapping[str, Any]:
    return {
        "requests": bodies,
        "there": [{"id": droplet["id"], "name": name} for name, droplet in there.items()],
        "price": cost,
        "problems": problems,
    }


def _for_people(
    bodies: Sequence[Mapping[str, Any]], names: Sequence[str], there: Mapping[str, Any], cost: PlanPrice | None
) -> list[str]:
    lines = [format_cell(f"{name} ({droplet['id']}) is there already.") for name, droplet in there.items()]
    if not bodies:
        return [*lines, f"{_count(len(names), 'Droplet')}, none missing: nothing would be sent."]
    for body in bodies:
        lines += ["POST /droplets", json.dumps(body, indent=2, ensure_ascii=False)]
    asked = f"{_count(len(names) - len(there), 'Droplet')} in {_count(len(bodies), 'request')}"
    return [*lines, f"{asked}: {format_price(cost) if cost else 'price unknown'}. Nothing was created."]


# -- alert policies

#: Alerts whose value is a share of a hundred, which have a threshold unless one is given.
PERCENT = frozenset({
    "v1/insights/droplet/cpu", "v1/insights/droplet/memory_utilization_percent",
    "v1/insights/droplet/disk_utilization_percent", "v1/insights/lbaas/avg_cpu_utilization_percent",
    "v1/insights/lbaas/connection_utilization_percent", "v1/dbaas/alerts/memory_utilization_alerts",
    "v1/dbaas/alerts/disk_utilization_alerts", "v1/dbaas/alerts/cpu_alerts",
})  # fmt: skip
THRESHOLD = 80.0
EMAIL = r"[^@\s]+@[^@\s]+"
#: An alert policy unless given otherwise; without Droplets or tags it is for all Droplets.
ALERT: Mapping[str, Any] = {
    "type": "v1/insights/droplet/cpu", "compare": "GreaterThan", "window": "5m", "entities": [], "tags": [],
    "enabled": True,
}  # fmt: skip
COMPARISONS = {"GreaterThan": "above", "LessThan": "below"}


def complete_alert(values: Mapping[str, Any], emails: Sequence[str]) -> dict[str, Any]:
    """Fill in what an alert policy must have: CPU above 80 % for 5 minutes on all Droplets, unless given otherwise.

    Args:
        values: The attributes that were given.
        emails: The addresses that were given by themselves.

    Raises:
        Failure: No recipient is given, or one is no address, or a threshold is needed.
    """
    given = {name: value for name, value in values.items() if value is not None}
    alerts: Mapping[str, Any] = given.get("alerts") or {}
    recipients = {"email": [*alerts.get("email", ()), *emails], "slack": [*alerts.get("slack", ())]}
    if "alerts" not in given and not emails:
        raise Failure("no recipient is given; pass --email or --alerts", USAGE.code)
    if wrong := [one for one in recipients["email"] if not re.fullmatch(EMAIL, str(one))]:
        raise Failure(f"{wrong[0]!r} is no email address", USAGE.code)
    found: dict[str, Any] = {**ALERT, **given, "alerts": recipients}
    if "value" not in given:
        if found["type"] not in PERCENT:
            raise Failure(f"{found['type']} needs a --value: the threshold in its own unit", USAGE.code)
        found["value"] = THRESHOLD
    measured = str(found["type"]).rpartition("/")[2].replace("_", " ")
    words = f"{measured} {COMPARISONS[found['compare']]} {found['value']:g} for {found['window']}"
    return {"description": words, **found}


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

"""What DigitalOcean offers to new Droplets: which slugs there are, what goes together, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .._json import items, mapping

if TYPE_CHECKING:
    from ..types import PlanPrice, PlanProblem

#: What backups add to a Droplet's price, by plan: DigitalOcean's basic plans
#: (https://docs.digitalocean.com/products/backups/details/pricing).
BACKUPS: Mapping[str, float] = {"weekly": 0.20, "daily": 0.30}
#: The plan of backups that come without a policy (API reference, droplets_create, `backup_policy`).
DEFAULT_PLAN = "daily"
#: API reference, tags_create: letters, numbers, colons, dashes and underscores, up to 255 characters.
TAG = r"(?a)[\w:\-]{1,255}"

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be asked for. A list that is empty is not known, and nothing is held against it.

    Attributes:
        sizes: The sizes, as `size.list` gives them.
        regions: The regions, as `region.list` gives them.
        images: The public images, those of applications included, and the account's own as far as they are known.
    """

    sizes: Sequence[Entry] = ()
    regions: Sequence[Entry] = ()
    images: Sequence[Entry] = ()

    def find_problems(self, attributes: Mapping[str, Any]) -> list[PlanProblem]:
        """Find reasons why the API would refuse attributes of a create.

        Args:
            attributes: The attributes; an image by its id or slug.

        Returns:
            A list of problems, empty if nothing is known against them.
        """
        size, image = self.find_size(attributes), self.find_image(attributes.get("image"))
        region = str(attributes.get("region") or "")
        return [
            *self.find_unknown(attributes),
            *self._check_region(region),
            *_check_size(size, region),
            *_check_image_region(image, region),
            *_check_disk(size, image),
            *_check_tags(attributes.get("tags")),
        ]

    def find_unknown(self, attributes: Mapping[str, Any]) -> list[PlanProblem]:
        """Find slugs that there are not: of a size, a region or an image."""
        return [*self._find_unknown(attributes)]

    def price(self, attributes: Mapping[str, Any], count: int = 1) -> PlanPrice | None:
        """Return what Droplets cost.

        Args:
            attributes: Their attributes.
            count: How many there are.

        Returns:
            The price of all of them, or None if that of their size is not known.
        """
        size = self.find_size(attributes)
        if size is None:
            return None
        plan = _backup_plan(attributes)
        factor = count * (1 + BACKUPS.get(plan, 0.0))
        hourly, monthly = float(size["price_hourly"]), float(size["price_monthly"])
        return {"hourly": round(hourly * factor, 5), "monthly": round(monthly * factor, 2), "backups": plan}

    def find_size(self, attributes: Mapping[str, Any]) -> Entry | None:
        """Return the size that attributes ask for, or None."""
        return next((one for one in self.sizes if one.get("slug") == attributes.get("size")), None)

    def find_image(self, image: Any) -> Entry | None:
        """Return the image of an id or a slug, or None."""
        return next(
            (one for one in self.images if image is not None and image in (one.get("id"), one.get("slug"))), None
        )

    def _find_unknown(self, attributes: Mapping[str, Any]) -> Iterator[PlanProblem]:
        kinds = {"size": self.sizes, "region": self.regions, "image": self.images}
        for name, entries in kinds.items():
            value, known = attributes.get(name), [str(one["slug"]) for one in entries if one.get("slug")]
            if not isinstance(value, str) or not known or value in known:
                continue
            # A region may be given by its beginning: "nyc" is any of nyc1, nyc2, nyc3 (API reference, droplets_create).
            if name != "region" or not any(slug.startswith(value) for slug in known):
                yield problem(name, value, f"there is no {name} {value!r}", known)

    def _check_region(self, region: str) -> Iterator[PlanProblem]:
        fitting = [one for one in self.regions if region and str(one.get("slug")).startswith(region)]
        fitting = [one for one in fitting if one["slug"] == region] or fitting
        if fitting and not any(one.get("available", True) for one in fitting):
            yield problem("region", region, f"the region {region!r} takes no new Droplets now")


def problem(attribute: str, value: Any, message: str, known: Iterable[str] = ()) -> PlanProblem:
    """Describe a problem; of the values that are known, the one that resembles the wrong one is suggested."""
    from difflib import get_close_matches  # needed only for a problem

    names = {name.lower(): name for name in known}
    alike = [names[name] for name in get_close_matches(str(value).lower(), names, 1)]
    question = f" (did you mean {alike[0]!r}?)" if alike else ""
    suggestion = alike[0] if alike else None
    return {"attribute": attribute, "value": value, "message": message + question, "suggestion": suggestion}


def find_excess(limit: int | None, there: int, count: int) -> list[PlanProblem]:
    """Find whether an account may not have so many more Droplets.

    Args:
        limit: How many it may have; None if that is not known.
        there: How many it has.
        count: How many are wanted.
    """
    if limit is None or there + count <= limit:
        return []
    left = max(0, limit - there)
    message = f"the account may have {limit} Droplets and has {there}: {left} can be created, not {count}"
    return [problem("names", count, message)]


def find_elsewhere(
    attributes: Mapping[str, Any], networks: Iterable[Entry], volumes: Iterable[Entry]
) -> list[PlanProblem]:
    """Find which VPC and volumes of a create are in another region than its own.

    Args:
        attributes: The attributes, with ids; of a region the beginning of its slug may be given.
        networks: VPCs, as far as they are known.
        volumes: Volumes, as far as they are known.
    """
    region = str(attributes.get("region") or "")
    wanted = {str(attributes.get("vpc_uuid")), *map(str, items(attributes.get("volumes")))}
    found = [("vpc_uuid", "VPC", one) for one in networks] + [("volumes", "volume", one) for one in volumes]
    return [
        problem(name, one["id"], f"the {noun} {one['id']} is in {_region_of(one)}, not in {region}")
        for name, noun, one in found
        if str(one["id"]) in wanted and not _region_of(one).startswith(region)
    ]


def _region_of(entry: Entry) -> str:
    """Return the slug of a region: a VPC has it as text, a volume in an object."""
    region = entry.get("region")
    return str(mapping(region).get("slug", "")) if isinstance(region, Mapping) else str(region or "")


def _check_size(size: Entry | None, region: str) -> Iterator[PlanProblem]:
    if size is None:
        return
    slug, offered = size["slug"], items(size.get("regions", [region]))
    if not size.get("available", True) or not offered:
        yield problem("size", slug, f"the size {slug!r} is unavailable for new Droplets now")
    elif not any(one.startswith(region) for one in offered):
        yield problem("size", slug, f"the size {slug!r} is not offered in {region!r}, but in {', '.join(offered)}")


def _check_image_region(image: Entry | None, region: str) -> Iterator[PlanProblem]:
    regions = items(mapping(image).get("regions"))
    if image is not None and regions and not any(one.startswith(region) for one in regions):
        value = image.get("slug") or image.get("id")
        yield problem("image", value, f"the image {value!r} is not in {region!r}, but in {', '.join(regions)}")


def _check_disk(size: Entry | None, image: Entry | None) -> Iterator[PlanProblem]:
    disk, needed = mapping(size).get("disk"), mapping(image).get("min_disk_size")
    if size is not None and image is not None and disk is not None and needed is not None and needed > disk:
        value = image.get("slug") or image.get("id")
        message = f"the image {value!r} needs a disk of {needed} GB, and the size {size['slug']!r} has {disk} GB"
        yield problem("size", size["slug"], message)


def _check_tags(tags: Any) -> Iterator[PlanProblem]:
    for tag in tags or ():
        if not re.fullmatch(TAG, str(tag)):
            allowed = "letters, digits, colons, dashes and underscores, up to 255"
            yield problem("tags", tag, f"a tag cannot be {tag!r}: only {allowed}")


#: How prices say which backups they include.
INCLUDED: Mapping[Any, Literal["weekly", "daily"]] = {"weekly": "weekly", "daily": "daily"}


def _backup_plan(attributes: Mapping[str, Any]) -> Literal["none", "weekly", "daily", "not included"]:
    if not attributes.get("backups"):
        return "none"
    return INCLUDED.get(mapping(attributes.get("backup_policy")).get("plan", DEFAULT_PLAN), "not included")

"""Finding out what a create did whose response was lost: which Droplets are the ones that were asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._json import items, mapping

#: How much earlier than the request a Droplet may seem to have been created, in seconds. The API's times and its
#: clock in the Date header have whole seconds, so two that are the same may look two apart.
SKEW = 2.0
#: The tags that requests get to be found by: see `Session.new_recovery_tag`.
RECOVERY_TAG = re.compile(r"doboto-[0-9a-f]{24}")


def parse_time(text: Any) -> float | None:
    """Seconds since 1970 from the API's time (ISO 8601), or None."""
    from datetime import datetime  # not with every first request

    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return None


def match_droplets(droplets: Iterable[Any], body: Mapping[str, Any], since: float) -> list[Any]:
    """Return the Droplets that a create with that body would have made since then.

    Args:
        droplets: Droplets as the API lists them.
        body: What was asked for; names are compared exactly.
        since: When the request was sent, by the API's clock.
    """
    names = requested_names(body)  # no set: a response may have anything for a name
    return [droplet for droplet in droplets if _is_one(mapping(droplet), body, names, since)]


def requested_names(body: Mapping[str, Any]) -> list[str]:
    """Return the names in a create's body."""
    return list(body["names"]) if "names" in body else [body["name"]]


def _is_one(droplet: Mapping[str, Any], body: Mapping[str, Any], names: Sequence[str], since: float) -> bool:
    created = parse_time(droplet.get("created_at"))
    return (
        isinstance(droplet.get("id"), int)
        and droplet.get("name") in names
        and created is not None
        and created >= since - SKEW
        and droplet.get("size_slug", body["size"]) == body["size"]
        and str(mapping(droplet.get("region")).get("slug", "")).startswith(body.get("region") or "")
        and _same_image(droplet.get("image"), body["image"])
        and body.get("vpc_uuid") in {None, droplet.get("vpc_uuid", body.get("vpc_uuid"))}
        and not has_foreign_tag(droplet, body)
    )


def has_foreign_tag(resource: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Return whether it has the recovery tag of another request, so that it is another's beyond doubt."""
    return any(
        isinstance(tag, str) and RECOVERY_TAG.fullmatch(tag) and tag not in body.get("tags", ())
        for tag in items(resource.get("tags"))
    )


def _same_image(found: Any, asked: Any) -> bool:
    """Return whether an image is the one asked for, by id or slug; true if the token may not read images."""
    if not mapping(found):
        return True
    return str(asked) in {str(mapping(found).get("id")), str(mapping(found).get("slug"))}


def action_key(action: Any) -> tuple[str, int]:
    """Return what an action is claimed under: its id may be the number of a Droplet too."""
    return ("action", action["id"])

"""How a Droplet differs from what a task asks for, and which of that can be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Droplet = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        droplet: The Droplet.
        field: The option it is about.
        before: What the Droplet has.
        after: What it is to have.
        hindrance: Why it cannot be changed; empty if it can.
    """

    droplet: Droplet
    field: str
    before: Any
    after: Any
    hindrance: str = ""

    def shown(self) -> dict[str, Any]:
        """The difference as a task's result shows it."""
        who = {"id": self.droplet["id"], "name": self.droplet["name"]}
        return {**who, "option": self.field, "is": self.before, "wanted": self.after, "reason": self.hindrance}


Params = Mapping[str, Any]
#: Gives what a Droplet has and is to have, and what hinders the change; None where they are the same.
Comparison = Callable[[Droplet, Params], tuple[Any, Any, str] | None]


def differences(droplet: Droplet, params: Params) -> Iterator[Change]:
    """Everything in which a Droplet differs from the options that are given.

    Args:
        droplet: The Droplet, as the API sent it.
        params: The module's options.
    """
    for field, compare in COMPARISONS.items():
        if params.get(field) is None:
            continue
        if found := compare(droplet, params):
            before, after, hindrance = found
            yield Change(droplet, field, before, after, hindrance)


def _name(droplet: Droplet, params: Params) -> tuple[Any, Any, str] | None:
    if params.get("id") is None or droplet["name"] == params["name"]:
        return None
    return droplet["name"], params["name"], ""


def _size(droplet: Droplet, params: Params) -> tuple[Any, Any, str] | None:
    if droplet["size_slug"] == params["size"]:
        return None
    running = droplet["status"] != "off" and params.get("state") != "off" and not params.get("allow_reboot")
    hindrance = "a Droplet must be off for another size; set allow_reboot to let it be shut down and started again"
    return droplet["size_slug"], params["size"], hindrance if running else ""


def _tags(droplet: Droplet, params: Params) -> tuple[Any, Any, str] | None:
    """Tags are compared without case: the API keeps the spelling that it saw first."""
    has, wanted = list(droplet.get("tags") or []), list(params["tags"])
    lower = {tag.lower() for tag in has}
    added = [tag for tag in wanted if tag.lower() not in lower]
    kept = has if not params.get("purge_tags") else [tag for tag in has if tag.lower() in map(str.lower, wanted)]
    after = [*kept, *added]
    return None if set(after) == set(has) else (sorted(has), sorted(after), "")


def _feature(feature: str, *, on: str = "", off: str = "") -> Comparison:
    """A feature that is there or not; what hinders to switch it on or off."""

    def compare(droplet: Droplet, params: Params) -> tuple[Any, Any, str] | None:
        has, wanted = feature in (droplet.get("features") or []), params[feature]
        return None if has == wanted else (has, wanted, on if wanted else off)

    return compare


def _region(droplet: Droplet, params: Params) -> tuple[Any, Any, str] | None:
    """A region may be asked for by its beginning, as C(nyc)."""
    slug = (droplet.get("region") or {}).get("slug") or ""
    if slug.startswith(params["region"]):
        return None
    return slug, params["region"], "a Droplet stays in its region; create one from a snapshot in the other region"


def _image(droplet: Droplet, params: Params) -> tuple[Any, Any, str] | None:
    """An image is known by its id or its slug; one that has lost its slug says nothing."""
    if params.get("state") == "rebuilt":
        return None
    image = droplet.get("image") or {}
    has = image.get("id") if str(params["image"]).isdigit() else image.get("slug")
    if has is None or str(has) == str(params["image"]):
        return None
    return has, params["image"], "another image loses what is on the disk; use state=rebuilt for that"


def _vpc(droplet: Droplet, params: Params) -> tuple[Any, Any, str] | None:
    has = droplet.get("vpc_uuid")
    if has == params["vpc_uuid"]:
        return None
    return has, params["vpc_uuid"], "a Droplet stays in its VPC; create one from a snapshot in the other VPC"


def _volumes(droplet: Droplet, params: Params) -> tuple[Any, Any, str] | None:
    has = list(droplet.get("volume_ids") or [])
    if set(params["volumes"]) <= set(has):
        return None
    return sorted(has), sorted(params["volumes"]), "attach volumes with doboto.droplets.call, operation volume.attach"


NO_AGENT = "the metrics agent is installed at creation only; install the package do-agent on the Droplet"

#: What can be compared, in the order in which it is changed. SSH keys and user data cannot be read back.
COMPARISONS: dict[str, Comparison] = {
    "name": _name,
    "tags": _tags,
    "backups": _feature("backups"),
    "ipv6": _feature("ipv6", off="IPv6 cannot be disabled on a Droplet"),
    "size": _size,
    "monitoring": _feature("monitoring", on=NO_AGENT, off="uninstall the package do-agent on the Droplet"),
    "region": _region,
    "image": _image,
    "vpc_uuid": _vpc,
    "volumes": _volumes,
}


def power_change(droplet: Droplet, state: str) -> Change | None:
    """The change of power that a state asks for, or None.

    Args:
        droplet: The Droplet.
        state: The option C(state).
    """
    has = droplet["status"]
    if state not in ("active", "off") or has == state or (has, state) == ("new", "active"):
        return None  # a new Droplet becomes active by itself
    return Change(droplet, "status", has, state, "it is archived" if has == "archive" else "")


def diff(changes: list[Change], created: list[Mapping[str, Any]], destroyed: list[Droplet]) -> dict[str, Any]:
    """The difference as C(--diff) shows it: what is, and what will be, by Droplet.

    Args:
        changes: What is changed.
        created: What is asked for new Droplets, each with its name.
        destroyed: Droplets that are destroyed.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for change in changes:
        key = f"{change.droplet['name']} ({change.droplet['id']})"
        before.setdefault(key, {})[change.field] = change.before
        after.setdefault(key, {})[change.field] = change.after
    for droplet in destroyed:
        before[f"{droplet['name']} ({droplet['id']})"] = {"state": "present"}
    for attributes in created:
        after[attributes["name"]] = {key: value for key, value in attributes.items() if key != "name"}
    return {"before": before, "after": after}

"""Things as people name them: by id, or by a name that is looked up in the list of their kind.

An operation's `id` is one of its own resource, if what its `list` gives has ids and names; parameters that take another
kind's id are in a table. A text that looks like an id is never looked up.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..._json import is_array, is_object
from ..errors import NOT_FOUND, USAGE, Failure
from . import catalog
from .catalog import Operation, hyphenate

if TYPE_CHECKING:
    from ...client import DO

#: Ids: numbers, UUIDs, fingerprints (of SSH keys).
ID = re.compile(
    r"\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|SHA256:.+|([0-9a-f]{2}:)+[0-9a-f]{2}", re.IGNORECASE | re.ASCII
)

#: Parameters that take a Droplet, by its id or name; `id` does among the operations of Droplets.
DROPLETS = frozenset({"droplet_id", "droplet_ids"})
#: Where else an `id` is a Droplet's.
THEIRS = frozenset({("monitoring", "droplet_metric_info")})


@dataclass(frozen=True, slots=True)
class Naming:
    """Where names of a kind are looked up; Droplets, of which there are many, are looked up by `droplets`.

    Attributes:
        resource: Of which resource they are.
        listing: The operation that lists them.
        given: What narrows that list.
        slugs: Whether what is no name of one's own things may be a slug.
    """

    resource: str
    listing: str = "list"
    given: tuple[tuple[str, Any], ...] = ()
    slugs: bool = False


SSH_KEY, VPC, OWN_IMAGES = Naming("ssh_key"), Naming("vpc"), (("private", True),)
#: Parameters that take the id of another kind than their resource's own.
OTHERS: Mapping[str, Naming] = {
    "id_fingerprint": SSH_KEY,
    "ssh_keys": SSH_KEY,
    "vpc_id": VPC,
    "vpc_ids": VPC,
    "vpc_uuid": VPC,
    "peering_id": Naming("vpc", "peering_list"),
    "project_id": Naming("project"),
    "volumes": Naming("volume"),
    "snapshot_id": Naming("snapshot", given=(("resource_type", "volume"),)),
    "target_load_balancer_ids": Naming("load_balancer"),
    "id_slug": Naming("image", given=OWN_IMAGES, slugs=True),
}
#: Members of objects that take the id of a resource, or its name.
MEMBERS: Mapping[str, Naming] = {
    "certificate_id": Naming("certificate"),
    "load_balancer_uids": Naming("load_balancer"),
    "project_id": Naming("project"),
    "ssh_keys": SSH_KEY,
    "vpc_uuid": VPC,
}
#: All members that a name is accepted for, whatever their type.
NAMED_MEMBERS = frozenset({*MEMBERS, *DROPLETS, "resource_id"})
#: And those whose `id` is not found in that way.
IDS: Mapping[tuple[str, str], Naming] = {("monitoring", "autoscale_metric_info"): Naming("autoscale")}
#: Parameters that take an image of which `slugs` finds out whether it is there: by its slug first.
IMAGES = frozenset(("droplet", name, "image") for name in ("create", "present", "rebuild"))


def takes_droplet(operation: Operation, name: str) -> bool:
    """Whether a parameter takes Droplets."""
    theirs = operation.resource == "droplet" or (operation.resource, operation.name) in THEIRS
    return name in DROPLETS or (theirs and name == "id")


def takes_slug(operation: Operation, name: str) -> bool:
    """Whether a parameter takes an image by its slug, or by the name that it has in the account."""
    naming = naming_of(operation, name)
    return (operation.resource, operation.name, name) in IMAGES or (naming is not None and naming.slugs)


def naming_of(operation: Operation, name: str) -> Naming | None:
    """Return where a parameter's names are looked up; None if it takes none."""
    if name != "id":
        return OTHERS.get(name)
    return IDS.get((operation.resource, operation.name)) or _own_naming(operation.resource)


@cache
def _own_naming(resource: str) -> Naming | None:
    listing = catalog.operations(resource).get("list")
    if resource == "droplet" or listing is None or listing.result is None:
        return None
    if not {"id", "name"} <= typing.get_type_hints(listing.result).keys():
        return None
    return Naming(resource, given=OWN_IMAGES if resource == "image" else ())


def resolve(do: DO, operation: Operation, values: Mapping[str, Any], names: dict[Any, str]) -> dict[str, Any] | None:
    """Resolve names to ids; return None if none exists and `missing_ok` is true.

    Args:
        do: The client.
        operation: What they are for.
        values: As they were given.
        names: Gets the names by id.

    Raises:
        Failure: A name is empty, or fits none, or several.
    """
    found = dict(values)
    for name, value in values.items():
        naming = naming_of(operation, name)
        texts: list[Any] = value if is_array(value) else [value]
        if naming is None or all(_is_id(text) for text in texts):
            continue
        missing_ok = bool(values.get("missing_ok")) and name == operation.parameters[0].name
        ids = _find_ids(do, naming, texts, names, missing_ok=missing_ok)
        if not ids:
            return None
        found[name] = ids if is_array(value) else ids[0]
    return found


def find_own_image(do: DO, name: str) -> Any:
    """Find the account's own image by name, where a slug may be given too; return None if there is none.

    Raises:
        Failure: There are several.
    """
    naming = Naming("image", given=OWN_IMAGES)
    ids = [] if _is_id(name) else _find_ids(do, naming, [name], {}, missing_ok=True)
    return ids[0] if ids else None


def look_up(do: DO, naming: Naming, texts: Sequence[Any], names: dict[Any, str]) -> list[Any]:
    """Look up the ids of names, in their order; an id stays as it is.

    Raises:
        Failure: A name is empty, or fits none, or several.
    """
    if all(_is_id(text) for text in texts):
        return list(texts)
    return _find_ids(do, naming, texts, names, missing_ok=False)


def _is_id(text: Any) -> bool:
    return not isinstance(text, str) or ID.fullmatch(text) is not None


def _find_ids(do: DO, naming: Naming, texts: Sequence[Any], names: dict[Any, str], *, missing_ok: bool) -> list[Any]:
    wanted = [text for text in texts if not _is_id(text)]
    if any(not text.strip() for text in wanted):
        raise Failure(f"the name of a {_kind_of(naming)} is empty", USAGE.code)
    things = _list(do, naming, wanted)
    ids: list[Any] = []
    for text in texts:
        if text not in wanted:
            ids.append(text)
        elif (thing := find_by_name(things, text, _kind_of(naming), _describe)) is not None:
            names[thing["id"]] = text
            ids.append(thing["id"])
        elif naming.slugs:
            ids.append(text)
        elif not missing_ok:
            see = f"doboto {hyphenate(naming.resource)} {hyphenate(naming.listing)}"
            raise Failure(f"no {_kind_of(naming)} is called {text!r}; see `{see}`", NOT_FOUND.code)
    return ids


def _list(do: DO, naming: Naming, wanted: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """List the resources of a kind, filtered by name first where the operation can do so."""
    operation = catalog.operations(naming.resource)[hyphenate(naming.listing)]
    listing: Callable[..., Sequence[Mapping[str, Any]]] = getattr(getattr(do, naming.resource), naming.listing)
    given = dict(naming.given)
    narrows = len(set(wanted)) == 1 and any(one.name == "name" for one in operation.parameters)
    return (listing(**given, name=wanted[0]) if narrows else None) or listing(**given)


def find_by_name(
    things: Sequence[Mapping[str, Any]], name: str, kind: str, describe: Callable[[Mapping[str, Any]], str]
) -> Mapping[str, Any] | None:
    """Find the resource of a name, in the same case or else in another; return None if there is none.

    Args:
        things: Among which it is looked for.
        name: The name.
        kind: What such a thing is called.
        describe: Returns a description that distinguishes a resource from others of its name.

    Raises:
        Failure: There are several.
    """
    alike = [thing for thing in things if str(thing["name"]).lower() == name.lower()]
    found = [thing for thing in alike if thing["name"] == name] or alike
    if len(found) > 1:
        listed = "; ".join(map(describe, found))
        raise Failure(
            f"{len(found)} {kind}s are called {name!r}, so say which by id: {listed}",
            NOT_FOUND.code,
            matches=[{"id": thing["id"], "name": thing["name"]} for thing in found],
        )
    return found[0] if found else None


def _describe(thing: Mapping[str, Any]) -> str:
    """Describe a resource so that it can be distinguished from others of its name."""
    region: Any = thing.get("region")
    where = region.get("slug") if is_object(region) else region
    return " ".join(str(one) for one in (thing["id"], where, thing.get("created_at")) if one)


def _kind_of(naming: Naming) -> str:
    prefix = naming.listing.rpartition("_")[0]
    return f"{naming.resource} {prefix}".strip().replace("_", " ")

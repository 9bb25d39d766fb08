"""What commands are made from: the public catalog of operations, and which of their parameters take names for ids.

An operation's `id` is one of its own resource, if what its `list` gives has ids and names; parameters that take another
kind's id are in a table.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, Union

from ... import catalog
from ...catalog import typed_dicts

#: What the types of single values are called, and what they take.
SINGLE: Mapping[Any, tuple[str, Callable[[Any], bool]]] = {
    str: ("a text", lambda value: isinstance(value, str)),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    float: ("a number", lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    type(None): ("null", lambda value: value is None),
}
#: An entry that reads on in the next one ("its name, with").
READS_ON = r"(; or|, with|, or|;)$"


#: Operations that other commands stand for: `create --dry-run` plans.
WITHOUT_COMMAND = frozenset({("droplet", "plan")})


def hyphenate(name: str) -> str:
    """Replace underscores in a Python name by hyphens."""
    return name.replace("_", "-")


class CliOperation(catalog.Operation):
    """An operation of a resource, as a command."""

    @property
    def command(self) -> str:
        """Its name on the command line."""
        return hyphenate(self.name)

    @property
    def may_ask(self) -> bool:
        """Whether some call of it does what cannot be undone, so that its command has `--yes`."""
        return bool(self.info.irreversible or self.info.irreversible_with)

    @property
    def lists(self) -> bool:
        """Whether it returns a list of resources."""
        return self.name.rpartition("_")[2] == "list" and not self.info.changes

    @property
    def only_waits(self) -> bool:
        """Whether it waits for what exists, and changes nothing."""
        return self.name.rpartition("_")[2] == "wait"

    def takes(self, name: str) -> bool:
        """Whether it has a parameter of this name."""
        return any(one.name == name for one in self.parameters)


def choices(hint: Any) -> list[Any]:
    """Return what a type may be."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        return [choice for one in typing.get_args(hint) for choice in choices(one)]
    return [hint]


def members_of(kind: Any, above: frozenset[Any] = frozenset()) -> Iterator[str]:
    """Yield the members of a TypedDict, and of those in it, however deep."""
    for name, hint in typing.get_type_hints(kind).items():
        yield name
        for inner in typed_dicts(hint):
            if inner not in above:
                yield from members_of(inner, above | {kind})


@cache
def resources() -> dict[str, str]:
    """Return the client's resources, each with what it is, as a sentence."""
    return {name: sentence(one.summary) for name, one in catalog.resources().items()}


def find_resource(command: str) -> catalog.Resource | None:
    """Return the resource that a command is called like: `floating-ip`."""
    return None if "_" in command else catalog.resources().get(command.replace("-", "_"))


@cache
def operations(resource: str) -> dict[str, CliOperation]:
    """Return the operations of a resource, by their names on the command line, sorted."""
    found = catalog.resources()[resource].operations.values()
    return dict(sorted((hyphenate(one.name), CliOperation(one.resource, one.name, one.descriptor)) for one in found))


def commands(resource: str) -> dict[str, CliOperation]:
    """Return the operations of a resource that are commands."""
    return {name: one for name, one in operations(resource).items() if (resource, one.name) not in WITHOUT_COMMAND}


def sentence(text: str) -> str:
    """Make a text a sentence, with a capital letter and a full stop."""
    text = re.sub(READS_ON, "", text).rstrip(" :")
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", ")", "!")) else f"{text}."


# -- names for ids

#: Parameters that take a Droplet, by its id or name; `id` does among the operations of Droplets.
DROPLETS = frozenset({"droplet_id", "droplet_ids"})
#: Where else an `id` is a Droplet's.
THEIRS = frozenset({("monitoring", "droplet_metric_info")})


class Naming(NamedTuple):
    """Where names of a kind are looked up; Droplets, of which there are many, are looked up by `droplets`.

    Attributes:
        resource: Of which resource they are.
        listing: The operation that lists them.
        given: What narrows that list.
        slugs: Whether a text that names no resource of the account may be a slug.
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
#: All members that a name is accepted for, of any type.
NAMED_MEMBERS = frozenset({*MEMBERS, *DROPLETS, "resource_id"})
#: And those whose `id` is not found in that way.
IDS: Mapping[tuple[str, str], Naming] = {("monitoring", "autoscale_metric_info"): Naming("autoscale")}
#: Parameters that take an image of which `slugs` finds out whether it is there: by its slug first.
IMAGES = frozenset(("droplet", name, "image") for name in ("create", "present", "rebuild"))
#: And that which takes a backup, or another image of one's own.
BACKUP = ("droplet", "restore", "image")


def takes_droplet(operation: CliOperation, name: str) -> bool:
    """Whether a parameter takes Droplets."""
    theirs = operation.resource == "droplet" or (operation.resource, operation.name) in THEIRS
    return name in DROPLETS or (theirs and name == "id")


def takes_slug(operation: CliOperation, name: str) -> bool:
    """Whether a parameter takes an image by its slug, or by the name that it has in the account."""
    naming = naming_of(operation, name)
    return (operation.resource, operation.name, name) in IMAGES or (naming is not None and naming.slugs)


def naming_of(operation: CliOperation, name: str) -> Naming | None:
    """Return where a parameter's names are looked up; None if it takes none."""
    if name != "id":
        return OTHERS.get(name)
    return IDS.get((operation.resource, operation.name)) or _own_naming(operation.resource)


#: Parameters that name one resource each, of which a command takes several: kinds without ids are named otherwise.
SEVERAL = ("id", "name", "ip")


def target_of(operation: CliOperation) -> str | None:
    """Return the parameter whose values name the resources, one for each call; None where a command takes one alone."""
    first = operation.parameters[0].name if operation.parameters else ""
    if operation.takes("id"):
        return "id"
    return first if operation.name == "destroy" and first in SEVERAL else None


def source_of(operation: CliOperation, name: str) -> CliOperation | None:
    """Return the operation that lists what a parameter takes the ids of; None if there is none."""
    if takes_droplet(operation, name):
        return operations("droplet")["list"]
    if (naming := naming_of(operation, name)) is not None:
        return operations(naming.resource)[hyphenate(naming.listing)]
    prefix = operation.name.rpartition("_")[0]
    own = operations(operation.resource)
    return own.get(f"{hyphenate(prefix)}-list") or own.get("list") if name == target_of(operation) else None


#: Kinds whose ids are of one sequence: images, and the snapshots and backups that are images.
IMAGE_KINDS = frozenset({"Image", "Snapshot", "DropletSnapshot"})


def find_other_kind(found: Mapping[str, Any], wanted: Any) -> Any:
    """Return the kind whose members a result has, where that is not the wanted one; None if it may be the wanted one.

    Args:
        found: The result, of which only some members may be there.
        wanted: A TypedDict.
    """
    same = IMAGE_KINDS if wanted.__name__ in IMAGE_KINDS else {wanted.__name__}
    fits: dict[Any, int] = {}
    for kind in (wanted, *_kinds()):
        fits.setdefault(kind, len(found.keys() & typing.get_type_hints(kind).keys()))
    accepted = max(fit for kind, fit in fits.items() if kind.__name__ in same)
    best = max(fits, key=lambda kind: fits[kind])
    return best if fits[best] > accepted else None


@cache
def _kinds() -> tuple[Any, ...]:
    found = [one.result for resource in resources() for one in operations(resource).values()]
    return tuple(dict.fromkeys(kind for kind in found if typing.is_typeddict(kind)))


@cache
def _own_naming(resource: str) -> Naming | None:
    listing = operations(resource).get("list")
    if resource == "droplet" or listing is None or listing.result is None:
        return None
    if not {"id", "name"} <= typing.get_type_hints(listing.result).keys():
        return None
    return Naming(resource, given=OWN_IMAGES if resource == "image" else ())

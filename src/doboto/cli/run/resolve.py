"""Resolve names to ids: of Droplets and of other resources, in arguments, inside of objects, in URNs, of DNS records.

A text that looks like an id is never looked up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..._json import holds_objects, is_array, is_object, items, mapping
from ...addresses import public_ipv4
from ...errors import DOBOTONotFoundException
from ...plans.names import find_named, is_id
from ..errors import NOT_FOUND, USAGE, Failure, refer_to, suggest_each, suggestion
from ..schema.catalog import DROPLETS, MEMBERS, OWN_IMAGES, CliOperation, Naming, hyphenate, naming_of, operations

if TYPE_CHECKING:
    from ...client import DO

#: How like a known kind an unknown one must be to count as a typing error.
RESEMBLES = 0.7
#: Names that a sentence has room for.
NAMED = 5
#: Droplets are listed apart from GPU Droplets (API reference, droplets_list), up to so many on a page.
TYPES, PER_PAGE = ("droplets", "gpus"), 200
#: Where `resource_id` is looked up, by the `resource_type` beside it (API reference, tags_assign_resources).
BY_TYPE: Mapping[str, Naming] = {
    "image": Naming("image", given=(("private", True),)),
    "volume": Naming("volume"),
    "volume_snapshot": Naming("snapshot", given=(("resource_type", "volume"),)),
    "load_balancer": Naming("load_balancer"),
    "vpc": Naming("vpc"),
}

#: Kinds that are called otherwise than their resource.
NOUNS: Mapping[str, str] = {
    "autoscale": "autoscale pool", "nat_gateway": "NAT gateway", "ssh_key": "SSH key", "vpc": "VPC",
}  # fmt: skip
#: What URNs (API reference, projects_assign_resources) and types of alert policies call a kind.
KINDS: Mapping[str, str] = {"loadbalancer": "load_balancer", "lbaas": "load_balancer"}
#: Kinds in URNs, which have neither hyphens nor underscores (API reference, projects_assign_resources).
URNS = frozenset({
    "app", "bucket", "database", "dbaas", "domain", "droplet", "firewall", "floatingip", "image", "kubernetes",
    "loadbalancer", "reservedip", "space", "volume", "vpc",
})  # fmt: skip


@contextmanager
def explain_missing(do: DO, tag: str | None = None) -> Generator[None, None, None]:
    """Replace the API's 404 by an error that says which resource does not exist.

    Args:
        do: The client.
        tag: The tag that Droplets are chosen by, if they are.

    Raises:
        Failure: It was answered.
    """
    try:
        yield
    except DOBOTONotFoundException as failure:
        from .affected import explain_not_found

        raise explain_not_found(do, failure, tag) from failure


# -- Droplets


def _is_number(text: str) -> bool:
    """Whether a text is taken for an id: digits alone always are."""
    return text.isascii() and text.isdigit()


def resolve_droplets(do: DO, texts: Sequence[str], names: dict[Any, str], *, missing_ok: bool = False) -> list[int]:
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
    found = list_candidates(do, list(dict.fromkeys(text for text in texts if not _is_number(text))))
    ids: list[int] = []
    missing: list[str] = []
    for text in texts:
        if _is_number(text):
            ids.append(int(text))
        elif (droplet := find_by_name(found, text, "Droplet", describe_droplet)) is not None:
            names[droplet["id"]] = droplet["name"]
            ids.append(droplet["id"])
        else:
            missing.append(text)
    if missing and not missing_ok:
        see = refer_to("doboto droplet list", _suggest_droplets(do, missing, found))
        raise Failure(f"no Droplet is called {_alternatives(missing)}{see}", NOT_FOUND.code)
    return list(dict.fromkeys(ids))


def _suggest_droplets(do: DO, missing: Sequence[str], found: Sequence[Mapping[str, Any]]) -> str:
    """Return the question which Droplets are meant; where none were listed yet, one request is sent."""
    if found:
        return suggest_each(missing[:NAMED], (str(one["name"]) for one in found))
    from .affected import suggest_like

    return suggest_like(do, "/droplets", missing[:NAMED])


def _alternatives(names: Sequence[str]) -> str:
    """Join names for a sentence, as many as it has room for."""
    shown = [repr(name) for name in dict.fromkeys(names)]
    if len(shown) > NAMED:
        shown[NAMED:] = [f"any of {len(shown) - NAMED} other names"]
    return " or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def list_candidates(do: DO, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
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


def describe_droplet(droplet: Mapping[str, Any]) -> str:
    """Describe a Droplet so that it can be distinguished from others."""
    region: Mapping[str, Any] = droplet.get("region") or {}
    parts = [str(droplet["id"]), str(region.get("slug", "")), public_ipv4(droplet) or "no public address"]
    return " ".join(part for part in parts if part)


# -- other resources


def resolve_names(
    do: DO, operation: CliOperation, values: Mapping[str, Any], names: dict[Any, str]
) -> dict[str, Any] | None:
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
        if naming is None or all(is_id(text) for text in texts):
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
    ids = [] if is_id(name) else _find_ids(do, naming, [name], {}, missing_ok=True)
    return ids[0] if ids else None


def resolve_backup(do: DO, operation: CliOperation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Resolve the name of the backup that a Droplet is put back to, or of an image of one's own, to its id.

    Raises:
        Failure: There is none, or there are several.
    """
    image = values.get("image")
    if (operation.resource, operation.name) != ("droplet", "restore") or is_id(image):
        return dict(values)
    ids: Sequence[Any] = values.get("id") or ()
    if len(ids) != 1:  # each has backups of its own, perhaps of the same name
        raise Failure(
            f"a backup's name is looked up for one Droplet; for several give an id, not {image!r}", USAGE.code
        )
    backups = do.droplet.backup_list(ids[0])
    backup = find_by_name(backups, str(image), "backup", _describe_resource)
    found = backup["id"] if backup is not None else find_own_image(do, str(image))
    if found is None:
        meant = suggest_each([str(image)], (str(one["name"]) for one in backups))
        see = refer_to(f"doboto droplet backup-list {ids[0]}", meant)
        raise Failure(f"no backup or image is called {image!r}{see}", NOT_FOUND.code)
    return {**values, "image": found}


def look_up(do: DO, naming: Naming, texts: Sequence[Any], names: dict[Any, str]) -> list[Any]:
    """Look up the ids of names, in their order; an id stays as it is.

    Raises:
        Failure: A name is empty, or fits none, or several.
    """
    if all(is_id(text) for text in texts):
        return list(texts)
    return _find_ids(do, naming, texts, names, missing_ok=False)


def _find_ids(do: DO, naming: Naming, texts: Sequence[Any], names: dict[Any, str], *, missing_ok: bool) -> list[Any]:
    wanted = [text for text in texts if not is_id(text)]
    if any(not text.strip() for text in wanted):
        raise Failure(f"{_kind_of(naming)}: the name is empty", USAGE.code)
    resources = _list_named(do, naming, wanted)
    ids: list[Any] = []
    missing: list[str] = []
    for text in texts:
        if text not in wanted:
            ids.append(text)
        elif (resource := find_by_name(resources, text, _kind_of(naming), _describe_resource)) is not None:
            names[resource["id"]] = text
            ids.append(resource["id"])
        elif naming.slugs:
            ids.append(text)
        else:
            missing.append(text)
    if missing and not missing_ok:
        meant = suggest_each(missing[:NAMED], (str(one["name"]) for one in resources if one.get("name")))
        see = refer_to(f"doboto {hyphenate(naming.resource)} {hyphenate(naming.listing)}", meant)
        raise Failure(f"no {_kind_of(naming)} is called {_alternatives(missing)}{see}", NOT_FOUND.code)
    return ids


def _list_named(do: DO, naming: Naming, wanted: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """List the resources of a kind, filtered by name first where the operation can do so."""
    operation = operations(naming.resource)[hyphenate(naming.listing)]
    listing: Callable[..., Sequence[Mapping[str, Any]]] = getattr(getattr(do, naming.resource), naming.listing)
    given = dict(naming.given)
    narrows = len(set(wanted)) == 1 and any(one.name == "name" for one in operation.parameters)
    return (listing(**given, name=wanted[0]) if narrows else None) or listing(**given)


def find_by_name(
    resources: Sequence[Mapping[str, Any]], name: str, kind: str, describe: Callable[[Mapping[str, Any]], str]
) -> Mapping[str, Any] | None:
    """Find the resource of a name, in the same case or else in another; return None if there is none.

    Args:
        resources: Among which it is looked for.
        name: The name.
        kind: What such a resource is called.
        describe: Returns a description that distinguishes a resource from others of its name.

    Raises:
        Failure: There are several.
    """
    found = find_named(resources, name)
    if len(found) > 1:
        listed = "; ".join(map(describe, found))
        first, *rest = kind.split(" of ")  # "record of example.com"
        kinds = " of ".join([f"{first}s", *rest])
        raise Failure(
            f"{len(found)} {kinds} are called {name!r}, so say which by id: {listed}",
            NOT_FOUND.code,
            matches=[{"id": resource["id"], "name": resource["name"]} for resource in found],
        )
    return found[0] if found else None


def _describe_resource(resource: Mapping[str, Any]) -> str:
    """Describe a resource so that it can be distinguished from others of its name."""
    region: Any = resource.get("region")
    where = region.get("slug") if is_object(region) else region
    kind, source = resource.get("resource_type"), resource.get("resource_id")  # what a snapshot is of
    of = f"of {kind} {source}" if kind and source else ""
    return " ".join(str(one) for one in (resource["id"], of, where, resource.get("created_at")) if one)


def _kind_of(naming: Naming) -> str:
    prefix = naming.listing.rpartition("_")[0]
    return f"{NOUNS.get(naming.resource, naming.resource)} {prefix}".strip().replace("_", " ")


# -- names inside of values


def resolve_objects(do: DO, values: Mapping[str, Any], names: dict[Any, str]) -> dict[str, Any]:
    """Resolve the names in objects to ids, at any depth.

    Args:
        do: The client.
        values: As they were given.
        names: Gets the names by id.

    Raises:
        Failure: A name is empty, or fits none, or several.
    """
    return {name: _resolve(do, value, names) for name, value in values.items()}


def _resolve(do: DO, value: Any, names: dict[Any, str]) -> Any:
    if holds_objects(value):
        return [_resolve(do, one, names) for one in value]
    if not is_object(value):
        return value
    return {name: _member(do, value, name, names) for name in value}


def _member(do: DO, holder: Mapping[str, Any], name: str, names: dict[Any, str]) -> Any:
    value = holder[name]
    naming = MEMBERS.get(name) if name != "resource_id" else BY_TYPE.get(str(holder.get("resource_type")))
    many = is_array(value)
    texts: list[Any] = list(value) if many else [value]
    if not all(texts) or not texts:
        return value  # as results print what there is none of
    if name in DROPLETS or (name == "resource_id" and holder.get("resource_type") == "droplet"):
        ids: list[Any] = list(resolve_droplets(do, [str(text) for text in texts], names))
        ids = [str(id) for id in ids] if name == "resource_id" else ids
    elif naming is not None:
        ids = look_up(do, naming, texts, names)
    else:
        return _resolve(do, value, names)
    return ids if many else ids[0]


def resolve_references(
    do: DO, operation: CliOperation, values: Mapping[str, Any], names: dict[Any, str]
) -> dict[str, Any]:
    """Resolve names in texts with a kind and an id: URNs of a project, entities of an alert policy.

    Raises:
        Failure: A name is empty, or fits none, or several.
    """
    if operation.resource == "project" and is_array(values.get("resources")):
        return {**values, "resources": [_resolve_urn(do, str(one), names) for one in values["resources"]]}
    if operation.resource == "monitoring" and is_array(values.get("entities")):
        kind = str(values.get("type", "droplet")).removeprefix("v1/insights/").partition("/")[0]
        return {
            **values,
            "entities": [_id_of_kind(do, KINDS.get(kind, kind), one, names) for one in values["entities"]],
        }
    return dict(values)


def _resolve_urn(do: DO, urn: str, names: dict[Any, str]) -> str:
    """Resolve the name in a URN: `do:droplet:web`, or `droplet:web`."""
    kind, _, id = urn.removeprefix("do:").partition(":")
    if not (kind and id):
        raise Failure(f"{urn!r} is no resource: write KIND:NAME or KIND:ID, as in droplet:web-1", USAGE.code)
    plain = kind.lower().replace("-", "").replace("_", "")
    alike = [one for one in URNS if not plain.startswith(one)]  # a longer word may be a kind that is new
    if plain not in URNS and (meant := suggestion(plain, alike, RESEMBLES)):
        raise Failure(f"{urn!r}: no kind of resource is called {kind!r}{meant}", USAGE.code)
    kind = plain if plain in URNS else kind  # the API may have kinds that this version does not know
    return f"do:{kind}:{_id_of_kind(do, KINDS.get(kind, kind), id, names)}"


def _id_of_kind(do: DO, kind: str, text: Any, names: dict[Any, str]) -> str:
    """Resolve a name to its id, as text; a kind without names keeps the text."""
    if kind == "droplet":
        return str(resolve_droplets(do, [str(text)], names)[0])
    naming = BY_TYPE.get(kind)
    return str(text if naming is None else look_up(do, naming, [text], names)[0])


def resolve_record(do: DO, operation: CliOperation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Resolve a DNS record's name, or `NAME:TYPE` where several types have it, to its id.

    Raises:
        Failure: There is no such record, or several.
    """
    given, domain = values.get("record_id"), values.get("name")
    if operation.resource != "domain" or given is None or not domain or str(given).isdigit():
        return dict(values)
    name, _, type = str(given).partition(":")
    records = [one for one in do.domain.record_list(domain) if not type or one["type"] == type.upper()]
    record = find_by_name(records, name, f"record of {domain}", lambda one: f"{one['id']} {one['type']} {one['data']}")
    if record is None:
        kind = f" of type {type.upper()} (write NAME:TYPE)" if type else ""
        meant = suggest_each([name], {str(one["name"]) for one in records})
        see = refer_to(f"doboto domain record-list {domain}", meant)
        raise Failure(f"{domain} has no record {name!r}{kind}{see}", NOT_FOUND.code)
    return {**values, "record_id": record["id"]}

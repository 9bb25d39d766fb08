"""Names inside of objects that are given: rules, templates, resources, VPCs; and DNS records by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..._json import holds_objects, is_array, is_object
from ..errors import NOT_FOUND, Failure
from ..schema.catalog import Operation
from ..schema.names import DROPLETS, MEMBERS, Naming, find_by_name, look_up
from .droplets import resolve

if TYPE_CHECKING:
    from ...client import DO

#: Where `resource_id` is looked up, by the `resource_type` beside it (API reference, tags_assign_resources).
BY_TYPE: Mapping[str, Naming] = {
    "image": Naming("image", given=(("private", True),)),
    "volume": Naming("volume"),
    "volume_snapshot": Naming("snapshot", given=(("resource_type", "volume"),)),
    "load_balancer": Naming("load_balancer"),
}

#: What URNs (API reference, projects_assign_resources) and types of alert policies call a kind.
KINDS: Mapping[str, str] = {"loadbalancer": "load_balancer", "lbaas": "load_balancer"}


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
        ids: list[Any] = list(resolve(do, [str(text) for text in texts], names))
        ids = [str(id) for id in ids] if name == "resource_id" else ids
    elif naming is not None:
        ids = look_up(do, naming, texts, names)
    else:
        return _resolve(do, value, names)
    return ids if many else ids[0]


def resolve_references(
    do: DO, operation: Operation, values: Mapping[str, Any], names: dict[Any, str]
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
    kind, colon, id = urn.removeprefix("do:").partition(":")
    return f"do:{kind}:{_id_of_kind(do, KINDS.get(kind, kind), id, names)}" if colon else urn


def _id_of_kind(do: DO, kind: str, text: Any, names: dict[Any, str]) -> str:
    """Resolve a name to its id, as text; a kind without names keeps the text."""
    if kind == "droplet":
        return str(resolve(do, [str(text)], names)[0])
    naming = BY_TYPE.get(kind)
    return str(text if naming is None else look_up(do, naming, [text], names)[0])


def resolve_record(do: DO, operation: Operation, values: Mapping[str, Any]) -> dict[str, Any]:
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
        kind = f" of type {type.upper()}" if type else ""
        see = f"see `doboto domain record-list {domain}`"
        raise Failure(f"{domain} has no record {name!r}{kind}; {see}", NOT_FOUND.code)
    return {**values, "record_id": record["id"]}

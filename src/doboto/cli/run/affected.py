"""Find the resources that an irreversible operation will affect, with the columns of their kind.

The reader is found by its name: `info` reads what `destroy` destroys, `record_info` what `record_destroy` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..._json import is_object, items, mapping, records
from ...errors import DOBOTOForbiddenException, DOBOTONotFoundException
from ..errors import USAGE, Failure
from ..output.columns import columns_of
from ..output.query import search
from ..output.text import format_value
from ..schema import catalog
from ..schema.catalog import CliOperation
from ..schema.parameters import as_usage

if TYPE_CHECKING:
    from ...client import DO

#: Members that are a resource's id, where it has no `id`.
IDS = ("id", "uuid", "ip", "name")


@dataclass(frozen=True, slots=True)
class AffectedResource:
    """A resource that an operation will affect.

    Attributes:
        id: Its id, or how it was named.
        name: Its name, or an empty text.
        cells: What is shown of it, by column.
        droplets: The Droplets that carry it, where it is a tag.
        along: What is destroyed along with it.
        monthly: Its price by the month, in US dollars, as far as it is known.
    """

    id: Any
    name: str
    cells: Mapping[str, Any]
    droplets: Sequence[AffectedResource] = field(default=())
    along: Sequence[AffectedResource] = field(default=())
    monthly: float | None = None

    def __str__(self) -> str:
        """Format the resource in one line."""
        rest = {
            name: value
            for name, value in self.cells.items()
            if value not in (None, "", []) and value not in (self.id, self.name)
        }
        known = [str(self.id)] if self.name and self.name != self.id else []
        known += [f"{name} {format_value(value)}" for name, value in rest.items()]
        known += [f"on {', '.join(f'{one.name} ({one.id})' for one in self.droplets)}"] if self.droplets else []
        known += [f"along with {', '.join(map(str, self.along))}"] if self.along else []
        label = self.name or str(self.id)
        return f"{label} ({'; '.join(known)})" if known else label

    def to_dict(self) -> dict[str, Any]:
        """Return the resource as JSON."""
        more = {"tagged": [one.to_dict() for one in self.droplets]} if self.droplets else {}
        more |= {"along": [one.to_dict() for one in self.along]} if self.along else {}
        return {"id": self.id, "name": self.name, **self.cells, **more}


def find_affected(do: DO, operation: CliOperation, call: Mapping[str, Any]) -> list[AffectedResource] | None:
    """Read the resources that a call would affect; return None if missing and `missing_ok` is true.

    Raises:
        DOBOTONotFoundException: It is not there.
    """
    try:
        if operation.resource != "droplet":
            return [_read_resource(do, operation, call)]
        targets = _read_droplets(do, operation, call)
        return (
            [_add_associated(do, one, call) for one in targets]
            if "dangerous" in call or "resources" in call
            else targets
        )
    except DOBOTONotFoundException:
        if call.get("missing_ok"):
            return None
        raise


def _read_droplets(do: DO, operation: CliOperation, call: Mapping[str, Any]) -> list[AffectedResource]:
    tag = call.get("tag_name")
    if tag is None and call.get("id") is None:
        raise Failure("give either Droplets or --tag", USAGE.code)
    with as_usage(operation):  # an empty tag
        return [
            _from_droplet(one)
            for one in (do.droplet.list(tag_name=tag) if tag is not None else [do.droplet.info(call["id"])])
        ]


def _from_droplet(droplet: Mapping[str, Any]) -> AffectedResource:
    size: Mapping[str, Any] = droplet.get("size") or {}
    region: Mapping[str, Any] = droplet.get("region") or {}
    id, name = droplet["id"], droplet["name"]
    monthly = size.get("price_monthly")
    cells = {"name": name, "id": id, "status": droplet.get("status"), "tags": droplet.get("tags"),
             "region": region.get("slug"), "price": "" if monthly is None else format_price(monthly)}  # fmt: skip
    return AffectedResource(id, name, cells, monthly=monthly)


def _add_associated(do: DO, target: AffectedResource, call: Mapping[str, Any]) -> AffectedResource:
    """Add a Droplet's associated resources: all of them, or those given in `resources`."""
    chosen: Mapping[str, Any] | None = call.get("resources")
    along: list[AffectedResource] = []
    for kind, listed in mapping(do.droplet.associated_resource_list(target.id)).items():
        wanted = None if call.get("dangerous") else {str(_id_of(one)) for one in items(mapping(chosen).get(kind))}
        along += [
            _from_associated(kind, one) for one in records(listed) if wanted is None or str(one.get("id")) in wanted
        ]
    return replace(target, along=along)


def _id_of(chosen: Any) -> Any:
    """Return an id, given as such or in an object."""
    return chosen.get("id") if is_object(chosen) else chosen


def _from_associated(kind: str, resource: Mapping[str, Any]) -> AffectedResource:
    """Convert one of a Droplet's associated resources; its cost is a text such as `1.00`, for a month."""
    id, name = resource.get("id"), str(resource.get("name") or "")
    try:
        monthly = float(str(resource.get("cost", "")).lstrip("$"))
    except ValueError:
        monthly = None
    price = "" if monthly is None else format_price(monthly)
    return AffectedResource(
        id,
        name,
        {"kind": kind.removesuffix("s").replace("_", " "), "name": name, "id": id, "price": price},
        monthly=monthly,
    )


def format_price(monthly: float) -> str:
    """Format a monthly price."""
    return f"${f'{monthly:.2f}'.removesuffix('.00')}/month"


def total_of(targets: Sequence[AffectedResource]) -> str:
    """Sum the prices of all resources; return an empty text if no price is known or there is only one."""
    all = [one for target in targets for one in (target, *target.along)]
    prices = [one.monthly for one in all if one.monthly is not None]
    return f"Total: {format_price(sum(prices))}." if len(all) > 1 and prices else ""


def reader_of(operation: CliOperation) -> CliOperation | None:
    """Return the operation that reads what this one destroys or changes, if there is one."""
    prefix, _, _ = operation.name.rpartition("_")
    return catalog.operations(operation.resource).get(catalog.hyphenate(f"{prefix}_info" if prefix else "info"))


def _read_resource(do: DO, operation: CliOperation, call: Mapping[str, Any]) -> AffectedResource:
    """Read a resource other than a Droplet; at least its given name if it cannot be read."""
    reader = reader_of(operation)
    given = [value for value in call.values() if isinstance(value, str | int) and not isinstance(value, bool)]
    named = " ".join(map(str, given))
    as_named = AffectedResource(named, "", {"id": named})
    if reader is None:
        return as_named
    arguments = _reader_arguments(reader, operation, call)
    try:
        with as_usage(operation):
            resource: Any = getattr(getattr(do, reader.resource), reader.name)(**arguments)
    except DOBOTOForbiddenException:
        return as_named  # a token may be allowed to destroy what it may not read
    cells = _read_cells(resource, reader.result)
    shown = set(map(format_value, cells.values()))
    # What it is in: a record's domain.
    if within := [format_value(value) for value in arguments.values() if format_value(value) not in shown]:
        cells[operation.resource] = " ".join(within)
    target = AffectedResource(_id(resource), str(resource.get("name") or ""), cells)
    return _add_tagged(do, resource, target) if operation.resource == "tag" else target


def _reader_arguments(reader: CliOperation, operation: CliOperation, call: Mapping[str, Any]) -> dict[str, Any]:
    """Choose the reader's arguments: those of the same names, only the id if given, else the first of each."""
    names = [one.name for one in reader.parameters]
    alike = {name: call[name] for name in names if name in call}
    first = operation.parameters[0].name
    if "id" in alike and "name" not in alike:
        return {"id": alike["id"]}  # a region beside it says where to work, not what on
    return alike if alike or first not in call else {names[0]: call[first]}


def _id(resource: Mapping[str, Any]) -> Any:
    return next((resource[name] for name in IDS if resource.get(name)), "")


def _read_cells(resource: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    """Read a resource's cells in the columns of its kind, always with its id."""
    cells = {column.name: search(column.expression, resource) for column in columns_of(kind, [resource])}
    return cells if _id(resource) in cells.values() else {"id": _id(resource), **cells}


def _add_tagged(do: DO, tag: Mapping[str, Any], target: AffectedResource) -> AffectedResource:
    """Add the number of tagged resources of each kind, and the tagged Droplets."""
    counts = {kind: one["count"] for kind, one in tag["resources"].items() if is_object(one) and one.get("count")}
    try:
        droplets = [_from_droplet(one) for one in do.droplet.list(tag_name=tag["name"])]
    except DOBOTOForbiddenException:
        droplets = []
    return AffectedResource(target.id, target.name, {**target.cells, **counts}, droplets)

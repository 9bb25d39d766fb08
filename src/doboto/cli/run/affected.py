"""The resources that an operation is about: read before they are destroyed, named where they do not exist.

The reader is found by its name: `info` reads what `destroy` destroys, `record_info` what `record_destroy` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from ... import Retry
from ..._json import is_array, is_object, items, mapping, records
from ...errors import DOBOTOException, DOBOTOForbiddenException, DOBOTONotFoundException
from ...plans import is_id
from ..errors import NOT_FOUND, USAGE, Failure, describe_error, question_of, refer_to, suggest_each
from ..output.columns import columns_of
from ..output.text import format_cell, format_value
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
    cells = {column.name: column.value(resource) for column in columns_of(kind, [resource])}
    return cells if _id(resource) in cells.values() else {"id": _id(resource), **cells}


def _add_tagged(do: DO, tag: Mapping[str, Any], target: AffectedResource) -> AffectedResource:
    """Add the number of tagged resources of each kind, and the tagged Droplets."""
    counts = {kind: one["count"] for kind, one in tag["resources"].items() if is_object(one) and one.get("count")}
    try:
        droplets = [_from_droplet(one) for one in do.droplet.list(tag_name=tag["name"])]
    except DOBOTOForbiddenException:
        droplets = []
    return AffectedResource(target.id, target.name, {**target.cells, **counts}, droplets)


# -- what does not exist


class Collection(NamedTuple):
    """Resources of a kind, in paths of the API.

    Attributes:
        noun: What one of them is called.
        command: The command that lists them.
        by: What stands in a path.
    """

    noun: str
    command: str
    by: str = "id"


#: By their segment in paths (API reference).
COLLECTIONS: Mapping[str, Collection] = {
    "actions": Collection("action", "action list"),
    "alerts": Collection("alert policy", "monitoring alert-list"),
    "autoscale": Collection("autoscale pool", "autoscale list"),
    "certificates": Collection("certificate", "certificate list"),
    "domains": Collection("domain", "domain list", by="name"),
    "droplets": Collection("Droplet", "droplet list"),
    "firewalls": Collection("firewall", "firewall list"),
    "floating_ips": Collection("floating IP", "floating-ip list", by="address"),
    "images": Collection("image", "image list"),
    "keys": Collection("SSH key", "ssh-key list"),
    "load_balancers": Collection("load balancer", "load-balancer list"),
    "projects": Collection("project", "project list"),
    "records": Collection("record", "domain record-list"),
    "reserved_ips": Collection("reserved IP", "reserved-ip list", by="address"),
    "reserved_ipv6": Collection("reserved IPv6", "reserved-ipv6 list", by="address"),
    "snapshots": Collection("snapshot", "snapshot list"),
    "tags": Collection("tag", "tag list", by="name"),
    "volumes": Collection("volume", "volume list"),
    "vpc_nat_gateways": Collection("NAT gateway", "nat-gateway list"),
    "vpc_peerings": Collection("VPC peering", "vpc peering-list"),
    "vpcs": Collection("VPC", "vpc list"),
}
#: What a resource is found by, in lists; and what says what it is.
KEYS, TEXTS = ("id", "uuid", "name", "slug", "ip", "fingerprint"), ("name", "slug", "ip")
#: The one request that is sent for a message: how many entries of a list it asks for, and how many seconds it may take.
PAGE, SECONDS = 200, 5.0


class NamedResource(NamedTuple):
    """A resource in the path of a request.

    Attributes:
        kind: Its collection's segment.
        id: Its id or name.
        path: The collection's path.
        last: Whether the path ends with it.
    """

    kind: str
    id: str
    path: str
    last: bool

    @property
    def noun(self) -> str:
        """What one of its kind is called."""
        return COLLECTIONS[self.kind].noun

    def __str__(self) -> str:
        """Say that there is none: `no tag is called 'x'`."""
        shown = repr(self.id) if " " in self.id else self.id
        by = "name" if self.kind == "images" and not is_id(self.id) else COLLECTIONS[self.kind].by
        return f"no {self.noun} is called {self.id!r}" if by == "name" else f"no {self.noun} has the {by} {shown}"


def find_in_path(url: str) -> list[NamedResource]:
    """Find the resources that a URL names, the outermost first: the domain, then its record."""
    parts = urlsplit(url).path.partition("/v2/")[2].split("/")
    return [
        NamedResource(kind, unquote(id), "/" + "/".join(parts[:index]), index == len(parts) - 1)
        for index, (kind, id) in enumerate(pairwise(parts), 1)
        if kind in COLLECTIONS and id and id not in COLLECTIONS
    ]


def explain_not_found(do: DO, failure: DOBOTONotFoundException, tag: str | None = None) -> Exception:
    """Return an error that says which resource does not exist, what may be meant, and where to look.

    At most one request is sent: for a page of the list that has what was looked for, or for that itself.

    Args:
        do: The client.
        failure: The API's answer.
        tag: The tag that Droplets were chosen by, if they were.
    """
    if failure.status is None:  # the library found no Droplet
        return failure if tag is None else _replace(failure, f"{failure}{suggest_like(do, '/tags', [tag])}")
    named = find_in_path(failure.url or "")
    if not named or (failure.id or "").lower() != "not_found":  # perhaps it was not the API that answered
        return failure
    outer, inner = named[0], named[-1]
    command = COLLECTIONS[outer.kind].command
    certain = _is_certain(failure, outer)
    exists, hint = (False, "") if certain and is_id(outer.id) else _look_for(do, outer)
    if certain or exists is False:
        return _replace(failure, f"{outer}{refer_to(f'doboto {command}', hint)}")
    if outer is not inner:
        listing = f"{command.split()[0]} {inner.kind.removesuffix('s')}-list"
        text = f"{inner} among those of {outer.noun} {outer.id}{'' if exists else f', or {outer}'}"
        return _replace(failure, f"{text}{refer_to(f'doboto {listing} {outer.id}')}")
    if exists:
        reads = failure.method in {"GET", "DELETE"}  # without a body that names something
        what = "the API has nothing here" if reads else "something else that was named does not"
        return _replace(failure, f"{outer.noun} {outer.id} exists, but {what}: {failure}")
    return _replace(failure, f"{outer}, or something else that was named does not exist: {failure}")


def _is_certain(failure: DOBOTONotFoundException, named: NamedResource) -> bool:
    """Whether it can only be this resource that does not exist."""
    return named.last and failure.method in {"GET", "DELETE"}


def _replace(failure: DOBOTONotFoundException, text: str) -> Failure:
    """Return an error of another text, with all that programs are given of this one."""
    return Failure(text, NOT_FOUND.code, **{**describe_error(failure, NOT_FOUND), "message": text})


def _look_for(do: DO, named: NamedResource) -> tuple[bool | None, str]:
    """Return whether a resource exists, None if that is not known, and a question about what may be meant."""
    try:
        if is_id(named.id):
            _for_message(do).request("GET", f"{named.path}/{quote(named.id, safe='')}")
            return True, ""
        found, whole = _read_page(do, named.path)
    except DOBOTONotFoundException:
        return False, ""
    except DOBOTOException:  # the token may not read it
        return None, ""
    if any(str(one.get(key)) == named.id for one in found for key in KEYS):
        return True, ""
    return False if whole else None, _suggest(found, [named.id])


def suggest_like(do: DO, path: str, names: Sequence[str]) -> str:
    """Return the question which resources of a list names mean, or an empty text; one request is sent."""
    try:
        return _suggest(_read_page(do, path)[0], names)
    except DOBOTOException:  # the token may not read it
        return ""


def _for_message(do: DO) -> DO:
    """Return a client that does not retry: the error is known already."""
    return do.with_options(retry=Retry.never(), deadline=SECONDS)


def _read_page(do: DO, path: str) -> tuple[list[Mapping[str, Any]], bool]:
    """Read the first page of a list; return it, and whether that is all."""
    page = mapping(_for_message(do).request("GET", path, query={"per_page": PAGE}))
    found = records(next((value for value in page.values() if is_array(value)), None))
    total = mapping(page.get("meta")).get("total")
    return found, isinstance(total, int) and total <= len(found)


def _suggest(found: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    """Return the question which resources names mean."""
    described = [str(one["uuid"]) for one in found if one.get("description") in names and one.get("uuid")]
    if described:  # an alert policy has no name, so that its description is taken for it
        return question_of(described[:3])
    texts = (format_cell(text) for one in found for key in TEXTS if (text := one.get(key)))
    return suggest_each(names, texts)


def name_missing(failure: DOBOTONotFoundException, *, alone: bool) -> Exception:
    """Return an error that says which resource does not exist, as far as that is certain without a request.

    Args:
        failure: The API's answer.
        alone: Whether the request named no other resource.
    """
    named = find_in_path(failure.url or "")
    certain = (
        len(named) == 1 and (failure.id or "").lower() == "not_found" and (alone or _is_certain(failure, named[0]))
    )
    return _replace(failure, str(named[0])) if certain else failure

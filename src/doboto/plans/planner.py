"""Reads what a plan is held against, and finds the ids of what it names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from .._core.deadline import Deadline
from .._core.droplet.create_request import CreateRequest
from .._core.request import Request, get
from .._json import is_array, mapping
from .._session.list_reader import results
from .._session.session import Session
from ..errors import DOBOTOForbiddenException
from .names import find_named, is_id
from .offers import Entry, Offers, find_elsewhere, find_excess, problem

if TYPE_CHECKING:
    from ..types import DropletPlan, PlanProblem

#: Droplets are listed apart from those with a GPU (API reference, droplets_list).
TYPES = ("droplets", "gpus")


#: Reads every page of a list: its root key, path, query and deadline.
ListAll: TypeAlias = Callable[[str, str, Mapping[str, str | int] | None, Deadline | None], Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True)
class NamedKind:
    """A kind of resource that attributes name.

    Attributes:
        noun: What one is called.
        key: The root key of the list, and its path.
        path: The path of the list.
    """

    noun: str
    key: str
    path: str


#: What attributes name, by the attribute.
KINDS: Mapping[str, NamedKind] = {
    "ssh_keys": NamedKind("SSH key", "ssh_keys", "/account/keys"),
    "volumes": NamedKind("volume", "volumes", "/volumes"),
    "vpc_uuid": NamedKind("VPC", "vpcs", "/vpcs"),
    "project_id": NamedKind("project", "projects", "/projects"),
}


@dataclass(slots=True)
class Planner:
    """Makes plans.

    Args:
        session: Sends the requests.
        list_all: Reads lists.
        deadline: Bounds all of it.
    """

    session: Session
    list_all: ListAll
    deadline: Deadline
    problems: list[PlanProblem] = field(default_factory=list[Any])
    _listed: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])

    async def plan(self, request: CreateRequest, existing: Mapping[str, Any]) -> DropletPlan:
        """Hold a request against what can be had.

        Args:
            request: What is asked for, with names in place of ids.
            existing: The Droplets that are there already, by name.
        """
        attributes = await self._resolve({**request.attribs, "project_id": request.project_id})
        offers = await self._offers(attributes)
        missing = [name for name in request.names if name not in existing]
        wanted = CreateRequest(missing, request.many, {k: v for k, v in attributes.items() if k != "project_id"})
        if missing:
            self.problems += offers.find_problems(attributes)
            self.problems += await self._find_elsewhere(attributes)
            await self._check_limit(len(missing))
        names = {"names": [*request.names]} if request.many else {"name": request.names[0]}
        return {
            "attributes": {**names, **attributes},
            "requests": [*wanted.bodies()] if missing else [],
            "existing": [existing[name] for name in request.names if name in existing],
            "price": offers.price(attributes, len(missing)),
            "problems": self.problems,
        }

    async def _resolve(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Replace names by ids; what can't be found is a problem, and stays as it is."""
        found = {name: value for name, value in attributes.items() if value is not None}
        for name, kind in KINDS.items():
            if name in found and any(map(is_name, _each(found[name]))):
                entries = await self._list(kind)
                ids = [self._id(name, kind.noun, text, entries) for text in _each(found[name])]
                found[name] = ids if is_array(found[name]) else ids[0]
        return found

    def _id(self, attribute: str, noun: str, text: Any, entries: Sequence[Entry]) -> Any:
        """The id of what is called like that, in the same case or else in another; otherwise the text itself."""
        if not is_name(text) or not entries:
            return text
        named = find_named(entries, text)
        if len(named) == 1:
            return named[0]["id"]
        if named:
            ids = ", ".join(str(one["id"]) for one in named)
            message = f"{len(named)} {noun}s are called {text!r}: give the id of one: {ids}"
            self.problems.append(problem(attribute, text, message))
        else:
            names = [str(one.get("name")) for one in entries]
            self.problems.append(problem(attribute, text, f"no {noun} is called {text!r}", names))
        return text

    async def _offers(self, attributes: dict[str, Any]) -> Offers:
        """Read the sizes, regions and images; an own image that was given by name gets its id."""
        jobs: list[Callable[[], Coroutine[Any, Any, list[Any]]]] = [
            partial(self._read, "sizes", "/sizes"),
            partial(self._read, "regions", "/regions"),
            *(partial(self._read, "images", "/images", {"type": type}) for type in ("distribution", "application")),
        ]
        sizes, regions, *images = results(await self.session.io.gather(jobs))
        offers = Offers(sizes, regions, [one for listed in images for one in listed])
        image = attributes.get("image")
        if image is None or offers.find_image(image) is not None:
            return offers
        own = await self._read("images", "/images", {"private": "true"})
        if isinstance(image, str) and any(str(one.get("name")).lower() == image.lower() for one in own):
            attributes["image"] = self._id("image", "image", image, own)
        return Offers(sizes, regions, [*offers.images, *own])

    async def _check_limit(self, count: int) -> None:
        """Hold the number of Droplets against the account's limit."""
        try:
            account: Any = await self.session.call(get("/account"), self.deadline)
            limit = mapping(mapping(account).get("account")).get("droplet_limit")
            there = 0 if limit is None else sum([await self._count(type) for type in TYPES])
        except DOBOTOForbiddenException:
            return
        self.problems += find_excess(limit, there, count)

    async def _find_elsewhere(self, attributes: Mapping[str, Any]) -> list[PlanProblem]:
        """Find VPCs and volumes in other regions; without a region it depends on them."""
        if not attributes.get("region"):
            return []
        lists = [await self._list(KINDS[name]) if attributes.get(name) else [] for name in ("vpc_uuid", "volumes")]
        return find_elsewhere(attributes, *lists)

    async def _list(self, kind: NamedKind) -> list[Any]:
        """Read the list of a kind once."""
        if kind.key not in self._listed:
            self._listed[kind.key] = await self._read(kind.key, kind.path)
        return self._listed[kind.key]

    async def _count(self, type: str) -> int:
        listed: Any = await self.session.call(Request("GET", "/droplets", {"type": type, "per_page": 1}), self.deadline)
        return int(mapping(mapping(listed).get("meta")).get("total", 0))

    async def _read(self, key: str, path: str, query: Mapping[str, str | int] | None = None) -> list[Any]:
        """Read a list; it is empty where the token may not read it."""
        try:
            return await self.list_all(key, path, query, self.deadline)
        except DOBOTOForbiddenException:
            return []


def is_name(value: Any) -> bool:
    """Return whether a value is a name and not an id."""
    return value != "default" and not is_id(value)


def _each(value: Any) -> Iterator[Any]:
    return iter(value) if is_array(value) else iter([value])

"""How resources other than Droplets are created: once, found again if the response is lost, or unless they exist."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from ..._core import pages
from ..._core.attributes import check_attributes
from ..._core.deadline import Deadline
from ..._core.ownership import OpenRequest
from ..._core.recovery import SKEW, has_foreign_tag, parse_time
from ..._core.request import Request, check_text_only
from ..._core.response import member_reader
from ..._json import items
from ..._operation import Mode
from ..._wait.search import look_until_known, outcome_unknown, with_tag
from ...errors import (
    ArgumentValueError,
    DOBOTOConflictException,
    DOBOTOException,
    DOBOTOUnprocessableException,
)
from ...events import Adopted, Created, Differs, ResponseLost
from ...outcomes import attach_state
from .recovery import Recovery

if TYPE_CHECKING:
    from .project import ProjectAssignment


#: How the API says that a name or a key is taken: by a 409, or in words.
TAKEN = re.compile(r"(?i)^409|already|exists|duplicate|not unique|in use")

#: Returns a resource, None if there is none.
Find: TypeAlias = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class CreateSpec:
    """How a resource is created, and by what it is identified.

    Attributes:
        what: The resource in words, with what identifies it: `volume data in nyc3`.
        request: Creates it.
        key: The root key of the response.
        same: Whether a resource of the list is the one asked for.
        query: Filters that narrow the list.
        secrets: Members of the request that no error may show.
        taggable: Whether the resource takes tags, so that it can be found by one.
        tag: The tag that this request alone has, or None.
        listing: The path of the list that it is in. Default: that of the request.
        known_by: Attributes that `same` compares.
        rules: How others are compared whose values are spelled otherwise by the API.
        plural: That list's root key. Default: the key with an s.
        project_id: The project to put it into, where the request has no member for that; None for the default one.
    """

    what: str
    request: Request
    key: str
    same: Callable[[Mapping[str, Any]], bool]
    query: Mapping[str, str | int] = field(default_factory=dict[str, "str | int"])
    secrets: frozenset[str] = frozenset()
    taggable: bool = False
    tag: str | None = None
    listing: str = ""
    known_by: Collection[str] = ("name",)
    rules: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict[str, Any])
    plural: str = ""
    project_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "listing", self.listing or self.request.path)
        object.__setattr__(self, "plural", self.plural or f"{self.key}s")
        if self.project_id is not None:
            check_text_only("project_id", self.project_id)

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for, as an error may show it."""
        return {name: "***" if name in self.secrets else value for name, value in self.request.body.items()}

    def with_tag(self, tag: str | None) -> CreateSpec:
        """The same, with a tag to be found by."""
        if tag is None:
            return self
        body = {**self.request.body, "tags": [*self.request.body.get("tags", ()), tag]}
        return replace(self, tag=tag, request=replace(self.request, body=body))


class Creation(Recovery[Mode]):
    """Creates resources."""

    async def _create_resource(self, spec: CreateSpec, deadline: Deadline) -> Any:
        """Create it, in its project; if the response is lost, find out whether it was created.

        Raises:
            DOBOTONotFoundException: There is no such project.
            DOBOTOOutcomeUnknownException: The response was lost and the outcome could not be determined.
        """
        project = self._project(spec.project_id)
        if project is not None:
            await project.check(deadline)
        spec = spec.with_tag(self._session.new_recovery_tag() if spec.taggable else None)
        made: Any = await self._send_change(
            spec.request, deadline, partial(self._recover_created, spec, deadline), member_reader(spec.key, dict),
            what=spec.what, key=(spec.plural, spec.what), claimed=lambda made: [_claim(spec, made)],
        )  # fmt: skip
        with reporting_created(made):
            await self._session.emit(Created(spec.key, _name(made), made.get("name"), made))
            if project is not None:
                await project.assign([f"do:{spec.key}:{_name(made)}"], deadline)
            await self._discard_tag(spec.tag, [made], deadline)
        return made

    def _project(self, id: str | None) -> ProjectAssignment | None:
        """Return what puts resources into a project, if they are to be in one."""
        if id is None:
            return None
        from .project import ProjectAssignment  # not with every first request

        return ProjectAssignment(self._session, id)

    async def _find_existing(self, spec: CreateSpec, deadline: Deadline) -> Any:
        """Return the first resource of the list that is the one asked for, or None."""
        listed = await self._list_all(spec.plural, spec.listing, spec.query, deadline)
        return next((resource for resource in listed if spec.same(resource)), None)

    async def _report_differences(self, spec: CreateSpec, there: Any) -> None:
        """Report in what an existing resource differs from what is asked for, if it does."""
        from ..._core.equivalence.differences import find_differences  # a first request needs none

        asked = {
            name: value for name, value in spec.request.body.items() if name not in {*spec.known_by, *spec.secrets}
        }
        if found := find_differences(asked, there, spec.rules):
            await self._session.emit(Differs(spec.key, _name(there), there.get("name"), found, there))

    async def _create_unless_exists(
        self, spec: CreateSpec, deadline: Deadline, find: Find | None = None
    ) -> tuple[Any, Any]:
        """Return the resource, and it again if it was created, else None.

        Args:
            spec: How it is created.
            deadline: Bounds all requests together.
            find: Returns the resource, None if there is none. Default: from the list.
        """
        find = find or partial(self._find_existing, spec, deadline)
        there, made = await find(), None
        if there is None:
            there, made = await self._create_or_find(spec, deadline, find)
        if made is None:
            await self._report_differences(spec, there)
        return there, made

    async def _create_or_find(self, spec: CreateSpec, deadline: Deadline, find: Find) -> tuple[Any, Any]:
        """Create it; if it is refused since there is one by now, which another program created, return that one."""
        found: list[Any] = []

        async def look() -> bool:
            there = await find()
            found[:] = [] if there is None else [there]
            return bool(found)

        try:
            made = await self._create_resource(spec, deadline)
        except (DOBOTOConflictException, DOBOTOUnprocessableException) as refusal:
            if refusal.created or not TAKEN.search(f"{refusal.status} {refusal.message}"):
                raise
            await look_until_known(self._session, look, deadline)
            if not found:
                raise
            return found[0], None
        return made, made

    async def _send_untraceable(self, request: Request, what: str) -> Any:
        """Send a change of which nothing can be read afterwards; returns the response.

        Raises:
            DOBOTOOutcomeUnknownException: The response was lost.
        """

        async def nowhere(_open: OpenRequest, failure: DOBOTOException) -> Any:
            raise outcome_unknown(failure, request.body, what, "the API has nothing to look at", [])

        return await self._send_change(request, self._session.deadline(), nowhere)

    async def _recover_created(
        self, spec: CreateSpec, deadline: Deadline, open_request: OpenRequest, failure: DOBOTOException
    ) -> Any:
        """Return the resource that a request created whose response was lost.

        What has the request's own tag is the one. Else what has a time of creation must be newer than the request. What
        has none has a name that is its own, so that one of that name is the one asked for, even if another program
        created it.
        """

        async def find() -> list[Any]:
            listed = await self._list_all(spec.plural, spec.listing, spec.query, deadline)
            alike = [one for one in listed if spec.same(one) and not has_foreign_tag(one, spec.request.body)]
            free = [resource for resource in alike if not self._session.ownership.is_claimed(_claim(spec, resource))]
            if spec.tag is not None and (own := [one for one in free if spec.tag in items(one.get("tags"))]):
                return own
            since = self._session.api_time(failure.sent_at)  # now that a response has shown the API's time
            return await self._filter_created_since(free, since, deadline)

        await self._session.emit(ResponseLost(spec.what, failure))
        identity = partial(_claim, spec)
        found, why = await self._look_for_one(
            (spec.plural, spec.what), find, identity, deadline, open_request, tag=spec.tag
        )
        if found is None:
            raise outcome_unknown(failure, spec.asked, f"{spec.what}{with_tag(spec.tag)}", why, [])
        with reporting_created(found):
            await self._session.emit(Adopted(spec.key, _name(found), found.get("name"), found))
        return found

    async def _filter_created_since(self, resources: list[Any], since: float, deadline: Deadline) -> list[Any]:
        """Those of them that may have been made since then."""
        return [resource for resource in resources if _fresh(resource, since)]


@contextmanager
def reporting_created(resource: Any) -> Generator[None]:
    """Attach what exists now to an exception that ends the call here."""
    try:
        yield
    except DOBOTOException as failure:
        failure.created = failure.created or [resource]
        raise
    except BaseException as interruption:
        attach_state(interruption, created=[resource])
        raise


def check_changes(attributes: Mapping[str, Any], *, needed: Sequence[str] = ()) -> dict[str, Any]:
    """The attributes that a resource is changed to.

    Raises:
        ValueError: There are none, or one of those needed is missing or empty.
        TypeError: `attributes` is not a mapping.
    """
    body = check_attributes(attributes, needed=needed)
    if not body:
        raise ArgumentValueError("give at least one attribute to change")
    return body


def change_request(path: str, body: Mapping[str, Any], *, replace: bool) -> Request:
    """Return the request that changes a resource: PUT describes all of it, PATCH a part. Either may be sent twice."""
    return Request("PUT" if replace else "PATCH", path, body=body, repeatable=True)


def has_name(name: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return a predicate: whether a resource has exactly that name."""
    return lambda resource: resource.get("name") == name


def _fresh(resource: Mapping[str, Any], since: float) -> bool:
    created = parse_time(resource.get("created_at") or resource.get("reserved_at"))
    return created is None or created >= since - SKEW


def _name(resource: Mapping[str, Any]) -> str:
    return str(next((resource[member] for member in pages.IDENTITY if resource.get(member)), "?"))


def _claim(spec: CreateSpec, resource: Mapping[str, Any]) -> tuple[str, str]:
    return spec.plural, _name(resource)

"""How Droplets are created: requests of ten names, results in the order asked for, nothing lost when one fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ..._core.deadline import Deadline
from ..._core.droplet.create_request import CreateRequest, check_distinct, check_ready_port, in_order
from ..._core.droplet.readiness import Readiness
from ..._core.ownership import OpenRequest
from ..._core.recovery import requested_names
from ..._core.request import Request
from ..._core.response import read_member
from ..._json import mapping, records
from ..._operation import Async
from ..._session import Session, log_interruption
from ..._wait.new_droplets import NewDropletWatch
from ..._wait.polling import WaitPlan, wait
from ..._wait.ports import PortWatch
from ...errors import DOBOTOException, DOBOTOInvalidResponseException, DOBOTOOutcomeUnknownException
from ...events import Created
from ...outcomes import attach_state, call_states
from .recovery import DropletRecovery

if TYPE_CHECKING:
    from .._base.project import ProjectAssignment


@dataclass(slots=True)
class CreateResult:
    """What a create has made so far: filled as responses come, so that an interruption loses nothing."""

    droplets: list[Any] = field(default_factory=list[Any])
    action_ids: list[int] = field(default_factory=list[int])
    #: Names that were asked for and whose outcome is not known yet.
    unresolved: list[str] = field(default_factory=list[str])
    #: Whether a request has failed, so that no further one is begun.
    failed: bool = False

    def resolve(self, names: Sequence[str]) -> None:
        """Record that it is known what became of these."""
        for name in names:
            self.unresolved.remove(name)


class DropletCreation(DropletRecovery[Async]):
    """Creates Droplets and waits for them; it has no operations of its own.

    Args:
        session: Sends the requests.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(Async, session)

    @staticmethod
    def check(
        attribs: Mapping[str, Any] | None,
        attributes: Mapping[str, Any],
        *,
        ready_port: int | None,
        wait: bool,
        present: bool = False,
    ) -> CreateRequest:
        """Check the arguments of `create` or `present`, and return what would be sent for them.

        Args:
            attribs: Attributes as a mapping.
            attributes: Attributes as keyword arguments, which override the mapping.
            ready_port: The port to wait for, or None.
            wait: Whether the call waits.
            present: If true, for `present`: names must be distinct, and what exists needs no size or image.

        Raises:
            ValueError, TypeError: They can't be right.
        """
        request = CreateRequest.of(attribs, attributes, complete=not present)
        check_ready_port(ready_port, wait)
        if present:
            check_distinct(request.names)
        return request

    async def create(self, request: CreateRequest, plan: WaitPlan) -> CreateResult:
        """Ask for all of them.

        Raises:
            DOBOTOException: A request failed; `created` holds what the others made.
        """
        made = CreateResult()
        bodies = list(request.bodies())
        project = self._project(request)
        try:
            if project is not None:
                await project.check(plan.deadline)
            # The first alone: what is wrong with the request shows there, before anything else is asked for.
            await self._request_droplets(bodies[0], made, plan, project)
            jobs = [partial(self._request_unless_failed, body, made, plan, project) for body in bodies[1:]]
            outcomes = await self._session.io.gather(jobs, finish=True)
            made.droplets = in_order(made.droplets, request.names)
            _raise_failure(outcomes, made)
        except BaseException as failure:
            # Within the handler, so that Ctrl-C during the report is raised from the failure and what it knows.
            _report(failure, made, request)
            raise
        return made

    def _project(self, request: CreateRequest) -> ProjectAssignment | None:
        """What puts the Droplets into their project, if they are to be in one."""
        if request.project_id is None:
            return None
        from .._base.project import ProjectAssignment  # not with every first request

        return ProjectAssignment(self._session, request.project_id)

    async def _request_unless_failed(
        self, body: dict[str, Any], made: CreateResult, plan: WaitPlan, project: ProjectAssignment | None
    ) -> None:
        """One request, unless another one has failed: the call fails, and what it creates is charged for."""
        if made.failed:
            return
        try:
            await self._request_droplets(body, made, plan, project)
        except BaseException:
            made.failed = True
            raise

    async def _request_droplets(
        self, body: dict[str, Any], made: CreateResult, plan: WaitPlan, project: ProjectAssignment | None
    ) -> None:
        """One request; what it made is put into the project, if there is one."""
        names = requested_names(body)
        tag = self._session.new_recovery_tag()
        body = body if tag is None else {**body, "tags": [*body.get("tags", ()), tag]}
        made.unresolved += names
        open_request = self._session.ownership.open(names)
        try:
            droplets, action_ids = await self._send_or_recover(body, tag, open_request, made, plan.deadline)
        finally:
            open_request.end()
        await self._keep(made, names, droplets, action_ids)
        if project is not None:
            await project.assign([f"do:droplet:{droplet['id']}" for droplet in droplets], plan.deadline)
        await self._discard_tag(tag, droplets, plan.deadline)

    async def _send_or_recover(
        self, body: dict[str, Any], tag: str | None, open_request: OpenRequest, made: CreateResult, deadline: Deadline
    ) -> tuple[list[Any], list[int]]:
        """Send a request; return its Droplets and the ids of their actions, none where its response was lost."""
        request = Request("POST", "/droplets", body=body)
        try:
            created, lost = await self._send_open(request, open_request, deadline, partial(_read_created, body), _ids)
        except DOBOTOException:
            made.resolve(requested_names(body))
            raise
        if lost is None:
            return created
        return await self._recover_droplets(body, tag, open_request, lost, deadline), []

    async def _keep(
        self, made: CreateResult, names: Sequence[str], droplets: Sequence[Any], action_ids: Sequence[int]
    ) -> None:
        """Remember, and report, what was created, so that the ids are known if the call fails next."""
        made.droplets += droplets
        made.action_ids += action_ids
        made.resolve(names)
        for droplet in droplets:
            await self._session.emit(Created("droplet", droplet["id"], droplet.get("name"), droplet))

    async def wait_until_ready(
        self,
        made: CreateResult,
        request: CreateRequest,
        plan: WaitPlan,
        ready_port: int | None,
        readiness: Readiness | None = None,
    ) -> list[Any]:
        """The Droplets once they are ready, by what was asked for unless given; in the order asked for."""
        watch = None
        try:
            readiness = readiness or Readiness.from_attributes(request.attribs)
            watch = NewDropletWatch(self._session, made.droplets, made.action_ids, readiness)
            await wait(self._session, watch, plan)
            droplets = watch.result()
            if ready_port is not None:
                await wait(self._session, PortWatch(self._session, droplets, ready_port), plan)
        except DOBOTOException as failure:
            failure.created = failure.created or (watch.all() if watch else made.droplets)
            raise
        except BaseException as interruption:  # those that are ready already are not among what was waited for
            _report(interruption, made, request)
            raise
        return droplets

    async def wait_for_existing(
        self, there: Mapping[str, Any], request: CreateRequest, plan: WaitPlan, created: Sequence[Any]
    ) -> dict[str, Any]:
        """Those, by their names, that another call is still creating, once they are ready; `created` by this one."""
        new = {name: droplet for name, droplet in there.items() if droplet.get("status") == "new"}
        if not new:
            return {}
        try:
            ready = await self.wait_until_ready(CreateResult([*new.values()]), request, plan, None, Readiness())
        except DOBOTOException as failure:
            failure.created = [*created]  # those that this call made, and not those that it only waited for
            raise
        return dict(zip(new, ready, strict=True))


def _report(failure: BaseException, made: CreateResult, request: CreateRequest) -> None:
    """Put what was created before a failure, and what became of each name, into the failure."""
    if isinstance(failure, DOBOTOException):
        # First as they came: Ctrl-C may strike while they are put in order.
        failure.created = [*made.droplets, *failure.created]
        failure.created = in_order(failure.created, request.names)
        _, failure.unresolved, failure.not_begun = _by_outcome(failure.created, made, request)
        return
    unordered = [*made.droplets, *(one for state in call_states(failure) for one in state.created)]
    attach_state(failure, created=unordered)
    created = in_order(unordered, request.names)
    known, unresolved, not_begun = _by_outcome(created, made, request)
    attach_state(failure, created=created, unresolved=unresolved, not_begun=not_begun)
    note = f"Droplets were being created: {', '.join(request.names)}; created so far: {', '.join(known) or 'none yet'}"
    if unresolved:
        note += f"; asked for, and perhaps there: {', '.join(unresolved)}"
    if not_begun:
        note += f"; not asked for: {', '.join(not_begun)}"
    failure.add_note(f"doboto: {note}")
    log_interruption(note)


def _by_outcome(
    created: Sequence[Any], made: CreateResult, request: CreateRequest
) -> tuple[list[str], list[str], list[str]]:
    """The Droplets created, in words, and the names that are unresolved and that were not asked for."""
    known = [f"{droplet['name']} ({droplet['id']})" for droplet in created if isinstance(droplet.get("name"), str)]
    names = Counter(droplet["name"] for droplet in created if isinstance(droplet.get("name"), str))
    unresolved = Counter(made.unresolved) - names  # Ctrl-C may strike between any two lines
    not_begun = Counter(request.names) - names - unresolved
    return known, list(unresolved.elements()), list(not_begun.elements())


def _raise_failure(outcomes: Sequence[object], made: CreateResult) -> None:
    """Raise the foremost failure of several requests, if there is any."""
    failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if failures:
        raise _foremost(failures, made)


def _foremost(failures: Sequence[Exception], made: CreateResult) -> Exception:
    """The failure to raise of several: one that leaves something open, else the first; it mentions the others too."""
    foremost = next((one for one in failures if isinstance(one, DOBOTOOutcomeUnknownException)), failures[0])
    others = [other for other in failures if other is not foremost]
    for other in others:
        if isinstance(other, DOBOTOException):
            made.droplets += other.created
    if isinstance(foremost, DOBOTOException):
        # What was left open is shown in full: its ids in doubt stand nowhere else. Refusals are all alike.
        left_open = [other for other in others if isinstance(other, DOBOTOOutcomeUnknownException)]
        refused = [other for other in others if other not in left_open]
        messages = [str(other) for other in [*left_open, *refused[:1]]]
        messages += [f"and {len(refused) - 1} more"] if len(refused) > 1 else []
        if messages:
            foremost.message += f"; other requests of the same call failed too: {'; '.join(messages)}"
    return foremost


def _read_created(body: Mapping[str, Any], response: Any) -> tuple[list[Any], list[int]]:
    """Return the Droplets of a response, as many as were asked for and each with an id, and their actions' ids.

    Raises:
        DOBOTOInvalidResponseException: They are not all there: the response is of no use.
    """
    many = "names" in body
    droplets: list[Any] = read_member(response, "droplets", list) if many else [read_member(response, "droplet", dict)]
    for droplet in droplets:
        if type(mapping(droplet).get("id")) is not int:
            raise DOBOTOInvalidResponseException(
                f"the response has a Droplet without id: {str(droplet)[:200]}", response
            )
    if len(droplets) < len(requested_names(body)):
        raise DOBOTOInvalidResponseException(
            f"the response has {len(droplets)} of the {len(requested_names(body))} Droplets", response
        )
    return droplets, _action_ids(response)


def _ids(created: tuple[list[Any], list[int]]) -> list[int]:
    """The ids of the Droplets that a response has."""
    return [droplet["id"] for droplet in created[0]]


def _action_ids(response: Any) -> list[int]:
    """The ids of the create actions that the response links to; the API need not name them in the Droplets' order."""
    linked = records(mapping(mapping(response).get("links")).get("actions"))
    return [action["id"] for action in linked if type(action.get("id")) is int]

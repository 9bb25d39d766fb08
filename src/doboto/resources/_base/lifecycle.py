"""How resources that become active later are created, changed and destroyed: waiting reads their own fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypedDict, TypeVar, Unpack, get_args, overload

from ..._core.attributes import check_choice, to_list
from ..._core.deadline import Deadline
from ..._core.ownership import OpenRequest
from ..._core.request import Request, check_text, path
from ..._core.response import member_reader
from ..._io.protocol import OnEvent
from ..._operation import Gone, Many, Mode, One
from ..._wait.deletion import DeletionWatch
from ..._wait.lifecycle import Lifecycle, LifecycleWatch
from ..._wait.polling import WaitPlan, wait
from ..._wait.search import look_until_known, outcome_unknown
from ...errors import DOBOTOException
from .create import CreateSpec, Creation, reporting_created
from .resource import OperationGroup

#: `ready`: it can be used. `gone`: it no longer exists.
Until: TypeAlias = Literal["ready", "gone"]
Id = TypeVar("Id", contravariant=True)


class WaitOptions(TypedDict, total=False):
    """How to wait; see the parameters of these names."""

    poll: float
    timeout: float
    progress: OnEvent | None


class Waits(Protocol[Id, One, Many, Gone]):
    """A resource by its id, a list by several, nothing where they are waited for to be gone."""

    @overload
    def __call__(self, id: Id, *, until: Literal["ready"] = "ready", **how: Unpack[WaitOptions]) -> One: ...
    @overload
    def __call__(self, id: Sequence[Id], *, until: Literal["ready"] = "ready", **how: Unpack[WaitOptions]) -> Many: ...
    @overload
    def __call__(self, id: Id | Sequence[Id], *, until: Literal["gone"], **how: Unpack[WaitOptions]) -> Gone: ...


class Waiter(OperationGroup[Mode]):
    """Waits for resources."""

    async def _wait_for(
        self, lifecycle: Lifecycle, id: int | str | Sequence[int | str], until: Until, plan: WaitPlan
    ) -> Any:
        """The resource once it is ready, a list for a list of ids; None once all of them are gone.

        Raises:
            ValueError: An id is empty or given twice, or `until` is unknown.
        """
        check_choice("until", until, get_args(Until))
        single = isinstance(id, int | str)
        ids = [id] if isinstance(id, int | str) else to_list("id", id)
        for one in ids:
            check_text("id", one)
        if twice := next((one for one in ids if ids.count(one) > 1), None):
            raise ValueError(f"id has {twice} twice")
        watch = LifecycleWatch(self._session, "wait", lifecycle, dict.fromkeys(ids), gone=until == "gone")
        await wait(self._session, watch, plan, at_once=True)
        found = watch.result()
        return None if until == "gone" else found[0] if single else found


class LifecycleOperations(Creation[Mode], Waiter[Mode]):
    """Creates, changes and destroys resources, and waits for them."""

    async def _create_and_wait(self, spec: CreateSpec, lifecycle: Lifecycle, plan: WaitPlan, wait: bool) -> Any:
        """Create a resource and return it; with `wait`, once it is ready."""
        made = await self._create_resource(spec, plan.deadline)
        with reporting_created(made):
            return await self._wait_until_active("create", made, lifecycle, plan) if wait else made

    async def _create_and_wait_unless_exists(
        self, spec: CreateSpec, lifecycle: Lifecycle, plan: WaitPlan, wait: bool
    ) -> Any:
        """Return the resource, and it again if it was created, else None; with `wait`, once it is ready."""
        there, made = await self._create_unless_exists(spec, plan.deadline)
        if not wait:
            return there, made
        if made is None:
            return await self._wait_until_active("create", there, lifecycle, plan), None
        with reporting_created(made):
            ready = await self._wait_until_active("create", made, lifecycle, plan)
        return ready, ready

    async def _replace(self, lifecycle: Lifecycle, id: str, body: Mapping[str, Any], plan: WaitPlan, wait: bool) -> Any:
        """Replace all of a resource and return it; with `wait`, once it is active."""
        request = Request("PUT", path(lifecycle.path_template, id=id), body=body, repeatable=True)
        changed = await self._session.call(request, plan.deadline, member_reader(lifecycle.key, dict))
        return await self._wait_until_active("update", changed, lifecycle, plan) if wait else changed

    async def _wait_until_active(self, what: str, resource: Any, lifecycle: Lifecycle, plan: WaitPlan) -> Any:
        """Return a resource once it is ready; of one that was not read yet, the id is enough.

        Raises:
            DOBOTOActionException: It failed.
        """
        watch = LifecycleWatch(self._session, what, lifecycle, {resource["id"]: resource})
        await wait(self._session, watch, plan)
        return watch.result()[0]

    async def _destroy_and_wait(
        self,
        lifecycle: Lifecycle,
        id: str,
        plan: WaitPlan,
        *,
        missing_ok: bool,
        until_gone: bool,
        request: Request | None = None,
    ) -> None:
        """Destroy a resource, by `request` if it is given; with `until_gone`, wait until reading it gives 404."""
        usual = Request("DELETE", path(lifecycle.path_template, id=id), repeatable=True)
        if await self._delete(request or usual, missing_ok, plan.deadline) and until_gone:
            await wait(self._session, DeletionWatch(self._session, id, lifecycle.request(id), lifecycle.key), plan)

    async def _change(
        self, request: Request, what: str, deadline: Deadline, is_done: Callable[[], Awaitable[bool]]
    ) -> None:
        """Send a change that must not be sent twice; if its response is lost, find out whether it happened.

        Raises:
            DOBOTOOutcomeUnknownException: The response was lost and the outcome could not be determined.
        """

        async def recover(_open: OpenRequest, failure: DOBOTOException) -> None:
            if why := await look_until_known(self._session, is_done, deadline):
                raise outcome_unknown(failure, request.body, what, why, [])

        await self._send_change(request, deadline, recover)

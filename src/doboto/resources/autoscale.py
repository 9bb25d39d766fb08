"""Autoscale pools."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, TypeAlias, Unpack

from .._core.attributes import check_attributes
from .._core.request import Request, filters, path
from .._io.protocol import OnEvent
from .._json import mapping
from .._operation import Coro, Mode, operation, stream
from .._operation.overloads import overloaded_operation
from .._wait.lifecycle import Lifecycle
from ..types import AutoscaleCreate, AutoscaleEvent, AutoscaleMember, AutoscalePool
from ._base.create import CreateSpec, has_name
from ._base.lifecycle import LifecycleOperations, Until, Waits

Pools: TypeAlias = list[AutoscalePool]
Members: TypeAlias = list[AutoscaleMember]
Events: TypeAlias = list[AutoscaleEvent]
Present: TypeAlias = tuple[AutoscalePool, AutoscalePool | None]
wait_operation = overloaded_operation[
    Waits[str, AutoscalePool, Pools, None], Waits[str, Coro[AutoscalePool], Coro[Pools], Coro[None]]
]


class AutoscaleOperations(LifecycleOperations[Mode]):
    """Autoscale pools: Droplets of one template, as many as are needed."""

    _noun = "pool"
    _parameters = {"name": "Only pools of this name."}

    @operation(ref="autoscalepools_list", scopes="droplet:read")
    async def list(self, *, name: str | None = None) -> Pools:
        """List all autoscale pools, or those of a name, all pages."""
        return await self._list_all("autoscale_pools", ALL, filters(name=name))

    @stream(ref="autoscalepools_list", scopes="droplet:read")
    async def each(self, *, name: str | None = None) -> AsyncGenerator[AutoscalePool, None]:
        """Iterate over autoscale pools; the next page is read in advance."""
        async for pool in self._iterate("autoscale_pools", ALL, filters(name=name)):
            yield pool

    @operation(
        ref="autoscalepools_create",
        scopes=("droplet:create", "image:read"),
        effect="create",
        scopes_with={"wait": ("droplet:read",)},
        scopes_note="ssh_key:read, tag:create, vpc:read and project:read for what the template uses",
    )
    async def create(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[AutoscaleCreate],
    ) -> AutoscalePool:
        """Create an autoscale pool, which creates its Droplets. They are charged for.

        Args:
            attributes: The pool's attributes:

                - `name` (str): its name, which can't be changed; required.
                - `config` (dict), required: `target_number_instances`, for a fixed number of Droplets; or
                  `min_instances` and `max_instances` with `target_cpu_utilization`, `target_memory_utilization`
                  (0.05 to 1) and `cooldown_minutes` (5 to 20).
                - `droplet_template` (dict), required: `region`, `size`, `image` (text, an id too) and `ssh_keys`
                  (list of str, may be empty), and what else there is to say of its Droplets.
            wait: If true, wait until it is active, with as many active Droplets as its configuration calls for.

        Raises:
            DOBOTOActionException: The pool could not make its Droplets, while waiting; `result` is the pool.
        """
        spec, plan = create_spec(attributes), self._plan(poll, timeout, progress)
        return await self._create_and_wait(spec, SCALING, plan, wait)

    @operation(
        ref=("autoscalepools_list", "autoscalepools_create"),
        scopes=("droplet:read", "droplet:create", "image:read"),
        effect="present",
        scopes_with={"wait": ("droplet:read",)},
        scopes_note="ssh_key:read, tag:create, vpc:read and project:read for what the template uses",
    )
    async def present(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[AutoscaleCreate],
    ) -> Present:
        """Create an autoscale pool unless there is one of its name.

        Args:
            wait: If true, wait until it is active, with its Droplets, whether it is new or not.
        """
        spec, plan = create_spec(attributes), self._plan(poll, timeout, progress)
        return await self._create_and_wait_unless_exists(spec, SCALING, plan, wait)

    @operation(
        ref="autoscalepools_get",
        scopes="droplet:read",
        scopes_note="the read scopes of what the template names to see those parts",
    )
    async def info(self, id: str) -> AutoscalePool:
        """Read one autoscale pool."""
        return await self._get("autoscale_pool", path(ONE, id=id))

    @operation(
        ref="autoscalepools_update",
        scopes=("droplet:create", "image:read"),
        effect="update",
        scopes_with={"wait": ("droplet:read",)},
        scopes_note="ssh_key:read, tag:create, vpc:read and project:read for what the template uses",
    )
    async def update(
        self,
        id: str,
        attribs: AutoscaleCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> AutoscalePool:
        """Change how an autoscale pool scales, or what its Droplets are like.

        Args:
            attribs: All attributes, as for `create`: what is not named is not kept. The name can't be changed. A pool
                as it was read will do, with some of it changed.
            wait: If true, wait until it is active, with as many active Droplets as its configuration calls for.

        Raises:
            DOBOTOActionException: The pool could not make its Droplets, while waiting; `result` is the pool.
        """
        body, plan = configuration_body(attribs), self._plan(poll, timeout, progress)
        return await self._replace(SCALING, id, body, plan, wait)

    @wait_operation(ref=("autoscalepools_get", "autoscalepools_list"), scopes="droplet:read", bulk=True)
    async def wait(
        self,
        id: str | Sequence[str],
        *,
        until: Until = "ready",
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> AutoscalePool | Pools | None:
        """Wait until autoscale pools have as many Droplets as they should, or until they no longer exist."""
        return await self._wait_for(SCALING, id, until, self._plan(poll, timeout, progress))

    @operation(
        ref=("autoscalepools_delete", "autoscalepools_delete_dangerous"),
        scopes="droplet:delete",
        effect="destroy",
        scopes_with={"wait": ("droplet:read",)},
        irreversible="The pool is lost.",
        irreversible_with={"dangerous": "All Droplets of the pool are lost with it."},
    )
    async def destroy(
        self,
        id: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        dangerous: bool = False,
        missing_ok: bool = False,
        progress: OnEvent | None = None,
    ) -> None:
        """Destroy an autoscale pool. Its Droplets stay and are charged for, unless they are to go along.

        Args:
            dangerous: If true, destroy ALL Droplets of the pool as well.
        """
        request = _dangerous(id) if dangerous else None
        plan = self._plan(poll, timeout, progress)
        await self._destroy_and_wait(SCALING, id, plan, missing_ok=missing_ok, until_gone=wait, request=request)

    @operation(ref="autoscalepools_list_members", scopes="droplet:read")
    async def member_list(self, id: str) -> Members:
        """List the Droplets of an autoscale pool: whether they are well, and how busy.

        Returns:
            A list of members.
        """
        return await self._list_all("droplets", path(f"{ONE}/members", id=id))

    @operation(ref="autoscalepools_list_history", scopes="droplet:read")
    async def history_list(self, id: str) -> Events:
        """List when an autoscale pool scaled, and why.

        Returns:
            A list of events.
        """
        return await self._list_all("history", path(f"{ONE}/history", id=id))


ALL, ONE = "/droplets/autoscale", "/droplets/autoscale/{id}"
ATTRIBUTES = ("name", "config", "droplet_template")
#: What a pool has beside its attributes: no request takes it.
SHOWN_ONLY = frozenset({"id", "current_utilization", "created_at", "updated_at", "status", "active_resources_count"})


def configuration_body(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a pool, all of them, without what is only shown."""
    given = check_attributes(attributes, needed=ATTRIBUTES)
    return {name: value for name, value in given.items() if name not in SHOWN_ONLY}


def create_spec(attributes: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a pool, which is identified by its name."""
    body = configuration_body(attributes)
    name = body["name"]
    request = Request("POST", ALL, body=body)
    return CreateSpec(f"autoscale pool {name}", request, "autoscale_pool", has_name(name), filters(name=name))


class Scaling(Lifecycle):
    """How a pool comes to be as its configuration calls for.

    The API calls it active from the beginning, so that its Droplets are counted as well.
    """

    def missing(self, resource: Mapping[str, Any]) -> str:
        """What a pool lacks of that, in words."""
        config, active = mapping(resource.get("config")), resource.get("active_resources_count", 0)
        fixed = config.get("target_number_instances")
        least, most = config.get("min_instances", fixed), config.get("max_instances", fixed)
        missing = super().missing(resource)
        if missing or least is None or most is None or least <= active <= most:
            return missing
        return f"{active} Droplets are active instead of {least if least == most else f'{least} to {most}'}"


SCALING = Scaling("autoscale_pool", ONE, ready="active", failed=frozenset({"error", "deleting"}))


def _dangerous(id: str) -> Request:
    return Request("DELETE", path(f"{ONE}/dangerous", id=id), headers={"X-Dangerous": "true"}, repeatable=True)

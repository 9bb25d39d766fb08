"""Reserved IPs, and floating IPs, which is their old name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeAlias

from .._core import pages
from .._core.attributes import check_attributes
from .._core.deadline import Deadline
from .._core.ownership import OpenRequest
from .._core.recovery import SKEW, parse_time
from .._core.request import Request, check_text, get
from .._io.protocol import OnEvent
from .._json import records
from .._operation import Mode, operation
from .._wait.lifecycle import Lifecycle, LifecycleWatch
from .._wait.polling import WaitPlan, wait
from .._wait.search import outcome_unknown
from ..errors import ArgumentValueError, DOBOTOActionException, DOBOTOException
from ..types import Action, ReservedIP
from ._base.addresses import Addresses, droplet_of
from ._base.create import CreateSpec, reporting_created
from ._base.lifecycle import Waiter

Actions: TypeAlias = list[Action]


class ReservedIPOperations(Addresses[Mode, ReservedIP], Waiter[Mode]):
    """Reserved IPs: public IPv4 addresses that stay, and move between Droplets."""

    _root = "/reserved_ips"
    _plural = "reserved_ips"
    _single = "reserved_ip"
    _noun = "reserved IP"

    @operation(
        ref=("reservedIPs_create", "floatingIPs_create"),
        scopes="reserved_ip:create",
        effect="create",
        scopes_with={"wait": ("reserved_ip:read",)},
        scopes_note="droplet:read to notice an address that could not be assigned, while waiting",
    )
    async def create(
        self,
        droplet_id: int | None = None,
        region: str | None = None,
        *,
        project_id: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> ReservedIP:
        """Reserve an address, for a Droplet or in a region.

        Args:
            droplet_id: The id of the Droplet to assign it to; or
            region: the slug of the region; ignored with `droplet_id`.
            project_id: UUID of the project that it belongs to. Default: the default project.
            wait: If true, wait until it is assigned; one for a region is ready when the API answers.

        Raises:
            ValueError: Neither `droplet_id` nor `region` is given, or one is empty.
            DOBOTONotFoundException: There is no such Droplet or project.
            DOBOTOPendingEventException: An action is running on the Droplet.
            DOBOTOUnprocessableException: The Droplet has such an address, or the account can't have more of them.
            DOBOTOActionException: It was reserved and could not be assigned, while waiting; it is in `created`.
        """
        plan = self._plan(poll, timeout, progress)
        made: ReservedIP = await self._create_resource(self._create_spec(droplet_id, region, project_id), plan.deadline)
        if not wait or droplet_id is None:
            return made
        with reporting_created(made):
            return await self._wait_until_assigned(made, droplet_id, plan)

    @operation(ref=("reservedIPsActions_list", "floatingIPsAction_list"), scopes="reserved_ip:read")
    async def action_list(self, ip: str) -> Actions:
        """List all actions of an address, running or over."""
        return await self._list_all("actions", self._actions(ip))

    @operation(ref=("reservedIPsActions_get", "floatingIPsAction_get"), scopes="reserved_ip:read")
    async def action_info(self, ip: str, action_id: int) -> Action:
        """Read one action of an address."""
        return await self._get("action", f"{self._actions(ip)}/{check_text('action_id', action_id)}")

    @operation(ref=("reservedIPs_get", "floatingIPs_get"), scopes="reserved_ip:read")
    async def wait(
        self, ip: str, *, poll: float = 5, timeout: float = 300, progress: OnEvent | None = None
    ) -> ReservedIP:
        """Wait until no action is running on an address: until it is assigned, or free.

        Returns:
            The address.

        Raises:
            DOBOTOVanishedException: It was released while it was waited for.
            DOBOTOPollingException: It took longer than `timeout`.
        """
        return await self._wait_for(self._lifecycle, ip, "ready", self._plan(poll, timeout, progress))

    @property
    def _lifecycle(self) -> Lifecycle:
        return Unlocking(self._single, f"{self._root}/{{id}}", None)

    def _create_spec(self, droplet_id: int | None, region: str | None, project_id: str | None) -> CreateSpec:
        """Return how to reserve an address, which is identified by the moment alone: see `_filter_created_since`."""
        if droplet_id is None and region is None:
            raise ArgumentValueError("give either {0} or {1}", "droplet_id", "region")
        if droplet_id is not None:
            region = None  # the Droplet's own counts, as in DOBOTO 0.6
        given = {"droplet_id": droplet_id, "region": region, "project_id": project_id}
        for name, value in given.items():
            if value is not None:
                check_text(name, value)

        def same(address: Mapping[str, Any]) -> bool:
            if droplet_id is not None:
                return droplet_of(address) in {None, droplet_id}
            return address["region"]["slug"] == region and droplet_of(address) is None

        return CreateSpec(
            f"{self._noun} for {f'Droplet {droplet_id}' if region is None else region}",
            Request("POST", self._root, body=check_attributes(given, {})),
            self._single,
            same,
        )

    async def _filter_created_since(self, resources: list[Any], since: float, deadline: Deadline) -> list[Any]:
        """An address does not show when it was reserved; its actions do, of which that is the first."""
        is_claimed = self._session.ownership.is_claimed
        free = [address for address in resources if not any(is_claimed((name, address["ip"])) for name in NAMES)]
        begun = await self._gather([partial(self._first_begun, address["ip"], deadline) for address in free])
        return [address for address, at in zip(free, begun, strict=True) if at is not None and at >= since - SKEW]

    async def _first_begun(self, ip: str, deadline: Deadline) -> float | None:
        """When the first of its newest actions began."""
        page = await self._session.call(get(self._actions(ip)), deadline, pages.page_reader("actions"))
        begun = (parse_time(action.get("started_at")) for action in records(list(page.items)))
        return min((one for one in begun if one is not None), default=None)

    async def _recover_created(
        self, spec: CreateSpec, deadline: Deadline, open_request: OpenRequest, failure: DOBOTOException
    ) -> Any:
        """Return the address once it is assigned to the Droplet, which it is when its action has completed."""
        found = await super()._recover_created(spec, deadline, open_request, failure)
        droplet_id = spec.request.body.get("droplet_id")
        if droplet_id is None or droplet_of(found) == droplet_id:
            return found
        try:
            return await self._wait_until_assigned(found, droplet_id, WaitPlan(LOOK, deadline))
        except DOBOTOException as doubt:
            why = f"found {found['ip']}, which may be another program's: {doubt}"
        raise outcome_unknown(failure, spec.asked, spec.what, why, [])

    async def _wait_until_assigned(self, address: ReservedIP, droplet_id: int, plan: WaitPlan) -> ReservedIP:
        """The address once its action is over.

        Raises:
            DOBOTOActionException: It is not the Droplet's then.
        """
        ip = address["ip"]
        watch = LifecycleWatch(self._session, "assign_ip", self._lifecycle, {ip: {"locked": True}})
        await wait(self._session, watch, plan)
        seen: ReservedIP = watch.result()[0]
        # The API leaves `droplet` out for a token without droplet:read.
        if "droplet" in seen and droplet_of(seen) != droplet_id:
            raise DOBOTOActionException(f"{self._noun} {ip} was not assigned to Droplet {droplet_id}", seen)
        return seen


#: Both names of the list: an address that was made by one of them is in the other too.
NAMES = ("reserved_ips", "floating_ips")
#: Seconds between two looks at an address whose response was lost.
LOOK = 2.0


class Unlocking(Lifecycle):
    """How an address becomes ready: it is locked while an action is running on it."""

    def missing(self, resource: Mapping[str, Any]) -> str:
        """That it is locked, if it is."""
        return "it is locked" if resource.get("locked") else ""

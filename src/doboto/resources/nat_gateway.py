"""VPC NAT gateways."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, TypeAlias, Unpack

from .._core.attributes import check_attributes
from .._core.request import Request, filters
from .._io.protocol import OnEvent
from .._operation import Coro, Mode, operation, stream
from .._operation.overloads import overloaded_operation
from .._wait.lifecycle import Lifecycle
from ..types import NATGateway, NATGatewayCreate, NATGatewayState, NATGatewayUpdate
from ._base.create import CreateSpec, has_name
from ._base.lifecycle import LifecycleOperations, Until, Waits

NATGateways: TypeAlias = list[NATGateway]
Present: TypeAlias = tuple[NATGateway, NATGateway | None]
wait_operation = overloaded_operation[
    Waits[str, NATGateway, NATGateways, None], Waits[str, Coro[NATGateway], Coro[NATGateways], Coro[None]]
]

#: API reference, `state` of a VPC NAT gateway.
LIFECYCLE = Lifecycle("vpc_nat_gateway", "/vpc_nat_gateways/{id}", "ACTIVE", frozenset({"ERROR", "INVALID"}), "state")


class NATGatewayOperations(LifecycleOperations[Mode]):
    """VPC NAT gateways: how Droplets without a public address reach the internet."""

    _noun = "gateway"
    _parameters = {
        "name": "Only the gateway of this name.",
        "state": "Only gateways in this state.",
        "region": "Only gateways in the region of this slug.",
        "type": "Only gateways of this type: `PUBLIC`.",
    }

    @operation(ref="vpcnatgateways_list", scopes="nat_gateway:read")
    async def list(
        self,
        *,
        name: str | None = None,
        state: NATGatewayState | None = None,
        region: str | None = None,
        type: str | None = None,
    ) -> NATGateways:
        """List all NAT gateways, or those of a name, a state, a region, a type, all pages."""
        return await self._list_all(ROOT, f"/{ROOT}", query(name, state, region, type))

    @stream(ref="vpcnatgateways_list", scopes="nat_gateway:read")
    async def each(
        self,
        *,
        name: str | None = None,
        state: NATGatewayState | None = None,
        region: str | None = None,
        type: str | None = None,
    ) -> AsyncGenerator[NATGateway, None]:
        """Iterate over NAT gateways; the next page is read in advance."""
        async for gateway in self._iterate(ROOT, f"/{ROOT}", query(name, state, region, type)):
            yield gateway

    @operation(
        ref="vpcnatgateways_create",
        scopes="nat_gateway:create",
        effect="create",
        scopes_with={"wait": ("nat_gateway:read",)},
    )
    async def create(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[NATGatewayCreate],
    ) -> NATGateway:
        """Create a NAT gateway in a VPC.

        Args:
            attributes: The gateway's attributes:

                - `name` (str): its name, unique in the account; required.
                - `type` (str): `PUBLIC`; required.
                - `region` (str): the slug of its VPC's region; required.
                - `size` (int): how large it is, 1 or more; required.
                - `vpcs` (list of one dict), required: `vpc_uuid` (str) and `default_gateway` (bool): the VPC's way out.
                - `udp_timeout_seconds`, `icmp_timeout_seconds`, `tcp_timeout_seconds` (int).
            wait: If true, wait until it is active, when it has its addresses.

        Raises:
            DOBOTONotFoundException: There is no such VPC.
            DOBOTOUnprocessableException: The name is taken, or the API refused them otherwise.
            DOBOTOActionException: The creation failed, while waiting.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._create_and_wait(create_spec(attributes), LIFECYCLE, plan, wait)

    @operation(
        ref=("vpcnatgateways_list", "vpcnatgateways_create"),
        scopes=("nat_gateway:read", "nat_gateway:create"),
        effect="present",
    )
    async def present(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[NATGatewayCreate],
    ) -> Present:
        """Create a NAT gateway unless there is one of its name.

        Args:
            wait: If true, wait until it is active, also if it existed before.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._create_and_wait_unless_exists(create_spec(attributes), LIFECYCLE, plan, wait)

    @operation(ref="vpcnatgateways_get", scopes="nat_gateway:read")
    async def info(self, id: str) -> NATGateway:
        """Read one NAT gateway."""
        return await self._fetch("vpc_nat_gateway", LIFECYCLE.request(id))

    @operation(
        ref="vpcnatgateways_update",
        scopes="nat_gateway:update",
        effect="update",
        scopes_with={"wait": ("nat_gateway:read",)},
    )
    async def update(
        self,
        id: str,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[NATGatewayUpdate],
    ) -> NATGateway:
        """Change a NAT gateway's name, size, time-outs or role in its VPC.

        Args:
            attributes: `name` (str) and `size` (int), which the API requires, and what else changes; see `create`. It
                cannot be moved to another VPC.
            wait: If true, wait until it is active.

        Raises:
            DOBOTOUnprocessableException: The name is taken, or the API refused them otherwise.
        """
        body = check_attributes(attributes, needed=("name", "size"), lists=("vpcs",))
        return await self._replace(LIFECYCLE, id, body, self._plan(poll, timeout, progress), wait)

    @wait_operation(ref=("vpcnatgateways_get", "vpcnatgateways_list"), scopes="nat_gateway:read", bulk=True)
    async def wait(
        self,
        id: str | Sequence[str],
        *,
        until: Until = "ready",
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> NATGateway | NATGateways | None:
        """Wait until NAT gateways are active, or until they no longer exist."""
        return await self._wait_for(LIFECYCLE, id, until, self._plan(poll, timeout, progress))

    @operation(
        ref="vpcnatgateways_delete",
        scopes="nat_gateway:delete",
        effect="destroy",
        scopes_with={"wait": ("nat_gateway:read",)},
        irreversible="The gateway is lost.",
    )
    async def destroy(
        self,
        id: str,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        missing_ok: bool = False,
        progress: OnEvent | None = None,
    ) -> None:
        """Destroy a NAT gateway.

        Args:
            wait: If true, wait until it no longer exists, when its VPC can be destroyed.
        """
        plan = self._plan(poll, timeout, progress)
        await self._destroy_and_wait(LIFECYCLE, id, plan, missing_ok=missing_ok, until_gone=wait)


#: Path and root key of the list.
ROOT = "vpc_nat_gateways"


def query(
    name: str | None, state: NATGatewayState | None, region: str | None, type: str | None
) -> Mapping[str, str | int]:
    """The filters of a list; unlike its responses, the API spells their values in lower case."""
    lowered = {"state": state, "region": region, "type": type}
    return filters(name=name, **{key: value and value.lower() for key, value in lowered.items()})


def create_spec(attributes: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a NAT gateway, which is identified by its name."""
    needed = ("name", "type", "region", "size", "vpcs")
    body = check_attributes(attributes, needed=needed, lists=("vpcs",))
    name = body["name"]
    return CreateSpec(
        f"NAT gateway {name}",
        Request("POST", f"/{ROOT}", body=body),
        "vpc_nat_gateway",
        has_name(name),
        filters(name=name),
    )

"""Load balancers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, Unpack, overload

from .._core.attributes import check_attributes, merge_attributes, to_nonempty_list
from .._core.request import Request, path
from .._io.protocol import OnEvent
from .._operation import Coro, Mode, One, operation, stream
from .._operation.overloads import overloaded_operation
from .._wait.lifecycle import Lifecycle
from ..errors import ArgumentValueError
from ..types import ForwardingRule, LoadBalancer, LoadBalancerCreate
from ._base.create import CreateSpec, has_name
from ._base.lifecycle import LifecycleOperations, Until, Waits

LoadBalancers: TypeAlias = list[LoadBalancer]
Present: TypeAlias = tuple[LoadBalancer, LoadBalancer | None]


class CreatesLoadBalancer(Protocol[One]):
    """Attributes as a mapping, as keyword arguments, or as both; keyword arguments override the mapping."""

    @overload
    def __call__(
        self,
        attribs: Mapping[str, Any],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
        **attributes: Any,
    ) -> One: ...
    @overload
    def __call__(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[LoadBalancerCreate],
    ) -> One: ...


class UpdatesLoadBalancer(Protocol[One]):
    """All attributes, as `CreatesLoadBalancer` takes them."""

    @overload
    def __call__(
        self,
        id: str,
        attribs: Mapping[str, Any],
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Any,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: str,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[LoadBalancerCreate],
    ) -> One: ...


create_operation = overloaded_operation[CreatesLoadBalancer[LoadBalancer], CreatesLoadBalancer[Coro[LoadBalancer]]]
present_operation = overloaded_operation[CreatesLoadBalancer[Present], CreatesLoadBalancer[Coro[Present]]]
update_operation = overloaded_operation[UpdatesLoadBalancer[LoadBalancer], UpdatesLoadBalancer[Coro[LoadBalancer]]]
wait_operation = overloaded_operation[
    Waits[str, LoadBalancer, LoadBalancers, None],
    Waits[str, Coro[LoadBalancer], Coro[LoadBalancers], Coro[None]],
]

#: API reference, `status` of a load balancer.
LIFECYCLE = Lifecycle("load_balancer", "/load_balancers/{id}", "active", frozenset({"errored"}))


class LoadBalancerOperations(LifecycleOperations[Mode]):
    """Load balancers: one address for many Droplets."""

    _noun = "load balancer"

    @operation(ref="loadBalancers_list", scopes="load_balancer:read")
    async def list(self) -> LoadBalancers:
        """List all load balancers, all pages."""
        return await self._list_all("load_balancers", "/load_balancers")

    @stream(ref="loadBalancers_list", scopes="load_balancer:read")
    async def each(self) -> AsyncGenerator[LoadBalancer, None]:
        """Iterate over load balancers; the next page is read in advance."""
        async for balancer in self._iterate("load_balancers", "/load_balancers"):
            yield balancer

    @create_operation(
        ref="loadBalancers_create",
        scopes="load_balancer:create",
        effect="create",
        scopes_with={"wait": ("load_balancer:read",)},
    )
    async def create(
        self,
        attribs: LoadBalancerCreate | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
        **attributes: Any,
    ) -> LoadBalancer:
        """Create a load balancer.

        Args:
            attribs: The load balancer's attributes, as a dict, as keyword arguments, or as both:

                - `name` (str): its name; required.
                - `forwarding_rules` (list of dict), required: each with `entry_protocol`, `entry_port`,
                  `target_protocol`, `target_port`, and for TLS `certificate_id` or `tls_passthrough`.
                - `region` (str): the region's slug; a global one has none.
                - `droplet_ids` (list of int): the Droplets behind it; or
                - `tag` (str): the tag whose Droplets are behind it.
                - `size_unit` (int): how many nodes it has. Default: 1.
                - `health_check`, `sticky_sessions`, `firewall` (dict): as in `doboto.types.load_balancer`.
                - `redirect_http_to_https`, `enable_proxy_protocol`, `enable_backend_keepalive` (bool).
                - `http_idle_timeout_seconds` (int): 30 to 600. Default: 60.
                - `vpc_uuid` (str), `project_id` (str): where it belongs. Default: the default ones.
                - `network` (str): `EXTERNAL` or `INTERNAL`; `network_stack` (str): `IPV4` or `DUALSTACK`.
                - `type` (str): `REGIONAL`, `REGIONAL_NETWORK` or `GLOBAL`, the latter with `domains`, `glb_settings`
                  and `target_load_balancer_ids`.
                - `tls_cipher_policy` (str), `disable_lets_encrypt_dns_records` (bool).
            wait: If true, wait until it is active, when it has its address.

        Raises:
            DOBOTOActionException: The creation failed, while waiting.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._create_and_wait(create_spec(attribs, attributes), LIFECYCLE, plan, wait)

    @present_operation(
        ref=("loadBalancers_list", "loadBalancers_create"),
        scopes=("load_balancer:read", "load_balancer:create"),
        effect="present",
    )
    async def present(
        self,
        attribs: LoadBalancerCreate | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
        **attributes: Any,
    ) -> Present:
        """Create a load balancer unless there is one of its name.

        Args:
            wait: If true, wait until it is active, also if it existed before.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._create_and_wait_unless_exists(create_spec(attribs, attributes), LIFECYCLE, plan, wait)

    @operation(ref="loadBalancers_get", scopes="load_balancer:read")
    async def info(self, id: str) -> LoadBalancer:
        """Read one load balancer."""
        return await self._get("load_balancer", path("/load_balancers/{id}", id=id))

    @update_operation(
        ref="loadBalancers_update",
        scopes="load_balancer:update",
        effect="update",
        scopes_with={"wait": ("load_balancer:read",)},
    )
    async def update(
        self,
        id: str,
        attribs: LoadBalancerCreate | None = None,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Any,
    ) -> LoadBalancer:
        """Replace a load balancer's configuration. FIELDS THAT ARE NOT GIVEN ARE RESET.

        Args:
            attribs: All its attributes, as for `create`.
            wait: If true, wait until it is active.

        Raises:
            DOBOTOForbiddenException: It is still busy with something else.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._replace(LIFECYCLE, id, configuration_body(attribs, attributes), plan, wait)

    @wait_operation(ref=("loadBalancers_get", "loadBalancers_list"), scopes="load_balancer:read", bulk=True)
    async def wait(
        self,
        id: str | Sequence[str],
        *,
        until: Until = "ready",
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> LoadBalancer | LoadBalancers | None:
        """Wait until load balancers are active, or until they no longer exist."""
        return await self._wait_for(LIFECYCLE, id, until, self._plan(poll, timeout, progress))

    @operation(
        ref="loadBalancers_delete",
        scopes="load_balancer:delete",
        effect="destroy",
        irreversible="The load balancer and its address are lost; the Droplets behind it stay.",
    )
    async def destroy(self, id: str, *, missing_ok: bool = False) -> None:
        """Destroy a load balancer. The Droplets behind it stay."""
        await self._delete(Request("DELETE", path("/load_balancers/{id}", id=id), repeatable=True), missing_ok)

    @operation(ref="loadBalancers_delete_cache", scopes="load_balancer:delete", effect="update")
    async def cache_purge(self, id: str) -> None:
        """Empty the cache of a global load balancer.

        Raises:
            DOBOTOUnprocessableException: It is no global one.
        """
        await self._send(Request("DELETE", path("/load_balancers/{id}/cache", id=id), repeatable=True))

    @operation(ref="loadBalancers_add_droplets", scopes="load_balancer:update", effect="update")
    async def droplet_add(self, id: str, droplet_ids: Sequence[int]) -> None:
        """Put Droplets behind a load balancer that has no tag.

        Raises:
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: It goes by a tag, or a Droplet is not there or in another VPC.
        """
        await self._send(droplets_request("POST", id, droplet_ids))

    @operation(ref="loadBalancers_remove_droplets", scopes="load_balancer:update", effect="update")
    async def droplet_remove(self, id: str, droplet_ids: Sequence[int]) -> None:
        """Take Droplets out from behind a load balancer.

        Raises:
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: It goes by a tag.
        """
        await self._send(droplets_request("DELETE", id, droplet_ids))

    @operation(
        ref="loadBalancers_add_forwardingRules",
        scopes="load_balancer:update",
        effect="update",
        scopes_note="load_balancer:read to recover from a lost response",
    )
    async def forwarding_rule_add(self, id: str, forwarding_rules: Sequence[ForwardingRule]) -> None:
        """Add forwarding rules to a load balancer.

        Args:
            forwarding_rules: The rules; see `create`.

        Raises:
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: A rule can't be, or its port is taken.
            DOBOTOOutcomeUnknownException: The response was lost and the outcome could not be determined.
        """
        await self._change_rules("POST", id, forwarding_rules, all)

    @operation(
        ref="loadBalancers_remove_forwardingRules",
        scopes="load_balancer:update",
        effect="update",
        scopes_note="load_balancer:read to recover from a lost response",
    )
    async def forwarding_rule_remove(self, id: str, forwarding_rules: Sequence[ForwardingRule]) -> None:
        """Remove forwarding rules from a load balancer; one must stay.

        Args:
            forwarding_rules: The rules, exactly as they are; see `create`.

        Raises:
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: None would be left.
            DOBOTOOutcomeUnknownException: The response was lost and the outcome could not be determined.
        """
        await self._change_rules("DELETE", id, forwarding_rules, lambda there: not any(there))

    async def _change_rules(
        self, method: str, id: str, rules: Sequence[ForwardingRule], wanted: Callable[[Sequence[bool]], bool]
    ) -> None:
        """Send a change of rules; `wanted` says whether it happened, from which of them are there."""
        body = {"forwarding_rules": to_nonempty_list("forwarding_rules", rules)}
        request = Request(method, path("/load_balancers/{id}/forwarding_rules", id=id), body=body)
        deadline = self._session.deadline()

        async def is_done() -> bool:
            balancer = await self._fetch("load_balancer", LIFECYCLE.request(id), deadline)
            found = balancer["forwarding_rules"]
            return wanted([any(is_same_rule(rule, one) for one in found) for rule in rules])

        await self._change(request, f"the changed forwarding rules of load balancer {id}", deadline, is_done)


def configuration_body(attribs: Mapping[str, Any] | None, more: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that describe all of a load balancer.

    Raises:
        ValueError: One is missing, or Droplets are given both by id and by tag.
    """
    lists = ("forwarding_rules", "droplet_ids", "domains", "target_load_balancer_ids")
    is_global = merge_attributes(attribs, more).get("type") == "GLOBAL"  # it has `glb_settings` instead
    needed = ("name",) if is_global else ("name", "forwarding_rules")
    body = check_attributes(attribs, more, needed=needed, lists=lists)
    if body.get("tag") and body.get("droplet_ids"):
        raise ArgumentValueError("give either {0} or {1}", "droplet_ids", "tag")
    return body


def create_spec(attribs: Mapping[str, Any] | None, more: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a load balancer, which is identified by its name."""
    body = configuration_body(attribs, more)
    return CreateSpec(
        f"load balancer {body['name']}",
        Request("POST", "/load_balancers", body=body),
        "load_balancer",
        has_name(body["name"]),
    )


def is_same_rule(given: Mapping[str, Any], listed: Mapping[str, Any]) -> bool:
    """Return whether a forwarding rule is a listed one; members that are empty or false may be left out of either."""
    return all((value or None) == (listed.get(name) or None) for name, value in given.items())


def droplets_request(method: str, id: str, droplet_ids: Sequence[int]) -> Request:
    """A request that adds or removes Droplets; sent twice it does the same."""
    body = {"droplet_ids": to_nonempty_list("droplet_ids", droplet_ids)}
    return Request(method, path("/load_balancers/{id}/droplets", id=id), body=body, repeatable=True)

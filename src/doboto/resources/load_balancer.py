"""Load balancers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, Unpack, overload

from .._core.attributes import attributes_of, some
from .._core.request import Request, path
from .._operation import Coro, Mode, One, operation, stream
from .._overloads import attributes_operation
from ..progress import OnProgress
from ..types import ForwardingRule, LoadBalancerCreate
from ..types import LoadBalancer as LoadBalancerData
from ._base.create import CreateSpec, named
from ._base.lifecycle import Lifecycle, Settling

LoadBalancers: TypeAlias = list[LoadBalancerData]
Present: TypeAlias = tuple[LoadBalancerData, LoadBalancerData | None]


class Creates(Protocol[One]):
    """Attributes as a dict or as keyword arguments."""

    @overload
    def __call__(
        self,
        attribs: LoadBalancerCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnProgress | None = None,
        **attributes: Unpack[LoadBalancerCreate],
    ) -> One: ...


class Updates(Protocol[One]):
    """All attributes, as a dict or as keyword arguments."""

    @overload
    def __call__(
        self,
        id: str,
        attribs: LoadBalancerCreate,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnProgress | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: str,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnProgress | None = None,
        **attributes: Unpack[LoadBalancerCreate],
    ) -> One: ...


creating = attributes_operation[Creates[LoadBalancerData], Creates[Coro[LoadBalancerData]]]
presenting = attributes_operation[Creates[Present], Creates[Coro[Present]]]
updating = attributes_operation[Updates[LoadBalancerData], Updates[Coro[LoadBalancerData]]]

#: API reference, `status` of a load balancer.
LIFECYCLE = Lifecycle("load_balancer", "/load_balancers/{id}", "active", frozenset({"errored"}))


class LoadBalancer(Settling[Mode]):
    """Load balancers: one address for many Droplets."""

    @operation
    async def list(self) -> LoadBalancers:
        """List all load balancers; every page of them.

        Returns:
            A list of load balancers.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: load_balancer:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_list
        """
        return await self._all(LoadBalancerData, "load_balancers", "/load_balancers")

    @stream
    async def each(self) -> AsyncGenerator[LoadBalancerData, None]:
        """Go through load balancers one by one; from the middle of a page on, the next is read.

        Returns:
            An iterator over load balancers; an asynchronous one in `AsyncDO`.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: load_balancer:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_list
        """
        async for balancer in self._each(LoadBalancerData, "load_balancers", "/load_balancers"):
            yield balancer

    @creating
    async def create(
        self,
        attribs: LoadBalancerCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
        **attributes: Any,
    ) -> Any:
        """Create a load balancer.

        Args:
            attribs: The load balancer's attributes, as a dict, as keyword arguments, or as both:

                - `name` (str): its name.
                - `forwarding_rules` (list of dict): each with `entry_protocol`, `entry_port`, `target_protocol`,
                  `target_port`, and for TLS `certificate_id` or `tls_passthrough`.
                - `region` (str): the region's slug; a global one has none.
                - `droplet_ids` (list of int): the Droplets behind it; or
                - `tag` (str): the tag whose Droplets are behind it.
                - `size_unit` (int): how many nodes it has. Default: 1.
                - `health_check` (dict), `sticky_sessions` (dict), `firewall` (dict): see the reference.
                - `redirect_http_to_https`, `enable_proxy_protocol`, `enable_backend_keepalive` (bool).
                - `http_idle_timeout_seconds` (int): 30 to 600. Default: 60.
                - `vpc_uuid` (str), `project_id` (str): where it belongs. Default: the default ones.
                - `network` (str): `EXTERNAL` or `INTERNAL`; `network_stack` (str): `IPV4` or `DUALSTACK`.
                - `type` (str): `REGIONAL`, `REGIONAL_NETWORK` or `GLOBAL`, the latter with `domains`, `glb_settings`
                  and `target_load_balancer_ids`.
                - `tls_cipher_policy` (str), `disable_lets_encrypt_dns_records` (bool).
            wait: Whether to wait till it is active, which is when it has its address.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.
            attributes: Attributes as keyword arguments.

        Returns:
            The load balancer.

        Raises:
            ValueError, TypeError: The attributes can't be right; nothing was created.
            DOBOTOUnprocessableException: The API refused them.
            DOBOTOActionException: The creation failed, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.
            DOBOTOOutcomeUnknownException: The answer was lost, and looking did not settle it.

        Scopes: load_balancer:create; with `wait` also load_balancer:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
        """
        plan = self._plan(poll, timeout, progress)
        return await self._make_and_settle(create_spec(attribs, attributes), LIFECYCLE, plan, wait)

    @presenting
    async def present(
        self,
        attribs: LoadBalancerCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
        **attributes: Any,
    ) -> Any:
        """Create a load balancer unless there is one of its name.

        Args:
            attribs: The load balancer's attributes, as for `create`; those of one that is there are not compared.
            wait: Whether to wait till it is active, one that was there included.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.
            attributes: Attributes as keyword arguments.

        Returns:
            A tuple of the load balancer and the same load balancer if it was created, else None.

        Raises:
            ValueError, TypeError: The attributes can't be right; nothing was created.
            DOBOTOException: As `create`.

        Scopes: load_balancer:read, load_balancer:create.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_list,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_create
        """
        plan = self._plan(poll, timeout, progress)
        return await self._make_and_settle_unless_there(create_spec(attribs, attributes), LIFECYCLE, plan, wait)

    @operation
    async def info(self, id: str) -> LoadBalancerData:
        """Read one load balancer.

        Args:
            id: The load balancer's id.

        Returns:
            The load balancer.

        Raises:
            DOBOTONotFoundException: There is no such load balancer.

        Scopes: load_balancer:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_get
        """
        return await self._got(LoadBalancerData, "load_balancer", path("/load_balancers/{id}", id=id))

    @updating
    async def update(
        self,
        id: str,
        attribs: LoadBalancerCreate,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnProgress | None = None,
        **attributes: Any,
    ) -> Any:
        """Describe a load balancer anew. WHAT IS LEFT OUT GETS ITS DEFAULT AGAIN, as the API has it.

        Args:
            id: The load balancer's id.
            attribs: All its attributes, as for `create`.
            wait: Whether to wait till it is active.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.
            attributes: Attributes as keyword arguments.

        Returns:
            The load balancer as it is now.

        Raises:
            ValueError, TypeError: The attributes can't be right; nothing was changed.
            DOBOTONotFoundException: There is no such load balancer.
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: The API refused them.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.

        Scopes: load_balancer:update; with `wait` also load_balancer:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_update
        """
        plan = self._plan(poll, timeout, progress)
        return await self._replace(LIFECYCLE, id, attributes_for(attribs, attributes), plan, wait)

    @operation
    async def destroy(self, id: str, *, missing_ok: bool = False) -> None:
        """Destroy a load balancer. The Droplets behind it stay.

        Args:
            id: The load balancer's id.
            missing_ok: Whether it is fine that there is no such load balancer.

        Raises:
            DOBOTONotFoundException: There is no such load balancer, and `missing_ok` is False.

        Scopes: load_balancer:delete.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_delete
        """
        await self._remove(Request("DELETE", path("/load_balancers/{id}", id=id), repeatable=True), missing_ok)

    @operation
    async def cache_purge(self, id: str) -> None:
        """Empty the cache of a global load balancer.

        Args:
            id: The load balancer's id.

        Raises:
            DOBOTONotFoundException: There is no such load balancer.
            DOBOTOUnprocessableException: It is no global one.

        Scopes: load_balancer:delete.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_delete_cache
        """
        await self._none(Request("DELETE", path("/load_balancers/{id}/cache", id=id), repeatable=True))

    @operation
    async def droplet_add(self, id: str, droplet_ids: Sequence[int]) -> None:
        """Put Droplets behind a load balancer that has no tag.

        Args:
            id: The load balancer's id.
            droplet_ids: The Droplets' ids.

        Raises:
            ValueError, TypeError: There are none, or it is no list.
            DOBOTONotFoundException: There is no such load balancer.
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: It goes by a tag, or a Droplet is not there or in another VPC.

        Scopes: load_balancer:update.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_add_droplets
        """
        await self._none(droplets("POST", id, droplet_ids))

    @operation
    async def droplet_remove(self, id: str, droplet_ids: Sequence[int]) -> None:
        """Take Droplets out from behind a load balancer.

        Args:
            id: The load balancer's id.
            droplet_ids: The Droplets' ids.

        Raises:
            ValueError, TypeError: There are none, or it is no list.
            DOBOTONotFoundException: There is no such load balancer.
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: It goes by a tag.

        Scopes: load_balancer:update.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_remove_droplets
        """
        await self._none(droplets("DELETE", id, droplet_ids))

    @operation
    async def forwarding_rule_add(self, id: str, forwarding_rules: Sequence[ForwardingRule]) -> None:
        """Add forwarding rules to a load balancer.

        Args:
            id: The load balancer's id.
            forwarding_rules: The rules; see `create`.

        Raises:
            ValueError, TypeError: There are none, or it is no list.
            DOBOTONotFoundException: There is no such load balancer.
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: A rule can't be, or its port is taken.
            DOBOTOOutcomeUnknownException: The answer was lost, and looking did not settle it.

        Scopes: load_balancer:update; where an answer is lost also load_balancer:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_add_forwardingRules
        """
        await self._change_rules("POST", id, forwarding_rules, all)

    @operation
    async def forwarding_rule_remove(self, id: str, forwarding_rules: Sequence[ForwardingRule]) -> None:
        """Remove forwarding rules from a load balancer; one must stay.

        Args:
            id: The load balancer's id.
            forwarding_rules: The rules, exactly as they are.

        Raises:
            ValueError, TypeError: There are none, or it is no list.
            DOBOTONotFoundException: There is no such load balancer.
            DOBOTOForbiddenException: It is still busy with something else.
            DOBOTOUnprocessableException: None would be left.
            DOBOTOOutcomeUnknownException: The answer was lost, and looking did not settle it.

        Scopes: load_balancer:update; where an answer is lost also load_balancer:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/loadBalancers_remove_forwardingRules
        """
        await self._change_rules("DELETE", id, forwarding_rules, lambda there: not any(there))

    async def _change_rules(
        self, method: str, id: str, rules: Sequence[ForwardingRule], wanted: Callable[[Sequence[bool]], bool]
    ) -> None:
        """Send a change of rules; `wanted` says whether it happened, from which of them are there."""
        body = {"forwarding_rules": some("forwarding_rules", rules)}
        request = Request(method, path("/load_balancers/{id}/forwarding_rules", id=id), body=body)
        deadline = self._session.deadline()

        async def happened() -> bool:
            balancer = await self._one(LoadBalancerData, "load_balancer", LIFECYCLE.reading(id), deadline)
            found = balancer["forwarding_rules"]
            return wanted([any(rule.items() <= one.items() for one in found) for rule in rules])

        await self._change(request, f"the changed forwarding rules of load balancer {id}", deadline, happened)


def attributes_for(attribs: LoadBalancerCreate, more: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that describe all of a load balancer.

    Raises:
        ValueError: One is missing, or Droplets are given both by id and by tag.
    """
    lists = ("forwarding_rules", "droplet_ids", "domains", "target_load_balancer_ids")
    body = attributes_of(attribs, more, needed=("name", "forwarding_rules"), lists=lists)
    if body.get("tag") and body.get("droplet_ids"):
        raise ValueError("give either droplet_ids or tag")
    return body


def create_spec(attribs: LoadBalancerCreate, more: Mapping[str, Any]) -> CreateSpec:
    """How a load balancer is made: it is known by its name."""
    body = attributes_for(attribs, more)
    return CreateSpec(
        f"load balancer {body['name']}",
        Request("POST", "/load_balancers", body=body),
        "load_balancer",
        "/load_balancers",
        "load_balancers",
        named(body["name"]),
    )


def droplets(method: str, id: str, droplet_ids: Sequence[int]) -> Request:
    """A request that adds or removes Droplets; sent twice it does the same."""
    body = {"droplet_ids": some("droplet_ids", droplet_ids)}
    return Request(method, path("/load_balancers/{id}/droplets", id=id), body=body, repeatable=True)

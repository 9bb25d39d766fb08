"""Firewalls."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, Unpack, overload

from .._core.attributes import attributes_of, some
from .._core.request import Request, path
from .._json import mapping, records
from .._operation import Coro, Mode, One, operation, stream
from .._overloads import attributes_operation
from .._wait.polling import WaitPlan
from ..progress import OnProgress
from ..types import Firewall as FirewallData
from ..types import FirewallCreate, InboundRule, OutboundRule
from ._base.create import CreateSpec, named
from ._base.lifecycle import Lifecycle, Settling

Firewalls: TypeAlias = list[FirewallData]
Present: TypeAlias = tuple[FirewallData, FirewallData | None]


class Creates(Protocol[One]):
    """Attributes as a dict or as keyword arguments."""

    @overload
    def __call__(
        self,
        attribs: FirewallCreate,
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
        **attributes: Unpack[FirewallCreate],
    ) -> One: ...


class Updates(Protocol[One]):
    """All attributes, as a dict or as keyword arguments."""

    @overload
    def __call__(
        self,
        id: str,
        attribs: FirewallCreate,
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
        **attributes: Unpack[FirewallCreate],
    ) -> One: ...


creating = attributes_operation[Creates[FirewallData], Creates[Coro[FirewallData]]]
presenting = attributes_operation[Creates[Present], Creates[Coro[Present]]]
updating = attributes_operation[Updates[FirewallData], Updates[Coro[FirewallData]]]

#: API reference, `status` of a firewall.
LIFECYCLE = Lifecycle("firewall", "/firewalls/{id}", "succeeded", frozenset({"failed"}))


class Firewall(Settling[Mode]):
    """Cloud firewalls: they drop what no rule lets through."""

    @operation
    async def list(self) -> Firewalls:
        """List all firewalls; every page of them.

        Returns:
            A list of firewalls.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: firewall:read; droplet:read and tag:read to see what they protect.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_list
        """
        return await self._all(FirewallData, "firewalls", "/firewalls")

    @stream
    async def each(self) -> AsyncGenerator[FirewallData, None]:
        """Go through firewalls one by one; from the middle of a page on, the next is read.

        Returns:
            An iterator over firewalls; an asynchronous one in `AsyncDO`.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: firewall:read; droplet:read and tag:read to see what they protect.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_list
        """
        async for firewall in self._each(FirewallData, "firewalls", "/firewalls"):
            yield firewall

    @creating
    async def create(
        self,
        attribs: FirewallCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
        **attributes: Any,
    ) -> Any:
        """Create a firewall.

        Args:
            attribs: The firewall's attributes, as a dict, as keyword arguments, or as both:

                - `name` (str): its name, unique in the account.
                - `inbound_rules` (list of dict): what may come in, each with `protocol` (`tcp`, `udp`, `icmp`),
                  `ports` (`22`, `8000-9000`, `0` for all) and `sources` (dict of `addresses`, `droplet_ids`,
                  `load_balancer_uids`, `kubernetes_ids`, `tags`).
                - `outbound_rules` (list of dict): what may go out, likewise with `destinations`.
                - `droplet_ids` (list of int): Droplets to protect.
                - `tags` (list of str): tags whose Droplets are to be protected.
            wait: Whether to wait till it is applied to every Droplet.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.
            attributes: Attributes as keyword arguments.

        Returns:
            The firewall.

        Raises:
            ValueError, TypeError: The attributes can't be right; nothing was created.
            DOBOTOConflictException: There is a firewall of that name.
            DOBOTOUnprocessableException: The API refused them.
            DOBOTOActionException: It could not be applied, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.
            DOBOTOOutcomeUnknownException: The answer was lost, and looking did not settle it.

        Scopes: firewall:create; for what is used droplet:read, tag:read; with `wait` also firewall:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_create
        """
        plan = self._plan(poll, timeout, progress)
        return await self._make_and_settle(create_spec(attribs, attributes), LIFECYCLE, plan, wait)

    @presenting
    async def present(
        self,
        attribs: FirewallCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
        **attributes: Any,
    ) -> Any:
        """Create a firewall unless there is one of its name.

        Args:
            attribs: The firewall's attributes, as for `create`; those of one that is there are not compared.
            wait: Whether to wait till it is applied to every Droplet, one that was there included.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.
            attributes: Attributes as keyword arguments.

        Returns:
            A tuple of the firewall and the same firewall if it was created, else None.

        Raises:
            ValueError, TypeError: The attributes can't be right; nothing was created.
            DOBOTOException: As `create`.

        Scopes: firewall:read, and those of `create`.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_list,
            https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_create
        """
        plan = self._plan(poll, timeout, progress)
        return await self._make_and_settle_unless_there(create_spec(attribs, attributes), LIFECYCLE, plan, wait)

    @operation
    async def info(self, id: str) -> FirewallData:
        """Read one firewall.

        Args:
            id: The firewall's id.

        Returns:
            The firewall.

        Raises:
            DOBOTONotFoundException: There is no such firewall.

        Scopes: firewall:read; droplet:read and tag:read to see what it protects.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_get
        """
        return await self._got(FirewallData, "firewall", path("/firewalls/{id}", id=id))

    @updating
    async def update(
        self,
        id: str,
        attribs: FirewallCreate,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnProgress | None = None,
        **attributes: Any,
    ) -> Any:
        """Describe a firewall anew. WHAT IS LEFT OUT GETS ITS DEFAULT AGAIN, as the API has it: it protects nothing.

        Args:
            id: The firewall's id.
            attribs: All its attributes, as for `create`.
            wait: Whether to wait till the change is applied to every Droplet.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.
            attributes: Attributes as keyword arguments.

        Returns:
            The firewall as it is now.

        Raises:
            ValueError, TypeError: The attributes can't be right; nothing was changed.
            DOBOTONotFoundException: There is no such firewall.
            DOBOTOConflictException: There is another firewall of that name.
            DOBOTOUnprocessableException: The API refused them.
            DOBOTOActionException: The change failed, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.

        Scopes: firewall:update, droplet:read, tag:read; with `wait` also firewall:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_update
        """
        plan = self._plan(poll, timeout, progress)
        return await self._replace(LIFECYCLE, id, attributes_for(attribs, attributes), plan, wait)

    @operation
    async def destroy(self, id: str, *, missing_ok: bool = False) -> None:
        """Destroy a firewall. The Droplets behind it stay, and lose its protection.

        Args:
            id: The firewall's id.
            missing_ok: Whether it is fine that there is no such firewall.

        Raises:
            DOBOTONotFoundException: There is no such firewall, and `missing_ok` is False.

        Scopes: firewall:delete.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_delete
        """
        await self._remove(Request("DELETE", path("/firewalls/{id}", id=id), repeatable=True), missing_ok)

    @operation
    async def droplet_add(
        self,
        id: str,
        droplet_ids: Sequence[int],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> None:
        """Put Droplets behind a firewall.

        Args:
            id: The firewall's id.
            droplet_ids: The Droplets' ids.
            wait: Whether to wait till the change is applied to every Droplet.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.

        Raises:
            ValueError, TypeError: There are none, or it is no list.
            DOBOTONotFoundException: There is no such firewall.
            DOBOTOUnprocessableException: A Droplet is not there.
            DOBOTOActionException: The change failed, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.

        Scopes: firewall:update, droplet:read; with `wait` also firewall:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_assign_droplets
        """
        plan = self._plan(poll, timeout, progress)
        await self._extend("POST", id, "droplets", {"droplet_ids": some("droplet_ids", droplet_ids)}, plan, wait)

    @operation
    async def droplet_remove(
        self,
        id: str,
        droplet_ids: Sequence[int],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> None:
        """Take Droplets out from behind a firewall.

        Args:
            id: The firewall's id.
            droplet_ids: The Droplets' ids.
            wait: Whether to wait till the change is applied to every Droplet.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.

        Raises:
            ValueError, TypeError: There are none, or it is no list.
            DOBOTONotFoundException: There is no such firewall.
            DOBOTOActionException: The change failed, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.

        Scopes: firewall:update, droplet:read; with `wait` also firewall:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_delete_droplets
        """
        plan = self._plan(poll, timeout, progress)
        await self._extend("DELETE", id, "droplets", {"droplet_ids": some("droplet_ids", droplet_ids)}, plan, wait)

    @operation
    async def tag_add(
        self,
        id: str,
        tags: Sequence[str],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> None:
        """Put all Droplets with certain tags behind a firewall, now and later.

        Args:
            id: The firewall's id.
            tags: Names of the tags, which must exist.
            wait: Whether to wait till the change is applied to every Droplet.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.

        Raises:
            ValueError, TypeError: There are none, or it is no list.
            DOBOTONotFoundException: There is no such firewall.
            DOBOTOUnprocessableException: A tag is not there.
            DOBOTOActionException: The change failed, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.

        Scopes: firewall:update, tag:read; with `wait` also firewall:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_add_tags
        """
        plan = self._plan(poll, timeout, progress)
        await self._extend("POST", id, "tags", {"tags": some("tags", tags)}, plan, wait)

    @operation
    async def tag_remove(
        self,
        id: str,
        tags: Sequence[str],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> None:
        """Take tags off a firewall.

        Args:
            id: The firewall's id.
            tags: Names of the tags.
            wait: Whether to wait till the change is applied to every Droplet.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.

        Raises:
            ValueError, TypeError: There are none, or it is no list.
            DOBOTONotFoundException: There is no such firewall.
            DOBOTOActionException: The change failed, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.

        Scopes: firewall:update, tag:read; with `wait` also firewall:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_delete_tags
        """
        plan = self._plan(poll, timeout, progress)
        await self._extend("DELETE", id, "tags", {"tags": some("tags", tags)}, plan, wait)

    @operation
    async def rule_add(
        self,
        id: str,
        inbound_rules: Sequence[InboundRule] | None = None,
        outbound_rules: Sequence[OutboundRule] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> None:
        """Add rules to a firewall.

        Args:
            id: The firewall's id.
            inbound_rules: Rules for what comes in, with `protocol`, `ports` and `sources`; or
            outbound_rules: rules for what goes out, with `protocol`, `ports` and `destinations`; or both.
            wait: Whether to wait till the change is applied to every Droplet.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.

        Raises:
            ValueError, TypeError: There are no rules, or they are no list.
            DOBOTONotFoundException: There is no such firewall.
            DOBOTOUnprocessableException: A rule can't be.
            DOBOTOActionException: The change failed, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.
            DOBOTOOutcomeUnknownException: The answer was lost, and looking did not settle it.

        Scopes: firewall:update; with `wait`, and where an answer is lost, also firewall:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_add_rules
        """
        plan = self._plan(poll, timeout, progress)
        await self._change_rules("POST", id, both(inbound_rules, outbound_rules), plan, wait)

    @operation
    async def rule_remove(
        self,
        id: str,
        inbound_rules: Sequence[InboundRule] | None = None,
        outbound_rules: Sequence[OutboundRule] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> None:
        """Remove rules from a firewall, which must be given exactly as they are.

        Args:
            id: The firewall's id.
            inbound_rules: Rules for what comes in, with `protocol`, `ports` and `sources`; or
            outbound_rules: rules for what goes out, with `protocol`, `ports` and `destinations`; or both.
            wait: Whether to wait till the change is applied to every Droplet.
            poll: Seconds between two looks while waiting.
            timeout: Seconds that the whole call may take.
            progress: Called with a `Progress` after every look.

        Raises:
            ValueError, TypeError: There are no rules, or they are no list.
            DOBOTONotFoundException: There is no such firewall.
            DOBOTOUnprocessableException: A rule can't be.
            DOBOTOActionException: The change failed, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting.
            DOBOTOOutcomeUnknownException: The answer was lost, and looking did not settle it.

        Scopes: firewall:update; with `wait`, and where an answer is lost, also firewall:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/firewalls_delete_rules
        """
        plan = self._plan(poll, timeout, progress)
        await self._change_rules("DELETE", id, both(inbound_rules, outbound_rules), plan, wait)

    async def _extend(
        self, method: str, id: str, part: str, body: Mapping[str, Any], plan: WaitPlan, wait: bool
    ) -> None:
        """Add or remove what is protected; sent twice it does the same."""
        where = f"{path('/firewalls/{id}', id=id)}/{part}"
        await self._none(Request(method, where, body=body, repeatable=True), plan.deadline)
        await self._applied(id, plan, wait)

    async def _change_rules(
        self, method: str, id: str, rules: Mapping[str, Sequence[Any]], plan: WaitPlan, wait: bool
    ) -> None:
        request = Request(method, path("/firewalls/{id}/rules", id=id), body=rules)

        async def happened() -> bool:
            firewall = await self._one(FirewallData, "firewall", LIFECYCLE.reading(id), plan.deadline)
            there = [among(rule, records(firewall.get(side))) for side, some in rules.items() for rule in some]
            return all(there) if method == "POST" else not any(there)

        await self._change(request, f"the changed rules of firewall {id}", plan.deadline, happened)
        await self._applied(id, plan, wait)

    async def _applied(self, id: str, plan: WaitPlan, wait: bool) -> None:
        if wait:
            await self._settled("update", {"id": id}, LIFECYCLE, plan)


#: Both lists of rules, and where a rule of each says whom it lets through.
SIDES = {"inbound_rules": "sources", "outbound_rules": "destinations"}


def both(inbound: Sequence[InboundRule] | None, outbound: Sequence[OutboundRule] | None) -> dict[str, Any]:
    """Rules for both directions, as far as there are any.

    Raises:
        ValueError: There are none.
        TypeError: They are no list.
    """
    given = {"inbound_rules": inbound, "outbound_rules": outbound}
    rules = {side: some(side, found) for side, found in given.items() if found is not None}
    if not rules:
        raise ValueError("give inbound_rules, outbound_rules, or both")
    return rules


def attributes_for(attribs: FirewallCreate, more: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that describe all of a firewall.

    Raises:
        ValueError: There is no name, or no rule at all.
    """
    body = attributes_of(attribs, more, needed=("name",), lists=(*SIDES, "droplet_ids", "tags"))
    if not any(body.get(side) for side in SIDES):
        raise ValueError("a firewall needs at least one rule in inbound_rules or outbound_rules")
    return body


def create_spec(attribs: FirewallCreate, more: Mapping[str, Any]) -> CreateSpec:
    """How a firewall is made: it is known by its name."""
    body = attributes_for(attribs, more)
    return CreateSpec(
        f"firewall {body['name']}",
        Request("POST", "/firewalls", body=body),
        "firewall",
        "/firewalls",
        "firewalls",
        named(body["name"]),
    )


def among(rule: Mapping[str, Any], rules: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a rule is among others, spelled as the API lists them."""
    return any(spelled(rule) == spelled(one) for one in rules)


def spelled(rule: Mapping[str, Any]) -> tuple[Any, ...]:
    """A rule in one spelling: all ports are `0`, and always so for `icmp`; who is meant comes in any order."""
    protocol, ports = str(rule.get("protocol")).lower(), str(rule.get("ports")).replace(" ", "")
    peers = {
        (peer, member, str(item))
        for peer in SIDES.values()
        for member, items in mapping(rule.get(peer)).items()
        for item in items or ()
    }
    return protocol, "0" if protocol == "icmp" or ports in {"0", "all"} else ports, peers

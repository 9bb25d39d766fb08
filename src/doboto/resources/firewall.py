"""Firewalls."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, Unpack

from .._core.attributes import check_attributes, to_nonempty_list
from .._core.firewall_rules import ADD, REMOVE, SIDES, RuleChange, Rules, are_same, to_wire_form
from .._core.request import Request, path
from .._io.protocol import OnEvent
from .._operation import Coro, Mode, operation, stream
from .._operation.overloads import overloaded_operation
from .._wait.lifecycle import Lifecycle
from .._wait.polling import WaitPlan
from ..errors import ArgumentValueError
from ..types import Firewall, FirewallCreate, InboundRule, OutboundRule
from ._base.create import CreateSpec, has_name
from ._base.lifecycle import LifecycleOperations, Until, Waits

Firewalls: TypeAlias = list[Firewall]
Present: TypeAlias = tuple[Firewall, Firewall | None]
wait_operation = overloaded_operation[
    Waits[str, Firewall, Firewalls, None], Waits[str, Coro[Firewall], Coro[Firewalls], Coro[None]]
]

#: API reference, `status` of a firewall.
LIFECYCLE = Lifecycle("firewall", "/firewalls/{id}", "succeeded", frozenset({"failed"}))


class FirewallOperations(LifecycleOperations[Mode]):
    """Cloud firewalls: they drop what no rule lets through."""

    _noun = "firewall"
    _parameters = {"wait": "If true, wait until the change is applied to every Droplet."}

    @operation(
        ref="firewalls_list", scopes="firewall:read", scopes_note="droplet:read and tag:read to see what they protect"
    )
    async def list(self) -> Firewalls:
        """List all firewalls, all pages."""
        return await self._list_all("firewalls", "/firewalls")

    @stream(
        ref="firewalls_list", scopes="firewall:read", scopes_note="droplet:read and tag:read to see what they protect"
    )
    async def each(self) -> AsyncGenerator[Firewall, None]:
        """Iterate over firewalls; the next page is read in advance."""
        async for firewall in self._iterate("firewalls", "/firewalls"):
            yield firewall

    @operation(
        ref="firewalls_create",
        scopes="firewall:create",
        effect="create",
        scopes_with={"wait": ("firewall:read",), "droplet_ids": ("droplet:read",), "tags": ("tag:create", "tag:read")},
    )
    async def create(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[FirewallCreate],
    ) -> Firewall:
        """Create a firewall.

        Args:
            attributes: The firewall's attributes:

                - `name` (str): its name, unique in the account; required, and so is a rule.
                - `inbound_rules` (list of dict): what may come in, each with `protocol` (`tcp`, `udp`, `icmp`),
                  `ports` (`22`, `8000-9000`, `0` for all) and `sources` (dict of `addresses`, `droplet_ids`,
                  `load_balancer_uids`, `kubernetes_ids`, `tags`).
                - `outbound_rules` (list of dict): what may go out, likewise with `destinations`.
                - `droplet_ids` (list of int): Droplets to protect.
                - `tags` (list of str): tags whose Droplets are to be protected.
            wait: If true, wait until it is applied to every Droplet.

        Raises:
            DOBOTOConflictException: There is a firewall of that name.
            DOBOTOActionException: It could not be applied, while waiting.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._create_and_wait(create_spec(attributes), LIFECYCLE, plan, wait)

    @operation(
        ref=("firewalls_list", "firewalls_create"),
        scopes=("firewall:read", "firewall:create"),
        effect="present",
        scopes_with={"droplet_ids": ("droplet:read",), "tags": ("tag:create", "tag:read")},
    )
    async def present(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[FirewallCreate],
    ) -> Present:
        """Create a firewall unless there is one of its name.

        Args:
            wait: If true, wait until it is applied to every Droplet, also if it existed before.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._create_and_wait_unless_exists(create_spec(attributes), LIFECYCLE, plan, wait)

    @operation(
        ref="firewalls_get", scopes="firewall:read", scopes_note="droplet:read and tag:read to see what it protects"
    )
    async def info(self, id: str) -> Firewall:
        """Read one firewall."""
        return await self._get("firewall", path("/firewalls/{id}", id=id))

    @operation(
        ref="firewalls_update",
        scopes=("firewall:update", "droplet:read", "tag:read"),
        effect="update",
        scopes_with={"wait": ("firewall:read",), "tags": ("tag:create",)},
    )
    async def update(
        self,
        id: str,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
        **attributes: Unpack[FirewallCreate],
    ) -> Firewall:
        """Replace a firewall's configuration. FIELDS THAT ARE NOT GIVEN ARE RESET.

        Without Droplets and tags it protects nothing.

        Args:
            attributes: All its attributes, as for `create`.

        Raises:
            DOBOTOConflictException: There is another firewall of that name.
        """
        plan = self._plan(poll, timeout, progress)
        return await self._replace(LIFECYCLE, id, configuration_body(attributes), plan, wait)

    @wait_operation(ref=("firewalls_get", "firewalls_list"), scopes="firewall:read", bulk=True)
    async def wait(
        self,
        id: str | Sequence[str],
        *,
        until: Until = "ready",
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Firewall | Firewalls | None:
        """Wait until firewalls are applied to every Droplet, or until they no longer exist."""
        return await self._wait_for(LIFECYCLE, id, until, self._plan(poll, timeout, progress))

    @operation(
        ref="firewalls_delete",
        scopes="firewall:delete",
        effect="destroy",
        irreversible="The firewall is lost, and its Droplets are no longer protected by it.",
    )
    async def destroy(self, id: str, *, missing_ok: bool = False) -> None:
        """Destroy a firewall. The Droplets behind it stay, and lose its protection."""
        await self._delete(Request("DELETE", path("/firewalls/{id}", id=id), repeatable=True), missing_ok)

    @operation(
        ref="firewalls_assign_droplets",
        scopes=("firewall:update", "droplet:read"),
        effect="update",
        scopes_with={"wait": ("firewall:read",)},
    )
    async def droplet_add(
        self,
        id: str,
        droplet_ids: Sequence[int],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> None:
        """Put Droplets behind a firewall.

        Raises:
            DOBOTOUnprocessableException: A Droplet is not there.
        """
        plan = self._plan(poll, timeout, progress)
        body = {"droplet_ids": to_nonempty_list("droplet_ids", droplet_ids)}
        await self._extend("POST", id, "droplets", body, plan, wait)

    @operation(
        ref="firewalls_delete_droplets",
        scopes=("firewall:update", "droplet:read"),
        effect="update",
        scopes_with={"wait": ("firewall:read",)},
    )
    async def droplet_remove(
        self,
        id: str,
        droplet_ids: Sequence[int],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> None:
        """Take Droplets out from behind a firewall."""
        plan = self._plan(poll, timeout, progress)
        body = {"droplet_ids": to_nonempty_list("droplet_ids", droplet_ids)}
        await self._extend("DELETE", id, "droplets", body, plan, wait)

    @operation(
        ref="firewalls_add_tags",
        scopes=("firewall:update", "tag:create", "tag:read"),
        effect="update",
        scopes_with={"wait": ("firewall:read",)},
    )
    async def tag_add(
        self,
        id: str,
        tags: Sequence[str],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> None:
        """Put all Droplets with certain tags behind a firewall, now and later.

        Args:
            tags: Names of the tags, which must exist.

        Raises:
            DOBOTOUnprocessableException: A tag is not there.
        """
        plan = self._plan(poll, timeout, progress)
        await self._extend("POST", id, "tags", {"tags": to_nonempty_list("tags", tags)}, plan, wait)

    @operation(
        ref="firewalls_delete_tags",
        scopes=("firewall:update", "tag:create", "tag:read"),
        effect="update",
        scopes_with={"wait": ("firewall:read",)},
    )
    async def tag_remove(
        self,
        id: str,
        tags: Sequence[str],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> None:
        """Take tags off a firewall.

        Args:
            tags: Names of the tags.
        """
        plan = self._plan(poll, timeout, progress)
        await self._extend("DELETE", id, "tags", {"tags": to_nonempty_list("tags", tags)}, plan, wait)

    @operation(
        ref=("firewalls_add_rules", "firewalls_get"), scopes=("firewall:read", "firewall:update"), effect="update"
    )
    async def rule_add(
        self,
        id: str,
        inbound_rules: Sequence[InboundRule] | None = None,
        outbound_rules: Sequence[OutboundRule] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> None:
        """Add rules to a firewall, but for those that it has, in any spelling.

        Args:
            inbound_rules: Rules for what comes in, with `protocol`, `ports` and `sources`; or
            outbound_rules: rules for what goes out, with `protocol`, `ports` and `destinations`; or both.

        Raises:
            ValueError, TypeError: There are no rules, or they are no list.
            DOBOTOUnprocessableException: A rule can't be.
            DOBOTOOutcomeUnknownException: The response was lost and the outcome could not be determined.
        """
        plan = self._plan(poll, timeout, progress)
        await self._change_rules(ADD, id, to_wire_form(inbound_rules, outbound_rules), plan, wait)

    @operation(
        ref=("firewalls_delete_rules", "firewalls_get"), scopes=("firewall:read", "firewall:update"), effect="update"
    )
    async def rule_remove(
        self,
        id: str,
        inbound_rules: Sequence[InboundRule] | None = None,
        outbound_rules: Sequence[OutboundRule] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> None:
        """Remove rules from a firewall, in any spelling: `all` or `0` for all ports, an address in any form.

        A rule is removed whole, so all that it lets through must be given.

        Args:
            inbound_rules: Rules for what comes in, with `protocol`, `ports` and `sources`; or
            outbound_rules: rules for what goes out, with `protocol`, `ports` and `destinations`; or both.

        Raises:
            ValueError, TypeError: There are no rules, or they are no list.
            DOBOTOUnprocessableException: A rule can't be.
            DOBOTOOutcomeUnknownException: The response was lost and the outcome could not be determined.
        """
        plan = self._plan(poll, timeout, progress)
        await self._change_rules(REMOVE, id, to_wire_form(inbound_rules, outbound_rules), plan, wait)

    async def _extend(
        self, method: str, id: str, part: str, body: Mapping[str, Any], plan: WaitPlan, wait: bool
    ) -> None:
        """Add or remove what is protected; sent twice it does the same."""
        where = f"{path('/firewalls/{id}', id=id)}/{part}"
        await self._send(Request(method, where, body=body, repeatable=True), plan.deadline)
        await self._wait_until_applied(id, plan, wait)

    async def _change_rules(self, change: RuleChange, id: str, rules: Rules, plan: WaitPlan, wait: bool) -> None:
        """Add or remove rules, in the spelling that the firewall has for them."""
        read = partial(self._fetch, "firewall", LIFECYCLE.request(id), plan.deadline)

        async def is_done() -> bool:
            return change.is_done(rules, await read())

        if body := change.body(rules, await read()):
            request = Request(change.method, path("/firewalls/{id}/rules", id=id), body=body)
            await self._change(request, f"the changed rules of firewall {id}", plan.deadline, is_done)
        await self._wait_until_applied(id, plan, wait)

    async def _wait_until_applied(self, id: str, plan: WaitPlan, wait: bool) -> None:
        if wait:
            await self._wait_until_active("update", {"id": id}, LIFECYCLE, plan)


def configuration_body(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that describe all of a firewall.

    Raises:
        ValueError: There is no name, or no rule at all.
    """
    body = check_attributes(attributes, needed=("name",), lists=(*SIDES, "droplet_ids", "tags"))
    if not any(body.get(side) for side in SIDES):
        raise ArgumentValueError("a firewall needs at least one rule in {0} or {1}", "inbound_rules", "outbound_rules")
    return body


def create_spec(attributes: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a firewall, which is identified by its name."""
    body = configuration_body(attributes)
    request = Request("POST", "/firewalls", body=body)
    rules = dict.fromkeys(SIDES, are_same)
    return CreateSpec(f"firewall {body['name']}", request, "firewall", has_name(body["name"]), rules=rules)

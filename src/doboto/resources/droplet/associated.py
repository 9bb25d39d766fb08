"""What belongs to a Droplet and outlives it, and destroying both together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..._core.attributes import to_list
from ..._core.request import Request, check_flag, check_text, get, path
from ..._io.protocol import OnEvent
from ..._json import mapping
from ..._operation import Mode, operation
from ...errors import (
    ArgumentTypeError,
    ArgumentValueError,
)
from ...types import AssociatedResources, AssociatedResourceSelection, DestroyStatus
from .._base.resource import OperationGroup

if TYPE_CHECKING:
    from .destruction import DropletDestruction

#: What can go along with a Droplet (API reference, selective_destroy_associated_resource).
KINDS = frozenset({"floating_ips", "reserved_ips", "snapshots", "volumes", "volume_snapshots"})

#: The scopes that destroying all of them needs.
DESTROY_SCOPES = (
    "droplet:delete", "block_storage:delete", "block_storage_snapshot:delete", "image:delete", "reserved_ip:delete",
)  # fmt: skip


class DropletAssociated(OperationGroup[Mode]):
    """Lists what belongs to a Droplet, and destroys it along with the Droplet."""

    _noun = "Droplet"
    _parameters = {"wait": "If true, wait until everything is destroyed."}

    @operation(
        ref="droplets_list_associatedResources",
        scopes="droplet:read",
        scopes_note="kinds of resources that the token cannot read are missing",
    )
    async def associated_resource_list(self, id: int) -> AssociatedResources:
        """List what belongs to a Droplet and would stay, and be charged for, if only the Droplet were destroyed.

        Returns:
            Lists: `reserved_ips`, `floating_ips`, `snapshots`, `volumes`, `volume_snapshots`.
        """
        return await self._session.call(get(path("/droplets/{id}/destroy_with_associated_resources", id=id)))

    @operation(
        ref=("droplets_destroy_withAssociatedResourcesSelective", "droplets_destroy_withAssociatedResourcesDangerous"),
        scopes=DESTROY_SCOPES,
        effect="destroy",
        irreversible="The Droplet and what is chosen to be destroyed with it are lost.",
    )
    async def destroy_with_associated_resources(
        self,
        id: int,
        resources: AssociatedResourceSelection | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        dangerous: bool = False,
        progress: OnEvent | None = None,
    ) -> DestroyStatus | None:
        """Destroy a Droplet and, with it, some or all of what belongs to it.

        Args:
            resources: What goes along: lists of ids, by the kinds that `associated_resource_list` has; its
                result, or a part of it, will do as it is. What is not named stays.
            dangerous: If true, destroy everything that belongs to the Droplet instead of naming it in `resources`.

        Returns:
            With `wait`, the status as `destroy_status` returns it; otherwise nothing.

        Raises:
            ValueError: Neither or both of `resources` and `dangerous` are given, or a kind that there is not.
            TypeError: `resources` is no dict of lists, or `dangerous` no boolean.
            DOBOTOActionException: Something could not be destroyed, while waiting; `result` is the status. Try again
                with `destroy_retry`.
        """
        if check_flag("dangerous", dangerous) == (resources is not None):
            raise ArgumentValueError(
                "give either {0}, to name what goes along, or {1:True} for everything", "resources", "dangerous"
            )
        plan = self._plan(poll, timeout, progress)
        request = _dangerous(id) if dangerous else _selective(id, resources)
        return await self._destruction().destroy_with_associated(id, request, plan, wait)

    @operation(ref="droplets_get_DestroyAssociatedResourcesStatus", scopes="droplet:delete")
    async def destroy_status(
        self, id: int, wait: bool = False, poll: float = 5, timeout: float = 300, *, progress: OnEvent | None = None
    ) -> DestroyStatus:
        """Read how far a destruction with associated resources has come, or wait for its end.

        Returns:
            What was destroyed when, what failed and why, and how many `failures` there are.

        Raises:
            DOBOTONotFoundException: There was no such destruction.
            DOBOTOActionException: Something could not be destroyed, while waiting.
        """
        plan = self._plan(poll, timeout, progress)
        if wait:
            return await self._destruction().wait_for_associated(id, plan, at_once=True)
        return await self._session.call(get(path("/droplets/{id}/destroy_with_associated_resources/status", id=id)))

    @operation(
        ref="droplets_destroy_retryWithAssociatedResources",
        scopes=DESTROY_SCOPES,
        effect="destroy",
        irreversible="The Droplet and what was chosen to be destroyed with it are lost.",
    )
    async def destroy_retry(
        self, id: int, wait: bool = False, poll: float = 5, timeout: float = 300, *, progress: OnEvent | None = None
    ) -> DestroyStatus | None:
        """Try again to destroy what could not be destroyed.

        Returns:
            With `wait`, the status as `destroy_status` returns it; otherwise nothing.

        Raises:
            DOBOTONotFoundException: There was no such destruction.
            DOBOTOConflictException: It is still going on.
            DOBOTOActionException: Something could not be destroyed again, while waiting.
        """
        plan = self._plan(poll, timeout, progress)
        request = Request("POST", path("/droplets/{id}/destroy_with_associated_resources/retry", id=id))
        return await self._destruction().destroy_with_associated(id, request, plan, wait)

    def _destruction(self) -> DropletDestruction:
        from .destruction import DropletDestruction  # not with every first request

        return DropletDestruction(self._session)


def _dangerous(id: int) -> Request:
    where = path("/droplets/{id}/destroy_with_associated_resources/dangerous", id=id)
    return Request("DELETE", where, headers={"X-Dangerous": "true"})


def _selective(id: int, resources: AssociatedResourceSelection | None) -> Request:
    where = path("/droplets/{id}/destroy_with_associated_resources/selective", id=id)
    return Request("DELETE", where, body=selection(resources))


def selection(resources: Any) -> dict[str, list[str]]:
    """What is to go along, by kind, as ids. What a list of associated resources has in their place is taken too.

    Raises:
        ValueError: There is no such kind: what was meant would stay, or something else go.
        TypeError: It is no dict of lists of ids.
    """
    if not isinstance(resources, Mapping):
        raise ArgumentTypeError(
            "{0} must be a dict of lists of ids, not {type}", "resources", type=type(resources).__name__
        )
    named = mapping(resources)
    if unknown_kinds := named.keys() - KINDS:
        raise ArgumentValueError(
            "{0} has no {unknown}; it has {known}",
            "resources",
            unknown=", ".join(sorted(unknown_kinds)),
            known=", ".join(sorted(KINDS)),
        )
    return {kind: [_id(kind, one) for one in to_list(kind, some)] for kind, some in named.items()}


def _id(kind: str, one: Any) -> str:
    id: Any = mapping(one).get("id") if isinstance(one, Mapping) else one
    return check_text(f"an id in {kind}", id)

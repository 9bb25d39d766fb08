"""Droplets."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Unpack

from ..._core.droplet.listing import Listing
from ..._core.droplet.target import Target
from ..._core.request import get, path
from ..._core.response import read_member
from ..._io.protocol import OnEvent
from ..._json import items
from ..._operation import Mode, operation, stream
from ...errors import DOBOTOInvalidResponseException
from ...types import Action, Droplet, DropletAttributes, DropletPlan, DropletSnapshot, Firewall, Kernel
from .actions import DropletActions
from .associated import DropletAssociated
from .backups import DropletBackups
from .create_overloads import Present, PresentMany, create_operation, present_operation
from .droplet_wait import DropletWait

if TYPE_CHECKING:
    from ..._core.deadline import Deadline
    from .create import DropletCreation
    from .lookup import DropletLookup

# A method named `list` hides the built-in type from the annotations of all methods after it.
Droplets: TypeAlias = list[Droplet]
Neighbors: TypeAlias = list[list[Droplet]]
Group: TypeAlias = list[int]
Snapshots: TypeAlias = list[DropletSnapshot]
Kernels: TypeAlias = list[Kernel]
Firewalls: TypeAlias = list[Firewall]
Actions: TypeAlias = list[Action]
#: Which Droplets a list has: those without GPU (what the API gives unless asked), those with one, or both.
DropletType: TypeAlias = Literal["droplets", "gpus", "all"]
#: What the lists declare.
LISTING: Mapping[str, Any] = {
    "ref": "droplets_list",
    "scopes": "droplet:read",
    "scopes_with": {"tag_name": ("tag:read",)},
    "scopes_note": "the read scopes of other resources to see their fields",
}
#: Scopes that attributes of a create need.
CREATE_SCOPES: Mapping[str, tuple[str, ...]] = {
    "tags": ("tag:create",),
    "ssh_keys": ("ssh_key:read",),
    "volumes": ("block_storage:read",),
    "vpc_uuid": ("vpc:read",),
    "project_id": ("project:read", "project:assign_resource", "droplet:read"),
}


class DropletOperations(DropletActions[Mode], DropletWait[Mode], DropletBackups[Mode], DropletAssociated[Mode]):
    """Droplets: DigitalOcean's virtual machines."""

    _noun = "Droplet"
    _parameters = {
        "tag_name": "Only Droplets with this tag; not together with `name` or `type`.",
        "name": "Only Droplets of this name, in upper or lower case.",
    }

    @operation(**LISTING)
    async def list(
        self, tag_name: str | None = None, *, name: str | None = None, type: DropletType | None = None
    ) -> Droplets:
        """List all Droplets, or those with a tag, a name or a type, all pages.

        The API leaves GPU Droplets out unless they are asked for, and so does this: `type="gpus"` lists them alone and
        `type="all"` lists both.

        Args:
            type: `droplets` (without GPU, the default), `gpus`, or `all` for both.

        Raises:
            ValueError: The filters exclude each other, or one is empty.
            DOBOTOException: A page could not be read; there is no list with pages missing.
        """
        deadline = self._session.deadline()
        queries = Listing.of(tag_name, name, type).queries()
        jobs = [partial(self._list_all, "droplets", "/droplets", query, deadline) for query in queries]
        return [droplet for droplets in await self._gather(jobs) for droplet in droplets]

    @stream(**LISTING)
    async def each(
        self, tag_name: str | None = None, *, name: str | None = None, type: DropletType | None = None
    ) -> AsyncGenerator[Droplet, None]:
        """Iterate over Droplets; the next page is read in advance."""
        for query in Listing.of(tag_name, name, type).queries():
            async for droplet in self._iterate("droplets", "/droplets", query):
                yield droplet

    @operation(ref="droplets_list_neighbors", scopes="droplet:read")
    async def neighbor_list(self, id: int) -> Droplets:
        """List the Droplets that run on the same physical server as this one.

        Returns:
            A list of Droplets, empty if it has no neighbors.
        """
        return await self._fetch_list("droplets", get(path("/droplets/{id}/neighbors", id=id)))

    @operation(ref="droplets_list_neighborsIds", scopes="droplet:read")
    async def droplet_neighbor_list(self) -> Neighbors:
        """List all Droplets that share a physical server with another one, server by server.

        The API reports ids; the Droplets are looked up with as few requests as can be: one by one when they are few,
        from the list of all when that takes fewer. A Droplet that is destroyed in between is left out.

        Returns:
            A list of lists of Droplets, one for each server.
        """
        deadline = self._session.deadline()
        groups = await self._session.call(get("/reports/droplet_neighbors_ids"), deadline, _groups)
        droplets = await self._lookup(deadline).by_ids(sorted({id for group in groups for id in group}))
        return [[droplets[id] for id in group if id in droplets] for group in groups]

    @create_operation(
        ref=("droplets_create", "projects_get", "projects_assign_resources"),
        scopes=("droplet:create", "image:read"),
        effect="create",
        scopes_with={"wait": ("droplet:read",), **CREATE_SCOPES},
        scopes_note="actions:read to notice a failed creation at once while waiting",
    )
    async def create(
        self,
        attribs: DropletAttributes | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnEvent | None = None,
        **attributes: Any,
    ) -> Droplet | Droplets:
        """Create a Droplet, or several alike but for their names.

        The attributes come as a dict, as keyword arguments, or as both::

            do.droplet.create({"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"})
            do.droplet.create(name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)

        A Droplet is ready when its create action has completed, it is active, and it has what was asked for: its
        public IPv4 address (unless `public_networking` is false), a private one (if `private_networking` or `vpc_uuid`
        was asked for), an IPv6 address (if `ipv6` was), its tags. It is then powered on, which is not yet booted:
        `ready_port=22` also waits until it accepts connections.

        Args:
            attribs: The Droplet's attributes:

                - `name` (str): its name and host name, required; or
                - `names` (list of str): a name for each of several, any number of them.
                - `size` (str): the size's slug, required; `do.size.list()` has all.
                - `image` (int or str): the image's id, or the slug of a public one, required.
                - `region` (str): the region's slug, or the beginning of one (`nyc`). Default: any region.
                - `ssh_keys` (list of int or str): ids or fingerprints of SSH keys for root.
                - `backups` (bool): whether to take backups, daily unless `backup_policy` says otherwise.
                - `backup_policy` (dict): `plan` ("daily" or "weekly"), `weekday` ("SUN"), `hour` (0, 4, ... 20).
                - `ipv6` (bool): whether to give an IPv6 address.
                - `private_networking` (bool): deprecated by DigitalOcean for `vpc_uuid` (str), the VPC to be in.
                - `user_data` (str): script or cloud-config for the first boot, up to 64 KiB.
                - `monitoring` (bool): whether to install the metrics agent.
                - `volumes` (list of str): ids of volumes to attach; also taken as `volume`.
                - `project_id` (str): the project to be in; assigned by a request of its own, right after the creation.
                - `tags` (list of str): tags to put on it.
                - `with_droplet_agent` (bool): whether the agent of the web console must, or must not, be installed.
                - `public_networking` (bool): False for no public address at all.
            wait: If true, wait until it is ready.
            ready_port: While waiting, also wait until this TCP port accepts connections.

        Returns:
            One Droplet, or a list of Droplets in the order of `names`.

        Raises:
            DOBOTOUnprocessableException: The API refused them. In the error's `created` is what was created before
                that, as in all that follow.
            DOBOTOOutcomeUnknownException: A response was lost and it is unknown whether all were created.
            DOBOTOActionException: The creation failed, while waiting.
            DOBOTOVanishedException: The Droplet is gone, while waiting.
            DOBOTOPollingException: It took longer than `timeout`, while waiting; its `ids` and `polling` have the
                Droplets.
        """
        creation = self._creation()
        request = creation.check(attribs, attributes, ready_port=ready_port, wait=wait)
        plan = self._plan(poll, timeout, progress)
        made = await creation.create(request, plan)
        droplets = await creation.wait_until_ready(made, request, plan, ready_port) if wait else made.droplets
        return droplets if request.many else droplets[0]

    @present_operation(
        ref=("droplets_create", "projects_get", "projects_assign_resources"),
        scopes=("droplet:read", "droplet:create", "image:read"),
        effect="present",
        scopes_with=CREATE_SCOPES,
        scopes_note="actions:read to notice a failed creation at once while waiting",
    )
    async def present(
        self,
        attribs: DropletAttributes | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnEvent | None = None,
        **attributes: Any,
    ) -> Present | PresentMany:
        """Create a Droplet unless there is one of its name, or those of several names that are missing.

        Names are compared exactly, on every page and among GPU Droplets too; where several Droplets share a name, the
        oldest counts. The API does not make names unique: two calls at the same time can both create one.
        Only those that are created are put into the project of `project_id`.

        Args:
            attribs: The Droplet's attributes, as for `create`; an existing Droplet is left as it is, what
                differs is reported as the event `Differs`, and its name is enough.
            wait: If true, wait until all are ready, including existing ones that are still `new`.
            ready_port: While waiting, also wait until this TCP port of the created ones accepts connections.

        Returns:
            With `name`, a tuple of the Droplet and the same Droplet if it was created, else None. With `names`, a
            tuple of all Droplets in the order of `names` and a list of those created, empty if all were there.

        Raises:
            ValueError, TypeError: The attributes can't be right, or a name is given twice; nothing was created.
            DOBOTOOutcomeUnknownException: A response was lost and it is unknown whether all were created.
        """
        creation = self._creation()
        request = creation.check(attribs, attributes, ready_port=ready_port, wait=wait, present=True)
        plan = self._plan(poll, timeout, progress)
        there = await self._lookup(plan.deadline).by_names(request)
        await self._report_differences(request.attribs, there)
        missing = request.only([name for name in request.names if name not in there])
        if missing.names:
            missing.check_complete()
        made = await creation.create(missing, plan) if missing.names else None
        created = made.droplets if made else []
        if made and wait:
            created = await creation.wait_until_ready(made, missing, plan, ready_port)
        if wait:
            there |= await creation.wait_for_existing(there, request, plan, created)
        everything = there | dict(zip(missing.names, created, strict=False))
        droplets = [everything[name] for name in request.names]
        return (droplets, created) if request.many else (droplets[0], created[0] if created else None)

    @operation(
        ref=(
            "sizes_list", "regions_list", "images_list", "account_get", "droplets_list", "sshKeys_list", "volumes_list",
            "vpcs_list", "projects_list",
        ),
        scopes_note="what the token cannot read is not checked: sizes:read, regions:read, image:read, account:read and "
        "droplet:read; ssh_key:read, block_storage:read, vpc:read and project:read for what is named",
    )  # fmt: skip
    async def plan(
        self,
        attribs: DropletAttributes | Mapping[str, Any] | None = None,
        *,
        present: bool = False,
        **attributes: Unpack[DropletAttributes],
    ) -> DropletPlan:
        """Check what `create` or `present` would send, with its price. Nothing is created.

        SSH keys, volumes, images, the VPC and the project may be given by name::

            plan = do.droplet.plan(PLAN, name="web-1", ssh_keys=["laptop"])
            if not plan["problems"]:
                do.droplet.create(plan["attributes"], wait=True)

        Slugs, what is offered in the region, the disk that the image needs, tags and the account's limit are checked,
        with some requests that only read.

        Args:
            attribs: The Droplet's attributes, as for `create`.
            present: If true, plan for `present`: Droplets that are there already are not created again.

        Returns:
            The attributes with ids in place of names, the requests, the price and what is wrong.

        Raises:
            ValueError, TypeError: The attributes can't be right.
        """
        request = self._creation().check(attribs, attributes, ready_port=None, wait=False, present=present)
        from ...plans.planner import Planner  # not with every first request

        deadline = self._session.deadline()
        existing = await self._lookup(deadline).by_names(request) if present else {}
        return await Planner(self._session, self._list_all, deadline).plan(request, existing)

    async def _report_differences(self, asked: Mapping[str, Any], there: Mapping[str, Any]) -> None:
        """Report in what existing Droplets, by name, differ from what is asked for."""
        from ..._core.equivalence.differences import find_droplet_differences  # not with every first request
        from ...events import Differs

        for name, droplet in there.items():
            if found := find_droplet_differences(asked, droplet):
                await self._session.emit(Differs("droplet", droplet["id"], name, found, droplet))

    def _creation(self) -> DropletCreation:
        from .create import DropletCreation  # not with every first request

        return DropletCreation(self._session)

    def _lookup(self, deadline: Deadline) -> DropletLookup:
        from .lookup import DropletLookup  # not with every first request

        return DropletLookup(self._session, deadline)

    @operation(
        ref="droplets_get", scopes="droplet:read", scopes_note="the read scopes of other resources to see their fields"
    )
    async def info(self, id: int) -> Droplet:
        """Read one Droplet."""
        return await self._get("droplet", path("/droplets/{id}", id=id))

    @operation(
        ref=("droplets_destroy", "droplets_destroy_byTag"),
        scopes="droplet:delete",
        effect="destroy",
        scopes_with={"wait": ("droplet:read",), "tag_name": ("tag:read",)},
        irreversible="The Droplet and all data on its disk are lost.",
        bulk=True,
    )
    async def destroy(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        missing_ok: bool = False,
        progress: OnEvent | None = None,
    ) -> None:
        """Destroy a Droplet, or ALL Droplets with a tag.

        What belongs to it and is charged for by itself (volumes, snapshots, reserved IPs) stays; see
        `destroy_with_associated_resources`.

        Args:
            id: The Droplet's id, or a list of ids; or
            tag_name: the tag whose Droplets are destroyed.
            wait: If true, wait until it no longer exists, when its volumes are free.

        Raises:
            DOBOTONotFoundException: There is no such Droplet or tag, and `missing_ok` is false. A tag may be unused.
            DOBOTOPendingEventException: Another action is running there, and `wait` is False.
            DOBOTOOutcomeUnknownException: By tag, the response was lost and the outcome could not be determined.
        """
        target = Target.of(id, tag_name)
        plan = self._plan(poll, timeout, progress)
        from .destruction import DropletDestruction  # not with every first request

        await DropletDestruction(self._session).destroy(target, plan, wait, missing_ok)

    @operation(ref="droplets_list_kernels", scopes="droplet:read")
    async def kernel_list(self, id: int) -> Kernels:
        """List the kernels that a Droplet can be given; none for Droplets made since March 2017.

        Returns:
            A list of kernels.
        """
        return await self._list_all("kernels", path("/droplets/{id}/kernels", id=id))

    @operation(ref="droplets_list_snapshots", scopes="droplet:read")
    async def snapshot_list(self, id: int) -> Snapshots:
        """List the snapshots made of a Droplet.

        Returns:
            A list of snapshots; `distribution`, `slug` and `public` as far as the API still sends them.
        """
        return await self._list_all("snapshots", path("/droplets/{id}/snapshots", id=id))

    @operation(ref="droplets_list_firewalls", scopes="firewall:read")
    async def firewall_list(self, id: int) -> Firewalls:
        """List the firewalls that a Droplet is behind, by its id or by a tag.

        Returns:
            A list of firewalls.
        """
        return await self._list_all("firewalls", path("/droplets/{id}/firewalls", id=id))

    @operation(ref="dropletActions_list", scopes="droplet:read")
    async def action_list(self, id: int) -> Actions:
        """List all actions of a Droplet, running or over."""
        return await self._list_all("actions", path("/droplets/{id}/actions", id=id))

    @operation(ref="dropletActions_get", scopes="droplet:read")
    async def action_info(self, id: int, action_id: int) -> Action:
        """Read one action of a Droplet."""
        return await self._get("action", path("/droplets/{id}/actions/{action}", id=id, action=action_id))


def _groups(response: Any) -> list[Group]:
    """The ids of the Droplets on each server.

    Raises:
        DOBOTOInvalidResponseException: They are no lists of ids.
    """
    groups: list[Any] = read_member(response, "neighbor_ids", list)
    if not all(isinstance(group, list) and all(type(id) is int for id in items(group)) for group in groups):
        raise DOBOTOInvalidResponseException(
            f"the response's neighbor_ids are no lists of ids: {str(groups)[:200]}", response
        )
    return groups

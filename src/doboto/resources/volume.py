"""Block storage volumes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, Unpack, cast, overload

from .._core.attributes import check_attributes, require
from .._core.deadline import Deadline
from .._core.request import Request, check_text, filters, get, path
from .._core.response import read_member
from .._io.protocol import OnEvent
from .._operation import Coro, Mode, One, operation, stream
from .._operation.overloads import overloaded_operation
from .._wait.lifecycle import Lifecycle
from ..errors import ArgumentTypeError, ArgumentValueError, DOBOTONotFoundException
from ..types import Action, Snapshot, Volume, VolumeCreate, VolumeCreateBase
from ._base.actions import ActionRunner, ActionSpec, action_spec
from ._base.create import CreateSpec, Creation, has_name
from ._base.lifecycle import Until, Waiter, Waits
from ._base.project import REFS, SCOPES

Volumes: TypeAlias = list[Volume]
Snapshots: TypeAlias = list[Snapshot]
Actions: TypeAlias = list[Action]
Tags: TypeAlias = list[str]
Present: TypeAlias = tuple[Volume, Volume | None]


class VolumeTemplate(VolumeCreateBase, total=False):
    """All attributes, none of them required beside a mapping that has the others."""

    name: str
    size_gigabytes: int


class CreatesVolume(Protocol[One]):
    """Attributes as a mapping, as keyword arguments, or as both; those override the mapping."""

    @overload
    def __call__(
        self,
        attribs: Mapping[str, Any],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        **attributes: Unpack[VolumeTemplate],
    ) -> One: ...
    @overload
    def __call__(
        self, *, wait: bool = False, poll: float = 5, timeout: float = 300, **attributes: Unpack[VolumeCreate]
    ) -> One: ...


create_operation = overloaded_operation[CreatesVolume[Volume], CreatesVolume[Coro[Volume]]]
present_operation = overloaded_operation[CreatesVolume[Present], CreatesVolume[Coro[Present]]]
wait_operation = overloaded_operation[
    Waits[str, Volume, Volumes, None], Waits[str, Coro[Volume], Coro[Volumes], Coro[None]]
]

#: Scopes that attributes of a create need.
CREATE_SCOPES = {"tags": ("tag:create",), "project_id": (*SCOPES, "block_storage:read")}
#: A volume has no state; its actions have.
LIFECYCLE = Lifecycle("volume", "/volumes/{id}", None, has_actions=True)


class VolumeOperations(Creation[Mode], ActionRunner[Mode], Waiter[Mode]):
    """Block storage: disks that Droplets are given and that outlive them."""

    _noun = "volume"
    _parameters = {"region": "Only volumes in the region of this slug.", "snapshot_id": "The snapshot's id."}

    @operation(ref="volumes_list", scopes="block_storage:read")
    async def list(self, region: str | None = None, *, name: str | None = None) -> Volumes:
        """List all volumes, or those of a region or a name, all pages.

        Args:
            name: Only volumes of this name; there may be one in each region.
        """
        return await self._list_all("volumes", "/volumes", filters(region=region, name=name))

    @stream(ref="volumes_list", scopes="block_storage:read")
    async def each(self, region: str | None = None, *, name: str | None = None) -> AsyncGenerator[Volume, None]:
        """Iterate over volumes; the next page is read in advance."""
        async for volume in self._iterate("volumes", "/volumes", filters(region=region, name=name)):
            yield volume

    @operation(ref=("volumes_get", "volumes_list"), scopes="block_storage:read")
    async def info(self, id: str | None = None, name: str | None = None, region: str | None = None) -> Volume:
        """Read one volume, by its id, or by its name and region.

        Args:
            id: The volume's id; or
            name: its name, with
            region: the slug of its region.

        Raises:
            ValueError: Neither the id, nor both name and region are given.
        """
        if by_id(id, name, region):
            return await self._get("volume", path("/volumes/{id}", id=id or ""))
        return await self._find_by_name(name or "", region)

    @create_operation(
        ref=("volumes_create", *REFS), scopes="block_storage:create", effect="create", scopes_with=CREATE_SCOPES
    )
    async def create(
        self,
        attribs: VolumeCreate | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        **attributes: Any,
    ) -> Volume:
        """Create a volume.

        Args:
            attribs: The volume's attributes, as a dict, as keyword arguments, or as both:

                - `name` (str): its name, unique in its region; required.
                - `region` (str): the region's slug; required without `snapshot_id`.
                - `size_gigabytes` (int): its size in GiB; required.
                - `description` (str): what it is for.
                - `snapshot_id` (str): a volume snapshot to make it from.
                - `filesystem_type` (str): `ext4` or `xfs`, to format it; `filesystem_label` (str) labels that.
                - `tags` (list of str): tags to put on it.
                - `project_id` (str): the project to be in; assigned by a request of its own, right after the creation.
            wait: A volume is ready when the API answers; there is nothing to wait for.
            poll: Not used.

        Raises:
            DOBOTOConflictException: There is a volume of that name in that region.
        """
        return await self._create_resource(create_spec(attribs, attributes), self._plan(poll, timeout, None).deadline)

    @present_operation(
        ref=("volumes_create", *REFS),
        scopes=("block_storage:read", "block_storage:create"),
        effect="present",
        scopes_with=CREATE_SCOPES,
    )
    async def present(
        self,
        attribs: VolumeCreate | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        **attributes: Any,
    ) -> Present:
        """Create a volume unless there is one of its name in its region, which stays in the project that it is in."""
        return await self._create_unless_exists(
            create_spec(attribs, attributes), self._plan(poll, timeout, None).deadline
        )

    @wait_operation(
        ref=("volumes_get", "volumes_list", "volumeActions_list"),
        scopes=("block_storage:read", "block_storage_action:read"),
        bulk=True,
    )
    async def wait(
        self,
        id: str | Sequence[str],
        *,
        until: Until = "ready",
        poll: float = 5,
        timeout: float = 300,
        progress: OnEvent | None = None,
    ) -> Volume | Volumes | None:
        """Wait until volumes have no running action, or until they no longer exist."""
        return await self._wait_for(LIFECYCLE, id, until, self._plan(poll, timeout, progress))

    @operation(
        ref=("volumes_delete", "volumes_delete_byName"),
        scopes="block_storage:delete",
        effect="destroy",
        irreversible="The volume and all data on it are lost.",
    )
    async def destroy(
        self, id: str | None = None, name: str | None = None, region: str | None = None, *, missing_ok: bool = False
    ) -> None:
        """Destroy a volume, by its id, or by its name and region. What is on it is lost.

        Args:
            id: The volume's id; or
            name: its name, with
            region: the slug of its region.

        Raises:
            ValueError: Neither the id, nor both name and region are given.
            DOBOTOConflictException: It is attached to a Droplet.
        """
        if by_id(id, name, region):
            request = Request("DELETE", path("/volumes/{id}", id=id or ""), repeatable=True)
        else:
            request = Request("DELETE", "/volumes", filters(name=name, region=region), repeatable=True)
        await self._delete(request, missing_ok)

    @operation(
        ref=("volumeActions_post_byId", "volumeActions_post"),
        scopes="block_storage_action:create",
        effect="action",
        scopes_with={"wait": ("block_storage_action:read",)},
        scopes_note="actions:read instead of block_storage_action:read while waiting for one given by name; "
        "block_storage:read to recover from a lost response",
    )
    async def attach(
        self,
        id: str | None = None,
        name: str | None = None,
        region: str | None = None,
        droplet_id: int | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Attach a volume to a Droplet in its region.

        Args:
            id: The volume's id; or
            name: its name, with
            region: the slug of its region, unless no other region has a volume of that name.

        Raises:
            ValueError: Neither the id nor the name is given, or no Droplet.
            DOBOTOUnprocessableException: It is attached already, or the Droplet can't have it.
        """
        body = {"type": "attach", "droplet_id": droplet_to(name, droplet_id)}
        plan = self._plan(poll, timeout, progress)
        return await self._run_action(self._action_on(id, name, region, body, plan.deadline), plan, wait)

    @operation(
        ref=("volumeActions_post_byId", "volumeActions_post"),
        scopes="block_storage_action:create",
        effect="action",
        scopes_with={"wait": ("block_storage_action:read",)},
        scopes_note="actions:read instead of block_storage_action:read while waiting for one given by name; "
        "block_storage:read to recover from a lost response",
    )
    async def detach(
        self,
        id: str | None = None,
        name: str | None = None,
        region: str | None = None,
        droplet_id: int | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Detach a volume from its Droplet.

        Args:
            id: The volume's id; or
            name: its name, with
            region: the slug of its region, unless no other region has a volume of that name.

        Raises:
            ValueError: Neither the id nor the name is given, or no Droplet.
            DOBOTONotFoundException: There is no such volume or Droplet, or it is not attached there.
        """
        body = {"type": "detach", "droplet_id": droplet_to(name, droplet_id)}
        plan = self._plan(poll, timeout, progress)
        return await self._run_action(self._action_on(id, name, region, body, plan.deadline), plan, wait)

    @operation(
        ref="volumeActions_post_byId",
        scopes="block_storage_action:create",
        effect="action",
        scopes_with={"wait": ("block_storage_action:read",)},
        scopes_note="block_storage:read to recover from a lost response",
        irreversible="A volume cannot be made smaller again.",
    )
    async def resize(
        self,
        id: str,
        size: int,
        region: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Make a volume larger. It never gets smaller again, and its file system has to be grown inside the Droplet.

        Args:
            size: The new size in GiB.
            region: The slug of its region.

        Raises:
            DOBOTOUnprocessableException: The size is not larger, or too large.
        """
        body = {"type": "resize", "size_gigabytes": size, **filters(region=region)}
        plan = self._plan(poll, timeout, progress)
        return await self._run_action(self._action_on(id, None, None, body, plan.deadline), plan, wait)

    @operation(ref="volumeSnapshots_list", scopes="block_storage_snapshot:read")
    async def snapshot_list(self, id: str) -> Snapshots:
        """List the snapshots made of a volume.

        Returns:
            A list of snapshots.
        """
        return await self._list_all("snapshots", path("/volumes/{id}/snapshots", id=id))

    @operation(
        ref="volumeSnapshots_create",
        scopes="block_storage_snapshot:create",
        effect="create",
        scopes_with={"tags": ("tag:create",)},
    )
    async def snapshot_create(
        self,
        id: str,
        snapshot_name: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        tags: Tags | None = None,
    ) -> Snapshot:
        """Make a snapshot of a volume.

        Args:
            snapshot_name: The snapshot's name.
            wait: A volume's snapshot is ready when the API answers; there is nothing to wait for.
            poll: Not used.
            tags: Names of tags to put on the snapshot.

        Returns:
            The snapshot.
        """
        listing = path("/volumes/{id}/snapshots", id=id)
        body = check_attributes({"name": check_text("snapshot_name", snapshot_name)}, {"tags": tags})
        what = f"snapshot {snapshot_name} of volume {id}"
        return await self._create_resource(
            CreateSpec(what, Request("POST", listing, body=body), "snapshot", has_name(snapshot_name), taggable=True),
            self._plan(poll, timeout, None).deadline,
        )

    @operation(ref="volumeSnapshots_get_byId", scopes="block_storage_snapshot:read")
    async def snapshot_info(self, snapshot_id: str) -> Snapshot:
        """Read one snapshot of a volume.

        Returns:
            The snapshot.
        """
        return await self._get("snapshot", path("/volumes/snapshots/{id}", id=snapshot_id))

    @operation(
        ref="volumeSnapshots_delete_byId",
        scopes="block_storage_snapshot:delete",
        effect="destroy",
        irreversible="The snapshot is lost.",
    )
    async def snapshot_destroy(self, snapshot_id: str) -> None:
        """Destroy one snapshot of a volume."""
        await self._send(Request("DELETE", path("/volumes/snapshots/{id}", id=snapshot_id), repeatable=True))

    @operation(ref="volumeActions_list", scopes="block_storage_action:read")
    async def action_list(self, id: str) -> Actions:
        """List all actions of a volume, running or over."""
        return await self._list_all("actions", path("/volumes/{id}/actions", id=id))

    @operation(ref="volumeActions_get", scopes="block_storage_action:read")
    async def action_info(self, id: str, action_id: int) -> Action:
        """Read one action of a volume."""
        return await self._get("action", path("/volumes/{id}/actions/{action}", id=id, action=action_id))

    async def _find_by_name(self, name: str, region: str | None, deadline: Deadline | None = None) -> Volume:
        """The volume of a name in a region.

        Raises:
            DOBOTONotFoundException: There is none.
        """
        found = await self._list_all("volumes", "/volumes", filters(name=name, region=region), deadline)
        if not found:
            raise DOBOTONotFoundException(f"there is no volume {name!r} in {region or 'any region'}")
        if len(found) > 1:
            raise DOBOTONotFoundException(f"several regions have a volume {name!r}: give the region")
        return found[0]

    def _action_on(
        self, id: str | None, name: str | None, region: str | None, body: Mapping[str, Any], deadline: Deadline
    ) -> ActionSpec:
        """An action on a volume, by its id, or by its name and region in one request as well."""
        type = TYPES[body["type"]]

        async def is_done() -> bool:
            if id is None:
                return has_effect(await self._find_by_name(name or "", region, deadline), body)
            return has_effect(await self._get("volume", path("/volumes/{id}", id=id), deadline), body)

        if by_id(id, name, region, needs_region=False):
            return action_spec(path("/volumes/{id}/actions", id=id or ""), body, f"volume {id}", type, is_done)

        async def listing() -> str:
            volume = await self._find_by_name(name or "", region, deadline)
            return path("/volumes/{id}/actions", id=volume["id"])

        def reading(action: Mapping[str, Any]) -> Request:
            return get(path("/actions/{id}", id=action["id"]))

        request = Request("POST", "/volumes/actions", body={**body, "volume_name": name, **filters(region=region)})
        return ActionSpec(
            request, type, f"volume {name}{f' in {region}' if region else ''}", listing, reading, is_done=is_done
        )


def droplet_to(name: str | None, droplet_id: int | None) -> int:
    """The Droplet that a volume is attached to or detached from.

    Raises:
        ValueError: There is none.
        TypeError: It was given as the second argument, which is the volume's name.
    """
    if name is not None and not isinstance(cast(object, name), str):
        raise ArgumentTypeError(
            "{0} must be text, not {value!r}; give the Droplet's id as {1}", "name", "droplet_id", value=name
        )
    return require("droplet_id", droplet_id)


def has_effect(volume: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Return whether a volume shows that what an action does is so; its Droplets may be null if it is not attached."""
    if body["type"] == "resize":
        return bool(volume.get("size_gigabytes") == body["size_gigabytes"])
    attached = body["droplet_id"] in (volume.get("droplet_ids") or ())
    return attached if body["type"] == "attach" else not attached


#: The action types as they are listed, by those that are asked for (API reference, volumeActions_post: its examples).
TYPES = {"attach": "attach_volume", "detach": "detach_volume", "resize": "resize_volume"}


def create_spec(attribs: Mapping[str, Any] | None, more: Mapping[str, Any]) -> CreateSpec:
    """Return how to create a volume, which is identified by its name and region."""
    body = check_attributes(attribs, more, needed=("name", "size_gigabytes"), lists=("tags",))
    project_id = body.pop("project_id", None)
    if "snapshot_id" not in body:
        require("region", body.get("region"))
    name, region = body["name"], body.get("region")
    return CreateSpec(
        f"volume {name} in {region or 'the region of its snapshot'}",
        Request("POST", "/volumes", body=body),
        "volume",
        lambda volume: volume.get("name") == name and region in (None, read_member(volume, "region", dict).get("slug")),
        filters(name=name, region=region),
        taggable=True,
        project_id=project_id,
    )


def by_id(id: str | None, name: str | None, region: str | None, *, needs_region: bool = True) -> bool:
    """Return whether a volume is identified by its id; else by its name, with the region where the API needs that.

    An id counts more than a name, as in DOBOTO 0.6.

    Raises:
        ValueError: Neither is given, or the region is missing.
        TypeError: The name is not text.
    """
    if id is not None:
        check_text("id", id)
        return True
    if name is None:
        raise ArgumentValueError("give either {0}, or {1} and {2}", "id", "name", "region")
    check_text("name", name)
    if needs_region:
        require("region", region)
    return False

"""Actions of Droplets: what is done to one that exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._core.attributes import to_dict
from ..._core.droplet.target import Target
from ..._core.request import check_text, id_or_slug
from ..._io.protocol import OnEvent
from ..._operation import Mode, operation
from ...errors import ArgumentValueError
from ...types import Action, BackupPolicyAttributes
from .._base.resource import OperationGroup
from .action_overloads import (
    Actions,
    backup_enable_operation,
    id_operation,
    id_or_tag_operation,
    ids_operation,
    rebuild_operation,
    resize_operation,
    snapshot_operation,
)

#: What the actions declare that are asked for by ids alone, beside their scopes.
BY_ID: Mapping[str, Any] = {
    "ref": "dropletActions_post",
    "effect": "action",
    "scopes_with": {"wait": ("droplet:read",)},
}
#: What those declare, beside their scopes, that can be asked for by ids or by tag.
BY_TAG: Mapping[str, Any] = {
    "ref": ("dropletActions_post", "dropletActions_post_byTag"),
    "effect": "action",
    "scopes_with": {"wait": ("droplet:read",), "tag_name": ("tag:read",)},
    "scopes_note": "actions:read to recover from a lost response to actions by tag",
    "bulk": True,
}
SNAPSHOT: Mapping[str, Any] = {
    **BY_TAG,
    "scopes_note": f"image:read to find the new image's id while waiting; {BY_TAG['scopes_note']}",
}


class DropletActions(OperationGroup[Mode]):
    """The actions. Each gives an Action that may still be in progress, or, with `wait`, has completed."""

    _noun = "Droplet"
    _parameters = {
        "id": "The Droplet's id, or a list of ids.",
        "tag_name": "The tag whose Droplets are meant, instead of an id.",
    }

    @backup_enable_operation(scopes="droplet:update", **BY_TAG)
    async def backup_enable(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        backup_policy: BackupPolicyAttributes | None = None,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Take backups of a Droplet, or of all Droplets with a tag.

        Without a policy the backups are daily. They are charged for.

        Args:
            backup_policy: When to take them, by `id` only: `plan` (`daily` or `weekly`), `weekday` (`SUN` to `SAT`, for
                weekly) and `hour` (0, 4, 8, 12, 16 or 20, UTC).
        """
        body: dict[str, Any] = {"type": "enable_backups"}
        if backup_policy is not None:
            if tag_name is not None:
                raise ArgumentValueError("the API takes {0} for one Droplet at a time, not by tag", "backup_policy")
            body["backup_policy"] = to_dict("backup_policy", backup_policy)
        return await self._act(id, tag_name, body, wait, poll, timeout, progress)

    @id_or_tag_operation(scopes="droplet:update", **BY_TAG)
    async def backup_disable(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Take no more backups of a Droplet, or of all Droplets with a tag.

        Backups that exist are kept for a while and then removed by DigitalOcean.
        """
        return await self._act(id, tag_name, {"type": "disable_backups"}, wait, poll, timeout, progress)

    @operation(scopes="droplet:update", **BY_ID)
    async def backup_policy_update(
        self,
        id: int,
        backup_policy: BackupPolicyAttributes,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Change when a Droplet's backups are taken.

        The Droplet must have backups enabled.

        Args:
            id: The Droplet's id.
            backup_policy: The new policy: `plan` (`daily` or `weekly`), `weekday` (`SUN` to `SAT`, for weekly) and
                `hour` (0, 4, 8, 12, 16 or 20, UTC).
        """
        return await self._act(
            id,
            None,
            {"type": "change_backup_policy", "backup_policy": to_dict("backup_policy", backup_policy)},
            wait,
            poll,
            timeout,
            progress,
        )

    @ids_operation(scopes="droplet:update", bulk=True, **BY_ID)
    async def reboot(
        self,
        id: int | Sequence[int],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Reboot a Droplet, as by its own `reboot` command.

        A reboot is tried in the operating system; use `power_cycle` where that does not help.
        """
        return await self._act(id, None, {"type": "reboot"}, wait, poll, timeout, progress)

    @id_or_tag_operation(scopes="droplet:update", **BY_TAG)
    async def shutdown(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Shut down a Droplet, or all Droplets with a tag, as by their own `shutdown` command.

        A shutdown is asked of the operating system, which may not obey: the action completes when it was asked.
        Follow up with `power_off` where a Droplet is still active after a while. A Droplet that is off is charged for.
        """
        return await self._act(id, tag_name, {"type": "shutdown"}, wait, poll, timeout, progress)

    @id_or_tag_operation(scopes="droplet:update", **BY_TAG)
    async def power_on(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Switch on a Droplet, or all Droplets with a tag."""
        return await self._act(id, tag_name, {"type": "power_on"}, wait, poll, timeout, progress)

    @id_or_tag_operation(scopes="droplet:update", **BY_TAG)
    async def power_off(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Cut the power of a Droplet, or of all Droplets with a tag.

        It may lose data that was not written yet; try `shutdown` first. A Droplet that is off is charged for.
        """
        return await self._act(id, tag_name, {"type": "power_off"}, wait, poll, timeout, progress)

    @id_or_tag_operation(scopes="droplet:update", **BY_TAG)
    async def power_cycle(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Cut the power of a Droplet, or of all Droplets with a tag, and switch it on again."""
        return await self._act(id, tag_name, {"type": "power_cycle"}, wait, poll, timeout, progress)

    @operation(
        scopes=("droplet:update", "droplet:admin"), irreversible="All data on the Droplet's disk is lost.", **BY_ID
    )
    async def restore(
        self,
        id: int,
        image: int | str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Put a Droplet's disk back to a backup.

        What is on the disk is lost.

        Args:
            id: The Droplet's id.
            image: The id of a backup of this Droplet.
        """
        body = {"type": "restore", "image": id_or_slug("image", image)}
        return await self._act(id, None, body, wait, poll, timeout, progress)

    @ids_operation(scopes=("droplet:update", "droplet:admin"), bulk=True, **BY_ID)
    async def password_reset(
        self,
        id: int | Sequence[int],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Give a Droplet a new root password, which DigitalOcean sends by mail.

        The Droplet is rebooted.
        """
        return await self._act(id, None, {"type": "password_reset"}, wait, poll, timeout, progress)

    @resize_operation(
        scopes=("droplet:update", "droplet:create"),
        irreversible_with={"disk": "A disk cannot be made smaller again."},
        bulk=True,
        **BY_ID,
    )
    async def resize(
        self,
        id: int | Sequence[int],
        size: str,
        disk: bool = False,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Give a Droplet another size.

        The Droplet must be off. Its price changes with its size.

        Args:
            size: The slug of the new size.
            disk: If true, the disk grows as well; without it the change of size can be undone.
        """
        return await self._act(
            id, None, {"type": "resize", "size": check_text("size", size), "disk": disk}, wait, poll, timeout, progress
        )

    @rebuild_operation(
        scopes=("droplet:update", "droplet:admin"),
        irreversible="All data on the Droplet's disk is lost.",
        bulk=True,
        **BY_ID,
    )
    async def rebuild(
        self,
        id: int | Sequence[int],
        image: int | str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Rebuild a Droplet from an image; it keeps its addresses.

        What is on the disk is lost.

        Args:
            image: The image: an id, or the slug of a public image.
        """
        body = {"type": "rebuild", "image": id_or_slug("image", image)}
        return await self._act(id, None, body, wait, poll, timeout, progress)

    @operation(scopes="droplet:update", **BY_ID)
    async def rename(
        self,
        id: int,
        name: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Give a Droplet another name.

        Args:
            id: The Droplet's id.
            name: The new name. The host name inside the Droplet stays as it is.
        """
        body = {"type": "rename", "name": check_text("name", name)}
        return await self._act(id, None, body, wait, poll, timeout, progress)

    @operation(scopes="droplet:update", **BY_ID)
    async def kernel_update(
        self,
        id: int,
        kernel_id: int,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Give a Droplet another kernel.

        Only Droplets from before March 2017 have kernels to choose; all later ones bring their own.

        Args:
            id: The Droplet's id.
            kernel_id: The id of one of the kernels in `kernel_list`.
        """
        check_text("kernel_id", kernel_id)
        return await self._act(id, None, {"type": "change_kernel", "kernel": kernel_id}, wait, poll, timeout, progress)

    @id_or_tag_operation(scopes="droplet:update", **BY_TAG, irreversible="An IPv6 address cannot be removed again.")
    async def ipv6_enable(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Give an IPv6 address to a Droplet, or to all Droplets with a tag.

        It can't be taken away again, and the operating system must be set up to use it.
        """
        return await self._act(id, tag_name, {"type": "enable_ipv6"}, wait, poll, timeout, progress)

    @id_operation(scopes="droplet:update", **BY_ID)
    async def private_networking_enable(
        self,
        id: int | None = None,
        tag_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action:
        """Give a Droplet a private address.

        Deprecated by DigitalOcean: Droplets are in a VPC from the start. The API no longer takes this action by tag, so
        `tag_name` is refused.

        Args:
            id: The Droplet's id.
            tag_name: Refused: see above.

        Raises:
            ValueError: `id` is missing or empty, or `tag_name` is given.
        """
        return await self._act(id, tag_name, {"type": "enable_private_networking"}, wait, poll, timeout, progress)

    @snapshot_operation(scopes=("droplet:update", "image:create"), **SNAPSHOT)
    async def snapshot_create(
        self,
        id: int | Sequence[int] | None = None,
        tag_name: str | None = None,
        snapshot_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Action | Actions:
        """Make a snapshot of a Droplet, or of all Droplets with a tag.

        The snapshot is an image to make Droplets from, and is charged for by its size.

        Args:
            snapshot_name: The snapshot's name. Default: one that DigitalOcean makes up from the Droplet's name.

        Returns:
            The Action if by one `id`; a list of Actions, one for each Droplet, if by several or by `tag_name`. With
            `wait`, each has the new image's id as `image_id`, unless it could not be determined; finding it costs one
            request for each Droplet.
        """
        body = {"type": "snapshot"}
        if snapshot_name is not None:
            body["name"] = check_text("snapshot_name", snapshot_name)
        return await self._act(id, tag_name, body, wait, poll, timeout, progress)

    async def _act(
        self,
        id: int | Sequence[int] | None,
        tag_name: str | None,
        body: Mapping[str, Any],
        wait: bool,
        poll: float,
        timeout: float,
        progress: OnEvent | None,
    ) -> Any:
        """Check the target and how to wait, and run the action."""
        target = Target.of(id, tag_name)
        target.refuse_tag_unless(body["type"])
        plan = self._plan(poll, timeout, progress)
        from .run_action import DropletActionRunner  # not with every first request

        return await DropletActionRunner(self._session).run(target, body, plan, wait)

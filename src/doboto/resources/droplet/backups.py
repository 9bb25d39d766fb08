"""Backups of Droplets: what there is of them, and when they are taken."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, TypeAlias

from ..._core.request import get, path
from ..._operation import Mode, operation
from ...types import BackupPolicyRecord, DropletSnapshot, SupportedBackupPolicy
from .._base.resource import OperationGroup

Backups: TypeAlias = list[DropletSnapshot]
Policies: TypeAlias = list[BackupPolicyRecord]
SupportedPolicies: TypeAlias = list[SupportedBackupPolicy]


class DropletBackups(OperationGroup[Mode]):
    """Reads backups and backup policies; `backup_enable` and its siblings are actions."""

    _noun = "Droplet"

    @operation(ref="droplets_list_backups", scopes="droplet:read")
    async def backup_list(self, id: int) -> Backups:
        """List the backups taken of a Droplet.

        Returns:
            A list of backups; `distribution`, `slug` and `public` as far as the API still sends them.
        """
        return await self._list_all("backups", path("/droplets/{id}/backups", id=id))

    @operation(ref="droplets_get_backup_policy", scopes="droplet:read")
    async def backup_policy_info(self, id: int) -> BackupPolicyRecord:
        """Read when a Droplet's backups are taken.

        Returns:
            Whether backups are enabled, the policy, and the next backup's window.
        """
        return await self._get("policy", path("/droplets/{id}/backups/policy", id=id))

    @operation(ref="droplets_list_backup_policies", scopes="droplet:read")
    async def backup_policy_list(self) -> Policies:
        """List when the backups of all Droplets are taken.

        Returns:
            A list with a record for each Droplet.
        """
        return await self._list_all("policies", "/droplets/backups/policies", identity=_droplet_id)

    @operation(ref="droplets_list_supported_backup_policies", scopes="droplet:read")
    async def backup_policy_supported_list(self) -> SupportedPolicies:
        """List the backup plans that there are, with their hours and days.

        Returns:
            A list of supported policies.
        """
        return await self._fetch_list("supported_policies", get("/droplets/backups/supported_policies"))


def _droplet_id(record: Any) -> Hashable:
    """What makes a record the same: it has no id of its own."""
    return str(record.get("droplet_id"))

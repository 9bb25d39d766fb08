"""Snapshots of Droplets and of volumes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Literal, TypeAlias

from .._core.request import Request, filters, path
from .._json import items
from .._operation import Mode, operation, stream
from ..types import Snapshot
from ._base.resource import OperationGroup

Snapshots: TypeAlias = list[Snapshot]
#: What a snapshot was made of.
ResourceType: TypeAlias = Literal["droplet", "volume"]


class SnapshotOperations(OperationGroup[Mode]):
    """Snapshots of Droplets and of volumes, side by side. They are made by `droplet` and `volume`."""

    _noun = "snapshot"

    @operation(ref="snapshots_list", scopes="snapshot:read")
    async def list(self, resource_type: ResourceType | None = None, *, region: str | None = None) -> Snapshots:
        """List all snapshots, or those of Droplets or of volumes, or in a region, all pages.

        Args:
            resource_type: `droplet` or `volume`, for those alone.
            region: A region's slug, for those that are available there. The API has no such filter: all are read.
        """
        filters(region=region)
        listed = await self._list_all("snapshots", "/snapshots", filters(resource_type=resource_type))
        return [snapshot for snapshot in listed if is_in(snapshot, region)]

    @stream(ref="snapshots_list", scopes="snapshot:read")
    async def each(
        self, resource_type: ResourceType | None = None, *, region: str | None = None
    ) -> AsyncGenerator[Snapshot, None]:
        """Iterate over snapshots; the next page is read in advance."""
        filters(region=region)
        query = filters(resource_type=resource_type)
        async for snapshot in self._iterate("snapshots", "/snapshots", query):
            if is_in(snapshot, region):
                yield snapshot

    @operation(
        ref="snapshots_get",
        scopes="snapshot:read",
        scopes_note="block_storage_snapshot:read instead for a snapshot of a volume",
    )
    async def info(self, id: int | str) -> Snapshot:
        """Read one snapshot.

        Args:
            id: The snapshot's id: a number if it is of a Droplet, a UUID if it is of a volume.
        """
        return await self._get("snapshot", path("/snapshots/{id}", id=id))

    @operation(
        ref="snapshots_delete",
        scopes="snapshot:delete",
        effect="destroy",
        scopes_note="image:delete instead for a snapshot of a Droplet",
        irreversible="The snapshot is lost.",
    )
    async def destroy(self, id: int | str, *, missing_ok: bool = False) -> None:
        """Destroy one snapshot."""
        await self._delete(Request("DELETE", path("/snapshots/{id}", id=id), repeatable=True), missing_ok)


def is_in(snapshot: Mapping[str, Any], region: str | None) -> bool:
    """Return whether a snapshot is available in a region; None is any."""
    return region is None or region in items(snapshot.get("regions"))

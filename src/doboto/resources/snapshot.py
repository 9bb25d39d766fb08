"""Snapshots of Droplets and of volumes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, TypeAlias

from .._core.request import Request, filters, path
from .._operation import Mode, operation, stream
from ..types import Snapshot as SnapshotData
from ._base.resource import Resource

Snapshots: TypeAlias = list[SnapshotData]
#: What a snapshot was made of.
ResourceType: TypeAlias = Literal["droplet", "volume"]


class Snapshot(Resource[Mode]):
    """Snapshots of Droplets and of volumes, side by side. They are made by `droplet` and `volume`."""

    @operation
    async def list(self, resource_type: ResourceType | None = None) -> Snapshots:
        """List all snapshots, or those of Droplets or of volumes; every page of them.

        Args:
            resource_type: `droplet` or `volume`, for those alone.

        Returns:
            A list of snapshots.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: snapshot:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/snapshots_list
        """
        return await self._all(SnapshotData, "snapshots", "/snapshots", filters(resource_type=resource_type))

    @stream
    async def each(self, resource_type: ResourceType | None = None) -> AsyncGenerator[SnapshotData, None]:
        """Go through snapshots one by one; from the middle of a page on, the next is read.

        Args:
            resource_type: `droplet` or `volume`, for those alone.

        Returns:
            An iterator over snapshots; an asynchronous one in `AsyncDO`.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: snapshot:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/snapshots_list
        """
        query = filters(resource_type=resource_type)
        async for snapshot in self._each(SnapshotData, "snapshots", "/snapshots", query):
            yield snapshot

    @operation
    async def info(self, id: int | str) -> SnapshotData:
        """Read one snapshot.

        Args:
            id: The snapshot's id: a number if it is of a Droplet, a UUID if it is of a volume.

        Returns:
            The snapshot.

        Raises:
            DOBOTONotFoundException: There is no such snapshot.

        Scopes: snapshot:read, or for those of volumes block_storage_snapshot:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/snapshots_get
        """
        return await self._got(SnapshotData, "snapshot", path("/snapshots/{id}", id=id))

    @operation
    async def destroy(self, id: int | str, *, missing_ok: bool = False) -> None:
        """Destroy one snapshot. It can't be undone.

        Args:
            id: The snapshot's id.
            missing_ok: Whether it is fine that there is no such snapshot.

        Raises:
            DOBOTONotFoundException: There is no such snapshot, and `missing_ok` is False.

        Scopes: snapshot:delete, or image:delete for those of Droplets.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/snapshots_delete
        """
        await self._remove(Request("DELETE", path("/snapshots/{id}", id=id), repeatable=True), missing_ok)

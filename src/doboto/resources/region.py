"""Regions."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeAlias

from .._operation import Mode, operation, stream
from ..types import Region
from ._base.resource import OperationGroup

Regions: TypeAlias = list[Region]


class RegionOperations(OperationGroup[Mode]):
    """Regions: where resources can be."""

    _noun = "region"

    @operation(ref="regions_list", scopes="regions:read")
    async def list(self) -> Regions:
        """List all regions, those where nothing can be created now included."""
        return await self._list_all("regions", "/regions")

    @stream(ref="regions_list", scopes="regions:read")
    async def each(self) -> AsyncGenerator[Region, None]:
        """Iterate over regions; the next page is read in advance."""
        async for region in self._iterate("regions", "/regions"):
            yield region

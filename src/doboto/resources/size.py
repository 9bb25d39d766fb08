"""Sizes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeAlias

from .._operation import Mode, operation, stream
from ..types import Size
from ._base.resource import OperationGroup

Sizes: TypeAlias = list[Size]


class SizeOperations(OperationGroup[Mode]):
    """Sizes that Droplets can have, and their prices."""

    _noun = "size"

    @operation(ref="sizes_list", scopes=("sizes:read", "regions:read"))
    async def list(self) -> Sizes:
        """List all sizes, those where nothing can be created now included."""
        return await self._list_all("sizes", "/sizes")

    @stream(ref="sizes_list", scopes=("sizes:read", "regions:read"))
    async def each(self) -> AsyncGenerator[Size, None]:
        """Iterate over sizes; the next page is read in advance."""
        async for size in self._iterate("sizes", "/sizes"):
            yield size

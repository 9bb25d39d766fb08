"""Sizes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TypeAlias

from .._operation import Mode, operation, stream
from ..types import Size as SizeData
from ._base.resource import Resource

Sizes: TypeAlias = list[SizeData]


class Size(Resource[Mode]):
    """Sizes that Droplets can have, and their prices."""

    @operation
    async def list(self) -> Sizes:
        """List all sizes, those where nothing can be created now included.

        Returns:
            A list of sizes.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: sizes:read, regions:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/sizes_list
        """
        return await self._all(SizeData, "sizes", "/sizes")

    @stream
    async def each(self) -> AsyncGenerator[SizeData, None]:
        """Go through sizes one by one; from the middle of a page on, the next is read.

        Returns:
            An iterator over sizes; an asynchronous one in `AsyncDO`.

        Raises:
            DOBOTOException: A page could not be read.

        Scopes: sizes:read, regions:read.

        Reference: https://docs.digitalocean.com/reference/api/api-reference/#operation/sizes_list
        """
        async for size in self._each(SizeData, "sizes", "/sizes"):
            yield size

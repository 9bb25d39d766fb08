"""1-Click applications."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from .._core.attributes import to_nonempty_list
from .._core.request import Request, check_text, filters, get
from .._json import mapping
from .._operation import Mode, operation
from ..types import OneClick
from ._base.create import Creation

OneClicks: TypeAlias = list[OneClick]
Slugs: TypeAlias = list[str]
#: What a 1-Click application is installed on.
OneClickType: TypeAlias = Literal["droplet", "kubernetes"]


class OneClickOperations(Creation[Mode]):
    """1-Click applications. A Droplet's is an image: create the Droplet from its slug."""

    _noun = "1-Click application"

    @operation(ref="oneClicks_list")
    async def list(self, type: OneClickType | None = None) -> OneClicks:
        """List 1-Click applications; the API sends all of them at once.

        Args:
            type: `droplet` or `kubernetes`, for those alone.
        """
        return await self._fetch_list("1_clicks", get("/1-clicks", filters(type=type)))

    @operation(ref="oneClicks_install_kubernetes", scopes=("kubernetes:update", "addon:create"), effect="update")
    async def kubernetes_install(self, addon_slugs: Slugs, cluster_uuid: str) -> str:
        """Install 1-Click applications on a Kubernetes cluster. The API reports that it has begun, and nothing later.

        Args:
            addon_slugs: The applications' slugs.
            cluster_uuid: The cluster's UUID.

        Returns:
            The API's message.

        Raises:
            ValueError: No slug is given, or no cluster.
            DOBOTONotFoundException: There is no such cluster.
            DOBOTOOutcomeUnknownException: The response was lost.
        """
        slugs = [check_text("addon_slugs", slug) for slug in to_nonempty_list("addon_slugs", addon_slugs)]
        body = {"addon_slugs": slugs, "cluster_uuid": check_text("cluster_uuid", cluster_uuid)}
        request = Request("POST", "/1-clicks/kubernetes", body=body)
        response: Any = await self._send_untraceable(request, f"the installation of {', '.join(slugs)}")
        return str(mapping(response).get("message", ""))

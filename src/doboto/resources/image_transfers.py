"""Handing images over to other accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.request import Request, check_text, path
from .._json import mapping
from .._operation import Mode, operation
from ..errors import ArgumentValueError, DOBOTOInvalidResponseException
from ._base.create import Creation


class ImageTransfers(Creation[Mode]):
    """Offers images to other accounts, and takes, refuses or takes back such offers."""

    _noun = "image"
    _parameters = {"transfer_id": "The offer's id."}

    @operation(ref="images_post_account_transfer_create", scopes=("image:update", "image:delete"), effect="create")
    async def account_transfer_create(
        self, id: int, *, recipient_email: str | None = None, recipient_uuid: str | None = None
    ) -> int:
        """Offer a snapshot to another account, to which it moves when that accepts.

        Args:
            recipient_email: The other account's email address; or
            recipient_uuid: the UUID of a team. An offer to a team that the user belongs to is accepted at once.

        Returns:
            The offer's id, by which it is accepted, cancelled or declined.

        Raises:
            ValueError: Neither or both of the recipients are given, or the one given is empty.
            DOBOTOOutcomeUnknownException: The response was lost, and with it the offer's id.
        """
        if (recipient_email is None) == (recipient_uuid is None):
            raise ArgumentValueError("give either {0} or {1}", "recipient_email", "recipient_uuid")
        named = {"recipient_email": recipient_email, "recipient_uuid": recipient_uuid}
        body = {name: check_text(name, recipient) for name, recipient in named.items() if recipient is not None}
        response = await self._transfer(id, "", body)
        offered = mapping(response).get("transfer_id")
        if not isinstance(offered, int):
            raise DOBOTOInvalidResponseException(f"the response has no transfer_id: {str(response)[:200]}", response)
        return offered

    @operation(ref="images_post_account_transfer_accept", scopes="image:create", effect="update")
    async def account_transfer_accept(self, id: int, transfer_id: int, recipient_uuid: str) -> None:
        """Take over an image that another account offers.

        Args:
            recipient_uuid: The UUID of the team that takes it.

        Raises:
            ValueError: The team is empty.
            DOBOTOBadRequestException: It is no longer open.
            DOBOTOOutcomeUnknownException: The response was lost; if it was accepted, the image is among one's own.
        """
        body = {"transfer_id": transfer_id, "recipient_uuid": check_text("recipient_uuid", recipient_uuid)}
        await self._transfer(id, "/accept", body)

    @operation(ref="images_post_account_transfer_cancel", scopes="image:update", effect="update")
    async def account_transfer_cancel(self, id: int, transfer_id: int) -> None:
        """Take back the offer of an image.

        Raises:
            DOBOTOBadRequestException: It is no longer open.
            DOBOTOOutcomeUnknownException: The response was lost.
        """
        await self._transfer(id, "/cancel", {"transfer_id": transfer_id})

    @operation(ref="images_post_account_transfer_decline", scopes="image:create", effect="update")
    async def account_transfer_decline(self, id: int, transfer_id: int) -> None:
        """Refuse an image that another account offers.

        Raises:
            DOBOTOBadRequestException: It is no longer open.
            DOBOTOOutcomeUnknownException: The response was lost.
        """
        await self._transfer(id, "/decline", {"transfer_id": transfer_id})

    async def _transfer(self, id: int, step: str, body: Mapping[str, Any]) -> Any:
        """One step of a transfer; transfers are in no list."""
        request = Request("POST", path("/images/{id}/account_transfer", id=id) + step, body=body)
        return await self._send_untraceable(request, f"the account transfer of image {id}")

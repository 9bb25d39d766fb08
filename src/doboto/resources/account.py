"""The account that a token belongs to."""

from __future__ import annotations

from .._core.request import get
from .._operation import Mode, operation
from ..types import Account
from ._base.resource import OperationGroup


class AccountOperations(OperationGroup[Mode]):
    """The account: whose it is, its state, and its limits."""

    _noun = "account"

    @operation(
        ref="account_get", scopes="account:read", scopes_note="droplet:read and reserved_ip:read to see their limits"
    )
    async def info(self) -> Account:
        """Read the account.

        Returns:
            The account; its limits as far as the token may read what they limit.

        Raises:
            DOBOTOUnauthorizedException: The token is wrong or revoked.
        """
        return await self._fetch("account", get("/account"))

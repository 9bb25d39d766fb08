"""What `doboto watch` knows of the account, and what it costs to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import DOBOTOException, DOBOTOForbiddenException, DOBOTOUnauthorizedException

if TYPE_CHECKING:
    from ...client import DO

#: A page of the list of Droplets, and what a round costs beside those pages.
PAGE = 200
BESIDE = 1


@dataclass(slots=True)
class View:
    """What is shown.

    Attributes:
        account: Whose account it is.
        droplets: The Droplets.
        actions: The actions that run.
        limit: What is known of the rate limit.
        trouble: Why the last round failed, if it did.
    """

    account: str
    droplets: Sequence[Mapping[str, Any]] = ()
    actions: Sequence[Mapping[str, Any]] = ()
    limit: str = ""
    trouble: str = ""

    def look(self, do: DO) -> None:
        """Look at the account.

        Raises:
            DOBOTOException: The API failed.
        """
        self.droplets = do.droplet.list(type="all")
        self.actions = _running(do)
        self.trouble = ""
        known = do.ratelimit
        self.limit = "" if known is None else f"{known.remaining} of {known.limit} requests left this hour"

    def look_again(self, do: DO) -> None:
        """Look once more; what a failing round would have shown stays as it was. A refused token is no use again."""
        try:
            self.look(do)
        except DOBOTOUnauthorizedException:
            raise
        except DOBOTOException as failure:
            self.trouble = str(failure)

    @property
    def pause(self) -> float:
        """The shortest pause between two rounds: a request a second leaves room for other programs (5,000 an hour)."""
        return len(self.droplets) // PAGE + 2.0 + BESIDE


def _running(do: DO) -> Sequence[Mapping[str, Any]]:
    try:
        found: Any = do.request("GET", "/actions", query={"per_page": PAGE})
    except DOBOTOForbiddenException:
        return []  # a token may be without actions:read
    return [action for action in found["actions"] if action["status"] == "in-progress"]

"""What an operation is aimed at: one Droplet by its id, or all Droplets of a tag; exactly one of the two."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .request import text

#: Action types that the API takes by tag (API reference, dropletActions_post_byTag).
BY_TAG = frozenset(
    {
        "power_cycle",
        "power_on",
        "power_off",
        "shutdown",
        "enable_ipv6",
        "enable_backups",
        "disable_backups",
        "snapshot",
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """One Droplet or a tag.

    Attributes:
        id: The Droplet's id, or None.
        tag_name: The tag, or None.
    """

    id: int | str | None
    tag_name: str | None

    @classmethod
    def of(cls, id: int | str | None, tag_name: str | None) -> Target:
        """Check that exactly one is given, and that it is not empty.

        Raises:
            ValueError: None or both are given, or the one given is empty: an unfiltered request must not happen.
            TypeError: It is neither text nor a whole number.
        """
        if (id is None) == (tag_name is None):
            raise ValueError("give either id or tag_name")
        if id is not None:
            text("id", id)
        else:
            text("tag_name", tag_name or "")
        return cls(id, tag_name)

    def __str__(self) -> str:
        return f"Droplet {self.id}" if self.tag_name is None else f"the Droplets with the tag {self.tag_name}"

    def refuse_tag_unless(self, type: str, allowed: Collection[str] = BY_TAG) -> None:
        """Refuse an action by tag that the API takes for single Droplets only.

        Raises:
            ValueError: It does.
        """
        if self.tag_name is not None and type not in allowed:
            raise ValueError(
                f"the API takes {type} for one Droplet at a time, not by tag; "
                "list the tag's Droplets and call it with the id of each"
            )

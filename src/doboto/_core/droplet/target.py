"""What an operation is aimed at: one Droplet by its id, several by theirs, or all of a tag; what can be waited for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from ...errors import ArgumentValueError
from ..attributes import to_list
from ..request import check_text

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


#: `ready`: active, with an address, and no action running. `off`: powered off, and no action running. `idle`: created,
#: and no action running, whether it is on or off. `gone`: it no longer exists.
Until: TypeAlias = Literal["ready", "off", "idle", "gone"]


class Target(NamedTuple):
    """One Droplet, several, or a tag.

    Attributes:
        id: The Droplet's id, or None.
        tag_name: The tag, or None.
        ids: The ids of several Droplets, or None.
    """

    id: int | str | None
    tag_name: str | None
    ids: Sequence[int] | None = None

    @classmethod
    def of(cls, id: int | str | Sequence[int] | None, tag_name: str | None) -> Target:
        """Check that exactly one is given, and that it is not empty; a list of ids may be, and then nothing is done.

        Raises:
            ValueError: None or both are given, or the one given is empty: an unfiltered request must not happen.
            TypeError: It is neither text nor a whole number.
        """
        if (id is None) == (tag_name is None):
            raise ArgumentValueError("give either {0} or {1}", "id", "tag_name")
        if id is not None and not isinstance(id, str | int | Mapping):
            return cls(None, None, check_ids(id))
        if id is not None:
            check_text("id", id)
        else:
            check_text("tag_name", tag_name or "")
        return cls(id, tag_name)

    def __str__(self) -> str:
        if self.ids is not None:
            return f"Droplets {', '.join(map(str, self.ids))}"
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


def check_ids(ids: object) -> list[int]:
    """Return the ids of several resources, as numbers.

    Raises:
        ValueError: One is given twice, or is no whole number.
        TypeError: They are no list, or one of them is neither a number nor text.
    """
    found: list[int] = []
    for id in to_list("id", ids):
        check_text("id", id)
        if not str(id).isdecimal():
            raise ArgumentValueError("{0} must be a whole number, not {value!r}", "id", value=id)
        found.append(int(id))
    if len(set(found)) < len(found):
        twice = next(id for id in found if found.count(id) > 1)
        raise ArgumentValueError("{0} has {twice} twice", "id", twice=twice)
    return found

"""Which Droplets a list is to have, as the API's queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...errors import ArgumentValueError
from ..attributes import check_choice
from ..request import check_text

#: The values of `type`, and the API's values they ask for. The API has no value for both kinds at once.
TYPES = {"droplets": ("droplets",), "gpus": ("gpus",), "all": ("droplets", "gpus")}


class Listing(NamedTuple):
    """The filters of a list of Droplets.

    Attributes:
        tag_name: A tag, or None.
        name: A name, or None.
        type: `droplets`, `gpus`, `all`, or None for what the API gives unasked.
    """

    tag_name: str | None = None
    name: str | None = None
    type: str | None = None

    @classmethod
    def of(cls, tag_name: str | None, name: str | None, type: str | None) -> Listing:
        """Check filters.

        Raises:
            ValueError: One is empty or unknown, or they exclude each other.
        """
        if tag_name is not None and (name is not None or type is not None):
            raise ArgumentValueError("the API takes {0} alone, or {1} and {2}", "tag_name", "name", "type")
        if type is not None:
            check_choice("type", type, TYPES)
        for label, filter in (("tag_name", tag_name), ("name", name)):
            if filter is not None:
                check_text(label, filter)
        return cls(tag_name, name, type)

    def queries(self) -> Iterator[dict[str, str | int]]:
        """Return one query for each list that is to be read."""
        given = {"tag_name": self.tag_name, "name": self.name}
        query: dict[str, str | int] = {name: filter for name, filter in given.items() if filter is not None}
        for type in TYPES[self.type] if self.type else (None,):
            yield query if type is None else {**query, "type": type}

"""When a Droplet is ready. `active` says that it is powered on; its addresses may come before or after that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..._json import items
from ...addresses import private_ipv4, public_ipv4, public_ipv6


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a Droplet must have, by what was asked for.

    Attributes:
        public_ipv4: A public IPv4 address; always, unless `public_networking` was false.
        private_ipv4: A private one, if `private_networking` or `vpc_uuid` was asked for, or nothing else is to come.
        public_ipv6: An IPv6 address, if `ipv6` was asked for.
        tags: The tags asked for. The API keeps the first spelling it saw of a tag, so case does not count.
    """

    public_ipv4: bool = True
    private_ipv4: bool = False
    public_ipv6: bool = False
    tags: tuple[str, ...] = ()

    @classmethod
    def from_attributes(cls, attribs: Mapping[str, Any]) -> Readiness:
        """Return what the attributes of a create ask for."""
        return cls(
            public_ipv4=attribs.get("public_networking") is not False,
            private_ipv4=bool(
                attribs.get("private_networking")
                or attribs.get("vpc_uuid")
                or attribs.get("public_networking") is False
            ),
            public_ipv6=bool(attribs.get("ipv6")),
            tags=tuple(attribs.get("tags") or ()),
        )

    def missing(self, droplet: Mapping[str, Any]) -> list[str]:
        """Return what the Droplet does not have yet, in words; empty when it is ready."""
        missing: list[str] = []
        if droplet.get("status") != "active":
            missing.append(f"status is {droplet.get('status')}")
        if self.public_ipv4 and not public_ipv4(droplet):
            missing.append("no public IPv4 address")
        if self.private_ipv4 and not private_ipv4(droplet):
            missing.append("no private IPv4 address")
        if self.public_ipv6 and not public_ipv6(droplet):
            missing.append("no IPv6 address")
        if untagged := self._missing_tags(droplet):
            missing.append(f"not tagged {', '.join(sorted(untagged))}")
        return missing

    def tag_of(self, droplet: Mapping[str, Any]) -> str | None:
        """Return one of the tags asked for, as the Droplet spells it; None where there is none to go by."""
        if not self.tags:
            return None
        return next((tag for tag in _tags(droplet) if tag.lower() == self.tags[0].lower()), None)

    def _missing_tags(self, droplet: Mapping[str, Any]) -> set[str]:
        """Tags that are missing; none where the token may not read tags and the Droplet comes without."""
        if "tags" not in droplet:
            return set()
        return {tag.lower() for tag in self.tags} - {tag.lower() for tag in _tags(droplet)}


def _tags(droplet: Mapping[str, Any]) -> list[str]:
    return [tag for tag in items(droplet.get("tags")) if isinstance(tag, str)]

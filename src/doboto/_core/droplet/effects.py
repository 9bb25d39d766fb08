"""What a Droplet itself shows of an action: whether what the action does is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..._json import items, mapping
from ...addresses import private_ipv4, public_ipv6

Shows: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]

#: By the type of an action: whether a Droplet shows it done, given the Droplet and the request's body. Other actions,
#: such as a reboot, leave nothing to see.
SHOWN: Mapping[str, Shows] = {
    "power_on": lambda droplet, _: droplet.get("status") == "active",
    "power_off": lambda droplet, _: droplet.get("status") == "off",
    "shutdown": lambda droplet, _: droplet.get("status") == "off",
    "resize": lambda droplet, body: droplet.get("size_slug") == body.get("size"),
    "rename": lambda droplet, body: droplet.get("name") == body.get("name"),
    "rebuild": lambda droplet, body: is_image(droplet.get("image"), body.get("image")),
    "restore": lambda droplet, body: is_image(droplet.get("image"), body.get("image")),
    "change_kernel": lambda droplet, body: mapping(droplet.get("kernel")).get("id") == body.get("kernel"),
    "enable_ipv6": lambda droplet, _: public_ipv6(droplet) is not None,
    "enable_private_networking": lambda droplet, _: private_ipv4(droplet) is not None,
    "enable_backups": lambda droplet, _: "backups" in items(droplet.get("features")),
    "disable_backups": lambda droplet, _: "backups" not in items(droplet.get("features")),
}
#: Those whose request says more than its type does, so that another request's action may be of the same type and
#: not the same action.
WITH_ARGUMENTS = frozenset({"resize", "rename", "change_kernel"})


def has_effect(droplet: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Return whether a Droplet shows that an action is done: by its effect, or else by being unlocked."""
    shows = SHOWN.get(str(body.get("type")))
    idle = droplet.get("status") != "new" and not droplet.get("locked")
    return idle and (shows is None or shows(droplet, body))


def is_image(found: Any, asked: Any) -> bool:
    """Return whether an image is the one asked for, by id or slug."""
    return str(asked) in {str(mapping(found).get("id")), str(mapping(found).get("slug"))}

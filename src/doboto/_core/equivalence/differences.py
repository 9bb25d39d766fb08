"""In what a resource differs from what is asked for, as far as the API shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ..._json import is_object, items, mapping
from ..conversion import is_listlike

#: What was asked for and what is there, by attribute.
Differences: TypeAlias = dict[str, tuple[Any, Any]]
#: Whether a value that was asked for is the one that is there.
IsSame: TypeAlias = Callable[[Any, Any], bool]
NO_RULES: Mapping[str, IsSame] = {}

#: What identifies an object where its id, slug or name was asked for.
IDENTITIES = ("slug", "id", "uuid", "name")
#: Attributes of a create that a Droplet shows as a feature (API reference, droplets_get, `features`).
FEATURES = ("backups", "ipv6", "monitoring", "private_networking")


def find_differences(
    asked: Mapping[str, Any], there: Mapping[str, Any], rules: Mapping[str, IsSame] = NO_RULES
) -> Differences:
    """Find the attributes in which a resource differs; what it does not show counts for nothing.

    Args:
        asked: The attributes that were asked for.
        there: The resource, as the API shows it.
        rules: How attributes are compared whose values are spelled otherwise by the API.
    """
    shown = {name: (value, there[name]) for name, value in asked.items() if there.get(name) is not None}
    differing = {name: pair for name, pair in shown.items() if not rules.get(name, is_same)(*pair)}
    return {name: (wanted, identity_of(found, wanted)) for name, (wanted, found) in differing.items()}


def identity_of(there: Any, asked: Any) -> Any:
    """Return of an object what identifies it, where its id, slug or name was asked for; anything else as it is."""
    if not is_object(there) or is_object(asked):
        return there
    return next((there[name] for name in IDENTITIES if there.get(name) is not None), there)


def find_droplet_differences(asked: Mapping[str, Any], droplet: Mapping[str, Any]) -> Differences:
    """Find the attributes of a create in which a Droplet differs."""
    return find_differences(asked, view_of(droplet), {"tags": includes, "volumes": includes, "region": begins})


def view_of(droplet: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Droplet's attributes by the names that a create has for them."""
    features = items(droplet.get("features"))
    shown = {"size": "size_slug", "volumes": "volume_ids", "tags": "tags", "vpc_uuid": "vpc_uuid", "image": "image"}
    view = {name: droplet.get(member) for name, member in shown.items()}
    view["region"] = mapping(droplet.get("region")).get("slug")
    return view | ({name: name in features for name in FEATURES} if "features" in droplet else {})


def is_same(asked: Any, there: Any) -> bool:
    """Return whether a value is the one asked for: what objects show, lists in any order, numbers as text."""
    if is_object(asked):
        return is_object(there) and all(
            there.get(name) is None or is_same(value, there[name]) for name, value in asked.items()
        )
    if is_listlike(asked):
        return is_listlike(there) and len(asked) == len(there) and includes(asked, there)
    if is_object(there):
        return any(is_same(asked, there[name]) for name in IDENTITIES if there.get(name) is not None)
    return asked == there or (not isinstance(asked, bool) and str(asked) == str(there)) or not (asked or there)


def includes(asked: Any, there: Any) -> bool:
    """Return whether everything that is asked for is among what is there; texts in upper or lower case."""
    return all(any(is_same(_fold_case(one), _fold_case(other)) for other in there) for one in asked)


def begins(asked: Any, there: Any) -> bool:
    """Return whether a region is the one asked for, or one of those that begin so."""
    return str(there).startswith(str(asked))


def _fold_case(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value

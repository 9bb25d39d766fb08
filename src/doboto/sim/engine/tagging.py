"""Tags: created on the fly, found in any capitalisation, written in their first one (`doctl#333`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from .account import Account
from .errors import unprocessable
from .fields import read_optional, texts
from .records import (
    DROPLET,
    IMAGE,
    TAG,
    VOLUME,
    VOLUME_SNAPSHOT,
    Key,
    Kind,
    Record,
    StoredDroplet,
    StoredImage,
    StoredTag,
)
from .store import index

NAME = re.compile(r"[a-zA-Z0-9_\-:]{1,255}")

#: What can be tagged: the store's kind, and its name in a tag's `resources` and in paths (API reference, text of POST
#: .../resources).
KINDS: dict[Kind[Any], str] = {
    DROPLET: "droplets",
    IMAGE: "images",
    VOLUME: "volumes",
    VOLUME_SNAPSHOT: "volume_snapshots",
}

#: Called before a tag is deleted, for those who refer to a tag without being tagged themselves.
TagDeletedHook = Callable[[Account, float, str], None]
_HOOKS: list[TagDeletedHook] = []


def on_tag_deleted(hook: TagDeletedHook) -> TagDeletedHook:
    """Register what has to happen to other resources when a tag is deleted."""
    _HOOKS.append(hook)
    return hook


def notify_tag_deleted(account: Account, now: float, name: str) -> None:
    """Call the hooks of a tag that is about to be deleted, while it is still there."""
    for hook in _HOOKS:
        hook(account, now, name)


def _tags(record: Mapping[str, Any]) -> Iterable[Key]:
    tags: list[str] = record["tags"]
    return tags


for _kind in KINDS:
    index(_kind, "tag")(_tags)


def validate_name(name: str) -> str:
    """Return a name that a tag can have, else 422; the text is our own."""
    if not NAME.fullmatch(name):
        raise unprocessable(
            f"Tag name {name!r} is invalid. Tags may contain letters, numbers, colons, dashes, and underscores."
        )
    return name


def canonical_name(account: Account, name: str) -> str | None:
    """Return the tag's name in its first capitalisation, if there is such a tag."""
    tag = account.find(TAG, name.lower())
    return None if tag is None else tag["name"]


def read_tags(body: Record) -> list[str]:
    """Read the member `tags` of a request that creates something: valid names, or none."""
    empty: list[str] = []
    return [validate_name(name) for name in read_optional(body, "tags", texts, empty)]


def create_missing(account: Account, names: Iterable[str]) -> list[str]:
    """Create the tags that are missing; the canonical names, each once."""
    for name in names:
        if account.find(TAG, name.lower()) is None:
            tag: StoredTag = {"name": name, "last": {}}
            account.put(TAG, name.lower(), tag)
    return list(dict.fromkeys(account.get(TAG, name.lower())["name"] for name in names))


def note_last_tagged(account: Account, names: Iterable[str], kind: Kind[Any], key: Key) -> None:
    """Remember the last resource of its kind that got the tags."""
    for name in names:
        last = account.get(TAG, name.lower())["last"]
        account.change(TAG, name.lower(), last={**last, kind: key})


def attach(account: Account, name: str, kind: Kind[Any], key: Key) -> None:
    """Tag a resource that is there."""
    tags: list[str] = account.get(kind, key)["tags"]
    if name not in tags:
        account.change(kind, key, tags=[*tags, name])
    note_last_tagged(account, [name], kind, key)


def detach(account: Account, name: str, kind: Kind[Any], key: Key) -> None:
    """Take a tag off a resource."""
    tags: list[str] = account.get(kind, key)["tags"]
    account.change(kind, key, tags=[tag for tag in tags if tag != name])


def find_tagged(account: Account, kind: Kind[StoredDroplet] | Kind[StoredImage], name: str) -> list[int]:
    """Return identifiers of Droplets or images with the tag, in ascending order; the name in any capitalisation."""
    found = canonical_name(account, name)
    # Identifiers count, so that the order of creation is the ascending one.
    return [] if found is None else cast("list[int]", account.store(kind).keys("tag", found))

"""Droplets as people name them: by id or by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..addresses import public_ipv4
from .exits import NOT_FOUND, USAGE
from .failure import Failure

if TYPE_CHECKING:
    from ..client import DO


def is_id(text: str) -> bool:
    """Whether a text is taken for an id: digits alone always are."""
    return text.isascii() and text.isdigit()


def resolved(do: DO, texts: Sequence[str], names: dict[Any, str]) -> list[int]:
    """The ids of Droplets; each once, in the order given.

    Args:
        do: The client.
        texts: Ids or names.
        names: Gets the names by id, as far as they are known.

    Raises:
        Failure: A name is empty, or fits none, or several.
    """
    ids: list[int] = []
    for text in texts:
        if not text.strip():
            raise Failure("a Droplet's name is empty", USAGE.code)
        if is_id(text):
            ids.append(int(text))
            continue
        droplet = named(do, text)
        names[droplet["id"]] = droplet["name"]
        ids.append(droplet["id"])
    return list(dict.fromkeys(ids))


def named(do: DO, name: str) -> Mapping[str, Any]:
    """The one Droplet of a name.

    Raises:
        Failure: There is none, or there are several.
    """
    found = [droplet for droplet in do.droplet.list(name=name, type="all") if droplet["name"].lower() == name.lower()]
    exact = [droplet for droplet in found if droplet["name"] == name]
    fitting = exact or found
    if not fitting:
        raise Failure(f"no Droplet is called {name!r}", NOT_FOUND.code)
    if len(fitting) > 1:
        listed = "; ".join(described(droplet) for droplet in fitting)
        raise Failure(
            f"{len(fitting)} Droplets are called {name!r}, so say which by id: {listed}",
            NOT_FOUND.code,
            matches=[{"id": droplet["id"], "name": droplet["name"]} for droplet in fitting],
        )
    return fitting[0]


def described(droplet: Mapping[str, Any]) -> str:
    """A Droplet in a few words, enough to tell it from another."""
    region: Mapping[str, Any] = droplet.get("region") or {}
    parts = [str(droplet["id"]), str(region.get("slug", "")), public_ipv4(droplet) or "no public address"]
    return " ".join(part for part in parts if part)

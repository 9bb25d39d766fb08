"""Droplets as people name them: by id or by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...addresses import public_ipv4
from ..errors import Failure
from ..exit_codes import NOT_FOUND, USAGE
from ..schema.names import fitting

if TYPE_CHECKING:
    from ..._session import Session
    from ...client import DO


def is_id(text: str) -> bool:
    """Whether a text is taken for an id: digits alone always are."""
    return text.isascii() and text.isdigit()


def resolved(do: DO, texts: Sequence[str], names: dict[Any, str], *, missing_ok: bool = False) -> list[int]:
    """The ids of Droplets; each once, in the order given.

    Args:
        do: The client.
        texts: Ids or names.
        names: Gets the names by id, as far as they are known.
        missing_ok: Whether a name that fits none is left out.

    Raises:
        Failure: A name is empty, or fits none, or several.
    """
    if not all(text.strip() for text in texts):
        raise Failure("a Droplet's name is empty", USAGE.code)
    candidates = _candidates(do, list(dict.fromkeys(text for text in texts if not is_id(text))))
    ids: list[int] = []
    for text in texts:
        if is_id(text):
            ids.append(int(text))
        elif (droplet := _fitting(text, candidates, missing_ok=missing_ok)) is not None:
            names[droplet["id"]] = droplet["name"]
            ids.append(droplet["id"])
    return list(dict.fromkeys(ids))


def named(do: DO, name: str) -> Mapping[str, Any]:
    """The one Droplet of a name.

    Raises:
        Failure: There is none, or there are several.
    """
    found = _fitting(name, _candidates(do, [name]), missing_ok=False)
    assert found is not None  # noqa: S101 - none is an error here
    return found


def _candidates(do: DO, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Droplets among which are all of these names: asked for by name, or all there are where that takes less."""
    if len(names) > 1:
        from ..._operation import run

        listed = run(_all_if_few(do._session, len(names)))  # noqa: SLF001 - no public operation tells how many pages
        if listed is not None:
            return listed
    return [droplet for name in names for droplet in do.droplet.list(name=name, type="all")]


async def _all_if_few(session: Session, names: int) -> list[Mapping[str, Any]] | None:
    """All Droplets, unless that takes more requests than to ask for so many names."""
    from ..._core import pages
    from ..._core.listing import Listing

    async def page(query: Mapping[str, str | int], number: int) -> pages.Page:
        return await session.call(pages.numbered("/droplets", query, number), None, pages.reading("droplets"))

    queries = list(Listing(type="all").queries())
    firsts = [await page(query, 1) for query in queries]
    further = [(query, number) for query, first in zip(queries, firsts, strict=True) for number in pages.rest(first)]
    if len(further) > names * len(queries):
        return None
    read = [*firsts, *[await page(query, number) for query, number in further]]
    return list({droplet["id"]: droplet for one in read for droplet in one.items}.values())


def _fitting(name: str, droplets: Sequence[Mapping[str, Any]], *, missing_ok: bool) -> Mapping[str, Any] | None:
    """The one of a name; None where there is none and that is fine."""
    found = fitting(droplets, name, "Droplet", described)
    if found is None and not missing_ok:
        raise Failure(f"no Droplet is called {name!r}", NOT_FOUND.code)
    return found


def described(droplet: Mapping[str, Any]) -> str:
    """A Droplet in a few words, enough to tell it from another."""
    region: Mapping[str, Any] = droplet.get("region") or {}
    parts = [str(droplet["id"]), str(region.get("slug", "")), public_ipv4(droplet) or "no public address"]
    return " ".join(part for part in parts if part)

"""Values that the shell completes: names of Droplets and of other resources, slugs, tags.

What can't be read within three seconds is not completed, and no failure writes into the line that is being typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from ..schema.catalog import Naming, Operation, naming_of, takes_droplet
from ..settings import CliSettings, of_environment

if TYPE_CHECKING:
    from ...client import DO

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]

#: Maximum seconds for a user who pressed Tab.
TIMEOUT = 3.0
SLUGS = frozenset({"size", "region", "image"})
TAGS = frozenset({"tag_name", "tags"})


def completer(operation: Operation, name: str) -> Completer | None:
    """Find what completes a parameter; None where nothing does."""
    if takes_droplet(operation, name):
        return complete_droplets
    if name in SLUGS and (operation.resource, name) != ("volume", "size"):
        return _completing(lambda do: _list_slugs(do, name))
    if (operation.resource, name) == ("tag", "name") and not operation.name.startswith("create"):
        return complete_tags
    naming = naming_of(operation, name)
    if naming is not None:
        return _completing(lambda do: _list_names(do, naming))
    return complete_tags if name in TAGS else None


def _completing(candidates: Callable[[DO], Iterator[tuple[str, str]]]) -> Completer:
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001
        from ... import Retry
        from ..accounts.client import open_client

        try:
            with open_client(settings_of(ctx), retry=Retry.never(), timeout=TIMEOUT) as do:
                found = dict(candidates(do))
        except Exception:  # a completion that fails must not write into the line being typed
            return []
        return [CompletionItem(value, help=text) for value, text in found.items() if _is_candidate(value, incomplete)]

    return complete


def _is_candidate(value: str, incomplete: str) -> bool:
    """Whether a value can be typed and fits: one with a line break or an escape sequence can't."""
    return bool(value) and value.isprintable() and value.startswith(incomplete)


def settings_of(ctx: click.Context) -> CliSettings:
    """Return the settings from the options so far; no command has run yet to put them into the context."""
    settings = CliSettings()
    chain: list[click.Context] = []
    above: click.Context | None = ctx
    while above is not None:
        chain.insert(0, above)
        above = above.parent
    for each in chain:
        settings = settings.with_params(dict(each.params), of_environment(each))
    return settings


def _list_droplets(do: DO) -> Iterator[tuple[str, str]]:
    for droplet in do.droplet.list():
        yield droplet["name"], f"{droplet['id']} {droplet['status']}"


def _list_tags(do: DO) -> Iterator[tuple[str, str]]:
    for tag in do.tag.list():
        yield tag["name"], ""


def _list_names(do: DO, naming: Naming) -> Iterator[tuple[str, str]]:
    """List names; an object without one is named by its id."""
    for one in getattr(getattr(do, naming.resource), naming.listing)(**dict(naming.given)):
        name = str(one.get("name") or "")
        yield (name, str(one["id"])) if name else (str(one["id"]), "")


def _list_slugs(do: DO, kind: str) -> Iterator[tuple[str, str]]:
    from .create import slug_entries

    for entry in slug_entries(do, kind):
        if entry.get("slug"):
            price = entry.get("price_monthly")
            yield entry["slug"], f"${price:g}/month" if price else str(entry.get("name", ""))


complete_droplets = _completing(_list_droplets)
complete_tags = _completing(_list_tags)

"""Values that the shell completes: Droplets' names, slugs, tags. What cannot be had in a moment is not completed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from ..schema.catalog import Operation
from ..schema.names import takes_droplet
from ..settings import Settings, of_environment

if TYPE_CHECKING:
    from ...client import DO

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]

#: How long somebody who pressed Tab may wait, in seconds.
PATIENCE = 3.0
SLUGS = frozenset({"size", "region", "image"})
TAGS = frozenset({"tag_name", "tags"})


def completer(operation: Operation, name: str) -> Completer | None:
    """What completes a parameter, or None."""
    if takes_droplet(operation, name):
        return _completing(_droplets)
    if name in SLUGS and (operation.resource, name) != ("volume", "size"):
        return _completing(lambda do: _slugs(do, name))
    return _completing(_tags) if name in TAGS else None


def _completing(candidates: Callable[[DO], Iterator[tuple[str, str]]]) -> Completer:
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:  # noqa: ARG001
        from ... import Retry
        from ..accounts.client import open_client

        try:
            with open_client(settings_of(ctx), retry=Retry.never(), timeout=PATIENCE) as do:
                return [
                    CompletionItem(value, help=text) for value, text in candidates(do) if value.startswith(incomplete)
                ]
        except Exception:  # a completion that fails must not write into the line being typed
            return []

    return complete


def settings_of(ctx: click.Context) -> Settings:
    """What the options so far say; nothing has run yet that would have put it into the context."""
    settings = Settings()
    chain: list[click.Context] = []
    above: click.Context | None = ctx
    while above is not None:
        chain.insert(0, above)
        above = above.parent
    for each in chain:
        settings = settings.with_params(dict(each.params), of_environment(each))
    return settings


def _droplets(do: DO) -> Iterator[tuple[str, str]]:
    for droplet in do.droplet.list():
        yield droplet["name"], f"{droplet['id']} {droplet['status']}"


def _tags(do: DO) -> Iterator[tuple[str, str]]:
    for tag in do.tag.list():
        yield tag["name"], ""


def _slugs(do: DO, kind: str) -> Iterator[tuple[str, str]]:
    from .droplets import slug_entries

    for entry in slug_entries(do, kind):
        if entry.get("slug"):
            price = entry.get("price_monthly")
            yield entry["slug"], f"${price:g}/month" if price else str(entry.get("name", ""))

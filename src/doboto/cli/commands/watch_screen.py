"""`doboto watch` as a terminal of some width and height shows it: never more than fits.

Head and foot are always there, running actions come next, and Droplets have the lines that are left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ..output.cells import clean
from ..output.columns import COLUMNS, Column
from ..output.table import table
from .watch_view import View

#: From this height on, blank lines stand between the parts.
AIRY = 16
#: Lines of the smallest part that says anything of many: headings, one of them, how many there are more.
SMALLEST = 3
HEAD = 2
FOOT = 1
RUNNING = (
    Column("type"),
    Column("on"),
    Column("region", "region_slug"),
    Column("started_at"),
    Column("action", "id"),
)

Things = Sequence[Mapping[str, Any]]


def picture(view: View, width: int, height: int) -> RenderableType:
    """The whole view, of at most `height` lines."""
    gap = [Text("")] if height >= AIRY else []
    room = height - HEAD - FOOT - len(gap)
    for_actions, for_droplets = shared(room, len(view.actions), len(view.droplets), len(gap))
    parts = [
        _part(RUNNING, _on(view), width, for_actions, "actions"),
        _part(COLUMNS["Droplet"], _by_interest(view.droplets, for_droplets), width, for_droplets, "Droplets"),
    ]
    body = [line for part in parts if part for line in [*gap, *part]]
    return Group(*_head(view)[: max(1, height - FOOT)], *body, *gap, *[_foot(view)][: height - 1])


def shared(room: int, actions: int, droplets: int, gap: int) -> tuple[int, int]:
    """The lines that both parts take: actions what the Droplets leave, or half of the room if that is more.

    Args:
        room: Lines that there are for both.
        actions: How many actions there are.
        droplets: How many Droplets there are.
        gap: Lines that stand above each part.
    """
    wanted = droplets + 1 + gap if droplets else 0
    first = _lines(actions, max(room // 2, min(room, SMALLEST + gap), room - wanted) - gap)
    left = room - (first + gap if first else 0)
    return first, _lines(droplets, left - gap)


def _lines(many: int, room: int) -> int:
    """How many lines a part takes in that room; none where it would have nothing but headings."""
    if many and many + 1 <= room:
        return many + 1
    return room if many and room >= SMALLEST else 0


def _part(columns: Sequence[Column], things: Things, width: int, lines: int, name: str) -> list[RenderableType]:
    """Headings, as many things as fit into so many lines, and how many there are more."""
    if not lines:
        return []
    if lines > len(things):
        return [table(columns, things, width)]
    shown = lines - 2
    return [table(columns, things[:shown], width), _line((f"and {len(things) - shown} more {name}", "dim"))]


def _by_interest(droplets: Things, lines: int) -> Things:
    """Where not all fit, those that are not active come first: something is up with them."""
    if lines > len(droplets):
        return droplets
    return sorted(droplets, key=lambda droplet: droplet["status"] == "active")


def _on(view: View) -> Things:
    """The running actions, each with what it runs on."""
    names = {droplet["id"]: droplet["name"] for droplet in view.droplets}
    return [{**action, "on": _named(action, names)} for action in view.actions]


def _named(action: Mapping[str, Any], names: Mapping[Any, str]) -> str:
    kind, id = action.get("resource_type"), action.get("resource_id")
    return names.get(id, f"droplet {id}") if kind == "droplet" else f"{kind} {id}"


def _head(view: View) -> list[RenderableType]:
    active = sum(droplet["status"] == "active" for droplet in view.droplets)
    return [
        _line(("doboto watch", "bold"), f"  {clean(view.account)}"),
        _line(f"Droplets: {len(view.droplets)}, active: {active}, actions running: {len(view.actions)}"),
    ]


def _foot(view: View) -> RenderableType:
    told = (clean(view.trouble), "bold red") if view.trouble else (view.limit, "dim")
    return _line(("q ends this  ", "dim"), told)


def _line(*parts: str | tuple[str, str]) -> RenderableType:
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")

"""What `doboto watch` knows of the account, and how a terminal of some width and height shows it.

Head and foot are always shown, running actions come next, and Droplets get the lines that are left. Rich is imported
where something is drawn: in a pipe nothing is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ...errors import DOBOTOException, DOBOTOForbiddenException, DOBOTOUnauthorizedException
from ..output.columns import COLUMNS, Column
from ..output.table import table
from ..output.text import format_cell, overflow, width_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ...client import DO

#: Droplets in a page of their list, and how many requests a refresh costs beside those pages.
PAGE = 200
OTHER_REQUESTS = 1
#: Seconds to wait at most after a response that says when to retry.
MAX_RETRY_AFTER = 300.0
#: From this height on, blank lines separate the parts.
SPACIOUS = 16
#: Lines of the smallest part of many rows: headings, one row, and how many more there are.
SMALLEST = 3
HEAD = 2
QUIT = "q quits  "
#: Lines that the reason of a failure may take.
REASON_LINES = 3
ACTION_COLUMNS = (
    Column("type"),
    Column("on"),
    Column("region", "region_slug"),
    Column("started_at"),
    Column("action", "id"),
)

Rows = Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class View:
    """What is shown.

    Attributes:
        account: Which account it is.
        droplets: The Droplets.
        actions: The running actions.
        limit: What is known of the rate limit.
        updated_at: When the last refresh succeeded, in seconds of a monotonic clock.
        error: Why the last refresh failed, or an empty text.
        retry_after: Seconds that the last failure asks to wait.
    """

    account: str
    droplets: Rows = ()
    actions: Rows = ()
    limit: str = ""
    updated_at: float = 0.0
    error: str = ""
    retry_after: float = 0.0

    def refresh(self, do: DO, now: float = 0.0) -> None:
        """Read the account.

        Args:
            do: The client.
            now: Seconds of a monotonic clock.

        Raises:
            DOBOTOException: The API failed.
        """
        self.droplets = do.droplet.list(type="all")
        self.actions = _list_running(do)
        self.updated_at, self.error, self.retry_after = now, "", 0.0
        known = do.ratelimit
        self.limit = "" if known is None else f"{known.remaining} of {known.limit} requests left this hour"

    def try_refresh(self, do: DO, now: float) -> None:
        """Read the account again; where that fails, keep what is shown and the reason.

        Raises:
            DOBOTOUnauthorizedException: The token is refused, which the next attempt would not change.
        """
        try:
            self.refresh(do, now)
        except DOBOTOUnauthorizedException:
            raise
        except DOBOTOException as failure:
            self.error = describe_failure(failure)
            self.retry_after = min(float(getattr(failure, "retry_after", None) or 0.0), MAX_RETRY_AFTER)

    @property
    def pause(self) -> float:
        """Minimum seconds between refreshes: a request a second leaves room for other programs (5,000 an hour)."""
        return max(self.retry_after, len(self.droplets) // PAGE + 2.0 + OTHER_REQUESTS)


def describe_failure(failure: DOBOTOException) -> str:
    """Say in one line why a refresh failed, the status first: `503 Service Unavailable: try again later`."""
    message = " ".join(failure.message.split())
    if failure.status is None:
        return message or type(failure).__name__
    try:
        phrase = HTTPStatus(failure.status).phrase
    except ValueError:
        phrase = ""
    said = dict.fromkeys(text for text in (phrase, message) if text)  # once, where the API says no more
    return f"{failure.status} {': '.join(said)}".rstrip()


def _list_running(do: DO) -> Rows:
    try:
        response: Any = do.request("GET", "/actions", query={"per_page": PAGE})
    except DOBOTOForbiddenException:
        return []  # a token may lack actions:read
    return [action for action in response["actions"] if action["status"] == "in-progress"]


# -- drawing


def render(view: View, width: int, height: int, now: float = 0.0) -> RenderableType:
    """Draw the whole view in at most `height` lines; `now` is the time of `View.updated_at`'s clock."""
    from rich.console import Group
    from rich.text import Text

    foot = _render_foot(view, width, max(1, min(REASON_LINES, height // 4)), now)
    gap = [Text("")] if height >= SPACIOUS else []
    room = height - HEAD - len(foot) - len(gap)
    for_actions, for_droplets = divide(room, len(view.actions), len(view.droplets), len(gap))
    parts = [
        _render_part(ACTION_COLUMNS, _with_names(view), width, for_actions, "actions"),
        _render_part(COLUMNS["Droplet"], _sort(view.droplets, for_droplets), width, for_droplets, "Droplets"),
    ]
    body = [line for part in parts if part for line in [*gap, *part]]
    return Group(*_render_head(view)[: max(1, height - len(foot))], *body, *gap, *foot[: max(1, height - 1)])


def divide(room: int, actions: int, droplets: int, gap: int) -> tuple[int, int]:
    """Divide the lines: actions get what Droplets leave, or half of the room if that is more.

    Args:
        room: Lines for both parts.
        actions: How many actions there are.
        droplets: How many Droplets there are.
        gap: Blank lines above each part.
    """
    wanted = droplets + 1 + gap if droplets else 0
    first = _count_lines(actions, max(room // 2, min(room, SMALLEST + gap), room - wanted) - gap)
    left = room - (first + gap if first else 0)
    return first, _count_lines(droplets, left - gap)


def _count_lines(rows: int, room: int) -> int:
    """Count the lines of a part in that room; 0 where there would be nothing but headings."""
    if rows and rows + 1 <= room:
        return rows + 1
    return room if rows and room >= SMALLEST else 0


def _render_part(columns: Sequence[Column], rows: Rows, width: int, lines: int, name: str) -> list[RenderableType]:
    """Draw headings, as many rows as fit, and how many more there are."""
    if not lines:
        return []
    if lines > len(rows):
        return [table(columns, rows, width)]
    shown = lines - 2
    return [table(columns, rows[:shown], width), _line((f"and {len(rows) - shown} more {name}", "dim"))]


def _sort(droplets: Rows, lines: int) -> Rows:
    """Put Droplets that are not active first where not all fit: they need attention."""
    if lines > len(droplets):
        return droplets
    return sorted(droplets, key=lambda droplet: droplet["status"] == "active")


def _with_names(view: View) -> Rows:
    """Give each running action the name of its resource."""
    names = {droplet["id"]: droplet["name"] for droplet in view.droplets}
    return [{**action, "on": _name(action, names)} for action in view.actions]


def _name(action: Mapping[str, Any], names: Mapping[Any, str]) -> str:
    kind, id = action.get("resource_type"), action.get("resource_id")
    return names.get(id, f"droplet {id}") if kind == "droplet" else f"{kind} {id}"


def _render_head(view: View) -> list[RenderableType]:
    active = sum(droplet["status"] == "active" for droplet in view.droplets)
    return [
        _line(("doboto watch", "bold"), f"  {format_cell(view.account)}"),
        _line(f"Droplets: {len(view.droplets)}, active: {active}, actions running: {len(view.actions)}"),
    ]


def _render_foot(view: View, width: int, lines: int, now: float) -> list[RenderableType]:
    """Draw what `q` does and the rate limit; after a failure since when nothing is new, and why, in several lines."""
    if not view.error:
        return [_line((QUIT, "dim"), (view.limit, "dim"))]
    text = f"{QUIT}last updated {now - view.updated_at:.0f} s ago: {format_cell(view.error)}"
    first, *rest = wrap(text, max(1, width), lines)
    quits = first[: len(QUIT)]
    return [_line((quits, "dim"), (first[len(quits) :], "bold red")), *(_line((one, "bold red")) for one in rest)]


def wrap(text: str, width: int, lines: int) -> list[str]:
    """Break a clean text into at most so many lines of so many cells; the last one holds all that is left."""
    broken: list[str] = []
    for word in text.split(" "):
        if (broken and width_of(f"{broken[-1]} {word}") <= width) or len(broken) == lines:
            broken[-1] += f" {word}"
        else:
            broken.append(word)
    return broken


def _line(*parts: str | tuple[str, str]) -> RenderableType:
    from rich.text import Text

    return Text.assemble(*parts, no_wrap=True, overflow=overflow())

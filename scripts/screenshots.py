"""Makes the pictures of `docs/cli.md`: runs commands in a terminal, on a simulated account, and draws what it shows."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "cli"))
from terminal import Terminal

SCREENS = Path(__file__).parents[1] / "docs" / "screens"
NEW = ["--size", "s-1vcpu-1gb", "--region", "nyc3", "--image", "ubuntu-24-04-x64"]
THEME = TerminalTheme(
    (24, 26, 31), (215, 218, 224),
    [(24, 26, 31), (224, 108, 117), (126, 196, 122), (229, 192, 123), (97, 175, 239), (198, 120, 221), (86, 182, 194),
     (171, 178, 191)],
    [(92, 99, 112), (224, 108, 117), (126, 196, 122), (229, 192, 123), (97, 175, 239), (198, 120, 221),
     (86, 182, 194), (255, 255, 255)],
)  # fmt: skip
#: What pyte calls the colours, by how rich does.
COLORS = {"brown": "yellow", "brightblack": "bright_black"}


def main() -> int:
    """Make all pictures."""
    SCREENS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        account = {
            "PATH": os.environ["PATH"], "HOME": folder, "DOBOTO_SIM": "1", "DOBOTO_SIM_SPEED": "15", "LANG": "C.UTF-8",
            **{f"XDG_{name}_HOME": f"{folder}/{name}" for name in ("STATE", "CACHE", "CONFIG")},
        }  # fmt: skip
        for name, line, terminal in pictures(account):
            _draw(name, line, terminal)
    return 0


def pictures(account: dict[str, str]) -> Iterator[tuple[str, str, Terminal]]:
    """Each picture's name, the line that was typed, and the terminal at the moment that is shown."""
    create = ["droplet", "create", "web-{01..04}", *NEW, "--tag", "env:prod", "--wait"]
    with Terminal(create, account, 90) as terminal:
        terminal.read(lambda text: bool(re.search(r"0 of 4 +15 s.*web-04 \(", text, re.DOTALL)))
        yield "create", f"doboto {' '.join(create)}", terminal
        terminal.end()
    _run(["droplet", "power-off", "web-02", "--wait"], account)
    yield from _ended("list", ["droplet", "list"], account, 130)
    yield from _ended("info", ["droplet", "info", "web-01"], account, 80)
    misspelt = [text.replace("1gb", "1bg") for text in NEW]
    yield from _ended("error", ["droplet", "create", "web-05", *misspelt], account, 110)
    with Terminal(["droplet", "destroy", "--tag", "env:prod"], account, 80) as terminal:
        terminal.read(lambda text: "[y/N]" in text)
        yield "destroy", "doboto droplet destroy --tag env:prod", terminal
    _run(["droplet", "reboot", "web-01", "web-03"], account)
    with Terminal(["watch"], account, 90, 20) as terminal:
        terminal.read(lambda text: "q quits" in text)
        yield "watch", "doboto watch", terminal
        terminal.type("q")
        terminal.end()
    yield from _ended("help", ["droplet", "power-off", "--help"], account, 100)


def _ended(name: str, line: list[str], account: dict[str, str], width: int) -> Iterator[tuple[str, str, Terminal]]:
    """The picture of a command that has ended."""
    with Terminal(line, account, width) as terminal:
        terminal.end()
        yield name, f"doboto {' '.join(line)}", terminal


def _run(arguments: list[str], account: dict[str, str]) -> None:
    with Terminal(arguments, account) as terminal:
        terminal.end()


def _draw(name: str, line: str, terminal: Terminal) -> None:
    rows = [_row(terminal, number) for number in range(terminal.screen.lines)]
    while rows and not rows[-1].plain.strip():
        rows.pop()
    console = Console(record=True, width=terminal.screen.columns, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(Text.assemble(("$ ", "green"), (line, "bold")), soft_wrap=False)
    for row in rows:
        console.print(row, no_wrap=True, overflow="crop")
    console.print()  # the last line's lower edge is cut off
    svg = console.export_svg(title=f"doboto {name}", theme=THEME, unique_id=f"doboto-{name}")
    # Whatever monospaced font the reader has: nothing is loaded from elsewhere.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (SCREENS / f"{name}.svg").write_text(svg.replace("Fira Code, monospace", "monospace"), encoding="utf-8")


def _row(terminal: Terminal, number: int) -> Text:
    cells = [terminal.screen.buffer[number][column] for column in range(terminal.screen.columns)]
    text = Text()
    for (color, bold), run in groupby(cells, key=lambda cell: (cell.fg, cell.bold)):
        style = Style(color=None if color == "default" else _color(color), bold=bold)
        text.append("".join(cell.data for cell in run), style)
    text.rstrip()
    return text


def _color(name: str) -> Color:
    return Color.parse(f"#{name}" if re.fullmatch(r"[0-9a-f]{6}", name) else COLORS.get(name, name))


if __name__ == "__main__":
    sys.exit(main())

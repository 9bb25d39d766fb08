"""Cells of a terminal, which are not letters: East Asian ones and emoji take two, accents take none."""

from __future__ import annotations

#: What terminals disagree about, and no name is told from another by: joiners, selectors of a variant, skin tones.
#: They are left out; what is left takes as many cells in every terminal.
DISPUTED = dict.fromkeys([0x200D, 0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])


def width(text: str) -> int:
    """How many cells a clean text takes. The terminal library says so, and is asked where that isn't plain."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # this part of it alone: 2 ms, where its tables take 24

    return cell_len(text)


def padded(text: str, room: int, *, right: bool = False) -> str:
    """A text with spaces to so many cells, after it or before it."""
    spaces = " " * (room - width(text))
    return spaces + text if right else text + spaces


def clean(text: str) -> str:
    """A text in which nothing steers the terminal, begins a new line, or takes a number of cells that nobody knows."""
    return "".join(letter if letter.isprintable() else "?" for letter in text.translate(DISPUTED))

"""Text for a terminal: safe to show, of a known width in cells, in characters that the output's encoding has."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from typing import Any, Literal, TextIO

import click

from ..._json import holds_objects, is_array, is_object

EMPTY = "-"
#: Characters that terminals render in different widths, and that no name depends on: joiners, variation selectors, skin
#: tones. They are left out, so that the rest takes the same number of cells everywhere.
AMBIGUOUS = dict.fromkeys([0x200D, 0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)])


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads what is written there; Python has None for a stream that was closed at the start."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def on_terminal() -> bool:
    """Whether a person reads the result."""
    return is_terminal(sys.stdout)


def write_notice(text: str, *, dim: bool = False) -> None:
    """Write a line on standard error, without what steers a terminal.

    Where standard error takes no more, the work goes on, and its result is printed.
    """
    safe = "".join(letter if letter.isprintable() else "?" for letter in text)
    try:
        if dim and not os.environ.get("NO_COLOR"):
            click.secho(safe, dim=True, err=True)
        else:  # without the sequence that ends a style, which a terminal that knows none would show
            click.echo(safe, err=True)
    except OSError:
        discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Discard what a stream does not take, and all that follows.

    Python would try again at its end, with a message of its own and exit code 120 (its documentation of signals, "Note
    on SIGPIPE").
    """
    with suppress(OSError, ValueError):  # it may be no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def terminal_width() -> int:
    """Return the width of the terminal in cells."""
    import shutil  # brings three compression libraries

    return shutil.get_terminal_size().columns


def width_of(text: str) -> int:
    """Count the cells of a clean text: East Asian characters and emoji take two, accents none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # this module alone: 2 ms, where rich's tables take 24

    return cell_len(text)


def pad(text: str, room: int, *, right: bool = False) -> str:
    """Add spaces up to so many cells, after the text or before it."""
    spaces = " " * (room - width_of(text))
    return spaces + text if right else text + spaces


def clean(text: str) -> str:
    """Replace what steers a terminal by `?`: control characters, escape sequences, line breaks, text direction.

    Unicode's format characters (category Cf) have the bidirectional ones among them, which show a name in another order
    than it is written (Unicode Technical Report 36, "Bidirectional Text Spoofing").
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text.translate(AMBIGUOUS))


def clean_lines(text: str) -> str:
    """Clean a text of several lines; line breaks and tabs stay."""
    return "".join(part if part in {"\n", "\t"} else clean(part) for part in re.split(r"([\n\t])", text))


def can_encode(text: str, stream: TextIO | None = None) -> bool:
    """Whether the encoding of a stream, standard output's by default, has all of these characters."""
    try:
        text.encode(_encoding_of(stream or sys.stdout))
    except UnicodeEncodeError:
        return False
    return True


def overflow(stream: TextIO | None = None) -> Literal["ellipsis", "crop"]:
    """Return how rich cuts what is too long: with an ellipsis, where the stream's encoding has one."""
    return "ellipsis" if can_encode("…", stream) else "crop"


def to_encoding(text: str, stream: TextIO | None = None, errors: str = "backslashreplace") -> str:
    r"""Replace characters that a stream's encoding lacks (cp1252, ASCII), so that writing them never raises.

    Args:
        text: The text.
        stream: Where it will be written; standard output by default.
        errors: How to replace them: `backslashreplace` shows `\u2713`, `replace` shows `?`.
    """
    encoding = _encoding_of(stream or sys.stdout)
    return text.encode(encoding, errors).decode(encoding)


def _encoding_of(stream: TextIO | None) -> str:
    stream = getattr(stream, "rich_proxied_file", stream)  # what rich puts in its place while it redraws has none
    return getattr(stream, "encoding", None) or "utf-8"


def format_value(value: Any) -> str:
    """Write a value as the text of a cell."""
    if value is None or value == [] or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if is_array(value) and not holds_objects(value):
        return ",".join(format_value(item) for item in value)
    if is_object(value) or is_array(value):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def format_cell(value: Any) -> str:
    """Write a value as a cell that is safe to show and that the output's encoding has."""
    return to_encoding(clean(format_value(value)), errors="replace") or EMPTY


def format_heading(name: str) -> str:
    """Write a column's name as its heading."""
    return format_cell(name.upper())


def dump_json(value: Any, indent: int | None = None) -> str:
    r"""Write a value as JSON, on one line unless indented.

    Characters that steer a terminal are written as `\u202e`, which is the same value to a program.
    """
    text = escape(json.dumps(value, ensure_ascii=False, indent=indent, separators=None if indent else (", ", ": ")))
    return text if can_encode(text) else json.dumps(value, indent=indent, separators=None if indent else (", ", ": "))


def escape(text: str) -> str:
    r"""Write characters that steer a terminal as `\u202e`, as strings of JSON and YAML do; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\n" else _escape(one) for one in text)


def _escape(letter: str) -> str:
    """Write a character as JSON does: above U+FFFF as two surrogates (RFC 8259, section 7)."""
    code = ord(letter)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"

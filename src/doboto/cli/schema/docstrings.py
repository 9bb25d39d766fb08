"""Reads our own docstrings: Google's form, with `Scopes` and `Reference` as further sections."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from inspect import cleandoc

SECTION = re.compile(r"^(Args|Returns|Raises|Scopes|Reference):\s*(.*)$")
ENTRY = re.compile(r"^ {4}(\*{0,2}\w[\w, ]*): *(.*)$")
#: An entry that reads on in the next one ("its name, with").
READS_ON = re.compile(r"(; or|, with|, or|;)$")


@dataclass(slots=True)
class Docstring:
    """A docstring in its parts.

    Attributes:
        summary: The first line.
        body: What follows it, paragraph by paragraph; code blocks as they are.
        args: The text of each parameter.
        returns: What comes back.
        scopes: The scopes that the token needs.
        references: Links to the API's documentation.
    """

    summary: str = ""
    body: list[str] = field(default_factory=list[str])
    args: dict[str, str] = field(default_factory=dict[str, str])
    returns: str = ""
    scopes: str = ""
    references: list[str] = field(default_factory=list[str])


def parsed(text: str | None) -> Docstring:
    """The parts of a docstring."""
    sections: dict[str, list[str]] = {"": []}
    lines = sections[""]
    for line in cleandoc(text or "").splitlines():
        if found := SECTION.match(line):
            lines = sections[found[1]] = [found[2]] if found[2] else []
        else:
            lines.append(line)
    summary, *body = _paragraphs(sections[""]) or [""]
    return Docstring(
        summary,
        body,
        _entries(sections.get("Args", [])),
        _joined(sections.get("Returns", [])),
        _joined(sections.get("Scopes", [])),
        [word.rstrip(",") for word in _joined(sections.get("Reference", [])).split()],
    )


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


def _paragraphs(lines: list[str]) -> list[str]:
    """Paragraphs, each in one line; what is indented is an example, and left out with the line that introduces it."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if not line.strip():
            paragraphs.append([])
        elif not line.startswith(" "):
            paragraphs[-1].append(line)
    return [" ".join(one) for one in paragraphs if one and not one[-1].endswith("::")]


def _entries(lines: list[str]) -> dict[str, str]:
    """The text of each entry; a list inside of one is left out, since each of its items is described elsewhere."""
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    listing = False
    for line in lines:
        if found := ENTRY.match(line):
            current, listing = entries.setdefault(found[1].lstrip("*"), []), False
            current.append(found[2])
        elif line.strip().startswith("- "):
            listing = True
        elif not listing:
            current.append(line)
    return {name: sentence(_joined(text)) for name, text in entries.items()}


def sentence(text: str) -> str:
    """A text that stands by itself: it begins with a capital letter and ends with a full stop."""
    text = READS_ON.sub("", text).rstrip(" :")
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", ")", "!")) else f"{text}."

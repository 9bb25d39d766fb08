"""The code in the documentation's pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: What is written by hand; `docs/reference/generated` is made anew by every build of the site.
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(page for page in ROOT.glob("docs/**/*.md") if {"_build", "generated"}.isdisjoint(page.parts)),
    ]
)
#: Its blocks are files of tests, which `tests/testing/test_documentation.py` runs as such.
OF_TESTS = ROOT / "docs" / "testing.md"

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block of code on a page."""

    page: Path
    line: int
    language: str
    code: str

    def run(self, namespace: dict[str, object]) -> None:
        """Run it in the namespace of those before it; tracebacks name the page and its line."""
        padded = "\n" * self.line + self.code
        exec(compile(padded, str(self.page), "exec"), namespace)


def blocks(page: Path, language: str) -> list[Block]:
    """The page's blocks in one language, in their order."""
    text = page.read_text(encoding="utf-8")
    found = ((text.count("\n", 0, match.start()) + 1, match[1], match[2]) for match in FENCED.finditer(text))
    return [Block(page, line, name, code) for line, name, code in found if name == language]

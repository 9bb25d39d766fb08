"""Finds what comments and docstrings of a package say about a matter, and which function or constant they are about."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

UNVERIFIED = re.compile(r"unverified", re.IGNORECASE)
#: Line, name of what it is about, text.
Note = tuple[int, str, str]


def listed(folder: Path, matter: re.Pattern[str], but: str) -> str:
    """A list in Markdown, in the order of files and lines."""
    lines = [
        f"- `{path.relative_to(folder).as_posix()}`, `{name}`: {text}"
        for path in sorted(folder.rglob("*.py"))
        if path.name != but
        for _, name, text in sorted([*_documented(path), *_commented(path)])
        if matter.search(text)
    ]
    return "\n".join(lines)


def _documented(path: Path) -> Iterator[Note]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            line, name = (0, path.stem) if isinstance(node, ast.Module) else (node.lineno, node.name)
            for paragraph in (ast.get_docstring(node) or "").split("\n\n"):
                yield line, name, " ".join(paragraph.split())


def _commented(path: Path) -> Iterator[Note]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    block: list[str] = []
    with path.open("rb") as file:
        comments = [one for one in tokenize.tokenize(file.readline) if one.type == tokenize.COMMENT]
    for one, following in zip(comments, [*comments[1:], None], strict=False):
        line, code = one.start[0], one.line[: one.start[1]].strip()
        block.append(one.string.lstrip("#: "))
        if code or following is None or following.start != (line + 1, one.start[1]):
            text = " ".join(block)
            yield line, _about(tree, line), f"`{code}`: {text}" if code else text
            block = []


def _about(tree: ast.Module, line: int) -> str:
    """The function that a line is in, else the class or name that comes next."""
    for statement in tree.body:
        if (statement.end_lineno or 0) < line:
            continue
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return statement.name
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", statement)]
        return ast.unparse(targets[0]).splitlines()[0]
    return ""

"""Writes the generated parts of `docs/simulator.md`: what code and tables of the simulator say about themselves.

    python scripts/generate.py [--check] [PAGE]

A part stands between the comments `<!-- generated: NAME -->` and `<!-- end of NAME -->`; the rest of the page is
written by hand. `--check` changes nothing and exits with 1 if a part is not what it would be now.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click
import notes

import doboto.sim
from doboto.cli.commands import sim as command
from doboto.sim import admin
from doboto.sim.engine.lifecycle import DURATIONS
from doboto.sim.faults import KINDS
from doboto.sim.faults.kinds import FaultArgument
from doboto.sim.http.routes import REAL_PATHS
from doboto.sim.resources import operations

RECORDED = Path(__file__).parents[1] / "tests" / "recorded.json"
PAGE = Path(__file__).parents[1] / "docs" / "simulator.md"
SOURCE = Path(doboto.sim.__file__).parent


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lines of a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


# -- the command line


def options() -> str:
    """What `doboto sim` takes."""
    return table(("Option", "What it does"), ((_option(one), _help(one)) for one in command.PARAMS))


def _option(option: click.Option) -> str:
    takes = "" if option.is_flag else f" {option.metavar or str(option.name).upper()}"
    return f"`{option.opts[0]}{takes}`"


def _help(option: click.Option) -> str:
    default = f" Default: {option.default}." if option.show_default else ""
    return f"{option.help}{default}"


# -- settings and durations


def settings() -> str:
    """Every setting with its default and what the source says of it; one text may stand for several settings."""
    source = (SOURCE / "engine" / "settings.py").read_text(encoding="utf-8")
    lines = source.splitlines()
    body = next(node.body for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    rows: list[tuple[list[str], str]] = []
    for field in (node for node in body if isinstance(node, ast.AnnAssign)):
        text = _text_above(lines, field.lineno - 1)
        if text:
            rows.append(([], text))
        elif not lines[field.lineno - 2].strip():
            raise LookupError(f"{ast.unparse(field.target)} has no text")
        rows[-1][0].append(f"`{ast.unparse(field.target)}` = {_default(field)}")
    return table(("Setting and default", "", "What it is"), map(_setting, rows))


def _text_above(lines: Sequence[str], number: int) -> str:
    above: list[str] = []
    while lines[number - 1].strip().startswith("#:"):
        number -= 1
        above.insert(0, lines[number].strip()[2:].strip())
    return " ".join(above)


def _default(field: ast.AnnAssign) -> str:
    text = "" if field.value is None else ast.unparse(field.value).replace("'", '"')
    choices = re.findall(r"'(\w+)'", ast.unparse(field.annotation))
    others = [f'`"{choice}"`' for choice in choices if f'"{choice}"' != text]
    return " or ".join(["`{}`" if text.startswith("field(") else f"`{text}`", *others])


def _setting(row: tuple[list[str], str]) -> tuple[str, str, str]:
    names, text = row
    return "<br>".join(names), "**unverified**" if notes.UNVERIFIED.search(text) else "", text


def durations() -> str:
    """How long everything takes."""
    list(operations())  # the files of the resources add theirs
    return table(("Event", "Seconds"), ((f"`{name}`", f"{seconds:g}") for name, seconds in sorted(DURATIONS.items())))


# -- faults, the admin interface


def faults() -> str:
    """The kinds of faults."""
    rows = ((f"`{name}`", kind.about, " or ".join(kind.stages), _arguments(name)) for name, kind in KINDS.items())
    return table(("Kind", "What it does", "When", "Arguments"), rows)


def _arguments(name: str) -> str:
    found = KINDS[name].arguments.items()
    return "<br>".join(f"`{key}`: {argument.description}{_default_of(argument)}" for key, argument in found)


def _default_of(argument: FaultArgument) -> str:
    return f" (default: {json.dumps(argument.default)})" if isinstance(argument.default, int | float) else ""


def interface() -> str:
    """The admin interface, in the words of its module."""
    block = re.search(r"\n\n((?: {4}.*\n)+)", admin.__doc__ or "")
    if block is None:
        raise LookupError("the module has no list of its paths")
    return "```text\n" + re.sub(r"^ {4}", "", block[1], flags=re.MULTILINE) + "```"


# -- coverage


def coverage() -> str:
    """The registered operations by path, and which parts of the API answer 501."""
    methods: dict[str, list[str]] = {}
    for one in operations():
        methods.setdefault(one.path, []).append(one.method)
    rows = ((f"`{path}`", " ".join(methods[path])) for path in sorted(methods))
    count = sum(map(len, methods.values()))
    outside = (f"`/v2/{name}`" for name in REAL_PATHS if not any(_within(path, f"/v2/{name}") for path in methods))
    return (
        f"{count} operations at {len(methods)} paths:\n\n{table(('Path', 'Methods'), rows)}\n\n"
        f"Everything under these paths answers 501: {', '.join(outside)}."
    )


def _within(path: str, beginning: str) -> bool:
    return path == beginning or path.startswith(beginning + "/")


def recordings() -> str:
    """The recordings that the simulator is not held to, and why."""
    document = json.loads(RECORDED.read_text(encoding="utf-8"))
    return "\n".join(f"- `{name}`: {reason}" for name, reason in document["not_held"].items())


# -- the page

PARTS: dict[str, Callable[[], str]] = {
    "options": options,
    "settings": settings,
    "durations": durations,
    "faults": faults,
    "interface": interface,
    "coverage": coverage,
    "recordings": recordings,
    "notes": lambda: notes.listed(SOURCE, notes.UNVERIFIED, but="settings.py"),
}


def renewed(page: str) -> str:
    """The page with its generated parts as they are now; LookupError if one has no place in it."""
    for name, make in PARTS.items():
        before, after = f"<!-- generated: {name} -->\n", f"\n<!-- end of {name} -->"
        if before not in page or after not in page:
            raise LookupError(f"the page has no place for {name}")
        head, _, rest = page.partition(before)
        page = head + before + "\n" + make() + "\n" + after + rest.partition(after)[2]
    return page


def main() -> int:
    """Write the page, or say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if a part is out of date")
    parser.add_argument("page", nargs="?", type=Path, default=PAGE, help="another page than simulator.md")
    options = parser.parse_args()
    old = options.page.read_text(encoding="utf-8")
    new = renewed(old)
    if options.check and new != old:
        print(f"{options.page} is out of date: run python scripts/generate.py", file=sys.stderr)
        return 1
    if new != old:
        options.page.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

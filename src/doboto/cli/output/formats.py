"""Prints results: a table for people; JSON, JSON lines, CSV and YAML for programs."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO

import click

from ..._json import holds_objects, is_array, is_object
from ..errors import USAGE, Failure
from ..settings import Settings
from . import table
from .columns import COLUMNS, Column, chosen, columns_of, split
from .members import misspelt
from .query import compiled, found, hint, impossible, lacking, same_things


def printed(value: Any, kind: Any, settings: Settings) -> None:
    """Print a result.

    Args:
        value: What the operation gave; an iterator is printed as it comes where the format allows that.
        kind: The TypedDict that it is one or many of, or None.
        settings: Say how.

    Raises:
        Failure: There is nowhere to print it to, or an expression does not fit it.
    """
    stdout: TextIO | None = sys.stdout  # Python's, where it starts without one
    if stdout is None:
        raise Failure("standard output is closed: the result can't be printed")
    if isinstance(value, Iterator):
        items: Iterator[Any] = value  # pyright: ignore[reportUnknownVariableType]
        if settings.output == "jsonl" and settings.query is None:
            for item in items:
                click.echo(compact(item))
            return
        value = list(items)
    if settings.query is not None:
        part = found(settings.query, value)
        _hint(hint(settings.query, part, kind), settings)
        value, kind = part, kind if same_things(value, part) else None
    WRITERS[settings.output or "table"](value, kind, settings)


def check(settings: Settings, *kinds: Any) -> None:
    """Refuse expressions that are none, and columns that there are not, before anything is sent.

    Args:
        settings: Hold them.
        kinds: The TypedDicts that results are made of, as far as they are known; None for one that is not.

    Raises:
        Failure: One is none.
    """
    if settings.query is None and settings.columns is None:
        return
    for expression in [*split(settings.columns or ""), *([] if settings.query is None else [settings.query])]:
        compiled(expression)
    if not settings.columns:
        return
    query = settings.query
    trouble = misspelt(settings.columns, kinds) if query is None else impossible(settings.columns, query, kinds)
    if trouble:
        raise Failure(trouble, USAGE.code)


def _hint(text: str | None, settings: Settings) -> None:
    """Tell, beside a result, what may be wrong with the question."""
    if text is not None and not settings.quiet:
        click.echo(compact({"event": "hint", "message": text}) if settings.machine else f"doboto: {text}", err=True)


def compact(value: Any) -> str:
    """A value as JSON in one line."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _as_json(value: Any, _kind: Any, _settings: Settings) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _as_jsonl(value: Any, _kind: Any, _settings: Settings) -> None:
    for item in value if is_array(value) else [value]:
        click.echo(compact(item))


def _as_yaml(value: Any, _kind: Any, _settings: Settings) -> None:
    import yaml

    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
    click.echo(text.removesuffix("...\n"), nl=False)  # the end that a document of one scalar has


def _as_csv(value: Any, kind: Any, settings: Settings) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if (bare := _lines(value, settings)) is not None:
        writer.writerows([table.plain(cell) for cell in line] for line in bare)
    else:
        columns, rows = tabulated(value, kind, settings)
        heading = [] if settings.no_header or not columns else [[column.name for column in columns]]
        writer.writerows([*heading, *(row for row in rows if row)])
    click.echo(text.getvalue(), nl=False)


def _as_table(value: Any, kind: Any, settings: Settings) -> None:
    if settings.query is not None and isinstance(value, str):
        text = table.whole(value)
        click.echo(
            text, nl=not text.endswith("\n"), color=True
        )  # click would take escapes out of what goes into a pipe
        return
    if (bare := _lines(value, settings)) is not None:
        for line in table.aligned([[table.cell(cell) for cell in line] for line in bare]):
            click.echo(line)
        return
    if is_object(value) and settings.columns is None and _detailed(value, kind):
        table.details(_in_short(value, kind))
        return
    columns, rows = tabulated(value, kind, settings)
    lacking = table.rows(columns, rows, header=not settings.no_header, whole=settings.columns is not None)
    if lacking and not settings.quiet and table.seen(sys.stderr):
        click.secho(_more(lacking, shutil.get_terminal_size().columns), dim=True, err=True)


def _more(lacking: Sequence[Column], across: int) -> str:
    """What tells that there are columns for which there was no room: by their names, if these fit."""
    many = f"{len(lacking)} more column{'s' if len(lacking) > 1 else ''}"
    tip = "use --columns or a wider terminal"
    named = f"{many} ({', '.join(column.name for column in lacking)}): {tip}"
    return named if len(named) <= across else f"{many}: {tip}"


WRITERS: Mapping[str, Callable[[Any, Any, Settings], None]] = {
    "table": _as_table,
    "json": _as_json,
    "jsonl": _as_jsonl,
    "yaml": _as_yaml,
    "csv": _as_csv,
}


def tabulated(value: Any, kind: Any, settings: Settings) -> tuple[Sequence[Column], list[list[str]]]:
    """Columns and rows, every cell as text."""
    items = list(_items(value))
    columns = columns_of(kind if _of_kind(items, kind) else None, items)
    if settings.columns is not None:
        _refuse_lacking(settings, items, columns)
        columns = chosen(settings.columns, columns)
    return columns, [[table.plain(found(column.expression, item)) for column in columns] for item in items]


def _lines(value: Any, settings: Settings) -> list[list[Any]] | None:
    """Lines of a result that has no columns; None of one that has.

    Raises:
        Failure: Columns of a query's result were asked for.
    """
    lines = _bare(value)
    if lines and settings.query is not None and settings.columns:
        raise Failure("what --query gives are single values, and --columns is of things with members")
    return lines


def _refuse_lacking(settings: Settings, items: Sequence[Any], known: Sequence[Column]) -> None:
    """Refuse columns that nothing in a query's result has: only that result tells.

    Raises:
        Failure: There is one.
    """
    names = [column.name for column in known]
    if settings.query is not None and (trouble := lacking(settings.columns or "", items, names)):
        raise Failure(trouble)


def _of_kind(items: Sequence[Any], kind: Any) -> bool:
    return kind is not None and all(is_object(one) and one.keys() & kind.__annotations__ for one in items)


def _items(value: Any) -> Iterable[Any]:
    """What stands in the lines of a table: lists in lists one after the other, a dict of lists with what each is of."""
    if is_object(value):
        lists: dict[str, list[Any]] = {key: many for key, many in value.items() if is_array(many)}
        if lists and len(lists) == len(value) and all(is_object(one) for many in lists.values() for one in many):
            return [{"kind": key, **one} for key, many in lists.items() for one in many]
        return [value]
    return [item for one in value for item in _listed(one)]


def _detailed(value: Mapping[str, Any], kind: Any) -> bool:
    """Whether a single thing is shown in full, member by member: not where a line says it all."""
    return not (kind is not None and kind.__name__ == "Action") and list(_items(value)) == [value]


def _in_short(value: Mapping[str, Any], kind: Any) -> Mapping[str, Any]:
    """What the columns of its kind show, and every other member that is no thing by itself; of no known kind, all."""
    if kind is None or kind.__name__ not in COLUMNS or not _of_kind([value], kind):
        return value
    short = {column.name: found(column.expression, value) for column in columns_of(kind, [value])}
    told = {column.expression.split(".")[0] for column in COLUMNS[kind.__name__]}
    return short | {
        name: one for name, one in value.items() if name not in told and not (is_object(one) or holds_objects(one))
    }


def _listed(value: Any) -> list[Any]:
    return value if is_array(value) else [value]


def _bare(value: Any) -> list[list[Any]] | None:
    """Lines of a result that no object is in: none of None, one of a scalar, one for each that a list holds.

    None where there are objects, or may have been: an empty list has its headings.
    """
    if value is None:
        return []
    if not (is_object(value) or is_array(value)):
        return [[value]]
    if is_object(value) or not value or any(is_object(item) for item in _items(value)):
        return None
    lines = [_listed(one) for one in value]
    width = max(map(len, lines))
    return [[*line, *[None] * (width - len(line))] for line in lines]

"""Print results: a table for people; JSON, JSON lines, CSV and YAML for programs."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO

import click

from ..._json import is_array, is_object
from ..errors import USAGE, Failure
from ..settings import CliSettings
from . import table
from .columns import COLUMNS, Column, choose_columns, columns_of, find_column, search, split_columns
from .text import (
    can_encode,
    clean_lines,
    dump_json,
    escape,
    format_cell,
    format_value,
    is_terminal,
    on_terminal,
    terminal_width,
    to_encoding,
    write_notice,
)

#: What a spreadsheet takes for a formula where a cell begins with it (OWASP, "CSV Injection"); numbers are none.
FORMULA = r"[=+\-@\t\r]"
NUMBER = r"[+-]?\d+(\.\d+)?"
#: Members that a table leaves out, by kind: the URL of a Slack webhook lets every reader of it write there.
HIDDEN = {"AlertPolicy": frozenset({"url"})}


def print_result(value: Any, kind: Any, settings: CliSettings, names: Mapping[Any, str] | None = None) -> None:
    """Print a result.

    Args:
        value: What the operation returned; an iterator is printed as it comes where the format allows that.
        kind: The TypedDict that it is one or many of, or None.
        settings: The format and the expressions.
        names: Names of Droplets by their ids, for a table of actions.

    Raises:
        Failure: Standard output is closed, or an expression does not fit the result; then it is on standard error.
    """
    stdout: TextIO | None = sys.stdout  # Python's, where it starts without one
    if stdout is None:
        raise Failure("standard output is closed: the result can't be printed")
    if isinstance(value, Iterator):
        items: Iterator[Any] = value  # pyright: ignore[reportUnknownVariableType]
        if settings.output == "jsonl" and settings.query is None and settings.columns is None:
            for item in items:
                click.echo(dump_json(item))
            return
        value = list(items)
    whole = value
    try:
        if settings.query is not None:
            value, kind = _apply_query(value, kind, settings)
        WRITERS[settings.output or "table"](_add_names(value, kind, settings, names), kind, settings)
    except Failure:
        _save(whole)
        raise


def check_expressions(settings: CliSettings, *kinds: Any) -> None:
    """Refuse expressions that can't be right, before anything is sent.

    Args:
        settings: `--query` and `--columns`.
        kinds: The TypedDicts that results are made of, as far as they are known; None for one that is not.

    Raises:
        Failure: One is no JMESPath, or names what there is not.
    """
    if settings.query is None and settings.columns is None:
        return
    from .query import check_columns, check_query_columns, compile_expression  # most commands need no check

    if settings.columns is not None and not split_columns(settings.columns):
        raise Failure("--columns names no column", USAGE.code)
    if settings.query is not None:
        compile_expression(settings.query)
    known = [column.name for kind in kinds if kind is not None for column in COLUMNS.get(kind.__name__, ())]
    for expression in split_columns(settings.columns or ""):
        if find_column(expression, known) is None:
            compile_expression(expression)
    if not settings.columns:
        return
    query = settings.query
    problem = check_columns(settings.columns, kinds) if query is None else None
    problem = check_query_columns(settings.columns, query, kinds) if query is not None else problem
    if problem:
        raise Failure(problem, USAGE.code)


def _apply_query(value: Any, kind: Any, settings: CliSettings) -> tuple[Any, Any]:
    """Evaluate `--query`: what it finds, and the kind of that; hint where it finds nothing."""
    from .query import explain_empty, has_same_objects

    assert settings.query is not None  # noqa: S101 - the caller has looked
    part = search(settings.query, value)
    if not settings.quiet and (hint := explain_empty(settings.query, value, part, kind)):
        write_notice(dump_json({"event": "hint", "message": hint}) if settings.machine else f"doboto: {hint}")
    return part, kind if has_same_objects(value, part) else None


def _save(value: Any) -> None:
    """Print an object that can't be printed as asked for: a command may have created it. A list can be read again."""
    if is_object(value):
        write_notice(dump_json({"event": "result", "result": value}))


def _add_names(value: Any, kind: Any, settings: CliSettings, names: Mapping[Any, str] | None) -> Any:
    """Give actions in a table the names of their Droplets; other formats print what the API sent."""
    if not names or kind is None or kind.__name__ != "Action" or settings.output not in {None, "table"}:
        return value
    if is_array(value):
        return [_add_names(one, kind, settings, names) for one in value]
    on_droplet = is_object(value) and value.get("resource_type") == "droplet"
    return {**value, "resource_name": names.get(value["resource_id"], "")} if on_droplet else value


# -- for programs


def _print_json(value: Any, kind: Any, settings: CliSettings) -> None:
    click.echo(dump_json(_project(value, kind, settings), indent=2))


def _print_jsonl(value: Any, kind: Any, settings: CliSettings) -> None:
    value = _project(value, kind, settings)
    for item in value if is_array(value) else [value]:
        click.echo(dump_json(item))


def _print_yaml(value: Any, kind: Any, settings: CliSettings) -> None:
    text = dump_yaml(_project(value, kind, settings))
    click.echo(text.removesuffix("...\n"), nl=False)  # the end that a document of one scalar has


def dump_yaml(value: Any) -> str:
    """Write a value as YAML in which nothing steers a terminal."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """A dumper of our own: representers are registered by class."""

    def represent(dumper: Any, text: str) -> Any:
        style = None if escape(text) == text else '"'  # only double quotes know `\u202e`
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    dump: Any = yaml.dump
    options: dict[str, Any] = {"Dumper": Dumper, "sort_keys": False, "width": 2**16}
    text = escape(str(dump(value, allow_unicode=True, **options)))
    return text if can_encode(text) else str(dump(value, **options))


def _project(value: Any, kind: Any, settings: CliSettings) -> Any:
    """Reduce objects to the columns that were asked for."""
    if not settings.columns:
        return value
    if _lines_of(value, settings) is not None:
        return value
    rows = list(_rows_of(value))
    columns = _choose(rows, kind, settings)
    made = [{column.name: column.value(row) for column in columns} for row in rows]
    return made[0] if is_object(value) and len(made) == 1 else made


def _print_csv(value: Any, kind: Any, settings: CliSettings) -> None:
    import csv

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if (lines := _lines_of(value, settings)) is not None:
        writer.writerows([_csv_cell(format_value(cell), settings) for cell in line] for line in lines)
    else:
        columns, rows = tabulate(value, kind, settings)
        heading = [] if settings.no_header or not columns else [[column.name for column in columns]]
        writer.writerows([_csv_cell(cell, settings) for cell in row] for row in [*heading, *rows] if row)
    made = text.getvalue()
    # With colour, for click would remove escape sequences from what goes into a pipe.
    click.echo(to_encoding(clean_lines(made) if on_terminal() else made), nl=False, color=True)


def _csv_cell(text: str, settings: CliSettings) -> str:
    """With `--csv-escape`, put an apostrophe before a text that a spreadsheet would run as a formula."""
    if not settings.csv_escape or not re.match(FORMULA, text) or re.fullmatch(NUMBER, text):
        return text
    return f"'{text}"


# -- for people


def _print_table(value: Any, kind: Any, settings: CliSettings) -> None:
    if settings.query is not None and isinstance(value, str):
        text = to_encoding(clean_lines(value) if on_terminal() else value)
        # With colour, for click would remove escape sequences from what goes into a pipe.
        click.echo(text, nl=not text.endswith("\n"), color=True)
        return
    if (lines := _lines_of(value, settings)) is not None:
        for line in table.align([[format_cell(cell) for cell in line] for line in lines]):
            click.echo(line)
        return
    if is_object(value) and settings.columns is None and _is_detailed(value, kind):
        known = _is_known(value, kind)
        table.print_details(_main_facts(value, kind) if known else value, compact=known)
        return
    if kind is not None and kind.__name__ == "MetricSeries" and is_array(value) and settings.columns is None:
        _print_metrics(value, settings)
        return
    columns, rows = tabulate(value, kind, settings)
    left_out = table.print_rows(columns, rows, header=not settings.no_header, whole=settings.columns is not None)
    if left_out and not settings.quiet and is_terminal(sys.stderr):
        write_notice(_name_left_out(left_out, terminal_width()), dim=True)


def _print_metrics(series: list[Any], settings: CliSettings) -> None:
    columns, rows = table.tabulate_metrics(series)
    table.print_rows(columns, rows, header=not settings.no_header)
    if settings.quiet:
        return
    span = table.describe_span(series)
    if span is None:
        write_notice("no measurements in that time; most metrics need the agent (droplet create --monitoring)")
    elif is_terminal(sys.stderr):
        write_notice(span, dim=True)


def _name_left_out(columns: Sequence[Column], across: int) -> str:
    """Say that there was no room for some columns: by their names, if these fit."""
    many = f"{len(columns)} more column{'s' if len(columns) > 1 else ''}"
    tip = "use --columns or a wider terminal"
    named = f"{many} ({', '.join(column.name for column in columns)}): {tip}"
    return format_cell(named if len(named) <= across else f"{many}: {tip}")


WRITERS: Mapping[str, Callable[[Any, Any, CliSettings], None]] = {
    "table": _print_table,
    "json": _print_json,
    "jsonl": _print_jsonl,
    "yaml": _print_yaml,
    "csv": _print_csv,
}


def tabulate(value: Any, kind: Any, settings: CliSettings) -> tuple[Sequence[Column], list[list[str]]]:
    """Make columns and rows of a result, every cell as text."""
    rows = list(_rows_of(value))
    columns = _choose(rows, kind, settings)
    return columns, [[format_value(column.value(row)) for column in columns] for row in rows]


def _choose(rows: Sequence[Any], kind: Any, settings: CliSettings) -> Sequence[Column]:
    """Return the columns of a result's rows.

    Raises:
        Failure: `--columns` names one that a query's result does not have, which only that result shows.
    """
    columns = columns_of(kind if _are_of_kind(rows, kind) else None, rows)
    if settings.columns is None:
        return columns
    if settings.query is not None:
        from .query import find_missing_column

        if problem := find_missing_column(settings.columns, rows, [column.name for column in columns]):
            raise Failure(problem)
    return choose_columns(settings.columns, columns, rows)


def _lines_of(value: Any, settings: CliSettings) -> list[list[Any]] | None:
    """Return lines of a result that has no columns; None for one that has.

    Raises:
        Failure: Columns of a query's result were asked for.
    """
    lines = _scalars_of(value)
    if lines and settings.query is not None and settings.columns:
        raise Failure("the result of --query is single values, which have no --columns")
    return lines


def _are_of_kind(rows: Sequence[Any], kind: Any) -> bool:
    return kind is not None and all(is_object(one) and one.keys() & kind.__annotations__ for one in rows)


def _rows_of(value: Any) -> Iterable[Any]:
    """Return the rows of a table: lists in lists in sequence; an object of lists with the name of each list."""
    if is_object(value):
        lists: dict[str, list[Any]] = {key: many for key, many in value.items() if is_array(many)}
        if lists and len(lists) == len(value) and all(is_object(one) for many in lists.values() for one in many):
            return [{"kind": key, **one} for key, many in lists.items() for one in many]
        return [value]
    return [item for one in value for item in _as_list(one)]


def _is_detailed(value: Mapping[str, Any], kind: Any) -> bool:
    """Whether a single object is printed member by member: not an action, of which one line is enough."""
    return not (kind is not None and kind.__name__ == "Action") and list(_rows_of(value)) == [value]


def _is_known(value: Mapping[str, Any], kind: Any) -> bool:
    return kind is not None and kind.__name__ in COLUMNS and _are_of_kind([value], kind)


def _main_facts(value: Mapping[str, Any], kind: Any) -> Mapping[str, Any]:
    """Return the columns of an object's kind, and every member that these are not made from."""
    facts = {column.name: column.value(value) for column in columns_of(kind, [value])}
    shown = {column.expression.split(".")[0] for column in COLUMNS[kind.__name__]}
    hidden = HIDDEN.get(kind.__name__, frozenset())
    return facts | {name: _hide(one, hidden) for name, one in value.items() if name not in shown}


def _hide(value: Any, names: frozenset[str]) -> Any:
    """Leave out members of these names, at any depth."""
    if is_object(value):
        return {name: _hide(one, names) for name, one in value.items() if name not in names}
    return [_hide(one, names) for one in value] if is_array(value) else value


def _as_list(value: Any) -> list[Any]:
    return value if is_array(value) else [value]


def _scalars_of(value: Any) -> list[list[Any]] | None:
    """Return lines of a result without objects: none for None, one for a scalar, one for each item of a list.

    Returns:
        The lines; None where there are objects, or may have been: an empty list has headings.
    """
    if value is None:
        return []
    if not (is_object(value) or is_array(value)):
        return [[value]]
    if is_object(value) or not value or any(is_object(item) for item in _rows_of(value)):
        return None
    lines = [_as_list(one) for one in value]
    width = max(map(len, lines))
    return [[*line, *[None] * (width - len(line))] for line in lines]

"""Creating Droplets: names in ranges, one or many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from typing import Any

import click

from ..errors import Failure
from ..exit_codes import USAGE
from ..settings import Option

RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
CHOICE = re.compile(r"\{([^{}]*,[^{}]*)\}")
#: A typing error must not become a fleet.
MOST = 1000

OPTIONS: Sequence[click.Parameter] = (
    Option(["--count", "our_count"], type=click.IntRange(1, MOST), metavar="N",
           help="How many to create: NAME-1 to NAME-N, or with {} in NAME where the number belongs."),
    Option(["--dry-run", "our_dry_run"], is_flag=True, default=None,
           help="Show what would be sent and what it would cost; create nothing."),
)  # fmt: skip


def expanded(names: Sequence[str], count: int | None) -> list[str]:
    """Names with their ranges (`web-{01..05}`), alternatives (`{web,db}-1`) and `--count` written out.

    Raises:
        Failure: They are too many, or `--count` comes with several names.
    """
    if count is not None:
        if len(names) != 1:
            raise Failure("--count numbers one name", USAGE.code)
        pattern = names[0] if "{}" in names[0] else f"{names[0]}-{{}}"
        names = [pattern.replace("{}", str(number)) for number in range(1, count + 1)]
    found = [one for name in names for one in _written_out(name)]
    if len(found) > MOST:
        raise Failure(f"{len(found)} names are more than {MOST}", USAGE.code)
    return found


def _written_out(name: str) -> list[str]:
    parts: list[list[str]] = []
    place = 0
    for brace in re.finditer(r"\{[^{}]*\}", name):
        parts += [[name[place : brace.start()]], _alternatives(brace[0])]
        place = brace.end()
    return ["".join(one) for one in product(*parts, [name[place:]])]


def _alternatives(brace: str) -> list[str]:
    if found := RANGE.fullmatch(brace):
        first, last = int(found[1]), int(found[2])
        if abs(last - first) >= MOST:
            raise Failure(f"{brace} are more than {MOST} names", USAGE.code)
        width = len(found[1]) if found[1].startswith("0") else 0
        step = 1 if last >= first else -1
        return [str(number).zfill(width) for number in range(first, last + step, step)]
    if found := CHOICE.fullmatch(brace):
        return found[1].split(",")
    return [brace]


def ordered(values: dict[str, Any], count: int | None) -> dict[str, Any]:
    """A create's values with `name` for one Droplet and `names` for several."""
    names = expanded(values.pop("names", []), count)
    return {"name": names[0], **values} if len(names) == 1 else {"names": names, **values}

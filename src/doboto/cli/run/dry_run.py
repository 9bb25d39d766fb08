"""`--dry-run`: what `create` and `present` would send now, and what that would cost. Nothing is created."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ...errors import DOBOTOException
from ..errors import as_usage
from ..output.formats import print_result
from ..output.text import format_cell
from ..schema.catalog import Operation
from ..schema.parameters import parameters
from ..settings import CliSettings
from .droplets import candidates, count_droplets, price_of

if TYPE_CHECKING:
    from ..._core.droplet.create_request import CreateRequest
    from ...client import DO

#: What backups add to a Droplet's price, by plan: DigitalOcean's basic plans
#: (https://docs.digitalocean.com/products/backups/details/pricing).
BACKUPS: Mapping[str, float] = {"weekly": 0.20, "daily": 0.30}
#: The plan of backups that come without a policy (API reference, droplets_create, `backup_policy`).
UNSAID = "daily"


@dataclass(frozen=True, slots=True)
class Price:
    """What Droplets cost, in US dollars.

    Attributes:
        hourly: By the hour.
        monthly: By the month.
        backups: The plan of the backups that this includes; `none` where none are asked for, `not included` where
            their price is not known.
    """

    hourly: float
    monthly: float
    backups: str

    def __str__(self) -> str:
        words = {"none": "", "not included": ", without backups: what they add is not known"}
        more = words.get(self.backups, f", with {self.backups} backups")
        return f"${self.hourly:g} an hour, ${f'{self.monthly:.2f}'.removesuffix('.00')} a month{more}"


def dry_run(do: DO, operation: Operation, call: Mapping[str, Any], settings: CliSettings) -> None:
    """Print the bodies that would be sent, what is there already, and the price."""
    request = _create_request(operation, call)
    there: Mapping[str, Any] = _find_existing(do, request) if operation.name == "present" else {}
    missing = request.only([name for name in request.names if name not in there])
    bodies = list(missing.bodies()) if missing.names else []
    cost = price(do, request.attribs, len(missing.names))
    problems = _find_problems(do, len(missing.names))
    if settings.output not in {None, "table"} or settings.query is not None:
        print_result(_for_programs(bodies, there, cost, problems), None, settings)
        return
    for line in [*_for_people(bodies, request, there, cost), *problems]:
        click.echo(line)


def _create_request(operation: Operation, call: Mapping[str, Any]) -> CreateRequest:
    """Build the request that would be sent, checked as the operation checks it."""
    from ..._core.droplet.create_request import CreateRequest, check_distinct, check_ready_port

    attributes = {"names", *(one.name for one in parameters(operation) if one.attribute)}
    with as_usage():
        request = CreateRequest.of({}, {name: value for name, value in call.items() if name in attributes})
        check_ready_port(call.get("ready_port"), bool(call.get("wait")))
        if operation.name == "present":
            check_distinct(request.names)
    return request


def _find_existing(do: DO, request: CreateRequest) -> Mapping[str, Any]:
    """Find existing Droplets, by name, in the order of the names."""
    found = {droplet["name"]: droplet for droplet in candidates(do, request.names)}
    return {name: found[name] for name in request.names if name in found}


def _find_problems(do: DO, count: int) -> list[str]:
    """Find reasons why DigitalOcean would refuse so many more Droplets."""
    if not count:
        return []
    try:
        limit = do.account.info().get("droplet_limit")
        there = 0 if limit is None else count_droplets(do)
    except DOBOTOException:
        return []  # the token may create Droplets and not read these
    if limit is None or there + count <= limit:
        return []
    left = max(0, limit - there)
    return [f"It would be refused: of the account's limit of {_count(limit, 'Droplet')}, {left} are left."]


def price(do: DO, attribs: Mapping[str, Any], count: int) -> Price | None:
    """Return the price of that many Droplets; None if the price of their size is not known."""
    each = price_of(do, str(attribs.get("size")))
    if each is None:
        return None
    plan = _plan(attribs)
    factor = count * (1 + BACKUPS.get(plan, 0.0))
    return Price(round(each[0] * factor, 5), round(each[1] * factor, 2), plan)


def _plan(attribs: Mapping[str, Any]) -> str:
    if not attribs.get("backups"):
        return "none"
    policy: Mapping[str, str] = attribs.get("backup_policy") or {}
    plan = policy.get("plan", UNSAID)
    return plan if plan in BACKUPS else "not included"


def _for_programs(
    bodies: Sequence[Mapping[str, Any]], there: Mapping[str, Any], cost: Price | None, problems: Sequence[str]
) -> Mapping[str, Any]:
    return {
        "requests": bodies,
        "there": [{"id": droplet["id"], "name": name} for name, droplet in there.items()],
        "price": cost and {"hourly": cost.hourly, "monthly": cost.monthly, "backups": cost.backups},
        "problems": problems,
    }


def _for_people(
    bodies: Sequence[Mapping[str, Any]], request: CreateRequest, there: Mapping[str, Any], cost: Price | None
) -> list[str]:
    lines = [format_cell(f"{name} ({droplet['id']}) is there already.") for name, droplet in there.items()]
    if not bodies:
        return [*lines, f"{_count(len(request.names), 'Droplet')}, none missing: nothing would be sent."]
    for body in bodies:
        lines += ["POST /droplets", json.dumps(body, indent=2, ensure_ascii=False)]
    asked = f"{_count(len(request.names) - len(there), 'Droplet')} in {_count(len(bodies), 'request')}"
    return [*lines, f"{asked}: {cost or 'price unknown'}. Nothing was created."]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

"""`doboto account cost`: what the account's resources cost in a month, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import click

from ...errors import DOBOTOForbiddenException
from ...plans import BACKUPS
from ..command import CONTEXT, Described
from ..output.text import write_notice
from ..settings import CliSettings, common

if TYPE_CHECKING:
    from ...client import DO

#: Dollars a month that the API does not report: DigitalOcean's list prices, unverified for any one account. The
#: pages "Pricing" of volumes, snapshots, load balancers and reserved IPs have the present ones
#: (https://docs.digitalocean.com/products/).
PER_GIBIBYTE = {"volume": 0.10, "snapshot": 0.06}
PER_NODE = 12.0
PER_UNASSIGNED_IP = 5.0
#: The plan of Droplets whose policy is not known (API reference, droplets_create, `backup_policy`).
USUAL_PLAN = "daily"
NO_PLANS: Mapping[int, str] = {}


class CostRow(TypedDict):
    """A row of the table, and an item in JSON; `None` is what is not known."""

    kind: str
    count: int | None
    monthly: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What resources of a kind cost.

    Attributes:
        kind: The kind.
        count: How many there are; None where the token may not read them.
        monthly: Dollars a month; None where it is unknown.
        note: What is particular about them.
    """

    kind: str
    count: int | None
    monthly: float | None
    note: str = ""

    def as_row(self) -> CostRow:
        """Return the row of a table, and the item in JSON."""
        monthly = None if self.monthly is None else round(self.monthly, 2)
        return {"kind": self.kind, "count": self.count, "monthly": monthly, "note": self.note}


def sum_droplets(do: DO) -> list[Cost]:
    """Sum Droplets by their sizes' prices, and the backups of those that have them."""
    droplets = do.droplet.list(type="all")
    prices = {droplet["id"]: _price(droplet) for droplet in droplets}
    off = sum(droplet["status"] == "off" for droplet in droplets)
    note = f"{off} of them off, which costs the same" if off else ""
    backed_up = [droplet["id"] for droplet in droplets if "backups" in droplet.get("features", ())]
    plans: Mapping[int, str] = _read_plans(do) if backed_up else NO_PLANS
    backups = sum(prices[id] * BACKUPS.get(plans.get(id, USUAL_PLAN), BACKUPS[USUAL_PLAN]) for id in backed_up)
    return [
        Cost("Droplets", len(droplets), sum(prices.values()), note),
        Cost("backups", len(backed_up), backups, "a part of each Droplet's price: weekly 20 %, daily 30 %"),
    ]


def _price(droplet: Any) -> float:
    size: Mapping[str, Any] = droplet.get("size") or {}
    return float(size.get("price_monthly") or 0.0)


def _read_plans(do: DO) -> Mapping[int, str]:
    """Read the plan of each Droplet's backups."""
    try:
        records = do.droplet.backup_policy_list()
    except DOBOTOForbiddenException:
        return NO_PLANS
    return {one["droplet_id"]: _plan(one) for one in records}


def _plan(record: Any) -> str:
    policy: Mapping[str, Any] = record.get("backup_policy") or {}
    return str(policy.get("plan", USUAL_PLAN))


def sum_volumes(do: DO) -> list[Cost]:
    """Sum volumes by their sizes."""
    volumes = do.volume.list()
    gibibytes = sum(volume["size_gigabytes"] for volume in volumes)
    price = PER_GIBIBYTE["volume"]
    return [Cost("volumes", len(volumes), gibibytes * price, f"{gibibytes} GiB at ${price:.2f}")]


def sum_snapshots(do: DO) -> list[Cost]:
    """Sum snapshots of Droplets and volumes by their sizes."""
    snapshots = do.snapshot.list()
    gibibytes = sum(float(snapshot["size_gigabytes"]) for snapshot in snapshots)
    price = PER_GIBIBYTE["snapshot"]
    return [Cost("snapshots", len(snapshots), gibibytes * price, f"{gibibytes:g} GiB at ${price:.2f}")]


def sum_load_balancers(do: DO) -> list[Cost]:
    """Sum load balancers by their nodes."""
    found = do.load_balancer.list()
    nodes = sum(int(one.get("size_unit") or 1) for one in found)
    note = f"{nodes} node{'' if nodes == 1 else 's'} at ${PER_NODE:.0f}" if found else ""
    return [Cost("load balancers", len(found), nodes * PER_NODE, note)]


def sum_reserved_ips(do: DO) -> list[Cost]:
    """Sum reserved IPs: those assigned to a Droplet are free."""
    found = do.reserved_ip.list()
    free = sum(bool(one.get("droplet")) for one in found)
    unassigned = len(found) - free
    note = f"{free} assigned, which are free" if free else ""
    return [Cost("reserved IPs", len(found), unassigned * PER_UNASSIGNED_IP, note)]


def count_nat_gateways(do: DO) -> list[Cost]:
    """Count NAT gateways, whose price the API does not report."""
    found = do.nat_gateway.list()
    return [Cost("NAT gateways", len(found), None if found else 0.0, "price unknown" if found else "")]


SUMS: Sequence[tuple[str, Callable[[DO], list[Cost]]]] = (
    ("Droplets", sum_droplets),
    ("volumes", sum_volumes),
    ("snapshots", sum_snapshots),
    ("load balancers", sum_load_balancers),
    ("reserved IPs", sum_reserved_ips),
    ("NAT gateways", count_nat_gateways),
)


def read_costs(do: DO) -> list[Cost]:
    """Read what the account has, and sum it up; kinds that the token may not read say so."""
    costs: list[Cost] = []
    for kind, sum_up in SUMS:
        try:
            costs += sum_up(do)
        except DOBOTOForbiddenException:
            costs.append(Cost(kind, None, None, "the token lacks the scope to read them"))
    return costs


def _cost(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(CliSettings) or CliSettings()).with_params(params)
    from ..accounts.client import find_account, open_client, with_deadline
    from ..output.formats import check_expressions, print_result
    from ..output.progress import Reporter

    check_expressions(settings, None if settings.query else CostRow)
    account = find_account(settings)
    with open_client(settings) as client, Reporter(settings):
        do = with_deadline(client, settings.timeout)
        costs = read_costs(do)
    total = round(sum(one.monthly or 0.0 for one in costs), 2)
    missing = [one.kind for one in costs if one.monthly is None]
    rows = [one.as_row() for one in costs if one.count != 0]
    if settings.output in {"json", "jsonl", "yaml"} or settings.query is not None:
        print_result({"currency": "USD", "monthly": total, "unknown": missing, "kinds": rows}, None, settings)
        return
    note = f"without {', '.join(missing)}" if missing else ""
    print_result([*rows, Cost("total", None, total, note).as_row()], CostRow, settings)
    if not settings.quiet:
        write_notice(f"List prices in USD of {account}, without bandwidth, taxes and discounts.")


command = Described(
    "cost",
    help="Sum up what the account's resources cost in a month, by kind: Droplets and backups, volumes, snapshots, load "
    "balancers, reserved IPs. Droplets' prices are the API's; others are list prices.",
    prints="A row for each kind and the total; as JSON an object of `monthly` and `kinds`.",
    callback=click.pass_context(_cost),
    context_settings=dict(CONTEXT),
    params=common(),
)

"""A pool as a request describes it: how it scales, and what its Droplets are like."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from ...engine.account import Account
from ...engine.errors import unprocessable
from ...engine.fields import decimal, flag, integer, read_identifiers, read_optional, read_required, text
from ...engine.records import Record, as_list, as_record, select_members
from ...http.scopes import Scopes
from ..droplets.request import BAD_REGION, read_request
from ..projects import state as projects

N = TypeVar("N", int, float)

#: API reference, limits of `config`.
LARGEST_POOL, LARGEST_MINIMUM = 1000, 500
TARGETS = ("target_cpu_utilization", "target_memory_utilization")
LEAST_TARGET = 0.05
COOLDOWN_MINUTES, SHORTEST_COOLDOWN, LONGEST_COOLDOWN = 10, 5, 20
#: API reference, `droplet_template`: the regions that a pool can be in.
REGIONS = frozenset(
    {"nyc1", "nyc2", "nyc3", "ams2", "ams3", "sfo1", "sfo2", "sfo3", "sgp1", "lon1", "fra1", "tor1", "blr1", "syd1"}
)
#: What the API shows of a template.
SHOWN = (
    "name", "region", "size", "image", "ssh_keys", "tags", "vpc_uuid", "with_droplet_agent", "project_id", "ipv6",
    "user_data", "public_networking",
)  # fmt: skip


#: What a template says of its Droplets: `backups` and `monitoring` are in the API reference's examples only.
TEMPLATE_MEMBERS = (*SHOWN, "backups", "backup_policy", "monitoring")


def read_config(body: Record) -> Record:
    """Read a fixed number of Droplets, or a range and what to aim at inside it."""
    asked = read_required(body, "config", as_record)
    if asked.get("target_number_instances") is None:
        return _dynamic(asked)
    if any(asked.get(name) is not None for name in ("min_instances", "max_instances")):
        raise unprocessable("config must either have target_number_instances or min_instances and max_instances")
    return {"target_number_instances": _between(asked, "target_number_instances", integer, 1, LARGEST_POOL)}


def _dynamic(asked: Record) -> Record:
    least = _between(asked, "min_instances", integer, 1, LARGEST_MINIMUM)
    most = _between(asked, "max_instances", integer, 1, LARGEST_POOL)
    if least > most:
        raise unprocessable("min_instances must not be above max_instances")
    aims = {name: _between(asked, name, decimal, LEAST_TARGET, 1.0) for name in TARGETS if asked.get(name) is not None}
    pause = {"cooldown_minutes": COOLDOWN_MINUTES, **{k: v for k, v in asked.items() if v is not None}}
    minutes = _between(pause, "cooldown_minutes", integer, SHORTEST_COOLDOWN, LONGEST_COOLDOWN)
    return {"min_instances": least, "max_instances": most, **aims, "cooldown_minutes": minutes}


def _between(body: Record, name: str, read: Callable[[object], N | None], least: N, most: N) -> N:
    value = read_required(body, name, read)
    if not least <= value <= most:
        raise unprocessable(f"{name} must be between {least} and {most}")
    return value


def read_template(account: Account, now: float, body: Record, scopes: Scopes) -> Record:
    """Read what the pool's Droplets are like, checked as for a Droplet."""
    asked = read_required(body, "droplet_template", as_record)
    region = read_required(asked, "region", text)
    if region not in REGIONS:
        raise unprocessable(BAD_REGION)
    read_required(asked, "ssh_keys", as_list)
    made = {**select_members(asked, TEMPLATE_MEMBERS), "name": read_optional(asked, "name", text, "") or body["name"]}
    order = read_request(account, made, scopes)
    return {
        **made,
        "image": str(read_required(asked, "image", _slug_or_id)),
        "ssh_keys": read_identifiers(asked, "ssh_keys"),
        "tags": order.tags,
        # As given, empty included: what is empty is decided for each Droplet.
        "vpc_uuid": order.vpc_uuid or "",
        "with_droplet_agent": order.agent,
        "ipv6": order.ipv6,
        "public_networking": flag(asked, "public_networking", default=True),
        "project_id": _project(account, now, asked, scopes),
    }


def _slug_or_id(value: object) -> str | int | None:
    return value if isinstance(value, str) else integer(value)


def _project(account: Account, now: float, asked: Record, scopes: Scopes) -> str:
    project_id = read_optional(asked, "project_id", text, "")
    if not project_id:
        return ""
    scopes.require("project:read")
    projects.require_project(account, now, project_id)
    return project_id


def desired_count(read_config: Record, current: int, seen: dict[str, float]) -> int:
    """Return how many Droplets the pool should have when it has so many, as busy as seen under the targets' names.

    The usual rule of proportion: twice as busy as aimed at wants twice as many. What the real one does is unverified.
    """
    if "target_number_instances" in read_config:
        fixed: int = read_config["target_number_instances"]
        return fixed
    wanted: list[int] = [
        math.ceil(current * seen[name] / read_config[name]) for name in TARGETS if name in read_config and name in seen
    ]
    least: int = read_config["min_instances"]
    most: int = read_config["max_instances"]
    return min(max(least, *(wanted or [current])), most)

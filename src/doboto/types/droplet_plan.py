"""What `droplet.plan` returns: what a create would send and cost, and why it would be refused."""

from typing import Any, Literal, TypedDict

from .droplet import Droplet


class PlanPrice(TypedDict):
    """What planned Droplets cost, in US dollars."""

    #: By the hour, all of them together.
    hourly: float
    #: By the month, all of them together.
    monthly: float
    #: The plan of the backups that this includes: "none" where none are asked for, "not included" where what they add
    #: is not known.
    backups: Literal["none", "weekly", "daily", "not included"]


class PlanProblem(TypedDict):
    """Why the API would refuse a plan."""

    #: The attribute that is wrong.
    attribute: str
    #: Its value, or that of its item which is wrong.
    value: Any
    #: What is wrong with it, as a sentence.
    message: str
    #: The value that is meant perhaps, or None.
    suggestion: str | None


class DropletPlan(TypedDict):
    """What a create would send and cost, and why it would be refused."""

    #: The attributes, with ids in place of names: `create` and `present` take them as they are.
    attributes: dict[str, Any]
    #: The bodies of the requests that would be sent, in their order.
    requests: list[dict[str, Any]]
    #: The Droplets of these names that are there already; only looked for with `present`.
    existing: list[Droplet]
    #: What those that would be created cost, or None if the price of their size is not known.
    price: PlanPrice | None
    #: Why they would be refused; empty if nothing is known against it.
    problems: list[PlanProblem]

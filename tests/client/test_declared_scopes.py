"""The scopes that operations declare: with them a call succeeds, and without any one of them it is refused."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest

from doboto import DOBOTOForbiddenException, DOBOTONotFoundException, catalog
from doboto.sim import Simulator

from .conftest import client, one
from .scoped_calls import INSTEAD, VALUES, an_account, arguments

#: Those whose `name` takes the place of an id.
BY_NAME = ("volume.attach", "volume.detach")


def label_of(operation: catalog.Operation) -> str:
    return f"{operation.resource}.{operation.name}"


OPERATIONS = {label_of(one): one for one in catalog.operations()}
Using = tuple[str, ...]


def uses(operation: catalog.Operation) -> list[Using]:
    """By itself, and with each parameter that needs scopes of its own, without and with waiting."""
    special = [name for name in operation.info.scopes_with if name != "wait"]
    named = ["name"] if label_of(operation) in BY_NAME else []
    alone: list[Using] = [(), *((name,) for name in special)]
    waits = "wait" in operation.info.scopes_with
    return [*alone, ("wait",), *((name, "wait") for name in [*special, *named])] if waits else alone


USES = [(label, using) for label, one in OPERATIONS.items() for using in uses(one)]
#: What the `scopes_note` of an operation says: further scopes, for the resources or ways that the calls here take.
NOTED: Mapping[tuple[str, Using], frozenset[str]] = {
    ("project.default_resource_assign", ()): frozenset({"droplet:read"}),
    ("project.resource_assign", ()): frozenset({"droplet:read"}),
    ("reserved_ipv6.assign", ("wait",)): frozenset({"actions:read"}),
    ("reserved_ipv6.unassign", ("wait",)): frozenset({"actions:read"}),
    ("tag.attach", ()): frozenset({"droplet:update"}),
    ("tag.detach", ()): frozenset({"droplet:update"}),
    ("volume.attach", ("name", "wait")): frozenset({"actions:read"}),
    ("volume.detach", ("name", "wait")): frozenset({"actions:read"}),
}
#: Scopes that the calls here do without, and why.
AT_ONCE = "the simulator applies it at once, so that nothing is read"
INSTEAD_OF = "its note says that the other one takes its place"
DONE_WITHOUT: Mapping[tuple[str, Using, str], str] = {
    ("load_balancer.update", ("wait",), "load_balancer:read"): AT_ONCE,
    ("nat_gateway.update", ("wait",), "nat_gateway:read"): AT_ONCE,
    ("reserved_ipv6.assign", ("wait",), "reserved_ip:read"): INSTEAD_OF,
    ("reserved_ipv6.unassign", ("wait",), "reserved_ip:read"): INSTEAD_OF,
    ("volume.attach", ("name", "wait"), "block_storage_action:read"): INSTEAD_OF,
    ("volume.detach", ("name", "wait"), "block_storage_action:read"): INSTEAD_OF,
}


def call(flavour: str, runner: Any, label: str, using: Using, without: str = "") -> None:
    """Call an operation with a token that has its declared scopes, but for one, and no others."""
    sim, names = an_account()
    operation = OPERATIONS[label]
    args, kwargs = arguments(operation, names, using)
    sim.register("narrow", scopes=needed(label, using, kwargs) - {without}, account="simulated")
    api = client(flavour, runner, sim, token="narrow")
    result = getattr(getattr(api, operation.resource), operation.name)(*args, **kwargs)
    if inspect.isgenerator(result):
        list(result)


def needed(label: str, using: Using, kwargs: Mapping[str, Any]) -> frozenset[str]:
    return OPERATIONS[label].info.scopes_for(kwargs) | NOTED.get((label, using), frozenset())


IDS = [f"{label}-{'-'.join(using) or 'alone'}" for label, using in USES]


@pytest.mark.parametrize(("label", "using"), USES, ids=IDS)
def test_the_declared_scopes_are_enough(flavour: str, runner: Any, label: str, using: Using) -> None:
    try:
        call(flavour, runner, label, using)
    except DOBOTONotFoundException:
        if label != "one_click.kubernetes_install":  # there are no clusters
            raise


@pytest.mark.parametrize(("label", "using"), USES, ids=IDS)
def test_each_declared_scope_is_needed(label: str, using: Using) -> None:
    _, kwargs = arguments(OPERATIONS[label], an_account()[1], using)
    for scope in sorted(needed(label, using, kwargs)):
        if (label, using, scope) in DONE_WITHOUT:
            call("blocking", None, label, using, without=scope)
            continue
        with pytest.raises(DOBOTOForbiddenException):
            call("blocking", None, label, using, without=scope)


@pytest.mark.parametrize(("label", "using"), NOTED)
def test_a_note_says_what_else_is_needed(label: str, using: Using) -> None:
    assert all(scope in OPERATIONS[label].info.scopes_note for scope in NOTED[label, using])


def test_each_parameter_with_scopes_of_its_own_is_tried() -> None:
    assert {name for _, using in USES for name in using} == {*VALUES, *INSTEAD}


def test_a_plan_is_made_without_what_the_token_cannot_read(flavour: str, runner: Any, sim: Simulator) -> None:
    sim.register("narrow", scopes=["droplet:create"], account="simulated")
    plan = client(flavour, runner, sim, token="narrow").droplet.plan(one(), ssh_keys=["laptop"], size="unknown")
    assert (plan["problems"], plan["price"]) == ([], None)

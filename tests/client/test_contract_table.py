"""Every public operation and every operation of DigitalOcean's API, held against each other by what they declare."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from doboto import catalog

from .contract import Contract
from .references import Held, References, methods, table

#: Tags of the document that no class covers, and why.
NOT_COVERED = {"BYOIP Prefixes": "one's own ranges of addresses have no class yet"}
EVERY = sorted(table())


def tags(openapi: dict[str, Any]) -> dict[str, str]:
    """The tag of each operation of the document."""
    return {
        operation["operationId"]: operation["tags"][0]
        for path in openapi["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_declared_references_exist(group: str, name: str, openapi: dict[str, Any]) -> None:
    linked = table()[group, name]
    assert linked, "no reference"
    assert linked <= methods(openapi).keys()


def test_every_operation_of_the_api_is_linked_to(openapi: dict[str, Any]) -> None:
    linked = frozenset[str]().union(*table().values())
    missing = {f"{tag}: {id}" for id, tag in tags(openapi).items() if tag not in NOT_COVERED and id not in linked}
    assert missing == set()


def test_what_is_not_covered_is_said_for_a_reason_that_holds(openapi: dict[str, Any]) -> None:
    linked, by_id = frozenset[str]().union(*table().values()), tags(openapi)
    assert NOT_COVERED.keys() <= set(by_id.values())
    assert {id for id in linked if by_id[id] in NOT_COVERED} == set()


def called() -> set[tuple[str, str]]:
    """The operations that the tests of the clients call, as `api.volume.create`."""
    found: set[tuple[str, str]] = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                found.add((node.value.attr, node.attr))
    return found


# Called by name, from tables of actions: test_operations.py and test_specification.py.
BY_NAME = {
    ("droplet", name)
    for name in catalog.resources()["droplet"].operations
    if name.endswith(("_enable", "_disable")) or name in {"power_cycle", "power_off", "shutdown", "password_reset"}
}


def test_every_operation_is_called_by_a_test() -> None:
    assert set(EVERY) - called() - BY_NAME == set()


@pytest.mark.parametrize("group", catalog.resources())
def test_resources_are_classes_with_operations(group: str) -> None:
    assert catalog.resources()[group].operations


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_effect_agrees_with_http_methods(group: str, name: str, openapi: dict[str, Any]) -> None:
    info = catalog.resources()[group].operations[name].info
    used = {methods(openapi)[id] for id in info.ref}
    assert info.changes == (used != {"GET"})
    assert (info.effect == "destroy") <= bool(used & {"DELETE", "POST"})


@pytest.mark.parametrize(("group", "name"), EVERY)
def test_scopes_exist(group: str, name: str, openapi: dict[str, Any]) -> None:
    info = catalog.resources()[group].operations[name].info
    needed = {*info.scopes}.union(*info.scopes_with.values())
    known = {scope for path in openapi["paths"].values() for scope in _scopes_of(path)}
    assert needed <= known | {"droplet:admin"}  # said in the text of dropletActions_post


def _scopes_of(path: dict[str, Any]) -> set[str]:
    found = [one for one in path.values() if isinstance(one, dict)]
    return {scope for one in found for rule in one.get("security", []) for scope in rule.get("bearer_auth", [])}


@pytest.fixture
def narrowed(api: Any, contract: Contract, openapi: dict[str, Any]) -> Held:
    """A client whose operations declare too little: what `present` makes, and what `name_list` and `each` read."""
    references = References(openapi)
    for name in ("name_list", "each", "create"):
        references.linked["tag", name] = frozenset({"regions_list"})
    return Held(api._client, contract, references)


def test_a_call_that_asks_for_more_than_it_links_to_is_noticed(narrowed: Any, api: Any) -> None:
    api.tag.create("a")
    for call in (narrowed.tag.name_list, lambda: narrowed.tag.create("b"), lambda: list(narrowed.tag.each())):
        with pytest.raises(AssertionError, match="which it does not declare"):
            call()


def test_what_changes_may_read_what_its_resource_reads_and_no_more(openapi: dict[str, Any]) -> None:
    references = References(openapi)
    assert {"tags_list", "tags_get", "actions_get"} <= references.may("tag", "present")
    assert references.may("tag", "info") == {"tags_get"}
    assert not {"regions_list", "tags_delete"} & references.may("tag", "create")

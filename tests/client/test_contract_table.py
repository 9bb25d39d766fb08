"""Every public operation and every operation of DigitalOcean's API, held against each other by the documented links."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from .contract import Contract
from .references import LINK, Held, References, methods, operations, resources, table

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
def test_an_operation_links_to_operations_that_there_are(group: str, name: str, openapi: dict[str, Any]) -> None:
    linked = table()[group, name]
    assert linked, "no link to the API reference"
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
    for name in operations("droplet")
    if name.endswith(("_enable", "_disable")) or name in {"power_cycle", "power_off", "shutdown", "password_reset"}
}


def test_every_operation_is_called_by_a_test() -> None:
    assert set(EVERY) - called() - BY_NAME == set()


@pytest.mark.parametrize("group", resources())
def test_resources_are_classes_with_operations(group: str) -> None:
    assert operations(group)


def test_links_are_found_however_they_are_written() -> None:
    base = "https://docs.digitalocean.com/reference/api/api-reference/#operation/"
    text = f"Reference: {base}a_b,\n    {base}c.yml,\n    {base}d"
    assert LINK.findall(text) == ["a_b", "c.yml", "d"]


@pytest.fixture
def narrowed(api: Any, contract: Contract, openapi: dict[str, Any]) -> Held:
    """A client whose documentation lacks links: what `present` makes, and what `name_list` and `each` read."""
    references = References(openapi)
    for name in ("name_list", "each", "create"):
        references.linked["tag", name] = frozenset({"regions_list"})
    return Held(api._client, contract, references)


def test_a_call_that_asks_for_more_than_it_links_to_is_noticed(narrowed: Any, api: Any) -> None:
    api.tag.create("a")
    for call in (narrowed.tag.name_list, lambda: narrowed.tag.create("b"), lambda: list(narrowed.tag.each())):
        with pytest.raises(AssertionError, match="to which its documentation does not link"):
            call()


def test_what_changes_may_read_what_its_resource_reads_and_no_more(openapi: dict[str, Any]) -> None:
    references = References(openapi)
    assert {"tags_list", "tags_get", "actions_get"} <= references.may("tag", "present")
    assert references.may("tag", "info") == {"tags_get"}
    assert not {"regions_list", "tags_delete"} & references.may("tag", "create")

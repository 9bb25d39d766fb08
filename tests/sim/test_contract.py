"""The table of operations is the document's: the same methods and paths, success statuses, and scopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doboto.sim.resources import operations

from .specification import Specification

METHODS = ("get", "post", "put", "patch", "delete")

#: Where an operation does not simply ask for all scopes that the document lists: what it asks for up front, and why.
ASKS_FOR: dict[tuple[str, str], tuple[set[str], str]] = {
    ("DELETE", "/v2/droplets"): ({"droplet:delete", "tag:read"}, "the text of the operation: requires `tag:read`"),
    ("POST", "/v2/droplets/actions"): (
        {"droplet:update", "tag:read"},
        "the text of the operation: requires `tag:read`",
    ),
    ("PATCH", "/v2/byoip_prefixes/{byoip_prefix_uuid}"): (
        {"byoip_prefix:update"},
        "corrected in the document on 2026-09-09: there is no `byoip_prefix:write`",
    ),
    ("GET", "/v2/snapshots/{snapshot_id}"): (set(), "one of the two does, by kind of snapshot: the handler asks"),
    ("DELETE", "/v2/snapshots/{snapshot_id}"): (set(), "one of the two does, by kind of snapshot: the handler asks"),
    ("POST", "/v2/domains/{domain_name}/records"): (set(), "one of the alternatives does: the handler asks"),
    ("DELETE", "/v2/domains/{domain_name}/records/{domain_record_id}"): (
        set(),
        "one of the alternatives does: the handler asks",
    ),
}


def find_documented(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield (method.upper(), path), item[method]


def test_every_operation_of_the_document_is_there_once_and_no_other(openapi: dict[str, Any]) -> None:
    assert sorted((one.method, one.path) for one in operations()) == sorted(key for key, _ in find_documented(openapi))


def test_success_statuses_are_the_documents(openapi: dict[str, Any]) -> None:
    wanted = {
        key: [one for one in operation["responses"] if one.startswith("2")]
        for key, operation in find_documented(openapi)
    }
    assert {(one.method, one.path): [str(one.status)] for one in operations()} == wanted


def test_scopes_are_the_documents(openapi: dict[str, Any]) -> None:
    wanted = {
        key: ASKS_FOR[key][0] if key in ASKS_FOR else scopes(operation) for key, operation in find_documented(openapi)
    }
    assert {(one.method, one.path): set(one.scopes) for one in operations()} == wanted


def test_no_deviation_outlives_its_reason(openapi: dict[str, Any]) -> None:
    found = dict(find_documented(openapi))
    assert [key for key, (asked, _) in ASKS_FOR.items() if asked == scopes(found[key])] == []


def scopes(operation: dict[str, Any]) -> set[str]:
    return {scope for alternative in operation["security"] for scopes in alternative.values() for scope in scopes}


def test_the_check_of_replies_can_fail(openapi: dict[str, Any]) -> None:
    check = Specification(openapi).check
    good = {"id": "not_found", "message": "x"}
    check("GET", "/v2/droplets/1", 404, good)
    check("DELETE", "/v2/droplets/1", 204, None)
    droplet = {"droplet": {"id": "1"}}
    for wrong in [
        ("GET", "/v2/droplets/1", 404, {"id": 7, "message": "x"}),
        ("GET", "/v2/droplets/1", 200, droplet),
        ("GET", "/v2/droplets/1", 201, good),
        ("DELETE", "/v2/droplets/1", 204, {}),
        ("GET", "/v2/tags", 200, {"tags": [{"name": "not ok"}], "meta": {"total": 1}}),
        ("GET", "/v2/actions/1", 200, {"action": {"status": "done"}}),
    ]:
        with pytest.raises(AssertionError):
            check(*wrong)

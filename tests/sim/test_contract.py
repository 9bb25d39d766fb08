"""The table of operations against the specification: paths, statuses, scopes, coverage."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.sim.resources import operations

from .specification import Specification

#: Whole tags of the document that the simulator has.
COVERED = (
    "Droplets", "Droplet Actions", "Actions", "Images", "Image Actions", "Snapshots", "SSH Keys", "Tags", "Regions",
    "Sizes", "Account", "1-Click Applications",
)  # fmt: skip

#: The document lists scopes of which one does, by kind of snapshot.
EITHER_SCOPE = "/v2/snapshots/{snapshot_id}"
#: The document says so in the text only: "This endpoint requires `tag:read` scope", and for tag_name in lists.
TEXT_SCOPES = {("DELETE", "/v2/droplets"): {"tag:read"}, ("POST", "/v2/droplets/actions"): {"tag:read"}}


def test_every_operation_is_one_of_the_document(openapi: dict[str, Any]) -> None:
    unknown = [one.path for one in operations() if one.method.lower() not in openapi["paths"].get(one.path, {})]
    assert unknown == []


@pytest.mark.parametrize("tag", COVERED)
def test_whole_tags_are_covered(openapi: dict[str, Any], tag: str) -> None:
    wanted = {
        (method.upper(), path)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
        if tag in operation.get("tags", ())
    }
    assert wanted
    assert wanted <= {(one.method, one.path) for one in operations()}


def test_no_operation_is_registered_twice() -> None:
    found = [(one.method, one.path) for one in operations()]
    assert len(found) == len(set(found))


def test_success_statuses_are_the_documents(openapi: dict[str, Any]) -> None:
    wrong = [
        (one.method, one.path, one.status)
        for one in operations()
        if str(one.status) not in openapi["paths"][one.path][one.method.lower()]["responses"]
    ]
    assert wrong == []


@pytest.mark.parametrize("tag", COVERED)
def test_scopes_are_the_documents(openapi: dict[str, Any], tag: str) -> None:
    for one in operations():
        documented = openapi["paths"][one.path][one.method.lower()]
        if tag not in documented["tags"] or one.path == EITHER_SCOPE:
            continue
        wanted = {scope for entry in documented["security"] for scopes in entry.values() for scope in scopes}
        assert set(one.scopes) == wanted | TEXT_SCOPES.get((one.method, one.path), set()), one.path


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

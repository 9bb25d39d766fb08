"""Names that are columns of a table, and no members of the JSON: said where a query finds nothing because of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from doboto.cli.output.columns import COLUMNS

from .conftest import NEW, Doboto

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
PUBLIC = "public_ipv4 is a column; in the JSON it is networks.v4[?type=='public'].ip_address | [0]"


@pytest.fixture
def fleet(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    return simulated


@pytest.mark.parametrize("query", [
    "[0].public_ipv4", "[].public_ipv4", "[].{n: name, ip: public_ipv4}", "[?public_ipv4=='192.0.2.1']",
])  # fmt: skip
def test_a_name_that_is_a_column_only_is_told_with_its_expression(fleet: Doboto, query: str) -> None:
    assert fleet.ok("droplet", "list", "--query", query).err == f"doboto: {PUBLIC}\n"
    done = fleet.ok("droplet", "list", "--query", query, "-o", "json")
    assert json.loads(done.err) == {"event": "hint", "message": PUBLIC}
    assert fleet.ok("-q", "droplet", "list", "--query", query).err == ""


def test_a_name_of_nothing_is_told_with_what_may_have_been_meant(fleet: Doboto) -> None:
    assert "nothing is called 'nmae'; did you mean name" in fleet.ok("droplet", "list", "--query", "[].nmae").err


@pytest.mark.parametrize("query", [
    "[?name=='nope']", "[0].name", "[].{ip: networks.v4[0].ip_address}", "[0].kernel", "[].region.slug",
    "[].{public_ipv4: kernel} | [0].public_ipv4",
])  # fmt: skip
def test_nothing_is_told_where_the_query_is_right(fleet: Doboto, query: str) -> None:
    assert fleet.ok("droplet", "list", "--query", query).err == ""


@pytest.mark.parametrize("query", ["tags", "tags[]", "volume_ids", "networks.v6", "tags | [0]"])
def test_an_empty_member_is_an_answer(fleet: Doboto, query: str) -> None:
    for order in (("info", "web", "--query", query), ("list", "--query", f"[].{query}")):
        assert fleet.ok("droplet", *order, "-o", "json").err == ""


@pytest.mark.parametrize(("columns", "expected"), [
    ("name,region.nope", "region has no 'nope'"), ("region.slg", "did you mean slug"), ("name.x", "name has no 'x'"),
    ("networks.v5", "networks has no 'v5'"), ("networks.v4.ip_address", "did you mean networks.v4[0].ip_address?"),
])  # fmt: skip
def test_a_path_that_cannot_be_is_refused_before_anything_is_sent(doboto: Doboto, columns: str, expected: str) -> None:
    """Without a token: nothing can have been sent."""
    assert expected in doboto.refused(2, "usage", "droplet", "list", "--columns", columns)["message"]


@pytest.mark.parametrize("columns", ["region.slug", "networks.v4[0].type", "size.price_monthly", "kernel.name"])
def test_a_path_that_can_be_is_not(fleet: Doboto, columns: str) -> None:
    assert fleet.ok("droplet", "list", "--columns", columns).out


def test_the_page_has_every_computed_column_with_its_expression() -> None:
    lines = [line.split(maxsplit=2) for line in PAGE.read_text(encoding="utf-8").splitlines()]
    for kind, columns in COLUMNS.items():
        for column in columns:
            assert not column.path or column.path == column.name or [kind, column.name, column.path] in lines


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_what_there_was_no_room_for_is_told_and_what_was_asked_for_is_whole(fleet: Doboto) -> None:
    from .terminal import Terminal

    with Terminal(["droplet", "list"], fleet.environment, width=130) as terminal:
        assert terminal.end() == 0
        assert "more column" not in terminal.text
        all_columns = terminal.text.splitlines()[0].split()
    with Terminal(["droplet", "list"], fleet.environment, width=80) as terminal:
        assert terminal.end() == 0
        lines = terminal.text.splitlines()
    left_out = len(all_columns) - len(lines[0].split())
    assert left_out > 1, "else the message is in the singular"
    assert lines[-1] == f"{left_out} more columns: use --columns or a wider terminal"
    long = "networks.v4[?type=='public'].ip_address | [0]"
    columns = f"id,name,status,vpc_uuid,image.description,created_at,{long}"
    with Terminal(["droplet", "list", "--columns", columns], fleet.environment, width=60) as terminal:
        assert terminal.end() == 0
    shown = terminal.text.replace("\n", "")
    droplet = fleet.ok("droplet", "list", "-o", "json").json[0]
    assert droplet["vpc_uuid"] in shown
    assert droplet["image"]["description"] in shown
    assert "…" not in shown
    assert "more column" not in shown

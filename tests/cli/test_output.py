"""What is printed, compared with kept files: in a pipe, as scripts have it."""

from __future__ import annotations

import csv
import io
import json

import pytest
import yaml

from .conftest import NEW, Doboto, same_as_kept


@pytest.fixture
def fleet(simulated: Doboto) -> Doboto:
    """Three Droplets."""
    simulated.ok("-q", "droplet", "create", "web-{01..02}", "db", *NEW, "--tag", "env:prod", "--wait")
    return simulated


def test_a_create_tells_ids_at_once_and_prints_a_table(simulated: Doboto) -> None:
    done = simulated.ok("droplet", "create", "web-{01..02}", *NEW, "--wait")
    same_as_kept("create.err.txt", done.err)
    same_as_kept("create.out.txt", done.out)


def test_formats(fleet: Doboto) -> None:
    """Table, JSON, JSON lines, CSV, YAML: the same Droplets in each."""
    as_json = fleet.ok("droplet", "list", "-o", "json")
    droplets = as_json.json
    assert [droplet["name"] for droplet in droplets] == ["web-01", "web-02", "db"]
    assert {"networks", "size", "region", "vpc_uuid"} <= droplets[0].keys(), "JSON is what the API said"
    lines = fleet.ok("droplet", "list", "--output", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == droplets
    assert yaml.safe_load(fleet.ok("--output", "yaml", "droplet", "list").out) == droplets
    same_as_kept("list.csv", fleet.as_process.ok("droplet", "list", "-o", "csv").out)
    same_as_kept("list.txt", fleet.as_process.ok("droplet", "list").out)


def test_columns_headings_and_queries(fleet: Doboto) -> None:
    chosen = ("--columns", "name,region.slug,networks.v4[?type=='public'].ip_address | [0],public_ipv4")
    rows = list(csv.reader(io.StringIO(fleet.ok("droplet", "list", "-o", "csv", "--no-header", *chosen).out)))
    assert [row[:2] for row in rows] == [["web-01", "nyc3"], ["web-02", "nyc3"], ["db", "nyc3"]]
    assert all(row[2] == row[3] != "" for row in rows)
    assert fleet.ok("droplet", "list", "--query", "[?name=='db'].status | [0]").out == "active\n"
    assert fleet.ok("droplet", "list", "--query", "[].name", "-o", "json").json == ["web-01", "web-02", "db"]
    for wrong in (("--query", "[?"), ("--columns", "name,[?")):
        error = fleet.refused(2, "usage", "droplet", "list", *wrong)
        assert "JMESPath" in error["message"]


def test_one_thing_is_shown_member_by_member(fleet: Doboto) -> None:
    same_as_kept("info.txt", fleet.as_process.ok("droplet", "info", "db").out)


def test_a_stream_comes_line_by_line(fleet: Doboto) -> None:
    lines = fleet.ok("droplet", "each", "-o", "jsonl").out.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["web-01", "web-02", "db"]


def test_what_prints_nothing_prints_nothing(fleet: Doboto) -> None:
    done = fleet.ok("droplet", "destroy", "web-01", "web-02", "--yes", "--quiet")
    assert (done.out, done.err) == ("", "")
    assert fleet.ok("droplet", "destroy", "db", "--yes", "-o", "json").out == "null\n"
    assert fleet.ok("droplet", "list", "-o", "json").json == []


def test_nothing_in_a_cell_steers_the_terminal() -> None:
    from doboto.cli.output.text import format_cell

    assert format_cell("a\x1b[31mb\nc") == "a?[31mb?c"
    assert format_cell(None) == format_cell([]) == "-"


def test_progress_and_notes_are_json_where_the_result_is(simulated: Doboto) -> None:
    done = simulated.ok("droplet", "create", "web", *NEW, "--wait", "-o", "json")
    events = [json.loads(line) for line in done.err.splitlines()]
    assert events[0]["event"] == "created"
    assert events[0]["id"] == done.json["id"]
    assert events[-1] == {**events[-1], "event": "progress", "done": 1, "total": 1, "pending": {}}


def test_the_environment_chooses_the_format_and_the_command_line_comes_before_it(fleet: Doboto) -> None:
    assert fleet.ok("droplet", "list", DOBOTO_OUTPUT="json").json
    assert fleet.ok("droplet", "list", "-o", "csv", DOBOTO_OUTPUT="json").out.startswith("id,name")

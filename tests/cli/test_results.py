"""Results of every shape, in every format; columns; a part of a result; a result that can't be printed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from doboto import DOBOTOActionException
from doboto.cli.errors import partial_results
from doboto.cli.output.formats import print_result
from doboto.cli.settings import FORMATS, CliSettings

from .conftest import NEW, PROGRAM, Doboto

SHAPES: tuple[Any, ...] = (
    None, 7, 1.5, "text", True, [1, "a", None], [["a", 1], ["b"]], {}, {"id": 7}, [], [{"id": 7}, {"id": 8}],
    {"active": [{"id": 7}], "off": [{"id": 8}]},
)  # fmt: skip


@pytest.mark.parametrize("value", SHAPES, ids=json.dumps)
@pytest.mark.parametrize("output", FORMATS)
def test_every_format_takes_every_shape(output: str, value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    print_result(value, None, CliSettings(output=output))
    out = capsys.readouterr().out
    if output == "json":
        assert json.loads(out) == value
    elif output == "yaml":
        assert yaml.safe_load(out) == value
    elif output == "jsonl":
        assert [json.loads(line) for line in out.splitlines()] == (value if isinstance(value, list) else [value])
    else:
        assert ("7" in out) is ("7" in json.dumps(value))
        assert out == "" or out.strip()


ZONE = "$ORIGIN example.com.\n@\t1800 IN A 192.0.2.7\n"


@pytest.mark.parametrize(("text", "out"), [
    (ZONE, ZONE), ("a\nb", "a\nb\n"), ("", "\n"), ("\x1b[31mred\r\n", "\x1b[31mred\r\n"),
])  # fmt: skip
def test_one_text_goes_into_a_pipe_as_it_is(capsys: pytest.CaptureFixture[str], text: str, out: str) -> None:
    print_result({"zone_file": text}, None, CliSettings(query="zone_file"))
    assert capsys.readouterr().out == out


def test_one_text_does_not_steer_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    """Its lines and tabs stay."""
    monkeypatch.setattr("doboto.cli.output.formats.on_terminal", lambda: True)
    print_result({"zone_file": f"{ZONE}\x1b]0;title\x07\r\n"}, None, CliSettings(query="zone_file"))
    assert capsys.readouterr().out == f"{ZONE}?]0;title??\n"


def test_a_zone_file_is_the_same_in_a_file(simulated: Doboto, tmp_path: Path) -> None:
    simulated.ok("-q", "domain", "create", "example.com", "--ip-address", "192.0.2.7")
    order = ("domain", "info", "example.com")
    wanted = simulated.ok(*order, "-o", "json").json["zone_file"]
    assert wanted.count("\n") > 2
    assert simulated.ok(*order, "--query", "zone_file").out == wanted


PRESENT = (
    ("domain", "record-present", "example.com", "--type", "A", "--name", "www", "--data", "192.0.2.9"),
    ("vpc", "peering-present", "a", "--vpc-id", "b", "--name", "it"),
    ("monitoring", "alert-present", "v1/insights/droplet/cpu", "--description", "hot", "--compare", "GreaterThan",
     "--value", "80", "--window", "5m", "--entities", "[]", "--tags", "[]", "--enabled",
     "--alerts", '{"email": ["a@example.com"], "slack": []}'),
    ("tag", "present", "env:prod"),
)  # fmt: skip


@pytest.mark.parametrize("order", PRESENT, ids=lambda order: " ".join(order[:2]))
def test_of_what_is_made_present_the_one_thing_is_printed(simulated: Doboto, order: tuple[str, ...]) -> None:
    """Made now or there already, in every form, and to a query."""
    simulated.ok("-q", "domain", "create", "example.com")
    for name, region in (("a", "nyc3"), ("b", "sfo3")):
        simulated.ok("-q", "vpc", "create", name, "--region", region)
    made = simulated.ok("-q", *order, "-o", "json").json
    thing, id = ("uuid", made["uuid"]) if "uuid" in made else ("name", made["name"])
    for again in (order, order):
        assert simulated.ok("-q", *again, "--query", thing).out == f"{id}\n"
    assert yaml.safe_load(simulated.ok(*order, "-o", "yaml").out)[thing] == id
    assert json.loads(simulated.ok(*order, "-o", "jsonl").out)[thing] == id
    assert len(simulated.ok(*order, "-o", "csv", "--columns", thing).out.splitlines()) == 2
    assert id in simulated.ok(*order).out
    assert "None" not in simulated.ok(*order).out


def test_bare_values_are_lines_of_csv(capsys: pytest.CaptureFixture[str]) -> None:
    for value, wanted in ((None, []), (7, [["7"]]), (["a,b", 1], [["a,b"], ["1"]]), ([["a", 1]], [["a", "1"]])):
        print_result(value, None, CliSettings(output="csv"))
        assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == wanted


def test_a_destroy_in_csv_takes_effect_and_prints_nothing(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    assert simulated.ok("-q", "droplet", "destroy", "web", "--yes", "-o", "csv").out == ""


def test_a_misspelt_column_is_wrong_usage_before_anything_is_sent(doboto: Doboto) -> None:
    """Without a token: nothing can have been sent."""
    message = doboto.refused(2, "usage", "droplet", "list", "--columns", "id,nmae")["message"]
    assert message.startswith("no column 'nmae'")
    assert "did you mean name" in message


@pytest.mark.parametrize(("order", "columns", "meant"), [
    ("droplet list", "name,ip", "public_ipv4"), ("droplet list", "PublicIP", "public_ipv4"),
    ("droplet list", "private_ip", "private_ipv4"), ("droplet list", "ram", "memory"),
    ("load-balancer list", "ipv4", "ip"), ("snapshot list", "created", "created_at"),
    ("droplet list --query []", "name,ip", "public_ipv4"),
])  # fmt: skip
def test_a_column_by_another_name_is_answered_with_what_means_the_same(
    doboto: Doboto, order: str, columns: str, meant: str
) -> None:
    message = doboto.refused(2, "usage", *order.split(), "--columns", columns)["message"]
    assert message.endswith(f"; did you mean {meant}?")


@pytest.mark.parametrize("columns", ["public_ipv4", "vcpus", "region.slug", "nmae || name"])
def test_columns_members_and_expressions_are_no_typing_errors(simulated: Doboto, columns: str) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    assert simulated.ok("droplet", "list", "--columns", columns, "--no-header").out.strip() not in {"", "-"}


def test_what_was_done_is_printed_before_the_error(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    done = simulated("-o", "json", "droplet", "power-off", "web", "404")
    assert (done.code, [one["type"] for one in done.json]) == (9, ["power_off"])
    assert done.error["failed"][0]["target"] == "404"


def test_droplets_that_were_made_before_a_refusal_are_printed(simulated: Doboto) -> None:
    """25 Droplets are an account's limit: the batches that fit go through."""
    done = simulated.as_process("-q", "droplet", "create", "web-{01..30}", *NEW, "--columns", "name", "--no-header")
    assert done.code == 9
    made = [droplet["name"] for droplet in simulated.ok("droplet", "list", "-o", "json").json]
    assert len(made) == 20
    assert done.out.split() == sorted(made)
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith("doboto: POST ")
    again = simulated("-q", "droplet", "create", "db-{01..06}", *NEW)
    assert (again.code, again.out) == (5, "")


def test_where_the_query_does_not_fit_a_part_the_error_is_why_there_is_only_a_part(simulated: Doboto) -> None:
    done = simulated("-q", "droplet", "create", "web-{01..30}", *NEW, "--query", "abs(@)", "-o", "json")
    assert (done.code, done.out, done.error["code"]) == (9, "", "partly_done")
    assert len(done.error["created"]) == 20


@pytest.fixture
def fleet(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", "web-{1..2}", *NEW, "--wait")
    return simulated


FILTER = ("--query", "[?name=='web-2']")


def test_a_filters_result_has_the_columns_of_its_kind(fleet: Doboto) -> None:
    whole = fleet.ok("droplet", "list").out.splitlines()
    assert fleet.ok("droplet", "list", *FILTER).out.split() == [*whole[0].split(), *whole[2].split()]
    chosen = fleet.ok("droplet", "list", *FILTER, "--columns", "name,public_ipv4,region.slug", "-o", "csv").out
    assert chosen.splitlines()[0] == "name,public_ipv4,region.slug"
    name, address, region = chosen.splitlines()[1].split(",")
    assert (name, region) == ("web-2", "nyc3")
    assert address in whole[2]


@pytest.mark.parametrize(("query", "columns"), [
    ("[].{label: name, ip: networks.v4[0].ip_address}", "label,ip"),
    ("[].networks.v4[]", "ip_address,type"),
    ("[].merge(@, `{\"note\": \"mine\"}`)", "note,name"),
    ("{droplets: @}", "kind,name"),
])  # fmt: skip
def test_columns_are_looked_up_in_what_the_query_gives(fleet: Doboto, query: str, columns: str) -> None:
    lines = fleet.ok("droplet", "list", "--query", query, "--columns", columns, "-o", "csv").out.splitlines()
    assert lines[0] == columns
    assert len(lines) > 1
    assert all(all(line.split(",")) for line in lines)


def test_a_column_that_no_result_of_the_query_can_have_is_wrong_usage(doboto: Doboto) -> None:
    """Without a token: nothing can have been sent."""
    for query in ("[?name=='web-2']", "[].{label: name}"):
        message = doboto.refused(2, "usage", "droplet", "list", "--query", query, "--columns", "nmae")["message"]
        assert message.startswith("no column 'nmae'; did you mean name")
    message = doboto.refused(2, "usage", "droplet", "list", "--query", "[].{label: name}", "--columns", "labl")[
        "message"
    ]
    assert "did you mean label" in message


def test_a_column_that_the_querys_result_turns_out_not_to_have_is_an_error(fleet: Doboto) -> None:
    order = ("droplet", "list", "-o", "csv", "--query", "[].{nom: name}", "--columns")
    done = fleet(*order, "name")
    assert (done.code, done.out) == (1, "")
    assert done.err == "doboto: the result of --query has no 'name'; did you mean nom?\n"
    done = fleet("droplet", "list", "--query", "[].name", "--columns", "name")
    assert (done.code, done.out) == (1, "")
    assert "single values" in done.err


def test_a_query_that_finds_nothing_prints_nothing(fleet: Doboto) -> None:
    for query in ("[?name=='db'].name", "[0].nothing", "[?name=='db']"):
        assert fleet.ok("droplet", "list", "--query", query, "--columns", "name", "--no-header").out == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_result_that_can_not_be_printed_is_an_error_in_a_line(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    for where in (">/dev/full", ">&-"):
        line = f"{PROGRAM} droplet list {where}"
        done = subprocess.run(
            ["sh", "-c", line], env=simulated.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr.startswith("doboto: ")
        assert "internal" not in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_by_tag_the_actions_that_completed_are_what_is_done() -> None:
    actions = [{"id": 1, "status": "completed"}, {"id": 2, "status": "errored"}]
    assert partial_results(DOBOTOActionException("failed", actions=actions)) == actions[:1]
    assert partial_results(DOBOTOActionException("failed", actions=actions[1:])) == []

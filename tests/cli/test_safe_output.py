"""Names and answers do nothing to a terminal, a spreadsheet or an encoding; nothing of a result is lost."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import Any

import pytest
import yaml

from .conftest import NEW, PROGRAM, Doboto

ATTACK = "a\x1b]0;owned\x07\x1b[2J\u202egpj.exe\u2066\r\nb\x9b31m[/nope][bold]\u2028"
#: What must not reach a terminal raw.
RAW = ("\x1b]", "\x1b[2J", "\x07", "\u202e", "\u2066", "\x9b", "\u2028")


@pytest.fixture
def attacked(served: Doboto, doboto_server: Any) -> Doboto:
    """An account in which everything that has a name has a hostile one, members and keys too."""
    served.ok("-q", "droplet", "create", "web", *NEW)
    served.ok("-q", "volume", "create", "data", "--size-gigabytes", "10", "--region", "nyc3")
    account = doboto_server.simulator.account(doboto_server.token)
    for kind in ("droplet", "volume"):
        for record in list(account.store(kind)):
            account.change(kind, record["id"], name=ATTACK, tags=[ATTACK])
    return served


def is_safe(text: str) -> bool:
    return not any(raw in text for raw in RAW)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "yaml", "csv"])
@pytest.mark.parametrize("arguments", [
    ("droplet", "list"), ("volume", "list"), ("droplet", "list", "--query", "[].name"),
    ("droplet", "list", "--columns", "name,tags"), ("droplet", "list", "--query", "[0].name"),
    ("droplet", "list", "--query", "[].{\"k\u202e\u2066\u2028\": name}"), ("watch", "--once"),
    ("droplet", "list", "--columns", "\"a\u202e\u2066\""),
])  # fmt: skip
def test_nothing_on_a_terminal_steers_it(attacked: Doboto, arguments: tuple[str, ...], form: str) -> None:
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals are POSIX")
    from .terminal import Terminal

    with Terminal([*arguments, "-o", form], attacked.environment, 200) as terminal:
        assert terminal.end() == 0, terminal.text
        raw = terminal.raw.decode()
    assert is_safe(raw), raw
    assert raw.strip()


@pytest.mark.parametrize("form", ["json", "jsonl", "yaml"])
def test_programs_get_the_same_value_escaped(attacked: Doboto, form: str) -> None:
    out = attacked.ok("droplet", "list", "-o", form).out
    assert is_safe(out)
    found: Any = yaml.safe_load(out) if form == "yaml" else json.loads(out)
    assert (found[0] if isinstance(found, list) else found)["name"] == ATTACK


def test_csv_in_a_pipe_is_whole(attacked: Doboto) -> None:
    out = attacked.ok("droplet", "list", "-o", "csv", "--columns", "name").out
    assert next(csv.reader(io.StringIO(out.split("\n", 1)[1], newline="")))[0] == ATTACK


def test_details_errors_and_questions_are_clean(attacked: Doboto) -> None:
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals are POSIX")
    from .terminal import Terminal

    [droplet] = attacked.ok("droplet", "list", "-o", "json").json
    for arguments in (
        ("droplet", "info", str(droplet["id"])), ("droplet", "destroy", str(droplet["id"])),
        ("droplet", "info", ATTACK), ("droplet", "reboot", str(droplet["id"]), "--wait"), ("tag", "info", ATTACK),
        ("droplet", "list", "--query", ATTACK), ("--context", ATTACK, "tag", "list"), ("auth", "switch", ATTACK),
        ("droplet", "create", ATTACK, *NEW), ("droplet", "ssh", ATTACK), (ATTACK,), ("droplet", "list", f"--{ATTACK}"),
    ):  # fmt: skip
        with Terminal(arguments, attacked.environment, 200) as terminal:
            if "destroy" in arguments:
                terminal.read(lambda text: "[y/N]" in text)
                terminal.type("n\n")
            terminal.end()
            raw = terminal.raw.decode(errors="replace")
        assert is_safe(raw), (arguments, raw)
        assert "Traceback" not in raw


@pytest.mark.parametrize("key", ["[/nope]", "[bold]x", "\u2066t", "a\u202eb"])
def test_names_of_members_are_text(simulated: Doboto, key: str) -> None:
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals are POSIX")
    from .terminal import Terminal

    simulated.ok("-q", "droplet", "create", "web", *NEW)
    query = "[0].{" + json.dumps(key) + ": {b: name, c: id}}"
    for more in ((), ("--columns", json.dumps(key))):
        with Terminal(["droplet", "list", "--query", query, *more], simulated.environment, 100) as terminal:
            assert terminal.end() == 0
            assert is_safe(terminal.raw.decode())
            if key.isprintable():
                assert key.lower() in terminal.text.lower()


# -- spreadsheets


@pytest.mark.parametrize(("name", "wanted"), [
    ("=1+1", "'=1+1"), ("+1+1", "'+1+1"), ("-1+1", "'-1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
    ("-5", "-5"), ("+5.5", "+5.5"), ("web", "web"), ("a=b", "a=b"),
])  # fmt: skip
def test_formulas_are_escaped_where_that_is_asked_for(simulated: Doboto, name: str, wanted: str) -> None:
    order = ("region", "list", "-o", "csv", "--no-header", "--query", f"[0].{{a: '{name}'}}")
    assert next(csv.reader(io.StringIO(simulated.ok(*order).out))) == [name]
    assert next(csv.reader(io.StringIO(simulated.ok(*order, "--csv-escape").out))) == [wanted]
    assert next(csv.reader(io.StringIO(simulated.ok(*order, DOBOTO_CSV_ESCAPE="1").out))) == [wanted]


# -- encodings


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii", "utf-8", "cp437"])
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "yaml", "csv"])
def test_character_that_the_encoding_lacks_never_raises(
    served: Doboto, doboto_server: Any, encoding: str, form: str
) -> None:
    name = "caf\u00e9 \u6771\u4eac \u2713 \U0001f680"
    served.ok("-q", "ssh-key", "create", name, "--public-key", KEY)
    environment = {**served.environment, "PYTHONIOENCODING": encoding}
    line = [PROGRAM, "ssh-key", "list", "-o", form]
    done = subprocess.run(line, env=environment, capture_output=True, encoding=encoding, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    if form in {"json", "jsonl"}:
        found = json.loads(done.stdout)
        assert (found[0] if form == "json" else found)["name"] == name
    elif form == "yaml":
        assert yaml.safe_load(done.stdout)[0]["name"] == name
    else:
        assert "caf" in done.stdout


LONG_NAME = "a-long-name" * 5
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqfDJtvNGNAEg7RZbrNOPEBQAuhFBIPqWAWIhRKbqtL laptop"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii"])
def test_terminal_that_lacks_characters_shows_tables_progress_and_watch(simulated: Doboto, encoding: str) -> None:
    from .terminal import Terminal

    environment = {**simulated.environment, "PYTHONIOENCODING": encoding, "DOBOTO_SIM_SPEED": "50"}
    for arguments in (
        ("droplet", "create", LONG_NAME, *NEW, "--wait"), ("droplet", "list"), ("droplet", "info", LONG_NAME),
    ):  # fmt: skip
        with Terminal(arguments, environment, 60) as terminal:
            assert terminal.end() == 0, terminal.text
            assert "Traceback" not in terminal.text
    with Terminal(["watch"], environment, 60, 12) as terminal:
        terminal.read(lambda text: "q quits" in text)
        terminal.type("q")
        assert terminal.end() == 0


# -- what is shown, and not lost


def test_details_show_the_main_facts(simulated: Doboto) -> None:
    rule = '[{"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0", "::/0"]}}]'
    simulated.ok("-q", "firewall", "create", "office", "--inbound-rules", rule)
    shown = simulated.ok("firewall", "info", "office").out
    assert "inbound_rules.0" in shown
    assert "protocol tcp, ports 22, sources.addresses 0.0.0.0/0,::/0" in shown
    simulated.ok("-q", "domain", "create", "example.com", "--ip-address", "192.0.2.7")
    zone = simulated.ok("domain", "info", "example.com").out
    assert "zone_file  $ORIGIN example.com." in zone
    assert "IN A 192.0.2.7" in " ".join(zone.split())
    assert "?" not in zone


def test_actions_have_the_names_of_droplets_that_a_command_knows(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web-1", "web-2", *NEW, "--wait")
    lines = simulated.ok("droplet", "reboot", "web-1", "web-2", "--wait").out.splitlines()
    assert "RESOURCE_NAME" in lines[0]
    assert [("web-1" in lines[1]), ("web-2" in lines[2])] == [True, True]
    assert "resource_name" not in simulated.ok("droplet", "reboot", "web-1", "--wait", "-o", "json").out


@pytest.mark.parametrize(("query", "wanted"), [
    ("[].id", "found nothing: the result is an object (id 480000000, name web) with the keys id, name"),
    ("[0].name", "with the keys id, name"), ("droplet.id", "with the keys id, name"),
])  # fmt: skip
def test_query_that_fits_nothing_says_what_the_result_is(simulated: Doboto, query: str, wanted: str) -> None:
    done = simulated.ok("droplet", "create", "web", *NEW, "--query", query)
    assert wanted in done.err


def test_query_that_fits_not_leaves_the_result(simulated: Doboto) -> None:
    done = simulated("droplet", "create", "web", *NEW, "-q", "--query", "sum(name)")
    assert done.code == 1
    assert json.loads(done.err.splitlines()[0])["result"]["name"] == "web"
    assert "does not fit the result" in done.err.splitlines()[-1]


def test_list_without_a_match_is_an_answer(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    assert simulated.ok("droplet", "list", "--query", "[?status=='off'].name").err == ""
    assert "whose items have the keys id, name" in simulated.ok("droplet", "list", "--query", "id").err


@pytest.mark.parametrize("columns", ["NAME,ID", "Name,id", "name,Id"])
def test_columns_are_named_in_any_case_and_work_in_every_form(simulated: Doboto, columns: str) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    order = ("droplet", "list", "--columns", columns)
    assert simulated.ok(*order, "-o", "json").json == [{"name": "web", "id": 480000000}]
    assert simulated.ok(*order, "-o", "jsonl").json == {"name": "web", "id": 480000000}
    assert yaml.safe_load(simulated.ok(*order, "-o", "yaml").out) == [{"name": "web", "id": 480000000}]
    assert simulated.ok(*order, "-o", "csv").out == "name,id\nweb,480000000\n"
    assert simulated.ok(*order).out.splitlines()[1].split() == ["web", "480000000"]
    assert simulated.ok("droplet", "info", "web", "--columns", columns, "-o", "json").json["name"] == "web"


def test_columns_that_there_are_not_are_listed(simulated: Doboto) -> None:
    message = simulated.refused(2, "usage", "droplet", "list", "--columns", "zzz")["message"]
    assert "there are id, name, status, public_ipv4" in message


# -- input


@pytest.mark.parametrize(("variable", "value", "wanted"), [
    ("DOBOTO_SIM", "maybe", "DOBOTO_SIM is 'maybe'; set it to 1 or 0"),
    ("DOBOTO_CSV_ESCAPE", "2", "DOBOTO_CSV_ESCAPE is '2'; set it to 1 or 0"),
    ("DOBOTO_OUTPUT", "xml", "DOBOTO_OUTPUT is 'xml'; set it to table, json, jsonl, csv, yaml"),
])  # fmt: skip
def test_wrong_variable_is_named(doboto: Doboto, variable: str, value: str, wanted: str) -> None:
    done = doboto("droplet", "list", **{variable: value})
    assert done.code == 2
    assert wanted in done.err


def test_empty_input_is_refused(simulated: Doboto) -> None:
    for option in ("--user-data", "--backup-policy"):
        order = ("droplet", "create", "web", *NEW, option)
        assert "empty input" in simulated.refused(2, "usage", *order, "@-", stdin="")["message"]
        (simulated.folder / "empty").write_text("\n")
        assert "empty input" in simulated.refused(2, "usage", *order, "@empty")["message"]
    assert simulated.ok("droplet", "list", "-o", "json").json == []


@pytest.mark.parametrize("query", ["nosuch", "[].nosuch"])
def test_hints_are_safe(attacked: Doboto, query: str) -> None:
    for form in ("table", "json"):
        done = attacked.ok("volume", "list", "--query", query, "-o", form)
        assert "found nothing" in done.err
        assert is_safe(done.err)


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is POSIX")
@pytest.mark.parametrize("variable", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_an_error_has_no_style_on_a_terminal_that_knows_none(doboto: Doboto, variable: dict[str, str]) -> None:
    from .terminal import Terminal

    with Terminal(["nosuch"], {**doboto.environment, **variable}, 100) as terminal:
        assert terminal.end() == 2
        assert "no such command 'nosuch'" in terminal.text
        assert b"\x1b" not in terminal.raw

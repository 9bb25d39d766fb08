"""What is refused, asked and suggested before anything happens, and how to go on where waiting ended."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import Any

import pytest

from doboto import DO
from doboto._core import pages
from doboto.cli.commands import completion as completing
from doboto.cli.run.create import slug_entries
from doboto.cli.run.resume import wait_command
from doboto.cli.settings import CliSettings

from .conftest import NEW, PROGRAM, Doboto

CREATE = ("droplet", "create", "web", *NEW)
SHORT = ("--wait", "--timeout", "1", "--poll", "1")


def test_the_way_to_go_on_names_the_account_and_never_the_token() -> None:
    assert wait_command(CliSettings(sim=True, url="http://x"), [1, 2]) == "doboto droplet wait 1 2 --sim"
    chosen = CliSettings(token="secret", context="my work", url="http://localhost:1/v2?a&b")
    again = wait_command(chosen, [], "env:prod", 22)
    assert "secret" not in again
    assert shlex.split(again) == [
        "doboto", "droplet", "wait", "--tag", "env:prod", "--ready-port", "22",
        "--context", "my work", "--url", "http://localhost:1/v2?a&b",
    ]  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="the line is a shell's")
def test_the_way_to_go_on_finds_an_account_that_is_kept_elsewhere(simulated: Doboto) -> None:
    """Given to a shell as it stands, in another folder, by a user whose account is the usual one."""
    state = {"DOBOTO_SIM_STATE": "my accounts/it's mine.db"}
    error = simulated.refused(7, "timeout", "-q", *CREATE, *SHORT, **state)
    file = simulated.folder / state["DOBOTO_SIM_STATE"]
    line: str = error["resume"]
    assert shlex.split(line) == [f"DOBOTO_SIM_STATE={file}", "doboto", "droplet", "wait", "480000000", "--sim"]
    assert line in error["message"]
    environment = {**simulated.environment, "PATH": f"{PROGRAM.parent}:{simulated.environment['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", f"{line} -o json"], env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [(one["name"], one["status"]) for one in json.loads(done.stdout)] == [("web", "active")]


def test_the_way_to_go_on_names_no_file_that_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOBOTO_SIM_STATE", "/somewhere.db")
    assert wait_command(CliSettings(sim=True), [1]).startswith("DOBOTO_SIM_STATE=/somewhere.db doboto droplet wait 1")
    assert wait_command(CliSettings(), [1]) == "doboto droplet wait 1"
    monkeypatch.setenv("DOBOTO_SIM_STATE", "")
    assert wait_command(CliSettings(sim=True), [1]) == "doboto droplet wait 1 --sim"


def test_several_and_wait_itself_say_how_to_go_on(simulated: Doboto) -> None:
    """Also where only some took too long, and those alone."""
    simulated.ok("-q", "droplet", "create", "web-{1..2}", *NEW, "--wait")
    error = simulated.refused(7, "timeout", "-q", "droplet", "reboot", "web-1", "web-2", *SHORT)
    assert error["resume"] == "doboto droplet wait 480000000 480000001 --sim"
    error = simulated.refused(7, "timeout", "-q", *error["resume"].split()[1:], "--timeout", "0.1")
    assert error["resume"] == "doboto droplet wait 480000000 480000001 --sim"
    simulated.ok("-q", *error["resume"].split()[1:])
    error = simulated.refused(7, "timeout", "-q", "droplet", "reboot", "web-1", "404", *SHORT)
    assert ([one["target"] for one in error["failed"]], error["done"]) == (["404"], []), "no part of it is done"
    assert error["resume"] == "doboto droplet wait 480000000 --sim"


@pytest.mark.parametrize("wrong", [("--timeout", "nan"), ("--timeout", "inf"), ("--poll", "-1"), ("--poll", "x")])
def test_a_time_that_is_none_is_wrong_usage(simulated: Doboto, wrong: tuple[str, str]) -> None:
    for command in (("droplet", "wait", "1"), ("droplet", "reboot", "1", "--wait"), ("droplet", "ssh", "1")):
        order = [*command[:2], *wrong, *command[2:]]
        assert wrong[1] in simulated.refused(2, "usage", *order)["message"]


def test_an_empty_name_is_wrong_usage(simulated: Doboto) -> None:
    assert "empty" in simulated.refused(2, "usage", "droplet", "info", "")["message"]


@pytest.mark.parametrize(
    ("wrong", "meant"), [("dropet list", "droplet"), ("droplet lst", "list"), ("wach", "watch"), ("auth lst", "list")]
)
def test_an_unknown_command_is_answered_with_what_may_be_meant(doboto: Doboto, wrong: str, meant: str) -> None:
    message = doboto.refused(2, "usage", *wrong.split())["message"].lower()
    assert "did you mean" in message
    assert meant in message


def test_a_refusal_names_what_it_would_hit(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web-{1..2}", *NEW, "--tag", "prod", "--wait")
    error = simulated.refused(5, "refused", "droplet", "destroy", "--tag", "prod")
    assert (
        "web-1 (480000000; status active; tags prod; region nyc3; price $6/month), web-2 (480000001;"
        in error["message"]
    )
    assert [(one["id"], one["name"], one["tags"]) for one in error["targets"]] == [
        (480000000, "web-1", ["prod"]), (480000001, "web-2", ["prod"]),
    ]  # fmt: skip
    done = simulated.ok("droplet", "destroy", "--tag", "prod", "--yes")
    assert done.err.splitlines()[:2] == ["droplet destroy: web-1 (480000000)", "droplet destroy: web-2 (480000001)"]
    assert simulated.ok("-o", "json", "droplet", "list").json == []


def test_slugs_and_tags_are_had_from_every_page(
    doboto_server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with DO(doboto_server.token, doboto_server.url) as do:
        wanted = {
            kind: {one["slug"] for one in slug_entries(do, kind, fresh=True)} for kind in ("size", "region", "image")
        }
        for name in "abc":
            do.tag.create(name)
        monkeypatch.setattr(pages, "PER_PAGE", 2)
        for kind, known in wanted.items():
            assert len(known) > 2
            assert {one["slug"] for one in slug_entries(do, kind, fresh=True)} == known
        assert [name for name, _ in completing._list_tags(do)] == ["a", "b", "c"]


def test_what_is_no_droplet_is_waited_for_by_its_action(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "volume", "create", "data", "--size-gigabytes", "1", "--region", "nyc3")
    order = ("volume", "attach", "data", "--droplet-id", "web", "--wait", "--poll", "1", "--timeout", "0.5")
    error = simulated.refused(7, "timeout", "-q", *order)
    assert shlex.split(error["resume"])[:3] == ["doboto", "action", "wait"]
    assert error["resume"] in error["message"]
    action = simulated.ok("-q", *shlex.split(error["resume"])[1:], "-o", "json").json
    assert (action["type"], action["status"]) == ("attach_volume", "completed")

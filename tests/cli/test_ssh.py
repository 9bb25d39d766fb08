"""`doboto droplet ssh`: what the system's ssh is called with, and where it is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from doboto.sim import InstantClock, ManualClock

from .conftest import NEW, Doboto

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")


@pytest.fixture
def path(environment: dict[str, str], tmp_path: Path) -> str:
    """Where an `ssh` is that shows what it is called with, a word a line, and fails."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "ssh"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 255\n')
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    return f"{tmp_path / 'bin'}:{environment['PATH']}"


@pytest.fixture
def droplet(served: Doboto) -> dict[str, str]:
    """The addresses of the Droplet `web`."""
    served.ok("-q", "droplet", "create", "web", *NEW)
    found: Any = served.ok("droplet", "info", "web", "-o", "json").json
    return {one["type"]: one["ip_address"] for one in found["networks"]["v4"]}


def called(served: Doboto, path: str, *arguments: str) -> list[str]:
    done = served.as_process("-q", "droplet", "ssh", *arguments, PATH=path)
    assert done.code == 255  # its own exit code
    assert done.err == ""
    return done.out.splitlines()


def test_it_is_the_systems_own(served: Doboto, path: str, droplet: dict[str, str]) -> None:
    root = f"root@{droplet['public']}"
    assert called(served, path, "web") == ["-o", "ConnectTimeout=15", "-p", "22", "--", root]
    more = called(served, path, "--private", "-l", "me", "-p", "2222", "-i", "key", "web", "--timeout", "3")
    assert more == ["-o", "ConnectTimeout=3", "-p", "2222", "-i", "key", "--", f"me@{droplet['private']}"]


@pytest.mark.parametrize(("given", "handed"), [
    (("web", "--port", "23", "uptime", "-p"), ("23", "uptime", "-p")),
    (("--port", "23", "web", "uptime", "--timeout"), ("23", "uptime", "--timeout")),
    (("web", "--port=23", "--", "-v", "--port", "24"), ("23", "-v", "--port", "24")),
    (("-p23", "--", "web", "--wait"), ("23", "--wait")),
    (("web", "--", "ls"), ("22", "ls")),
    (("web", "ls", "--", "-l"), ("22", "ls", "--", "-l")),
])  # fmt: skip
def test_options_may_follow_the_droplet_and_the_rest_is_handed_on(
    served: Doboto, path: str, droplet: dict[str, str], given: tuple[str, ...], handed: tuple[str, ...]
) -> None:
    _, _, _, port, _, address, *rest = called(served, path, *given)
    assert address == f"root@{droplet['public']}"
    assert (port, *rest) == handed


def test_it_waits_for_an_address(served: Doboto, path: str, doboto_server: Any) -> None:
    doboto_server.simulator.use_clock(ManualClock())
    served.ok("-q", "droplet", "create", "web", *NEW)
    early = served.as_process("droplet", "ssh", "web", PATH=path)
    assert (early.code, early.out) == (3, "")
    assert "pass --wait to wait for one" in early.err
    order = ("web", "--wait", "--private", "--poll", "0.1")
    late = served.as_process("-q", "droplet", "ssh", *order, "--timeout", "0.5", PATH=path)
    assert (late.code, late.out) == (7, "")
    doboto_server.simulator.use_clock(InstantClock())
    assert called(served, path, *order)[-1].startswith("root@10.")


@pytest.mark.parametrize(("more", "port"), [((), 22), (("-p", "2222"), 2222), (("--private",), None)])
def test_it_waits_till_the_public_port_answers(
    served: Doboto, path: str, droplet: dict[str, str], monkeypatch: pytest.MonkeyPatch, more: Any, port: int | None
) -> None:
    """The private address can't be tried from here."""
    ports: list[int | None] = []
    monkeypatch.setattr(
        "doboto.cli.commands.droplet.wait_for", lambda do, ids, params, reporter: ports.append(params["ready_port"])
    )
    monkeypatch.setattr("doboto.cli.commands.ssh.execute", lambda line: ports.append(len(line)))
    served.ok("droplet", "ssh", "web", "--wait", *more, PATH=path)
    assert ports == [port, 7]  # and ssh is called with seven words
    assert droplet["public"]


def test_an_option_that_there_is_not_is_wrong_usage(served: Doboto) -> None:
    message = served.refused(2, "usage", "droplet", "ssh", "web", "--waot")["message"]
    assert message == "no such option --waot; did you mean --wait?"
    for arguments in ((), ("--",), ("--wait",)):
        assert "missing argument" in served.refused(2, "usage", "droplet", "ssh", *arguments)["message"]


def test_nobody_answers_on_a_simulated_account(simulated: Doboto, path: str) -> None:
    """It says so at once, whether it was to wait or not, and starts no ssh."""
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    for more in ((), ("--wait",)):
        done = simulated.as_process("droplet", "ssh", "web", *more, PATH=path)
        assert (done.code, done.out) == (1, "")
        assert "is simulated: nothing answers at its address" in done.err


@pytest.mark.parametrize(("given", "port", "user"), [
    (("deploy@web",), "22", "deploy"), (("web:2222",), "2222", "root"), (("deploy@web:2222",), "2222", "deploy"),
    (("deploy@web", "--user", "deploy", "-p", "22"), "22", "deploy"),
])  # fmt: skip
def test_destination_may_have_a_user_and_a_port(
    served: Doboto, path: str, droplet: dict[str, str], given: tuple[str, ...], port: str, user: str
) -> None:
    *_, found, _, address = called(served, path, *given)
    assert (found, address) == (port, f"{user}@{droplet['public']}")


@pytest.mark.parametrize(("given", "wanted"), [
    (("a@b@web",), "invalid destination"), (("web:ssh",), "invalid port 'ssh'"), (("web:0",), "invalid port '0'"),
    (("web:70000",), "invalid port"), (("@web",), "invalid destination"), (("deploy@",), "invalid destination"),
    (("deploy@web", "--user", "me"), "two values for the user"), (("web:22", "-p", "23"), "two values for the port"),
    (("-oProxyCommand=id@web",), ""), (("--", "-oProxyCommand=id@web"), "invalid user"),
    (("web", "--user", "-oProxyCommand=id"), ""), (("web", "-l", "a b"), "invalid user"), (("web", "-p", "0"), "0"),
])  # fmt: skip
def test_destination_that_is_none_starts_nothing(
    served: Doboto, path: str, droplet: dict[str, str], given: tuple[str, ...], wanted: str
) -> None:
    done = served.as_process("droplet", "ssh", *given, PATH=path)
    assert (done.code, done.out) == (2, ""), droplet
    assert wanted in done.err


def test_user_of_the_defaults_is_used_unless_one_is_given(served: Doboto, path: str, droplet: dict[str, str]) -> None:
    served.ok("auth", "defaults", "ssh-user=deploy")
    assert called(served, path, "web")[-1] == f"deploy@{droplet['public']}"
    assert called(served, path, "root@web")[-1] == f"root@{droplet['public']}"
    served.ok("auth", "defaults", "ssh-user=")
    assert called(served, path, "web")[-1] == f"root@{droplet['public']}"

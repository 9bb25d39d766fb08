"""Whose account it is: tokens, contexts, doctl's contexts, the simulated account."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from doboto.cli.contexts import Context, Contexts

from .conftest import NEW, Doboto

TOKEN = "any text that is a token"


def contexts_file(doboto: Doboto) -> Path:
    return Path(doboto.environment["XDG_CONFIG_HOME"]) / "doboto" / "contexts.yaml"


def test_a_context_is_checked_kept_and_used(doboto: Doboto, doboto_server: Any) -> None:
    url = doboto_server.url
    done = doboto.ok("auth", "init", "work", "--url", url, stdin=f"{doboto_server.token}\n")
    assert doboto_server.token not in done.out + done.err
    assert doboto.ok("droplet", "list", "-o", "json").json == []
    assert doboto.ok("auth", "list", "-o", "json").json == [
        {"name": "work", "current": True, "source": "doboto", "url": url}
    ]
    if os.name == "posix":
        assert stat.S_IMODE(contexts_file(doboto).stat().st_mode) == 0o600


def test_no_contexts_is_no_error(doboto: Doboto) -> None:
    done = doboto.ok("auth", "list")
    assert (done.out, done.err) == ("", "no contexts yet: doboto auth init makes one\n")
    assert doboto.ok("auth", "list", "-o", "json").json == []


def test_a_wrong_token_is_not_kept(doboto: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", status=401)
    doboto.refused(4, "unauthorized", "auth", "init", "--url", doboto_server.url, stdin="wrong\n")
    assert not contexts_file(doboto).exists()
    doboto.refused(4, "unauthorized", "auth", "init", "--url", doboto_server.url, stdin="\n")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_file_that_others_can_read_is_warned_of(doboto: Doboto) -> None:
    file = contexts_file(doboto)
    file.parent.mkdir(parents=True)
    file.write_text("current: a\ncontexts: {a: {token: t}}\n")
    file.chmod(0o644)
    assert "can be read by others (mode 644)" in doboto.ok("auth", "list").err
    doboto.ok("auth", "switch", "a")
    assert doboto.ok("auth", "list").err == ""


def test_doctls_contexts_are_there_and_one_can_switch_to_them(doboto: Doboto) -> None:
    doctl = Path(doboto.environment["XDG_CONFIG_HOME"]) / "doctl" / "config.yaml"
    doctl.parent.mkdir(parents=True)
    doctl.write_text(yaml.safe_dump({"access-token": "one", "auth-contexts": {"work": "two"}, "context": "work"}))
    listed = doboto.ok("auth", "list", "-o", "json").json
    assert [(one["name"], one["current"], one["source"]) for one in listed] == [
        ("default", False, "doctl"), ("work", True, "doctl"),
    ]  # fmt: skip
    doboto.ok("auth", "switch", "default")
    assert [one["name"] for one in doboto.ok("auth", "list", "-o", "json").json if one["current"]] == ["default"]
    assert "two" not in contexts_file(doboto).read_text()
    assert "there is default, work" in doboto.refused(4, "unauthorized", "auth", "switch", "nobody")["message"]


def test_what_is_nearest_counts(served: Doboto, doboto_server: Any) -> None:
    """Option, named context, environment, current context."""
    served.ok("-q", "droplet", "create", "web", *NEW)
    other = ("--token", "another-account")
    assert served.ok("droplet", "list", "-o", "json", *other).json == []
    served.ok("auth", "init", "other", "--token", "another-account")
    assert len(served.ok("droplet", "list", "-o", "json").json) == 1
    assert served.ok("--context", "other", "droplet", "list", "-o", "json").json == []


def test_the_simulated_account_needs_no_token_and_is_kept(doboto: Doboto) -> None:
    sim = {"DOBOTO_SIM_SPEED": "instant"}
    assert (
        doboto.ok("droplet", "create", "web", *NEW, "--wait", "--sim", "-o", "json", **sim).json["status"] == "active"
    )
    assert [one["name"] for one in doboto.ok("--sim", "droplet", "list", "-o", "json").json] == ["web"]
    assert doboto("droplet", "list", "--no-sim", DOBOTO_SIM="1").code == 4
    assert "--yes" in doboto.refused(5, "refused", "sim", "reset")["message"]
    doboto.ok("sim", "reset", "--yes")
    assert doboto.ok("--sim", "droplet", "list", "-o", "json").json == []


def test_a_real_token_in_the_environment_never_meets_the_simulated_account(doboto: Doboto) -> None:
    assert doboto.ok("--sim", "droplet", "list", "-o", "json", DIGITALOCEAN_TOKEN=f"dop_v1_{'0' * 64}").json == []


def test_the_account_takes_turns(simulated: Doboto) -> None:
    """A command that waits lets go of the account meanwhile: another one gets its answer."""
    import subprocess

    from .conftest import PROGRAM

    slow = {**simulated.environment, "DOBOTO_SIM_SPEED": "10"}
    line = [PROGRAM, "-q", "droplet", "create", "web", *NEW, "--wait", "-o", "json"]
    with subprocess.Popen(line, env=slow, stdout=subprocess.PIPE, text=True, cwd=simulated.folder) as running:
        while not simulated.ok("droplet", "list", "-o", "json").json:
            pass
        seen = simulated.ok("droplet", "info", "web", "-o", "json").json["status"]
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert seen in {"new", "active"}
    assert '"status": "active"' in out


@pytest.mark.parametrize("speed", ["0", "fast", "-1", "nan"])
def test_a_speed_that_is_none_is_refused(doboto: Doboto, speed: str) -> None:
    doboto.refused(2, "usage", "--sim", "droplet", "list", DOBOTO_SIM_SPEED=speed)


class Keyring:
    """What the library keyring is to us."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_keyring(self) -> Keyring:
        return self

    def set_password(self, service: str, name: str, token: str) -> None:
        self.kept[service, name] = token

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))


def test_a_keyring_keeps_the_token_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keyring = Keyring()
    monkeypatch.setitem(sys.modules, "keyring", keyring)  # type: ignore[arg-type]
    monkeypatch.setenv("DOBOTO_CONFIG", str(tmp_path / "contexts.yaml"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    Contexts().put("work", TOKEN, None)
    assert TOKEN not in (tmp_path / "contexts.yaml").read_text()
    assert Contexts().get("work") == Context("work", "keyring", TOKEN)
    assert TOKEN not in repr(Contexts().get("work"))
    monkeypatch.setitem(sys.modules, "keyring", None)  # type: ignore[arg-type]
    Contexts().put("home", TOKEN, None)
    assert Contexts().get("home").source == "doboto"

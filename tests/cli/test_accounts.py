"""Whose account it is: tokens, contexts, doctl's contexts, the simulated account."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from doboto.cli.accounts.contexts import Context, Contexts

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
    assert (done.out, done.err) == ("", "no contexts yet; create one with: doboto auth init\n")
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
    assert "there is default, work" in doboto.refused(3, "not_found", "auth", "switch", "nobody")["message"]
    assert "doctl auth remove" in doboto.refused(5, "refused", "auth", "remove", "work", "--yes")["message"]


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

    from .conftest import LONG, PROGRAM

    slow = {**simulated.environment, "DOBOTO_SIM_SPEED": "10"}
    line = [PROGRAM, "-q", "droplet", "create", "web", *NEW, "--wait", "-o", "json"]
    with subprocess.Popen(line, env=slow, stdout=subprocess.PIPE, text=True, cwd=simulated.folder) as running:
        while not simulated.ok("droplet", "list", "-o", "json").json:
            pass
        seen = simulated.ok("droplet", "info", "web", "-o", "json").json["status"]
        out, _ = running.communicate(timeout=LONG)
    assert running.returncode == 0
    assert seen in {"new", "active"}
    assert '"status": "active"' in out


@pytest.mark.parametrize("speed", ["0", "fast", "-1", "nan"])
def test_a_speed_that_is_none_is_refused(doboto: Doboto, speed: str) -> None:
    doboto.refused(2, "usage", "--sim", "droplet", "list", DOBOTO_SIM_SPEED=speed)


def test_an_option_wins_over_a_simulated_account_of_the_environment(served: Doboto, tmp_path: Path) -> None:
    """Whoever names an account on the command line means that one, whatever the environment says."""
    served.ok("-q", "droplet", "create", "web", *NEW)
    served.ok("auth", "init", "work", stdin=f"{served.environment['DIGITALOCEAN_TOKEN']}\n")
    sim = {"DOBOTO_SIM": "1", "DOBOTO_SIM_STATE": str(tmp_path / "simulated.db")}
    assert served.ok("droplet", "list", "-o", "json", **sim).json == []
    url, token = served.environment["DOBOTO_URL"], served.environment["DIGITALOCEAN_TOKEN"]
    for option in (("--context", "work"), ("--token", token), ("--url", url)):
        for order in ((*option, "droplet", "list"), ("droplet", "list", *option)):
            assert [one["name"] for one in served.ok(*order, "-o", "json", **sim).json] == ["web"], order


def test_a_context_that_is_named_has_its_own_url(served: Doboto) -> None:
    served.ok("auth", "init", "work", stdin=f"{served.environment['DIGITALOCEAN_TOKEN']}\n")
    elsewhere = {"DOBOTO_URL": "http://127.0.0.1:9"}
    assert served.ok("--context", "work", "droplet", "list", "-o", "json", **elsewhere).json == []


@pytest.mark.parametrize(("one", "other"), [
    (("--sim",), ("--context", "a")), (("--sim",), ("--url", "http://127.0.0.1:9")),
    (("--token", "t"), ("--context", "a")),
])  # fmt: skip
def test_options_that_name_two_accounts_are_refused(doboto: Doboto, one: Any, other: Any) -> None:
    for order in ((*one, *other, "droplet", "list"), (*other, "droplet", "list", *one)):
        message = doboto.refused(2, "usage", *order)["message"]
        assert message == f"give either {one[0]} or {other[0]}, not both"
    doboto.refused(3, "not_found", "--no-sim", "--context", "a", "droplet", "list")


def test_a_context_that_is_not_there_is_3_and_no_token_is_4(doboto: Doboto, doboto_server: Any) -> None:
    token = f"{doboto_server.token}\n"
    assert (
        "create one with: doboto auth init"
        in doboto.refused(3, "not_found", "--context", "a", "droplet", "list")["message"]
    )
    doboto.ok("auth", "init", "work", "--url", doboto_server.url, stdin=token)
    for order in (("--context", "a", "droplet", "list"), ("auth", "switch", "a"), ("auth", "remove", "a", "--yes")):
        assert doboto.refused(3, "not_found", *order)["message"] == "no context 'a'; there is work"
    assert "there is work" in doboto.refused(3, "not_found", "droplet", "list", DOBOTO_CONTEXT="a")["message"]
    contexts_file(doboto).write_text("current: gone\ncontexts: {}\n")
    assert "no token" in doboto.refused(4, "unauthorized", "droplet", "list")["message"]


def test_init_says_where_the_token_goes_and_which_context_is_current(doboto: Doboto, doboto_server: Any) -> None:
    """Also where the environment asks for the simulated account, which has no tokens to keep."""
    url, token = doboto_server.url, f"{doboto_server.token}\n"
    first = doboto.ok("auth", "init", "work", DOBOTO_SIM="1", DOBOTO_URL=url, stdin=token).err.splitlines()
    assert first[0] == f"checking the token at {url}, not in the simulated account"
    assert first[1].endswith("is kept in a file that only you can read; work is the current context")
    second = doboto.ok("-o", "json", "auth", "init", "home", "--url", url, stdin=token).err.splitlines()
    tried, kept = map(json.loads, second)
    assert tried["message"] == f"checking the token at {url}"
    assert (kept["event"], kept["name"]) == ("kept", "home")
    assert kept["message"].endswith("home is the current context instead of work")
    assert "pass --sim to use it" in doboto.refused(2, "usage", "--sim", "auth", "init", stdin=token)["message"]


def test_a_token_is_tried_once(doboto: Doboto, doboto_server: Any) -> None:
    """Somebody waits: a server that fails is told at once."""
    doboto_server.simulator.faults.add("status", status=500)
    error = doboto.refused(11, "unreachable", "auth", "init", "--url", doboto_server.url, stdin="t\n")
    assert error["attempts"] == 1
    nobody = ("--url", "http://127.0.0.1:9")
    assert doboto.refused(11, "unreachable", "auth", "init", *nobody, stdin="t\n")["attempts"] == 1
    assert not contexts_file(doboto).exists()


def test_a_context_is_removed(doboto: Doboto, doboto_server: Any) -> None:
    for name in ("work", "home"):
        doboto.ok("auth", "init", name, "--url", doboto_server.url, stdin=f"{doboto_server.token}\n")
    assert "--yes" in doboto.refused(5, "refused", "auth", "remove", "home")["message"]
    assert doboto.ok("auth", "remove", "work", "--yes").err == "work is removed\n"
    assert [one["name"] for one in doboto.ok("auth", "list", "-o", "json").json] == ["home"]
    assert doboto.ok("auth", "remove", "home", "--yes").err == "home is removed; there is no current context\n"
    assert doboto_server.token not in contexts_file(doboto).read_text()
    doboto.refused(4, "unauthorized", "droplet", "list")


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is POSIX")
def test_a_person_is_asked(doboto: Doboto, doboto_server: Any) -> None:
    """For the token, after it was told where that goes, and unseen; and before a context is forgotten."""
    from .terminal import Terminal

    with Terminal(["auth", "init", "--url", doboto_server.url], doboto.environment) as terminal:
        asked = terminal.read(lambda text: "API token" in text)
        assert asked.splitlines()[0] == f"checking the token at {doboto_server.url}"
        terminal.type(f"{doboto_server.token}\n")
        assert terminal.end() == 0
        assert doboto_server.token not in terminal.text
    for answer, code, left in (("n", 5, ["default"]), ("y", 0, [])):
        with Terminal(["auth", "remove", "default"], doboto.environment) as terminal:
            terminal.read(lambda text: "Remove the context default and its token? [y/N]" in text)
            terminal.type(f"{answer}\n")
            assert terminal.end() == code
        assert [one["name"] for one in doboto.ok("auth", "list", "-o", "json").json] == left


def test_contexts_are_completed(doboto: Doboto, doboto_server: Any) -> None:
    for name in ("work", "home"):
        doboto.ok("auth", "init", name, "--url", doboto_server.url, stdin=f"{doboto_server.token}\n")
    for line in ("doboto --context w", "doboto droplet list --context w", "doboto auth remove w"):
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1), "_DOBOTO_COMPLETE": "zsh_complete"}
        assert doboto.as_process(**words).out.splitlines()[:2] == ["plain", "work"]


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

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def test_a_keyring_keeps_the_token_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keyring = Keyring()
    monkeypatch.setitem(sys.modules, "keyring", keyring)  # type: ignore[arg-type]
    monkeypatch.setenv("DOBOTO_CONFIG", str(tmp_path / "contexts.yaml"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    Contexts().put("work", TOKEN, None)
    assert TOKEN not in (tmp_path / "contexts.yaml").read_text()
    assert Contexts().get("work") == Context("work", "keyring", TOKEN)
    assert TOKEN not in repr(Contexts().get("work"))
    Contexts().put("old", "another", None)
    assert Contexts().remove("old") is None
    assert list(keyring.kept.values()) == [TOKEN]
    assert Contexts().names() == ["work"]
    monkeypatch.setitem(sys.modules, "keyring", None)  # type: ignore[arg-type]
    Contexts().put("home", TOKEN, None)
    assert Contexts().get("home").source == "doboto"

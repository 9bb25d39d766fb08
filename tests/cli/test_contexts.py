"""The file of contexts under attack and in company; doctl's settings; which account counts; defaults."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from doboto.cli.accounts.storage import lock, write_private
from doboto.cli.errors import Failure

from .conftest import NEW, PROGRAM, Doboto

posix = pytest.mark.skipif(os.name != "posix", reason="modes, links and terminals are POSIX")


@pytest.fixture
def file(doboto: Doboto) -> Path:
    """Where contexts are kept, in a folder that is there."""
    path = Path(doboto.environment["XDG_CONFIG_HOME"]) / "doboto" / "contexts.yaml"
    path.parent.mkdir(parents=True)
    return path


def write(path: Path, content: Any, mode: int = 0o600) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    path.chmod(mode)


def write_doctl(doboto: Doboto, content: Any, mode: int = 0o600) -> None:
    write(Path(doboto.environment["XDG_CONFIG_HOME"]) / "doctl" / "config.yaml", content, mode)


# -- doctl


@pytest.mark.parametrize("ending", ["", "/"])
def test_api_url_of_doctl_counts_for_its_tokens(doboto: Doboto, doboto_server: Any, ending: str) -> None:
    origin = doboto_server.url.removesuffix("/v2")
    write_doctl(doboto, {"access-token": "one", "api-url": f"{origin}{ending}", "auth-contexts": {"work": "two"}})
    for context in ("default", "work"):
        assert doboto.ok("--context", context, "droplet", "list", "-o", "json").json == []
    assert {one["url"] for one in doboto.ok("auth", "list", "-o", "json").json} == {doboto_server.url}
    nobody = {"DIGITALOCEAN_API_URL": "http://127.0.0.1:9"}
    assert doboto.refused(11, "unreachable", "tag", "list", **nobody)["url"].startswith("http://127.0.0.1:9/v2/")


@pytest.mark.parametrize("variable", ["DOBOTO_CONTEXT", "DIGITALOCEAN_CONTEXT"])
def test_context_of_the_environment_is_used(doboto: Doboto, doboto_server: Any, variable: str) -> None:
    write_doctl(doboto, {"access-token": "one", "api-url": "http://127.0.0.1:9"})
    doboto.ok("auth", "init", "here", "--url", doboto_server.url, stdin=f"{doboto_server.token}\n")
    doboto.ok("auth", "switch", "default")
    doboto.refused(11, "unreachable", "droplet", "list")
    named = {variable: "here"}
    assert doboto.ok("droplet", "list", "-o", "json", **named).json == []
    assert doboto.ok("droplet", "list", "-o", "json", DIGITALOCEAN_TOKEN="t", **named).json == []
    listed = doboto.ok("auth", "list", "-o", "json", **named)
    assert [one["name"] for one in listed.json if one["current"]] == ["here"]
    assert "commands use context here" in listed.err
    doboto.refused(3, "not_found", "droplet", "list", **{variable: "nobody"})


def test_broken_file_of_doctl_hinders_only_who_needs_it(doboto: Doboto, doboto_server: Any) -> None:
    write_doctl(doboto, "access-token: [")
    doboto.ok("auth", "init", "work", "--url", doboto_server.url, stdin=f"{doboto_server.token}\n")
    assert doboto.ok("droplet", "list", "-o", "json").json == []
    assert (
        "doctl/config.yaml is not valid YAML"
        in doboto.refused(3, "not_found", "--context", "a", "tag", "list")["message"]
    )


def test_what_is_wrong_with_doctls_file_is_said_where_a_token_is_missed(doboto: Doboto, file: Path) -> None:
    write_doctl(doboto, "access-token: [")
    message = doboto.refused(4, "unauthorized", "account", "info")["message"]
    assert message.startswith("no token; ")
    assert "doctl/config.yaml is not valid YAML" in message
    write(file, {"current": "theirs"})
    message = doboto.refused(3, "not_found", "account", "info")["message"]
    assert message.startswith("no context 'theirs'; ")
    assert "doctl/config.yaml is not valid YAML" in message


def test_a_context_of_doctl_that_is_used_now_is_called_doctls(doboto: Doboto, file: Path) -> None:
    write_doctl(doboto, {"auth-contexts": {"work": "t"}, "context": "work"})
    write(file, {"current": "work", "contexts": {"work": {"token": "u"}}})
    done = doboto.ok("auth", "remove", "work", "--yes")
    assert done.err == "work is removed; doctl's work is the current context\n"


# -- which account counts


@pytest.mark.parametrize(("arguments", "variables", "used"), [
    ((), {"DIGITALOCEAN_TOKEN": "t"}, "the account of DIGITALOCEAN_TOKEN"),
    ((), {"DIGITALOCEAN_ACCESS_TOKEN": "t"}, "the account of DIGITALOCEAN_ACCESS_TOKEN"),
    (("--token", "t"), {}, "the account of --token"),
    ((), {"DOBOTO_SIM": "1"}, "the simulated account"),
])  # fmt: skip
def test_list_marks_no_context_where_another_account_counts(
    doboto: Doboto, file: Path, arguments: tuple[str, ...], variables: dict[str, str], used: str
) -> None:
    write(file, {"current": "a", "contexts": {"a": {"token": "t"}, "b": {"token": "u"}}})
    assert [one["current"] for one in doboto.ok("auth", "list", "-o", "json").json] == [True, False]
    listed = doboto.ok("auth", "list", "-o", "json", *arguments, **variables)
    assert [one["current"] for one in listed.json] == [False, False]
    assert f"commands use {used} instead of context a" in listed.err
    if variables and "DOBOTO_SIM" not in variables:
        assert f"commands still use {used}" in doboto.ok("auth", "switch", "b", **variables).err


@posix
def test_init_asks_before_it_replaces_a_token(doboto: Doboto, doboto_server: Any, file: Path) -> None:
    from .terminal import Terminal

    write(file, {"contexts": {"work": {"token": "old"}}})
    more = ("--url", doboto_server.url)
    message = doboto.refused(5, "refused", "auth", "init", "work", *more, stdin=f"{doboto_server.token}\n")["message"]
    assert message == "auth init work: pass --yes when not running interactively"
    for answer in ("n\n", "\x04"):
        with Terminal(["auth", "init", "work", *more], doboto.environment) as terminal:
            terminal.read(lambda text: "Replace the token of the context work? [y/N]" in text)
            terminal.type(answer)
            assert terminal.end() == 5
            assert terminal.text.splitlines()[-1] == "doboto: auth init work: not done"
    assert "old" in file.read_text()
    doboto.ok("auth", "init", "work", *more, "--yes", stdin=f"{doboto_server.token}\n")
    assert "old" not in file.read_text()


def test_token_that_may_not_read_the_account_is_kept(doboto: Doboto, doboto_server: Any, file: Path) -> None:
    doboto_server.simulator.faults.add("status", status=403, path="/v2/account")
    done = doboto.ok("auth", "init", "work", "--url", doboto_server.url, stdin=f"{doboto_server.token}\n")
    assert "it lacks the scope account:read" in done.err
    assert yaml.safe_load(file.read_text())["current"] == "work"
    assert doboto.ok("droplet", "list", "-o", "json").json == []


# -- the file


@posix
@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_file_is_never_replaced_by_one(tmp_path: Path, kind: str) -> None:
    """Such as a device to which a link leads: all programs of the machine would write into a file then."""
    other = tmp_path / "other"
    if sys.platform != "win32" and kind == "pipe":
        os.mkfifo(other)
    else:
        other.mkdir()
    link = tmp_path / "link"
    link.symlink_to(other)
    for path in (other, link):
        with pytest.raises(Failure, match="is no file that can be replaced, so nothing is kept there"):
            write_private(path, "token")
        with pytest.raises(Failure, match="is no file that can be replaced"), lock(path):
            pass
    assert not other.is_file()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link", "other"]


def test_a_file_without_end_is_an_error(doboto: Doboto, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doboto.cli.accounts.storage.LONGEST", 100)
    file.write_text("x" * 101, encoding="utf-8")
    message = doboto.refused(1, "failed", "auth", "list")["message"]
    assert message == f"{file} can't be read: it has more than 100 characters"


@posix
def test_a_user_without_a_home_has_no_contexts(
    served: Doboto, doboto_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that runs with any number for the user: neither HOME nor an entry of /etc/passwd."""

    def find_none(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", find_none)
    left_out = {"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"}
    variables = {name: value for name, value in served.environment.items() if name not in left_out}
    homeless = replace(served, environment=variables)
    assert homeless.ok("auth", "list", "-o", "json").json == []
    homeless.ok("-q", "droplet", "create", "web", *NEW)
    message = homeless.refused(1, "failed", "auth", "init", stdin=f"{doboto_server.token}\n")["message"]
    assert message == "you have no home folder to keep contexts in; set HOME, or DOBOTO_CONFIG to a file"
    message = homeless.refused(1, "failed", "--sim", "droplet", "list")["message"]
    assert message == "you have no home folder to keep the account in; set HOME, or DOBOTO_SIM_STATE to a file"
    file = str(served.folder / "contexts.yaml")
    homeless.ok("auth", "init", "work", stdin=f"{doboto_server.token}\n", DOBOTO_CONFIG=file)
    homeless.ok("auth", "remove", "work", "--yes", DOBOTO_CONFIG=file)


def test_where_no_context_is_the_current_one_those_that_there_are_are_named(doboto: Doboto, file: Path) -> None:
    write(file, {"contexts": {"work": {"token": "t"}, "home": {"token": "u"}}})
    message = doboto.refused(4, "unauthorized", "account", "info")["message"]
    assert message == "no context is the current one; choose with doboto auth switch or --context: home, work"


@posix
def test_symbolic_link_stays_one(doboto: Doboto, file: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "contexts.yaml"
    write(real, {"contexts": {"a": {"token": "t"}, "b": {"token": "u"}}, "note": "mine"})
    file.symlink_to(real)
    doboto.ok("auth", "switch", "b")
    doboto.ok("auth", "remove", "a", "--yes")
    assert file.is_symlink()
    assert yaml.safe_load(real.read_text()) == {"contexts": {"b": {"token": "u"}}, "note": "mine", "current": "b"}
    assert real.stat().st_mode & 0o777 == 0o600


@posix
def test_what_a_killed_command_left_is_gone_with_the_next_write(doboto: Doboto, file: Path, tmp_path: Path) -> None:
    write(file, {"contexts": {"a": {"token": "t"}, "b": {"token": "u"}}})
    elsewhere, left = tmp_path / "elsewhere", file.with_name(f".{file.name}.new")
    write(elsewhere, "mine")
    for leave in (lambda: write(left, {"contexts": {"c": {"token": "old"}}}), lambda: left.symlink_to(elsewhere)):
        leave()
        doboto.ok("auth", "switch", "b")
        assert sorted(one.name for one in file.parent.iterdir()) == [f".{file.name}.lock", file.name]
        assert yaml.safe_load(file.read_text())["contexts"].keys() == {"a", "b"}
        assert file.stat().st_mode & 0o777 == 0o600
    assert yaml.safe_load(elsewhere.read_text()) == "mine"


def test_eight_at_once_keep_eight_contexts(doboto: Doboto, doboto_server: Any, file: Path) -> None:
    names = [f"account-{number}" for number in range(8)]
    line = [PROGRAM, "-q", "auth", "init", "--url", doboto_server.url, "--token", doboto_server.token]
    running = [subprocess.Popen([*line, name], env=doboto.environment, cwd=doboto.folder) for name in names]
    assert [one.wait(timeout=300) for one in running] == [0] * 8
    assert sorted(yaml.safe_load(file.read_text())["contexts"]) == names
    assert [one.name for one in file.parent.iterdir() if one.name not in {file.name, f".{file.name}.lock"}] == []


@pytest.mark.parametrize(("content", "wanted"), [
    ("contexts: {a: 7}", "the context 'a' must be a mapping with a token, not a text"),
    ("contexts: {a: dop_v1_secret}", "the context 'a' must be a mapping with a token, not a text"),
    ("contexts: {a: null}", "not empty"),
    ("contexts: [a]", "contexts must be contexts by name, not a list"),
    ("contexts: {a: {token: [dop_v1_secret]}}", "the context 'a': token must be a text, not a list"),
    ("contexts: {a: {token: t, url: [1]}}", "url must be a URL, not a list"),
    ("current: [a]", "current must be the name of a context, not a list"),
    ("contexts: {work: {keyring: perhaps}}", "the context 'work': keyring must be true or false, not a text"),
    ("defaults: fra1", "defaults must be options and their values, not a text"),
    ("- a", "must hold a mapping, not a list"),
    ("dop_v1_secret", "must hold a mapping, not a text"),
    ("contexts: {a: {token: dop_v1_secret", "is not valid YAML: line"),
    ("a: b: dop_v1_secret", "is not valid YAML: line 1"),
    ("\x00", "is not valid YAML: "),
])  # fmt: skip
def test_malformed_file_is_an_error_in_words(doboto: Doboto, file: Path, content: str, wanted: str) -> None:
    write(file, content)
    for arguments in (("auth", "list"), ("droplet", "list"), ("auth", "switch", "a")):
        done = doboto.as_process("-o", "json", *arguments)
        assert done.code == 1
        assert str(file) in done.error["message"]
        assert wanted in done.error["message"]
        assert "secret" not in done.err


def test_file_that_is_no_text_or_no_file_is_an_error_in_words(doboto: Doboto, file: Path) -> None:
    file.write_bytes(b"contexts: \xff")
    assert "can't be read" in doboto.refused(1, "failed", "auth", "list")["message"]
    file.unlink()
    file.mkdir()
    assert "can't be read" in doboto.refused(1, "failed", "auth", "list")["message"]


ODD = ("0123", "1e5", "1_000", "yes", "null", "~", "2026-01-02", "0x1F", "1.50", "12:30", ".inf", "=", "007")


@pytest.mark.parametrize("text", ODD)
def test_names_tokens_and_defaults_are_texts_as_they_are_written(
    doboto: Doboto, doboto_server: Any, file: Path, text: str
) -> None:
    """YAML reads them as numbers, times, true or nothing; a token that starts with zeros loses them."""
    doboto_server.simulator.register(text)
    entry = f"{{token: {text}, url: {doboto_server.url}, defaults: {{size: {text}, ssh_keys: [{text}]}}}}"
    write(file, f"current: {text}\ncontexts:\n  {text}: {entry}\n")
    assert doboto.ok("auth", "defaults", "-o", "json").json == {"size": text, "ssh_keys": [text]}
    for _ in ("as written by hand", "as written by doboto"):
        (listed,) = doboto.ok("auth", "list", "-o", "json").json
        assert (listed["name"], listed["current"]) == (text, True)
        assert doboto.ok("droplet", "list", "-o", "json").json == []
        doboto.ok("auth", "defaults", "region=fra1")
    assert doboto.ok("--context", text, "droplet", "list", "-o", "json").json == []


@pytest.mark.parametrize("text", ODD)
def test_doctls_names_and_tokens_are_texts_too(doboto: Doboto, doboto_server: Any, text: str) -> None:
    doboto_server.simulator.register(text)
    origin = doboto_server.url.removesuffix("/v2")
    write_doctl(doboto, f"context: {text}\napi-url: {origin}\nauth-contexts:\n  {text}: {text}\n")
    assert doboto.ok("droplet", "list", "-o", "json").json == []
    (listed,) = doboto.ok("auth", "list", "-o", "json").json
    assert (listed["name"], listed["current"]) == (text, True)


def test_members_without_a_value_are_not_set(doboto: Doboto, doboto_server: Any, file: Path) -> None:
    write(file, f"current: a\ndefaults:\ncontexts: {{a: {{token: {doboto_server.token}, url: null, keyring: no}}}}")
    assert doboto.ok("auth", "defaults", "-o", "json").json == {}
    assert doboto.ok("auth", "list", "-o", "json").json[0]["url"] is None
    write(file, "contexts: ~\ncurrent:\n")
    assert doboto.ok("auth", "list", "-o", "json").json == []


@pytest.mark.parametrize("tag", ["int", "float", "bool", "null", "timestamp", "binary", "python/name:os.system"])
def test_a_token_with_a_tag_is_never_in_an_error(doboto: Doboto, doboto_server: Any, file: Path, tag: str) -> None:
    doboto_server.simulator.register("dop_v1_secret")
    write(file, f"current: a\ncontexts: {{a: {{token: !!{tag} dop_v1_secret, url: {doboto_server.url}}}}}")
    done = doboto.as_process("droplet", "list")
    assert "secret" not in done.err + done.out
    assert done.code == (1 if ":" in tag else 0)


def test_parts_that_a_file_merges_are_read(doboto: Doboto, doboto_server: Any, file: Path) -> None:
    write(file, f"x: &x {{token: {doboto_server.token}, url: {doboto_server.url}}}\n"
                "current: a\ncontexts: {a: {<<: *x}, b: *x}")  # fmt: skip
    for name in ("a", "b"):
        assert doboto.ok("--context", name, "droplet", "list", "-o", "json").json == []


@pytest.mark.parametrize("entry", ["{token: }", "{}", '{token: "  "}', "{tokn: x}"])
def test_a_context_without_a_token_is_named(doboto: Doboto, file: Path, entry: str) -> None:
    write(file, f"current: a\ncontexts: {{a: {entry}}}")
    message = doboto.refused(4, "unauthorized", "droplet", "list")["message"]
    assert message == "the context 'a' has no token; keep one with: doboto auth init a"


def test_a_current_context_that_does_not_exist_is_named(doboto: Doboto, file: Path) -> None:
    write(file, "current: b\ncontexts: {a: {token: t}}")
    assert doboto.refused(3, "not_found", "droplet", "list")["message"] == "no context 'b'; there is a"


def test_numbers_are_names_too(doboto: Doboto, file: Path) -> None:
    write(file, "contexts: {7: {token: t}, a: {token: 123}}")
    assert [one["name"] for one in doboto.ok("auth", "list", "-o", "json").json] == ["7", "a"]
    doboto.ok("auth", "switch", "7")
    assert [one["name"] for one in doboto.ok("auth", "list", "-o", "json").json if one["current"]] == ["7"]


@posix
@pytest.mark.parametrize(("mode", "folder", "wanted"), [
    (0o644, 0o700, "can be read by others (mode 644) and holds tokens; chmod 600 it"),
    (0o640, 0o700, "can be read by others (mode 640)"),
    (0o622, 0o700, "can be changed by others (mode 622)"),
    (0o600, 0o777, "can be changed by everybody (mode 777), who can replace contexts.yaml; chmod 700 it"),
])  # fmt: skip
def test_every_command_that_uses_an_exposed_file_warns(
    doboto: Doboto, doboto_server: Any, file: Path, mode: int, folder: int, wanted: str
) -> None:
    write(file, {"current": "a", "contexts": {"a": {"token": doboto_server.token, "url": doboto_server.url}}}, mode)
    file.parent.chmod(folder)
    for arguments in (("droplet", "list"), ("auth", "list"), ("watch", "--once"), ("auth", "defaults")):
        assert wanted in doboto.ok(*arguments).err
    warning = json.loads(doboto.ok("-o", "json", "droplet", "list").err.splitlines()[0])
    assert warning["event"] == "warning"
    assert wanted in warning["message"]
    assert doboto.ok("droplet", "list", DIGITALOCEAN_TOKEN="t", DOBOTO_URL=doboto_server.url).err == ""
    file.parent.chmod(0o700)


@posix
def test_exposed_file_of_doctl_is_warned_of(doboto: Doboto, doboto_server: Any) -> None:
    origin = doboto_server.url.removesuffix("/v2")
    write_doctl(doboto, {"access-token": "one", "api-url": origin}, 0o644)
    assert "doctl/config.yaml can be read by others" in doboto.ok("droplet", "list").err


# -- defaults


def test_defaults_are_kept_for_all_accounts_and_for_one(doboto: Doboto, file: Path) -> None:
    entry = {"token": "t", "url": "http://127.0.0.1:9"}
    write(file, {"current": "a", "contexts": {"a": entry, "b": entry}})
    kept = doboto.ok("auth", "defaults", "region=fra1", "ssh-keys=laptop, desk")
    assert "kept without being checked: " in kept.err
    doboto.ok("auth", "defaults", "--context", "b", "region=nyc3", "size=s-1vcpu-1gb")
    assert doboto.ok("auth", "defaults", "-o", "json").json == {"region": "fra1", "ssh_keys": ["laptop", "desk"]}
    of_b = {"region": "nyc3", "ssh_keys": ["laptop", "desk"], "size": "s-1vcpu-1gb"}
    assert doboto.ok("--context", "b", "auth", "defaults", "-o", "json").json == of_b
    doboto.ok("auth", "defaults", "region=", "ssh-keys=")
    assert doboto.ok("auth", "defaults", "-o", "json").json == {}
    assert yaml.safe_load(file.read_text())["contexts"]["a"] == entry


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqfDJtvNGNAEg7RZbrNOPEBQAuhFBIPqWAWIhRKbqtL laptop"


@pytest.mark.parametrize(("given", "wanted"), [
    ("region=fra9", "there is no region 'fra9'"), ("size=s-1vcpu-1gbb", "did you mean 's-1vcpu-1gb'"),
    ("image=ubuntu-24-4-x64", "there is no image 'ubuntu-24-4-x64'"),
    ("image=99", "no image has the id 99"), ("ssh-keys=lptop", "no SSH key is called 'lptop'; did you mean laptop?"),
    ("ssh-keys=99", "no SSH key has the id 99"), ("ssh-user=-o", "invalid user '-o'"),
])  # fmt: skip
def test_defaults_that_do_not_exist_are_refused(
    doboto: Doboto, doboto_server: Any, file: Path, given: str, wanted: str
) -> None:
    write(file, {"current": "a", "contexts": {"a": {"token": doboto_server.token, "url": doboto_server.url}}})
    doboto.ok("-q", "ssh-key", "create", "laptop", "--public-key", KEY)
    doboto.ok("auth", "defaults", "--context", "a", "region=fra1", "ssh-keys=laptop")
    before = file.read_text()
    assert wanted in doboto.refused(2, "usage", "auth", "defaults", "--context", "a", given)["message"]
    assert file.read_text() == before


def test_a_key_or_image_that_another_account_may_have_is_kept_with_a_warning(
    doboto: Doboto, doboto_server: Any, file: Path
) -> None:
    write(file, {"current": "a", "contexts": {"a": {"token": doboto_server.token, "url": doboto_server.url}}})
    kept = doboto("auth", "defaults", "ssh-keys=desk", "image=golden")
    assert (kept.code, kept.err.count("doboto: warning: ")) == (0, 2)
    assert "ssh-keys is kept, though not in context a at 127.0.0.1:" in kept.err
    assert "no SSH key is called 'desk'" in kept.err
    doboto.refused(2, "usage", "auth", "defaults", "region=fra9")


def test_defaults_are_kept_without_an_account_or_a_network(doboto: Doboto, file: Path) -> None:
    assert doboto.ok("auth", "defaults", "region=fra9").err == ""
    lost = {"DOBOTO_URL": "http://127.0.0.1:9", "DIGITALOCEAN_TOKEN": "t"}
    done = doboto.as_process("auth", "defaults", "size=nope", "region=", **lost)
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert done.err.startswith("doboto: warning: kept without being checked: ")
    assert yaml.safe_load(file.read_text()) == {"defaults": {"size": "nope"}}


@pytest.mark.parametrize(("default", "given"), [
    ({"region": "fra9"}, ("--size", "s-1vcpu-1gb", "--image", "ubuntu-24-04-x64")),
    ({"ssh_keys": ["gone"]}, ("--size", "s-1vcpu-1gb", "--image", "ubuntu-24-04-x64", "--region", "fra1")),
    ({"ssh_keys": ["99"]}, ("--size", "s-1vcpu-1gb", "--image", "ubuntu-24-04-x64", "--region", "fra1")),
])  # fmt: skip
def test_an_error_says_which_values_nobody_typed(
    simulated: Doboto, file: Path, default: dict[str, Any], given: tuple[str, ...]
) -> None:
    write(file, {"defaults": default})
    done = simulated("-o", "json", "droplet", "create", "web", *given)
    ((name, value),) = default.items()
    shown = f"{name.replace('_', '-')} {value if isinstance(value, str) else value[0]}"
    assert done.error["message"].endswith(f" (from `doboto auth defaults`: {shown})")
    assert done.code in {2, 3, 5}


def test_a_user_for_ssh_that_can_not_be_is_said_to_be_a_default(simulated: Doboto, file: Path) -> None:
    write(file, {"defaults": {"ssh_user": "-oProxyCommand=x"}})
    message = simulated.refused(2, "usage", "droplet", "ssh", "web")["message"]
    assert message == "invalid user '-oProxyCommand=x' (from `doboto auth defaults`)"
    assert "auth defaults" not in simulated.refused(2, "usage", "droplet", "ssh", "web", "--user", "-x")["message"]


def test_a_default_that_the_command_line_replaces_is_not_named(simulated: Doboto, file: Path) -> None:
    write(file, {"defaults": {"region": "fra1"}})
    done = simulated(
        "droplet", "create", "web", "--region", "fra9", "--size", "s-1vcpu-1gb", "--image", "debian-12-x64"
    )
    assert done.code == 2
    assert "auth defaults" not in done.err


def test_create_takes_what_is_not_given_from_the_defaults(simulated: Doboto) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqfDJtvNGNAEg7RZbrNOPEBQAuhFBIPqWAWIhRKbqtL laptop"
    simulated.ok("-q", "ssh-key", "create", "laptop", "--public-key", key)
    assert "--size" in simulated.refused(2, "usage", "droplet", "create", "web")["message"]
    simulated.ok("auth", "defaults", "size=s-1vcpu-1gb", "image=ubuntu-24-04-x64", "region=fra1", "ssh-keys=laptop")
    made = simulated.ok("-q", "droplet", "create", "web", "-o", "json").json
    assert (made["region"]["slug"], made["size_slug"]) == ("fra1", "s-1vcpu-1gb")
    made = simulated.ok("-q", "droplet", "create", "db", "--region", "nyc3", "-o", "json").json
    assert made["region"]["slug"] == "nyc3"
    sent = simulated.ok("droplet", "create", "next", "--dry-run", "-o", "json").out
    assert "fra1" in sent
    assert "ssh_keys" in sent


@pytest.mark.parametrize(("given", "wanted"), [
    ("regoin=fra1", "did you mean region?"), ("region", "write NAME=VALUE"), ("user=me", "no default 'user'"),
])  # fmt: skip
def test_default_that_is_none_is_refused(doboto: Doboto, given: str, wanted: str) -> None:
    assert wanted in doboto.refused(2, "usage", "auth", "defaults", given)["message"]


@pytest.mark.parametrize(("content", "wanted"), [
    ({"regoin": "fra1"}, "did you mean region?"), ({"region": ["fra1"]}, "the default region must be a text"),
    ({"ssh_keys": [["a"]]}, "the default ssh_keys must be a list of texts"), ({"size": ["a"]}, "must be a text"),
])  # fmt: skip
def test_malformed_default_in_the_file_is_an_error_in_words(
    doboto: Doboto, file: Path, content: Any, wanted: str
) -> None:
    write(file, {"defaults": content})
    assert wanted in doboto.refused(1, "failed", "auth", "defaults")["message"]


# -- the URL


@pytest.mark.parametrize("url", [
    "ftp://example.com", "example.com", "https://", "https://a b", "https://example.com:port", "https://example.com:0",
    "https://user:secret@example.com", "https://example.com?a=b", "http://example.com", "https://[::1", "https://:80",
])  # fmt: skip
def test_url_that_can_not_be_right_is_wrong_usage(doboto: Doboto, url: str) -> None:
    assert "secret" not in doboto("--token", "t", "--url", url, "droplet", "list").err
    doboto.refused(2, "usage", "--token", "t", "--url", url, "droplet", "list")
    doboto.refused(2, "usage", "droplet", "list", DOBOTO_URL=url, DIGITALOCEAN_TOKEN="t")
    doboto.refused(2, "usage", "--url", url, "droplet", "list")  # before a missing token
    doboto.refused(2, "usage", "auth", "init", "--url", url, stdin="t\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is POSIX")
def test_end_of_input_is_a_no_on_a_line_of_its_own(simulated: Doboto) -> None:
    from .terminal import Terminal

    simulated.ok("droplet", "list")
    with Terminal(["sim", "reset"], simulated.environment, width=400) as terminal:  # the path is in the question
        terminal.read(lambda text: "[y/N]" in text)
        terminal.type("\x04")
        assert terminal.end() == 5
        assert terminal.text.splitlines()[-1] == "doboto: sim reset: not done"

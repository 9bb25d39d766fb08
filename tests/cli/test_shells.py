"""Completion in real shells, set up as the documentation says: somebody types, presses Tab, and looks."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from doboto import cli
from doboto.cli.commands.completion import SHELLS, register, words
from doboto.cli.tree import root

from .conftest import NEW, PROGRAM, Doboto

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are POSIX", allow_module_level=True)

from .terminal import Terminal

#: The shell's configuration, by the file that the documentation names.
SET_UP = {
    "bash": (".bashrc", 'PS1="> "\neval "$(doboto completion bash)"\n'),
    "zsh": (".zshrc", 'PS1="> "\neval "$(doboto completion zsh)"\n'),
    "fish": ("config/fish/config.fish", 'set -g fish_greeting\nfunction fish_prompt; echo "> "; end\n'),
}
#: What is typed, and what the line is then: the letters that are missing, as far as all candidates have them.
COMPLETED = [
    ("doboto drop", "doboto droplet"),
    ("doboto droplet power-of", "doboto droplet power-off"),
    ("doboto droplet create w --backup-p", "doboto droplet create w --backup-policy"),
    ("doboto droplet info db", "doboto droplet info db.example"),
    ("doboto droplet power-on web-1 db", "doboto droplet power-on web-1 db.example"),
    ("doboto droplet list --tag env:pr", "doboto droplet list --tag env:prod"),
    ("doboto droplet list --tag=env:pr", "doboto droplet list --tag=env:prod"),
    ('doboto droplet list --tag "env:pr', 'doboto droplet list --tag "env:prod"'),
    ("doboto droplet create w --size s-4vcpu-8gb-i", "doboto droplet create w --size s-4vcpu-8gb-intel"),
    ("doboto droplet create w --size=s-4vcpu-8gb-i", "doboto droplet create w --size=s-4vcpu-8gb-intel"),
    ("doboto droplet create w --region sf", "doboto droplet create w --region sfo"),
    ("doboto droplet create w --image ubuntu-24-04", "doboto droplet create w --image ubuntu-24-04-x64"),
    ("true; DOBOTO_DEBUG=1 doboto droplet info db", "true; DOBOTO_DEBUG=1 doboto droplet info db.example"),
    (
        "doboto monitoring alert-create v1/droplet/autoscale_alerts/scale_u",
        "doboto monitoring alert-create v1/droplet/autoscale_alerts/scale_up",
    ),
    ("doboto auth sw", "doboto auth switch"),
    ("doboto auth switch ho", "doboto auth switch home"),
    ("doboto droplet ssh db", "doboto droplet ssh db.example"),
    ("doboto droplet ssh deploy@db", "doboto droplet ssh deploy@db.example"),
    ("doboto droplet wait db", "doboto droplet wait db.example"),
    ("doboto droplet wait --tag env:pr", "doboto droplet wait --tag env:prod"),
    ("doboto droplet create w --tag env:prod,env:te", "doboto droplet create w --tag env:prod,env:test"),
    ("doboto droplet create w --tag=env:prod,env:te", "doboto droplet create w --tag=env:prod,env:test"),
    ("doboto droplet create w --user-data @clou", "doboto droplet create w --user-data @cloud-init.yaml"),
    ("doboto droplet create w --user-data=@clou", "doboto droplet create w --user-data=@cloud-init.yaml"),
    ("doboto droplet create w --user-data @templ", "doboto droplet create w --user-data @templates/"),
    ("doboto droplet create w --user-data @templates/w", "doboto droplet create w --user-data @templates/web.yaml"),
    ("doboto volume info dat", "doboto volume info data-1"),
    ("doboto ssh-key info old", "doboto ssh-key info old\\ key"),
    ("doboto ssh-key info old\\ k", "doboto ssh-key info old\\ key"),
    ('doboto ssh-key info "old k', 'doboto ssh-key info "old key"'),
    ("doboto ssh-key info 'old k", "doboto ssh-key info 'old key'"),
    ("doboto ssh-key info 'old key' --quer", "doboto ssh-key info 'old key' --query"),
    ('doboto snapshot info "it', 'doboto snapshot info "it\'s \\$x"'),
    ("doboto tag destroy env:prod env:te", "doboto tag destroy env:prod env:test"),
    ("doboto droplet create w --ssh-keys lap", "doboto droplet create w --ssh-keys laptop"),
    ("doboto tag info env:pr", "doboto tag info env:prod"),
    ("doboto auth defaults reg", "doboto auth defaults region="),
    ("doboto auth defaults region=sf", "doboto auth defaults region=sfo"),
    ("doboto auth defaults ssh-keys=lap", "doboto auth defaults ssh-keys=laptop"),
    ("doboto image info ubuntu-24-04", "doboto image info ubuntu-24-04-x64"),
    ("doboto domain info exam", "doboto domain info example.com"),
    ("doboto domain record-info example.com --record-id ww", "doboto domain record-info example.com --record-id www"),
    ("doboto tag attach env:prod --resources vol", "doboto tag attach env:prod --resources volume:"),
    ("doboto tag attach env:prod --resources volume:d", "doboto tag attach env:prod --resources volume:data-1"),
    (
        "doboto project resource-assign Default --resources droplet:db",
        "doboto project resource-assign Default --resources droplet:db.example",
    ),
    ("doboto droplet list --columns name,stat", "doboto droplet list --columns name,status"),
    ("doboto droplet wait @clou", "doboto droplet wait @cloud-init.yaml"),
]
#: Nothing fits, so nothing is added: no blank either.
NOTHING = (
    "doboto droplet info nobody",
    "doboto droplet list --tag nothing",
    "doboto droplet nothing",
    "doboto nothing",
)
CLEAR = "\x15"  # Ctrl-U
OLD_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtQUDZWhs8k/cZcykMkaoX7ZE7DXld8TP79HyDVMVTS old"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqfDJtvNGNAEg7RZbrNOPEBQAuhFBIPqWAWIhRKbqtL laptop"


@pytest.fixture
def account(simulated: Doboto) -> dict[str, str]:
    """An account with some Droplets, and `doboto` where a shell finds it."""
    simulated.ok("-q", "droplet", "create", "web-1", "web-2", "db.example", *NEW, "--tag", "env:prod,env:test")
    simulated.ok("-q", "volume", "create", "data-1", "--size-gigabytes", "10", "--region", "nyc3")
    simulated.ok("-q", "volume", "snapshot-create", "data-1", "--name", "it's $x")
    simulated.ok("-q", "domain", "create", "example.com", "--ip-address", "192.0.2.1")
    record = ("record-create", "example.com", "--type", "A", "--name", "www", "--data", "192.0.2.1")
    simulated.ok("-q", "domain", *record)
    simulated.ok("-q", "ssh-key", "create", "laptop", "--public-key", KEY)
    simulated.ok("-q", "ssh-key", "create", "old key", "--public-key", OLD_KEY)
    (simulated.folder / "cloud-init.yaml").write_text("#cloud-config\n")
    (simulated.folder / "templates").mkdir()
    (simulated.folder / "templates" / "web.yaml").write_text("#cloud-config\n")
    (folder := simulated.folder / "config" / "doboto").mkdir(parents=True)
    (folder / "contexts.yaml").write_text("contexts: {home: {token: t}, work: {token: t}}\n")
    (folder / "contexts.yaml").chmod(0o600)
    return {**simulated.environment, "PATH": f"{PROGRAM.parent}:{simulated.environment['PATH']}", "LC_ALL": "C.UTF-8"}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, account: dict[str, str], tmp_path: Path) -> Iterator[Terminal]:
    """A shell that waits for somebody to type."""
    name = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed here")
    file, lines = SET_UP[name]
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(lines)
    if name == "fish":
        made = Doboto(account, tmp_path).ok("completion", "fish").out
        (tmp_path / "config" / "fish" / "completions").mkdir()
        (tmp_path / "config" / "fish" / "completions" / "doboto.fish").write_text(made)
    with Terminal(["-i"], account, 100, 30, program=name, folder=tmp_path) as terminal:
        terminal.read(lambda text: ">" in text)
        yield terminal


def prompt(text: str) -> str:
    """The line that is being typed."""
    return next((line[2:] for line in reversed(text.splitlines()) if line.startswith("> ")), "")


def test_what_is_begun_is_completed(shell: Terminal) -> None:
    for typed, completed in COMPLETED:
        shell.type(f"{typed}\t")
        shell.read(lambda text, wanted=completed: prompt(text) == wanted)  # type: ignore[misc]
        shell.type(CLEAR)
        shell.read(lambda text: not prompt(text))


def test_nothing_is_added_where_nothing_fits(shell: Terminal) -> None:
    for typed in NOTHING:
        shell.type(f"{typed}\t|")  # the bar shows where the cursor is
        shell.read(lambda text, wanted=f"{typed}|": prompt(text) == wanted)  # type: ignore[misc]
        shell.type(CLEAR)
        shell.read(lambda text: not prompt(text))


def test_what_may_follow_is_shown(shell: Terminal) -> None:
    shell.type("doboto droplet info web\t\t\t")
    seen = shell.read(lambda text: text.count("web-2") >= 1 and "web-1" in text)
    assert "db.example" not in seen


@pytest.mark.parametrize(("line", "wanted"), [
    ("doboto dr", ["doboto", "dr"]),
    ("doboto droplet ", ["doboto", "droplet", ""]),
    ("A=1 b=2 doboto droplet", ["doboto", "droplet"]),
    ('doboto tag info "two wo', ["doboto", "tag", "info", "two wo"]),
    ("doboto tag info two\\ wo", ["doboto", "tag", "info", "two wo"]),
    ("doboto a.", ["doboto", "a."]),
    ("A=1", ["A=1"]),
])  # fmt: skip
def test_a_line_is_split_as_the_shell_would(line: str, wanted: list[str]) -> None:
    assert words(line) == wanted


#: Lines whose words come from the table, and lines that need more.
FIXED = [
    "doboto ", "doboto dr", "doboto droplet ", "doboto droplet cr", "doboto auth ", "doboto sim machines ", "doboto -",
    "doboto --", "doboto droplet create --", "doboto droplet create web --si", "doboto auth init --", "doboto sim --",
    "doboto sim machines prune --", "doboto droplet ssh web --", "doboto droplet list x y --q", "/usr/bin/doboto vol",
    "doboto nosuch --", "doboto droplet nosuch --", "doboto  droplet  cre",
]  # fmt: skip
LOOKED_UP = [
    "doboto help ", "doboto completion ", "doboto droplet info w", "doboto nosuch ", "doboto droplet list --tag x --",
    "doboto --sim droplet ", "doboto droplet create 'a b' --", "DOBOTO_SIM=1 doboto dr", "doboto droplet create --a=",
]  # fmt: skip


def shell_variables(shell: str, line: str) -> dict[str, str]:
    words = line.split()
    current = str(len(words) - (not line.endswith(" "))) if shell == "zsh" else line.split(" ")[-1]
    return {cli.COMPLETE: f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": current}


def complete_from_commands(variables: dict[str, str]) -> str:
    register()
    written = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with mock.patch.dict(os.environ, variables), contextlib.redirect_stdout(written), pytest.raises(SystemExit):
        root.main([], prog_name="doboto", complete_var=cli.COMPLETE, standalone_mode=False)
    written.seek(0)
    return written.read()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("line", FIXED)
def test_the_table_completes_what_the_commands_do(shell: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root, "_help_option", None)  # another test may have made it with other names
    variables = shell_variables(shell, line)
    assert f"{cli.complete_words(variables)}\n" == complete_from_commands(variables)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("line", LOOKED_UP)
def test_the_table_leaves_values_to_the_commands(shell: str, line: str) -> None:
    assert cli.complete_words(shell_variables(shell, line)) is None


def test_addresses_are_completed(simulated: Doboto) -> None:
    address = simulated.ok("-q", "-o", "json", "reserved-ip", "create", "--region", "nyc3").json["ip"]
    line = {"COMP_WORDS": "doboto reserved-ip info ", "COMP_CWORD": "", "_DOBOTO_COMPLETE": "bash_complete"}
    assert simulated.as_process.ok(**line).out == f"plain\t{address}\n"

"""It starts fast: what a command does not need, it does not load. And what a shell completes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .conftest import NEW, PROGRAM, Doboto

HEAVY = {
    "urllib3",
    "http.client",
    "ssl",
    "rich",
    "starlette",
    "uvicorn",
    "anyio",
    "asyncio",
    "doboto.sim",
    "yaml",
    "jmespath",
    "sqlite3",
}


def loaded_by(*arguments: str) -> set[str]:
    program = (
        f"import sys, json\nfrom doboto.cli import main\ntry: main({list(arguments)!r})\nexcept SystemExit: pass\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("line", ["--help", "droplet --help", "droplet create --help", "nothing-like-it"])
def test_help_loads_nothing_heavy(line: str) -> None:
    loaded = loaded_by(*line.split())
    assert "click" in loaded
    assert not loaded & HEAVY


def test_a_table_in_a_pipe_needs_no_terminal_library() -> None:
    """Nor its widths, where all is ASCII."""
    program = (
        "import sys\nfrom doboto.cli.output import table\nprint(*table.align([['a', 'b']]), sep='\\n')\n"
        "print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert done.stdout == "a  b\nFalse\n"


def test_the_version_takes_few_modules() -> None:
    """Counted, for time depends on the machine: neither click nor an operation is needed."""
    loaded = loaded_by("--version")
    assert len(loaded) < 190
    assert not {"click", "rich", "doboto.catalog", "doboto.resources.droplet"} & loaded
    assert "doboto.resources.volume" not in loaded_by("droplet", "--help")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(doboto: Doboto, shell: str) -> None:
    script = doboto.ok("completion", shell).out
    assert f"_DOBOTO_COMPLETE={shell}_complete" in script


def completed(doboto: Doboto, words: str) -> list[str]:
    """What bash is given for the last word."""
    last = words.split(" ")[-1]
    variables = {"_DOBOTO_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": last}
    done = subprocess.run(
        [PROGRAM], env={**doboto.environment, **variables}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stderr == ""
    return [line.partition("\t")[2] for line in done.stdout.splitlines() if line]


def test_commands_options_droplets_and_slugs_are_completed(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web-{1..2}", *NEW, "--tag", "env:prod")
    assert completed(simulated, "doboto droplet power-o") == ["power-off", "power-on"]
    assert "--image" in completed(simulated, "doboto droplet create --im")
    assert completed(simulated, "doboto droplet info we") == ["web-1", "web-2"]
    assert completed(simulated, "doboto droplet list --tag env") == ["env:prod"]
    assert "s-1vcpu-1gb" in completed(simulated, "doboto droplet create web --size s-1")
    assert "nyc3" in completed(simulated, "doboto droplet create web --region ny")
    assert "ubuntu-24-04-x64" in completed(simulated, "doboto droplet create web --image ubuntu-24")


def test_no_account_completes_nothing_and_says_nothing(doboto: Doboto) -> None:
    assert completed(doboto, "doboto droplet info we") == []


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
def test_bash_itself_accepts_the_script(doboto: Doboto) -> None:
    script = doboto.ok("completion", "bash").out
    done = subprocess.run(["bash", "-n"], input=script, text=True, check=False, timeout=300)
    assert done.returncode == 0


def test_without_its_libraries_it_says_what_to_install() -> None:
    program = "import sys; sys.modules['click'] = None; from doboto.cli import main; sys.exit(main(['--help']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 1
    assert done.stderr.startswith("doboto: the command line needs click: pip install 'doboto[cli]', or in a checkout")

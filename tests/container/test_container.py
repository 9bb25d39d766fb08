"""The image of the Containerfile, which `make test-container` has built: what a service in CI needs of it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from doboto import DO

ENGINE = os.environ.get("DOBOTO_TEST_ENGINE", "podman")
#: Further options of `run`, such as `--runtime runc`.
RUN_OPTIONS = shlex.split(os.environ.get("DOBOTO_TEST_RUN", ""))
IMAGE = "doboto-sim"
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
#: Seconds until it answers, at most, and between questions.
START, PAUSE = 60, 0.1


def run(*arguments: str) -> str:
    """What a command of the engine prints."""
    done = subprocess.run([ENGINE, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Container:
    """A running container.

    Args:
        arguments: Those of `doboto sim`.
        options: Further options of the engine's `run`.
    """

    def __init__(self, *arguments: str, options: tuple[str, ...] = ()) -> None:
        published = ("--publish", "127.0.0.1::8080")
        self.id = run("run", "--detach", *RUN_OPTIONS, *published, *options, IMAGE, *arguments).split()[-1]
        self.url = f"http://{run('port', self.id, '8080/tcp').split()[0]}"
        self.health = self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> dict[str, str]:
        for _ in range(int(START / PAUSE)):
            try:
                with urllib.request.urlopen(f"{self.url}/_sim/health", timeout=10) as response:
                    health: dict[str, str] = json.load(response)
                    return health
            except OSError:
                time.sleep(PAUSE)  # noqa: TID251 - for a process that starts
        pytest.fail(f"it does not answer: {run('container', 'inspect', self.id)}")

    def execute(self, *command: str) -> str:
        """What a command prints that runs in the container."""
        return run("exec", self.id, *command)

    def inspect(self, what: str) -> str:
        """A member of what the engine knows of it."""
        return run("container", "inspect", "--format", f"{{{{json {what}}}}}", self.id).strip()


@pytest.fixture
def containers() -> Iterator[list[str]]:
    """The ids of those that a test starts; they end with it."""
    started: list[str] = []
    yield started
    for id in started:
        run("rm", "--force", id)


@pytest.fixture
def container(containers: list[str]) -> Container:
    made = Container("--instant")
    containers.append(made.id)
    return made


def test_it_answers_on_its_port(container: Container) -> None:
    assert container.health["status"] == "ok"
    with DO("any", f"{container.url}/v2") as do:
        droplet = do.droplet.create(name="web-1", **NEW, wait=True)
        assert do.droplet.list() == [droplet]


def test_the_command_line_in_it_uses_it(container: Container) -> None:
    container.execute("doboto", "droplet", "create", "web-1", *options(), "--wait", "--quiet")
    listed = json.loads(container.execute("doboto", "droplet", "list", "--output", "json"))
    assert [(one["name"], one["status"]) for one in listed] == [("web-1", "active")]


def options() -> list[str]:
    return [part for name, value in NEW.items() for part in (f"--{name}", value)]


def test_it_runs_as_an_ordinary_user(container: Container) -> None:
    assert container.execute("id", "-u").strip() == "65534"


def test_its_health_check_passes(container: Container) -> None:
    check: list[str] = json.loads(container.inspect(".Config.Healthcheck"))["Test"]
    assert check[0] == "CMD"
    assert container.execute(*check[1:]) == ""


def test_it_ends_by_itself_when_it_is_asked_to(container: Container) -> None:
    """137 would say that it was killed since it had not ended in time."""
    run("stop", "-t", "60", container.id)
    assert container.inspect(".State.ExitCode") == "0"


@pytest.mark.parametrize("allowed", [False, True])
def test_settings_open_the_admin_interface(containers: list[str], tmp_path: Path, allowed: bool) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"allow_remote_admin": allowed}), encoding="utf-8")
    file.chmod(0o644)
    made = Container("--settings", "/settings.json", options=("--volume", f"{file}:/settings.json:ro"))
    containers.append(made.id)
    request = urllib.request.Request(f"{made.url}/_sim/faults")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            status: int = response.status
    except urllib.error.HTTPError as refused:
        status = refused.code
    assert status == (200 if allowed else 403)

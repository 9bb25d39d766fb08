"""The engine's command line: what is asked of it, and what its answers become."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doboto.sim.machines import CommandEngine, EngineError, MachineSettings, MachineSpec
from doboto.sim.machines.engine import LABEL, STATE_LABEL, Attachment, Leftover, Mount
from doboto.sim.machines.settings import read_file

#: Notes its arguments, and answers as the test says.
PROGRAM = """#!{python}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "calls").open("a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
answers = json.loads((here / "answers").read_text())
answer = next((one for start, one in answers.items() if " ".join(sys.argv[1:]).startswith(start)), {{}})
sys.stdout.write(answer.get("out", ""))
sys.stderr.write(answer.get("err", ""))
sys.exit(answer.get("code", 0))
"""

Calls = Callable[[], list[list[str]]]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "engine"
    file.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    file.chmod(0o755)
    (tmp_path / "answers").write_text("{}", encoding="utf-8")
    return file


@pytest.fixture
def engine(program: Path) -> CommandEngine:
    return CommandEngine(str(program), ("--runtime", "runc"))


@pytest.fixture
def calls(program: Path) -> Calls:
    return lambda: [json.loads(line) for line in (program.parent / "calls").read_text(encoding="utf-8").splitlines()]


def answer(program: Path, **answers: dict[str, Any]) -> None:
    (program.parent / "answers").write_text(json.dumps(answers), encoding="utf-8")


def test_machine_is_created_connected_and_started(engine: CommandEngine, calls: Calls) -> None:
    places = [Attachment("public", "198.18.0.5"), Attachment("vpc", "10.0.0.2")]
    spec = MachineSpec(
        "m", "web-1", "image", ["sh", "-c", "x"], {"A": "b c"}, places, {"l": "1"}, 256, 2, [Mount(Path("/v"), "/mnt")],
        publishes_ssh=True,
    )  # fmt: skip
    engine.create(spec)
    create, connect, start = calls()
    assert create == [
        "create", "--runtime", "runc", "--name", "m", "--hostname", "web-1", "--network", "public",
        "--ip", "198.18.0.5", "--memory", "256m", "--memory-swap", "256m", "--cpus", "2", "--env", "A",
        "--volume", "/v:/mnt:z", "--publish", "127.0.0.1::22", "--label", "l=1", "image", "sh", "-c", "x",
    ]  # fmt: skip
    assert connect == ["network", "connect", "--ip", "10.0.0.2", "vpc", "m"]
    assert start == ["start", "m"]


def test_variables_reach_the_engine_by_its_environment_and_are_in_no_argument(
    engine: CommandEngine, program: Path
) -> None:
    program.write_text(f"#!/bin/sh\nprintenv SECRET >> {program.parent}/seen || true\n", encoding="utf-8")
    spec = MachineSpec("m", "web-1", "image", [], {"SECRET": "s3cret"}, [Attachment("public", "198.18.0.5")], {})
    engine.create(spec)
    assert (program.parent / "seen").read_text(encoding="utf-8") == "s3cret\n"
    assert "s3cret" not in repr(spec)


FAILURES = {
    "Error: no space left on device": "no space left on device \\(free space",
    "permission denied while trying to connect to the Docker daemon socket": "\\(run the simulator as root",
    "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?": "\\(start Docker\\)",
    "Error: subnet 198.18.0.0/15 is already used on the host or by another config": "\\(end the other simulator",
    "Error: something else": "start failed: something else$",
    "": "it says nothing",
}


@pytest.mark.parametrize("printed", FAILURES)
def test_failure_has_the_engine_s_last_line_and_what_to_do(engine: CommandEngine, program: Path, printed: str) -> None:
    answer(program, start={"code": 125, "err": f"warning: syslog\n{printed}\n" if printed else ""})
    with pytest.raises(EngineError, match=FAILURES[printed]):
        engine.start("m")


def test_engine_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="there is no program 'no-such-engine' on this machine; install it"):
        CommandEngine("no-such-engine").check()


OWN, OTHER = {LABEL: "12-ab"}, {LABEL: "s", STATE_LABEL: "/f"}
#: What `inspect` prints of what carries our label, as each engine writes it.
INSPECTED: dict[str, dict[str, list[dict[str, Any]]]] = {
    "podman": {
        "container": [{"Name": "m", "Config": {"Labels": OWN}}],
        "network": [{"name": "n", "labels": OWN}, {"name": "o", "labels": OTHER}],
        "image": [{"RepoTags": ["localhost/disk:1"], "Labels": OWN, "Config": {"Labels": OWN}}],
    },
    "docker": {
        "container": [{"Name": "/m", "Config": {"Labels": OWN}}],
        "network": [{"Name": "n", "Labels": OWN}, {"Name": "o", "Labels": OTHER}],
        "image": [{"RepoTags": ["localhost/disk:1"], "Config": {"Labels": OWN}}],
    },
}


@pytest.mark.parametrize("kind", INSPECTED)
def test_leftovers_know_their_simulator_and_state(engine: CommandEngine, program: Path, kind: str) -> None:
    inspected = {f"{one} inspect": {"out": json.dumps(found)} for one, found in INSPECTED[kind].items()}
    # One is removed between the two commands: the second fails and prints the others.
    lists = {"ps": {"out": "m\ngone\n"}, "network ls": {"out": "n\no\n"}, "images": {"out": "localhost/disk:1\n"}}
    answer(program, **lists, **{**inspected, "container inspect": {**inspected["container inspect"], "code": 1}})
    assert engine.leftovers() == [
        Leftover("container", "m", "12-ab"),
        Leftover("network", "n", "12-ab"),
        Leftover("network", "o", "s", "/f"),
        Leftover("image", "localhost/disk:1", "12-ab"),
    ]


def test_published_port_is_read(engine: CommandEngine, program: Path) -> None:
    answer(program, port={"out": "127.0.0.1:40123\n"})
    assert engine.ssh_port("m") == 40123
    answer(program, port={"out": ""})
    with pytest.raises(EngineError, match="printed no address of m"):
        engine.ssh_port("m")


def test_process_of_a_machine_that_does_not_run_is_0(engine: CommandEngine, program: Path) -> None:
    answer(program, container={"out": "4711\n"})
    assert engine.process("m") == 4711
    answer(program, container={"code": 1, "err": "Error: no such container m"})
    assert engine.process("m") == 0


@pytest.mark.parametrize(
    ("name", "platform", "user", "reachable"),
    [
        ("podman", "linux", 0, True),
        ("podman", "linux", 1000, False),
        ("docker", "linux", 1000, True),
        ("docker", "darwin", 0, False),
    ],
)
def test_addresses_are_reachable_on_linux_but_for_podman_without_root(
    monkeypatch: pytest.MonkeyPatch, name: str, platform: str, user: int, reachable: bool
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert CommandEngine(f"/usr/bin/{name}").has_reachable_addresses is reachable


def test_what_is_gone_already_is_removed(engine: CommandEngine, program: Path) -> None:
    answer(program, rm={"code": 1, "err": 'Error: no container with name or ID "m" found: no such container\n'})
    engine.remove("m")
    answer(program, rm={"code": 1, "err": "Error: permission denied\n"})
    with pytest.raises(EngineError, match="could not remove container m: permission denied"):
        engine.remove("m")


def test_image_is_built_from_a_recipe(engine: CommandEngine, calls: Calls) -> None:
    engine.build("built", "FROM x\n")
    (build,) = calls()
    assert build[:4] == ["build", "--tag", "built", "--file"]


# -- settings


def test_settings_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "machines.json"
    file.write_text('{"images": {"debian": "mine:1"}, "limit": 20, "run_options": ["--privileged"]}', encoding="utf-8")
    found = read_file(file)
    assert (found.limit, found.run_options, found.image("debian-12-x64")) == (20, ("--privileged",), "mine:1")
    assert found.image("ubuntu-24-04-x64") == "docker.io/library/ubuntu:24.04"
    assert found.image("openbsd") is None


WRONG = {
    "[]": "must be an object",
    '{"image": {}}': "machines have no setting image; there are images, limit",
    '{"limit": -1}': "limit cannot be -1",
    '{"memory_scale": true}': "memory_scale cannot be True",
    '{"images": {"a": 1}}': "images cannot be",
    '{"run_options": "x"}': "run_options cannot be 'x'",
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_settings_are_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "machines.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=WRONG[text]):
        read_file(file)


def test_memory_is_a_part_of_the_size() -> None:
    assert [MachineSettings().memory(size) for size in (512, 1024, 8192)] == [128, 128, 1024]
    assert MachineSettings(memory_scale=0).memory(8192) is None

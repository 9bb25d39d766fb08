"""The engine's command line: what is asked of it, and what its answers become."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doboto.sim.machines import CommandEngine, EngineError, MachineSettings, MachineSpec
from doboto.sim.machines.engine import Attachment, Leftover
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
    spec = MachineSpec("m", "web-1", "image", ["sh", "-c", "x"], {"A": "b c"}, places, {"l": "1"}, 256, 2)
    engine.create(spec)
    create, connect, start = calls()
    assert create == [
        "create", "--runtime", "runc", "--name", "m", "--hostname", "web-1", "--network", "public",
        "--ip", "198.18.0.5", "--memory", "256m", "--cpus", "2", "--env", "A=b c",
        "--label", "l=1", "image", "sh", "-c", "x",
    ]  # fmt: skip
    assert connect == ["network", "connect", "--ip", "10.0.0.2", "vpc", "m"]
    assert start == ["start", "m"]


def test_failure_is_told_with_the_engine_s_last_line(engine: CommandEngine, program: Path) -> None:
    answer(program, start={"code": 125, "err": "warning: syslog\nError: no space left on device\n"})
    with pytest.raises(EngineError, match="engine start failed: no space left on device"):
        engine.start("m")


def test_engine_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="there is no program 'no-such-engine' on this machine; install it"):
        CommandEngine("no-such-engine").check()


def test_leftovers_know_their_process(engine: CommandEngine, program: Path) -> None:
    answer(
        program,
        ps={"out": "doboto-12-ab-480000000-1\n"},
        network={"out": "doboto-12-ab\ndoboto-34-cd-48f6b4fe\n"},
        images={"out": "localhost/doboto-machine/snapshot-34-cd:480000000-1\n"},
    )
    assert engine.leftovers() == [
        Leftover("container", "doboto-12-ab-480000000-1", 12),
        Leftover("network", "doboto-12-ab", 12),
        Leftover("network", "doboto-34-cd-48f6b4fe", 34),
        Leftover("image", "localhost/doboto-machine/snapshot-34-cd:480000000-1", 34),
    ]


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

"""Folders of simulators: how they are made, and which of them are removed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from doboto.sim.machines import Machines, MachineSettings
from doboto.sim.machines.leftovers import STATE, create_folder, find_abandoned, new_id

from .fake_engine import FakeEngine

#: The process 0 is none.
ABANDONED = "0-0000000a"


def list_abandoned(engine: FakeEngine, folder: Path) -> list[str]:
    return [one.name for one in find_abandoned(engine, folder)]


FOREIGN = {
    "another name": "photos/holiday.jpg",
    "another name, with such a file": f"photos/{STATE}",
    "an id without the file": f"{ABANDONED}/holiday.jpg",
    "an id with a directory for the file": f"{ABANDONED}/{STATE}/holiday.jpg",
    "a longer name": f"{ABANDONED}b/{STATE}",
    "no directory": ABANDONED,
}


@pytest.mark.parametrize("path", FOREIGN.values(), ids=FOREIGN)
def test_what_is_no_simulator_s_is_left_alone(engine: FakeEngine, tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).touch()
    create_folder(tmp_path / "0-0000000b", None)
    Machines(engine, MachineSettings(folder=str(tmp_path))).prepare()
    assert (tmp_path / path).exists()
    assert not (tmp_path / "0-0000000b").exists()


def test_link_to_a_folder_is_left_alone(engine: FakeEngine, tmp_path: Path) -> None:
    create_folder(tmp_path / "elsewhere" / ABANDONED, None)
    (tmp_path / ABANDONED).symlink_to(tmp_path / "elsewhere" / ABANDONED)
    assert list_abandoned(engine, tmp_path) == []


def test_folder_has_its_name_when_it_is_complete(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[list[str]] = []
    rename = Path.rename

    def look(source: Path, target: Path) -> Path:
        found.append(list_abandoned(engine, tmp_path))
        assert not target.exists()
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", look)
    create_folder(tmp_path / ABANDONED, None)
    assert found == [[]]
    assert list_abandoned(engine, tmp_path) == [ABANDONED]
    assert [one.name for one in tmp_path.iterdir()] == [ABANDONED]


#: Is killed when the folder is complete, but for its name; prints nothing.
KILLED = """
import os, pathlib, sys
from doboto.sim.machines.leftovers import create_folder
pathlib.Path.rename = lambda source, target: os._exit(9)
create_folder(pathlib.Path(sys.argv[1]), None)
"""


def test_folder_of_killed_process_is_removed_by_next_one(engine: FakeEngine, tmp_path: Path) -> None:
    code = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / ABANDONED)], check=False).returncode
    assert code == 9
    [unfinished] = tmp_path.iterdir()
    assert list_abandoned(engine, tmp_path) == [unfinished.name]
    Machines(engine, MachineSettings(folder=str(tmp_path))).prepare()
    assert list(tmp_path.iterdir()) == []


def test_unfinished_folder_of_running_process_is_left_alone(engine: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / f".{new_id()}").mkdir()
    (tmp_path / ".0-0000000a").touch()
    (tmp_path / ".hidden").mkdir()
    assert list_abandoned(engine, tmp_path) == []


def test_half_made_folder_is_completed_with_its_files(engine: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / ABANDONED).mkdir()
    (tmp_path / ABANDONED / "file").touch()
    for _ in range(2):
        create_folder(tmp_path / ABANDONED, tmp_path / "gone.db")
    assert [(one.name, one.state) for one in find_abandoned(engine, tmp_path)] == [
        (ABANDONED, str(tmp_path / "gone.db"))
    ]
    assert sorted(one.name for one in (tmp_path / ABANDONED).iterdir()) == ["file", STATE]


def test_relative_folder_is_that_of_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Machines(FakeEngine(), MachineSettings(folder="here"))._folder == tmp_path / "here"

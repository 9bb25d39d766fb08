"""Volumes of machines: their files, where they are, and what becomes of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from doboto import DO, DOBOTOActionException
from doboto.sim import Simulator
from doboto.sim.machines import EngineError, Machines, MachineSettings
from doboto.sim.machines.volumes import VolumeDirectories

from .conftest import LONG, create
from .fake_engine import FakeEngine


def volume(do: DO, name: str = "data-1", **more: Any) -> str:
    wanted: dict[str, Any] = {"size_gigabytes": 1, "region": "nyc3", **more}
    return do.volume.create(name=name, **wanted)["id"]


def mnt(engine: FakeEngine, droplet_id: int) -> Path:
    """The directory that a Droplet's machine has as `/mnt`."""
    (mount,) = engine.of(droplet_id).mounts
    assert mount.target == "/mnt"
    return mount.source


def attach(do: DO, id: str, droplet_id: int) -> None:
    do.volume.attach(id, droplet_id=droplet_id, wait=True, timeout=LONG)


def test_new_droplet_has_its_volumes(do: DO, engine: FakeEngine) -> None:
    droplet = create(do, volumes=[volume(do)])
    assert [one.name for one in mnt(engine, droplet["id"]).iterdir()] == ["data_1"]


def test_files_move_with_the_volume_and_outlive_droplets(do: DO, engine: FakeEngine, sim: Simulator) -> None:
    data, first, second = volume(do), create(do, "a")["id"], create(do, "b")["id"]
    attach(do, data, first)
    (mnt(engine, first) / "data_1" / "file").write_text("kept")
    do.volume.detach(data, droplet_id=first, wait=True, timeout=LONG)
    assert list(mnt(engine, first).iterdir()) == []
    attach(do, data, second)
    gone = mnt(engine, second)
    do.droplet.rebuild(second, "ubuntu-22-04-x64", wait=True, timeout=LONG)
    assert (mnt(engine, second) / "data_1" / "file").read_text() == "kept"
    do.droplet.destroy(second, wait=True, timeout=LONG)
    while do.volume.info(data)["droplet_ids"]:
        pass
    attach(do, data, first)
    assert (mnt(engine, first) / "data_1" / "file").read_text() == "kept"
    sim.close()
    assert not gone.exists()


def test_snapshot_keeps_the_files_of_its_moment(do: DO, engine: FakeEngine) -> None:
    data, droplet = volume(do), create(do)["id"]
    attach(do, data, droplet)
    file = mnt(engine, droplet) / "data_1" / "file"
    file.write_text("before")
    snapshot = do.volume.snapshot_create(data, "s")["id"]
    copy = volume(do, "copy", snapshot_id=snapshot)
    attach(do, copy, droplet)  # after the copies
    file.write_text("after")
    assert (mnt(engine, droplet) / "copy" / "file").read_text() == "before"


def test_deleted_volume_leaves_no_files(do: DO, engine: FakeEngine, settings: MachineSettings) -> None:
    data, droplet = volume(do), create(do)["id"]
    attach(do, data, droplet)
    snapshot = do.volume.snapshot_create(data, "s")["id"]
    do.volume.detach(data, droplet_id=droplet, wait=True, timeout=LONG)
    do.volume.destroy(data)
    do.volume.snapshot_destroy(snapshot)
    last = volume(do, "last")
    attach(do, last, droplet)  # after the deletions
    left = [one for kind in ("volumes", "snapshots") for one in Path(settings.folder).glob(f"*/{kind}/*")]
    assert left == []


def test_volume_that_cannot_be_attached_ends_as_errored_action(
    do: DO, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    data, droplet = volume(do), create(do)["id"]
    mnt(engine, droplet).rmdir()
    mnt(engine, droplet).write_text("no directory")
    with pytest.raises(DOBOTOActionException):
        attach(do, data, droplet)
    assert "could not create the directory" in caplog.text
    assert do.volume.info(data)["droplet_ids"] == []


def test_volume_that_cannot_be_detached_outlives_its_droplet(
    do: DO, engine: FakeEngine, machines: Machines, caplog: pytest.LogCaptureFixture
) -> None:
    data, droplet, other = volume(do), create(do)["id"], create(do, "other")["id"]
    attach(do, data, droplet)
    name, directory = engine.of(droplet).name, mnt(engine, droplet)
    (directory / "data_1" / "file").write_text("kept")
    obstacle = directory.parent.parent / "volumes" / data
    (obstacle / "obstacle").mkdir(parents=True)
    do.droplet.destroy(droplet, wait=True, timeout=LONG)
    while machines._queue.last(name) is not None:
        pass
    assert (directory / "data_1" / "file").exists()
    assert f"detaching of a volume from {name} failed: could not move the directory" in caplog.text
    shutil.rmtree(obstacle)
    attach(do, data, other)
    assert (mnt(engine, other) / "data_1" / "file").read_text() == "kept"


# -- the directories themselves, after the simulator was killed


@pytest.fixture
def directories(tmp_path: Path) -> VolumeDirectories:
    return VolumeDirectories(tmp_path / "sim")


def test_attaching_and_detaching_again_changes_nothing(directories: VolumeDirectories) -> None:
    for _ in range(2):
        directories.attach("id", "data", "m")
    (directories.prepare("m") / "data" / "file").touch()
    for _ in range(2):
        directories.detach("id", "data", "m")
    directories.attach("id", "data", "n")
    assert (directories.prepare("n") / "data" / "file").exists()


def test_files_are_recovered_from_a_machine_that_is_gone(directories: VolumeDirectories) -> None:
    directories.attach("id", "data", "gone")
    (directories.prepare("gone") / "data" / "file").touch()
    directories.attach("other", "data", "here")
    directories.recover("id", "data", ["gone"])
    directories.forget("gone")
    directories.attach("id", "data", "m")
    assert (directories.prepare("m") / "data" / "file").exists()
    assert directories.machines() == ["here", "m"] or set(directories.machines()) == {"here", "m"}


def test_empty_directory_gives_way_to_the_volume(directories: VolumeDirectories) -> None:
    directories.attach("id", "data", "m")
    (directories.prepare("m") / "data" / "file").touch()
    directories.detach("id", "data", "m")
    (directories.prepare("n") / "data").mkdir()  # as user data does before it mounts
    directories.attach("id", "data", "n")
    assert (directories.prepare("n") / "data" / "file").exists()
    directories.detach("id", "data", "n")
    assert not (directories.prepare("n") / "data").exists()


def test_directory_with_files_refuses_the_volume(directories: VolumeDirectories) -> None:
    directories.attach("id", "data", "m")
    (directories.prepare("m") / "data" / "volume's").touch()
    directories.detach("id", "data", "m")
    mine = directories.prepare("n") / "data" / "machine's"
    mine.parent.mkdir()
    mine.touch()
    with pytest.raises(EngineError, match=r"there are files in .*/n/data; move them to another directory"):
        directories.attach("id", "data", "n")
    assert mine.exists()
    directories.attach("id", "data", "o")
    assert [one.name for one in (directories.prepare("o") / "data").iterdir()] == ["volume's"]


def test_folder_is_for_its_user_alone(directories: VolumeDirectories, tmp_path: Path) -> None:
    directories.prepare("m")
    assert (tmp_path / "sim").stat().st_mode & 0o777 == 0o700


def test_failing_copy_leaves_nothing(directories: VolumeDirectories, tmp_path: Path) -> None:
    directories.attach("id", "data", "m")
    directories.detach("id", "data", "m")
    (tmp_path / "sim" / "volumes" / "id").rmdir()
    (tmp_path / "sim" / "volumes" / "id").write_text("no directory")
    with pytest.raises(EngineError, match="could not be copied"):
        directories.snapshot("id", "s")
    assert list((tmp_path / "sim" / "snapshots").iterdir()) == []


def test_link_that_a_machine_has_made_is_not_followed(directories: VolumeDirectories, tmp_path: Path) -> None:
    (tmp_path / "host").mkdir()
    (tmp_path / "host" / "secret").touch()
    directories.attach("id", "data", "m")
    data = directories.prepare("m") / "data"
    data.rmdir()
    data.symlink_to(tmp_path / "host")
    with pytest.raises(EngineError, match="could not be copied"):
        directories.snapshot("id", "s")
    assert list((tmp_path / "sim").rglob("secret")) == []

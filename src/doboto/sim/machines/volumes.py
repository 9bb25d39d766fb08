"""Volumes as directories: attached, a volume's directory is in the directory that its machine has as `/mnt`.

No engine can mount anything into a container that runs. So each machine gets one empty directory of the host as `/mnt`
when it is created, and to attach a volume is to move its directory in there, which is one `rename`: nothing is copied,
no right to mount is needed, and at every moment the data is in exactly one place, also after `kill -9`.
"""

from __future__ import annotations

import errno
import logging
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .engine import EngineError
from .leftovers import create_folder

log = logging.getLogger("doboto.sim.machines")

#: Where a machine has the directories of its volumes.
TARGET = "/mnt"


class VolumeDirectories:
    """The directories of a simulator's volumes, of their snapshots, and of its machines.

    Args:
        root: The simulator's folder; created at its first use.
        state: The file that keeps the volumes' records, or None if they end with the simulator.
    """

    def __init__(self, root: Path, state: Path | None = None) -> None:
        self._root = root
        self._state = state
        #: The directories of attached volumes, by the volumes' ids; the others are in `volumes`.
        self._attached: dict[str, Path] = {}

    def prepare(self, machine: str) -> Path:
        """Create a machine's directory and return it; one that is there stays as it is.

        Raises:
            EngineError: It cannot be created.
        """
        return self._create(self._machine(machine))

    def attach(self, volume: str, directory: str, machine: str) -> None:
        """Attach a volume to a machine; a volume without a directory gets an empty one.

        An empty directory that is there, such as one that user data has made for a mount, is replaced.

        Args:
            volume: The volume's id.
            directory: The name of its directory in the machine.
            machine: The machine's name.

        Raises:
            EngineError: The file system does not let it, or the machine has files there.
        """
        target = self.prepare(machine) / directory
        source = self._attached.get(volume, self._root / "volumes" / volume)
        if source != target and (source.exists() or not target.exists()):
            _rename(self._create(source), target)
        self._attached[volume] = target

    def detach(self, volume: str, directory: str, machine: str) -> None:
        """Detach a volume from a machine; one that is not attached stays where it is.

        Raises:
            EngineError: The file system does not let it.
        """
        source, target = self._machine(machine) / directory, self._root / "volumes" / volume
        if source.exists():
            self._create(target.parent)
            _rename(source, target)
        self._attached.pop(volume, None)

    def recover(self, volume: str, directory: str, machines: Iterable[str]) -> None:
        """Take a detached volume's directory out of a machine that is gone, if it is still there.

        Args:
            volume: The volume's id.
            directory: The name of its directory in a machine.
            machines: The names of its account's machines that are gone.
        """
        for machine in machines:
            if not (self._root / "volumes" / volume).exists():
                self.detach(volume, directory, machine)

    def snapshot(self, volume: str, snapshot: str) -> None:
        """Copy a volume's files to a snapshot.

        Raises:
            EngineError: They cannot be copied.
        """
        self._copy(self._attached.get(volume, self._root / "volumes" / volume), self._root / "snapshots" / snapshot)

    def restore(self, snapshot: str, volume: str) -> None:
        """Copy a snapshot's files to a new volume.

        Raises:
            EngineError: They cannot be copied.
        """
        if volume not in self._attached:
            self._copy(self._root / "snapshots" / snapshot, self._root / "volumes" / volume)

    def delete(self, kind: str, id: str) -> None:
        """Delete the directory of a volume, wherever it is, or of a snapshot.

        Args:
            kind: `volumes` or `snapshots`.
            id: The id.
        """
        shutil.rmtree(self._attached.pop(id, self._root / kind / id), ignore_errors=True)

    def forget(self, machine: str) -> None:
        """Delete a machine's directory, unless there is a volume in it that could not be detached."""
        directory = self._machine(machine)
        if any(path.parent == directory for path in list(self._attached.values())):
            log.warning("the directory %s stays: there are files of a volume that could not be detached", directory)
            return
        shutil.rmtree(directory, ignore_errors=True)

    def machines(self) -> list[str]:
        """List the names of the machines that have a directory."""
        return [one.name for one in (self._root / "machines").glob("*")]

    def close(self) -> None:
        """Delete everything."""
        shutil.rmtree(self._root, ignore_errors=True)
        if self._root.exists():
            log.warning("files of volumes belong to another user and are left in %s", self._root)

    def _machine(self, name: str) -> Path:
        return self._root / "machines" / name

    def _copy(self, source: Path, target: Path) -> None:
        """Copy a directory to one that does not exist; a source that does not exist gives an empty one."""
        if target.exists():
            return
        unfinished = self._create(target.with_name(f".{target.name}"))
        if source.exists():
            _copy(source, unfinished)
        _rename(unfinished, target)

    def _create(self, path: Path) -> Path:
        try:
            create_folder(self._root, self._state)
            path.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise _error("create", path, failure) from failure
        return path


def _copy(source: Path, target: Path) -> None:
    """Copy a directory's content with owners and modes, and holes as holes.

    A link in its place is not followed: a machine could have made it, to a directory of the host.
    """
    done = subprocess.run(  # noqa: S603 - no shell; both paths are made here
        ["cp", "--archive", "--no-target-directory", str(source), str(target)],  # noqa: S607 - the system's own
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        shutil.rmtree(target, ignore_errors=True)
        raise EngineError(f"a volume could not be copied: {done.stderr.strip()}")


def _rename(source: Path, target: Path) -> None:
    """Move a directory; an empty one that is there is replaced.

    Raises:
        EngineError: It cannot be moved; both are as they were.
    """
    try:
        source.rename(target)
    except OSError as failure:
        if failure.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise _error("move", source, failure) from failure
        reason = f"there are files in {target}; move them to another directory, and try again"
        raise EngineError(f"could not move the directory {source} of a volume: {reason}") from failure


def _error(do: str, path: Path, failure: OSError) -> EngineError:
    return EngineError(f"could not {do} the directory {path} of a volume: {failure.strerror}")

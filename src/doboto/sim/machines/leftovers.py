"""What belongs to simulators: finding what no simulator needs any more, and removing it.

A simulator that is killed cannot tidy up. What it made carries its id, which names its process, or, where a file keeps
the Droplets, the file's path: so the next simulator, or `doboto sim machines prune`, can.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from .engine import Engine, EngineError, Leftover

#: The order of removal: networks are in use while there are containers, images too.
ORDER = ("container", "network", "image", "folder")
#: A file in a simulator's folder: its content is the path of the file that keeps the Droplets, or empty. A folder
#: without it, or whose name is no simulator's id, is not ours, and left alone.
STATE = "state"
ID = re.compile(r"(state|[0-9]+(\.[0-9]+)?)-[0-9a-f]{8}", re.ASCII)
#: The name of a folder that is not complete yet.
UNFINISHED = re.compile(r"\.[0-9]+(\.[0-9]+)?-[0-9a-f]{8}", re.ASCII)


def data_folder(named: str = "") -> Path:
    """Return the folder of all simulators' folders.

    Args:
        named: The folder that the settings name; if empty, that of the XDG Base Directory Specification.
    """
    if named:
        return Path(named).absolute()
    states = os.environ.get("XDG_STATE_HOME")
    return (Path(states) if states else Path.home() / ".local" / "state") / "doboto" / "machines"


def create_folder(folder: Path, state: Path | None) -> None:
    """Create a simulator's folder, for this user alone; one that is there stays as it is.

    It gets its name when it is complete: other simulators may be looking for what was left behind. Until then its name
    begins with a dot and names this process, so that they find it too if the process is killed.

    Args:
        folder: The folder, whose name is the simulator's id.
        state: The file that keeps the Droplets, or None.

    Raises:
        OSError: It cannot be created.
    """
    if (folder / STATE).exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.parent / f".{new_id()}"
    try:
        unfinished.mkdir(mode=0o700)
        (unfinished / STATE).write_bytes(b"" if state is None else os.fsencode(state))
        try:
            unfinished.rename(folder)
        except OSError:  # it is there: another thread was faster, or it lacks the file
            (unfinished / STATE).replace(folder / STATE)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def find_abandoned(engine: Engine, folder: Path) -> list[Leftover]:
    """Find what belongs to simulators that have ended and that no file keeps.

    Args:
        engine: The engine.
        folder: The folder of all simulators' folders.

    Raises:
        EngineError: The engine cannot list what it has.
    """
    return [one for one in _find(engine, folder) if not _is_needed(one)]


def find_kept(engine: Engine, folder: Path, state: Path) -> list[Leftover]:
    """Find what a file of Droplets has been keeping.

    Args:
        engine: The engine.
        folder: The folder of all simulators' folders.
        state: The file.

    Raises:
        EngineError: The engine cannot list what it has.
    """
    return [one for one in _find(engine, folder) if one.state == str(state.absolute())]


def remove(engine: Engine, folder: Path, leftover: Leftover) -> None:
    """Remove one of them.

    Raises:
        EngineError: It cannot be removed.
    """
    if leftover.kind != "folder":
        engine.discard(leftover)
        return
    try:
        shutil.rmtree(folder / leftover.name)
    except OSError as failure:
        raise EngineError(f"could not remove the folder {folder / leftover.name}: {failure.strerror}") from failure


def new_id() -> str:
    """Return an id for the simulator of this process.

    It begins with the process and, where the kernel reports it, the process's start: so that another process that gets
    the same number later is not taken for it.
    """
    process = os.getpid()
    start = _start_of(process)
    return f"{process}{f'.{start}' if start else ''}-{uuid.uuid4().hex[:8]}"


def _start_of(process: int) -> str:
    """The moment of a process's start in the kernel's ticks (proc(5), /proc/PID/stat), or nothing."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[19]


def _find(engine: Engine, folder: Path) -> list[Leftover]:
    return sort([*engine.leftovers(), *_find_folders(folder)])


def _find_folders(folder: Path) -> Iterator[Leftover]:
    """Find the folders of simulators; others that are beside them are not ours to touch."""
    for one in folder.glob("*"):
        if one.is_symlink():
            continue
        if UNFINISHED.fullmatch(one.name) and one.is_dir():
            yield Leftover("folder", one.name, one.name.removeprefix("."), None)
        elif ID.fullmatch(one.name):
            with contextlib.suppress(OSError):  # it lacks the file, or is another user's
                yield Leftover("folder", one.name, one.name, _read_state(one))


def sort(leftovers: Iterable[Leftover]) -> list[Leftover]:
    """Bring them in the order of removal."""
    return sorted(leftovers, key=lambda one: ORDER.index(one.kind))


def _read_state(folder: Path) -> str | None:
    return os.fsdecode((folder / STATE).read_bytes()) or None


def _is_needed(leftover: Leftover) -> bool:
    if leftover.state is not None:
        return _may_exist(Path(leftover.state))
    process, _, start = leftover.simulator.partition("-")[0].partition(".")
    return process.isdecimal() and _is_alive(int(process)) and start in ("", _start_of(int(process)))


def _may_exist(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # another user's
        return True


def _is_alive(process: int) -> bool:
    if process <= 0:
        return False
    if sys.platform == "win32":
        # There signal 0 is CTRL_C_EVENT (Python's documentation of os.kill): asking would end the process. What may
        # still be needed is kept.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True

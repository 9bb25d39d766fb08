"""What the command that resumes names: what is pending, a file where it is much, all that is destroyed together."""

from __future__ import annotations

import itertools
import os
import shlex
import stat
from pathlib import Path
from typing import Any

import pytest

from doboto.cli.accounts.simulated import LocalAccount
from doboto.cli.run import resume

from .conftest import NEW, Doboto

#: Of the account's time, which pauses skip: nobody waits for it, and a slow machine has time enough.
LONG = ("--timeout", "1000", "--poll", "600")


def created(account: Doboto, *names: str) -> list[str]:
    return account.ok("-q", "droplet", "create", *names, *NEW, "--wait", "--query", "[].id", "-o", "csv").out.split()


def words_of(error: dict[str, Any]) -> list[str]:
    """The command that resumes, without the program and the account."""
    words = shlex.split(error["resume"])
    assert (words[0], words[-1]) == ("doboto", "--sim")
    return words[1:-1]


def file_of(error: dict[str, Any]) -> Path:
    """The file that the command names."""
    (name,) = [word for word in words_of(error) if word.startswith("@")]
    return Path(name.removeprefix("@"))


def test_many_ids_are_in_a_file_that_the_command_names(simulated: Doboto) -> None:
    ids = created(simulated, "web-{1..21}")
    error = simulated.refused(7, "timeout", "-q", "droplet", "wait", *ids, "--until", "off", *LONG)
    assert words_of(error) == ["droplet", "wait", f"@{file_of(error)}", "--until", "off"]
    assert file_of(error).read_text(encoding="utf-8").split() == ids
    again = simulated.refused(7, "timeout", "-q", *words_of(error), *LONG)
    assert words_of(again) == words_of(error)
    assert again["ids"] == [int(id) for id in ids]


def test_ids_are_in_the_line_where_no_file_can_be(simulated: Doboto) -> None:
    ids = created(simulated, "web-{1..21}")
    waits = simulated.folder / "state" / "doboto" / "waits"
    waits.write_text("in the way of a folder")
    error = simulated.refused(7, "timeout", "-q", "droplet", "wait", *ids, "--until", "off", *LONG)
    assert words_of(error)[2:23] == ids


def test_ids_are_in_the_line_where_there_is_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(resume.platformdirs, "user_state_path", fail)
    assert resume.name_ids(range(30)) == [str(id) for id in range(30)]


def keep_state_in(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def find(_: str) -> Path:
        return folder

    monkeypatch.setattr(resume.platformdirs, "user_state_path", find)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_only_their_owner_reads_files_of_ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keep_state_in(monkeypatch, tmp_path / "state")
    (name,) = resume.name_ids(range(30))
    file = Path(name.removeprefix("@"))
    assert [stat.S_IMODE(one.stat().st_mode) for one in (file, file.parent)] == [0o600, 0o700]


@pytest.mark.skipif(os.name != "posix", reason="an open file is replaced on POSIX only")
def test_a_file_of_ids_is_whole_while_it_is_written_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keep_state_in(monkeypatch, tmp_path)
    file, sync, seen = Path(resume.name_ids(range(30))[0].removeprefix("@")), os.fsync, list[str]()

    def read_beside(handle: int) -> None:
        seen.append(file.read_text(encoding="utf-8"))
        sync(handle)

    with file.open(encoding="utf-8") as opened:
        monkeypatch.setattr(os, "fsync", read_beside)
        assert resume.name_ids(range(30)) == [f"@{file}"]
        assert [opened.read(), *seen] == ["".join(f"{id}\n" for id in range(30))] * 2
    assert [one.name for one in file.parent.glob("*.new")] == []


def test_old_files_of_ids_are_removed(simulated: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = created(simulated, "web-{1..22}")
    files: list[Path] = []
    for some in (ids[1:], ids):
        error = simulated.refused(7, "timeout", "-q", "droplet", "wait", *some, "--until", "off", *LONG)
        files.append(file_of(error))
        monkeypatch.setattr(resume, "KEPT", -1.0)  # from now on all are old
    assert [one.exists() for one in files] == [False, True]


def test_what_was_destroyed_meanwhile_is_no_longer_waited_for(
    simulated: Doboto, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, sleep = created(simulated, "web-{1..2}"), LocalAccount.sleep

    def pause(account: LocalAccount, seconds: float) -> None:
        sleep(account, seconds)
        monkeypatch.setattr(LocalAccount, "sleep", sleep)
        simulated.ok("-q", "droplet", "destroy", ids[0], "--yes")

    monkeypatch.setattr(LocalAccount, "sleep", pause)
    done = simulated("droplet", "wait", *ids, "--until", "off", *LONG)
    assert done.code == 7
    assert f"wait: 0 done, 1 failed of 2 after 600 s; {ids[1]}: status is active" in done.err
    assert f"1 failed. To wait for what goes on: doboto droplet wait {ids[1]} --until off --sim" in done.err


def test_a_wait_whose_time_is_over_before_its_names_are_known_is_resumed_by_them(
    simulated: Doboto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second passes whenever somebody looks at the clock."""
    seconds = itertools.count()
    monkeypatch.setattr(LocalAccount, "monotonic", lambda _: float(next(seconds)))
    for command in (["droplet", "wait", "web-1", "web-2", "--until", "off"], ["load-balancer", "wait", "front"]):
        assert words_of(simulated.refused(7, "timeout", *command, "--timeout", "0.5")) == command


def test_a_destruction_with_all_that_belongs_to_a_droplet_is_resumed_as_a_whole(
    simulated: Doboto, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, _ = created(simulated, "web-{1..2}")

    def pause(account: LocalAccount, seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(LocalAccount, "sleep", pause)
        order = ("droplet", "destroy-with-associated-resources", id, "--dangerous", "--yes", "--wait")
        error = simulated.refused(130, "interrupted", "-q", *order)
    assert words_of(error) == ["droplet", "destroy-status", "--wait", id]
    assert simulated.ok("-q", "-o", "json", *words_of(error)).json["completed_at"]
    assert simulated.ok("droplet", "destroy-status", id, "--query", "failures").out == "0\n"


def test_failed_creates_do_not_count_as_done(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("create_errored", names=["web-1"])
    done = served("droplet", "create", "web-{1..2}", *NEW, "--wait", "--poll", "0.1")
    assert "create: 1 done, 1 failed of 2" in done.err
    assert "2 of 2" not in done.err

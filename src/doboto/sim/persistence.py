"""The state on disk: a SQLite file, and one transaction a request that is committed before the reply leaves.

The file is in WAL mode and synchronised at checkpoints only: what was committed outlives the process however it ends
(`kill -9`), and the file stays whole when the machine loses power, though the last moments before that may be missing.
The lock is exclusive, because a second simulator on the same file would not see what the first one changes.

Not kept: faults, the request log and what the rate limits have counted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from .engine.account import Account
from .engine.clock import ManualClock, RealClock, SimulatorClock
from .engine.records import Key
from .engine.world import Change, Grant, World

#: What marks our files among those of other programs (SQLite, "PRAGMA application_id"), and versions of the schema.
APPLICATION: Final = 0x646F7369
VERSION: Final = 1

#: `position` is the order in which records came; `key` is JSON, since 1 and "1" are two identifiers.
SCHEMA: Final = (
    """CREATE TABLE record (
        position INTEGER PRIMARY KEY,
        account TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
        value TEXT NOT NULL,
        UNIQUE (account, kind, key)
    )""",
    "CREATE TABLE account (name TEXT PRIMARY KEY, seed INTEGER NOT NULL)",
    "CREATE TABLE token (token TEXT PRIMARY KEY, account TEXT NOT NULL, scopes TEXT NOT NULL)",
    "CREATE TABLE moment (id INTEGER PRIMARY KEY CHECK (id = 1), now REAL NOT NULL, seed INTEGER NOT NULL)",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
PUT: Final = (
    "INSERT INTO record (account, kind, key, value) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (account, kind, key) DO UPDATE SET value = excluded.value"
)
DELETE: Final = "DELETE FROM record WHERE account = ? AND kind = ? AND key = ?"


class StateError(Exception):
    """A file that the state cannot be kept in, and why.

    Args:
        message: Why.
        busy: Whether another process has the file, so that a later attempt may succeed.
    """

    def __init__(self, message: str, *, busy: bool = False) -> None:
        super().__init__(message)
        self.busy = busy


class Persistence:
    """Keeps one simulator in one file.

    Args:
        world: A simulator that has not been used yet; what the file holds is put into it.
        path: The file; a new one if it is not there.
        patience: Seconds to wait for another process that is about to let go of the file.

    Raises:
        StateError: The file is no such file, in use, or cannot be read or written.
    """

    def __init__(self, world: World, path: Path, patience: float = 2.0) -> None:
        self.path = path
        self._world = world
        self._database = _open(path, patience)
        try:
            self._resume()
        except (sqlite3.Error, ValueError, LookupError) as failure:
            self._database.close()
            raise StateError(f"{path} cannot be read: {failure}") from failure
        world.on_commit.append(self.save)
        world.on_register.append(self._save_token)

    def save(self, changes: Iterable[Change] = ()) -> None:
        """Write what was touched, and what time it is, in one transaction: all of it or, with an error, nothing."""
        touched = {(account, *one): None for account, keys in changes for one in keys}
        with self._database as database:
            _write_records(database, touched)
            self._write_moment(database)

    def close(self) -> None:
        """Write what is left and let go of the file. Closing again does nothing."""
        with self._world.lock:
            if self.save not in self._world.on_commit:
                return
            self._save_everything()
            self._world.on_commit.remove(self.save)
            self._world.on_register.remove(self._save_token)
            self._database.close()

    def _write_moment(self, database: sqlite3.Connection) -> None:
        world = self._world
        database.execute("REPLACE INTO moment VALUES (1, ?, ?)", (world.clock.now(), world.seed))

    def _save_token(self, token: str, grant: Grant) -> None:
        granted = None if grant.scopes is None else sorted(grant.scopes)
        with self._database as database:
            database.execute("REPLACE INTO token VALUES (?, ?, ?)", (token, grant.account, json.dumps(granted)))

    # -- going on

    def _resume(self) -> None:
        world, database = self._world, self._database
        for now, seed in database.execute("SELECT now, seed FROM moment"):
            world.reseed(seed)
            _set_clock(world.clock, now)
        for token, account, scopes in database.execute("SELECT token, account, scopes FROM token"):
            world.register(token, json.loads(scopes), account)
        for name, seed in database.execute("SELECT name, seed FROM account"):
            world.account_named(name).seed = seed
        rows = database.execute("SELECT account, kind, key, value FROM record ORDER BY position")
        for account, kind, key, value in rows:
            world.account_named(account).load(kind, json.loads(key), json.loads(value))
        self._apply_due_events()

    def _apply_due_events(self) -> None:
        """Let happen what became due in the meantime, where time went on."""
        for account in self._world.accounts.values():
            account.take_touched()
        now = self._world.clock.now()
        for account in self._world.accounts.values():
            account.apply_due_events(now)
        self._save_everything()

    def _save_everything(self) -> None:
        self.save([(one, list(one.take_touched())) for one in self._world.accounts.values()])


def _write_records(database: sqlite3.Connection, touched: Iterable[tuple[Account, str, Key]]) -> None:
    deleted: list[tuple[str, str, str]] = []
    changed: list[tuple[str, str, str, str]] = []
    for account, kind, key in touched:
        row = (account.name, kind, json.dumps(key))
        record = account.store(kind).get(key)
        if record is None:
            deleted.append(row)
        else:
            changed.append((*row, json.dumps(record, separators=(",", ":"))))
    database.executemany(DELETE, deleted)
    database.executemany(PUT, changed)
    accounts = {account.name: account.seed for account, _, _ in touched}
    database.executemany("REPLACE INTO account VALUES (?, ?)", accounts.items())


def _set_clock(clock: SimulatorClock, saved: float) -> None:
    """Set the clock: real time went on, other time stood still; neither goes back behind what has happened."""
    if isinstance(clock, RealClock) and clock.speed == 1 and clock.now() >= saved:
        return
    if isinstance(clock, RealClock | ManualClock):
        clock.move_to(saved)


def _open(path: Path, patience: float) -> sqlite3.Connection:
    try:
        if not path.exists():
            path.touch(mode=0o600)  # there may be tokens in it
        # The absolute path, since SQLite gives names such as ":memory:" a meaning. Requests come from several threads,
        # one at a time: the simulator's lock sees to that.
        database = sqlite3.connect(path.absolute(), timeout=patience, check_same_thread=False)
    except (OSError, sqlite3.Error) as failure:
        raise StateError(f"{path} cannot be opened: {failure}") from failure
    try:
        _prepare(database, path)
    except sqlite3.Error as failure:
        database.close()
        busy = failure.sqlite_errorname == "SQLITE_BUSY"
        reason = "is in use by another process" if busy else f"cannot be used: {failure}"
        raise StateError(f"{path} {reason}", busy=busy) from failure
    except StateError:
        database.close()
        raise
    return database


def is_in_use(path: Path) -> bool:
    """Return whether another process has the file.

    Raises:
        StateError: The file is no such file, or cannot be opened.
    """
    if not path.exists():
        return False
    try:
        _open(path, 0).close()
    except StateError as failure:
        if failure.busy:
            return True
        raise
    return False


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Take the file, if it is ours or empty; nothing is written into one that is neither."""
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION:
        raise StateError(f"{path} is a database of another program")
    if tables and version != VERSION:
        raise StateError(f"{path} has version {version} of the format; this doboto reads version {VERSION}")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("BEGIN IMMEDIATE")
    for statement in SCHEMA if not tables else ():
        database.execute(statement)
    database.commit()

"""Where contexts and tokens are kept: our file, doctl's file, and the system's keyring.

Only its owner can read our file, and one command at a time writes it; doctl's is only read.

Through the library keyring, where that is installed, a keyring is used that the library takes for a safe one (priority
1 and above: macOS, Windows, Secret Service, KWallet), or that the user chose, by `PYTHON_KEYRING_BACKEND` or
`keyringrc.cfg`. A file in plain text that the user did not choose is no better than ours. See "Configuring" in its
README.
"""

from __future__ import annotations

import importlib
import os
import stat
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import platformdirs

from ..._json import is_object
from ..errors import Failure, reason

#: What a member of our file, and of a context in it, has to be.
STRUCTURE: Mapping[str, tuple[type, str]] = {
    "current": (str, "the name of a context"),
    "contexts": (dict, "contexts by name"),
    "defaults": (dict, "options and their values"),
}
ENTRY: Mapping[str, tuple[type, str]] = {
    "token": (str, "a text"),
    "url": (str, "a URL"),
    "keyring": (bool, "true or false"),
    "defaults": (dict, "options and their values"),
}
#: Members whose value may be any text.
TEXTS = frozenset({"current", "token"})
#: What stands for nothing, and for true and false (YAML 1.2, section 10.3), where any text is text.
EMPTY: Sequence[Any] = ("", "~", "null", None)
BOOLEANS: Mapping[str, bool] = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
#: Kinds of values in words.
TYPES: Mapping[type, str] = {dict: "a mapping", list: "a list", str: "a text"}
#: The service under which a keyring holds our tokens.
SERVICE = "doboto"
#: The priority of what the library takes for safe.
SAFE = 1.0
#: Characters of a file that are read at most: some, such as devices, have no end.
LONGEST = 1_000_000
OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class HomelessError(Failure):
    """A user without a home folder, as in a container that runs with any number for the user."""


def contexts_file() -> Path:
    """Return where contexts are kept; `DOBOTO_CONFIG` names another file.

    Raises:
        HomelessError: The environment names no file, and the user has no home folder.
    """
    named = os.environ.get("DOBOTO_CONFIG")
    return Path(named) if named else default_file()


def default_file() -> Path:
    """Return where contexts are kept unless the environment says otherwise.

    Raises:
        HomelessError: The user has no home folder.
    """
    try:
        return platformdirs.user_config_path("doboto") / "contexts.yaml"
    except RuntimeError:
        raise HomelessError(
            "you have no home folder to keep contexts in; set HOME, or DOBOTO_CONFIG to a file"
        ) from None


def doctl_files() -> Iterator[Path]:
    """Yield where doctl keeps its own: the user's configuration folder, or that of its snap (doctl's README)."""
    with suppress(RuntimeError):  # without a home folder there are none
        yield platformdirs.user_config_path("doctl", appauthor=False, roaming=True) / "config.yaml"
        yield Path.home() / "snap" / "doctl" / "current" / ".config" / "doctl" / "config.yaml"


def read_contexts(path: Path) -> dict[str, Any]:
    """Read our file; empty where there is none.

    Raises:
        Failure: It can't be read, or is not what it should be.
    """
    found = _check(path, "", read_yaml(path), STRUCTURE)
    contexts = section(found, "contexts")
    for name, entry in contexts.items():
        if not is_object(entry):
            raise Failure(f"{path}: the context {name!r} must be a mapping with a token, not {_name_type(entry)}")
        contexts[name] = _check(path, f"the context {name!r}: ", entry, ENTRY)
    if found.get("current") in EMPTY and found.get("current") not in contexts:
        found.pop("current", None)
    return {**found, "contexts": contexts} if contexts else found


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping; empty where there is none.

    Raises:
        Failure: It can't be read, is no YAML, or holds something else.
    """
    try:
        with path.open(encoding="utf-8") as opened:
            text = opened.read(LONGEST + 1)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as failure:
        why = reason(failure) if isinstance(failure, OSError) else "it is no text in UTF-8"
        raise Failure(f"{path} can't be read: {why}") from None
    if len(text) > LONGEST:
        raise Failure(f"{path} can't be read: it has more than {LONGEST} characters")
    from ..schema.values import load_yaml

    try:
        found = load_yaml(text, numbers=False)
    except ValueError as failure:
        raise Failure(f"{path} is not valid YAML: {failure}") from None
    if found in EMPTY:
        return {}
    if not is_object(found):
        raise Failure(f"{path} must hold a mapping, not {_name_type(found)}")
    return dict(found)


def section(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a mapping inside of a mapping; empty where there is none."""
    found = holder.get(name)
    return dict(found) if is_object(found) else {}


def _check(
    path: Path, where: str, found: Mapping[str, Any], structure: Mapping[str, tuple[type, str]]
) -> dict[str, Any]:
    """Check members, and return them with true and false for what is either; without those that are empty."""
    checked = dict(found)
    for name, (kind, wanted) in structure.items():
        value = checked.get(name)
        if value is None or (value in EMPTY and name not in TEXTS):
            checked.pop(name, None)
            continue
        if kind is bool and isinstance(value, str):
            checked[name] = value = BOOLEANS.get(value.lower(), value)
        if not isinstance(value, kind):
            raise Failure(f"{path}: {where}{name} must be {wanted}, not {_name_type(value)}")
    return checked


def _name_type(value: object) -> str:
    """Name the kind of a value, and never the value, which may be a token."""
    return "empty" if value in EMPTY else TYPES.get(type(value), f"a {type(value).__name__}")


def write_yaml(path: Path, content: Mapping[str, Any]) -> None:
    """Write a locked file of YAML as `write_private` does."""
    import yaml

    write_private(path, yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True))


def write_private(path: Path, text: str) -> None:
    """Write a locked file that is never readable by others, wholly or not at all; a symbolic link to it stays one.

    The text is first in a hidden file, always of one name, so that what a killed command leaves there, which may be
    a token, is gone with the next write.
    """
    path = _find_target(path)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _find_target(path: Path) -> Path:
    """Return the file that a path leads to, which may not be there yet.

    Raises:
        Failure: It is a device, a pipe or a folder: a file that is put in its place would end it for everybody.
    """
    found = Path(os.path.realpath(path))
    if found.exists() and not found.is_file():
        through = "" if found == path else f", which {path} leads to,"
        raise Failure(f"{found}{through} is no file that can be replaced, so nothing is kept there")
    return found


@contextmanager
def lock(path: Path) -> Generator[None, None, None]:
    """Lock the file: another command that wants to write it waits until this one is done."""
    path = _find_target(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.with_name(f".{path.name}.lock").open("a", encoding="ascii") as opened:
        _lock_handle(opened.fileno())
        yield  # closing the file unlocks it


def _lock_handle(handle: int) -> None:
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
        return
    msvcrt = importlib.import_module("msvcrt")  # waits ten seconds at most, a second between attempts
    msvcrt.locking(handle, msvcrt.LK_LOCK, 1)


def find_exposure(path: Path, content: Mapping[str, Any] | None = None) -> str | None:
    """Find what is wrong with who may read or change a file of tokens.

    Args:
        path: The file.
        content: What it holds, if that is known: without a token in it, reading it does no harm.

    Returns:
        The problem and what to do, or None.
    """
    if os.name != "posix" or not path.exists():
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS_WRITE:
        return f"{path} can be changed by others (mode {mode:03o}); chmod 600 it"
    if mode & OTHERS_READ and (content is None or "token" in str(content)):
        return f"{path} can be read by others (mode {mode:03o}) and holds tokens; chmod 600 it"
    folder = Path(os.path.realpath(path)).parent
    mode = folder.stat().st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        mode = stat.S_IMODE(mode)
        return f"{folder} can be changed by everybody (mode {mode:03o}), who can replace {path.name}; chmod 700 it"
    return None


# -- the keyring


class KeyringError(Exception):
    """A keyring that does not give a token."""


def put_token(name: str, token: str) -> bool:
    """Keep a token; False where there is no keyring that does."""
    try:
        library = _import_keyring()
        if not _is_trusted(library):
            return False
        library.set_password(SERVICE, name, token)
        return bool(library.get_password(SERVICE, name) == token)  # the backend `null` takes all and keeps nothing
    except Exception:  # a locked keyring, a user who said no: the file still works
        return False


def get_token(name: str) -> str:
    """Return the token that is kept.

    Raises:
        KeyringError: There is none, or the keyring is not there any more, or locked.
    """
    try:
        token = _import_keyring().get_password(SERVICE, name)
    except ModuleNotFoundError as failure:
        raise KeyringError(f"{failure.name} is not installed") from failure
    except Exception as failure:  # backends raise errors of their own
        raise KeyringError(_describe_keyring_error(failure)) from failure
    if not token:
        raise KeyringError("which does not have it")
    return str(token)


def remove_token(name: str) -> str | None:
    """Forget a token; what is in the way, if something is."""
    try:
        library = _import_keyring()
        if library.get_password(SERVICE, name):
            library.delete_password(SERVICE, name)
    except ModuleNotFoundError as failure:
        return f"{failure.name} is not installed"
    except Exception as failure:  # backends raise errors of their own
        return _describe_keyring_error(failure)
    return None


def _describe_keyring_error(failure: Exception) -> str:
    """Describe an error of a backend, with its type: some have no text."""
    text = " ".join(str(failure).split())
    return f"{type(failure).__name__}: {text}" if text else type(failure).__name__


def _import_keyring() -> Any:
    return importlib.import_module("keyring")


def _is_trusted(library: Any) -> bool:
    if float(library.get_keyring().priority) >= SAFE:
        return True
    core = importlib.import_module("keyring.core")
    return bool(core.load_env() or core.load_config())

"""Named accounts: a token and perhaps a URL each, in a file that only its owner can read; and doctl's, read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from ..._json import is_object
from ..errors import NOT_FOUND, REFUSED, UNAUTHORIZED, Failure, reason
from . import keyring

PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Named:
    """A named account without its token.

    Attributes:
        name: Its name.
        source: Who keeps it: `doboto`, `keyring` (ours, its token there) or `doctl`.
        url: The API's base URL, or None for DigitalOcean's.
    """

    name: str
    source: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """A named account with its token; the other attributes are those of `Named`."""

    name: str
    source: str
    token: str
    url: str | None = None

    def __repr__(self) -> str:
        return f"Context({self.name!r}, {self.source!r})"


def file() -> Path:
    """Where contexts are kept; `DOBOTO_CONFIG` names another file."""
    named = os.environ.get("DOBOTO_CONFIG")
    return Path(named) if named else _usual()


def _usual() -> Path:
    return platformdirs.user_config_path("doboto") / "contexts.yaml"


def _under(name: str) -> str:
    """What a keyring has the token of a context under; contexts of another file are other contexts."""
    return name if file() == _usual() else f"{name} in {file().absolute()}"


def doctl_files() -> Iterator[Path]:
    """Where doctl keeps its own: the user's configuration folder, or that of its snap (doctl's README)."""
    yield platformdirs.user_config_path("doctl", appauthor=False, roaming=True) / "config.yaml"
    yield Path.home() / "snap" / "doctl" / "current" / ".config" / "doctl" / "config.yaml"


def exposed() -> str | None:
    """What is wrong with who may read the file, or None."""
    path = file()
    if os.name != "posix" or not path.exists():
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & 0o077:
        return None
    return f"{path} can be read by others (mode {mode:03o}) and holds tokens; chmod 600 it"


class Contexts:
    """All contexts: ours, and doctl's, where ours have no such name."""

    def __init__(self) -> None:
        self._ours: dict[str, Any] = _read(file())
        self._doctl: dict[str, Any] = _first(doctl_files())

    @property
    def current(self) -> str | None:
        """The name of the context that is used when none is named."""
        theirs = self._doctl.get("context", "default") if self._doctl else None
        name = self._ours.get("current") or theirs
        return None if name is None else str(name)

    def names(self) -> list[str]:
        """Their names, sorted."""
        return sorted({*self._entries(), *self._doctl_tokens()})

    def named(self, name: str) -> Named:
        """The context of that name, without its token: no keyring is asked.

        Raises:
            Failure: There is none.
        """
        entry = self._entries().get(name)
        if entry is not None:
            return Named(name, "keyring" if entry.get("keyring") else "doboto", entry.get("url"))
        if name in self._doctl_tokens():
            return Named(name, "doctl")
        there = f"; there is {', '.join(self.names())}" if self.names() else ": doboto auth init makes one"
        raise Failure(f"no context {name!r}{there}", NOT_FOUND.code)

    def get(self, name: str) -> Context:
        """The context of that name.

        Raises:
            Failure: There is none, or the keyring does not give its token.
        """
        found = self.named(name)
        return Context(name, found.source, self._token(found), found.url)

    def put(self, name: str, token: str, url: str | None) -> Named:
        """Keep a context, and make it the current one."""
        entry: dict[str, Any] = {"url": url} if url else {}
        entry |= {"keyring": True} if keyring.put(_under(name), token) else {"token": token}
        self._ours = {"current": name, "contexts": {**self._entries(), name: entry}}
        _write(file(), self._ours)
        return self.named(name)

    def switch(self, name: str) -> Named:
        """Make a context the current one."""
        found = self.named(name)
        self._ours = {"current": name, "contexts": dict(self._entries())}
        _write(file(), self._ours)
        return found

    def remove(self, name: str) -> str | None:
        """Forget a context of ours and its token.

        Returns:
            What of it is left, if the keyring does not let go of its token.

        Raises:
            Failure: There is none, or doctl keeps it.
        """
        found = self.named(name)
        if found.source == "doctl":
            raise Failure(f"doctl keeps the context {name!r}: doctl auth remove --context {name}", REFUSED.code)
        left = keyring.remove(_under(name)) if found.source == "keyring" else None
        kept = {**self._ours, "contexts": {one: entry for one, entry in self._entries().items() if one != name}}
        self._ours = {key: value for key, value in kept.items() if (key, value) != ("current", name)}
        _write(file(), self._ours)
        return left

    def _token(self, context: Named) -> str:
        if context.source == "doctl":
            return self._doctl_tokens()[context.name]
        if context.source == "doboto":
            return str(self._entries()[context.name].get("token", ""))
        try:
            return keyring.get(_under(context.name))
        except keyring.NotGiven as failure:
            raise Failure(
                f"the context {context.name!r} has its token in a keyring: {failure}; doboto auth init keeps it anew",
                UNAUTHORIZED.code,
            ) from failure

    def _entries(self) -> Mapping[str, Any]:
        found = self._ours.get("contexts")
        return found if is_object(found) else {}

    def _doctl_tokens(self) -> dict[str, str]:
        """Doctl keeps the token of its context `default` apart from the others."""
        others = self._doctl.get("auth-contexts")
        tokens = {"default": self._doctl.get("access-token"), **(others if is_object(others) else {})}
        return {name: token for name, token in tokens.items() if isinstance(token, str) and token}


def _first(paths: Iterator[Path]) -> dict[str, Any]:
    for path in paths:
        if found := _read(path):
            return found
    return {}


def _read(path: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as failure:
        raise Failure(f"{path} can't be read: {reason(failure)}") from failure
    return dict(found) if is_object(found) else {}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write it whole or not at all; it is never readable by others, not even while it is written."""
    import yaml

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w", encoding="utf-8") as opened:
        yaml.safe_dump(dict(content), opened, sort_keys=False)
    new.replace(path)

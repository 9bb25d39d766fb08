"""Tokens in the system's keyring, through the library keyring where that is installed.

A keyring is used that the library takes for a safe one (priority 1 and above: macOS, Windows, Secret Service, KWallet),
or that somebody chose, by `PYTHON_KEYRING_BACKEND` or `keyringrc.cfg`. A file in plain text that nobody chose is no
better than ours. See "Configuring" in the library's README.
"""

from __future__ import annotations

import importlib
from typing import Any

#: The service under which a keyring holds our tokens.
SERVICE = "doboto"
#: The priority of what the library takes for safe.
SAFE = 1.0


class NotGiven(Exception):
    """A keyring that does not give a token."""


def put(name: str, token: str) -> bool:
    """Keep a token; False where there is no keyring that does."""
    try:
        library = _library()
        if not _usable(library):
            return False
        library.set_password(SERVICE, name, token)
        return bool(library.get_password(SERVICE, name) == token)  # the backend `null` takes all and keeps nothing
    except Exception:  # a locked keyring, a user who said no: the file still works
        return False


def get(name: str) -> str:
    """Return the token that is kept.

    Raises:
        NotGiven: There is none, or the keyring is not there any more, or locked.
    """
    try:
        token = _library().get_password(SERVICE, name)
    except ModuleNotFoundError as failure:
        raise NotGiven(f"{failure.name} is not installed") from failure
    except Exception as failure:  # backends raise errors of their own
        raise NotGiven(f"{type(failure).__name__} {str(failure).partition('. ')[0]}".strip()) from failure
    if not token:
        raise NotGiven("which does not have it")
    return str(token)


def remove(name: str) -> str | None:
    """Forget a token; what is in the way, if something is."""
    try:
        library = _library()
        if library.get_password(SERVICE, name):
            library.delete_password(SERVICE, name)
    except ModuleNotFoundError as failure:
        return f"{failure.name} is not installed"
    except Exception as failure:  # backends raise errors of their own
        return f"{type(failure).__name__} {str(failure).partition('. ')[0]}".strip()
    return None


def _library() -> Any:
    return importlib.import_module("keyring")


def _usable(library: Any) -> bool:
    if float(library.get_keyring().priority) >= SAFE:
        return True
    core = importlib.import_module("keyring.core")
    return bool(core.load_env() or core.load_config())

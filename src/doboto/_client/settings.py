"""A client's settings from the environment, their defaults, and what the clients of one token share."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, MutableMapping
from typing import Final
from weakref import WeakValueDictionary

from .._core.forks import renew_in_forks
from .._core.limiter import Limiter
from .._core.ownership import OwnershipRegistry
from .._io.protocol import Clock
from .._session.secret import Secret
from .._version import VERSION
from ..errors import DOBOTOConfigurationException

URL: Final = "https://api.digitalocean.com/v2/"
AGENT: Final = f"doboto/{VERSION}"
#: Connections of one client at most. Sixteen list 10,000 Droplets in five rounds of requests instead of fifty.
CONNECTIONS: Final = 16
#: Bytes of a response's body: six times the largest page, and less than 200 MB decoded in the worst case.
MAX_RESPONSE_SIZE: Final = 6 * 1024 * 1024
#: Where a token is looked for: the name that DigitalOcean's documentation uses, then doctl's.
VARIABLES: Final = ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN")
#: Where the base URL is looked for: ours, then the one of DigitalOcean's Go tools.
URL_VARIABLES: Final = ("DOBOTO_URL", "DIGITALOCEAN_API_URL")
#: A token is visible ASCII: no line break that would end its header, nothing that could be encoded in several ways.
TOKEN: Final = re.compile(r"[!-~]+")


def token_or_environment(token: object, environment: Mapping[str, str]) -> str:
    """Return the token that was given, or the environment's.

    Raises:
        DOBOTOConfigurationException: There is none, or it is not a token. The message does not show it.
    """
    if not isinstance(token, str | None):
        raise DOBOTOConfigurationException(f"the token must be text, not {type(token).__name__}")
    given = (token, *(environment.get(name) for name in VARIABLES))
    found = next((one.strip() for one in given if one and one.strip()), None)
    if found is None:
        raise DOBOTOConfigurationException(
            "no API token: pass DO(token=...), or set the environment variable DIGITALOCEAN_TOKEN. "
            "A token is made at https://cloud.digitalocean.com/account/api/tokens; "
            "DO.simulated() needs none"
        )
    if not TOKEN.fullmatch(found):
        del token, environment, given, found  # the traceback's frame does not show it either
        raise DOBOTOConfigurationException("the token must be of visible ASCII characters, on one line")
    return found


def url_or_environment(url: str | None, environment: Mapping[str, str]) -> str:
    """Return the base URL that was given, else the environment's, else DigitalOcean's."""
    if url is not None:
        return url
    return next((found for name in URL_VARIABLES if (found := environment.get(name, "").strip())), URL)


def is_simulated(environment: Mapping[str, str]) -> bool:
    """Return whether the environment asks for a simulated account.

    Raises:
        DOBOTOConfigurationException: It says neither yes nor no.
    """
    text = environment.get("DOBOTO_SIM", "").strip().lower()
    if text not in {"", "0", "1", "no", "yes", "false", "true"}:
        raise DOBOTOConfigurationException(f"DOBOTO_SIM is {text!r}: neither 1 nor 0")
    return text in {"1", "yes", "true"}


class Shared:
    """What all clients of one token and URL share in this process.

    Attributes:
        limiter: Keeps all of them together within the rate limit.
        ownership: Keeps them from taking each other's resources where responses were lost.
    """

    __slots__ = ("__weakref__", "limiter", "ownership")

    def __init__(self) -> None:
        self.limiter = Limiter()
        self.ownership = OwnershipRegistry()


class _SharedStates:
    """What the clients of each token share, by what identifies it."""

    def __init__(self) -> None:
        self._states: MutableMapping[tuple[int, str], Shared] = WeakValueDictionary()
        self.renew()
        renew_in_forks(self)

    def renew(self) -> None:
        """Make a new lock, in a forked process: another thread may have held the old one."""
        self._lock = threading.RLock()  # a handler of a signal may come here again

    def get(self, key: tuple[int, str]) -> Shared:
        """Return the state, a new one if there is none."""
        with self._lock:
            return self._states.get(key) or self._states.setdefault(key, Shared())


_shared = _SharedStates()


def account_digest(token: Secret, url: str) -> str:
    """Return a text that is the same for all clients of one token and URL, and does not reveal the token."""
    import hashlib  # only a shared rate limit needs it; its import costs 3 ms

    return hashlib.sha256(f"{url}\n{token.reveal()}".encode()).hexdigest()


def shared_state(token: Secret, url: str, clock: Clock) -> Shared:
    """Return what the clients of a token share; it lives as long as one of them does."""
    timeline = getattr(clock, "timeline", type(clock).__qualname__)  # simulated time has nothing to do with real time
    key = (hash((url, token.reveal())), str(timeline))  # of this process only: no key holds the token
    return _shared.get(key)

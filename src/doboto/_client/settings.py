"""A client's settings: base URL, token, and what the clients of one token share."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from .._core.limiter import Limiter
from .._core.recovery import OwnershipRegistry
from .._io.protocol import Clock
from .._session.secret import Secret
from .._version import VERSION
from ..errors import DOBOTOConfigurationException
from .checks import is_loopback, is_reachable

URL: Final = "https://api.digitalocean.com/v2/"
AGENT: Final = f"doboto/{VERSION}"
#: Connections of one client at most. Sixteen list 10,000 Droplets in five rounds of requests instead of fifty.
CONNECTIONS: Final = 16
#: Bytes of a response's body: six times the largest page, and less than 200 MB decoded, whatever it holds.
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


def base_url(url: str, *, allow_http: bool) -> str:
    """Return the base URL up to and including `/v2`, however it was written.

    Raises:
        DOBOTOConfigurationException: It is not an http or https URL, has a user, query or fragment, or would send
            the token unencrypted to another machine.
    """
    if not is_reachable(url):
        raise DOBOTOConfigurationException(f"not an http or https URL: {url!r}")
    parts = urlsplit(url)
    if not url.isascii():
        raise DOBOTOConfigurationException(f"the URL must be ASCII; write the host's IDNA form: {url!r}")
    if parts.username is not None or parts.query or parts.fragment:
        raise DOBOTOConfigurationException("the URL must have no user, query or fragment")
    if parts.scheme == "http" and not (allow_http or is_loopback(parts.hostname or "")):
        raise DOBOTOConfigurationException(
            f"http:// would send the token unencrypted to {parts.hostname}; "
            "use https:// (allow_http=True permits it in Python)"
        )
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path if path.endswith('/v2') else path + '/v2'}"


def check_proxy(url: str, proxy: str | None, *, allow_http: bool) -> None:
    """Refuse a proxy that would be sent the token unencrypted, unless that is allowed.

    A proxy of the environment is not concerned: it is not used for loopback addresses, and `http://` to any other host
    is allowed explicitly.

    Raises:
        DOBOTOConfigurationException: Both the API and the proxy are reached over plain HTTP. The message does not show
            the proxy's URL, which may hold a password.
    """
    if proxy and not allow_http and urlsplit(url).scheme == urlsplit(proxy).scheme == "http":
        raise DOBOTOConfigurationException(
            "the proxy would be sent the token unencrypted; use https:// for it or for the API, or pass allow_http=True"
        )


@dataclass(slots=True, weakref_slot=True)
class Shared:
    """What all clients of one token and URL share in this process.

    Attributes:
        limiter: Keeps all of them together within the rate limit.
        ownership: Keeps them from taking each other's resources where responses were lost.
    """

    limiter: Limiter = field(default_factory=Limiter)
    ownership: OwnershipRegistry = field(default_factory=OwnershipRegistry)


_shared: MutableMapping[tuple[int, str], Shared] = WeakValueDictionary()
_lock = threading.Lock()


def account_of(token: Secret, url: str) -> str:
    """Return a text that is the same for all clients of one token and URL, and does not reveal the token."""
    import hashlib  # only a shared rate limit needs it; its import costs 3 ms

    return hashlib.sha256(f"{url}\n{token.reveal()}".encode()).hexdigest()


def shared_by(token: Secret, url: str, clock: Clock) -> Shared:
    """Return what the clients of a token share; it lives as long as one of them does."""
    timeline = getattr(clock, "timeline", type(clock).__qualname__)  # simulated time has nothing to do with real time
    key = (hash((url, token.reveal())), str(timeline))  # of this process only: no key holds the token
    with _lock:
        found = _shared.get(key)
        if found is None:
            found = _shared[key] = Shared()
        return found

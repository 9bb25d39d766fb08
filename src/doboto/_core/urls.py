"""Base URLs and proxies: which are valid, and which would send the token unencrypted."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..errors import DOBOTOConfigurationException

#: User and password in a URL, which no message shows.
CREDENTIALS = r"//[^/?#]*@"


def base_url(url: str, *, allow_http: bool) -> str:
    """Return the base URL up to and including `/v2`, however it was written.

    Raises:
        DOBOTOConfigurationException: It is not an http or https URL, has a user, query or fragment, or would send
            the token unencrypted to another machine.
    """
    if not is_reachable(url):
        raise _invalid(url, "not an http or https URL with a valid host and port")
    parts = urlsplit(url)
    if not url.isascii():
        raise _invalid(url, "the URL must be ASCII; write the host's IDNA form")
    if parts.username is not None or parts.query or parts.fragment:
        raise _invalid(url, "the URL must have no user, query or fragment")
    if parts.scheme == "http" and not (allow_http or is_loopback(parts.hostname or "")):
        raise _invalid(
            url,
            f"http:// would send the token unencrypted to {parts.hostname}; "
            "use https:// (allow_http=True permits it in Python)",
        )
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path if path.endswith('/v2') else path + '/v2'}"


def _invalid(url: object, reason: str) -> DOBOTOConfigurationException:
    shown = re.sub(CREDENTIALS, "//***@", url) if isinstance(url, str) else url
    return DOBOTOConfigurationException(f"invalid URL {shown!r}: {reason}", parameter="url")


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


def is_reachable(url: object) -> bool:
    """Return whether it is an http or https URL with a host, and with a valid port if it has one."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, or half an IPv6 address
        return False
    return valid and parts.scheme in {"http", "https"} and not any(letter.isspace() for letter in url)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself: localhost, a name below it, or a loopback address."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    from ipaddress import ip_address  # only plain HTTP and proxies need it

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

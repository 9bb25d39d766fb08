"""Which proxy a URL goes through."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit

from .._checks import is_reachable
from ..errors import DOBOTOConfigurationException


def proxy_for(url: str, proxy: str | None) -> str | None:
    """The proxy's URL or None: the one that was set, else what the environment says (`HTTPS_PROXY`, `NO_PROXY`).

    Args:
        url: The API's base URL.
        proxy: A proxy's URL; "" for none; None to follow the environment.

    Raises:
        DOBOTOConfigurationException: The environment's is none that is spoken to over HTTP. The message does not show
            it, for it may hold a password.
    """
    if proxy is not None:
        return proxy or None
    if not _settings():
        return None
    from urllib.request import getproxies, proxy_bypass  # the standard library knows each platform's settings

    parts = urlsplit(url)
    found = getproxies()
    chosen = found.get(parts.scheme) or found.get("all")
    if not chosen or proxy_bypass(parts.netloc) or proxy_bypass(parts.hostname or ""):
        return None
    chosen = chosen if "://" in chosen else f"http://{chosen}"
    if not is_reachable(chosen):  # SOCKS, as ALL_PROXY often has it
        raise DOBOTOConfigurationException('the environment\'s proxy is no http or https URL; proxy="" goes without')
    return chosen


def _settings() -> bool:
    """Whether there may be any: asking the standard library for them loads a dozen modules."""
    return sys.platform in {"win32", "darwin"} or any(name.lower().endswith("_proxy") for name in os.environ)

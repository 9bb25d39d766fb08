"""The client that a command talks through, as the settings say: a token and its URL, or the simulated account."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..._settings import VARIABLES
from ...errors import DOBOTOConfigurationException
from ..errors import Failure, lacking, line_of
from ..settings import Settings

if TYPE_CHECKING:
    from ...client import DO

#: The token of the simulated account; each other text would be another account.
SIMULATED = "simulated"


def open_client(settings: Settings, **more: Any) -> DO:
    """Make a client of the account that the settings name.

    Raises:
        Failure: There is no token, or the simulator is not installed.
    """
    if settings.sim:
        return _simulated(settings, **more)
    from ... import DO

    token, url = account(settings)
    if url is not None:
        more["url"] = url
    try:
        return DO(token, **more)
    except DOBOTOConfigurationException as failure:
        raise Failure(line_of(failure), 4) from failure


def account(settings: Settings) -> tuple[str, str | None]:
    """Token and URL: the option's, then the named context's, then the environment's, then the current context's.

    Raises:
        Failure: There is no token anywhere.
    """
    if settings.token:
        return settings.token, settings.url
    in_environment = next((os.environ[name] for name in VARIABLES if os.environ.get(name, "").strip()), None)
    if in_environment and not settings.context:
        return in_environment, settings.url
    from .contexts import Contexts

    contexts = Contexts()
    name = settings.context or contexts.current
    if name is None or (not settings.context and name not in contexts.names()):
        raise Failure(
            "no token: doboto auth init keeps one, DIGITALOCEAN_TOKEN or --token gives one, --sim needs none", 4
        )
    found = contexts.get(name)
    return found.token, settings.url or found.url


def _simulated(settings: Settings, **more: Any) -> DO:
    from ... import DO

    try:
        from .simulated import LocalAccount, speed, state_file
    except (ModuleNotFoundError, DOBOTOConfigurationException) as missing:
        raise lacking("the simulated account", missing, "sim") from missing
    local = LocalAccount(state_file(), speed())
    return DO(settings.token or SIMULATED, local.url, transport=local, clock=local, **more)

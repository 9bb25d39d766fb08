"""The account that a command uses, and the client for it: a token and its URL, or the simulated account."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from ...client import TOKEN_VARIABLES
from ...errors import DOBOTOConfigurationException
from ..errors import UNAUTHORIZED, USAGE, Failure, explain_missing, line_of
from ..output.text import clean, write_notice
from ..settings import CliSettings

if TYPE_CHECKING:
    from ...client import DO
    from .contexts import Contexts

#: The token of the simulated account; each other text would be another account.
SIMULATED = "simulated"
#: Stands for a token that is not known yet.
UNKNOWN_TOKEN = "unknown"  # noqa: S105 - never sent
NO_TOKEN = "no token; keep one with doboto auth init, set DIGITALOCEAN_TOKEN, or pass --token; --sim needs none"  # noqa: S105


class AccountSource(NamedTuple):
    """Which account a command uses, without its token.

    Attributes:
        source: What names it: `option` (--token), `environment`, `context`, `simulated`, or `none`.
        name: The name of the variable or of the context.
        url: The API's base URL, or None for DigitalOcean's.
    """

    source: str
    name: str = ""
    url: str | None = None

    def __str__(self) -> str:
        """Return the account as a question or `auth list` names it: `context work`."""
        text = {
            "option": "the account of --token",
            "environment": f"the account of {self.name}",
            "context": f"context {self.name}",
            "simulated": "the simulated account",
            "none": "no account",
        }[self.source]
        return f"{text} at {urlsplit(self.url).netloc}" if self.url else text


def find_account(settings: CliSettings, contexts: Contexts | None = None) -> AccountSource:
    """Find the account that counts: an option's, then a named context, the environment's, the current context.

    Raises:
        Failure: A named context does not exist, or the file of contexts can't be read.
    """
    if settings.sim:
        return AccountSource("simulated")
    if settings.token:
        return AccountSource("option", "--token", settings.url)
    variable = next((name for name in TOKEN_VARIABLES if os.environ.get(name, "").strip()), None)
    if variable and not settings.context:
        return AccountSource("environment", variable, settings.url)
    if contexts is None:
        from .contexts import Contexts

        contexts = Contexts()
    name = settings.context or contexts.current
    if name is None or (not settings.context and name not in contexts.names()):
        return AccountSource("none", url=settings.url)
    return AccountSource("context", name, settings.url or contexts.info(name).url)


def find_defaults(settings: CliSettings) -> dict[str, Any]:
    """Find the defaults of the account that a command uses: its context's come before those for all accounts.

    Args:
        settings: They name the account.

    Returns:
        Values by name: texts, a list of texts for `ssh_keys`; only those that are set.

    Raises:
        Failure: The file holds a default that there is not, or a value of another type.
    """
    from .contexts import Contexts, check_defaults

    contexts = Contexts()
    account = find_account(settings, contexts)
    values = dict(contexts.defaults)
    if account.source == "context":
        values |= contexts.defaults_of(account.name)
    return check_defaults(values)


def find_token(settings: CliSettings) -> tuple[str, str | None]:
    """Find the token and the URL of the account; warn where others can read the file that it is from.

    Raises:
        Failure: There is no token anywhere.
    """
    if settings.token:
        return settings.token, settings.url
    account = find_account(settings)
    if account.source == "environment":
        return os.environ[account.name], account.url
    from .contexts import Contexts

    contexts = Contexts()
    if account.source != "context":
        check_url(settings)
        if contexts.lost is not None:
            contexts.info(contexts.lost)
        known = ", ".join(contexts.names())
        text = f"no context is the current one; choose with doboto auth switch or --context: {known}"
        problem = f"; {contexts.problem}" if contexts.problem else ""
        raise Failure(text if known else f"{NO_TOKEN}{problem}", UNAUTHORIZED.code)
    warn(contexts.find_exposure(account.name), settings)
    return contexts.get(account.name).token, account.url


def check_url(settings: CliSettings) -> None:
    """Refuse a URL that cannot be right, before anything else is looked at.

    Raises:
        Failure: It cannot.
    """
    if settings.url is not None:
        open_client(settings._replace(token=UNKNOWN_TOKEN, sim=False)).close()


def warn(problem: str | None, settings: CliSettings) -> None:
    """Warn on standard error, in the form that the settings ask for."""
    if problem and not settings.quiet:
        text = f"doboto: warning: {problem}"
        write_notice(json.dumps({"event": "warning", "message": text}) if settings.machine else clean(text))


def with_deadline(do: DO, seconds: float | None) -> DO:
    """Return the client with a deadline for all its calls together.

    Args:
        do: The client.
        seconds: What `--timeout` says; None where it was not given, 0 to look once: neither is a deadline.
    """
    return do.with_options(deadline=seconds) if seconds else do


def open_client(settings: CliSettings, **more: Any) -> DO:
    """Make a client of the account that the settings name.

    Raises:
        Failure: There is no token, the URL can't be right, or the simulator is not installed.
    """
    if settings.retries is not None and "retry" not in more:
        from ... import Retry

        more["retry"] = Retry(attempts=settings.retries + 1)
    if settings.sim:
        return _open_simulated(settings, **more)
    from ... import DO

    token, url = find_token(settings)
    if url is not None:
        more["url"] = url
    try:
        return DO(token, **more)
    except DOBOTOConfigurationException as failure:
        found = USAGE if failure.parameter == "url" and url is not None else UNAUTHORIZED
        raise Failure(line_of(failure), found.code) from failure


def _open_simulated(settings: CliSettings, **more: Any) -> DO:
    from ... import DO

    try:
        from .simulated import LocalAccount, speed, state_file
    except (ModuleNotFoundError, DOBOTOConfigurationException) as missing:
        raise explain_missing("the simulated account", missing, "sim") from missing
    local = LocalAccount(state_file(), speed())
    return DO(settings.token or SIMULATED, local.url, transport=local, clock=local, **more)

"""The account that a plugin works on: the options that name it, and the client."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible_collections.doboto.droplets.plugins.module_utils.read_only import ReadOnlyTransport

try:
    import doboto

    HAS_DOBOTO, MISSING = True, ""
except ImportError as missing:  # the module says which library is needed
    HAS_DOBOTO, MISSING = False, str(missing)

#: Where the token is looked for when it is not given: DigitalOcean's name, doctl's, and that of DOBOTO's old modules.
TOKENS = ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN", "DO_API_TOKEN")
#: Where the base URL is looked for, as the command line does.
URL = "DOBOTO_URL"

#: The options, as C(AnsibleModule) takes them.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "token": {"type": "str", "no_log": True},
    "url": {"type": "str"},
    "ca_file": {"type": "path"},
}


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The options that the environment gives.

    Args:
        variables: The environment's variables; by default this process's.
    """
    variables = os.environ if variables is None else variables
    token = next((variables[name] for name in TOKENS if variables.get(name)), None)
    found = {"token": token, "url": variables.get(URL)}
    return {name: value for name, value in found.items() if value}


def connect(options: Mapping[str, Any], *, read_only: bool = False) -> doboto.DO:
    """Make the client that the options describe; nothing is sent yet.

    Args:
        options: C(token), C(url) and C(ca_file); one that is None or missing has the client's default.
        read_only: If true, the client refuses to send what would change something.

    Raises:
        DOBOTOConfigurationException: There is no token, or an option is invalid.
    """
    given = {name: options[name] for name in ARGUMENTS if options.get(name)}
    wrap = ReadOnlyTransport if read_only else None
    return doboto.DO(agent=f"doboto/{doboto.__version__} ansible", wrap_transport=wrap, **given)

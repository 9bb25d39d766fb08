"""Values of options that the file of contexts keeps, for all accounts or for one: region, size, image, SSH keys, user.

```yaml
defaults: {region: fra1}
contexts:
  work:
    token: ...
    defaults: {size: s-1vcpu-1gb, image: ubuntu-24-04-x64, ssh_keys: [laptop], ssh_user: deploy}
```
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._json import is_array
from ..errors import USAGE, Failure
from ..settings import CliSettings
from ..suggest import suggestion
from .client import find_account
from .contexts import Contexts
from .storage import contexts_file

#: Each default, with what it is used for.
DEFAULTS: Mapping[str, str] = {
    "region": "the region of new Droplets",
    "size": "the size of new Droplets",
    "image": "the image of new Droplets",
    "ssh_keys": "the SSH keys of new Droplets, by id, name or fingerprint",
    "ssh_user": "the user of doboto droplet ssh",
}
#: Those that are lists.
LISTS = frozenset({"ssh_keys"})


def find_defaults(settings: CliSettings) -> dict[str, Any]:
    """Find the defaults of the account that a command uses: its context's come before those for all accounts.

    Args:
        settings: They name the account.

    Returns:
        Values by name: texts, a list of texts for `ssh_keys`; only those that are set.

    Raises:
        Failure: The file holds a default that there is not, or a value of another type.
    """
    contexts = Contexts()
    account = find_account(settings, contexts)
    values = dict(contexts.defaults)
    if account.source == "context":
        values |= contexts.defaults_of(account.name)
    return check_defaults(values)


def check_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """Check defaults as the file holds them.

    Raises:
        Failure: One does not exist, or its value is of another type.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        key = str(name).replace("-", "_")
        if key not in DEFAULTS:
            raise Failure(f"{contexts_file()}: no default {str(name)!r}{suggestion(key, DEFAULTS)}")
        items: Sequence[Any] = value if is_array(value) else [value]
        if (is_array(value) and key not in LISTS) or not all(_is_scalar(item) for item in items):
            wanted = "a list of texts" if key in LISTS else "a text"
            raise Failure(f"{contexts_file()}: the default {key} must be {wanted}")
        found[key] = [str(item) for item in items] if key in LISTS else str(value)
    return found


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def parse_defaults(arguments: Sequence[str]) -> dict[str, Any]:
    """Parse arguments of the form `region=fra1`, `ssh-keys=laptop,desk`; `region=` removes a default.

    Raises:
        Failure: One has another form, or names a default that there is not.
    """
    found: dict[str, Any] = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        key = name.replace("-", "_")
        if not equals:
            raise Failure(f"invalid default {argument!r}: write NAME=VALUE, as in region=fra1", USAGE.code)
        if key not in DEFAULTS:
            raise Failure(f"no default {name!r}{suggestion(key, DEFAULTS)}", USAGE.code)
        items = [part.strip() for part in value.split(",") if part.strip()]
        found[key] = (items or None) if key in LISTS else (value.strip() or None)
    return found

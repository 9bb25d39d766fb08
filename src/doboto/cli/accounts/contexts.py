"""Named accounts, called contexts as in doctl: a token, perhaps a URL, and defaults of options each; ours and doctl's.

```yaml
defaults: {region: fra1}
contexts:
  work:
    token: ...
    defaults: {size: s-1vcpu-1gb, image: ubuntu-24-04-x64, ssh_keys: [laptop], ssh_user: deploy}
```
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ..._json import is_array, is_object
from ..errors import NOT_FOUND, REFUSED, UNAUTHORIZED, USAGE, Failure, suggestion
from .storage import (
    HomelessError,
    KeyringError,
    contexts_file,
    default_file,
    doctl_files,
    find_exposure,
    get_token,
    lock,
    put_token,
    read_contexts,
    read_yaml,
    remove_token,
    section,
    write_yaml,
)

#: doctl's variable for the API's URL, which comes before the one in its file.
DOCTL_URL = "DIGITALOCEAN_API_URL"
#: Each default, with what it is used for.
DEFAULTS: Mapping[str, str] = {
    "region": "the region of new Droplets",
    "size": "the size of new Droplets",
    "image": "the image of new Droplets",
    "ssh_keys": "the SSH keys of new Droplets, by id, name or fingerprint",
    "ssh_user": "the user of doboto droplet ssh",
}
#: Those that are lists.
LIST_DEFAULTS = frozenset({"ssh_keys"})


@dataclass(frozen=True, slots=True)
class ContextInfo:
    """A context without its token.

    Attributes:
        name: Its name.
        source: Where its token is: `doboto` (our file), `keyring` or `doctl`.
        url: The API's base URL, or None for DigitalOcean's.
    """

    name: str
    source: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """A context with its token; the other attributes are those of `ContextInfo`."""

    name: str
    source: str
    token: str
    url: str | None = None

    def __repr__(self) -> str:
        return f"Context({self.name!r}, {self.source!r})"


def _keyring_name(name: str) -> str:
    """Return the name of a token in the keyring; contexts of another file are other contexts."""
    file = contexts_file()
    with suppress(HomelessError):
        if file == default_file():
            return name
    return f"{name} in {file.absolute()}"


class Contexts:
    """All contexts: ours, and doctl's where ours have no such name."""

    def __init__(self) -> None:
        self._ours: dict[str, Any] = {}
        with suppress(HomelessError):
            self._ours = read_contexts(contexts_file())
        self._doctl: dict[str, Any] = {}
        self._doctl_file = Path()
        #: Why doctl's file can't be read, if it can't.
        self.problem = ""
        for path in doctl_files():
            try:
                self._doctl, self._doctl_file = read_yaml(path), path
            except Failure as failure:  # doctl's file matters only to those who want a context of it
                self.problem = str(failure)
            if self._doctl:
                break

    @property
    def current(self) -> str | None:
        """The name of the context that is used unless another is named."""
        theirs = self._doctl.get("context", "default") if self._doctl else None
        name = self._ours.get("current") or theirs
        return None if name is None else str(name)

    @property
    def lost(self) -> str | None:
        """The name of the current context where our file names one that does not exist, and others may."""
        name, names = self._ours.get("current"), self.names()
        return name if name is not None and (names or self.problem) and name not in names else None

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Values of options for all accounts."""
        return section(self._ours, "defaults")

    def defaults_of(self, name: str) -> Mapping[str, Any]:
        """Return values of options for one context; doctl's have none."""
        return section(section(self._entries(), name), "defaults")

    def names(self) -> list[str]:
        """List the names, sorted."""
        return sorted({*self._entries(), *self._doctl_tokens()})

    def info(self, name: str) -> ContextInfo:
        """Find a context, without its token: the keyring is not asked.

        Raises:
            Failure: There is none of that name.
        """
        entry = self._entries().get(name)
        if entry is not None:
            return ContextInfo(name, "keyring" if entry.get("keyring") else "doboto", entry.get("url"))
        if name in self._doctl_tokens():
            return ContextInfo(name, "doctl", self._doctl_url())
        hint = f"; there is {', '.join(self.names())}" if self.names() else "; create one with: doboto auth init"
        problem = f"; {self.problem}" if self.problem else ""
        raise Failure(f"no context {name!r}{hint}{problem}", NOT_FOUND.code)

    def get(self, name: str) -> Context:
        """Find a context with its token.

        Raises:
            Failure: There is none, or the keyring does not return its token.
        """
        found = self.info(name)
        return Context(name, found.source, self._token(found), found.url)

    def find_exposure(self, name: str | None = None) -> str | None:
        """Find what is wrong with who may read or change the file of a context, or our file."""
        if name is not None and self.info(name).source == "doctl":
            return find_exposure(self._doctl_file)
        with suppress(HomelessError):
            return find_exposure(contexts_file(), self._ours)
        return None

    def put(self, name: str, token: str, url: str | None) -> ContextInfo:
        """Keep a context, and make it the current one; defaults of one of that name stay."""

        def change(ours: dict[str, Any]) -> dict[str, Any]:
            contexts = section(ours, "contexts")
            entry: dict[str, Any] = {"url": url} if url else {}
            entry |= {"keyring": True} if put_token(_keyring_name(name), token) else {"token": token}
            if kept := section(section(contexts, name), "defaults"):
                entry["defaults"] = kept
            return {**ours, "current": name, "contexts": {**contexts, name: entry}}

        self._change(change)
        return self.info(name)

    def switch(self, name: str) -> ContextInfo:
        """Make a context the current one."""
        found = self.info(name)
        self._change(lambda ours: {**ours, "current": name})
        return found

    def set_defaults(self, values: Mapping[str, Any], name: str | None) -> None:
        """Change values of options; None removes one.

        Args:
            values: The values.
            name: The context; None for all accounts.

        Raises:
            Failure: There is no such context, or it is doctl's.
        """
        if name is not None and self.info(name).source == "doctl":
            raise Failure(f"the context {name!r} is doctl's; keep one of doboto's with: doboto auth init", REFUSED.code)

        def change(ours: dict[str, Any]) -> dict[str, Any]:
            holder = ours if name is None else section(section(ours, "contexts"), name)
            merged = {**section(holder, "defaults"), **values}
            kept = {key: value for key, value in merged.items() if value is not None}
            rest = {key: value for key, value in holder.items() if key != "defaults"}
            changed = {**rest, "defaults": kept} if kept else rest
            return changed if name is None else {**ours, "contexts": {**section(ours, "contexts"), name: changed}}

        self._change(change)

    def remove(self, name: str) -> str | None:
        """Remove a context of ours and its token.

        Returns:
            Why the keyring may still have its token, or None.

        Raises:
            Failure: There is none, or it is doctl's.
        """
        found = self.info(name)
        if found.source == "doctl":
            raise Failure(f"doctl keeps the context {name!r}: doctl auth remove --context {name}", REFUSED.code)
        problem = remove_token(_keyring_name(name)) if found.source == "keyring" else None

        def change(ours: dict[str, Any]) -> dict[str, Any]:
            contexts = section(ours, "contexts")
            kept = {**ours, "contexts": {one: entry for one, entry in contexts.items() if one != name}}
            return {key: value for key, value in kept.items() if (key, value) != ("current", name)}

        self._change(change)
        return problem

    def _change(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Change our file as it is now: another command may have changed it since it was read."""
        path = contexts_file()
        with lock(path):
            self._ours = change(read_contexts(path))
            write_yaml(path, self._ours)

    def _token(self, context: ContextInfo) -> str:
        if context.source == "doctl":
            return self._doctl_tokens()[context.name]
        if context.source == "doboto":
            token = str(self._entries()[context.name].get("token", "")).strip()
            if not token:
                problem = f"the context {context.name!r} has no token; keep one with: doboto auth init {context.name}"
                raise Failure(problem, UNAUTHORIZED.code)
            return token
        try:
            return get_token(_keyring_name(context.name))
        except KeyringError as failure:
            raise Failure(
                f"the token of context {context.name!r} is in a keyring ({failure}); keep it again: doboto auth init",
                UNAUTHORIZED.code,
            ) from failure

    def _entries(self) -> Mapping[str, Any]:
        return section(self._ours, "contexts")

    def _doctl_tokens(self) -> dict[str, str]:
        """Return doctl's tokens by context; the one of `default` is kept apart from the others."""
        others = self._doctl.get("auth-contexts")
        tokens = {"default": self._doctl.get("access-token"), **(others if is_object(others) else {})}
        return {str(name): token for name, token in tokens.items() if isinstance(token, str) and token}

    def _doctl_url(self) -> str | None:
        """Return doctl's base URL for all of its contexts (`api-url`), with the version that it appends."""
        url = os.environ.get(DOCTL_URL) or self._doctl.get("api-url")
        return urljoin(url if url.endswith("/") else f"{url}/", "v2") if isinstance(url, str) and url else None


# -- defaults of options


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
        if (is_array(value) and key not in LIST_DEFAULTS) or not all(_is_scalar(item) for item in items):
            wanted = "a list of texts" if key in LIST_DEFAULTS else "a text"
            raise Failure(f"{contexts_file()}: the default {key} must be {wanted}")
        found[key] = [str(item) for item in items] if key in LIST_DEFAULTS else str(value)
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
        found[key] = (items or None) if key in LIST_DEFAULTS else (value.strip() or None)
    return found

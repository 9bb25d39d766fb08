"""Cloud-config as a shell script, for machines without cloud-init: the keys that most user data consists of.

`packages`, `write_files`, `runcmd` and `users` are done; other keys are named in the machine's console and left out.
Reading YAML needs PyYAML, which the extra `cli` brings along.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..engine.records import Record, as_list, as_record

HEADER = "#cloud-config"
INSTALL = """\
if command -v apt-get > /dev/null; then apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y {names}
elif command -v dnf > /dev/null; then dnf install -y {names}
elif command -v apk > /dev/null; then apk add {names}
else echo 'no package manager to install {names} with' >&2; fi"""


class CloudConfigError(ValueError):
    """The cloud-config cannot be read; the text says why."""


def to_script(text: str) -> str:
    """Translate a cloud-config to a shell script.

    Args:
        text: The user data, beginning with `#cloud-config`.

    Raises:
        CloudConfigError: It is no YAML, or no object.
    """
    config = _read(text)
    lines = [line for key, write in KEYS.items() if config.get(key) is not None for line in write(config[key])]
    unknown = [key for key in config if key not in KEYS]
    if unknown:
        lines.append(f"echo {shlex.quote('cloud-config: left out: ' + ', '.join(unknown))}")
    return "\n".join(["#!/bin/sh", *lines, ""])


def _read(text: str) -> Record:
    try:
        import yaml
    except ModuleNotFoundError as missing:
        raise CloudConfigError("cloud-config needs PyYAML: pip install 'doboto[cli]'") from missing
    try:
        config = as_record(yaml.safe_load(text))
    except yaml.YAMLError as failure:
        raise CloudConfigError(f"the cloud-config is no YAML: {' '.join(str(failure).split())}") from failure
    if config is None:
        raise CloudConfigError("the cloud-config is no object")
    return config


def _packages(value: Any) -> Iterator[str]:
    names = [shlex.quote(str(name)) for name in as_list(value) or []]
    if names:
        yield INSTALL.format(names=" ".join(names))


def _write_files(value: Any) -> Iterator[str]:
    for file in map(as_record, as_list(value) or []):
        if file is None or not file.get("path"):
            continue
        path = shlex.quote(str(file["path"]))
        encoded = str(file.get("content", ""))
        if file.get("encoding") not in ("b64", "base64"):
            encoded = base64.b64encode(encoded.encode()).decode()
        yield f'mkdir -p "$(dirname {path})"'
        yield f"printf %s {shlex.quote(encoded)} | base64 -d {'>>' if file.get('append') else '>'} {path}"
        if file.get("permissions"):
            yield f"chmod {shlex.quote(str(file['permissions']))} {path}"
        if file.get("owner"):
            yield f"chown {shlex.quote(str(file['owner']))} {path}"


def _runcmd(value: Any) -> Iterator[str]:
    for command in as_list(value) or []:
        words = as_list(command)
        yield str(command) if words is None else shlex.join(map(str, words))


def _users(value: Any) -> Iterator[str]:
    for user in map(as_record, as_list(value) or []):
        if user is None or not user.get("name"):  # `default` is the distribution's own user, which containers lack
            continue
        name, keys = shlex.quote(str(user["name"])), as_list(user.get("ssh_authorized_keys")) or []
        yield f"id {name} > /dev/null 2>&1 || useradd -m {name} 2> /dev/null || adduser -D {name}"
        if keys:
            yield f'home=$(eval echo ~{name}); mkdir -p "$home/.ssh"; chmod 700 "$home/.ssh"'
            yield f"printf '%s\\n' {shlex.join(map(str, keys))} > \"$home/.ssh/authorized_keys\""
            yield f'chown -R {name} "$home/.ssh"'


#: The keys that are known, in the order in which cloud-init does them.
KEYS: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "write_files": _write_files,
    "users": _users,
    "packages": _packages,
    "runcmd": _runcmd,
}

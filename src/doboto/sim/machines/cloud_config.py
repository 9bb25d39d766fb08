"""Cloud-config as a shell script, for machines without cloud-init: the keys that most user data consists of.

`KEYS` are done as https://docs.cloud-init.io/en/latest/reference/modules.html describes them; others are named in the
machine's console and left out. Reading YAML needs PyYAML, which the extra `cli` brings along.
"""

from __future__ import annotations

import base64
import gzip
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..engine.records import Record, as_list, as_record

HEADER = "#cloud-config"
#: Shell functions that do with a system's own programs what its cloud-init would.
PRELUDE = r"""#!/bin/sh
install_packages() {
  if command -v apt-get > /dev/null; then apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y "$@"
  elif command -v dnf > /dev/null; then dnf install -y "$@"
  elif command -v apk > /dev/null; then apk add "$@"
  else echo "no package manager to install $* with" >&2; fi
}
update_packages() {
  if command -v apt-get > /dev/null; then apt-get update
  elif command -v dnf > /dev/null; then dnf makecache
  elif command -v apk > /dev/null; then apk update; fi
}
upgrade_packages() {
  if command -v apt-get > /dev/null; then apt-get update && DEBIAN_FRONTEND=noninteractive apt-get upgrade -y
  elif command -v dnf > /dev/null; then dnf upgrade -y
  elif command -v apk > /dev/null; then apk upgrade; fi
}
add_user() { # name, shell
  if id "$1" > /dev/null 2>&1; then return; fi
  if command -v useradd > /dev/null; then useradd -m ${2:+-s "$2"} "$1"
  elif command -v adduser > /dev/null; then adduser -D ${2:+-s "$2"} "$1"
  else echo "no program to add the user $1 with" >&2; fi
}
add_to_group() { # user, group
  if command -v groupadd > /dev/null; then groupadd -f "$2" && usermod -aG "$2" "$1"
  else { grep -q "^$2:" /etc/group || addgroup "$2"; } && addgroup "$1" "$2"; fi
}
authorize() { # user, keys
  user=$1; shift
  home=$(awk -F: -v user="$user" '$1 == user { print $6 }' /etc/passwd)
  mkdir -p "$home/.ssh" && chmod 700 "$home/.ssh"
  printf '%s\n' "$@" >> "$home/.ssh/authorized_keys"
  chmod 600 "$home/.ssh/authorized_keys"
  chown -R "$user" "$home/.ssh"
}
"""
ENCODINGS_GZIP = ("gz", "gzip", "gz+base64", "gzip+base64", "gz+b64", "gzip+b64")
ENCODINGS_BASE64 = ("b64", "base64", *ENCODINGS_GZIP[2:])


class CloudConfigError(ValueError):
    """The cloud-config cannot be read; the text says why."""


def to_script(text: str) -> str:
    """Translate a cloud-config to a shell script.

    Args:
        text: The user data, beginning with `#cloud-config`.

    Raises:
        CloudConfigError: It is no YAML, no object, or has content that cannot be decoded.
    """
    config = _read(text)
    lines = [line for key, write in STEPS if config.get(key) is not None for line in write(config[key])]
    unknown = [str(key) for key in config if key not in KEYS]
    if unknown:
        lines.append(f"echo {shlex.quote('cloud-config: left out: ' + ', '.join(unknown))}")
    return "\n".join([PRELUDE, *lines, ""])


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


def _items(value: Any) -> Sequence[Any]:
    """The items of a list, or the value alone: cloud-init takes both in many places."""
    return as_list(value) or ([] if value in (None, [], False) else [value])


def _records(value: Any) -> Iterator[Record]:
    return (record for one in _items(value) if (record := as_record(one)) is not None)


# -- packages


def _packages(value: Any) -> Iterator[str]:
    names = [shlex.quote(name) for item in _items(value) for name in _package_names(item)]
    if names:
        yield f"install_packages {' '.join(names)}"


def _package_names(item: Any) -> Iterator[str]:
    """A name, a name with its version, or names by package manager."""
    managed, versioned = as_record(item), as_list(item)
    if managed is not None:
        yield from (
            name for key in ("apt", "dnf", "apk") for one in _items(managed.get(key)) for name in _package_names(one)
        )
    elif versioned is not None:
        yield "=".join(map(str, versioned[:2]))
    else:
        yield str(item)


def _update(value: Any) -> Iterator[str]:
    if value is True:
        yield "update_packages"


def _upgrade(value: Any) -> Iterator[str]:
    if value is True:
        yield "upgrade_packages"


# -- files


def _write_files(value: Any, *, deferred: bool = False) -> Iterator[str]:
    for file in _records(value):
        if file.get("path") and bool(file.get("defer")) == deferred:
            yield from _write_file(file)


def _write_file(file: Record) -> Iterator[str]:
    path, encoded = shlex.quote(str(file["path"])), base64.b64encode(_content(file)).decode()
    yield f'mkdir -p "$(dirname {path})"'
    yield f"printf %s {shlex.quote(encoded)} | base64 -d {'>>' if file.get('append') else '>'} {path}"
    yield f"chmod {shlex.quote(_mode(file.get('permissions', '0644')))} {path}"
    if file.get("owner"):
        yield f"chown {shlex.quote(str(file['owner']))} {path}"


def _mode(permissions: Any) -> str:
    """Permissions as text; YAML reads `0644` without quotes as a number."""
    return f"{permissions:o}" if isinstance(permissions, int) else str(permissions)


def _content(file: Record) -> bytes:
    content, encoding = file.get("content", ""), str(file.get("encoding", ""))
    raw = content if isinstance(content, bytes) else str(content).encode("utf-8", "surrogateescape")
    try:
        raw = base64.b64decode(raw) if encoding in ENCODINGS_BASE64 else raw
        return gzip.decompress(raw) if encoding in ENCODINGS_GZIP else raw
    except (ValueError, OSError, EOFError) as failure:
        raise CloudConfigError(f"the content of {file['path']} is not encoded as {encoding}: {failure}") from failure


def _deferred_files(value: Any) -> Iterator[str]:
    return _write_files(value, deferred=True)


# -- commands


def _commands(value: Any) -> Iterator[str]:
    for command in _items(value):
        words = as_list(command)
        if words or isinstance(command, str):
            yield shlex.join(map(str, words)) if words else str(command)


# -- users


def _users(value: Any) -> Iterator[str]:
    for user in _records(value):
        if user.get("name"):  # `default` is the distribution's own user, which containers lack
            yield from _user(user, shlex.quote(str(user["name"])))


def _user(user: Record, name: str) -> Iterator[str]:
    yield f"add_user {name} {shlex.quote(str(user.get('shell') or ''))}"
    for group in _names(user.get("groups")):
        yield f"add_to_group {name} {shlex.quote(group)}"
    for rule in _items(user.get("sudo")):
        line = shlex.quote(f"{user['name']} {rule}")
        yield f"mkdir -p /etc/sudoers.d && echo {line} >> /etc/sudoers.d/90-cloud-init-users"
        yield "chmod 440 /etc/sudoers.d/90-cloud-init-users"
    yield from _password(user)
    if keys := [*_items(user.get("ssh_authorized_keys")), *_items(user.get("ssh-authorized-keys"))]:
        yield f"authorize {name} {shlex.join(map(str, keys))}"


def _password(user: Record) -> Iterator[str]:
    """A password, hashed or not; like cloud-init, without `lock_passwd: false` nobody can log in with it."""
    if user.get("lock_passwd", True) is not False:
        return
    hashed = user.get("hashed_passwd") or user.get("passwd")
    password = hashed or user.get("plain_text_passwd")
    if password:
        line = shlex.quote(f"{user['name']}:{password}")
        yield f"printf '%s\\n' {line} | chpasswd{' -e' if hashed else ''}"


def _names(value: Any) -> list[str]:
    """Names as a list, or as text with commas."""
    names = value.split(",") if isinstance(value, str) else _items(value)
    return [str(name).strip() for name in names if str(name).strip()]


def _root_keys(value: Any) -> Iterator[str]:
    if keys := _items(value):
        yield f"authorize root {shlex.join(map(str, keys))}"


#: What is done for which key, in cloud-init's order of modules.
STEPS: Sequence[tuple[str, Callable[[Any], Iterator[str]]]] = (
    ("bootcmd", _commands),
    ("write_files", _write_files),
    ("users", _users),
    ("ssh_authorized_keys", _root_keys),
    ("package_update", _update),
    ("package_upgrade", _upgrade),
    ("packages", _packages),
    ("write_files", _deferred_files),
    ("runcmd", _commands),
)
#: The keys that are known.
KEYS: Mapping[str, None] = dict.fromkeys(key for key, _ in STEPS)

"""What somebody may have meant who made a typing error, or who said it as another command line does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

#: How like two names must be, from 0 to 1: of values, which are long; of commands and options, where a wrong guess
#: is worse than none ("delete" is as like "create" as 0.67).
LIKE, ALIKE = 0.5, 0.75
#: What others call it, each with what it may be called here, the likeliest first.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "account-balance": ("account",),
    "add": ("add", "create", "attach"),
    "change": ("update",),
    "compute": ("droplet",),
    "configure": ("auth init",),
    "delete": ("destroy", "remove"),
    "describe": ("info",),
    "dns": ("domain",),
    "domain-record": ("domain",),
    "droplet-action": ("droplet",),
    "droplets": ("droplet",),
    "edit": ("update",),
    "get": ("info",),
    "ip": ("reserved-ip",),
    "keys": ("ssh-key",),
    "kill": ("destroy",),
    "lb": ("load-balancer",),
    "login": ("auth init",),
    "ls": ("list",),
    "make": ("create",),
    "modify": ("update",),
    "new": ("create",),
    "record": ("domain", "record-list"),
    "records": ("domain", "record-list"),
    "remove": ("remove", "destroy", "detach"),
    "reset": ("power-cycle",),
    "restart": ("reboot",),
    "rm": ("destroy", "remove"),
    "server": ("droplet",),
    "servers": ("droplet",),
    "set": ("update",),
    "show": ("info",),
    "ssh": ("droplet ssh",),
    "sshkey": ("ssh-key",),
    "start": ("power-on",),
    "stop": ("shutdown",),
    "terminate": ("destroy",),
    "use": ("switch",),
    "version": ("--version",),
    "vm": ("droplet",),
    "wait": ("droplet wait", "action wait"),
    "whoami": ("account info",),
}
#: What other command lines call options (doctl's `--format` has columns), each with what they may be called here.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "--access-token": ("--token",),
    "--all": ("--tag",),
    "--api-url": ("--url",),
    "--enable-backups": ("--backups",),
    "--enable-ipv6": ("--ipv6",),
    "--enable-monitoring": ("--monitoring",),
    "--enable-private-networking": ("--private-networking", "--vpc-uuid"),
    "--disable-backups": ("--no-backups",),
    "--force": ("--yes",),
    "--format": ("--columns", "--output"),
    "--json": ("--output",),
    "--ssh-user": ("--user",),
    "--ssh-port": ("--port",),
    "--tag-names": ("--tag",),
    "--trace": ("--debug",),
    "--user-data-file": ("--user-data",),
    "--verbose": ("--debug",),
    "--vpc": ("--vpc-uuid",),
}


def suggestion(given: str, among: Iterable[str], like: float = LIKE) -> str:
    """Return a question with similar names, or an empty text."""
    from difflib import get_close_matches

    return _question(get_close_matches(given, list(among), n=3, cutoff=like))


def command_suggestion(given: str, among: Collection[str]) -> str:
    """Return a question, if a command means the same by another name; else if one is spelled much like it."""
    meant = next((name for name in _meant(given) if name in among), None)
    return suggestion(given, among, ALIKE) if meant is None else _question([meant])


def option_suggestion(given: str, among: Collection[str]) -> str:
    """Return a question, if an option is called otherwise elsewhere; else if one is spelled much like it."""
    meant = [name for name in OPTIONS.get(given, ()) if name in among]
    return _question(meant) if meant else suggestion(given, among, ALIKE)


def _question(names: list[str]) -> str:
    return f"; did you mean {' or '.join(names)}?" if names else ""


def _meant(given: str) -> Iterator[str]:
    """Yield names that mean the same: `delete-record` is `record-destroy`, `ssh_keys` is `ssh-key`."""
    name = given.lower().replace("_", "-")
    yield name
    yield from SYNONYMS.get(name, ())
    for words in (name.split("-"), name.split("-")[::-1]):
        yield "-".join(words)
        for place, word in enumerate(words):
            for meant in (*SYNONYMS.get(word, ()), *_singular(word)):
                yield "-".join([*words[:place], meant, *words[place + 1 :]])


def _singular(word: str) -> list[str]:
    return [word.removesuffix(ending) for ending in ("s", "es") if len(word) > len(ending) and word.endswith(ending)]

"""What somebody may have meant who made a typing error, or who said it as another command line does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

#: How like two names must be, from 0 to 1: of values, which are long; of commands and options, where a wrong guess
#: is worse than none ("delete" is as like "create" as 0.67).
LIKE, ALIKE = 0.5, 0.75
#: What others call it, each with what it may be called here, the likeliest first.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "add": ("add", "create", "attach"),
    "change": ("update",),
    "configure": ("auth init",),
    "delete": ("destroy", "remove"),
    "describe": ("info",),
    "dns": ("domain",),
    "domain-record": ("domain",),
    "edit": ("update",),
    "get": ("info",),
    "kill": ("destroy",),
    "login": ("auth init",),
    "ls": ("list",),
    "make": ("create",),
    "modify": ("update",),
    "new": ("create",),
    "record": ("domain",),
    "records": ("domain",),
    "remove": ("remove", "destroy", "detach"),
    "reset": ("power-cycle",),
    "restart": ("reboot",),
    "rm": ("destroy", "remove"),
    "set": ("update",),
    "show": ("info",),
    "start": ("power-on",),
    "stop": ("shutdown",),
    "terminate": ("destroy",),
    "use": ("switch",),
    "version": ("--version",),
}


def suggestion(given: str, among: Iterable[str], like: float = LIKE) -> str:
    """A question, if something is like it."""
    from difflib import get_close_matches

    return _asked(get_close_matches(given, list(among), n=3, cutoff=like))


def command_suggestion(given: str, among: Collection[str]) -> str:
    """A question, if a command means the same by another name; else if one is spelled much like it."""
    meant = next((name for name in _meant(given) if name in among), None)
    return suggestion(given, among, ALIKE) if meant is None else _asked([meant])


def _asked(names: list[str]) -> str:
    return f"; did you mean {' or '.join(names)}?" if names else ""


def _meant(given: str) -> Iterator[str]:
    """Names that mean the same: `delete-record` is `record-destroy`, `ssh_keys` is `ssh-key`."""
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

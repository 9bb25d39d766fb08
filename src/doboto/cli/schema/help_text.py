"""Help texts, made from docstrings and the comments of TypedDicts, with parameters named as options.

Our docstrings have Google's form, with `Scopes` and `Reference` as further sections.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from inspect import cleandoc
from typing import Any, NamedTuple, NotRequired, Required, get_args, get_origin, get_type_hints

import click

from ...errors import ArgumentError
from .catalog import CliOperation, hyphenate, operations, sentence

SECTION = r"^(Args|Returns|Raises|Scopes|Reference):\s*(.*)$"
ENTRY = r"^ {4}(\*{0,2}\w[\w, ]*): *(.*)$"


class Docstring(NamedTuple):
    """A docstring in its parts.

    Attributes:
        summary: The first line.
        body: What follows it, paragraph by paragraph; code blocks as they are.
        args: The text of each parameter.
        returns: What comes back.
        scopes: The scopes that the token needs.
        references: Links to the API's documentation.
    """

    summary: str
    body: list[str]
    args: dict[str, str]
    returns: str
    scopes: str
    references: list[str]


@cache
def docstring_of(operation: CliOperation) -> Docstring:
    """Return the parts of an operation's docstring: for help texts alone, for nothing that a command does."""
    return parse(operation.method.__doc__)


def parse(text: str | None) -> Docstring:
    """Parse a docstring into its parts."""
    sections: dict[str, list[str]] = {"": []}
    lines = sections[""]
    for line in cleandoc(text or "").splitlines():
        if found := re.match(SECTION, line):
            lines = sections[found[1]] = [found[2]] if found[2] else []
        else:
            lines.append(line)
    summary, *body = _paragraphs(sections[""]) or [""]
    return Docstring(
        summary,
        body,
        _entries(sections.get("Args", [])),
        _join(sections.get("Returns", [])),
        _join(sections.get("Scopes", [])),
        [word.rstrip(",") for word in _join(sections.get("Reference", [])).split()],
    )


def _join(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


def _paragraphs(lines: list[str]) -> list[str]:
    """Return paragraphs, each in one line, without indented examples and the lines that introduce them."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if not line.strip():
            paragraphs.append([])
        elif not line.startswith(" "):
            paragraphs[-1].append(line)
    return [" ".join(one) for one in paragraphs if one and not one[-1].endswith("::")]


def _entries(lines: list[str]) -> dict[str, str]:
    """Return the text of each entry, without nested lists: their items are described elsewhere."""
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    listing = False
    for line in lines:
        if found := re.match(ENTRY, line):
            current, listing = entries.setdefault(found[1].lstrip("*"), []), False
            current.append(found[2])
        elif line.strip().startswith("- "):
            listing = True
        elif not listing:
            current.append(line)
    return {name: sentence(_join(text)) for name, text in entries.items()}


LINK = r"\s*https?://\S+"


class Field(NamedTuple):
    """A field of a TypedDict.

    Attributes:
        owner: The name of the TypedDict.
        name: Its name.
        hint: Its type, without `NotRequired`.
        required: Whether it must be given.
    """

    owner: str
    name: str
    hint: Any
    required: bool

    @property
    def help(self) -> str:
        """What the comment above it says, without links."""
        return comment(self.owner, self.name)


class _Source(NamedTuple):
    """A class as its source has it."""

    bases: tuple[str, ...]
    comments: dict[str, str]


def fields_of(typed: Any) -> list[Field]:
    """Return the fields of a TypedDict, in the order in which they are declared."""
    hints = get_type_hints(typed, include_extras=True)
    return [Field(typed.__name__, name, _bare(hint), name in typed.__required_keys__) for name, hint in hints.items()]


def comment(class_name: str, field_name: str) -> str:
    """Return the comment above a field, in its class or the nearest base that has one."""
    source = _sources().get(class_name)
    if source is None:
        return ""
    if found := source.comments.get(field_name):
        return found
    return next((found for base in source.bases if (found := comment(base, field_name))), "")


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in (NotRequired, Required) else hint


@cache
def _sources() -> dict[str, _Source]:
    return dict(_read())


def _read() -> Iterator[tuple[str, _Source]]:
    import importlib
    import pkgutil

    from ... import types

    for info in pkgutil.iter_modules(types.__path__):
        module = importlib.import_module(f"{types.__name__}.{info.name}")
        try:
            source = inspect.getsource(module)
        except OSError:
            continue  # installed without sources: options then have no text of their own
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                yield node.name, _Source(tuple(map(ast.unparse, node.bases)), dict(_comments(node, lines)))


def _comments(node: ast.ClassDef, lines: list[str]) -> Iterator[tuple[str, str]]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign):
            text = re.sub(LINK, "", " ".join(_above(lines, statement.lineno - 2)))
            yield ast.unparse(statement.target), sentence(text.strip()) if text.strip() else ""


def _above(lines: list[str], last: int) -> list[str]:
    """Return the lines of a `#:` comment that ends there, without their marks."""
    first = last
    while first >= 0 and lines[first].strip().startswith("#:"):
        first -= 1
    return [line.strip().removeprefix("#:").strip() for line in lines[first + 1 : last + 1]]


# -- texts of a command

#: `name`, `name=value`, `name="value"`.
MENTION = r"`(\w+)(?:=\"?(\w+)\"?)?`"
#: The name that a path of members begins with.
NAME = r"^\w+"
#: Words that are not written as the names of resources and operations have them.
WRITTEN: Mapping[str, str] = {
    "droplet": "Droplet", "ip": "IP", "ipv6": "IPv6", "nat": "NAT", "ssh": "SSH", "vpc": "VPC",
}  # fmt: skip


class HelpText(NamedTuple):
    """The texts of an operation as its command has them.

    Attributes:
        operation: The operation.
        words: Its parameters, each with its option, or with what stands for its argument.
    """

    operation: CliOperation
    words: Mapping[str, str]

    def text(self, text: str) -> str:
        """Replace parameters by options in a text of the docstring."""
        return re.sub(MENTION, self._replace_mention, text)

    def error(self, error: ArgumentError) -> str:
        """Return the message of the library's error about arguments, with options for parameters."""
        return " ".join(error.describe(self._name).split())

    def _name(self, path: str, value: str) -> str:
        """Return what stands for a parameter (`tags`, or `rules[0].ports` for what is inside of it) and its value."""
        name = next(iter(re.findall(NAME, path)), "")
        word, rest = self.words.get(name), path.removeprefix(name)
        if word is None:
            return f"{path}={value}" if value else path
        return f"{word}{rest}{'' if value in ('', 'True') else f' {value}'}"

    def _replace_mention(self, found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        word = self.words.get(name) or (f"--{hyphenate(name)}" if value else None)  # with a value: another one's option
        if word is not None:
            return word if value in (None, "True") or not word.startswith("--") else f"{word} {value}"
        here = operations(self.operation.resource)
        is_member = found.string.startswith(" (", found.end())  # `plan` (`daily` or `weekly`): of an object
        if value is None and name != self.operation.name and hyphenate(name) in here and not is_member:
            return f"`doboto {hyphenate(self.operation.resource)} {hyphenate(name)}`"
        return found[0]


def join_words(words: Sequence[str]) -> str:
    """Join words of a Python name for use in a sentence."""
    return " ".join(WRITTEN.get(word, word) for word in words)


def noun_of(operation: CliOperation) -> str:
    """Return the kind of resource that an operation is about: `domain record`."""
    prefix = operation.name.split("_")[:-1] if operation.info.effect != "action" else []
    return join_words([*operation.resource.split("_"), *prefix])


#: The subject of a sentence about one resource, such as "The Droplet and all data on its disk are lost.", with the verb
#: where that follows at once.
_SUBJECT = r"^The ([\w ]+?) (is|and)\b"
#: What refers to the subject, in the order of replacement.
_REFERENCES: Sequence[tuple[str, str]] = (
    (r"\bthe Droplet's disk\b", "the Droplets' disks"),
    (r"\bof the pool\b", "of the pools"),
    (r"\bits disk\b", "their disks"),
    (r"\bits address\b", "their addresses"),
    (r"\bits\b", "their"),
    (r"\bit\b", "them"),
)
_VERBS = {"is": "are"}


def plural_of(noun: str) -> str:
    """Return the plural of a noun: `policies` of `policy`, `addresses` of `address`."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def word_for_several(consequence: str) -> str:
    """Return a consequence that is worded for one resource, worded for several."""
    sentences = re.split(r"(?<=\.) ", consequence)
    return " ".join(map(_word_sentence, sentences))


def _word_sentence(sentence: str) -> str:
    text = re.sub(_SUBJECT, lambda found: f"The {plural_of(found[1])} {_VERBS.get(found[2], found[2])}", sentence)
    for pattern, plural in _REFERENCES:
        text = re.sub(pattern, plural, text)
    return text


def describe_output(operation: CliOperation, text: str) -> str:
    """Describe what a command prints: the docstring's text, unless the result is printed otherwise."""
    if inspect.isasyncgenfunction(operation.function):
        return f"The {noun_of(operation)}s, one after another."
    if operation.info.effect in {"create", "present"} and operation.takes("names"):
        return "The Droplets in the order of their names."
    if operation.info.effect == "present":
        return f"The {noun_of(operation)}, whether it existed or was created."
    return sentence(text)


def help_text_of(operation: CliOperation, command: Sequence[click.Parameter]) -> HelpText:
    """Return the texts of an operation with these arguments and options."""
    return HelpText(operation, {(one.name or "").removeprefix("attribs_"): word_for(one) for one in command})


def word_for(one: click.Parameter) -> str:
    """Return an option's first flag, or an argument's metavar."""
    if isinstance(one, click.Argument):
        return str(one.metavar or one.name).strip("[].")
    return one.opts[0]


def summary_of(operation: CliOperation) -> str:
    """Return an operation's summary, in one line, without inspecting its parameters: many are listed at once."""
    return HelpText(operation, {}).text(sentence(operation.summary))


def documentation_of(operation: CliOperation, command: Sequence[click.Parameter]) -> Docstring:
    """Return an operation's docstring with options for parameters, without its `Args`."""
    says, doc = help_text_of(operation, command), docstring_of(operation)
    return doc._replace(
        summary=summary_of(operation),
        body=[says.text(one) for one in doc.body],
        returns=describe_output(operation, says.text(doc.returns)),
        scopes=says.text(doc.scopes),
    )

"""Help texts and errors of the library with parameters named as options, and operations as commands."""

from __future__ import annotations

import inspect
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

from ..errors import USAGE, Failure
from .catalog import Operation, operations, spelled
from .docstrings import Docstring, sentence

#: `name`, `name=value`, `name="value"`.
MENTION = re.compile(r"`(\w+)(?:=\"?(\w+)\"?)?`")
#: A word of an error; one with an article or a possessive before it is no parameter's name.
WORD = re.compile(r"(?:\b(?:an?|the|no|of) |'s )\w+|(?<![-\w'`])([a-z]\w*)(?:=True\b)?(?!['\w])")
#: Words that are not written as the names of resources and operations have them.
WRITTEN: Mapping[str, str] = {
    "droplet": "Droplet", "ip": "IP", "ipv6": "IPv6", "nat": "NAT", "ssh": "SSH", "vpc": "VPC",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HelpText:
    """The texts of an operation as its command has them.

    Attributes:
        operation: The operation.
        words: Its parameters, each with its option, or with what stands for its argument.
    """

    operation: Operation
    words: Mapping[str, str]

    def text(self, text: str) -> str:
        """A text of the docstring."""
        return MENTION.sub(self._mentioned, text)

    def error(self, text: str) -> str:
        """A text of the library about an argument."""
        return WORD.sub(lambda found: self.words.get(found[1] or "", found[0]), text)

    def _mentioned(self, found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        word = self.words.get(name) or (f"--{spelled(name)}" if value else None)  # with a value: another one's option
        if word is not None:
            return word if value in (None, "True") or not word.startswith("--") else f"{word} {value}"
        here = operations(self.operation.resource)
        if value is None and name != self.operation.name and spelled(name) in here:
            return f"`doboto {spelled(self.operation.resource)} {spelled(name)}`"
        return found[0]


def written(words: Sequence[str]) -> str:
    """Words of a Python name as a sentence has them."""
    return " ".join(WRITTEN.get(word, word) for word in words)


def noun_of(operation: Operation) -> str:
    """The kind of resource that an operation is about: `domain record`."""
    prefix = operation.name.split("_")[:-1] if operation.info.effect != "action" else []
    return written([*operation.resource.split("_"), *prefix])


def printed_by(operation: Operation, text: str) -> str:
    """What a command prints: the docstring's words, where the library's result is printed as it is."""
    if inspect.isasyncgenfunction(operation.function):
        return f"The {noun_of(operation)}s, one after another."
    if operation.info.effect in {"create", "present"} and operation.takes("names"):
        return "The Droplets in the order of their names."
    if operation.info.effect == "present":
        return f"The {noun_of(operation)}, whether it existed or was created."
    return sentence(text)


def help_text_of(operation: Operation, command: Sequence[click.Parameter]) -> HelpText:
    """The texts of an operation with these arguments and options."""
    return HelpText(operation, {(one.name or "").removeprefix("attribs_"): word_for(one) for one in command})


def word_for(one: click.Parameter) -> str:
    """An option's first flag; what stands for an argument in the usage."""
    if isinstance(one, click.Argument):
        return str(one.metavar or one.name).strip("[].")
    return one.opts[0]


def summary_of(operation: Operation) -> str:
    """What an operation does, in one line; its parameters are not inspected, for many are listed at once."""
    return HelpText(operation, {}).text(sentence(operation.summary))


def documentation_of(operation: Operation, command: Sequence[click.Parameter]) -> Docstring:
    """An operation's docstring with options for parameters, but for its arguments, which the options have."""
    says, doc = help_text_of(operation, command), operation.docstring
    return replace(
        doc,
        summary=summary_of(operation),
        body=[says.text(one) for one in doc.body],
        returns=printed_by(operation, says.text(doc.returns)),
        scopes=says.text(doc.scopes),
    )


@contextmanager
def errors_with_options(operation: Operation, command: Sequence[click.Parameter]) -> Generator[None, None, None]:
    """Name options where the library's complaint about an argument names parameters.

    Raises:
        Failure: That complaint.
    """
    try:
        yield
    except Failure as failure:
        if failure.code == USAGE.code and _is_of_the_library(failure):
            failure.args = (help_text_of(operation, command).error(str(failure)),)
        raise


def _is_of_the_library(failure: BaseException) -> bool:
    cause = failure.__cause__
    return cause is not None and (isinstance(cause, ValueError | TypeError) or _is_of_the_library(cause))

"""Help texts and errors of the library with parameters named as options, and operations as commands."""

from __future__ import annotations

import inspect
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

from ..errors import USAGE, Failure
from .catalog import Operation, hyphenate, operations
from .help_text import Docstring, sentence

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
        """Replace parameters by options in a text of the docstring."""
        return MENTION.sub(self._replace_mention, text)

    def error(self, text: str) -> str:
        """Replace parameters by options in an error message of the library."""
        return WORD.sub(lambda found: self.words.get(found[1] or "", found[0]), text)

    def _replace_mention(self, found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        word = self.words.get(name) or (f"--{hyphenate(name)}" if value else None)  # with a value: another one's option
        if word is not None:
            return word if value in (None, "True") or not word.startswith("--") else f"{word} {value}"
        here = operations(self.operation.resource)
        if value is None and name != self.operation.name and hyphenate(name) in here:
            return f"`doboto {hyphenate(self.operation.resource)} {hyphenate(name)}`"
        return found[0]


def join_words(words: Sequence[str]) -> str:
    """Join words of a Python name for use in a sentence."""
    return " ".join(WRITTEN.get(word, word) for word in words)


def noun_of(operation: Operation) -> str:
    """Return the kind of resource that an operation is about: `domain record`."""
    prefix = operation.name.split("_")[:-1] if operation.info.effect != "action" else []
    return join_words([*operation.resource.split("_"), *prefix])


def describe_output(operation: Operation, text: str) -> str:
    """Describe what a command prints: the docstring's text, unless the result is printed otherwise."""
    if inspect.isasyncgenfunction(operation.function):
        return f"The {noun_of(operation)}s, one after another."
    if operation.info.effect in {"create", "present"} and operation.takes("names"):
        return "The Droplets in the order of their names."
    if operation.info.effect == "present":
        return f"The {noun_of(operation)}, whether it existed or was created."
    return sentence(text)


def help_text_of(operation: Operation, command: Sequence[click.Parameter]) -> HelpText:
    """Return the texts of an operation with these arguments and options."""
    return HelpText(operation, {(one.name or "").removeprefix("attribs_"): word_for(one) for one in command})


def word_for(one: click.Parameter) -> str:
    """Return an option's first flag, or an argument's metavar."""
    if isinstance(one, click.Argument):
        return str(one.metavar or one.name).strip("[].")
    return one.opts[0]


def summary_of(operation: Operation) -> str:
    """Return an operation's summary, in one line, without inspecting its parameters: many are listed at once."""
    return HelpText(operation, {}).text(sentence(operation.summary))


def documentation_of(operation: Operation, command: Sequence[click.Parameter]) -> Docstring:
    """Return an operation's docstring with options for parameters, without its `Args`."""
    says, doc = help_text_of(operation, command), operation.docstring
    return replace(
        doc,
        summary=summary_of(operation),
        body=[says.text(one) for one in doc.body],
        returns=describe_output(operation, says.text(doc.returns)),
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

"""What the library says of an operation, in words of the command line: options, commands, and no values of Python.

Docstrings and errors name parameters, other operations and None, True and False. Whoever types a command has options,
commands, and leaves an option out.
"""

from __future__ import annotations

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
#: A parameter as an error names it: one that can be no word of English, and one that is given a value.
PYTHONIC = re.compile(r"\b([a-z]+(?:_[a-z0-9]+)+|[a-z]+(?==True))(?:=True)?\b")
WORD = re.compile(r"(?<![-\w'])[a-z]\w*(?!['\w])")
SUBJECT = re.compile(r"^[a-z]\w*(?= (?:must|is|has|are)\b)")
MISSING = re.compile(r"^(\S+) (?:is required|must not be empty)$")

#: What is said of values of Python, in its order; options are in the text already.
VALUES: Sequence[tuple[re.Pattern[str], str]] = tuple((re.compile(found), said) for found, said in (
    (r"^True to\b", "To"),
    (r"^True for\b", "For"),
    (r"Default: False\.", "Default: no."),
    (r"Default: True\.", "Default: yes."),
    (r"(--[\w-]+) to be False\b", r"\1 not to be given"),
    (r"--([\w-]+) is False\b", r"--no-\1 is given"),
    (r"(--[\w-]+) is True\b", r"\1 is given"),
    (r"; None to leave it\b", ", if it gets another"),
    (r"\bNone for\b", "leave it out for"),
    (r"\bas None\b", "as neither of them"),
    (r"\bis None\b", "is null"),
    (r", or None\.", ", if any."),
    (r"\bNone\b", "nothing"),
    (r"\bA dict\b", "An object"),
    (r"\ba dict\b", "an object"),
    (r"\bdicts\b", "objects"),
))  # fmt: skip
#: What is printed, where the library gives more than that.
PRINTED: Sequence[tuple[re.Pattern[str], str]] = tuple((re.compile(found), said) for found, said in (
    (r"^A tuple of (the [^,]*?) and the same .*? if it was created, else None\.$", r"\1, whether it was there or not."),
    (r"^With `name`, [^.]*\. With `names`, a tuple of (.*) in the order of `names` and a list of [^.]*\.$",
     r"\1, in the order of their names, those that were there included."),
    (r"^An iterator over (.*?); an asynchronous one in `AsyncDO`\.$", r"\1, one after the other."),
    (r"^The Droplet if `name` is given; a list of Droplets in the order of `names` if those are given\.$",
     "the Droplets, in the order of their names."),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """How an operation is spoken of.

    Attributes:
        operation: The operation.
        words: Its parameters, each with its option, or with what stands for its argument.
    """

    operation: Operation
    words: Mapping[str, str]

    def text(self, text: str, own: str = "") -> str:
        """A text of the docstring, or of the parameter that has the option `own`."""
        text = MENTION.sub(self._mentioned, text)
        for found, said in VALUES:
            text = found.sub(said, text)
        if own.startswith("--"):
            text = re.sub(r"\bTrue\b", own, text)
            text = re.sub(r"\bFalse\b", own.replace("--", "--no-", 1), text)
        return text

    def printed(self, text: str) -> str:
        """What the docstring says that comes back."""
        for found, said in PRINTED:
            text = found.sub(said, text)
        return sentence(self.text(text))

    def error(self, text: str) -> str:
        """What the library finds wrong."""
        text = PYTHONIC.sub(self._word, text)
        text = (WORD if text.startswith(("give ", "the API takes --")) else SUBJECT).sub(self._word, text)
        return MISSING.sub(r"\1 is missing", text)

    def _word(self, found: re.Match[str]) -> str:
        name = found[found.lastindex or 0]
        return self.words.get(name, found[0])

    def _mentioned(self, found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        word = self.words.get(name) or (f"--{spelled(name)}" if value else None)  # with a value: another one's option
        if word is not None:
            return word if value in (None, "True") or not word.startswith("--") else f"{word} {value}"
        here = operations(self.operation.resource)
        if value is None and name != self.operation.name and spelled(name) in here:
            return f"`doboto {spelled(self.operation.resource)} {spelled(name)}`"
        return found[0]


def wording(operation: Operation, command: Sequence[click.Parameter]) -> Wording:
    """How an operation with these arguments and options is spoken of."""
    return Wording(operation, {(one.name or "").removeprefix("attribs_"): word_for(one) for one in command})


def word_for(one: click.Parameter) -> str:
    """An option's first flag; what stands for an argument in the usage."""
    if isinstance(one, click.Argument):
        return str(one.metavar or one.name).strip("[].")
    return one.opts[0]


def summarised(operation: Operation) -> str:
    """What an operation does, in one line; its parameters are not looked at, for many are listed at once."""
    return Wording(operation, {}).text(operation.summary)


def worded(operation: Operation, command: Sequence[click.Parameter]) -> Docstring:
    """An operation's docstring; its arguments are worded where they become options."""
    says, doc = wording(operation, command), operation.doc
    return replace(
        doc,
        summary=summarised(operation),
        body=[says.text(one) for one in doc.body],
        returns=says.printed(doc.returns),
        scopes=says.text(doc.scopes),
    )


@contextmanager
def spoken(operation: Operation, command: Sequence[click.Parameter]) -> Generator[None, None, None]:
    """What the library finds wrong inside of it is told in words of the command line."""
    try:
        yield
    except Failure as failure:
        if failure.code == USAGE.code and _librarys(failure):
            failure.args = (wording(operation, command).error(str(failure)),)
        raise


def _librarys(failure: BaseException) -> bool:
    """Whether the library has found it."""
    cause = failure.__cause__
    return cause is not None and (isinstance(cause, ValueError | TypeError) or _librarys(cause))

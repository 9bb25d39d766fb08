"""How a text on the command line becomes a value of a parameter's type.

A value given as JSON is checked for the outer form of its type: an object, a list, a text, a number. What a member may
say is left to the API, and so is which of them must be there.
"""

from __future__ import annotations

import json
import re
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, NotRequired, Required

import click

from ... import SystemClock, catalog
from ..._json import holds_objects, is_array, is_object
from ...errors import ArgumentError
from ..errors import line_of, reason, suggestion
from ..settings import UNKNOWN, Argument
from .catalog import (
    IMAGE_KINDS,
    NAMED_MEMBERS,
    SINGLE,
    CliOperation,
    choices,
    find_other_kind,
    hyphenate,
)

#: Parameters whose text is long: `@FILE` reads it from a file, `@-` from standard input.
LONG_TEXTS = frozenset({"user_data", "public_key", "private_key", "leaf_certificate", "certificate_chain"})

#: How like a known text an unknown one must be to count as a typing error ("tpc" is as like "tcp" as 0.67).
RESEMBLES = 0.6
#: Says in a command's context that standard input was read: a second option finds nothing there.
READ = "doboto.stdin"
#: Members of a resource with its type, which `droplet:web-1` stands for.
REFERENCE = frozenset({"resource_id", "resource_type"})
#: What resources are identified by, as far as their kind has it.
IDENTIFYING = ("id", "uuid", "ip", "urn", "slug", "name")
#: More choices than these are not listed where none of them was given.
MANY = 12
#: Begins YAML's own tags; and those of single values that are no text.
TAG, SCALARS = "tag:yaml.org,2002:", ("int", "float", "bool", "null", "timestamp", "binary", "value")
TIMESTAMP = f"{TAG}timestamp"
#: Generic types that JSON's lists and objects fit.
LISTS = (list, Sequence)
OBJECTS = (dict, Mapping)


class Choice(click.Choice[str]):
    """One of some texts; of many, a wrong one is answered with those that are like it."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return the error message for an unknown choice."""
        if len(self.choices) <= MANY:
            return super().get_invalid_choice_message(value, ctx)
        return f"{value!r} is none of the {len(self.choices)} that there are{suggestion(str(value), self.choices)}"


class OpenChoice(Choice):
    """One of some texts, or one that the API may have since, which is sent with a warning."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the text; refuse one that resembles a known one, for that is a typing error."""
        text = str(value)
        short = [one for one in self.choices if str(one).lower().startswith(text.lower())]
        if not text or text in self.choices or short or suggestion(text, self.choices, RESEMBLES):
            return super().convert(value, param, ctx)
        if ctx is not None:
            known = ", ".join(map(str, self.choices[:MANY]))
            ctx.meta.setdefault(UNKNOWN, []).append(f"unknown value {text!r} is sent as it is; known are {known}")
        return text


class IdOrSlug(click.ParamType[Any]):
    """A number is an id; anything else is text."""

    name = "id|slug"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        """Return the id, or the text."""
        return int(value) if str(value).isascii() and str(value).isdigit() else value


#: Characters that are read at most: nothing that the API takes is longer, and some files have no end.
LONGEST = 4_000_000


def read_input(name: str) -> str:
    """Read a file, or standard input for `-`.

    Raises:
        ValueError: It can't be read, is empty, no text in UTF-8, or far too long.
    """
    if not name:
        raise ValueError("a file's name, or - for standard input, must follow @")
    what = "standard input" if name == "-" else name
    try:
        text = _read(name)
    except UnicodeDecodeError:
        raise ValueError(f"cannot read {what}: it is no text in UTF-8") from None
    except OSError as failure:
        raise ValueError(f"cannot read {what}: {reason(failure)}") from failure
    if len(text) > LONGEST:
        raise ValueError(f"{what} is longer than {LONGEST} characters")
    if not text.strip():
        raise ValueError(f"empty input: {name}" if name != "-" else f"empty input: {_why_empty()}")
    return text


def _read(name: str) -> str:
    if name != "-":
        from pathlib import Path  # most commands read no file

        with Path(name).open(encoding="utf-8") as opened:
            return opened.read(LONGEST + 1)
    text = sys.stdin.read(LONGEST + 1) if sys.stdin else ""
    if (ctx := click.get_current_context(silent=True)) is not None and text:
        ctx.meta[READ] = True
    return text


def _why_empty() -> str:
    ctx = click.get_current_context(silent=True)
    taken = ctx is not None and ctx.meta.get(READ)
    return "another option has read standard input" if taken else "nothing came on standard input"


class Names(Argument):
    """An argument of several ids or names; `@FILE` has more of them, one a line.

    Args:
        args: Those of an argument.
        source: Returns the operation that lists what the ids are of, if there is one.
        more: Those of an argument.
    """

    def __init__(self, *args: Any, source: Callable[[], CliOperation | None] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._source = source

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Convert the values, those of files included."""
        if value and not ctx.resilient_parsing:
            value = [one for word in value for one in self._words(str(word), ctx)]
        return super().type_cast_value(ctx, value)

    def _words(self, word: str, ctx: click.Context) -> list[str]:
        if not word.startswith("@"):
            return [word]
        try:
            return _read_names(read_input(word[1:]), self._source)
        except ValueError as failure:
            raise click.BadParameter(line_of(failure), ctx, self) from failure


def _read_names(text: str, source: Callable[[], CliOperation | None] | None) -> list[str]:
    """Read ids or names, one a line; or what lists print as JSON, ids or objects that have them, or as lines of JSON.

    Raises:
        ValueError: It begins as JSON and is none, is an empty list, or has something else in it.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if text.lstrip()[:1] not in {"[", "{"}:
        return _read_texts(lines) or lines
    found = _read_json(text)
    if not found:
        raise ValueError("empty input: the list has nothing in it")
    return [str(_name_in(one, position, source)) for position, one in enumerate(found, 1)]


def _read_texts(lines: Sequence[str]) -> list[str]:
    """Read lines that are a text of JSON each, as `-o jsonl` prints names; an empty list where one is not."""
    with suppress(ValueError):
        found = [json.loads(line) for line in lines if line[0] == '"']
        return found if len(found) == len(lines) else []
    return []


def _read_json(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as failure:
        if text.lstrip()[:1] == "{" and len(lines := text.split("\n")) > 1:
            with suppress(ValueError):
                return [json.loads(line) for line in lines if line.strip()]
        raise ValueError(f"no JSON: {line_of(failure)}") from failure
    return list(found) if is_array(found) else [found]


def _name_in(item: Any, position: int, source: Callable[[], CliOperation | None] | None) -> int | str:
    """Return an id or name, or what an object is named by, if that is of the kind that is needed.

    Raises:
        ValueError: It is another kind's, or it is not known what it is.
    """
    if is_object(item):
        return _id_of(item, position, None if source is None else source())
    if not isinstance(item, int | str) or isinstance(item, bool):
        text = f"item {position} is {_type_name(item)}, not an id, a name or an object"
        raise ValueError(text)  # noqa: TRY004 - wrong input, as all the others
    return item


def _id_of(item: Mapping[str, Any], position: int, listing: CliOperation | None) -> int | str:
    if listing is None or not typing.is_typeddict(listing.result):
        raise ValueError(f"item {position} is an object; names are needed, one a line, as --query '[].name' prints")
    wanted, prints = listing.result, f"doboto {hyphenate(listing.resource)} {listing.command} -o json"
    if (other := find_other_kind(item, wanted)) is not None:
        raise ValueError(f"item {position} is of kind {other.__name__}, not {wanted.__name__}; `{prints}` prints those")
    hints = typing.get_type_hints(wanted)
    if "name" in hints and "name" not in item:  # what has an id alone may be anything
        missing = f"item {position} has no name, so that it may be no {wanted.__name__}"
        raise ValueError(f"{missing}; `{prints}` prints whole ones, and --query '[].id' ids alone")
    key = next((name for name in IDENTIFYING if name in hints and item.get(name)), None)
    if key is None:
        raise ValueError(f"item {position} has no id")
    value = item[key]
    if key == "id" and wanted.__name__ not in IMAGE_KINDS and (wrong := find_mismatch(value, hints[key], "its id")):
        raise ValueError(f"item {position} is no {wanted.__name__}: {wrong}")
    if not isinstance(value, int | str) or isinstance(value, bool):
        text = f"item {position} has no id: it is {_type_name(value)}"
        raise ValueError(text)  # noqa: TRY004 - wrong input, as all the others
    return value


class LongText(click.ParamType[str]):
    """A text, or `@FILE` for what is in a file."""

    name = "text|@file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text."""
        if not str(value).strip():
            self.fail("it is empty", param, ctx)
        if value == "-":
            self.fail("'-' is no text; @- reads standard input", param, ctx)
        if not str(value).startswith("@"):
            return str(value)
        try:
            return read_input(value[1:])
        except ValueError as failure:
            self.fail(line_of(failure), param, ctx)


class Several(click.ParamType[Any]):
    """Values between commas, or a JSON list of them; the option may also be given several times."""

    def __init__(self, each: click.ParamType[Any]) -> None:
        self.each = each
        self.name = f"{each.name},..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[Any]:
        """Return a list of values; an empty text is none, as of a variable that is not set, and `[]` is a list."""
        if not str(value).strip():
            self.fail("it is empty; [] is a list of nothing", param, ctx)
        parts = _split_list(str(value))
        return [self.each.convert(part.strip(), param, ctx) for part in parts if part.strip()]


def _split_list(text: str) -> list[str]:
    """Split a list at commas; a JSON list of single values, as results are printed, works too."""
    if text.strip() == "null":  # as results have it where there are none
        return []
    try:
        found = json.loads(text) if text.lstrip().startswith("[") else None
    except ValueError:
        found = None
    if is_array(found) and not holds_objects(found):
        return [str(one) for one in found]
    return text.split(",")


class Moment(click.ParamType[float]):
    """A point in time: `now`, `-1h`, an ISO 8601 time (UTC where it names no zone), or seconds since 1970."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Convert it to seconds since 1970."""
        from ...moments import to_moment  # few commands are given a time

        if not isinstance(value, str):
            return float(value)
        try:
            return to_moment("it", value, SystemClock().time())
        except ArgumentError as wrong:
            self.fail(line_of(wrong), param, ctx)


MOMENT = Moment()


class Structure(click.ParamType[Any]):
    """A dict or list: as JSON, as `@FILE` with JSON or YAML in it, or as `key=value,key.inner=value`."""

    def __init__(self, hint: Any) -> None:
        self.hint = hint
        self.keys: dict[str, Any] = {}
        for choice in _choices(hint):
            if typing.is_typeddict(choice):
                self.keys |= typing.get_type_hints(choice)
        self.name = "json|key=value,..." if self.keys else "json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the dict or list."""
        if not isinstance(value, str):
            return value
        return self.check(self.read(value, param, ctx), self.hint, param, ctx)

    def read(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a value from text, without checking its type."""
        try:
            return self._file(value[1:]) if value.startswith("@") else self._text(value, param, ctx)
        except json.JSONDecodeError as failure:
            self.fail(f"{value!r} can't be read: no JSON: {line_of(failure)}", param, ctx)
        except ValueError as failure:
            text = line_of(failure)
            self.fail(text if value.startswith("@") else f"{value!r} can't be read: {text}", param, ctx)

    def check(self, found: Any, hint: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check that a value has the type, and return it; of a whole result, the member that the parameter is."""
        if param is not None and is_object(found) and self.keys.keys().isdisjoint(found) and found.get(param.name):
            found = found[param.name]
        if self.keys and is_object(found) and (keys := [key for key in found if not self._may_be_key(str(key))]):
            self.fail(f"no such key: {', '.join(keys)}; there is {', '.join(self.keys)}", param, ctx)
        if wrong := find_mismatch(found, hint):
            self.fail(wrong, param, ctx)
        return found

    def _may_be_key(self, key: str) -> bool:
        """Whether a key is known, or may be one that the API has since; the library warns of such a key."""
        return key in self.keys or not (not key or "." in key or suggestion(key, self.keys, RESEMBLES))

    def _file(self, name: str) -> Any:
        text = read_input(name)
        try:
            return load_yaml(text)
        except ValueError as failure:
            raise ValueError(f"{name} is neither JSON nor YAML: {line_of(failure)}") from failure

    def _text(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value.lstrip()[:1] in {"{", "["} or not self.keys:
            return json.loads(value)
        if self.keys.keys() >= REFERENCE and "=" not in value and ":" in value:
            return [_reference(part) for part in value.split(",")]
        pairs = [part.partition("=") for part in value.split(",")]
        if wrong := [key for key, sign, _ in pairs if not sign]:
            raise ValueError(f"{wrong[0]!r} is neither JSON nor key=value; keys are {', '.join(self.keys)}")
        found: dict[str, Any] = {}
        for key, _, text in pairs:
            self._put(found, key, text, param, ctx)
        return found

    def _put(
        self, found: dict[str, Any], key: str, text: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> None:
        """Put a value under its key: `sources.addresses` into `sources`, and into a list after its items."""
        first, dot, rest = key.partition(".")
        inner, there = Structure(self.keys.get(first)), found.get(first)
        if dot and inner.keys:
            found[first] = {**there} if is_object(there) else {}
            inner._put(found[first], rest, text, param, ctx)
            inner.check(found[first], inner.hint, param, ctx)
            return
        value = self._value(key, text, param, ctx)
        found[key] = [*found[key], *value] if is_array(value) and is_array(found.get(key)) else value

    def _value(self, key: str, text: str, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        type, several = type_of(self.keys.get(key, str), key)
        if isinstance(type, Choice):
            type = OpenChoice(type.choices)
        if key in NAMED_MEMBERS:
            type = Several(IdOrSlug()) if several else IdOrSlug()
        return type.convert(text, param, ctx)


def _reference(text: str) -> dict[str, str]:
    """Read `droplet:web-1` as a resource with its type.

    Raises:
        ValueError: A part is missing.
    """
    kind, _, id = text.strip().partition(":")
    if not (kind and id):
        raise ValueError(f"{text!r} is no resource: write TYPE:NAME or TYPE:ID, as in droplet:web-1")
    return {"resource_id": id, "resource_type": kind.replace("-", "_")}


def load_yaml(text: str, *, numbers: bool = True) -> Any:
    """Read YAML, or the JSON that it comprises; what is no number in JSON stays text.

    YAML 1.1 takes `0443` for 291 and `22:30` for 1350, and makes times of dates, which are text in the API's JSON.

    Args:
        text: The YAML.
        numbers: If false, every single value is text, as it is written: a token or name may be `1e5`, `yes` or `null`.

    Raises:
        ValueError: It is none; the message says where, without the text around it, which may be a token.
    """
    import yaml  # it takes as long as a request, and often there is no file

    class Loader(yaml.SafeLoader):
        """A loader of our own: resolvers are registered by class."""

    forms = _number_forms() if numbers else {}
    left_out = {*forms, TIMESTAMP} if numbers else {f"{TAG}{name}" for name in SCALARS}
    Loader.yaml_implicit_resolvers = {
        first: [*(one for one in resolvers if one[0] not in left_out), *forms.items()]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    if not numbers:  # also where a tag says otherwise: what can't be converted would be in the error
        safe: Any = yaml.SafeLoader
        texts: dict[Any, Any] = dict.fromkeys(left_out, safe.construct_yaml_str)
        Loader.yaml_constructors = {**yaml.SafeLoader.yaml_constructors, **texts}
    try:
        return yaml.load(text, Loader)  # noqa: S506 - as safe as the loader that it is made from
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ValueError(f"{where}{failure.problem or failure.context}") from failure
    except (yaml.YAMLError, RecursionError) as failure:
        raise ValueError(line_of(failure)) from failure


def _number_forms() -> dict[str, re.Pattern[str]]:
    """Return how numbers are written in files, by their tags: as JSON (RFC 8259, section 6) and YAML 1.1 have them.

    `1e3` is text to YAML 1.1, and results that are printed as YAML have such a text without quotes.
    """
    return {
        "tag:yaml.org,2002:int": re.compile(r"-?(?:0|[1-9][0-9]*)\Z"),
        "tag:yaml.org,2002:float": re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][+-][0-9]+)?\Z"),
    }


class Structures(Several):
    """Several dicts: one, a JSON list of them, or the option several times."""

    def __init__(self, each: Structure) -> None:
        super().__init__(each)
        self.name = each.name
        self.structure = each

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[Any]:
        """Return a list of dicts."""
        found = None if str(value).strip() == "null" else self.structure.read(str(value), param, ctx)
        if param is not None and is_object(found) and is_array(inner := found.get(param.name)):
            found = inner  # a whole result, of which this is a member
        many = found if is_array(found) else [] if found is None else [found]
        return [self.structure.check(one, self.structure.hint, param, ctx) for one in many]


class Numbers(click.ParamType[Any]):
    """One of some numbers."""

    def __init__(self, choices: Sequence[Any]) -> None:
        self.choices = {str(choice): choice for choice in choices}
        self.name = "|".join(self.choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        if str(value) not in self.choices:
            self.fail(f"{value!r} is none of {', '.join(self.choices)}", param, ctx)
        return self.choices[str(value)]


SIMPLE: Mapping[Any, click.ParamType[Any]] = {
    str: click.STRING,
    int: click.INT,
    float: click.FLOAT,
    bool: click.BOOL,
    frozenset({int, str}): IdOrSlug(),
    frozenset({int, float}): click.FLOAT,
}


def type_of(hint: Any, name: str = "") -> tuple[click.ParamType[Any], bool]:
    """Return the type for a hint, and whether it takes several values."""
    kinds = _choices(hint)
    if name in LONG_TEXTS:
        return LongText(), False
    if found := SIMPLE.get(kinds[0] if len(kinds) == 1 else frozenset(kinds)):
        return found, False
    if lists := [choice for choice in kinds if typing.get_origin(choice) in (list, Sequence)]:
        each, _ = type_of((typing.get_args(lists[0]) or (str,))[0])
        return (Structures(each) if isinstance(each, Structure) else Several(each)), True
    values = [value for choice in kinds for value in typing.get_args(choice) if typing.get_origin(choice) is Literal]
    if values and len(values) >= len(kinds):
        return (Choice(values) if all(isinstance(value, str) for value in values) else Numbers(values)), False
    if str in kinds:
        return (IdOrSlug() if int in kinds else click.STRING), False
    return Structure(hint), False


def _choices(hint: Any) -> list[Any]:
    """Return what a type may be, without None."""
    return [one for one in choices(hint) if one is not type(None)]


# -- the form of a value


def find_mismatch(value: Any, hint: Any, path: str = "") -> str | None:
    """Describe how a value differs from its type, or return None.

    Args:
        value: As JSON has it.
        hint: The type.
        path: Where it is, for the message.
    """
    if typing.get_origin(hint) in (Required, NotRequired):
        hint = typing.get_args(hint)[0]
    kinds = [kind for one in choices(hint) for kind in _outer_types(one)]
    outer = [one for one in kinds if _has_outer_type(value, one)]
    if not kinds or any(_find_inner_mismatch(value, one, path) is None for one in outer):
        return None
    # Of several types, the one whose outer type fits has the message about its members.
    if inner := next((_find_inner_mismatch(value, one, path) for one in outer), None):
        return inner
    wanted = dict.fromkeys(_type_text(one) for one in kinds if one is not type(None))
    return f"{path or 'it'} is {_type_name(value)}, not {' or '.join(wanted)}"


def _find_inner_mismatch(value: Any, hint: Any, path: str) -> str | None:
    """Describe how the members of an object, or the items of a list, differ from their types, or return None."""
    if typing.is_typeddict(hint):
        hints = typing.get_type_hints(hint)
        inside = (
            find_mismatch(value[name], hints[name], f"{path}.{name}".lstrip("."))
            for name in value
            if name in hints and not (_is_named(name, value[name]) or _is_digits(name, value[name]))
        )
    elif typing.get_origin(hint) in LISTS:
        (each,) = typing.get_args(hint)
        inside = (find_mismatch(one, each, f"{path}[{index}]") for index, one in enumerate(value))
    else:
        return None
    return next((one for one in inside if one is not None), None)


def _is_named(name: str, value: Any) -> bool:
    """Whether a member may hold names instead of ids, and does."""
    return name in NAMED_MEMBERS and all(isinstance(one, str | int) for one in (value if is_array(value) else [value]))


def _is_digits(name: str, value: Any) -> bool:
    """Whether a member is a text that may be given as a whole number, or a list of them."""
    each = value if is_array(value) else [value]
    return name in catalog.DIGITS and any(SINGLE[int][1](one) for one in each) and all(map(_is_digit_or_text, each))


def _is_digit_or_text(value: Any) -> bool:
    return SINGLE[int][1](value) or isinstance(value, str)


def _has_outer_type(value: Any, hint: Any) -> bool:
    """Whether a value is an object, a list or a single value as its type has it."""
    origin = typing.get_origin(hint)
    if typing.is_typeddict(hint) or origin in OBJECTS:
        return is_object(value)
    if origin in LISTS:
        return is_array(value)
    return hint not in SINGLE or SINGLE[hint][1](value)


def _outer_types(hint: Any) -> list[Any]:
    """Return what a type may be; of some literals, what these are."""
    literals = typing.get_origin(hint) is Literal
    return list(dict.fromkeys(map(type, typing.get_args(hint)))) if literals else [hint]


def _type_text(hint: Any) -> str:
    if hint in SINGLE:
        return SINGLE[hint][0]
    return "a list" if typing.get_origin(hint) in LISTS else "an object"


def _type_name(value: Any) -> str:
    """Name the JSON type of a value."""
    if is_object(value) or is_array(value):
        return "an object" if is_object(value) else "a list"
    return next((name for name, fits in SINGLE.values() if fits(value)), "something else")

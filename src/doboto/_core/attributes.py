"""Attributes that resources are created from: a mapping and keyword arguments, checked before any request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar, cast

from ..errors import ArgumentTypeError, ArgumentValueError
from .request import check_text

T = TypeVar("T")


#: No attributes.
NONE: Mapping[str, Any] = MappingProxyType({})


def merge_attributes(attribs: Mapping[str, Any] | None, more: Mapping[str, Any] = NONE) -> dict[str, Any]:
    """Merge attributes into a new dict without those that are None; keyword arguments override the mapping.

    Raises:
        TypeError: `attribs` is not a mapping.
    """
    if attribs is None:
        attribs = NONE
    if not isinstance(attribs, Mapping):
        raise ArgumentTypeError("{0} must be a dict, not {type}", "attribs", type=type(attribs).__name__)
    return {name: value for name, value in {**attribs, **more}.items() if value is not None}


#: How many names of keyword arguments an error lists.
LISTED = 10


def refuse_unknown(
    function: str, given: Mapping[str, object], known: Collection[str], *, attribs: str | None = None
) -> None:
    """Refuse keyword arguments that a function does not have, each with the name that it resembles.

    Args:
        function: The function's name.
        given: Keyword arguments.
        known: Names of those that it has.
        attribs: Which positional argument a dict of attributes is, in words; None if it takes none.

    Raises:
        TypeError: There is an unknown one.
    """
    if unknown := [name for name in given if name not in known]:
        hints = [suggest(name, known) for name in unknown]
        named = ", ".join(f"{name!r}{hint}" for name, hint in zip(unknown, hints, strict=True))
        advice = "; attributes that this version does not know go into the dict attribs" if attribs else ""
        if attribs and any(isinstance(given[name], Mapping) for name in unknown):
            advice = f"; a dict of attributes is the {attribs} argument, attribs"
        if not any(hints) and 0 < len(known) <= LISTED:
            advice += f"; it has {', '.join(sorted(known))}"
        raise TypeError(f"{function}() has no keyword argument {named}{advice}")


def suggest(name: str, known: Iterable[str]) -> str:
    """Return the known name that a wrong one resembles or is a part of, as a question for an error; else ""."""
    from difflib import get_close_matches  # needed only for an error

    names, wrong = {one.lower(): one for one in sorted(known)}, name.lower()
    parts = (one for one in names if len(wrong) > 1 and wrong in one.split("_"))
    alike = next(iter(get_close_matches(wrong, names, 1)), None) or next(parts, None)
    return f" (did you mean {names[alike]!r}?)" if alike else ""


#: What other libraries for the same API call what operations do here.
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "add": "create",
        "all": "list",
        "assign_resources": "attach",
        "delete": "destroy",
        "get": "info",
        "get_all": "list",
        "remove": "destroy",
        "retrieve": "info",
        "unassign_resources": "detach",
    }
)


#: What DOBOTO 0.6 had and there is no more, by class, or by "Operations" for every group of operations: what to do.
REMOVED: Mapping[str, str] = MappingProxyType(
    {
        "TagOperations.update": "DigitalOcean's API no longer renames tags; create a tag with the new name, attach the "
        "resources of the old one to it, and destroy the old one",
        "DropletOperations.action": "each action has an operation of its own, for example power_off",
        "DropletOperations.ready": "use wait, or wait=True of the operation that creates it",
        "Operations.action_result": "use wait=True of the operation that starts the action",
        "Operations.actions_result": "use wait=True of the operation that starts the actions",
        "Operations.agent": "give agent to the client",
        "Operations.headers": "the client sends them; DO.request makes any other request",
        "Operations.pages": "lists have all pages; DO.request(paginate=...) reads the pages of any other list",
        "Operations.request": "use DO.request",
        "Operations.token": "a token cannot be read back from a client",
        "Operations.uri": "use DO.url",
    }
)


def _advise(kind: str, name: str) -> str | None:
    """Return what to do instead of using a name that DOBOTO 0.6 had, or None if it had none such."""
    shared = REMOVED.get(f"Operations.{name}") if kind.endswith("Operations") else None
    return REMOVED.get(f"{kind}.{name}", shared)


def missing_attribute(owner: object, name: str) -> AttributeError:
    """Return the error for an attribute that an object lacks: with what took its place, or a name that it resembles.

    It comes without the object, of which Python would make a second suggestion in the traceback.
    """
    kind = type(owner)
    hint = ""
    if advice := _advise(kind.__name__, name):
        hint = f": {advice}"
    elif not name.startswith("_"):  # copying, pickling and notebooks ask for names that begin so
        known = [each for each in dir(kind) if not each.startswith("_")]
        alias = ALIASES.get(name)
        hint = f" (did you mean {alias!r}?)" if alias in known else suggest(name, known)
    return AttributeError(f"{kind.__name__!r} object has no attribute {name!r}{hint}", name=name)


def check_attributes(
    attribs: Mapping[str, Any] | None,
    more: Mapping[str, Any] = NONE,
    *,
    needed: Sequence[str] = (),
    lists: Sequence[str] = (),
) -> dict[str, Any]:
    """Merge and check attributes.

    Args:
        attribs: A mapping of attributes.
        more: Keyword arguments.
        needed: Names of attributes that must be present and not empty.
        lists: Names of attributes that must be lists if they are present.

    Raises:
        ValueError: One is missing or empty.
        TypeError: `attribs` is not a mapping, or a list is required.
    """
    given = merge_attributes(attribs, more)
    require_all(needed, given)
    return {name: to_list(name, value) if name in lists else value for name, value in given.items()}


def require_all(names: Sequence[str], given: Mapping[str, Any]) -> None:
    """Check that attributes are there, and are not empty.

    Raises:
        ValueError: Some are missing, or one is empty; the message names all that are required.
    """
    if missing := [name for name in names if given.get(name) is None]:
        fields = [f"{{{number}}}" for number in range(len(names))]
        listed, all_of_them = fields[: len(missing)], fields[len(missing) :]
        text = f"{' and '.join(listed)} {'is' if len(missing) == 1 else 'are'} required"
        others = [name for name in names if name not in missing]
        raise ArgumentValueError(text + (f", beside {', '.join(all_of_them)}" if others else ""), *missing, *others)
    for name in names:
        require(name, given[name])


def require(name: str, value: T | None) -> T:
    """Return a value that must be there.

    Raises:
        ValueError: It is None, or empty text.
    """
    if value is None:
        raise ArgumentValueError("{0} is required", name)
    if isinstance(value, str):
        check_text(name, value)
    return value


def to_list(name: str, value: Any) -> list[Any]:
    """Return a list; text is none, though it could be iterated over.

    Raises:
        TypeError: It is something else.
    """
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ArgumentTypeError("{0} must be a list, not {type}", name, type=type(cast(object, value)).__name__)
    return [*cast("Iterable[Any]", cast(object, value))]


def to_dict(name: str, value: Any) -> dict[str, Any]:
    """Return a dict of its own, with what the caller's has.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(value, Mapping):
        raise ArgumentTypeError("{0} must be a dict, not {type}", name, type=type(value).__name__)
    return {**cast("Mapping[str, Any]", value)}


def to_nonempty_list(name: str, value: Any) -> list[Any]:
    """Return a list with something in it.

    Raises:
        ValueError: It is empty.
        TypeError: It is something else.
    """
    found = to_list(name, value)
    if not found:
        raise ArgumentValueError("{0} must not be empty", name)
    return found


def check_choice(name: str, value: T, choices: Iterable[object]) -> T:
    """Return a value that is one of some.

    Raises:
        ValueError: It is none of them.
        TypeError: It is no text either.
    """
    known = [*choices]
    if value in known:
        return value
    template, listed = "{0} must be one of {listed}, not {value!r}{hint}", ", ".join(map(str, known))
    if not isinstance(value, str):
        raise ArgumentTypeError(template, name, listed=listed, value=value, hint="")
    raise ArgumentValueError(template, name, listed=listed, value=value, hint=suggest(value, map(str, known)))

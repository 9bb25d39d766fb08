"""What a create asks for: checked before any request, in bodies that the API takes."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import ArgumentTypeError, ArgumentValueError
from ..attributes import merge_attributes, require, to_dict, to_list
from ..request import check_flag, check_text, check_text_only, id_or_slug

#: The most names in one request (API reference, droplets_create: "up to ten").
NAMES_PER_REQUEST = 10
#: The most user data, in bytes (API reference, droplets_create: 64 KiB).
USER_DATA = 64 * 1024
NAME_LENGTH = 255
LAST_PORT = 65535
#: What a create requires, with what it can be.
REQUIRED: Mapping[str, str] = {
    "size": 'the slug of a size, such as "s-1vcpu-1gb"; a list of sizes shows all',
    "image": 'the id or the slug of an image, such as "ubuntu-24-04-x64"; a list of images shows all',
}
#: The pattern that the API reference gives for a Droplet's name.
NAME = re.compile(r"[a-zA-Z0-9]?[a-z0-9A-Z.\-]*[a-z0-9A-Z]")


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """The Droplets that one call asks for.

    Attributes:
        names: Their names, in the order asked for.
        many: Whether `names` was given, so that the result is a list.
        attribs: Everything but the names and the project, as the API takes it.
        project_id: The project to put them into, or None for the default one.
    """

    names: Sequence[str]
    many: bool
    attribs: Mapping[str, Any]
    project_id: str | None = None

    @classmethod
    def of(cls, attribs: Mapping[str, Any] | None, more: Mapping[str, Any], *, complete: bool = True) -> CreateRequest:
        """Read and check the attributes: a mapping and, beside it, keyword arguments.

        Args:
            attribs: The mapping.
            more: The keyword arguments, which override it.
            complete: Whether all that a create requires must be there.

        Raises:
            ValueError, TypeError: An attribute is missing or invalid; nothing was sent.
        """
        given = merge_attributes(attribs, more)
        name, names = given.pop("name", None), given.pop("names", None)
        if (name is None) == (names is None):
            raise ArgumentValueError("give either {0}, for one Droplet, or {1}, for several", "name", "names")
        project_id = given.pop("project_id", None)
        if project_id is not None:
            check_text_only("project_id", project_id)
        wanted = [name] if names is None else _names(names)
        request = cls(wanted, names is not None, _rename_arguments(given), project_id)
        request._check()
        if complete:
            request.check_complete()
        return request

    def bodies(self) -> Iterator[dict[str, Any]]:
        """Yield the bodies of the requests, of ten names at most."""
        if not self.many:
            yield {"name": self.names[0], **self.attribs}
            return
        for start in range(0, len(self.names), NAMES_PER_REQUEST):
            yield {"names": self.names[start : start + NAMES_PER_REQUEST], **self.attribs}

    def only(self, names: Sequence[str]) -> CreateRequest:
        """Return the same request for some of its names."""
        return CreateRequest(names, self.many, self.attribs, self.project_id)

    def check_complete(self) -> None:
        """Check that everything is there that a create requires.

        Raises:
            ValueError: An attribute is missing or empty.
        """
        if missing := [name for name in REQUIRED if self.attribs.get(name) is None]:
            verb = "{0} is" if len(missing) == 1 else "{0} and {1} are"
            what = "; ".join(REQUIRED[name] for name in missing)
            raise ArgumentValueError(f"{verb} required to create a Droplet: {{what}}", *missing, what=what)
        for name in REQUIRED:
            require(name, self.attribs[name])

    def _check(self) -> None:
        for name in self.names:
            _check_name(name)
        for name, value in self.attribs.items():
            if name in CHECKS:
                CHECKS[name](name, value)
        if self.attribs.get("public_networking") is False and self.attribs.get("ipv6"):
            raise ValueError("a Droplet without public networking can't have IPv6")


def in_order(droplets: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """Return Droplets in the order of the names asked for; those of other names last."""
    by_name: defaultdict[str, deque[Any]] = defaultdict(deque)
    for droplet in droplets:
        by_name[str(droplet.get("name"))].append(droplet)
    ordered = [by_name[name].popleft() for name in names if by_name[name]]
    return [*ordered, *(droplet for left in by_name.values() for droplet in left)]


def _rename_arguments(given: dict[str, Any]) -> dict[str, Any]:
    """DOBOTO documented the attribute `volume`; the API's name is `volumes`, and it ignores the other."""
    if "volume" in given:
        if "volumes" in given:
            raise ArgumentValueError("give either {0} or, as DOBOTO called it, {1}", "volumes", "volume")
        given["volumes"] = given.pop("volume")
    if given.get("user_data") is False:  # as DOBOTO's Ansible module says that there is none
        del given["user_data"]
    for name in ("volumes", "tags", "ssh_keys"):
        if name in given:
            given[name] = to_list(name, given[name])
    if "image" in given:
        given["image"] = id_or_slug("image", given["image"])
    return given


def _user_data(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise ArgumentTypeError("{0} must be text, not {type}", name, type=type(value).__name__)
    if len(value.encode()) > USER_DATA:
        raise ArgumentValueError("{0} is longer than {most} bytes", name, most=USER_DATA)


#: How the attributes of one value are checked; those that the API got since go to it as they are.
CHECKS: Mapping[str, Callable[[str, Any], object]] = {
    "image": check_text,
    "backup_policy": to_dict,
    "user_data": _user_data,
    **dict.fromkeys(("size", "region", "vpc_uuid"), check_text_only),
    **dict.fromkeys(
        ("backups", "ipv6", "monitoring", "private_networking", "with_droplet_agent", "public_networking"), check_flag
    ),
}


def check_distinct(names: Sequence[str]) -> None:
    """Refuse names of which one is given twice.

    Raises:
        ValueError: One is.
    """
    if len(set(names)) < len(names):
        raise ArgumentValueError("present identifies Droplets by name: {0} has one twice", "names")


def check_ready_port(port: int | None, wait: bool) -> None:
    """Refuse a port that can't be waited for.

    Raises:
        ValueError: There is no such port, or nothing is waited for.
        TypeError: It is no whole number.
    """
    if port is None:
        return
    if type(port) is not int:
        raise ArgumentTypeError("{0} must be a whole number, not {type}", "ready_port", type=type(port).__name__)
    if not 1 <= port <= LAST_PORT:
        raise ArgumentValueError("{0} must be from 1 to {last}, not {port}", "ready_port", last=LAST_PORT, port=port)
    if not wait:
        raise ArgumentValueError("{0} is waited for: give {1:True} with it", "ready_port", "wait")


def _names(names: Any) -> list[Any]:
    if not (found := to_list("names", names)):
        raise ArgumentValueError("{0} must not be empty", "names")
    return found


def _check_name(name: Any) -> None:
    if not isinstance(name, str):
        raise TypeError(f"a Droplet's name must be text, not {type(name).__name__}")
    if len(name) > NAME_LENGTH or not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no host name: only a-z, A-Z, 0-9, . and -, up to {NAME_LENGTH} characters")

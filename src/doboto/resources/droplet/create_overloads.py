"""Signatures of `create` and `present` of Droplets: one by `name`, several by `names`."""

from __future__ import annotations

from typing import Protocol, TypeAlias, TypeVar, Unpack, overload

from ..._operation import Coro, Many, One
from ..._overloads import attributes_operation
from ...progress import OnProgress
from ...types import Droplet, DropletAttributes, DropletCreate, DropletCreateBase, DropletsCreate

Droplets: TypeAlias = list[Droplet]
Present: TypeAlias = tuple[Droplet, Droplet | None]
PresentMany: TypeAlias = tuple[Droplets, Droplets]


class Alike(DropletCreateBase, total=False):
    """What Droplets have in common: everything but their names."""

    size: str
    image: int | str


class Name(Alike):
    """The keyword arguments that make it one."""

    name: str


class Names(Alike):
    """The keyword arguments that make it several."""

    names: list[str]


class _Nothing:
    """Never given: a type variable has two types or more."""


#: A variable of the type `DropletAttributes`, but no dict in place: type checkers look at that for what it lacks.
Attributes = TypeVar("Attributes", DropletAttributes, _Nothing)


class Creates(Protocol[One, Many]):
    """Attributes as a dict, as keyword arguments, or as both.

    The result is known where the dict is complete, or where the name or the names come as a keyword argument.
    """

    @overload
    def __call__(
        self,
        attribs: DropletCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnProgress | None = None,
        **attributes: Unpack[DropletCreateBase],
    ) -> One: ...
    @overload
    def __call__(
        self,
        attribs: DropletsCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnProgress | None = None,
        **attributes: Unpack[DropletCreateBase],
    ) -> Many: ...
    @overload
    def __call__(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        ready_port: int | None = None,
        progress: OnProgress | None = None,
        **attributes: Unpack[DropletCreate],
    ) -> One: ...
    @overload
    def __call__(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        ready_port: int | None = None,
        progress: OnProgress | None = None,
        **attributes: Unpack[DropletsCreate],
    ) -> Many: ...
    @overload
    def __call__(
        self,
        attribs: Alike,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnProgress | None = None,
        **attributes: Unpack[Name],
    ) -> One: ...
    @overload
    def __call__(
        self,
        attribs: Alike,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnProgress | None = None,
        **attributes: Unpack[Names],
    ) -> Many: ...
    @overload
    def __call__(
        self,
        attribs: Attributes,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnProgress | None = None,
        **attributes: Unpack[Alike],
    ) -> One | Many: ...


creating = attributes_operation[Creates[Droplet, Droplets], Creates[Coro[Droplet], Coro[Droplets]]]
presenting = attributes_operation[Creates[Present, PresentMany], Creates[Coro[Present], Coro[PresentMany]]]

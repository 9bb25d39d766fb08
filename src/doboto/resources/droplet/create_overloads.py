"""Signatures of `create` and `present` of Droplets: one by `name`, several by `names`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias, Unpack, overload

from ..._io.protocol import OnEvent
from ..._operation import Coro, Many, One
from ..._operation.overloads import overloaded_operation
from ...types import Droplet, DropletCreate, DropletCreateBase, DropletsCreate

Droplets: TypeAlias = list[Droplet]
Present: TypeAlias = tuple[Droplet, Droplet | None]
PresentMany: TypeAlias = tuple[Droplets, Droplets]


class DropletTemplate(DropletCreateBase, total=False):
    """Attributes of Droplets but for their names; none is required beside a mapping that has the others."""

    size: str
    image: int | str


class NamedTemplate(DropletTemplate, total=False):
    """`DropletTemplate` with the name of one Droplet."""

    name: str


class CreatesDroplet(Protocol[One, Many]):
    """Attributes as a mapping, as keyword arguments, or as both; keyword arguments override the mapping.

    The result is a list where `names` is a keyword argument or the mapping is a `DropletsCreate`. Any other mapping is
    taken to have, or to get, the name of one Droplet.
    """

    @overload
    def __call__(
        self,
        *,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        ready_port: int | None = None,
        progress: OnEvent | None = None,
        **attributes: Unpack[DropletCreate],
    ) -> One: ...
    @overload
    def __call__(
        self,
        attribs: Mapping[str, Any] | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        names: list[str],
        ready_port: int | None = None,
        progress: OnEvent | None = None,
        **attributes: Unpack[DropletTemplate],
    ) -> Many: ...
    @overload
    def __call__(
        self,
        attribs: DropletsCreate,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnEvent | None = None,
        **attributes: Unpack[DropletTemplate],
    ) -> Many: ...
    @overload
    def __call__(
        self,
        attribs: Mapping[str, Any],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        ready_port: int | None = None,
        progress: OnEvent | None = None,
        **attributes: Unpack[NamedTemplate],
    ) -> One: ...


create_operation = overloaded_operation[
    CreatesDroplet[Droplet, Droplets], CreatesDroplet[Coro[Droplet], Coro[Droplets]]
]
present_operation = overloaded_operation[
    CreatesDroplet[Present, PresentMany], CreatesDroplet[Coro[Present], Coro[PresentMany]]
]

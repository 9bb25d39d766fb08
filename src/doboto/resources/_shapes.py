"""Signatures of the operations whose result depends on what was asked for."""

from __future__ import annotations

from typing import Protocol, TypeAlias, Unpack, overload

from .._operation import Coro, Many, One
from .._shapes import attributed, shaped
from ..progress import OnProgress
from ..types import Action, BackupPolicyAttributes, Droplet, DropletCreate, DropletsCreate

Actions: TypeAlias = list[Action]
Droplets: TypeAlias = list[Droplet]
Present: TypeAlias = tuple[Droplet, Droplet | None]
PresentMany: TypeAlias = tuple[Droplets, Droplets]


class ByIdOrTag(Protocol[One, Many]):
    """An action: one by `id`, a list by `tag_name`."""

    @overload
    def __call__(
        self,
        id: int,
        tag_name: None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: None,
        tag_name: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> Many: ...
    @overload
    def __call__(
        self,
        id: None = None,
        *,
        tag_name: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnProgress | None = None,
    ) -> Many: ...


class Enables(Protocol[One, Many]):
    """`ByIdOrTag`, with a backup policy where it is by id."""

    @overload
    def __call__(
        self,
        id: int,
        tag_name: None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        backup_policy: BackupPolicyAttributes | None = None,
        progress: OnProgress | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: None,
        tag_name: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> Many: ...
    @overload
    def __call__(
        self,
        id: None = None,
        *,
        tag_name: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnProgress | None = None,
    ) -> Many: ...


class Snapshots(Protocol[One, Many]):
    """`ByIdOrTag`, with the snapshot's name after it, as DOBOTO had it."""

    @overload
    def __call__(
        self,
        id: int,
        tag_name: None = None,
        snapshot_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: None,
        tag_name: str,
        snapshot_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnProgress | None = None,
    ) -> Many: ...
    @overload
    def __call__(
        self,
        id: None = None,
        *,
        tag_name: str,
        snapshot_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        progress: OnProgress | None = None,
    ) -> Many: ...


class Creates(Protocol[One, Many]):
    """One by `name`, a list by `names`; attributes as a dict or as keyword arguments."""

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


act = shaped[ByIdOrTag[Action, Actions], ByIdOrTag[Coro[Action], Coro[Actions]]]
enable = shaped[Enables[Action, Actions], Enables[Coro[Action], Coro[Actions]]]
snapshot = shaped[Snapshots[Action, Actions], Snapshots[Coro[Action], Coro[Actions]]]
creating = attributed[Creates[Droplet, Droplets], Creates[Coro[Droplet], Coro[Droplets]]]
presenting = attributed[Creates[Present, PresentMany], Creates[Coro[Present], Coro[PresentMany]]]

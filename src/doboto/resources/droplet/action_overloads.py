"""Signatures of the actions whose result depends on what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias, overload

from ..._io.protocol import OnEvent
from ..._operation import Coro, Many, One
from ..._operation.overloads import overloaded_operation
from ...types import Action, BackupPolicyAttributes

Actions: TypeAlias = list[Action]


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
        progress: OnEvent | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: Sequence[int],
        tag_name: None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Many: ...
    @overload
    def __call__(
        self,
        id: None,
        tag_name: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
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
        progress: OnEvent | None = None,
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
        progress: OnEvent | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: Sequence[int],
        tag_name: None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        backup_policy: BackupPolicyAttributes | None = None,
        progress: OnEvent | None = None,
    ) -> Many: ...
    @overload
    def __call__(
        self,
        id: None,
        tag_name: str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
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
        progress: OnEvent | None = None,
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
        progress: OnEvent | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: Sequence[int],
        tag_name: None = None,
        snapshot_name: str | None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Many: ...
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
        progress: OnEvent | None = None,
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
        progress: OnEvent | None = None,
    ) -> Many: ...


class ByIds(Protocol[One, Many]):
    """An action: one by an id, a list by several."""

    @overload
    def __call__(
        self, id: int, wait: bool = False, poll: float = 5, timeout: float = 300, *, progress: OnEvent | None = None
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: Sequence[int],
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Many: ...


class Resizes(Protocol[One, Many]):
    """`ByIds`, with the size."""

    @overload
    def __call__(
        self,
        id: int,
        size: str,
        disk: bool = False,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: Sequence[int],
        size: str,
        disk: bool = False,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Many: ...


class Rebuilds(Protocol[One, Many]):
    """`ByIds`, with the image."""

    @overload
    def __call__(
        self,
        id: int,
        image: int | str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> One: ...
    @overload
    def __call__(
        self,
        id: Sequence[int],
        image: int | str,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> Many: ...


class ById(Protocol[One]):
    """An action that DOBOTO took by tag too, and the API by `id` only; the parameter has kept its place."""

    def __call__(
        self,
        id: int,
        tag_name: None = None,
        wait: bool = False,
        poll: float = 5,
        timeout: float = 300,
        *,
        progress: OnEvent | None = None,
    ) -> One:
        """Run it."""
        ...


ids_operation = overloaded_operation[ByIds[Action, Actions], ByIds[Coro[Action], Coro[Actions]]]
resize_operation = overloaded_operation[Resizes[Action, Actions], Resizes[Coro[Action], Coro[Actions]]]
rebuild_operation = overloaded_operation[Rebuilds[Action, Actions], Rebuilds[Coro[Action], Coro[Actions]]]
id_or_tag_operation = overloaded_operation[ByIdOrTag[Action, Actions], ByIdOrTag[Coro[Action], Coro[Actions]]]
id_operation = overloaded_operation[ById[Action], ById[Coro[Action]]]
backup_enable_operation = overloaded_operation[Enables[Action, Actions], Enables[Coro[Action], Coro[Actions]]]
snapshot_operation = overloaded_operation[Snapshots[Action, Actions], Snapshots[Coro[Action], Coro[Actions]]]

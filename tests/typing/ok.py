"""Checked by mypy and pyright, never run: what the types of the public surface are."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from typing import Any, assert_type

from doboto import DO, AsyncDO, DOBOTOException, Progress, RateLimit, Retry, public_ipv4
from doboto.types import (
    Action,
    BackupPolicyRecord,
    DestroyStatus,
    Droplet,
    DropletCreate,
    DropletsCreate,
    DropletSnapshot,
    Firewall,
    Kernel,
)

ONE: DropletCreate = {"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
MANY: DropletsCreate = {"names": ["a", "b"], "size": "s-1vcpu-1gb", "image": 7, "tags": ["env:prod"]}


def told(progress: Progress) -> None:
    assert_type(progress.done, int)


def blocking(do: DO) -> None:
    assert_type(do.droplet.info(1), Droplet)
    assert_type(do.droplet.info(id=1)["name"], str)
    assert_type(do.droplet.list(), list[Droplet])
    assert_type(do.droplet.list("env:prod"), list[Droplet])
    assert_type(do.droplet.list(name="web-1", type="all"), list[Droplet])
    assert_type(do.droplet.each(), Iterator[Droplet])
    assert_type(do.droplet.neighbor_list(1), list[Droplet])
    assert_type(do.droplet.droplet_neighbor_list(), list[list[Droplet]])
    assert_type(do.droplet.create(ONE), Droplet)
    assert_type(do.droplet.create(ONE, True, 5, 300, ready_port=22, progress=told), Droplet)
    assert_type(do.droplet.create(MANY, wait=True), list[Droplet])
    assert_type(do.droplet.create({"name": "a", "size": "s", "image": "i"}), Droplet)
    assert_type(do.droplet.create({"names": ["a"], "size": "s", "image": "i"}), list[Droplet])
    assert_type(do.droplet.create(name="a", size="s", image="i", wait=True), Droplet)
    assert_type(do.droplet.create(names=["a"], size="s", image="i"), list[Droplet])
    assert_type(do.droplet.present(ONE), tuple[Droplet, Droplet | None])
    assert_type(do.droplet.present(MANY), tuple[list[Droplet], list[Droplet]])
    assert_type(do.droplet.destroy(1), None)
    assert_type(do.droplet.destroy(tag_name="a", wait=True, missing_ok=True), None)
    assert_type(do.droplet.backup_list(1), list[DropletSnapshot])
    assert_type(do.droplet.snapshot_list(1), list[DropletSnapshot])
    assert_type(do.droplet.kernel_list(1), list[Kernel])
    assert_type(do.droplet.firewall_list(1), list[Firewall])
    assert_type(do.droplet.action_list(1), list[Action])
    assert_type(do.droplet.action_info(1, 2), Action)
    assert_type(do.droplet.reboot(1, wait=True), Action)
    assert_type(do.droplet.resize(1, "s-2vcpu-4gb", True), Action)
    assert_type(do.droplet.power_off(1), Action)
    assert_type(do.droplet.power_off(id=1, wait=True), Action)
    assert_type(do.droplet.power_off(tag_name="a"), list[Action])
    assert_type(do.droplet.power_off(None, "a", True, 5, 300), list[Action])
    assert_type(do.droplet.backup_enable(1, backup_policy={"plan": "weekly", "weekday": "SUN", "hour": 4}), Action)
    assert_type(do.droplet.backup_enable(tag_name="a"), list[Action])
    assert_type(do.droplet.snapshot_create(1, snapshot_name="s"), Action)
    assert_type(do.droplet.snapshot_create(tag_name="a"), list[Action])
    assert_type(do.droplet.backup_policy_info(1), BackupPolicyRecord)
    assert_type(do.droplet.destroy_with_associated_resources(1, dangerous=True), DestroyStatus | None)
    assert_type(do.request("GET", "/sizes"), Any)
    assert_type(do.ratelimit, RateLimit | None)
    assert_type(do.with_options(retry=Retry.never()), DO)
    read: Callable[[int], Droplet] = do.droplet.info
    assert_type(public_ipv4(read(1)), str | None)


async def asynchronous(ado: AsyncDO) -> None:
    assert_type(await ado.droplet.info(1), Droplet)
    assert_type(await ado.droplet.list("env:prod"), list[Droplet])
    assert_type(ado.droplet.each(), AsyncGenerator[Droplet, None])
    assert_type(await ado.droplet.create(ONE, wait=True), Droplet)
    assert_type(await ado.droplet.create(MANY), list[Droplet])
    assert_type(await ado.droplet.create(name="a", size="s", image="i"), Droplet)
    assert_type(await ado.droplet.present(ONE), tuple[Droplet, Droplet | None])
    assert_type(await ado.droplet.present(MANY), tuple[list[Droplet], list[Droplet]])
    assert_type(await ado.droplet.power_off(1), Action)
    assert_type(await ado.droplet.power_off(tag_name="a"), list[Action])
    assert_type(await ado.droplet.snapshot_create(tag_name="a"), list[Action])
    assert_type(await ado.droplet.destroy(1), None)
    assert_type(await ado.request("GET", "/sizes"), Any)
    pending = ado.droplet.info(1)
    await assert_type(pending, Coroutine[Any, Any, Droplet])
    async for droplet in ado.droplet.each(tag_name="a"):
        assert_type(droplet, Droplet)


async def lifetimes() -> None:
    with DO("t") as do:
        assert_type(do, DO)
    async with AsyncDO.simulated() as ado:
        assert_type(ado, AsyncDO)
    try:
        raise DOBOTOException
    except DOBOTOException as error:
        assert_type(error.status, int | None)

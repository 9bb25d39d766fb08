"""Making Droplets: the record of a new one, and what happens until it is active."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...engine import actions, relations, tagging
from ...engine.account import Account
from ...engine.actions import ActionFailed
from ...engine.clock import iso
from ...engine.lifecycle import effect
from ...engine.records import DROPLET, VPC, BackupPolicy, StoredAction, StoredDroplet, StoredVpc
from ..volumes import actions as volume_actions
from ..vpcs import default_vpc
from . import backups, networks, state
from .request import DropletRequest


def create(
    account: Account, now: float, request: DropletRequest, faults_of: Callable[[str], Mapping[str, float]]
) -> list[tuple[StoredDroplet, StoredAction]]:
    """Make what was ordered; each new Droplet with its create action."""
    tags = tagging.create_missing(account, request.tags)
    vpc = account.get(VPC, request.vpc_uuid) if request.vpc_uuid else default_vpc(account, request.region, now)
    made = [_create_one(account, now, request, name, tags, vpc, faults_of(name)) for name in request.names]
    tagged = [droplet["id"] for droplet, _ in made if droplet["tags"]]
    if tagged:
        tagging.note_last_tagged(account, tags, DROPLET, tagged[-1])
    return made


def batch(account: Account, now: float, created: list[StoredAction]) -> StoredAction:
    """Return the action that stands for the creation of several Droplets; it ends when theirs do.

    That it ends errored if one of theirs does is unverified.
    """
    first = created[0]
    return actions.start(
        account,
        now,
        "create",
        "backend",
        first["id"],
        first["region_slug"],
        seconds=account.settings.seconds("droplet.create"),
        arguments={"action_ids": [action["id"] for action in created]},
        fails=any(action["fails"] for action in created),
    )


def _create_one(
    account: Account,
    now: float,
    request: DropletRequest,
    name: str,
    tags: list[str],
    vpc: StoredVpc,
    faults: Mapping[str, float],
) -> tuple[StoredDroplet, StoredAction]:
    number = account.next_id("droplet")
    droplet = account.put(DROPLET, number, _record(account, now, request, number, name, tags, vpc, faults))
    if droplet["listed_from"] > now:
        state.note_lag(account, droplet["listed_from"])
    for volume in request.volumes:
        volume_actions.attach(account, volume, number)
    seconds = account.settings.seconds("droplet.create")
    action = actions.start(
        account,
        now,
        "create",
        "droplet",
        number,
        request.region,
        seconds=seconds,
        effect="droplet.created",
        arguments={"droplet_id": number, "backup_policy": request.backup_policy},
        fails="create_errored" in faults,
        failure="droplet.vanish",
    )
    account.after(_address_delay(account, seconds, faults), "droplet.addressed", now, droplet_id=number)
    return droplet, action


def _record(
    account: Account,
    now: float,
    request: DropletRequest,
    number: int,
    name: str,
    tags: list[str],
    vpc: StoredVpc,
    faults: Mapping[str, float],
) -> StoredDroplet:
    settings = account.settings
    host = account.count(f"host:{request.region}") // settings.droplets_per_host
    return {
        "id": number,
        "name": name,
        "status": "new",
        "created_at": iso(now),
        "listed_from": now + max(settings.list_lag, faults.get("list_lag", 0.0)),
        "found_from": now + max(settings.get_lag, faults.get("get_lag", 0.0)),
        "destroying": False,
        "size_slug": request.size["slug"],
        "disk": request.size["disk"],
        "image_id": request.image["id"],
        "region": request.region,
        "features": _features(request),
        "networks": {"v4": [], "v6": []},
        "ipv6": request.ipv6,
        "public": request.public,
        "vpc_uuid": vpc["id"],
        "kernel_id": None,
        "backup_policy": request.backup_policy,
        "backup_at": None,
        "ssh_keys": request.ssh_keys,
        "user_data": request.user_data,
        "tags": [] if "lost_tags" in faults else tags,
        "host": f"{request.region}:{host}",
    }


def _features(request: DropletRequest) -> list[str]:
    wanted = {
        "backups": request.backup_policy is not None,
        "monitoring": request.monitoring,
        "droplet_agent": request.agent,
        "private_networking": True,
        "ipv6": request.ipv6,
    }
    return [name for name, on in wanted.items() if on]


def _address_delay(account: Account, seconds: float, faults: Mapping[str, float]) -> float:
    settings = account.settings
    late = "address_after" in faults or (settings.address == "after" and "address_before" not in faults)
    return seconds + settings.address_gap if late else max(seconds - settings.address_gap, 0.0)


@effect("droplet.addressed")
def _assign_addresses(account: Account, _now: float, *, droplet_id: int) -> None:
    droplet = account.find(DROPLET, droplet_id)
    if droplet is None:
        return
    # Where addresses come after `active`, an action may have added a private or an IPv6 one already.
    v4, v6 = droplet["networks"]["v4"], droplet["networks"]["v6"]
    if not v4:
        v4 = [networks.private_v4(account, account.get(VPC, droplet["vpc_uuid"]))]
    if droplet["public"]:
        v4 = [networks.public_v4(account), *v4]
    if droplet["ipv6"] and not v6:
        v6 = [networks.public_v6(account, droplet["region"])]
    account.change(DROPLET, droplet_id, networks={"v4": v4, "v6": v6})


@effect("droplet.created")
def _finish_create(account: Account, now: float, *, droplet_id: int, backup_policy: BackupPolicy | None) -> None:
    if account.find(DROPLET, droplet_id) is None:
        raise ActionFailed
    account.change(DROPLET, droplet_id, status="active", **networks.boot_period(account, now))
    if backup_policy is not None:
        backups.enable(account, now, droplet_id, backup_policy)


@effect("droplet.vanish")
def _vanish(account: Account, now: float, *, droplet_id: int, backup_policy: BackupPolicy | None) -> None:  # noqa: ARG001
    # A placement that fails afterwards: the Droplet is simply gone (`terraform-provider-digitalocean` PR 1493).
    droplet = account.delete(DROPLET, droplet_id)
    if droplet is not None:
        relations.notify_droplet_destroyed(account, now, droplet)

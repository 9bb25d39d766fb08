"""Follows what requests touch: which Droplets, actions, images and volumes want something done to machines."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from ..engine import actions
from ..engine.account import Account
from ..engine.records import (
    ACTION,
    DELETED_IMAGE,
    DROPLET,
    IMAGE,
    VOLUME,
    VOLUME_SNAPSHOT,
    Key,
    Record,
    StoredAction,
    StoredDroplet,
)
from ..engine.world import Change
from ..resources.images import disk_in, disk_of
from .engine import EngineError
from .jobs import JobQueue, Worker, log_failure
from .machine import Machine, directory_of
from .volumes import VolumeDirectories

log = logging.getLogger("doboto.sim.machines")


@dataclass(eq=False)
class Tenant:
    """What belongs to one account; one that is reset or replaced is another account of the same name.

    Attributes:
        account: The account.
        machines: Machines by the ids of their Droplets.
        jobs: What is done to machines and volumes, by the ids of the actions.
        refused: Ids of Droplets that get no machine.
        volumes: Ids of volumes that are known.
    """

    account: Account
    machines: dict[Key, Machine] = field(default_factory=dict[Key, Machine])
    jobs: dict[Key, Future[None]] = field(default_factory=dict[Key, "Future[None]"])
    refused: set[Key] = field(default_factory=set[Key])
    volumes: set[Key] = field(default_factory=set[Key])


class MachineFollower:
    """The machines of all accounts, and what is done to them when records change.

    Args:
        worker: Does the jobs.
        queue: Runs them.
        directories: The directories of volumes.
        simulator: The simulator's id.
        limit: How many machines there may be.
    """

    def __init__(
        self, worker: Worker, queue: JobQueue, directories: VolumeDirectories, *, simulator: str, limit: int
    ) -> None:
        self._worker = worker
        self._queue = queue
        self._directories = directories
        self._simulator = simulator
        self._limit = limit
        self.tenants: dict[str, Tenant] = {}
        #: The commits of disks, by what names the disks.
        self._disks: dict[str, Future[None]] = {}

    def machines(self) -> list[Machine]:
        """List all machines."""
        return [machine for tenant in self.tenants.values() for machine in tenant.machines.values()]

    def known_disks(self) -> set[str]:
        """Return what names the disks of the images that any account has, or gets when its action is over."""
        images = (image for tenant in self.tenants.values() for image in tenant.account.store(IMAGE))
        return {*self._disks, *(disk for image in images if (disk := disk_in(image)) is not None)}

    def find(self, account: str, droplet_id: int) -> Machine | None:
        """Return the machine of a Droplet, if it has one."""
        tenant = self.tenants.get(account)
        return None if tenant is None else tenant.machines.get(droplet_id)

    def job(self, account: str, action_id: int) -> Future[None] | None:
        """Return what is done for an action, if anything is."""
        tenant = self.tenants.get(account)
        return None if tenant is None else tenant.jobs.get(action_id)

    def is_any_pending(self, account: str, arguments: Record) -> bool:
        """Return whether one of the actions is under way that the action with these arguments stands for."""
        tenant = self.tenants.get(account)
        ids: list[int] = arguments.get("action_ids", [])
        found = [] if tenant is None else [tenant.account.find(ACTION, id) for id in ids]
        return any(action is not None and action["status"] == "in-progress" for action in found)

    def resume(self, account: Account) -> list[Future[None]]:
        """Take over an account of a former simulator; return the jobs that bring its machines to where they were."""
        tenant = self._tenant(account)
        for droplet in list(account.store(DROPLET)):
            self._droplet(tenant, droplet["id"])
        names = {machine.name for machine in tenant.machines.values()}
        mine = [one for one in self._directories.machines() if one.startswith(self._prefix(account))]
        gone = [one for one in mine if one not in names]
        jobs = [job for name in names if (job := self._queue.last(name)) is not None]
        for volume in list(account.store(VOLUME)):
            if not volume["droplet_ids"]:
                self._directories.recover(volume["id"], directory_of(volume["name"]), gone)
            self._volume(tenant, volume["id"])
        for kind in ("volume_snapshot", "action"):
            for key in list(account.store(kind).records):
                FOLLOWED[kind](self, tenant, key)
        return jobs

    # -- following

    def follow(self, changes: list[Change]) -> None:
        """Start what the changes ask for; called under the simulator's lock, so nothing here waits."""
        for account, touched in changes:
            tenant = self._tenant(account)
            for kind, key in touched:
                if follow := FOLLOWED.get(kind):
                    follow(self, tenant, key)

    def _tenant(self, account: Account) -> Tenant:
        tenant = self.tenants.get(account.name)
        if tenant is None or tenant.account is not account:
            if tenant is not None:
                for machine in tenant.machines.values():
                    self._remove(machine)
            tenant = self.tenants[account.name] = Tenant(account)
        return tenant

    def _droplet(self, tenant: Tenant, key: Key) -> None:
        """A Droplet that has got its addresses gets a machine; one that is gone loses it."""
        droplet = tenant.account.find(DROPLET, key)
        if droplet is None or droplet["destroying"]:
            tenant.refused.discard(key)
            if (machine := tenant.machines.pop(key, None)) is not None:
                self._remove(machine)
        elif key not in tenant.machines and key not in tenant.refused and droplet["networks"]["v4"]:
            self._create(tenant, droplet)

    def _create(self, tenant: Tenant, droplet: StoredDroplet) -> None:
        """Create a Droplet's machine, or go on with that of a former simulator."""
        history = (tenant.account.get(ACTION, key) for key in actions.of(tenant.account, "droplet", droplet["id"]))
        action = next((one for one in history if one["type"] == "create"), None)
        is_new = action is not None and action["status"] == "in-progress"
        job = self._refuse(tenant, droplet)
        if job is None:
            machine = Machine.of(tenant.account, droplet, f"{self._prefix(tenant.account)}{droplet['id']}")
            tenant.machines[droplet["id"]] = machine
            attached = [self._attach(machine, *volume) for volume in machine.volumes.items()]
            begin = self._worker.create if is_new else self._worker.resume
            job = self._submit(machine, begin, *attached, *self._pending_disk(machine))
            if not is_new:
                log_failure(f"start of the machine of Droplet {droplet['id']}", job)
        if is_new and action is not None:
            tenant.jobs[action["id"]] = job

    def _refuse(self, tenant: Tenant, droplet: StoredDroplet) -> Future[None] | None:
        """Return a job that has failed if there are too many machines already, else None."""
        if len(self.machines()) < self._limit:
            return None
        tenant.refused.add(droplet["id"])
        job: Future[None] = Future()
        job.set_exception(EngineError(f"there are {self._limit} machines already; see the setting `limit`"))
        log.warning("Droplet %s gets no machine: %s", droplet["id"], job.exception())
        return job

    def _remove(self, machine: Machine) -> None:
        """Remove a machine whose Droplet is gone, after its volumes are taken out of its directory."""
        detached = [self._detach(machine, *volume) for volume in list(machine.volumes.items())]
        for job in detached:
            log_failure(f"detaching of a volume from {machine.name}", job)
        log_failure(f"removal of {machine.name}", self._submit(machine, self._worker.remove, *detached))

    def _action(self, tenant: Tenant, key: Key) -> None:
        """An action that has begun begins at the machine or the volume, too."""
        action = tenant.account.find(ACTION, key)
        if action is None:  # the account was emptied: its ids start over
            tenant.jobs.pop(key, None)
        if action is None or action["status"] != "in-progress" or key in tenant.jobs:
            return
        machine = tenant.machines.get(action["resource_id"] or action["arguments"].get("droplet_id") or 0)
        begin = BEGIN.get(actions.kind_of(action))
        if begin is not None and machine is not None and (job := begin(self, tenant, machine, action)) is not None:
            tenant.jobs[key] = job

    def _begin_on_droplet(self, tenant: Tenant, machine: Machine, action: StoredAction) -> Future[None] | None:
        machine.plan(tenant.account, action)
        if action["type"] == "snapshot":
            moment = action["arguments"]["wanted"]["started_at"]
            return self._commit(machine, disk_of(tenant.account, machine.droplet_id, moment))
        job = self._worker.jobs.get(action["type"])
        return None if job is None else self._submit(machine, job, *self._pending_disk(machine))

    def _begin_on_volume(self, tenant: Tenant, machine: Machine, action: StoredAction) -> Future[None] | None:
        volume = tenant.account.get(VOLUME, action["arguments"]["volume_id"])
        move = {"attach_volume": self._attach, "detach_volume": self._detach}.get(action["type"])
        return None if move is None else move(machine, volume["id"], directory_of(volume["name"]))

    def _image(self, tenant: Tenant, key: Key) -> None:
        """An automatic backup, which no action announces, is a disk as well."""
        image = tenant.account.find(IMAGE, key)
        disk = disk_in(image) if image is not None and image["type"] == "backup" else None
        machine = None if image is None else tenant.machines.get(image["droplet_id"] or 0)
        if machine is not None and disk is not None and disk not in self._disks:
            log_failure(f"backup of Droplet {machine.droplet_id}", self._commit(machine, disk))

    def _remove_disk(self, tenant: Tenant, key: Key) -> None:
        """A disk goes with the last image that has it: one that was handed over has another account's."""
        image = tenant.account.find(DELETED_IMAGE, key)
        disk = None if image is None else disk_in(image)
        self._disks.pop(disk or "", None)
        if disk is not None and disk not in self.known_disks():
            job = self._queue.submit(f"disk {disk}", lambda: self._worker.remove_disk(disk))
            log_failure(f"removal of disk {disk}", job)

    def _commit(self, machine: Machine, disk: str) -> Future[None]:
        job = self._disks[disk] = self._submit(machine, lambda one: self._worker.commit(one, disk))
        return job

    def _pending_disk(self, machine: Machine) -> list[Future[None]]:
        """Return the commit of the disk that a machine is made of, if it was committed by this simulator."""
        commit = self._disks.get(disk_in(machine.image) or "")
        return [] if commit is None else [commit]

    # -- volumes

    def _volume(self, tenant: Tenant, key: Key) -> None:
        """A volume of a snapshot begins with the snapshot's files; one that is gone loses its own."""
        id, volume = str(key), tenant.account.find(VOLUME, key)
        if volume is None:
            tenant.volumes.discard(key)
            self._change_files(tenant, lambda: self._directories.delete("volumes", id))
        elif key not in tenant.volumes and (snapshot := volume.get("snapshot_id")):
            tenant.volumes.add(key)
            self._change_files(tenant, lambda: self._directories.restore(snapshot, id))

    def _volume_snapshot(self, tenant: Tenant, key: Key) -> None:
        """A snapshot of a volume begins with the volume's files; one that is gone loses its own."""
        id, snapshot = str(key), tenant.account.find(VOLUME_SNAPSHOT, key)
        if snapshot is None:
            self._change_files(tenant, lambda: self._directories.delete("snapshots", id))
        else:
            volume = str(snapshot["resource_id"])
            self._change_files(tenant, lambda: self._directories.snapshot(volume, id))

    def _change_files(self, tenant: Tenant, job: Callable[[], None]) -> None:
        name = tenant.account.name
        log_failure(f"files of volumes of {name}", self._on_volumes(name, job))

    def _attach(self, machine: Machine, volume: str, directory: str) -> Future[None]:
        machine.volumes[volume] = directory
        return self._on_volumes(machine.account, lambda: self._directories.attach(volume, directory, machine.name))

    def _detach(self, machine: Machine, volume: str, directory: str) -> Future[None]:
        machine.volumes.pop(volume, None)
        return self._on_volumes(machine.account, lambda: self._directories.detach(volume, directory, machine.name))

    # -- jobs

    def _on_volumes(self, account: str, job: Callable[[], None]) -> Future[None]:
        """Do something to an account's volumes, after what was begun before."""
        return self._queue.submit(f"volumes of {account}", job)

    def _submit(self, machine: Machine, job: Callable[[Machine], None], *after: Future[None]) -> Future[None]:
        return self._queue.submit(machine.name, lambda: job(machine), *after)

    def _prefix(self, account: Account) -> str:
        """What the names of an account's machines begin with; the Droplet's id follows."""
        return f"doboto-{self._simulator}-{account.name.removeprefix('account-')}-"


BEGIN: dict[str, Callable[[MachineFollower, Tenant, Machine, StoredAction], Future[None] | None]] = {
    "droplet": MachineFollower._begin_on_droplet,  # noqa: SLF001
    "volume": MachineFollower._begin_on_volume,  # noqa: SLF001
}
FOLLOWED: dict[str, Callable[[MachineFollower, Tenant, Key], None]] = {
    "droplet": MachineFollower._droplet,  # noqa: SLF001
    "action": MachineFollower._action,  # noqa: SLF001
    "image": MachineFollower._image,  # noqa: SLF001
    "deleted_image": MachineFollower._remove_disk,  # noqa: SLF001
    "volume": MachineFollower._volume,  # noqa: SLF001
    "volume_snapshot": MachineFollower._volume_snapshot,  # noqa: SLF001
}

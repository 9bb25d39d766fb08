"""How changes of existing Droplets are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.doboto.droplets.plugins.module_utils.differences import Change
from ansible_collections.doboto.droplets.plugins.module_utils.journal import Journal, TaskFailure, guarded, merged
from ansible_collections.doboto.droplets.plugins.module_utils.targets import by_ids
from ansible_collections.doboto.droplets.plugins.module_utils.waiting import Waiting

try:
    from doboto import DOBOTOActionException, DOBOTOBulkException, DOBOTOPollingException

    #: What says that an operating system did not shut down.
    DISOBEYED = (DOBOTOActionException, DOBOTOBulkException, DOBOTOPollingException)
except ImportError:  # the module says which library is needed
    DISOBEYED = ()

#: Seconds that an operating system gets to shut down before its power is cut.
SHUTDOWN = 120.0


@dataclass(frozen=True)
class Hands:
    """What changes are made with.

    Attributes:
        do: The client.
        journal: What the task has changed so far.
        waiting: How to wait.
        params: The module's options.
        off: Ids of Droplets that this task has shut down.
    """

    do: Any
    journal: Journal
    waiting: Waiting
    params: dict[str, Any]
    off: set[int] = field(default_factory=set)

    def act(
        self, verb: str, ids: Sequence[int], *, wait: bool | None = None, most: float | None = None, **more: Any
    ) -> None:
        """Start an action of several Droplets and, if asked to, wait for all of them together.

        Args:
            verb: The operation's name, as C(power_on).
            ids: The Droplets.
            wait: Whether to wait, where that is not the user's choice.
            most: Maximum seconds for it.
            more: Arguments of the action.

        Raises:
            TaskFailure: It did not complete for all.
        """
        if not ids:
            return
        with self.journal.changing():
            start = getattr(self.do.droplet, verb)
            target = ids[0] if len(ids) == 1 else list(ids)
            done = start(target, **more, **self.waiting.options(wait=wait, most=most))
        self.journal.actions = merged(self.journal.actions, done if isinstance(done, list) else [done])

    def wait_for(self, ids: Sequence[int], *, most: float | None = None, **state: Any) -> None:
        """Wait until Droplets are in a state.

        Args:
            ids: The Droplets.
            most: Maximum seconds for it.
            state: C(until) and C(ready_port), as the library takes them.

        Raises:
            TaskFailure: It took too long, or one was destroyed.
        """
        if ids:
            options = self.waiting.options(most=most)
            del options["wait"]
            guarded(lambda: self.do.droplet.wait(list(ids), **state, **options), self.journal)


def make(hands: Hands, changes: Sequence[Change]) -> None:
    """Make changes, kind by kind.

    Raises:
        TaskFailure: One failed; the journal has what was done before.
    """
    by_option: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_option[change.field].append(change)
    for option, maker in MAKERS.items():
        if option in by_option:
            maker(hands, by_option[option])


def _rename(hands: Hands, changes: Sequence[Change]) -> None:
    for change in changes:
        hands.act("rename", [change.droplet["id"]], name=change.after)


def _tag(hands: Hands, changes: Sequence[Change]) -> None:
    """Put tags on and take them off, one request for each tag."""
    added: dict[str, list[int]] = defaultdict(list)
    removed: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        for tag in set(change.after) - set(change.before):
            added[tag].append(change.droplet["id"])
        for tag in set(change.before) - set(change.after):
            removed[tag].append(change.droplet["id"])
    for tag, ids in sorted(added.items()):
        with hands.journal.changing():
            made = hands.do.tag.create(tag)  # as it is, where there is one; its spelling is the one that counts
            hands.do.tag.attach(made["name"], _resources(ids))
    for tag, ids in sorted(removed.items()):
        with hands.journal.changing():
            hands.do.tag.detach(tag, _resources(ids))


def _resources(ids: Sequence[int]) -> list[dict[str, str]]:
    return [{"resource_id": str(id), "resource_type": "droplet"} for id in ids]


def _backups(hands: Hands, changes: Sequence[Change]) -> None:
    on, off = _split(changes)
    policy = hands.params.get("backup_policy")
    for id in on if policy else ():  # the API takes a policy for one Droplet at a time
        hands.act("backup_enable", [id], backup_policy=policy)
    hands.act("backup_enable", [] if policy else on)
    hands.act("backup_disable", off)


def _ipv6(hands: Hands, changes: Sequence[Change]) -> None:
    hands.act("ipv6_enable", _split(changes)[0])


def _split(changes: Sequence[Change]) -> tuple[list[int], list[int]]:
    """The ids of Droplets that something is switched on for, and off."""
    on = [change.droplet["id"] for change in changes if change.after]
    return on, [change.droplet["id"] for change in changes if not change.after]


def _resize(hands: Hands, changes: Sequence[Change]) -> None:
    """Resize Droplets; those that run are shut down before, and started again unless they are to be off."""
    ids = [change.droplet["id"] for change in changes]
    running = [change.droplet["id"] for change in changes if change.droplet["status"] != "off"]
    shut_down(hands, running)
    again = bool(running) and hands.params["state"] != "off"
    disk = hands.params["resize_disk"]
    hands.act("resize", ids, size=hands.params["size"], disk=disk, wait=True if again else None)
    if again:
        hands.act("power_on", running)


def _power(hands: Hands, changes: Sequence[Change]) -> None:
    """Power on what is off; what is new becomes active by itself, and is waited for elsewhere."""
    hands.act(
        "power_on", [change.droplet["id"] for change in changes if (change.before, change.after) == ("off", "active")]
    )
    shut_down(hands, [change.droplet["id"] for change in changes if change.after == "off"])


def shut_down(hands: Hands, ids: Sequence[int]) -> None:
    """Shut Droplets down and wait until they are off; cut the power of those whose system does not obey.

    Raises:
        TaskFailure: It failed.
    """
    ids = [id for id in ids if id not in hands.off]
    if not ids:
        return
    try:
        hands.act("shutdown", ids, wait=True, most=SHUTDOWN)
        hands.wait_for(ids, until="off", most=SHUTDOWN)
    except TaskFailure as failure:
        if not isinstance(failure.__cause__, DISOBEYED):
            raise
        droplets = guarded(lambda: by_ids(hands.do, ids), hands.journal).droplets
        hands.act("power_off", [droplet["id"] for droplet in droplets if droplet["status"] != "off"], wait=True)
    hands.off.update(ids)


def _policy(hands: Hands, changes: Sequence[Change]) -> None:
    for change in changes:
        hands.act("backup_policy_update", [change.droplet["id"]], backup_policy=hands.params["backup_policy"])


def _rebuild(hands: Hands, changes: Sequence[Change]) -> None:
    by_image: dict[Any, list[int]] = defaultdict(list)
    for change in changes:
        by_image[change.after].append(change.droplet["id"])
    for image, ids in by_image.items():
        hands.act("rebuild", ids, image=image)


def _project(hands: Hands, changes: Sequence[Change]) -> None:
    with hands.journal.changing():
        urns = [f"do:droplet:{change.droplet['id']}" for change in changes]
        hands.do.project.resource_assign(changes[0].after, urns)


Maker = Callable[[Hands, Sequence[Change]], None]
#: How each kind of change is made, in this order.
MAKERS: dict[str, Maker] = {
    "name": _rename,
    "tags": _tag,
    "backups": _backups,
    "backup_policy": _policy,
    "ipv6": _ipv6,
    "project": _project,
    "image": _rebuild,
    "size": _resize,
    "status": _power,
}

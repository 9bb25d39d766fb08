"""What happens with time, as tables: how long each event takes, its effect, and which Droplet action leads where.

Durations come from traces where there are any (`doctl#257`: a create of 32 s; recordings of 2015 have 56 s, 20 s for
power_off and 63 s for a snapshot, one of 2020-09-26 364 s for a create of a custom image), else from everyday
experience with the control panel: they are plausible, not promised. Other resources add their own with `durations`.

An effect is a named function, so that a saved account can resume after a restart: an event is kept as data, with its
due time, the name of its effect and arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from .records import Record, StoredAction

#: Seconds by name of event, `resource.action`.
DURATIONS: dict[str, float] = {
    "droplet.create": 32.0,
    "droplet.power_on": 4.0,
    "droplet.power_off": 3.0,
    "droplet.power_cycle": 6.0,
    "droplet.reboot": 6.0,
    "droplet.shutdown": 8.0,
    "droplet.snapshot": 20.0,
    "droplet.resize": 30.0,
    "droplet.rebuild": 25.0,
    "droplet.restore": 40.0,
    "droplet.rename": 1.0,
    "droplet.password_reset": 12.0,
    "droplet.change_kernel": 2.0,
    "droplet.enable_ipv6": 3.0,
    "droplet.enable_private_networking": 3.0,
    "droplet.enable_backups": 2.0,
    "droplet.disable_backups": 2.0,
    "droplet.change_backup_policy": 2.0,
    "image.import": 60.0,
    "image.transfer": 30.0,
    "image.convert": 5.0,
}

#: The refusal seen in `python-digitalocean` PR 99.
CURRENTLY_ON = "Droplet is currently on. Please power it off to run this event."


@dataclass(frozen=True, slots=True)
class Transition:
    """One type of Droplet action: how it is asked for, and the Droplet's status when the action completes."""

    becomes: str | None = None
    by_tag: bool = False
    scopes: tuple[str, ...] = ()


#: Types of the API reference, with the permissions of its table, those that it lists by tag marked;
#: `enable_private_networking` has left the table but is still in its samples, in godo and in doctl. Which of them
#: want the Droplet off is a matter of settings.
DROPLET_ACTIONS: dict[str, Transition] = {
    "power_on": Transition(becomes="active", by_tag=True),
    "power_off": Transition(becomes="off", by_tag=True),
    "power_cycle": Transition(becomes="active", by_tag=True),
    "shutdown": Transition(becomes="off", by_tag=True),
    "reboot": Transition(becomes="active"),
    "snapshot": Transition(by_tag=True, scopes=("image:create",)),
    "resize": Transition(scopes=("droplet:create",)),
    "rebuild": Transition(becomes="active", scopes=("droplet:admin",)),
    "restore": Transition(becomes="active", scopes=("droplet:admin",)),
    "rename": Transition(),
    "password_reset": Transition(becomes="active", scopes=("droplet:admin",)),
    "change_kernel": Transition(),
    "enable_ipv6": Transition(by_tag=True),
    "enable_private_networking": Transition(),
    "enable_backups": Transition(by_tag=True),
    "disable_backups": Transition(by_tag=True),
    "change_backup_policy": Transition(),
}


def durations(**seconds: float) -> None:
    """Add a resource's own events, written `volume__attach=5.0`."""
    DURATIONS.update({name.replace("__", "."): value for name, value in seconds.items()})


#: By name: called with the account, the moment, and arguments that are JSON.
EFFECTS: dict[str, Callable[..., None]] = {}


def effect(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a named effect."""

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        if name in EFFECTS:
            raise ValueError(f"two effects called {name}")
        EFFECTS[name] = function
        return function

    return declare


#: How far an action is outside of the simulator.
Progress: TypeAlias = Literal["running", "completed", "failed"]


class Executor(Protocol):
    """Carries out actions outside of the simulator's state; an action that is due ends when the executor says so."""

    def progress(self, account: str, action: StoredAction) -> Progress:
        """How far an action of the account with that name is; must not block."""
        ...

    def describe(self, account: str, droplet_id: int, *, with_console: bool = False) -> Record | None:
        """Return what the page shows of what carries out a Droplet's actions, or None; must not block."""
        ...

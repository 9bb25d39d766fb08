"""The task of the module C(droplet_action): one action of one or many Droplets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.doboto.droplets.plugins.module_utils import targets
from ansible_collections.doboto.droplets.plugins.module_utils.apply import Hands
from ansible_collections.doboto.droplets.plugins.module_utils.hosts import with_addresses
from ansible_collections.doboto.droplets.plugins.module_utils.journal import Journal, TaskFailure, guarded, label
from ansible_collections.doboto.droplets.plugins.module_utils.waiting import Waiting

Droplet = dict[str, Any]
Params = Mapping[str, Any]


@dataclass(frozen=True)
class Action:
    """What is known of an action.

    Attributes:
        arguments: The action's arguments, each with the module's option that it is taken from.
        required: Options that it cannot be without.
        single: If true, it is for one Droplet at a time.
        effect: What the action makes of a Droplet, as a diff shows it.
        done: If true for a Droplet, the action would change nothing there, and is left out.
    """

    arguments: Mapping[str, str]
    effect: Callable[[Droplet, Params], Mapping[str, tuple[Any, Any]]]
    required: tuple[str, ...] = ()
    single: bool = False
    done: Callable[[Droplet, Params], bool] = lambda _droplet, _params: False


def _becomes(status: str) -> Callable[[Droplet, Params], Mapping[str, tuple[Any, Any]]]:
    return lambda droplet, _params: {"status": (droplet["status"], status)}


def _gets(field: str, read: Callable[[Droplet], Any], option: str) -> Callable[..., Mapping[str, tuple[Any, Any]]]:
    return lambda droplet, params: {field: (read(droplet), params[option])}


def _switches(feature: str, *, on: bool) -> Callable[[Droplet, Params], Mapping[str, tuple[Any, Any]]]:
    return lambda droplet, _params: {feature: (_has(droplet, feature), on)}


def _has(droplet: Droplet, feature: str) -> bool:
    return feature in (droplet.get("features") or [])


def _image(droplet: Droplet) -> Any:
    image = droplet.get("image") or {}
    return image.get("slug") or image.get("id")


def _is(status: str) -> Callable[[Droplet, Params], bool]:
    return lambda droplet, _params: droplet["status"] == status


def _restarts(droplet: Droplet, _params: Params) -> Mapping[str, tuple[Any, Any]]:
    return {"boot": (droplet["status"], "restarted")}


#: Every action, by the library's name of its operation.
ACTIONS: dict[str, Action] = {
    "power_on": Action({}, _becomes("active"), done=_is("active")),
    "power_off": Action({}, _becomes("off"), done=_is("off")),
    "shutdown": Action({}, _becomes("off"), done=_is("off")),
    "power_cycle": Action({}, _restarts),
    "reboot": Action({}, _restarts),
    "password_reset": Action({}, lambda *_: {"root password": ("present one", "new one, by email")}),
    "snapshot_create": Action(
        {"snapshot_name": "snapshot_name"}, lambda _, params: {"snapshot": (None, params["snapshot_name"] or "new")}
    ),
    "resize": Action(
        {"size": "size", "disk": "resize_disk"},
        _gets("size", lambda droplet: droplet["size_slug"], "size"),
        ("size",),
        done=lambda droplet, params: droplet["size_slug"] == params["size"],
    ),
    "rebuild": Action({"image": "image"}, _gets("image", _image, "image"), ("image",)),
    "restore": Action({"image": "image"}, _gets("image", _image, "image"), ("image",), single=True),
    "rename": Action(
        {"name": "new_name"},
        _gets("name", lambda droplet: droplet["name"], "new_name"),
        ("new_name",),
        single=True,
        done=lambda droplet, params: droplet["name"] == params["new_name"],
    ),
    "backup_enable": Action(
        {"backup_policy": "backup_policy"},
        _switches("backups", on=True),
        done=lambda droplet, params: _has(droplet, "backups") and not params["backup_policy"],
    ),
    "backup_disable": Action(
        {}, _switches("backups", on=False), done=lambda droplet, _params: not _has(droplet, "backups")
    ),
    "backup_policy_update": Action(
        {"backup_policy": "backup_policy"},
        lambda _, params: {"backup_policy": (None, params["backup_policy"])},
        ("backup_policy",),
        single=True,
    ),
    "ipv6_enable": Action({}, _switches("ipv6", on=True), done=lambda droplet, _params: _has(droplet, "ipv6")),
    "private_networking_enable": Action(
        {},
        _switches("private_networking", on=True),
        single=True,
        done=lambda droplet, _params: _has(droplet, "private_networking"),
    ),
    "kernel_update": Action(
        {"kernel_id": "kernel_id"},
        lambda _, params: {"kernel": (None, params["kernel_id"])},
        ("kernel_id",),
        single=True,
    ),
}


def run(do: Any, params: dict[str, Any], waiting: Waiting, *, check_mode: bool) -> dict[str, Any]:
    """Do the task, or in check mode only say what it would do.

    Args:
        do: The client.
        params: The module's options.
        waiting: How to wait.
        check_mode: If true, change nothing.

    Returns:
        What the module returns.

    Raises:
        TaskFailure: It failed; its C(result) says what was done before.
    """
    journal, action = Journal(), ACTIONS[params["action"]]
    droplets = guarded(lambda: _targets(do, params), journal)
    due = [droplet for droplet in droplets if not action.done(droplet, params)]
    shown = {"diff": _diff(action, due, params), "unchanged": [one["id"] for one in droplets if one not in due]}
    if check_mode:
        return {"changed": bool(due), "actions": [], "droplets": list(map(with_addresses, droplets)), **shown}
    try:
        _start(Hands(do, journal, waiting, params), action, [droplet["id"] for droplet in due])
        ids = [droplet["id"] for droplet in droplets]
        after = guarded(lambda: targets.by_ids(do, ids).droplets if due else droplets, journal)
    except TaskFailure as failure:
        failure.result.update(shown)
        raise
    return {
        "changed": journal.changed,
        "actions": journal.actions,
        "droplets": list(map(with_addresses, after)),
        **shown,
    }


def _targets(do: Any, params: dict[str, Any]) -> list[Droplet]:
    """The Droplets that are meant, all of which exist.

    Raises:
        TaskFailure: One does not exist, or a name means several.
    """
    found = targets.find(do, params)
    if found.missing:
        raise TaskFailure(f"nothing was done: there is no Droplet {', '.join(map(str, found.missing))}", changed=False)
    if found.twins:
        twins = ", ".join(map(label, found.twins))
        raise TaskFailure(f"nothing was done: other Droplets have the same name: {twins}; use id or ids", changed=False)
    return found.droplets


def _start(hands: Hands, action: Action, ids: Sequence[int]) -> None:
    given = {name: hands.params[option] for name, option in action.arguments.items()}
    arguments = {name: targets.number(value) for name, value in given.items() if value is not None}
    groups = [[id] for id in ids] if action.single or arguments.get("backup_policy") else [ids]
    for group in groups:
        hands.act(hands.params["action"], group, **arguments)


def _diff(action: Action, due: Sequence[Droplet], params: Params) -> dict[str, Any]:
    effects = {label(droplet): action.effect(droplet, params) for droplet in due}
    return {
        side: {who: {field: values[index] for field, values in effect.items()} for who, effect in effects.items()}
        for index, side in enumerate(("before", "after"))
    }

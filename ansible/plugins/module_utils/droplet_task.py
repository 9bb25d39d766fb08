"""The task of the module C(droplet): compare, and bring into line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.doboto.droplets.plugins.module_utils import targets
from ansible_collections.doboto.droplets.plugins.module_utils.apply import Hands, make, shut_down
from ansible_collections.doboto.droplets.plugins.module_utils.differences import (
    Change,
    diff,
    differences,
    power_change,
)
from ansible_collections.doboto.droplets.plugins.module_utils.hosts import ADDRESSES, with_addresses
from ansible_collections.doboto.droplets.plugins.module_utils.journal import (
    Journal,
    TaskFailure,
    completed,
    guarded,
    label,
)
from ansible_collections.doboto.droplets.plugins.module_utils.remote_state import policy_changes, project_changes
from ansible_collections.doboto.droplets.plugins.module_utils.waiting import Waiting

Droplet = dict[str, Any]

#: Options that describe a new Droplet, as the library takes them.
ATTRIBUTES = (
    "size", "image", "region", "ssh_keys", "backups", "backup_policy", "ipv6", "vpc_uuid", "user_data", "monitoring",
    "volumes", "tags", "with_droplet_agent", "public_networking",
)  # fmt: skip
#: While more new Droplets than these are waited for, polls are further apart unless C(poll) says otherwise.
FEW = 10
#: Seconds between these polls: about as long as a creation takes.
MANY_POLL = 35.0


@dataclass
class Plan:
    """What a task will do.

    Attributes:
        existing: The Droplets that exist.
        missing: Names of Droplets to create.
        changes: What is changed of existing Droplets.
        mismatches: What differs and cannot be changed.
        destroy: Droplets to destroy.
        warnings: What the user should know.
    """

    existing: list[Droplet] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    mismatches: list[Change] = field(default_factory=list)
    destroy: list[Droplet] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """If true, there is something to do."""
        return bool(self.missing or self.changes or self.destroy)


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
    journal = Journal(repeatable=True)
    plan = guarded(lambda: make_plan(do, params), journal)
    attributes = _attributes(params)
    asked = {**_shown(attributes), **({"project": params["project"]} if params["project"] else {})}
    shown = {
        "mismatches": [change.shown() for change in plan.mismatches],
        "warnings": plan.warnings,
        "diff": diff(plan.changes, [{"name": name, **asked} for name in plan.missing], plan.destroy),
    }
    if plan.mismatches and params["on_mismatch"] == "fail":
        raise TaskFailure(f"nothing was changed: {'; '.join(map(_sentence, plan.mismatches))}", changed=False, **shown)
    try:
        result = _predict(plan) if check_mode else _carry_out(Hands(do, journal, waiting, params), plan, attributes)
    except TaskFailure as failure:
        failure.result.update(shown)
        raise
    return {**result, **shown}


def make_plan(do: Any, params: Mapping[str, Any]) -> Plan:
    """Compare what is with what is asked for; nothing is changed.

    Raises:
        TaskFailure: The options make no sense for what is there.
        DOBOTOException: It could not be read.
    """
    found = targets.find(do, params)
    plan = Plan(existing=found.droplets, warnings=_twins(found.twins, params["state"]))
    if params["state"] == "absent":
        plan.destroy, plan.existing = found.droplets, []
        return plan
    plan.missing = _creatable(found.missing, params)
    for change in _all_changes(do, found.droplets, params):
        (plan.mismatches if change.hindrance else plan.changes).append(change)
    plan.warnings += [_sentence(change) for change in plan.mismatches] if params["on_mismatch"] == "warn" else []
    return plan


def _all_changes(do: Any, droplets: Sequence[Droplet], params: Mapping[str, Any]) -> list[Change]:
    changes = [change for droplet in droplets for change in differences(droplet, params)]
    changes += project_changes(do, droplets, params["project"])
    changes += policy_changes(do, droplets, params)
    if params["state"] == "rebuilt":
        changes += [_rebuild(droplet, params["image"]) for droplet in droplets]
    changes += [change for droplet in droplets if (change := power_change(droplet, params["state"]))]
    return changes


def _rebuild(droplet: Droplet, image: str | None) -> Change:
    has = droplet["image"].get("slug") or droplet["image"]["id"]
    return Change(droplet, "image", has, has if image is None else targets.number(image))


def _twins(twins: Sequence[Droplet], state: str) -> list[str]:
    """A warning of Droplets that share a name.

    Raises:
        TaskFailure: The state would be lost, or the wrong one: only an id says which of them is meant.
    """
    if not twins:
        return []
    text = f"other Droplets have the same name: {', '.join(map(label, twins))}"
    if state not in ("present", "active"):
        raise TaskFailure(f"nothing was changed: {text}; say which are meant by id or ids", changed=False)
    return [f"{text}; the oldest of each name is used"]


def _creatable(missing: Sequence[str | int], params: Mapping[str, Any]) -> list[str]:
    """The names of Droplets to create.

    Raises:
        TaskFailure: They cannot be created: an id names none, or an attribute is missing.
    """
    if ids := [id for id in missing if isinstance(id, int)]:
        raise TaskFailure(f"there is no Droplet with id {', '.join(map(str, ids))}", changed=False)
    lacking = [name for name in ("size", "image") if params[name] is None]
    if missing and lacking:
        raise TaskFailure(
            f"{', '.join(map(str, missing))} does not exist; to create it, give {' and '.join(lacking)}", changed=False
        )
    return [str(name) for name in missing]


def _attributes(params: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: params[name] for name in ATTRIBUTES if params[name] is not None}
    if "image" in given:
        given["image"] = targets.number(given["image"])
    if "ssh_keys" in given:
        given["ssh_keys"] = [targets.number(key) for key in given["ssh_keys"]]
    return given


def _shown(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as a diff shows them: user data often holds secrets."""
    return {name: "(not shown)" if name == "user_data" else value for name, value in attributes.items()}


def _sentence(change: Change) -> str:
    return f"{label(change.droplet)}: {change.field} is {change.before!r}, not {change.after!r}: {change.hindrance}"


def _predict(plan: Plan) -> dict[str, Any]:
    created = [{"name": name} for name in plan.missing]
    return {**_result([*plan.existing, *created], created, plan.destroy, []), "changed": plan.changed}


def _result(droplets: Sequence[Any], created: Sequence[Any], destroyed: Sequence[Any], actions: Any) -> dict[str, Any]:
    shown = [with_addresses(droplet) for droplet in droplets]
    return {
        "droplet": shown[0] if len(shown) == 1 else None,
        "droplets": shown,
        "ids": [droplet["id"] for droplet in droplets if "id" in droplet],
        "created": list(created),
        "destroyed": list(destroyed),
        "actions": list(actions),
    }


def _carry_out(hands: Hands, plan: Plan, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Do what was planned.

    Raises:
        TaskFailure: A part failed.
    """
    _destroy(hands, plan.destroy)
    make(hands, plan.changes)
    created = _create(hands, plan.missing, attributes)
    existing = _finish(hands, plan)
    by_name = {droplet["name"]: droplet for droplet in created}
    names = [] if hands.params.get("id") else guarded(lambda: targets.names_of(hands.params), hands.journal)
    if created:
        by_name |= {droplet["name"]: droplet for droplet in existing if droplet["name"] not in by_name}
        existing = [by_name[name] for name in names if name in by_name]
    return {
        **_result(existing, created, hands.journal.destroyed, hands.journal.actions),
        "changed": hands.journal.changed,
    }


def _destroy(hands: Hands, droplets: Sequence[Droplet]) -> None:
    """Destroy Droplets; one that is gone by then is not a failure.

    Raises:
        TaskFailure: It failed, or it did not complete for all.
    """
    if not droplets:
        return
    ids = [droplet["id"] for droplet in droplets]
    try:
        with hands.journal.changing():
            hands.do.droplet.destroy(ids, missing_ok=True, **hands.waiting.options())
    except TaskFailure as failure:
        failure.result["destroyed"] = [one for one in droplets if one["id"] in completed(failure.__cause__)]
        raise
    hands.journal.destroyed += droplets


def _create(hands: Hands, names: Sequence[str], attributes: Mapping[str, Any]) -> list[Droplet]:
    """Create Droplets, put them into their project, and power them off where that is asked for."""
    if not names:
        return []
    turn_off = hands.params["state"] == "off"
    options = hands.waiting.options(wait=True if turn_off else None)
    if len(names) > FEW and hands.params["poll"] is None:
        options["poll"] = MANY_POLL
    port = hands.params["ready_port"] if options["wait"] else None
    with hands.journal.changing():
        hands.journal.created += hands.do.droplet.create(
            {**attributes, "names": list(names)}, ready_port=port, **options
        )
    created = hands.journal.created
    make(hands, guarded(lambda: project_changes(hands.do, created, hands.params["project"]), hands.journal))
    if turn_off:
        shut_down(hands, [droplet["id"] for droplet in created])
        created = _read(hands, [droplet["id"] for droplet in created])
    return created


def _finish(hands: Hands, plan: Plan) -> list[Droplet]:
    """The Droplets that existed before, as they are now; those that are not ready yet are waited for.

    Raises:
        TaskFailure: They could not be read, or waiting took too long.
    """
    existing = plan.existing
    ids = [droplet["id"] for droplet in existing]
    if plan.changes:
        existing = _read(hands, ids)
    port = hands.params["ready_port"]
    late = [droplet["id"] for droplet in existing if _is_late(droplet) or (port and droplet["status"] == "active")]
    if not late or not hands.waiting.wait or hands.params["state"] == "off":
        return existing
    hands.wait_for(late, until="ready", ready_port=port)
    return _read(hands, ids)


def _is_late(droplet: Droplet) -> bool:
    """If true, the Droplet is being created: by a task before, or by somebody else."""
    has = with_addresses(droplet)
    return has["status"] == "new" or (has["status"] == "active" and not any(has[kind] for kind in ADDRESSES))


def _read(hands: Hands, ids: Sequence[int]) -> list[Droplet]:
    return guarded(lambda: targets.by_ids(hands.do, ids).droplets, hands.journal)

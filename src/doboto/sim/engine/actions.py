"""Actions: what is under way for a resource, and what it leads to when its time has come.

Any resource starts one with `start`; when it is due its effect runs, and the action is completed, or errored if the
effect raises `ActionFailed`. `pending` is the rule "one event at a time".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..catalog import region
from .account import Account
from .clock import iso
from .errors import not_found
from .fields import integer
from .lifecycle import EFFECTS, effect
from .records import ACTION, Key, Record, StoredAction, select_members
from .store import index

#: Seconds between questions to an executor how far an action is.
EXECUTOR_SECONDS = 0.2
SHOWN = ("id", "status", "type", "started_at", "completed_at", "resource_id", "resource_type")


class ActionFailed(Exception):
    """Raised by an effect that cannot happen any more: its action ends `errored`."""


@index(ACTION, "resource")
def _resources(action: StoredAction) -> Iterable[Key]:
    # What an attach or a detach blocks is listed with the Droplet's actions, so that a client sees what it waits for.
    return (action["resource"],) if action["also"] is None else (action["resource"], action["also"])


@index(ACTION, "pending")
def _pending(action: StoredAction) -> Iterable[Key]:
    return _resources(action) if action["status"] == "in-progress" else ()


def start(
    account: Account,
    now: float,
    type: str,
    resource_type: str,
    key: Key,
    region_slug: str | None,
    *,
    seconds: float,
    effect: str | None = None,
    arguments: dict[str, Any] | None = None,
    fails: bool = False,
    failure: str | None = None,
    also: str | None = None,
    shown_as: str | None = None,
) -> StoredAction:
    """Begin an action; when it ends, `effect` runs with `arguments`, or `failure` if the action is to fail.

    `also` is the key of a second resource for which it is a pending event; `shown_as` is what clients are to see as
    `resource_type`, if it is another.
    """
    number = account.next_id("action")
    action: StoredAction = {
        "id": number,
        "status": "in-progress",
        "type": type,
        "started_at": iso(now),
        "completed_at": None,
        "resource_id": key if isinstance(key, int) else None,
        "resource_type": shown_as or resource_type,
        "region_slug": region_slug,
        "resource": resource_key(resource_type, key),
        "also": also,
        "effect": failure if fails else effect,
        "arguments": arguments or {},
        "fails": fails,
        "failure": failure,
    }
    account.put(ACTION, number, action)
    account.after(seconds, "action.finish", now, action_id=number)
    return action


def resource_key(resource_type: str, key: Key) -> str:
    """Return what a resource is called in the index of actions."""
    return f"{resource_type}:{key}"


def kind_of(action: StoredAction) -> str:
    """Return which type of resource an action is about, which may differ from the `resource_type` that clients see."""
    return action["resource"].partition(":")[0]


def pending(account: Account, resource_type: str, key: Key) -> bool:
    """Return whether the resource still has an event that is not over."""
    return account.store(ACTION).count("pending", resource_key(resource_type, key)) > 0


def of(account: Account, resource_type: str, key: Key) -> list[Key]:
    """Return the identifiers of a resource's actions, newest first."""
    return account.store(ACTION).keys("resource", resource_key(resource_type, key))[::-1]


def get(account: Account, resource_type: str, key: Key, action_id: str) -> StoredAction:
    """Return an action of a resource by its id as a path has it.

    Raises:
        ApiError: The resource has no such action.
    """
    action = account.find(ACTION, integer(action_id) or 0)
    if action is None or action["resource"] != resource_key(resource_type, key):
        raise not_found()
    return action


def show(action: StoredAction) -> Record:
    """Return an action as the API shows it."""
    shown = select_members(action, SHOWN)
    found = region(action["region_slug"])
    if found is not None:
        shown["region"] = found
    shown["region_slug"] = action["region_slug"]
    return shown


@effect("action.finish")
def _finish(account: Account, now: float, *, action_id: int) -> None:
    action = account.get(ACTION, action_id)
    progress = "completed" if account.executor is None else account.executor.progress(account.name, action)
    if progress == "running":
        account.after(EXECUTOR_SECONDS, "action.finish", account.clock.now(), action_id=action_id)
        return
    if progress == "failed":
        _fail(account, now, action)
        return
    # Over before its effect runs, so that the effect may start the next one; a failure is noted after it.
    account.change(ACTION, action_id, status="completed", completed_at=iso(now))
    try:
        if action["effect"] is not None:
            EFFECTS[action["effect"]](account, now, **action["arguments"])
    except ActionFailed:
        account.change(ACTION, action_id, status="errored")
    else:
        if action["fails"]:
            account.change(ACTION, action_id, status="errored")


def _fail(account: Account, now: float, action: StoredAction) -> None:
    """End an action that could not be carried out; what it was creating is gone."""
    account.change(ACTION, action["id"], status="errored", completed_at=iso(now))
    if (failure := action.get("failure")) is not None:
        EFFECTS[failure](account, now, **action["arguments"])

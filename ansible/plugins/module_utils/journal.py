"""What one task has changed: kept while it runs, so that a failure reports it too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

try:
    from doboto import DOBOTOException, DOBOTOOutcomeUnknownException
except ImportError:  # the module says which library is needed
    DOBOTOException = DOBOTOOutcomeUnknownException = RuntimeError

Droplet = dict[str, Any]

#: How a call for one of several Droplets may stand if it changed something.
BEGUN = ("completed", "running", "unknown")


class TaskFailure(Exception):
    """A task that failed, with what Ansible is to show of it.

    Attributes:
        result: What the module returns: C(msg), C(changed), C(created) and more.
    """

    def __init__(self, message: str, **result: Any) -> None:
        super().__init__(message)
        self.result = {"msg": message, **result}


@dataclass
class Journal:
    """What the task did, and what it may have done.

    Attributes:
        repeatable: If true, the task looks for what it creates by name: run again, it creates only what is missing.
        created: Droplets that were created.
        unknown: Names of Droplets that were asked for and of which it is not known whether they were created.
        actions: Actions that were started.
        destroyed: Droplets that were destroyed.
        changed: If true, something was changed, or may have been.
    """

    repeatable: bool = False
    created: list[Droplet] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    destroyed: list[Droplet] = field(default_factory=list)
    changed: bool = False

    def shown(self) -> dict[str, Any]:
        """The task's result as far as it goes."""
        found = {"created": self.created, "actions": self.actions, "destroyed": self.destroyed}
        return {"changed": self.changed, **found}

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Run a change: it counts as one when it succeeds, and when it fails with its outcome unknown.

        Raises:
            TaskFailure: It failed.
        """
        try:
            yield
        except (DOBOTOException, ValueError, TypeError) as error:
            raise self.failure(error) from error
        self.changed = True

    def failure(self, error: Exception) -> TaskFailure:
        """The failure to report for an error: with all that was done before, and what to do next.

        Args:
            error: The library's error.
        """
        self._learn(error)
        details = {name: getattr(error, name, None) for name in ("status", "request_id")}
        known = {name: value for name, value in details.items() if value is not None}
        more = {"unknown": self.unknown} if self.unknown else {}
        if outcomes := _outcomes(error):
            more["outcomes"] = {str(id): str(outcome) for id, outcome in outcomes.items()}
        return TaskFailure(f"{error}{self._advice(error)}", error=type(error).__name__, **self.shown(), **known, **more)

    def _learn(self, error: Exception) -> None:
        """Take over what an error knows of what was done."""
        known = {droplet["id"] for droplet in self.created}
        self.created += [one for one in getattr(error, "created", ()) if one.get("id") not in known]
        self.actions = merged(self.actions, _actions(error))
        if isinstance(error, DOBOTOOutcomeUnknownException):
            self.unknown += _names_in_doubt(error)
        self.changed = self.changed or bool(self.created) or _may_have_changed(error)

    def _advice(self, error: Exception) -> str:
        if self.unknown:
            again = (
                "Run the task again: it looks for them by their names and creates only those that are missing"
                if self.repeatable
                else "Look for them before running the task again, which would create others"
            )
            return f". It is unknown whether these were created: {', '.join(self.unknown)}. {again}"
        if isinstance(error, DOBOTOOutcomeUnknownException):
            return ". Look at the resource before running the task again"
        if self.created:
            again = "uses them" if self.repeatable else "would create others"
            return f". Created before that: {', '.join(map(label, self.created))}. Running the task again {again}"
        return ""


def merged(actions: Iterable[dict[str, Any]], later: Iterable[Any]) -> list[dict[str, Any]]:
    """Actions by their ids, each as it was seen last."""
    known = {one["id"]: one for one in [*actions, *later] if isinstance(one, Mapping) and "id" in one}
    return list(known.values())


def label(droplet: Mapping[str, Any]) -> str:
    """A Droplet in words: its name and id."""
    return f"{droplet.get('name')} ({droplet.get('id')})"


def guarded(job: Callable[[], Any], journal: Journal) -> Any:
    """Read something; an error of the library becomes a failure that has what the task did before.

    Raises:
        TaskFailure: It failed.
    """
    try:
        return job()
    except (DOBOTOException, ValueError, TypeError) as error:
        raise journal.failure(error) from error


def _names_in_doubt(error: Any) -> list[str]:
    """The names that an error leaves open: those that it asked for and did not find."""
    asked = error.asked if isinstance(error.asked, Mapping) else {}
    names = asked.get("names") or ([asked["name"]] if "name" in asked else [])
    for droplet in error.created:
        if droplet.get("name") in names:
            names = [name for name in names if name != droplet["name"]]
    return [name for name in names if isinstance(name, str)]


def _actions(error: Any) -> list[Any]:
    """The actions that an error knows: of one call, or of each of several Droplets."""
    actions = [outcome.action for outcome in _outcomes(error).values() if outcome.action]
    return [*getattr(error, "actions", ()), *actions]


def _outcomes(error: Any) -> Mapping[int, Any]:
    """What became of each of several Droplets; empty if the call was for one."""
    return getattr(error, "outcomes", None) or {}


def completed(error: Any) -> list[int]:
    """The ids of those of several Droplets for which a call completed, although it failed for others.

    Args:
        error: The library's error.
    """
    return [id for id, outcome in _outcomes(error).items() if outcome.state == "completed"]


def _may_have_changed(error: Any) -> bool:
    """If true, the request that failed may have taken effect all the same."""
    if isinstance(error, DOBOTOOutcomeUnknownException) or _actions(error):
        return True
    if any(outcome.state in BEGUN for outcome in _outcomes(error).values()):
        return True
    return getattr(error, "method", None) not in (None, "GET") and bool(getattr(error, "outcome_open", False))

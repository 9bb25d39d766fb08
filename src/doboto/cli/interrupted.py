"""What a command says when Ctrl-C ends it: what goes on, and how to wait for it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .catalog import Operation
from .exits import INTERRUPTED
from .failure import Failure
from .reporting import Reporter


class Interrupted(Failure):
    """Ctrl-C, in one line."""

    @classmethod
    def of(
        cls, operation: Operation, calls: Sequence[Mapping[str, Any]], reporter: Reporter, cause: BaseException
    ) -> Interrupted:
        """What was under way when it came."""
        pending = {str(id): state for id, state in reporter.pending.items()}
        goes_on = "; ".join(f"{reporter.named(id)}: {state}" for id, state in list(reporter.pending.items())[:5])
        notes = [note.removeprefix("doboto: ") for note in getattr(cause, "__notes__", [])]
        told = f"{goes_on} goes on at DigitalOcean" if goes_on else "; ".join(notes)
        again = resume(operation, calls, reporter.created)
        line = f"interrupted{f': {told}' if told else ''}{f'. To wait for it: {again}' if again else ''}"
        details: dict[str, Any] = {"pending": pending} if pending else {}
        if reporter.created:
            details["created"] = [{"id": id, "name": reporter.names.get(id)} for id in reporter.created]
        if again:
            details["resume"] = again
        return cls(line, INTERRUPTED.code, **details)


def resume(operation: Operation, calls: Sequence[Mapping[str, Any]], created: Sequence[Any]) -> str | None:
    """The command that waits for what an operation has begun, where there is one."""
    if operation.resource != "droplet" or operation.name.startswith("destroy"):
        return None
    if created:
        return f"doboto droplet wait {' '.join(map(str, created))}"
    ids = [str(call["id"]) for call in calls if call.get("id")]
    if ids:
        return f"doboto droplet wait {' '.join(ids)}"
    tag = next((call["tag_name"] for call in calls if call.get("tag_name")), None)
    return f"doboto droplet wait --tag {tag}" if tag else None

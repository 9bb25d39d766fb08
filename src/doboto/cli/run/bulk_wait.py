"""Waits for several Droplets together: one or two requests a round, however many they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ..._core.request import get, path
from ..._core.retry import transient
from ..._wait.actions import PAGES, ActionWatch, describe, is_over
from ..._wait.lookup import Finder
from ..._wait.pending_event import PendingEventWatch
from ...errors import DOBOTOActionException, DOBOTOException, DOBOTOForbiddenException, DOBOTONotFoundException
from ...resources.droplet.run_action import reading
from .calls import Call, Calls, Stage

if TYPE_CHECKING:
    from ..._core.deadline import Deadline
    from ..._session import Session


class Sight(Protocol):
    """How to look at what calls have begun."""

    #: Whether the last look had more to see than a round may cost.
    hurry: bool

    def answered(self, call: Call, answer: Any) -> None:
        """Take what a call was answered."""
        ...

    async def look(self, calls: Sequence[Call], deadline: Deadline) -> None:
        """One round for those that go on. Raises what the next round may mend."""
        ...


class Together:
    """Calls that were sent, till each has come to its end.

    One that was refused because another action is running there is sent again when that has ended.

    Args:
        session: Sends the requests.
        calls: The calls.
        send: Sends one of them.
        sight: Looks at those that were begun.
    """

    hurry = False
    failures = 0

    def __init__(self, session: Session, calls: Calls, send: Callable[[Call], None], sight: Sight) -> None:
        self.what = calls.what
        self.total = len(calls)
        self._session = session
        self._calls = calls
        self._send = send
        self._sight = sight
        self._droplets = Listed(session)

    def pending(self) -> Mapping[Any, str]:
        """Those that are not over."""
        return self._calls.pending()

    def seen(self) -> Any:
        """What they are about, as far as it goes on."""
        return [{"id": call.id} for call in self._calls.at(Stage.BEGUN)]

    async def look(self, deadline: Deadline) -> None:
        """One round."""
        begun = self._calls.at(Stage.BEGUN)
        if begun:
            await self._sight.look(begun, deadline)
        self.hurry = self._sight.hurry
        free = await self._free(self._calls.at(Stage.HELD), deadline)
        await self._session.io.gather([partial(self._again, call) for call in free])

    async def _again(self, call: Call) -> None:
        self._send(call)

    async def _free(self, held: Sequence[Call], deadline: Deadline) -> list[Call]:
        """Those that nothing else is running on: a list of Droplets says whether they are locked."""
        listed = await self._droplets.find([call.id for call in held], deadline) if len(held) > 1 else {}
        if listed is None:
            return []
        free = [call for call in held if call.id in listed and not listed[call.id].get("locked")]
        watches = {call: self._watch(call) for call in held if call.id not in listed}
        jobs = [partial(watch.look, deadline) for watch in watches.values()]
        end_of_failed(list(watches), await self._session.io.gather(jobs))
        return [*free, *(call for call, watch in watches.items() if call.stage is Stage.HELD and not watch.pending())]

    def _watch(self, call: Call) -> PendingEventWatch:
        return PendingEventWatch(self._session, path("/droplets/{id}/actions", id=call.id), call.label)


def end_of_failed(calls: Sequence[Call], outcomes: Sequence[object]) -> None:
    """End the calls that could not be looked at.

    Raises:
        DOBOTOException: The next round may have what one of them lacks.
    """
    later: DOBOTOException | None = None
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, DOBOTOException) and transient(outcome):
            later = outcome
        elif isinstance(outcome, Exception):
            call.over(outcome)
    if later is not None:
        raise later


class Listed:
    """Droplets as the list has them.

    Args:
        session: Sends the requests.
    """

    def __init__(self, session: Session) -> None:
        self._finder = Finder(session, "droplets", "/droplets", {})

    async def find(self, ids: Sequence[Any], deadline: Deadline) -> dict[Any, Any] | None:
        """Those of them that it has, by id; None where a round was not enough to tell."""
        try:
            found = await self._finder.find(ids, deadline, PAGES)
        except DOBOTOForbiddenException:
            return {}
        return found if self._finder.finished or len(found) == len(ids) else None


class Actions:
    """Looks at actions of Droplets.

    Args:
        session: Sends the requests.
        what: What is done, in words.
    """

    hurry = False

    def __init__(self, session: Session, what: str) -> None:
        self._session = session
        self._what = what
        self._watched: dict[Any, Call] = {}
        self._watch = ActionWatch(session, [], reading)

    def answered(self, call: Call, answer: Any) -> None:
        """Take the action."""
        call.at(Stage.BEGUN, f"{self._what} is running", answer)
        if is_over(answer):
            call.over(_result(answer))

    async def look(self, calls: Sequence[Call], deadline: Deadline) -> None:
        """Read the actions of calls that go on; where one can't be read, that is the end of its call alone."""
        sent = {call.outcome["id"]: call for call in calls if call.outcome is not None}
        if sent.keys() - self._watched.keys():
            self._watched |= sent
            self._watch = ActionWatch(self._session, [call.outcome for call in sent.values()], reading)
        try:
            await self._watch.look(deadline)
        except DOBOTOException as failure:
            if transient(failure):
                raise
            await self._look_singly(calls, deadline)
        finally:
            self._settle()
        self.hurry = self._watch.hurry

    def _settle(self) -> None:
        for action in self._watch.all():
            call = self._watched[action["id"]]
            if call.stage is Stage.BEGUN:
                self.answered(call, action)

    async def _look_singly(self, calls: Sequence[Call], deadline: Deadline) -> None:
        watches = [ActionWatch(self._session, [call.outcome], reading) for call in calls]
        outcomes = await self._session.io.gather([partial(watch.look, deadline) for watch in watches])
        end_of_failed(calls, outcomes)
        for call, watch in zip(calls, watches, strict=True):
            if call.stage is Stage.BEGUN:
                self.answered(call, watch.seen())


def _result(action: Mapping[str, Any]) -> Any:
    """What an action that has ended comes to: itself, or an error."""
    if action["status"] == "completed":
        return action
    return DOBOTOActionException(describe([action]), action=action, actions=[action])


class Gone:
    """Looks whether Droplets are gone: those that the list has no more are asked for once, for a list may lag.

    Args:
        session: Sends the requests.
    """

    hurry = False

    def __init__(self, session: Session) -> None:
        self._session = session
        self._droplets = Listed(session)

    def answered(self, call: Call, answer: Any) -> None:  # noqa: ARG002 - there is nothing in it
        """Its destruction was asked for."""
        call.at(Stage.BEGUN, "still there")

    async def look(self, calls: Sequence[Call], deadline: Deadline) -> None:
        """One round."""
        listed = await self._droplets.find([call.id for call in calls], deadline) if len(calls) > 1 else {}
        self.hurry = listed is None
        missing = [] if listed is None else [call for call in calls if call.id not in listed]
        jobs = [partial(self._read, call, deadline) for call in missing]
        end_of_failed(missing, await self._session.io.gather(jobs))

    async def _read(self, call: Call, deadline: Deadline) -> None:
        try:
            await self._session.call(get(path("/droplets/{id}", id=call.id)), deadline)
        except DOBOTONotFoundException:
            call.over(None)

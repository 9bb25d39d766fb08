"""What happens after a change whose answer was lost: looking whether it took effect, with patience for lag.

It is never sent again: that could make a second Droplet. It is found, and the call goes on as if nothing had happened,
or the error says what was asked, what was looked for, and what to do next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, repeat
from typing import Any, TypeAlias

from ..._core import pages
from ..._core.deadline import Deadline
from ..._core.droplet.effects import SHOWN, WITH_ARGUMENTS
from ..._core.droplet.target import Target
from ..._core.ownership import OpenRequest
from ..._core.recovery import action_key, match_droplets, parse_time, requested_names
from ..._core.request import Request, get, path
from ..._core.response import member_reader
from ..._core.retry import is_transient
from ..._json import items, records
from ..._operation import Mode
from ..._session import Session, log
from ..._wait.actions import is_over
from ...errors import DOBOTOException, DOBOTONotFoundException, DOBOTOOutcomeUnknownException
from ...events import Adopted, ResponseLost
from ...outcomes import STATE, attach_state
from .resource import Resource, T

#: How long to look, and the pauses in between, in seconds: lists were seen to lag "a couple of seconds" (pydo#468).
PATIENCE = 12.0
PAUSES = (0.5, 1.0, 1.5, 2.0, 3.0)

#: Looks once: True when the outcome is known, False when not, None when it is about to be: patience starts afresh.
Look = Callable[[], Awaitable[bool | None]]
ListBy = Callable[[Mapping[str, str | int], Deadline], Coroutine[Any, Any, list[Any]]]
#: Looks for what a request did whose response was lost.
Recover: TypeAlias = Callable[[OpenRequest, DOBOTOException], Awaitable[T]]


class Recovery(Resource[Mode]):
    """Looks for what lost responses would have said."""

    async def _search(self, look: Look, deadline: Deadline) -> str:
        """Look again and again until the outcome is known, or patience or the deadline is over; returns why it ended.

        Patience is for what lags behind. It starts afresh when looking failed: what loses answers loses those too, and
        an outage often lasts longer than any lag.
        """
        io, clock = self._session.io, self._session.io.clock
        begun = clock.monotonic()
        end, trouble = begun + PATIENCE, ""
        for longest in chain((0.0, *PAUSES), repeat(PAUSES[-1])):
            now = clock.monotonic()
            pause = max(0.0, min(longest, end - now))
            if deadline.remaining(now) <= pause:
                break
            await io.sleep(pause)
            looked = clock.monotonic()
            try:
                known = await look()
                if known:
                    return ""
                trouble = ""
                if known is None:
                    end = clock.monotonic() + PATIENCE
                if looked >= end:
                    break  # this look began when patience was over: looks can take long themselves
            except DOBOTOException as failure:
                trouble = f"; looking failed: {failure}"
                if not (is_transient(failure) or failure.outcome_open):
                    break  # a refusal; a reply that makes no sense says nothing of the next
                end = clock.monotonic() + PATIENCE
        return f"looked for {clock.monotonic() - begun:.0f} s{trouble}"

    async def _recover_droplets(
        self,
        body: Mapping[str, Any],
        tag: str | None,
        open_request: OpenRequest,
        failure: DOBOTOException,
        deadline: Deadline,
    ) -> list[Any]:
        """The Droplets that a create made whose response was lost, all of them.

        Args:
            body: What was asked for.
            tag: The tag that this request alone has, or None.
            open_request: The request; it is over when this returns or raises.
            failure: How its response was lost.
            deadline: Bounds the search.

        Raises:
            DOBOTOOutcomeUnknownException: Not all were found, or more than were asked for; `created` has those that
                are certain.
        """
        session, names = self._session, requested_names(body)
        search = _Search(session, self._list_by, body, open_request, deadline, tag)
        try:
            await session.emit(ResponseLost(f"the Droplets {', '.join(names)}", failure))
            why = await self._search(search.look, deadline)
            await search.take_what_is_certain(last=True)
        except BaseException as interruption:
            attach_state(interruption, created=search.taken)
            found = ", ".join(f"{droplet['name']} ({droplet['id']})" for droplet in search.taken)
            interruption.add_note(
                f"doboto: the response to a create was lost; found of it so far: {found or 'nothing'}"
            )
            raise
        finally:
            open_request.end()
        if not search.missing:
            return search.taken
        raise search.unknown(failure, why)

    async def _list_by(self, query: Mapping[str, str | int], deadline: Deadline) -> list[Any]:
        return await self._list_all("droplets", "/droplets", query, deadline)

    async def _recover_actions(
        self,
        target: Target,
        body: Mapping[str, Any],
        deadline: Deadline,
        open_request: OpenRequest,
        failure: DOBOTOException,
    ) -> list[Any]:
        """The actions that a request started whose response was lost.

        Raises:
            DOBOTOOutcomeUnknownException: They were not found; `created` has those that were.
        """
        session = self._session
        found: list[Any] = []
        wanted: set[Any] = set()

        async def find() -> list[Any]:
            wanted.update(await self._droplets_of(target, deadline))
            listed = await self._actions_of(target, deadline)
            since = session.api_time(failure.sent_at)  # now that a response has the API's time
            return [action for action in listed if _started(action, body["type"], wanted, since)]

        async def look() -> bool:
            found[:] = session.ownership.free(await find(), action_key)
            return bool(wanted) and {action["resource_id"] for action in found} == wanted

        await session.emit(ResponseLost(f"the action {body['type']} of {target}", failure))
        if target.id is not None:
            own = partial(self._with_effect, find, target.id, body, deadline)
            action, why = await self._look_for_one(request_key(target, body), own, action_key, deadline, open_request)
            found = [] if action is None else [action]
        else:
            why = await self._search(look, deadline)
            if why or len(found) != len(wanted) or not session.ownership.claim(map(action_key, found)):
                why = why or "found more than one"
        if found and not why:
            return found
        looked_for = f"an action {body['type']} of {target} started since {_when(session.api_time(failure.sent_at))}"
        raise outcome_unknown(failure, body, looked_for, why, found)

    async def _with_effect(
        self, find: Callable[[], Awaitable[list[Any]]], id: int | str, body: Mapping[str, Any], deadline: Deadline
    ) -> list[Any] | None:
        """The actions found; of those whose request says more than their type, only if the Droplet shows that.

        Two programs that rename one Droplet start actions that look the same; the name that it gets distinguishes them.
        While one is running, that is not known yet.
        """
        found = await find()
        if not found or body["type"] not in WITH_ARGUMENTS:
            return found
        request = get(path("/droplets/{id}", id=id))
        droplet: Any = await self._session.call(request, deadline, member_reader("droplet", dict))
        if SHOWN[body["type"]](droplet, body):
            return found
        return [] if all(map(is_over, found)) else None

    async def _droplets_of(self, target: Target, deadline: Deadline) -> list[Any]:
        if target.id is not None:
            return [int(target.id)]
        listed = await self._list_by({"tag_name": target.tag_name or ""}, deadline)
        return [droplet["id"] for droplet in listed]

    async def _actions_of(self, target: Target, deadline: Deadline) -> Sequence[Mapping[str, Any]]:
        """The newest actions of the target; for a tag, those of the account."""
        listed = "/actions" if target.id is None else path("/droplets/{id}/actions", id=target.id)
        page = await self._session.call(pages.page_request(listed, {}, 1), deadline, pages.page_reader("actions"))
        return records(list(page.items))

    async def _recover_destroy_by_tag(self, tag_name: str, failure: DOBOTOException, deadline: Deadline) -> None:
        """Whether no Droplet of the tag is left after a destroy whose answer was lost.

        Raises:
            DOBOTOOutcomeUnknownException: Some are left.
        """
        left: list[Any] = []

        async def look() -> bool:
            query: dict[str, str | int] = {"tag_name": tag_name}
            try:
                left[:] = await self._list_by(query, deadline)
            except DOBOTONotFoundException:
                left.clear()  # the tag is gone too
            return not left

        if why := await self._search(look, deadline):
            names = ", ".join(f"{droplet.get('name')} ({droplet.get('id')})" for droplet in left[:10])
            looked_for = f"no Droplet left with the tag {tag_name}; left: {names}"
            raise outcome_unknown(failure, {"tag_name": tag_name}, looked_for, why, [])

    async def _send_change(
        self,
        request: Request,
        deadline: Deadline,
        recover: Recover[T],
        read: Callable[[Any], T] | None = None,
        *,
        what: str = "",
        key: Hashable = None,
        claimed: Callable[[T], Iterable[Any]] | None = None,
    ) -> T:
        """Send a change; if its response is lost, look for what it did.

        Args:
            request: The change.
            deadline: Bounds the request and the search.
            recover: Looks for what it did. If there is a key, it takes what it finds through the ownership registry.
                Its arguments are the request, as the registry knows it, and how its response was lost.
            read: Reads the response.
            what: The change in words, for interruptions.
            key: What identifies like requests, or None if what they do can't be taken for another's.
            claimed: Under what the result is claimed.
        """
        open_request = self._session.ownership.open(() if key is None else (key,))
        try:
            result, lost = await self._send_open(request, open_request, deadline, read, claimed)
            return result if lost is None else await recover(open_request, lost)
        except BaseException as failure:
            if not isinstance(failure, DOBOTOException) and getattr(failure, STATE, None) is None:
                attach_state(failure, unresolved=[what or f"{request.method} {request.path}"])
            raise
        finally:
            open_request.end()

    async def _send_open(
        self,
        request: Request,
        open_request: OpenRequest,
        deadline: Deadline,
        read: Callable[[Any], T] | None,
        claimed: Callable[[T], Iterable[Any]] | None,
    ) -> tuple[T, None] | tuple[Any, DOBOTOException]:
        """Send a change and claim what its response has.

        Returns:
            What the response has, and None; or, if the response was lost, anything, and how it was lost.

        Raises:
            DOBOTOException: It certainly took no effect.
        """
        try:
            result = await self._session.call(request, deadline, read)
        except DOBOTOException as failure:
            if not failure.outcome_open:
                raise
            open_request.lose(failure.sent_at or 0.0)
            return None, failure
        self._session.ownership.claim(() if claimed is None else claimed(result))
        return result, None

    async def _discard_tag(self, tag: str | None, tagged: Sequence[Any], deadline: Deadline) -> None:
        """Remove the tag that a request was to be found by, if the client is to; that it stays does no harm."""
        if tag is None or self._session.recovery_tag != "remove":
            return
        request = Request("DELETE", path("/tags/{tag}", tag=tag), repeatable=True)
        try:
            await self._delete(request, missing_ok=True, deadline=deadline)
        except DOBOTOException as failure:
            log.warning("the tag %s could not be removed: %s", tag, failure)
            return
        for one in tagged:
            one["tags"] = [each for each in items(one.get("tags")) if each != tag]

    async def _look_for_one(
        self,
        key: Hashable,
        find: Callable[[], Awaitable[Sequence[Any] | None]],
        identity: Callable[[Any], tuple[Any, ...]],
        deadline: Deadline,
        open_request: OpenRequest,
        *,
        tag: str | None = None,
    ) -> tuple[Any, str]:
        """Look for the one resource that a lost request made; take it if it certainly is not another program's.

        Args:
            key: What identifies like requests.
            find: Gives those that may be it, or None while that is not known yet.
            identity: Under what one is claimed.
            deadline: Bounds the search.
            open_request: The request whose response was lost.
            tag: The tag that this request alone has, or None: then only what has it is taken.

        Returns:
            The resource and an empty text, or None and why there is none.
        """
        ownership = self._session.ownership
        found: list[Any] = []
        taken: list[Any] = []

        def take(*, last: bool) -> list[Any]:
            if tag is None:
                return ownership.take(open_request, key, found, last=last, key=identity)
            own = [one for one in found if tag in items(one.get("tags"))][:1]
            for one in own:
                ownership.adopt(open_request, key, identity(one))
            return own

        async def look() -> bool | None:
            candidates = await find()
            if candidates is None:
                return None
            found[:] = candidates
            taken[:] = take(last=False)
            return bool(taken)

        why = await self._search(look, deadline)
        taken = taken or take(last=True)
        if taken:
            return taken[0], ""
        if doubtful := ownership.free(found, identity):
            ownership.doubt(map(identity, doubtful))
            ids = ", ".join(str(identity(one)[-1]) for one in doubtful)
            why += f"; found {ids}, which may be another program's"
        return None, why


def request_key(target: Target, body: Mapping[str, Any]) -> tuple[str, str, str]:
    """What identifies like requests for an action."""
    return ("action", body["type"], str(target))


class _Search:
    """The search for the Droplets of one create: by name, and where the request had a tag of its own, by that alone.

    With a tag, other resources of the names are only reported, in doubt: the API was seen to lose tags.
    """

    def __init__(
        self,
        session: Session,
        list_by: ListBy,
        body: Mapping[str, Any],
        open_request: OpenRequest,
        deadline: Deadline,
        tag: str | None,
    ) -> None:
        self._tag = tag
        self._session = session
        self._io = session.io
        self._claims = session.ownership
        self._list_by = list_by
        self._body = body
        self._request = open_request
        self._sent_at = open_request.sent_at
        self._deadline = deadline
        self._candidates: dict[str, list[Any]] = {}
        self.wanted = Counter(requested_names(body))
        self.taken: list[Any] = []

    @property
    def _since(self) -> float:
        """When the request was sent, by the API's clock: known at the latest when a list has been answered."""
        return self._session.api_time(self._sent_at)

    @property
    def missing(self) -> Counter[str]:
        """The names that are still to be found, and how often."""
        return self.wanted - Counter(droplet["name"] for droplet in self.taken)

    async def look(self) -> bool:
        """Ask for the missing names, and take what is certain."""
        if self._tag is not None and await self._look_by_tag(self._tag):
            return True
        names = list(self.missing)
        outcomes = await self._io.gather([partial(self._find_by_name, name) for name in names])
        self._candidates.update(
            {name: found for name, found in zip(names, outcomes, strict=True) if not isinstance(found, Exception)}
        )
        await self.take_what_is_certain()
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return not self.missing

    async def _look_by_tag(self, tag: str) -> bool:
        """Take what has the tag; returns whether that is all."""
        try:
            listed = await self._list_by({"tag_name": tag}, self._deadline)
        except DOBOTONotFoundException:
            return False  # the tag does not exist: nothing was created, or not yet
        known = {droplet["id"] for droplet in self.taken}
        for droplet in listed:
            name = droplet.get("name")
            if droplet["id"] not in known and name in self.missing:
                self._claims.adopt(self._request, name, droplet["id"])
                await self._adopt([droplet])
        return not self.missing

    async def _adopt(self, droplets: Sequence[Any]) -> None:
        self.taken += droplets
        for droplet in droplets:
            await self._session.emit(Adopted("droplet", droplet["id"], droplet["name"], droplet))

    async def _find_by_name(self, name: str) -> list[Any]:
        query: dict[str, str | int] = {"name": name}
        if str(self._body["size"]).startswith("gpu"):
            query["type"] = "gpus"
        listed = await self._list_by(query, self._deadline)
        return [one for one in match_droplets(listed, self._body, self._since) if one["name"] == name]

    async def take_what_is_certain(self, *, last: bool = False) -> None:
        """Claim candidates, but for names of which there are more than can be ours, or may be another program's."""
        adopted: list[Any] = []
        for name in self.missing if self._tag is None else ():
            adopted += self._claims.take(self._request, name, self._candidates.get(name, []), last=last)
        await self._adopt(adopted)

    def unknown(self, failure: DOBOTOException, why: str) -> DOBOTOOutcomeUnknownException:
        """The error that reports all this."""
        missing = ", ".join(self.missing)
        asked = ", ".join(f"{key} {self._body[key]}" for key in ("size", "image", "region") if self._body.get(key))
        looked_for = f"Droplets named {missing} with {asked}, created since {_when(self._since)}"
        looked_for += with_tag(self._tag)
        doubtful = [one["id"] for name in self.missing for one in self._claims.free(self._candidates.get(name, []))]
        if doubtful:
            self._claims.doubt(doubtful)
            why += f"; found {', '.join(map(str, doubtful))}, which may be another program's"
        return outcome_unknown(failure, self._body, looked_for, why, self.taken)


def _started(action: Mapping[str, Any], type: str, droplets: set[Any], since: float) -> bool:
    started = parse_time(action.get("started_at"))
    return (
        action.get("type") == type
        and isinstance(action.get("resource_id"), int)
        and action["resource_id"] in droplets
        and started is not None
        and started >= since - 2
    )


def with_tag(tag: str | None) -> str:
    """What a request is looked for by beside what it asked for, in words."""
    return "" if tag is None else f", with the tag {tag}"


def _when(seconds: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def outcome_unknown(
    failure: DOBOTOException, asked: Any, looked_for: str, why: str, found: Sequence[Any]
) -> DOBOTOOutcomeUnknownException:
    error = DOBOTOOutcomeUnknownException(
        f"the outcome is unknown: {failure.message}; looked for {looked_for} ({why}). "
        "Check before you retry: nothing is sent again by itself",
        failure.result,
        asked=asked,
        looked_for=looked_for,
        error=failure,
        method=failure.method,
        url=failure.url,
        status=failure.status,
        id=failure.id,
        request_id=failure.request_id,
        headers=failure.headers,
        body=failure.body,
        attempts=failure.attempts,
        created=found,
    )
    error.sent_at = failure.sent_at
    return error

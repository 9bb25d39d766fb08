"""Which image a snapshot action made: the action itself does not say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..._core import pages
from ..._core.deadline import Deadline
from ..._core.recovery import parse_time
from ..._core.request import path
from ..._json import records
from ..._session import Session
from ..._session.list_reader import results
from ...errors import DOBOTOBulkException, DOBOTOException


async def with_image_ids(session: Session, actions: Sequence[Any], deadline: Deadline) -> list[Any]:
    """The completed snapshot actions, each with the `image_id` of its image as far as that can be determined."""
    jobs = [partial(_with_image_id, session, action, deadline) for action in actions]
    return results(await session.io.gather(jobs))


async def add_image_ids(session: Session, failure: DOBOTOBulkException, deadline: Deadline) -> None:
    """Add the `image_id` to the completed snapshot actions of a call that did not complete for all."""
    done = [one for one in failure.outcomes.values() if one.state == "completed" and one.action is not None]
    actions = await with_image_ids(session, [one.action for one in done], deadline)
    failure.outcomes |= {one.id: replace(one, action=action) for one, action in zip(done, actions, strict=True)}


async def _with_image_id(session: Session, action: Mapping[str, Any], deadline: Deadline) -> dict[str, Any]:
    """One action. The snapshot exists even if this request fails, so that its error is not raised."""
    request = pages.page_request(path("/droplets/{id}/snapshots", id=action.get("resource_id") or 0), {}, 1)
    try:
        page = await session.call(request, deadline, pages.page_reader("snapshots"))
    except DOBOTOException:
        return dict(action)
    made = [one.get("id") for one in records(list(page.items)) if _is_made_by(action, one)]
    return {**action, "image_id": made[0]} if len(made) == 1 and type(made[0]) is int else dict(action)


def _is_made_by(action: Mapping[str, Any], snapshot: Mapping[str, Any]) -> bool:
    """Return whether a snapshot is dated within the action; the API dates it like the action's beginning.

    A Droplet has one action at a time, so that no other snapshot is.
    """
    taken, begun = parse_time(snapshot.get("created_at")), parse_time(action.get("started_at"))
    ended = parse_time(action.get("completed_at")) or math.inf
    return taken is not None and begun is not None and begun <= taken <= ended

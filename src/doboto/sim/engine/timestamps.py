"""Moments as the API writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

#: The last second that datetime can write: a clock moved further must not break a reply.
LAST_MOMENT = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()


def iso(moment: float) -> str:
    """An epoch moment as `2020-07-21T18:37:44Z`, whole seconds in UTC."""
    return f"{_moment(moment):%Y-%m-%dT%H:%M:%S}Z"


def http_date(moment: float) -> str:
    """An epoch moment as the header `date` has it: `Tue, 21 Jul 2020 18:37:44 GMT`."""
    return format_datetime(_moment(moment), usegmt=True)


def _moment(moment: float) -> datetime:
    return datetime.fromtimestamp(min(max(moment, 0.0), LAST_MOMENT), UTC)

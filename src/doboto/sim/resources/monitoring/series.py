"""Series of samples in the form that the API has them: a Prometheus matrix."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from ...engine.errors import unprocessable
from ...engine.fields import integer, required
from ...engine.records import Record
from ...http.messages import Call

#: Seconds between samples (API reference, examples; the agent's default interval according to `nanovms/nanos#2007`).
STEP = 120
#: A window that would have more samples has them further apart. Unverified.
MOST = 720

Labels = Mapping[str, str]


def moments(call: Call, born: float) -> list[int]:
    """When samples are due in the window that a request asks for, from a resource's birth to the present."""
    start, end = required(call.query, "start", integer), required(call.query, "end", integer)
    if end < start:
        raise unprocessable("end must not be before start")
    first, last = max(start, math.ceil(born)), min(end, math.floor(call.now))
    if first > last:
        return []
    step = STEP * max(-(-(last - first) // (STEP * MOST)), 1)
    return list(range(-(-first // step) * step, last + 1, step))


def series(
    labels: Labels, due: Iterable[int], value: Callable[[int], float | None], digits: int | None = None
) -> Record:
    """One labelled series; moments without a value have no sample. Values are text, rounded to so many digits."""
    sampled = ((moment, value(moment)) for moment in due)
    values = [[moment, _written(found, digits)] for moment, found in sampled if found is not None]
    return {"metric": dict(labels), "values": values}


def matrix(found: Iterable[Record]) -> Record:
    """The whole answer: series that have samples."""
    result = [each for each in found if each["values"]]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}}


def _written(value: float, digits: int | None) -> str:
    return repr(value) if digits is None else f"{value:.{digits}f}"

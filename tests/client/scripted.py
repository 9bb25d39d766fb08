"""A transport that answers from a list, and a clock that only moves when somebody sleeps: no simulator, no socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doboto import DO, AsyncDO, DOBOTOException, Limiter, Timeouts, WireRequest
from doboto._core.response import Response

from .conftest import Blockingly

TOKEN = "dop_v1_" + "5ec12e7" * 9 + "a"


def reply(status: int, body: Any = b"", **headers: str) -> Response:
    """A reply; a body that is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


@dataclass
class Script:
    """Answers requests in turn, the last answer again and again; records them."""

    answers: list[Response | DOBOTOException]
    asked: list[WireRequest] = field(default_factory=list)
    timeouts: list[Timeouts] = field(default_factory=list)

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Response:
        self.asked.append(request)
        self.timeouts.append(timeouts)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, DOBOTOException):
            raise answer
        return answer

    async def reaches(self, host: str, port: int, timeout: float) -> bool:
        return True

    async def close(self) -> None:
        pass


@dataclass
class Time:
    """A clock of its own."""

    now: float = 1_790_000_000.0
    slept: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)


@dataclass
class Stage:
    """A client on a script."""

    api: Any
    script: Script
    time: Time


def stage(
    flavour: str,
    runner: asyncio.Runner,
    *answers: Response | DOBOTOException,
    headers: Mapping[str, str] | None = None,
    **settings: Any,
) -> Stage:
    """A client of that flavour whose requests are answered from a list."""
    script, time = Script(list(answers)), Time()
    settings = {"limiter": Limiter(), "transport": script, "clock": time, **settings}
    api: Any = (DO if flavour == "blocking" else AsyncDO)(TOKEN, **settings)
    return Stage(Blockingly(api, runner) if flavour == "asynchronous" else api, script, time)

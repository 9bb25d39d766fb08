"""A rate limit shared by processes, in a real Redis or Valkey server."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from doboto import (
    DO,
    AsyncDO,
    DOBOTOConfigurationException,
    DOBOTOConnectionException,
    DOBOTORateLimitException,
    Limiter,
    RedisRateLimit,
    Retry,
)
from doboto.sim import RealClock, Settings, Simulator

from .conftest import Blockingly
from .redis_server import redis_server
from .scripted import TOKEN, Script, reply

CHILD = Path(__file__).with_name("rate_limit_child.py")
NOWHERE = "redis://user:pa55word@127.0.0.1:1/0"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


def client(
    flavour: str, runner: asyncio.Runner, shared_rate_limit: RedisRateLimit, token: str = TOKEN, **settings: Any
) -> Any:
    """A client whose requests are all answered, and whose own limiter is no limit."""
    script = Script([reply(200, {"account": {"status": "active"}})])
    options = {"limiter": Limiter(100_000), "transport": script, "retry": Retry.never(), **settings}
    if flavour == "blocking":
        return DO(token, shared_rate_limit=shared_rate_limit, **options)
    return Blockingly(AsyncDO(token, shared_rate_limit=shared_rate_limit, **options), runner)


def close(api: Any) -> None:
    api.close() if isinstance(api, DO) else api.aclose()


def keys(redis: str) -> list[str]:
    import redis as library

    with library.from_url(redis, decode_responses=True) as connection:
        found: list[str] = connection.keys("*")
        return found


def test_processes_of_both_flavours_share_250_a_minute(redis: str) -> None:
    """Three programs, 250 calls each; the simulator's minute is 1.5 real seconds, the budget's is 6.

    A request that was let go may come late: up to 4.5 seconds on a busy machine change nothing.
    """
    sim = Simulator(RealClock(speed=40), settings=Settings(requests_per_hour=0))
    statuses: Counter[int] = Counter()
    moments: list[float] = []

    def note(incoming: Any, reply: Any) -> None:
        statuses[reply.status] += 1
        moments.append(sim.clock.now())

    sim.on_seen.append(note)
    with sim.serve() as server:
        arguments = [server.url, redis, "6", "250"]
        children = [
            subprocess.Popen([sys.executable, str(CHILD), flavour, *arguments], stdout=subprocess.PIPE, text=True)
            for flavour in ("blocking", "asynchronous", "blocking")
        ]
        printed = [child.communicate(timeout=300)[0].strip() for child in children]
    assert [child.returncode for child in children] == [0] * 3
    assert printed == ["250"] * 3
    assert statuses == {200: 750}
    assert min(later - earlier for earlier, later in zip(moments, moments[250:], strict=False)) >= 60


def test_what_is_used_up_is_told_with_its_numbers(flavour: str, runner: asyncio.Runner, redis: str) -> None:
    shared_rate_limit = RedisRateLimit(redis, per_minute=3, window=60)
    api = client(flavour, runner, shared_rate_limit, f"{TOKEN}{flavour}", timeout=5.0)
    for _ in range(3):
        api.request("GET", "/account")
    with pytest.raises(DOBOTORateLimitException, match="no room within the rate limit") as caught:
        api.request("GET", "/account")
    assert 55 < (caught.value.retry_after or 0) <= 60
    assert re.search(r"retry after 5\d", str(caught.value)) or "retry after 60" in str(caught.value)
    assert caught.value.attempts == 0
    close(api)


def test_accounts_do_not_share_and_both_flavours_of_one_do(runner: asyncio.Runner, redis: str) -> None:
    shared_rate_limit = RedisRateLimit(redis, per_minute=2, window=60)
    mine, also_mine, other = (
        client(flavour, runner, shared_rate_limit, token, timeout=5.0)
        for flavour, token in (("blocking", "one"), ("asynchronous", "one"), ("blocking", "two"))
    )
    mine.request("GET", "/account")
    also_mine.request("GET", "/account")
    for api in (mine, also_mine):
        with pytest.raises(DOBOTORateLimitException):
            api.request("GET", "/account")
    other.request("GET", "/account")
    for api in (mine, also_mine, other):
        close(api)


def test_the_token_is_not_in_the_store(flavour: str, runner: asyncio.Runner, redis: str) -> None:
    api = client(flavour, runner, RedisRateLimit(redis))
    api.request("GET", "/account")
    close(api)
    assert keys(redis)
    assert not [key for key in keys(redis) if TOKEN in key or TOKEN.removeprefix("dop_v1_")[:12] in key]


def test_a_client_outlives_its_event_loop(redis: str) -> None:
    script = Script([reply(200, {"account": {"status": "active"}})])
    api = AsyncDO("loops", shared_rate_limit=RedisRateLimit(redis, required=True), transport=script, limiter=Limiter())

    async def use() -> Any:
        try:
            return await api.request("GET", "/account")
        finally:
            assert api._session.lease is not None
            await api._session.lease.close()  # its connections are the loop's

    assert asyncio.run(use()) == asyncio.run(use())


def test_without_the_server_requests_go_on_and_a_warning_says_so(
    flavour: str, runner: asyncio.Runner, caplog: pytest.LogCaptureFixture
) -> None:
    api = client(flavour, runner, RedisRateLimit(NOWHERE))
    for _ in range(3):
        assert api.request("GET", "/account")["account"]
    warnings = [record.getMessage() for record in caplog.records if record.name == "doboto"]
    assert len(warnings) == 1, "the server is left alone for a while"
    assert "redis://127.0.0.1:1/0 can't be reached (ConnectionError)" in warnings[0]
    assert "pa55word" not in caplog.text
    close(api)


def test_without_the_server_requests_fail_unsent_where_it_is_required(flavour: str, runner: asyncio.Runner) -> None:
    api = client(flavour, runner, RedisRateLimit(NOWHERE, required=True))
    for _ in range(2):
        with pytest.raises(DOBOTOConnectionException, match="not sent") as caught:
            api.request("POST", "/droplets", body={})
        assert caught.value.sent is False
        assert "pa55word" not in str(caught.value)
    close(api)


def test_a_budget_shows_no_password() -> None:
    assert "pa55word" not in repr(RedisRateLimit(NOWHERE))
    assert RedisRateLimit("valkeys://h:1/2").address == "rediss://h:1/2"


@pytest.mark.parametrize("wrong", [{"url": "http://x"}, {"url": "redis://x", "per_minute": 0}])
def test_a_budget_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DOBOTOConfigurationException):
        RedisRateLimit(**wrong)


@pytest.mark.parametrize(("apart", "warned"), [(0.0, False), (5.0, True), (-5.0, True)])
def test_clocks_far_apart_are_warned_of_once(
    flavour: str, runner: asyncio.Runner, redis: str, apart: float, warned: bool,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    clock = SimpleNamespace(time=lambda: time.time() + apart, monotonic=time.monotonic)
    monkeypatch.setattr("doboto._io.redis.time", clock)
    api = client(flavour, runner, RedisRateLimit(redis, required=True), f"{TOKEN}{flavour}{apart}")
    for _ in range(2):
        api.request("GET", "/account")
    close(api)
    warnings = [record.getMessage() for record in caplog.records if "synchronize the clocks" in record.getMessage()]
    assert len(warnings) == warned
    assert all("differ by 5.0 s" in warning for warning in warnings)

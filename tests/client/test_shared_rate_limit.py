"""A rate limit shared by processes, in a real Redis or Valkey server."""

from __future__ import annotations

import asyncio
import json
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
from doboto.sim import InstantClock, Settings, Simulator

from .conftest import Blockingly
from .patience import AMPLE
from .redis_server import redis_server
from .scripted import TOKEN, Script, reply

CHILD = Path(__file__).with_name("rate_limit_child.py")
#: A window in seconds that no test outlasts.
HOUR = 3600
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
    """Three programs, 250 calls each, in a minute of six seconds."""
    minute = 6
    sim = Simulator(InstantClock(), settings=Settings(requests_per_hour=0, requests_per_minute=0))
    statuses: Counter[int] = Counter()
    sim.on_seen.append(lambda incoming, reply: statuses.update([reply.status]))
    with sim.serve() as server:
        arguments = [server.url, redis, str(minute), "250"]
        children = [
            subprocess.Popen([sys.executable, str(CHILD), flavour, *arguments], stdout=subprocess.PIPE, text=True)
            for flavour in ("blocking", "asynchronous", "blocking")
        ]
        reported = [json.loads(child.communicate(timeout=300)[0] or "null") for child in children]
    assert [child.returncode for child in children] == [0] * 3
    assert [done for done, _ in reported] == [250] * 3
    assert statuses == {200: 750}
    taken = sorted(moments for _, each in reported for moments in each)
    assert len(taken) == 750
    for begin, _ in taken:  # a request was let go at some moment between both
        assert sum(begin <= before and after < begin + minute for before, after in taken) <= 250


def test_what_is_used_up_is_told_with_its_numbers(flavour: str, runner: asyncio.Runner, redis: str) -> None:
    shared_rate_limit = RedisRateLimit(redis, per_minute=3, window=HOUR, timeout=AMPLE)
    api = client(flavour, runner, shared_rate_limit, f"{TOKEN}{flavour}", timeout=AMPLE)
    for _ in range(3):
        api.request("GET", "/account")
    with pytest.raises(DOBOTORateLimitException, match="no room within the rate limit") as caught:
        api.request("GET", "/account")
    assert HOUR - AMPLE < (caught.value.retry_after or 0) <= HOUR
    assert f"retry after {caught.value.retry_after:g} s" in str(caught.value)
    assert caught.value.attempts == 0
    close(api)


def test_accounts_do_not_share_and_both_flavours_of_one_do(runner: asyncio.Runner, redis: str) -> None:
    shared_rate_limit = RedisRateLimit(redis, per_minute=2, window=HOUR, timeout=AMPLE)
    mine, also_mine, other = (
        client(flavour, runner, shared_rate_limit, token, timeout=AMPLE)
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
    api = client(flavour, runner, RedisRateLimit(redis, timeout=AMPLE))
    api.request("GET", "/account")
    close(api)
    assert keys(redis)
    assert not [key for key in keys(redis) if TOKEN in key or TOKEN.removeprefix("dop_v1_")[:12] in key]


def test_a_client_outlives_its_event_loop(redis: str) -> None:
    script = Script([reply(200, {"account": {"status": "active"}})])
    api = AsyncDO(
        "loops",
        shared_rate_limit=RedisRateLimit(redis, required=True, timeout=AMPLE),
        transport=script,
        limiter=Limiter(),
    )

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
    api = client(flavour, runner, RedisRateLimit(NOWHERE, pause=AMPLE))
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


@pytest.mark.parametrize(("apart", "warned"), [(0.0, False), (1.5, True), (-1.5, True)])
def test_clocks_far_apart_are_warned_of_once(
    flavour: str, runner: asyncio.Runner, redis: str, apart: float, warned: bool,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """The server tells its time once, and this machine's is that far from it."""
    told = 1_790_000_000

    def server_time(_: object) -> Any:
        moment = (told, 0)
        return moment if flavour == "blocking" else asyncio.sleep(0, moment)

    monkeypatch.setattr("redis.Redis.time", server_time)
    monkeypatch.setattr("redis.asyncio.Redis.time", server_time)
    monkeypatch.setattr("doboto._io.redis.time", SimpleNamespace(time=lambda: told + apart, monotonic=time.monotonic))
    limit = RedisRateLimit(redis, required=True, timeout=AMPLE)
    api = client(flavour, runner, limit, f"{TOKEN}{flavour}{apart}")
    for _ in range(2):
        api.request("GET", "/account")
    close(api)
    warnings = [record.getMessage() for record in caplog.records if "synchronize the clocks" in record.getMessage()]
    assert len(warnings) == warned
    assert all("differ by 1.5 s" in warning for warning in warnings)

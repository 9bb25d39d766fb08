"""`with_options(deadline=)`: one bound for all calls made through a client, however many they are."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOConfigurationException, DOBOTOPollingException, DOBOTOTimeoutException
from doboto.sim import Simulator

from .conftest import Log, one


def test_calls_share_one_deadline(api: Any, sim: Simulator, log: Log) -> None:
    bounded = api.with_options(deadline=60)
    id = bounded.droplet.create(one())["id"]
    sim.clock.advance(50)  # type: ignore[attr-defined]
    assert bounded.droplet.info(id)["id"] == id
    sim.clock.advance(10)  # type: ignore[attr-defined]
    log.take()
    with pytest.raises(DOBOTOTimeoutException, match="deadline of 60 s"):
        bounded.droplet.info(id)
    assert log.take() == []
    assert api.droplet.info(id)["id"] == id, "the client itself is not bounded"


def test_a_wait_ends_with_the_deadline_whatever_its_timeout(api: Any, sim: Simulator) -> None:
    start = sim.clock.now()
    bounded = api.with_options(deadline=10)
    with pytest.raises(DOBOTOPollingException, match="longer than 10 s") as caught:
        bounded.droplet.create(one(), wait=True, timeout=600)
    assert 8 <= sim.clock.now() - start <= 10
    assert len(caught.value.created) == 1
    with pytest.raises(DOBOTOPollingException, match="longer than 2 s"):
        api.with_options(deadline=600).droplet.create(one("web-2"), wait=True, timeout=2, poll=1)


def test_retries_end_with_the_deadline(api: Any, sim: Simulator) -> None:
    sim.faults.add("status", status=503)
    start = sim.clock.now()
    with pytest.raises(Exception, match="503"):
        api.with_options(deadline=3).droplet.list()
    assert sim.clock.now() - start <= 3


def test_a_deadline_can_only_become_earlier(api: Any, sim: Simulator) -> None:
    bounded = api.with_options(deadline=5)
    later = bounded.with_options(deadline=600, timeout=300)
    sim.clock.advance(6)  # type: ignore[attr-defined]
    for client in (later, bounded.with_options(timeout=300)):
        with pytest.raises(DOBOTOTimeoutException):
            client.account.info()


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), True, "5"])
def test_a_deadline_that_is_none_is_refused(api: Any, wrong: Any) -> None:
    with pytest.raises(DOBOTOConfigurationException, match="deadline"):
        api.with_options(deadline=wrong)

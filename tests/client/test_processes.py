"""Clients and other processes, copies, mocks, and what a traceback shows."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import pickle
import traceback
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from doboto import DO, AsyncDO, DOBOTONotFoundException
from doboto.sim import InstantClock, Simulator

from .conftest import one


def test_methods_are_sent_to_workers() -> None:
    with Simulator(InstantClock()).serve() as server, DO("some-token", server.url) as do:
        ids = [do.droplet.create(one(f"web-{number}"))["id"] for number in range(3)]
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            droplets = pool.map(do.droplet.info, ids)
    assert [droplet["id"] for droplet in droplets] == ids


@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_pickling_is_refused_in_a_sentence(kind: Any) -> None:
    client = kind("some-token")
    for found in (client, client.droplet, client.droplet.info):
        with pytest.raises(TypeError, match="a client is not pickled, because its token would be"):
            pickle.dumps(found)


def test_simulated_client_stays_in_its_process() -> None:
    do = DO.simulated()
    with pytest.raises(TypeError, match="a client with transport and clock cannot be sent to another process"):
        ForkingPickler.dumps(do.droplet.info)


def test_settings_of_a_view_go_with_it_or_are_refused() -> None:
    do = DO("some-token")
    view = pickle.loads(ForkingPickler.dumps(do.with_options(recovery_tag="keep")))
    assert view._session.recovery_tag == "keep"
    for options in ({"on_event": print}, {"deadline": 5}):
        with pytest.raises(TypeError, match="cannot be sent to another process"):
            ForkingPickler.dumps(do.with_options(**options))


@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_deep_copy_is_the_client_itself(kind: Any) -> None:
    client = kind("some-token")
    assert copy.deepcopy({"client": client}) == {"client": client}
    assert copy.deepcopy(client.droplet) is client.droplet
    assert copy.copy(client).url == client.url


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_autospec_checks_names_and_arguments(kind: Any) -> None:
    spec = mock.create_autospec(kind("some-token"))
    spec.droplet.info(1)
    spec.droplet.create(name="web-1", size="s", image="i")
    spec.droplet.create({"name": "web-1"}, wait=True)
    with pytest.raises(AttributeError):
        spec.droplet.inform(1)
    with pytest.raises(TypeError):
        spec.droplet.info(1, 2, 3)
    spec.droplet.info.assert_called_once_with(1)


def test_signature_of_create() -> None:
    signature = inspect.signature(DO("some-token").droplet.create)
    assert signature.parameters["attribs"].default is None
    assert signature.return_annotation == "Droplet | Droplets"


def frames_of_ours(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.name for frame in frames if "src" in Path(frame.filename).parts]


@pytest.mark.parametrize(
    "call",
    [
        lambda api: api.droplet.info(404),
        lambda api: api.droplet.info(""),
        lambda api: api.droplet.create(name="web-1", size="s-1vcpu-1gb"),
        lambda api: api.droplet.create(nmae="web-1"),
        lambda api: api.droplet.reboot(404, wait=True),
        lambda api: list(api.domain.record_each("example.com")),
    ],
)
def test_traceback_has_at_most_two_frames_of_ours(api: Any, call: Any) -> None:
    with pytest.raises((DOBOTONotFoundException, ValueError, TypeError)) as caught:
        call(api)
    assert 1 <= len(frames_of_ours(caught.value)) <= 2 + (type(api).__name__ != "DO")


def test_failing_callback_keeps_its_traceback(api: Any) -> None:
    def fail(_: Any) -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine") as caught:
        api.droplet.create(one(), wait=True, progress=fail)
    assert "fail" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]

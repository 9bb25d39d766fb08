"""Both clients, given what the real API was recorded to answer (`tests/recorded.json`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

import doboto
from doboto._core.response import Response

from ..recorded import FACTS, example
from .scripted import stage

HELD = [fact for fact in FACTS if "client" in fact]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


def recorded_reply(reply: dict[str, Any]) -> Response:
    """The reply as it came, with values for what is not certain of it."""
    headers = {name: example(value) for name, value in reply.get("headers", {}).items()}
    text = reply["text"] if "text" in reply else json.dumps(example(reply["body"]))
    return Response(reply["status"], headers, text.encode())


@pytest.mark.parametrize("fact", HELD, ids=[fact["id"] for fact in HELD])
@pytest.mark.parametrize("flavour", ["blocking", "asynchronous"])
def test_a_recorded_reply_is_understood(flavour: str, fact: dict[str, Any], runner: asyncio.Runner) -> None:
    name, *arguments = fact["client"]["call"]
    keywords = fact["client"].get("keywords", {})
    reply = recorded_reply(fact["reply"])
    scene = stage(flavour, runner, reply)
    group, operation = name.split(".")
    call = getattr(getattr(scene.api, group), operation)
    if "raises" in fact["client"]:
        with pytest.raises(getattr(doboto, fact["client"]["raises"])) as caught:
            call(*arguments, **keywords)
        said = json.loads(reply.body)
        assert (caught.value.status, caught.value.id) == (reply.status, said["id"])
        assert said["message"] in str(caught.value)
        assert caught.value.request_id == (said.get("request_id") or reply.headers.get("x-request-id"))
        return
    wanted = json.loads(reply.body)[fact["client"]["gives"]] if "gives" in fact["client"] else None
    assert call(*arguments, **keywords) == wanted


@pytest.mark.parametrize("fact", FACTS, ids=[fact["id"] for fact in FACTS])
@pytest.mark.parametrize("flavour", ["blocking", "asynchronous"])
def test_every_recorded_reply_is_read(flavour: str, fact: dict[str, Any], runner: asyncio.Runner) -> None:
    """The reply to any request, whether there is an operation for it or not."""
    reply = recorded_reply(fact["reply"])
    method, path = fact["steps"][-1]["ask"].split(" ", 1)
    scene = stage(flavour, runner, reply)
    if reply.status < 400:
        assert scene.api.request(method, path.partition("?")[0]) == (json.loads(reply.body) if reply.body else None)
        return
    with pytest.raises(doboto.DOBOTOHTTPException) as caught:
        scene.api.request(method, path.partition("?")[0])
    assert caught.value.status == reply.status
    assert json.loads(reply.body).get("id") in (None, caught.value.id)

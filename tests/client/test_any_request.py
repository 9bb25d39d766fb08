"""`request` sends what its arguments mean, and refuses what can't be sent before anything is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from doboto import DOBOTOInvalidResponseException

from .misbehaving import OK, Misbehaving, Peer, misbehaving
from .scripted import reply, stage


@pytest.fixture
def server() -> Any:
    def behave(peer: Peer) -> None:
        while head := peer.request():
            served.requests.append(head)
            peer.socket.sendall(OK)

    with misbehaving(behave) as served:
        yield served


@pytest.fixture
def api(clients: Callable[..., Any], server: Misbehaving) -> Any:
    return clients(f"http://127.0.0.1:{server.port}")


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        ("/droplets", None, "/droplets"),
        ("/v2/droplets", {}, "/droplets"),
        ("/droplets", {"tag_name": None}, "/droplets"),
        ("/droplets", {"tag_name": None, "page": 2}, "/droplets?page=2"),
        ("/images", {"private": True}, "/images?private=true"),
        ("/images", {"private": False}, "/images?private=false"),
        ("/x", {"id": [1, 2, "a"]}, "/x?id=1&id=2&id=a"),
        ("/x", {"id": (True, None, 1.5)}, "/x?id=true&id=1.5"),
        ("/x", {"id": []}, "/x"),
        ("/x", {"q": "a b&c=d/é"}, "/x?q=a%20b%26c%3Dd%2F%C3%A9"),
        ("/x", {"q": ""}, "/x?q="),
        ("/tags/é", None, "/tags/%C3%A9"),
        ("/tags/%C3%A9", None, "/tags/%C3%A9"),
        ("/tags/env:prod", None, "/tags/env:prod"),
        ("/tags/日本", {"a": 1}, "/tags/%E6%97%A5%E6%9C%AC?a=1"),
        ("/", None, "/"),
    ],
)
def test_path_and_query_are_written_as_the_api_reads_them(
    api: Any, server: Misbehaving, path: str, query: Any, target: str
) -> None:
    assert api.request("GET", path, query=query) == {}
    assert server.requests[0].split()[1].decode() == f"/v2{target}"


@pytest.mark.parametrize(
    "path",
    [
        None, 1, b"/droplets", "", "droplets", "//example.test/x", "http://example.test/x", "/a?b=c", "/a#b", "/a b",
        "/a\nb", "/a\r\nHost: evil", "/a\tb", "/a\x00b", "/a\x7fb", "/a\x85b", "/a\u2028b", "/a\\b", "/../x", "/a/..",
        "/a/./b", "/a/%2e%2e/b", "/a/%2E/b",
    ],
)  # fmt: skip
def test_a_path_that_is_none_is_refused_before_sending(api: Any, server: Misbehaving, path: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="path"):
        api.request("GET", path)
    assert server.connections == 0


@pytest.mark.parametrize(
    "method", ["", " ", "GET ", "G T", "GET\r\nX: 1", "GÉT", "CONNECT", "connect", None, 7, b"GET"]
)
def test_a_method_that_is_none_is_refused_before_sending(api: Any, server: Misbehaving, method: Any) -> None:
    with pytest.raises(ValueError, match="method"):
        api.request(method, "/droplets")
    assert server.connections == 0


@pytest.mark.parametrize("method", ["get", "Get", "PROPFIND", "x-odd"])
def test_any_other_method_is_sent_in_upper_case(api: Any, server: Misbehaving, method: str) -> None:
    api.request(method, "/droplets")
    assert server.requests[0].split()[0].decode() == method.upper()


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), [1, float("nan")], {"a": 1}, b"a", object(), pytest.param(10**400, id="long")]
)
def test_a_query_that_can_not_be_written_is_refused_before_sending(api: Any, server: Misbehaving, value: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="in the query"):
        api.request("GET", "/droplets", query={"a": value})
    assert server.connections == 0


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), {"a": [float("nan")]}, b"a", {1, 2}, object()])
def test_a_body_that_is_no_json_is_refused_before_sending(api: Any, server: Misbehaving, value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        api.request("POST", "/droplets", body={"a": value})
    assert server.connections == 0


@pytest.mark.parametrize(("method", "length"), [("POST", b"0"), ("PUT", b"0"), ("PATCH", b"0"), ("GET", None)])
def test_a_change_without_a_body_says_that_it_has_none(
    api: Any, server: Misbehaving, method: str, length: bytes | None
) -> None:
    """RFC 9110, 8.6."""
    api.request(method, "/droplets")
    lines = dict(line.lower().split(b": ", 1) for line in server.requests[0].split(b"\r\n")[1:] if line)
    assert lines.get(b"content-length") == length


def loop() -> dict[str, Any]:
    """A dict that contains itself."""
    found: dict[str, Any] = {}
    found["again"] = [found]
    return found


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ({"x": object()}, TypeError, "body['x'] can't be sent as JSON: it is of type object"),
        ({"a": [1, {"b": b"x"}]}, TypeError, "body['a'][1]['b'] can't be sent as JSON: it is of type bytes"),
        ({"a": {1, 2}}, TypeError, "body['a'] can't be sent as JSON: it is of type set"),
        ({"a": (1, float("nan"))}, ValueError, "body['a'][1] can't be sent as JSON: it is nan"),
        ({"a": {(1, 2): 3}}, TypeError, "body['a'] can't be sent as JSON: it has a key of type tuple"),
        (object(), TypeError, "body can't be sent as JSON: it is of type object"),
        (loop(), ValueError, "body['again'][0] can't be sent as JSON: it contains itself"),
        (nested(100_000), ValueError, "body is nested too deeply"),
    ],
)
def test_the_part_of_a_body_that_is_no_json_is_named(
    api: Any, server: Misbehaving, body: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as refused:
        api.request("POST", "/sizes", body=body)
    assert str(refused.value) == message
    assert server.connections == 0


def test_an_attribute_that_is_no_json_is_named(api: Any, server: Misbehaving) -> None:
    body = {"name": "web-1", "size": "s", "image": "i", "novel": {"x": object()}}
    with pytest.warns(UserWarning, match="novel"), pytest.raises(TypeError) as refused:
        api.droplet.create(body)
    assert str(refused.value) == "novel['x'] can't be sent as JSON: it is of type object"
    assert server.connections == 0


@pytest.mark.parametrize(
    ("method", "paginate", "message"),
    [
        ("POST", "sizes", "paginate reads a list: the method must be GET, not POST"),
        ("GET", "", "paginate must not be empty"),
        ("GET", True, "paginate must be text or a whole number, not bool"),
    ],
)
def test_a_list_that_can_not_be_read_is_refused_by_name(
    api: Any, server: Misbehaving, method: str, paginate: Any, message: str
) -> None:
    with pytest.raises((ValueError, TypeError)) as refused:
        api.request(method, "/sizes", paginate=paginate)
    assert str(refused.value) == message
    assert server.connections == 0


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"sizes": [{"slug": "s"}], "links": {}}, "the response has no list 'size'; it has 'sizes', 'links'"),
        ({"size": "slug"}, "the response has no list 'size'; it has a value of type str there"),
        ({"size": None}, "the response has no list 'size'; it has null there"),
        ([{"slug": "s"}], "the response has no list 'size'; it is a value of type list"),
        ({}, "the response has no list 'size'; it has no members"),
        ({f"m{n}": n for n in range(12)}, "'m8', 'm9', 2 more"),
    ],
)
def test_a_response_without_the_list_is_described_by_its_keys(
    flavour: str, runner: Any, answer: Any, message: str
) -> None:
    with pytest.raises(DOBOTOInvalidResponseException) as refused:
        stage(flavour, runner, reply(200, answer)).api.request("GET", "/sizes", paginate="size")
    assert message in refused.value.message
    assert "slug" not in str(refused.value)

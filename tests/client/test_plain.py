"""Plain exchanges come to what h11 comes to: on what it would refuse, or read in another way, they leave it to h11."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from enum import Enum
from itertools import pairwise
from typing import Any

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doboto._core.response import Response
from doboto._http.content import InvalidResponse, ResponseTooLarge
from doboto._http.messages import HTTPConnection
from doboto._http.network import Exchange
from doboto._http.parser import Parser
from doboto._http.plain import PLAIN_METHODS, RequestHeaders, read_body, read_head
from doboto._io.protocol import Timeouts, WireRequest
from doboto._operation import run


def read_by_h11(data: bytes) -> tuple[int, dict[str, str], bytes] | None:
    """Status, headers and body of a whole response to a GET as h11 reads it; None if it is refused or not whole."""
    connection, body, head = h11.Connection(h11.CLIENT), b"", None
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    try:
        while (event := connection.next_event()) is not h11.NEED_DATA and type(event) is not h11.EndOfMessage:
            if type(event) is h11.Response:
                head = event
            elif type(event) is h11.Data:
                body += event.data
            else:
                return None
        if head is None or event is h11.NEED_DATA or event.headers or connection.trailing_data[0]:
            return None
        connection.start_next_cycle()
    except h11.ProtocolError:
        return None
    names = [name.decode() for name, _ in head.headers]
    if len(set(names)) != len(names) or head.http_version != b"1.1":
        return None
    return head.status_code, {name.decode(): value.decode("latin-1") for name, value in head.headers}, body


def read_plainly(data: bytes) -> tuple[int, dict[str, str], bytes] | None:
    head = read_head(data)
    body = None if head is None else read_body(head, data)
    return None if head is None or body is None else (head.status, dict(head.headers), body)


def response(*lines: bytes, body: bytes = b"") -> bytes:
    return b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


OK = b"HTTP/1.1 200 OK"
LENGTH = b"Content-Length: 4"
CHUNKED = b"Transfer-Encoding: chunked"
PLAIN = [
    response(OK, LENGTH, body=b"true"),
    response(b"HTTP/1.1 201 ", b"content-length:2", body=b"{}"),
    response(b"HTTP/1.1 404 Not Found", b"X-Empty:", b"Content-Length:   0  "),
    response(b"HTTP/1.1 503 A: B", b"Connection: Keep-Alive", LENGTH, body=b"\r\n\r\n"),
    response(OK, CHUNKED, body=b"4\r\ntrue\r\n0\r\n\r\n"),
    response(OK, CHUNKED, body=b"A\r\n0123456789\r\n00002\r\n\r\n\r\n0\r\n\r\n"),
    response(OK, CHUNKED, body=b"0\r\n\r\n"),
]


@pytest.mark.parametrize(
    "name", ["connection", "Connection", "Content-Length", "expect", "Transfer-Encoding", "Upgrade"]
)
def test_requests_with_words_about_their_framing_are_left_to_h11(name: str) -> None:
    headers = RequestHeaders({"Host": "a"})
    assert headers.message(WireRequest("GET", "http://a/", {"Accept": "b"}, None), "/") is not None
    assert headers.message(WireRequest("GET", "http://a/", {name: "1"}, None), "/") is None


@pytest.mark.parametrize("data", PLAIN)
def test_usual_responses_are_read_plainly_and_alike(data: bytes) -> None:
    assert read_plainly(data) is not None
    assert read_plainly(data) == read_by_h11(data)


@pytest.mark.parametrize(
    "data",
    [
        response(OK, LENGTH, body=b"true "),  # more than announced
        response(OK, LENGTH, body=b"tru"),
        response(OK, LENGTH, LENGTH, body=b"true"),
        response(OK, LENGTH, b"content-length: 5", body=b"true"),
        response(OK, LENGTH, CHUNKED, body=b"4\r\ntrue\r\n0\r\n\r\n"),
        response(OK, b"Content-Length: +4", body=b"true"),
        response(OK, b"Content-Length: 4, 4", body=b"true"),
        response(OK, b"Content-Length: 0x4", body=b"true"),
        response(OK, b"Content-Length : 4", body=b"true"),
        response(OK, LENGTH, b" folded", body=b"true"),
        response(OK, LENGTH, b"Connection: close", body=b"true"),
        response(OK, LENGTH, b"Connection: upgrade", body=b"true"),
        response(OK, b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
        response(OK, CHUNKED, CHUNKED, body=b"0\r\n\r\n"),
        response(OK, CHUNKED, body=b"0\r\n\r\nHTTP/1.1 200 OK"),
        response(OK, CHUNKED, body=b"0\r\nTrailer: 1\r\n\r\n"),
        response(OK, CHUNKED, body=b"4;extension\r\ntrue\r\n0\r\n\r\n"),
        response(OK, CHUNKED, body=b"4\r\ntrue0\r\n\r\n"),
        response(OK, CHUNKED, body=b"4\r\ntrue\r\n"),
        response(OK, b"Content-Type: text/plain", body=b"until the end"),
        response(b"HTTP/1.0 200 OK", LENGTH, body=b"true"),
        response(b"HTTP/1.1 100 Continue", b"A: b"),
        response(b"HTTP/1.1 204 No Content", b"A: b"),
        response(b"HTTP/1.1 304 Not Modified", LENGTH),
        response(b"HTTP/1.1 408 Request Timeout", LENGTH, body=b"true"),
        response(OK, b"X: \xff", LENGTH, body=b"true"),
        response(OK, b"X: a\x00b", LENGTH, body=b"true"),
        response(OK, b"X: a\tb", LENGTH, body=b"true"),
        response(OK, b"X: a\rb", LENGTH, body=b"true"),
        response(OK, b"X\x0b: b", LENGTH, body=b"true"),
        b"HTTP/1.1 200 OK\nContent-Length: 4\n\ntrue",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"",
    ],
)
def test_what_is_not_plain_is_left_to_h11(data: bytes) -> None:
    assert read_plainly(data) is None


#: Pieces of which odd responses are made: what matters to framing, and what is damaged.
PIECES = [
    b"HTTP/1.1 200 OK", b"HTTP/1.1 500 ", b"HTTP/1.0 200 OK", b"HTTP/1.1 204 x", b"\r\n", b"\r\n", b"\r\n", b"\r\n\r\n",
    b"\n", b"\r",
    b" ", b"\t", b":", b"Content-Length: 4", b"content-length: 2", b"Content-Length:0", b"Transfer-Encoding: chunked",
    b"Connection: close", b"Connection: keep-alive", b"A: b", b"4", b"2", b"0", b"true", b"{}", b";",
    b"\x00", b"\xff", b"+", b"\x0c",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join))
def test_whatever_is_read_plainly_h11_reads_alike(data: bytes) -> None:
    plain = read_plainly(data)
    assert plain is None or plain == read_by_h11(data)


@given(
    st.sampled_from(PLAIN),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 3), st.binary(max_size=2)), max_size=3),
)
@example(PLAIN[0], [(17, 0, b"\t")])
def test_what_is_damaged_is_read_alike_or_not_plainly(data: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    """Some bytes of a plain response are replaced by others."""
    for position, count, new in changes:
        data = data[:position] + new + data[position + count :]
    plain = read_plainly(data)
    assert plain is None or plain == read_by_h11(data)


HEADERS = st.dictionaries(
    st.text("abcDEF-", min_size=1, max_size=5).filter(lambda name: name.lower() != "host"),
    st.text("abc :;,=\"'", max_size=10).map(str.strip),
    max_size=4,
)


@given(
    st.sampled_from(sorted(PLAIN_METHODS)),
    st.text("abc/?=&%.", max_size=20).map(lambda text: "/" + text),
    HEADERS,
    st.none() | st.binary(max_size=20),
)
def test_requests_are_written_as_h11_writes_them(
    method: str, target: str, given_headers: dict[str, str], body: bytes | None
) -> None:
    headers, request = RequestHeaders({"Host": "a"}), WireRequest(method, "", given_headers, body)
    connection = h11.Connection(h11.CLIENT)
    events: list[Any] = [h11.Request(method=method, target=target, headers=headers.encode(request))]
    events += [h11.Data(data=body)] if body else []
    written = b"".join(connection.send(event) or b"" for event in [*events, h11.EndOfMessage()])
    assert headers.message(request, target) == written


@pytest.mark.parametrize(
    ("method", "target"),
    [("HEAD", "/"), ("OPTIONS", "/"), ("GET", "/a b"), ("GET", "/ä"), ("GET", "http://a/"), ("GET", "/\r\n")],
)
def test_unusual_requests_are_left_to_h11(method: str, target: str) -> None:
    assert RequestHeaders({"Host": "a"}).message(WireRequest(method, "", {}, None), target) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X", "a\r\nb: c"),
        ("X", "a\nb: c"),
        ("X", "a\x00"),
        ("X", " a"),
        ("X", "a\t"),
        ("X y", "a"),
        ("", "a"),
        ("host", "b"),
    ],
)
def test_headers_that_may_not_be_sent_are_refused(name: str, value: str) -> None:
    stream = Pieces([])
    request, exchange = WireRequest("GET", "", {name: value}), Exchange.begin(Timeouts(60, 60, 60))
    with pytest.raises(h11.LocalProtocolError):
        run(HTTPConnection(stream).exchange(request, "/", RequestHeaders({"Host": "a"}), exchange, 1000))
    assert stream.sent == b""


@pytest.mark.parametrize("header", [("X", 5), ("X", None), ("X", True), ("X", "ä"), (5, "x")], ids=repr)
def test_headers_that_are_no_text_are_refused_before_anything_is_sent(header: tuple[Any, Any]) -> None:
    """The response may not be plain: read by h11, it would be lost, and what the request did with it."""
    stream = Pieces([b"HTTP/1.0 200 OK\r\n\r\n"])
    request, exchange = WireRequest("GET", "", dict([header])), Exchange.begin(Timeouts(60, 60, 60))
    with pytest.raises((TypeError, UnicodeEncodeError)):
        run(HTTPConnection(stream).exchange(request, "/", RequestHeaders({"Host": "a"}), exchange, 1000))
    assert stream.sent == b""


class Format(str, Enum):  # noqa: UP042 - the text of a StrEnum is its value
    """Text whose `format` is, by Python's version, its name or its value."""

    JSON = "json"


@pytest.mark.parametrize("header", [("X", b"json"), (b"X", "json"), ("X", Format.JSON)], ids=repr)
def test_headers_are_sent_as_h11_takes_them(header: tuple[Any, Any]) -> None:
    stream = Pieces([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"])
    request, exchange = WireRequest("GET", "", dict([header])), Exchange.begin(Timeouts(60, 60, 60))
    run(HTTPConnection(stream).exchange(request, "/", RequestHeaders({"Host": "a"}), exchange, 1000))
    assert b"\r\nX: json\r\n" in stream.sent


@given(HEADERS | st.dictionaries(st.text(max_size=3), st.text(max_size=4), max_size=2))
def test_headers_are_plain_or_left_to_h11(given_headers: dict[str, str]) -> None:
    headers, request = RequestHeaders({"Host": "a"}), WireRequest("GET", "", given_headers)
    plain = headers.message(request, "/")
    if plain is not None:
        assert plain == Parser("GET", "/", headers.encode(request)).message


def test_a_length_that_a_request_announces_itself_is_not_taken_for_one_that_was_counted() -> None:
    headers = RequestHeaders({"Host": "a"})
    assert headers.message(WireRequest("POST", "", {}, b"12345"), "/") is not None
    assert headers.message(WireRequest("GET", "", {"Content-Length": "5"}), "/") is None


# -- exchanges over a connection, with the response in one piece or several


class Pieces:
    """A stream that gives some pieces, then its end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = deque(piece for piece in pieces if piece)
        self.sent = b""

    async def send(self, data: bytes, seconds: float) -> None:
        self.sent += data

    async def receive(self, seconds: float) -> bytes:
        return self._pieces.popleft() if self._pieces else b""

    async def receive_into(self, buffer: memoryview, seconds: float) -> int:
        data = await self.receive(seconds)
        taken = data[: len(buffer)]
        buffer[: len(taken)] = taken
        if len(taken) < len(data):
            self._pieces.appendleft(data[len(taken) :])
        return len(taken)

    def has_input(self) -> bool:
        return bool(self._pieces)

    def close(self) -> None:
        pass


def converse(
    pieces: Iterable[bytes], method: str = "GET", max_size: int = 1_000_000
) -> tuple[Response, HTTPConnection]:
    """Send a request and read the response that comes in some pieces."""
    connection, headers = HTTPConnection(Pieces(pieces)), RequestHeaders({"Host": "a"})
    exchange = Exchange.begin(Timeouts(60, 60, 60))
    return run(connection.exchange(WireRequest(method, "", {}), "/", headers, exchange, max_size)), connection


def split(data: bytes, positions: list[int]) -> list[bytes]:
    edges = [0, *sorted(position % (len(data) + 1) for position in positions), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


LONG = b'"' + b"x" * 150_000 + b'"'
PACKED = gzip.compress(LONG)
WHOLE = [
    (response(OK, LENGTH, body=b"true"), b"true"),
    (response(OK, CHUNKED, body=b"4\r\ntrue\r\n2\r\n\r\n\r\n0\r\n\r\n"), b"true\r\n"),
    (response(OK, b"Content-Length: 150002", body=LONG), LONG),
    (response(OK, CHUNKED, body=b"249F2\r\n" + LONG + b"\r\n0\r\n\r\n"), LONG),
    (response(b"HTTP/1.1 100 Continue") + response(OK, LENGTH, body=b"true"), b"true"),
    (response(OK, b"Content-Encoding: gzip", b"Content-Length: %d" % len(PACKED), body=PACKED), LONG),
]


@given(st.sampled_from(WHOLE), st.lists(st.integers(0, 200_000), max_size=6))
def test_a_response_is_the_same_in_whatever_pieces_it_comes(whole: tuple[bytes, bytes], positions: list[int]) -> None:
    data, body = whole
    found, connection = converse(split(data, positions))
    assert (found.status, found.body) == (200, body)
    assert connection.is_reusable()


@given(st.sampled_from(WHOLE), st.lists(st.integers(0, 200_000), max_size=3), st.integers(1, 100_000))
def test_a_response_that_is_cut_off_is_none(whole: tuple[bytes, bytes], positions: list[int], missing: int) -> None:
    data = whole[0][: max(0, len(whole[0]) - missing)]
    with pytest.raises((InvalidResponse, ConnectionError)):
        converse(split(data, positions))


@given(st.sampled_from(WHOLE), st.lists(st.integers(0, 200_000), max_size=3), st.binary(min_size=1, max_size=20))
def test_a_connection_with_more_than_a_response_is_not_used_again(
    whole: tuple[bytes, bytes], positions: list[int], surplus: bytes
) -> None:
    found, connection = converse(split(whole[0] + surplus, positions))
    assert found.body == whole[1]
    assert not connection.is_reusable()


@pytest.mark.parametrize(("data", "body"), WHOLE)
def test_a_response_larger_than_allowed_is_refused(data: bytes, body: bytes) -> None:
    with pytest.raises(ResponseTooLarge):
        converse([data], max_size=len(body) - 1)
    assert converse([data], max_size=len(body))[0].body == body


def test_a_response_to_head_has_no_body() -> None:
    found, connection = converse([response(OK, LENGTH)], "HEAD")
    assert (found.body, connection.is_reusable()) == (b"", True)


def test_plain_and_other_responses_follow_each_other_on_one_connection() -> None:
    plain, other = response(OK, LENGTH, body=b"true"), response(OK, b"X: a\tb", LENGTH, body=b"null")
    stream = Pieces([plain, other, plain, plain, other])
    connection, headers = HTTPConnection(stream), RequestHeaders({"Host": "a"})
    request, exchange = WireRequest("GET", "", {}), Exchange.begin(Timeouts(60, 60, 60))
    bodies = [run(connection.exchange(request, "/", headers, exchange, 100)).body for _ in range(5)]
    assert bodies == [b"true", b"null", b"true", b"true", b"null"]
    assert connection.is_complete()
    assert stream.sent == b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 5


ABANDONING = """
import asyncio, gc, socket
from doboto._http.asynchronous import AsyncSocketStream
from doboto._http.messages import HTTPConnection
from doboto._http.network import Exchange
from doboto._http.plain import RequestHeaders
from doboto._io.protocol import Timeouts, WireRequest

async def begin():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 99999\\r\\n\\r\\n{")
    connection, headers = HTTPConnection(AsyncSocketStream(ours)), RequestHeaders({"Host": "a"})
    exchange = Exchange.begin(Timeouts(60, 60, 60))
    request = WireRequest("GET", "", {})
    task = asyncio.create_task(connection.exchange(request, "/", headers, exchange, 100_000))
    for _ in range(5):
        await asyncio.sleep(0)
    return task, theirs

loop = asyncio.new_event_loop()
loop.set_exception_handler(lambda *_: None)  # asyncio reports the pending task
task, theirs = loop.run_until_complete(begin())
theirs.close()
loop.close()
del task
gc.collect()
"""


def test_a_long_body_that_nobody_waits_for_any_more_is_no_error() -> None:
    """In its development mode, Python reports what goes wrong when garbage is collected."""
    done = subprocess.run([sys.executable, "-X", "dev", "-c", ABANDONING], capture_output=True, text=True, check=True)
    assert "BufferError" not in done.stderr

"""Serving: ready on entry, gone afterwards, with and without TLS."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import subprocess
import sys

import pytest
import urllib3
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from doboto.sim import InstantClock, ManualClock, Simulator

from .client import in_process

HEADERS = {"authorization": "Bearer t"}


@pytest.mark.parametrize("tls", [False, True])
def test_a_served_simulator_is_ready_on_entry_and_gone_afterwards(tls: bool) -> None:
    with Simulator(ManualClock()).serve(tls=tls) as server:
        assert server.url == f"{'https' if tls else 'http'}://127.0.0.1:{server.port}/v2"
        with urllib3.PoolManager(retries=False, ca_certs=str(server.ca_file) if tls else None) as pool:
            reply = pool.request("GET", f"{server.url}/droplets", headers=HEADERS)
        assert reply.json() == {"droplets": [], "links": {}, "meta": {"total": 0}}
        ca_file = server.ca_file
    with socket.socket() as closed:
        assert closed.connect_ex(("127.0.0.1", server.port)) != 0
    assert ca_file is None or not ca_file.exists()


def test_the_certificate_is_good_for_localhost_and_for_nobody_without_the_authority() -> None:
    with Simulator(ManualClock()).serve(tls=True) as server:
        trusting = ssl.create_default_context(cafile=str(server.ca_file))
        for name in ("localhost", "127.0.0.1"):
            with socket.create_connection(("127.0.0.1", server.port)) as plain:
                trusting.wrap_socket(plain, server_hostname=name).close()
        with socket.create_connection(("127.0.0.1", server.port)) as plain, pytest.raises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")


def test_a_port_that_is_taken_is_an_error_at_once() -> None:
    sim = Simulator(ManualClock())
    with sim.serve() as server, pytest.raises(OSError, match="in use"), sim.serve(port=server.port):
        raise AssertionError


def test_two_servers_may_show_one_simulator() -> None:
    sim = Simulator(ManualClock())
    with sim.serve() as first, sim.serve() as second, urllib3.PoolManager() as pool:
        body = b'{"name": "a", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}'
        assert pool.request("POST", f"{first.url}/droplets", headers=HEADERS, body=body).status == 202
        assert pool.request("GET", f"{second.url}/droplets", headers=HEADERS).json()["meta"]["total"] == 1


def test_it_can_be_served_inside_a_running_loop() -> None:
    async def program() -> int:
        with Simulator(ManualClock()).serve() as server, urllib3.PoolManager() as pool:
            reply = await asyncio.to_thread(pool.request, "GET", f"{server.url}/account", headers=HEADERS)
            return reply.status

    assert asyncio.run(program()) == 200


def test_further_routes_stand_in_front_of_the_api() -> None:
    async def hello(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    sim = Simulator(ManualClock())
    sim.add_routes([Route("/", hello)])
    ask = in_process(sim.app)
    assert ask("GET", "/", {}, b"").content == b"hello"
    assert ask("GET", "/v2/droplets", HEADERS, b"").status == 200


HEAD = b"POST /v2/droplets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /v2/account HTTP/1.1\r\nHo",
        HEAD + b"Content-Length: 10\r\n\r\n{}",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["nothing", "a part of a request", "a part of a body", "one request"],
)
def test_a_connection_ends_when_the_client_keeps_it_waiting(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr("doboto.sim.http.server.KEPT", 0.1)
    with (
        Simulator(ManualClock()).serve() as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=300) as connection,
    ):
        connection.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(65536):
                pass


def test_a_request_that_takes_long_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes five times as long as a client may take to send it; one that is too slow for that tries again."""
    sim = Simulator(InstantClock())
    with sim.serve() as server, urllib3.PoolManager(retries=False) as pool:
        for kept in (0.1, 1.0, 5.0):
            monkeypatch.setattr("doboto.sim.http.server.KEPT", kept)
            sim.faults.clear()
            fault = sim.faults.add("latency", seconds=5 * kept)
            try:
                reply = pool.request("GET", f"{server.url}/account", headers=HEADERS, timeout=300)
            except urllib3.exceptions.ProtocolError:
                assert not fault.triggered, "it was cut off"
                continue
            assert reply.status == 200
            return
    raise AssertionError("it was never taken")


def test_nothing_of_the_server_is_loaded_before_something_is_served() -> None:
    program = "import doboto.sim, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert set(loaded.stdout.split()).isdisjoint({"uvicorn", "trustme", "cryptography", "sqlite3", "jsonschema"})

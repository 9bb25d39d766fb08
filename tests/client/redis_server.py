"""A real Redis or Valkey server for a test, of Debian's package `redis-server` or `valkey-server`."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("valkey-server", "redis-server")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Its URL while the context lasts; nothing is written to disk but its log."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"none of {', '.join(PROGRAMS)} on PATH: apt-get install redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([program, *options], stdout=log, stderr=log)
    try:
        _await(port, server)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    """Till it answers: PING, as its protocol has it."""
    for _ in range(500):
        if server.poll() is not None:
            raise RuntimeError(f"it ended with {server.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return
        except OSError:
            pass
        try:
            server.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError("it does not answer")

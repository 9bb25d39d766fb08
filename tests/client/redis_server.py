"""A real Redis or Valkey server for a test, of Debian's package `redis-server` or `valkey-server`."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

PROGRAMS = ("valkey-server", "redis-server")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Its URL while the context lasts; nothing is written to disk but its log."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"none of {', '.join(PROGRAMS)} on PATH: apt-get install redis-server")
    with ExitStack() as stack:
        port = next(filter(None, (_start(stack, program, folder) for _ in range(5))), None)
        assert port is not None, (folder / "log").read_text(encoding="utf-8")
        yield f"redis://127.0.0.1:{port}/0"


def _start(stack: ExitStack, program: str, folder: Path) -> int | None:
    """Start the server on a free port and return it; None if another program was faster to take the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    log = stack.enter_context((folder / "log").open("ab"))
    server = stack.enter_context(subprocess.Popen([program, *options], stdout=log, stderr=log))
    stack.callback(server.terminate)
    while server.poll() is None:
        if _answers(port):
            return port
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.02)
    return None


def _answers(port: int) -> bool:
    """Return whether a server answers PING, as its protocol has it."""
    try:
        with socket.create_connection(("127.0.0.1", port), 60) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False

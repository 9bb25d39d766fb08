"""TCP connections by name: every address of a host is tried, and a dead one costs a quarter of a second."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..errors import Stage
from .network import ConnectAttempt, Exchange, Gate, Network, Stream, remaining

#: Seconds until the next address is tried beside those that have not answered (RFC 8305, 8: Connection Attempt Delay).
DELAY = 0.25

#: An address as `socket.getaddrinfo` returns it.
AddressInfo = tuple[Any, Any, int, str, Any]


async def dial(network: Network, host: str, port: int, end: float, exchange: Exchange, stage: Stage) -> Stream:
    """Connect to a host's first address that answers.

    Args:
        network: Whose sockets are used.
        host: A name or an address.
        port: The TCP port.
        end: When it must be over, on the monotonic clock.
        exchange: Takes note of what is being done.
        stage: What connecting is for: the API or a proxy.

    Raises:
        OSError: The name is not known, or no address answers in time.
    """
    exchange.enter(Stage.RESOLVE, host)
    found = await resolve(network, host, port, end)
    exchange.enter(stage, authority(host, port))
    return await connect_first(network, interleave(found), end)


def authority(host: str, port: int) -> str:
    """Return a host and port as URLs have them: IPv6 addresses in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def connect_first(network: Network, addresses: Sequence[AddressInfo], end: float) -> Stream:
    """Connect to several addresses, each begun a little after the one before it, and keep the first connection.

    That is Happy Eyeballs (RFC 8305).

    Raises:
        OSError: None answers in time.
    """
    waiting, running = list(addresses), list[ConnectAttempt]()
    failure: OSError = ConnectionError("the host has no address")
    try:
        while waiting or running:
            try:
                running += [network.start(one[0], one[4]) for one in waiting[:1]]
            except OSError as refused:
                failure = refused
            del waiting[:1]
            pause = min(DELAY, remaining(end)) if waiting else remaining(end)
            for attempt in await network.wait_any(running, pause) if running else ():
                running.remove(attempt)
                failed = attempt.failure()
                if failed is None:
                    return attempt.stream()
                failure = failed
                attempt.cancel()
    finally:
        for attempt in running:
            attempt.cancel()
    raise failure


def interleave(addresses: Sequence[AddressInfo]) -> list[AddressInfo]:
    """Order addresses so that families alternate, beginning with the system's first choice (RFC 8305, 4)."""
    families = list(dict.fromkeys(address[0] for address in addresses))
    by_family = [[address for address in addresses if address[0] == family] for family in families]
    return [address for row in itertools.zip_longest(*by_family) for address in row if address is not None]


async def resolve(network: Network, host: str, port: int, end: float) -> list[AddressInfo]:
    """Return a host's addresses.

    The resolver knows no timeout, so it runs in a thread that is left to itself when it is late. Where the system has
    no further thread, or the program is ending, it runs here, for as long as it takes.

    Raises:
        OSError: The name is not known, or the look-up takes too long.
    """
    if found := _read_address(host, port):
        return found
    with suppress(OSError, UnicodeError):  # 127.1 and the like, and addresses with a zone
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    lookup = _Lookup(host, port, network.gate())
    try:
        threading.Thread(target=lookup.run, name="doboto-resolver", daemon=True).start()
    except RuntimeError:
        lookup.run()
    await lookup.gate.wait(remaining(end))
    if lookup.failure is not None:
        raise lookup.failure
    if lookup.addresses is None:
        raise TimeoutError("the name was not resolved in time")
    return lookup.addresses


def _read_address(host: str, port: int) -> list[AddressInfo]:
    """Return an address in digits as the resolver returns it, [] for anything else.

    The resolver would load the encoding of international names, which takes long. Given bytes it would not, but a
    program may have replaced it by a function that expects text.
    """
    for family, address in ((socket.AF_INET, (host, port)), (socket.AF_INET6, (host, port, 0, 0))):
        with suppress(OSError, ValueError):
            socket.inet_pton(family, host)
            return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]
    return []


class _Lookup:
    """A look-up of a name, for a thread of its own."""

    def __init__(self, host: str, port: int, gate: Gate) -> None:
        self._host, self._port, self.gate = host, port, gate
        self.addresses: list[AddressInfo] | None = None
        self.failure: OSError | None = None

    def run(self) -> None:
        try:
            self.addresses = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except OSError as failure:
            self.failure = failure
        except UnicodeError as failure:  # a label that is too long, or empty
            self.failure = socket.gaierror(socket.EAI_NONAME, f"not a host name: {failure}")
        self.gate.open()

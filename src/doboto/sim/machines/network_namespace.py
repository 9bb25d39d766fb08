"""A cable from the simulator into a machine: Linux' network namespaces, by system calls.

The simulator has a network namespace of its own, in which 169.254.169.254 is one of its addresses, and each machine
gets a pair of virtual Ethernet devices (veth(4)) between its namespace and that one. Nothing of this machine's own
network is touched, and the kernel takes all of it down when the simulator or the machine ends, however it ends.

Numbers are those of `linux/sockios.h`, `linux/if.h`, `linux/if_link.h`, `linux/route.h` and `linux/netlink.h`.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

CLONE_NEWNET = 0x40000000
SIOCADDRT, SIOCSIFFLAGS, SIOCGIFADDR, SIOCSIFADDR, SIOCSIFNETMASK = 0x890B, 0x8914, 0x8915, 0x8916, 0x891C
SIOCGIFHWADDR = 0x8927
IFF_UP, RTF_UP, RTF_HOST = 1, 1, 4
RTM_NEWLINK, NLM_F_REQUEST, NLM_F_ACK, NLM_F_EXCL, NLM_F_CREATE = 16, 1, 4, 0x200, 0x400
IFLA_IFNAME, IFLA_LINKINFO, IFLA_NET_NS_FD = 3, 18, 28
IFLA_INFO_KIND, IFLA_INFO_DATA, VETH_INFO_PEER = 1, 2, 1
#: `struct rtentry`, whose fields without a name here stay 0.
ROUTE = "@L16s16s16sHhLPhPLLH"
ONE_HOST = "255.255.255.255"


class Namespace:
    """A network namespace, open until `close`.

    Args:
        descriptor: A file descriptor of it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def new(cls) -> Namespace:
        """Create one; it exists as long as it is open.

        Raises:
            OSError: This user may not, or this is not Linux.
        """

        def create() -> Namespace:
            _call("unshare", CLONE_NEWNET)
            return cls(os.open("/proc/thread-self/ns/net", os.O_RDONLY))

        return _in_thread(create)

    @classmethod
    def of(cls, process: int) -> Namespace:
        """Open the namespace of a process.

        Raises:
            OSError: There is no such process, or this user may not.
        """
        return cls(os.open(f"/proc/{process}/ns/net", os.O_RDONLY))

    def run(self, function: Callable[[], T]) -> T:
        """Call a function inside the namespace, in a thread of its own.

        Sockets that it creates stay inside.

        Raises:
            OSError: This user may not, or the function fails.
        """

        def enter() -> T:
            _call("setns", self._descriptor, CLONE_NEWNET)
            return function()

        return _in_thread(enter)

    def connect(self, device: str, other: Namespace, peer: str) -> None:
        """Create a pair of Ethernet devices: one here, its peer in another namespace.

        Raises:
            OSError: There is such a device already, or this user may not.
        """
        self.run(lambda: _create_pair(device, peer, other._descriptor))

    def close(self) -> None:
        """Close it."""
        os.close(self._descriptor)


# -- to be called inside a namespace


def add_address(device: str, address: str) -> None:
    """Give a device an IPv4 address, and switch it on.

    Args:
        device: The device; `lo:1` is a further address of `lo`.
        address: The address, without a network: nothing but it is reachable there.
    """
    name = device.encode()
    _control(SIOCSIFADDR, struct.pack("16s16s8x", name, _address(address)))
    _control(SIOCSIFNETMASK, struct.pack("16s16s8x", name, _address(ONE_HOST)))
    switch_on(device)


def switch_on(device: str) -> None:
    """Switch a device on."""
    _control(SIOCSIFFLAGS, struct.pack("16sH22x", device.encode(), IFF_UP))


def add_route(address: str, device: str) -> None:
    """Make one address reachable through a device."""
    name = ctypes.create_string_buffer(device.encode())
    addresses = (_address(address), _address("0.0.0.0"), _address(ONE_HOST))  # noqa: S104 - no gateway
    flags, pointer = RTF_UP | RTF_HOST, ctypes.addressof(name)
    _control(SIOCADDRT, struct.pack(ROUTE, 0, *addresses, flags, 0, 0, 0, 0, pointer, 0, 0, 0))


def hardware_addresses() -> dict[str, str]:
    """Return the MAC addresses of devices, by their IPv4 addresses."""
    found: dict[str, str] = {}
    for _, name in socket.if_nameindex():
        request = struct.pack("16s24x", name.encode())
        try:
            address = socket.inet_ntoa(_control(SIOCGIFADDR, request)[20:24])
        except OSError:  # it has none
            continue
        found[address] = _control(SIOCGIFHWADDR, request)[18:24].hex(":")
    return found


# -- the kernel's interfaces


def _in_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread that ends with it, so that its changes to its namespace affect no other code."""
    results: list[T] = []
    failures: list[OSError] = []

    def run() -> None:
        try:
            results.append(function())
        except OSError as failure:
            failures.append(failure)

    thread = threading.Thread(target=run, name="doboto-namespace")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]


def _call(name: str, *arguments: int) -> None:
    if sys.platform != "linux":
        raise OSError("network namespaces need Linux")
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _control(request: int, argument: bytes) -> bytes:
    if sys.platform != "linux":
        raise OSError("network namespaces need Linux")
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        return fcntl.ioctl(any_socket, request, argument)


def _address(address: str) -> bytes:
    """`struct sockaddr_in`."""
    return struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))


def _create_pair(device: str, peer: str, namespace: int) -> None:
    if sys.platform != "linux":
        raise OSError("network namespaces need Linux")
    link = struct.pack("=BxHiII", socket.AF_UNSPEC, 0, 0, 0, 0)
    there = link + _text_attribute(IFLA_IFNAME, peer) + _attribute(IFLA_NET_NS_FD, struct.pack("=I", namespace))
    kind = _text_attribute(IFLA_INFO_KIND, "veth") + _attribute(IFLA_INFO_DATA, _attribute(VETH_INFO_PEER, there))
    body = link + _text_attribute(IFLA_IFNAME, device) + _attribute(IFLA_LINKINFO, kind)
    flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_EXCL | NLM_F_CREATE
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.bind((0, 0))
        kernel.send(struct.pack("=IHHII", 16 + len(body), RTM_NEWLINK, flags, 1, 0) + body)
        (status,) = struct.unpack_from("=i", kernel.recv(65536), 16)
    if status:
        raise OSError(-status, f"{device}: {os.strerror(-status)}")


def _attribute(kind: int, content: bytes) -> bytes:
    length = len(content) + 4
    return struct.pack("=HH", length, kind) + content + bytes(-length % 4)


def _text_attribute(kind: int, text: str) -> bytes:
    return _attribute(kind, text.encode() + b"\0")

"""The metadata service: HTTP at 169.254.169.254 inside of machines, for those that this machine's kernel lets us enter.

It needs Linux, root, and containers that are processes of this machine. Where it is not to be had, machines are without
it and `MetadataService.problem` says why.

https://docs.digitalocean.com/reference/api/metadata/ has the paths; DigitalOcean's client `go-metadata` reads the
document as an object, where the reference's example has an array around it. Not there, since nothing here has them:
`auth-key`, anchor addresses. Unverified: that paths of what a Droplet does not have lead to 404, and that vendor data
is empty (at DigitalOcean it is cloud-config of theirs).
"""

from __future__ import annotations

import errno
import itertools
import json
import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from ..engine import relations
from ..engine.account import Account
from ..engine.records import DROPLET, Record, StoredDroplet, as_list, as_record
from . import network_namespace
from .machine import Machine
from .network_namespace import Namespace

VERSION = "/metadata/v1"
#: The resolvers of the reference's example.
NAMESERVERS = ("2001:4860:4860::8844", "2001:4860:4860::8888", "8.8.8.8")
#: Names of the document, where those of paths differ.
PATH_NAMES: Mapping[str, str] = {
    "droplet_id": "id",
    "user_data": "user-data",
    "vendor_data": "vendor-data",
    "public_keys": "public-keys",
}
#: What is an index in the reference, of texts alone; it is served with and without the slash at the end.
INDEXES = ("tags",)
INTERFACE_PATH_NAMES: Mapping[str, str] = {"ip_address": "address"}


class Redirect(Exception):
    """An index was asked for without the slash at its end."""


def document(account: Account, machine: Machine) -> Record:
    """Return what `/metadata/v1.json` shows of a Droplet."""
    droplet = account.get(DROPLET, machine.droplet_id)
    reserved = _reserved_ip(account, droplet)
    return {
        "droplet_id": droplet["id"],
        "hostname": droplet["name"],
        "user_data": droplet["user_data"] or "",
        "vendor_data": "",
        "public_keys": machine.keys,
        "region": droplet["region"],
        "interfaces": _interfaces(droplet, machine.hardware_addresses),
        "dns": {"nameservers": list(NAMESERVERS)},
        "floating_ip": reserved,
        "reserved_ip": reserved,
        "tags": list(droplet["tags"]),
        "features": {"dhcp_enabled": False},
    }


def find(document: Record, path: str) -> Any:
    """Return what is at a path: the document itself, a list of names, or a text.

    Args:
        document: The metadata of the Droplet that asks.
        path: The path, such as `/metadata/v1/interfaces/public/0/ipv4/address`.

    Raises:
        LookupError: There is nothing.
        Redirect: It is an index, and there is something with a slash at the end.
    """
    if path == f"{VERSION}.json":
        return document
    if path != VERSION and not path.startswith(f"{VERSION}/"):
        raise LookupError(path)
    found: Any = _tree(document)
    for part in filter(None, path[len(VERSION) :].split("/")):
        found = (as_record(found) or {})[part]
    index = as_record(found)
    if index is None:
        return found
    if not path.endswith("/"):
        raise Redirect(f"{path}/")
    return "\n".join(f"{name}/" if name in INDEXES or as_record(below) else name for name, below in index.items())


def _interfaces(droplet: StoredDroplet, hardware_addresses: Mapping[str, str]) -> Record:
    """The interfaces by type; a Droplet has one of each at most."""
    found: dict[str, list[Record]] = {"public": [], "private": []}
    for v4 in droplet["networks"]["v4"]:
        ipv4 = {name: v4[name] for name in ("ip_address", "netmask", "gateway")}
        interface: Record = {"ipv4": ipv4, "mac": hardware_addresses.get(v4["ip_address"], ""), "type": v4["type"]}
        if v4["type"] == "public" and droplet["networks"]["v6"]:
            v6 = droplet["networks"]["v6"][0]
            ipv6 = {"ip_address": v6["ip_address"], "cidr": v6["netmask"], "gateway": v6["gateway"]}
            interface["ipv6"] = ipv6
        found[v4["type"]].append(interface)
    return found


def _reserved_ip(account: Account, droplet: StoredDroplet) -> Record:
    addresses = relations.reserved_ips_of(account, droplet["id"])
    active: Record = {"active": bool(addresses)}
    return {"ipv4": {**active, **({"ip_address": addresses[0]} if addresses else {})}}


def _tree(document: Record) -> Record:
    """The document as indexes and texts."""
    return {PATH_NAMES.get(name, name): _branch(name, value) for name, value in document.items()}


def _branch(name: str, value: Any) -> Any:
    record, items = as_record(value), as_list(value)
    if name == "interfaces" and record is not None:
        return {type: _number_interfaces(interfaces) for type, interfaces in record.items() if interfaces}
    if record is not None:
        return {key: _branch(key, below) for key, below in record.items()}
    if items is not None:
        return "\n".join(map(str, items))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number_interfaces(interfaces: Sequence[Record]) -> Record:
    return {str(number): _interface(one) for number, one in enumerate(interfaces)}


def _interface(interface: Record) -> Record:
    members = ((name, as_record(value)) for name, value in interface.items())
    return {
        name: interface[name]
        if record is None
        else {INTERFACE_PATH_NAMES.get(key, key): str(value) for key, value in record.items()}
        for name, record in members
    }


log = logging.getLogger("doboto.sim.machines")

ADDRESS, PORT = "169.254.169.254", 80
#: The name of a machine's device that leads here.
DEVICE = "metadata0"
#: The addresses of machines' devices: 169.254.1.1 to 169.254.168.254.
BLOCK, ADDRESSES = 254, 254 * 168


class MetadataService:
    """Answers machines about themselves.

    Args:
        describe: Called with a machine; the document of its metadata. LookupError if its Droplet is gone.
    """

    def __init__(self, describe: Callable[[Machine], Record]) -> None:
        self._describe = describe
        self._numbers = itertools.count()
        #: By the addresses of their devices; a machine gets a new one whenever it starts.
        self._machines: dict[str, Machine] = {}
        self._lock = threading.Lock()
        self._server: MetadataServer | None = None
        #: Why there is no metadata service, or None.
        self.problem: str | None = "it has not been started"
        self._namespace: Namespace | None = None

    def start(self) -> None:
        """Begin to answer, or note why that cannot be."""
        try:
            self._namespace = Namespace.new()
            listening = self._namespace.run(_listen)
        except OSError as failure:
            self.problem = f"this user may not create network namespaces: {failure.strerror or failure}"
            log.warning("machines have no metadata service: %s", self.problem)
            return
        self.problem = None
        self._server = MetadataServer(listening, self._answer)
        threading.Thread(target=self._server.serve_forever, name="doboto-metadata", daemon=True).start()

    def connect(self, machine: Machine, process: int) -> None:
        """Let a machine that has just started reach the service, and note its MAC addresses.

        Args:
            machine: The machine.
            process: The id of its first process.

        Raises:
            OSError: It cannot be reached.
        """
        if self._namespace is None:
            return
        number = next(self._numbers) % ADDRESSES
        address, peer = f"169.254.{number // BLOCK + 1}.{number % BLOCK + 1}", f"machine{number}"
        inside = Namespace.of(process)
        try:
            machine.hardware_addresses = inside.run(network_namespace.hardware_addresses)
            _check(machine, process)
            inside.connect(DEVICE, self._namespace, peer)
            self._namespace.run(lambda: _set_up(peer, address))
            self._note(address, machine)
            inside.run(lambda: _set_up_machine(address))
        finally:
            inside.close()

    def forget(self, machine: Machine) -> None:
        """Answer a machine no more: its devices are gone with it."""
        with self._lock:
            for address in [address for address, one in self._machines.items() if one is machine]:
                del self._machines[address]

    def close(self) -> None:
        """End."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._namespace is not None:
            self._namespace.close()
        self._server = self._namespace = None

    def _note(self, address: str, machine: Machine) -> None:
        """Note the address that a machine asks from, in place of the one that it had before it was started again."""
        self.forget(machine)
        with self._lock:
            self._machines[address] = machine

    def _answer(self, address: str, path: str) -> Any:
        return find(self._describe(self._machines[address]), path)


def _listen() -> socket.socket:
    network_namespace.switch_on("lo")
    network_namespace.add_address("lo:1", ADDRESS)
    return socket.create_server((ADDRESS, PORT))


def _check(machine: Machine, process: int) -> None:
    """Make sure that the process is the machine's: the engine may run on another machine.

    Raises:
        OSError: It is another one.
    """
    own = {one["ip_address"] for one in machine.droplet["networks"]["v4"]}
    if not own & machine.hardware_addresses.keys():
        raise OSError(errno.ENXIO, f"process {process} of this machine is not in the network of {machine.name}")


def _set_up(device: str, address: str) -> None:
    network_namespace.switch_on(device)
    network_namespace.add_route(address, device)


def _set_up_machine(address: str) -> None:
    network_namespace.add_address(DEVICE, address)
    network_namespace.add_route(ADDRESS, DEVICE)


class MetadataServer(ThreadingHTTPServer):
    """Answers requests in threads.

    Args:
        listening: The socket that it is to answer, or None for a free port of the loopback address.
        answer: Called with the address that asks and the path; LookupError or Redirect for what is not there.
    """

    daemon_threads = True

    def __init__(self, listening: socket.socket | None, answer: Callable[[str, str], Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler, bind_and_activate=listening is None)
        if listening is not None:
            self.socket.close()
            self.socket = listening
        self.answer = answer


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = cast("MetadataServer", self.server).answer
        try:
            found = answer(self.client_address[0], self.path.partition("?")[0])
        except Redirect as redirect:
            self._send(301, "", {"Location": str(redirect)})
        except LookupError:
            self._send(404, "not found")
        else:
            text = isinstance(found, str)
            type = "text/plain; charset=utf-8" if text else "application/json"
            self._send(200, found if text else json.dumps(found), {"Content-Type": type})

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, status: int, body: str, headers: Mapping[str, str] | None = None) -> None:
        content = body.encode("utf-8", "surrogateescape")
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        log.debug("metadata: %s", format % arguments)

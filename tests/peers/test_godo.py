"""godo, DigitalOcean's Go client, reads what the simulator answers.

It is inside the binary of the npm package `@digitalocean/mcp`, unchanged but for the base URL, which it takes as an
option. Its tools are called over its standard input, each of them one or a few calls of godo.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doboto.sim import InstantClock, Settings, Simulator

PACKAGE = Path(__file__).parents[2] / ".peers" / "mcp" / "node_modules" / "@digitalocean" / "mcp"
VERSION = "1.0.70"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64", "AMD64": "amd64"}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p peer@example.com"

pytestmark = pytest.mark.skipif(not shutil.which("npm"), reason="the package needs npm, which is not here")


class Program:
    """The running binary: a tool's name and arguments in, what godo read out."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._number = 0
        client = {"name": "test", "version": "1"}
        self.ask("initialize", protocolVersion="2024-11-05", capabilities={}, clientInfo=client)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        assert self._process.stdout is not None
        while True:
            answer = json.loads(self._process.stdout.readline())
            if answer.get("id") == self._number:
                return answer["result"]

    def call(self, tool: str, **arguments: Any) -> Any:
        """What a tool says, which must not be an error."""
        result = self.ask("tools/call", name=tool, arguments=arguments)
        text = "\n".join(part["text"] for part in result["content"])
        assert not result.get("isError"), (tool, text)
        try:
            return json.loads(text)
        except ValueError:
            return text

    def refused(self, tool: str, **arguments: Any) -> str:
        """What a tool says of a request that the API refuses."""
        result = self.ask("tools/call", name=tool, arguments=arguments)
        assert result["isError"]
        return str(result["content"][0]["text"])

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(InstantClock(), Settings(requests_per_minute=0))


@pytest.fixture
def program(simulator: Simulator) -> Iterator[Program]:
    binary = PACKAGE / "dist" / f"mcp-digitalocean-{platform.system().lower()}-{ARCHITECTURES[platform.machine()]}"
    services = "droplets,networking,accounts"
    with (
        simulator.serve() as server,
        subprocess.Popen(
            [str(binary), "--services", services, "--digitalocean-api-endpoint", server.origin],
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "DIGITALOCEAN_API_TOKEN": "peer"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        yield Program(process)
        process.kill()


def test_the_program_is_the_published_one() -> None:
    assert json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))["version"] == VERSION


def test_godo_lives_with_droplets(program: Program, simulator: Simulator) -> None:
    program.call("key-create", Name="laptop", PublicKey=KEY)
    made = program.call("droplet-create", Name="web-1", Size="s-1vcpu-1gb", Region="nyc3", ImageSlug="ubuntu-24-04-x64")
    number = int(re.findall(r'"id": ?(\d{9})', json.dumps(made))[0])
    assert program.call("droplet-get", ID=number)["status"] == "active"
    for tool, arguments in {
        "power-off-droplet": {},
        "snapshot-droplet": {"Name": "nightly"},
        "resize-droplet": {"Size": "s-2vcpu-4gb", "ResizeDisk": False},
        "power-on-droplet": {},
        "enable-ipv6-droplet": {},
    }.items():
        program.call(tool, ID=number, **arguments)
    seen = program.call("droplet-get", ID=number)
    assert (seen["size_slug"], seen["status"], len(seen["snapshot_ids"])) == ("s-2vcpu-4gb", "active", 1)
    assert "web-1" in json.dumps(program.call("droplet-list"))
    assert "404" in program.refused("droplet-get", ID=1)
    program.call("droplet-delete", ID=number)
    assert [request for request in simulator.requests if (request.status or 500) >= 500] == []


def test_godo_lives_with_networks(program: Program, simulator: Simulator) -> None:
    made = program.call("droplet-create", Name="web-1", Size="s-1vcpu-1gb", Region="nyc3", ImageSlug="ubuntu-24-04-x64")
    number = int(re.findall(r'"id": ?(\d{9})', json.dumps(made))[0])
    program.call("domain-create", Name="example.com", IPAddress="192.0.2.1")
    program.call("domain-record-create", Domain="example.com", Type="CNAME", Name="www", Data="example.com.")
    assert '"@"' in json.dumps(program.call("domain-record-list", Domain="example.com"))
    vpc = program.call("vpc-create", Name="own", Region="nyc3", Subnet="10.42.0.0/24")
    assert "default-nyc3" in json.dumps(program.call("vpc-list", PerPage=50))
    program.call("vpc-delete", ID=vpc["id"])
    rule = {"EntryProtocol": "http", "EntryPort": 80, "TargetProtocol": "http", "TargetPort": 80}
    balancer = program.call("lb-create", Name="lb", Region="nyc3", DropletIDs=[number], ForwardingRules=[rule])
    assert program.call("lb-get", LoadBalancerID=balancer["id"])["status"] == "active"
    program.call("lb-delete", LoadBalancerID=balancer["id"])
    reserved = program.call("reserved-ip-reserve", Region="nyc3", Type="ipv4")
    program.call("reserved-ip-assign", IP=reserved["ip"], DropletID=number, Type="ipv4")
    assert str(number) in json.dumps(program.call("reserved-ip-list", Type="ipv4"))
    program.call("reserved-ip-unassign", IP=reserved["ip"], Type="ipv4")
    program.call("reserved-ip-release", IP=reserved["ip"], Type="ipv4")
    assert [(one.method, one.path, one.response) for one in simulator.requests if (one.status or 500) >= 300] == []


def test_godo_reads_the_account_and_the_catalog(program: Program) -> None:
    assert program.call("account-get-information")["droplet_limit"] == 25
    for tool in ("region-list", "size-list", "image-list"):
        assert "nyc3" in json.dumps(program.call(tool, PerPage=100))

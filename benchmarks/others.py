"""The simulator's figures, beside those of Prism's mock of DigitalOcean's OpenAPI document where that can be run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import urllib3
from contenders import ENVIRONMENTS
from simulator import ROWS, Bench, Send, over_http

ROOT = Path(__file__).parents[1]
PRISM = "@stoplight/prism-cli@5.14.2"
ROUNDS = 50
SIZES = (10, 10_000)
#: What both can be asked for; Prism knows no state, and answers with the document's examples.
BOTH = ("create", "info", "page of 20", "page of 200")
ABOUT = f"""## The simulator

Milliseconds a request takes, the middle one of {ROUNDS}, and how many a second that is from one client. Over HTTP the
client is in the same process and has its share of that.
"""


@dataclass(frozen=True)
class Prism:
    """Where Prism is.

    Attributes:
        document: The OpenAPI document that it serves.
        program: How it is started; None where it can't be.
        why: Why it can't be.
    """

    document: Path
    program: Path | None = None
    why: str = ""


def simulators(prism: Prism) -> str:
    """The table, in Markdown."""
    columns: dict[str, dict[str, float]] = {}
    bench = Bench(ROUNDS)
    with bench.simulator.serve() as server:
        for droplets in SIZES:
            bench.grow(droplets)
            for way, send in (("in process", bench.in_process), ("over HTTP", over_http(server.origin))):
                found = {row.name: median(bench.measure(row, send)) for row in ROWS}
                columns[f"{droplets:,} Droplets, {way}"] = found
    mocked, why = _mocked(bench, prism)
    if mocked:
        columns["Prism's mock, over HTTP"] = mocked
    lines = [["", *columns], ["---", *("---:" for _ in columns)]]
    lines += [[row.name, *(_shown(found.get(row.name)) for found in columns.values())] for row in ROWS]
    table = "".join("| " + " | ".join(line) + " |\n" for line in lines)
    return f"{ABOUT}\n{table}\n{why}\n"


def _shown(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds:.2f} ({1000 / milliseconds:,.0f}/s)"


def prepared() -> Prism:
    """Prism, installed: done before anything is measured, so that its failure costs no results."""
    document = Path(os.environ.get("DOBOTO_OPENAPI") or ROOT.parent / "shared" / "api" / "openapi.json")
    if not shutil.which("npm") or not shutil.which("node"):
        return Prism(document, why="Node.js and npm are not here")
    if not document.exists():
        return Prism(document, why="DOBOTO_OPENAPI names no OpenAPI document")
    try:
        return Prism(document, _installed())
    except subprocess.CalledProcessError:
        return Prism(document, why="npm could not install it")


def _mocked(bench: Bench, prism: Prism) -> tuple[dict[str, float], str]:
    """Prism's milliseconds, and what is to be said about them."""
    if prism.program is None:
        return {}, f"Prism was left out: {prism.why}."
    with _serving(prism.program, prism.document) as origin:
        found = {row.name: median(bench.measure(row, _asking(origin))) for row in ROWS if row.name in BOTH}
    return found, f"Prism: {PRISM}; its process does nothing else, and its pages are the document's one example."


def _asking(origin: str) -> Send:
    """Sends to Prism, which answers some of these requests with an error unless the request names the response."""
    pool = urllib3.PoolManager()

    def send(method: str, path: str, content: bytes) -> tuple[int, bytes]:
        headers = {"authorization": "Bearer benchmark", "content-type": "application/json"}
        headers["prefer"] = f"code={200 if method == 'GET' else 202}"
        reply = pool.request(method, origin + path, body=content or None, headers=headers)
        return reply.status, reply.data

    return send


def _installed() -> Path:
    folder = ENVIRONMENTS / "prism"
    program = folder / "node_modules" / ".bin" / "prism"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--loglevel=error", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        subprocess.run(["npm", "install", *options, PRISM], check=True, stdout=subprocess.DEVNULL)
    return program


@contextmanager
def _serving(program: Path, document: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [
        str(program),
        "mock",
        str(document),
        "--port",
        str(port),
        "--host",
        "127.0.0.1",
        "--verboseLevel",
        "silent",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            origin = f"http://127.0.0.1:{port}"
            _wait_for(origin + "/v2/account", process)
            yield origin
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    pool = urllib3.PoolManager(retries=False)
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            pool.request("GET", url, headers={"authorization": "Bearer benchmark"})
        except urllib3.exceptions.HTTPError:
            time.sleep(0.2)  # noqa: TID251 - another program starts in real time
        else:
            return
    raise RuntimeError("Prism did not start")

"""The jobs that all contenders do, the server they do them against, and one run of one of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from contenders import FLOOR, HERE, Contender

#: What one run found: names and numbers.
Found = dict[str, float]


@dataclass(frozen=True)
class Job:
    """Something to be done.

    Attributes:
        name: What it is called here.
        does: The name of the job, as the programs take it.
        tls: Whether it is done over TLS.
        once: Whether one round must do, as it takes minutes; the contenders then do it side by side.
        floor: Whether the program of the least possible does it too.
        account: The settings of the account at the server.
    """

    name: str
    does: str
    tls: bool = False
    once: bool = False
    floor: bool = True
    account: dict[str, Any] = field(default_factory=dict)


DELAY = 0.05
JOBS = (
    Job("list", "list", account={"delay": DELAY, "others": 10_000}),
    Job("create", "create", floor=False, account={"delay": DELAY, "boot": [3, 3]}),
    Job("import", "import"),
    Job("first", "first", tls=True, account={"others": 1}),
    Job("infos", "infos", tls=True, account={"others": 500}),
    Job("crowded", "create", floor=False, account={"delay": DELAY, "others": 10_000, "boot": [3, 3]}),
    Job("limited", "create", once=True, floor=False, account={"delay": DELAY, "boot": [20, 25], "per_minute": 250}),
)


class Servers:
    """The measured API, once without and once with TLS."""

    def __init__(self, origins: dict[bool, str], ca: str) -> None:
        self._origins = origins
        self._ca = ca

    def run(self, job: Job, contender: Contender) -> Found:
        """One run in a process of its own, beginning with a fresh account."""
        origin = self._origins[job.tls]
        self._account(contender.program, {"url": origin, **job.account})
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "BENCH_ORIGIN": origin,
            "BENCH_TOKEN": contender.program,
            "BENCH_CA": self._ca if job.tls else "",
        }
        began = time.perf_counter()
        done = subprocess.run(
            contender.command(job.does), env=environment, capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode:
            raise RuntimeError(f"{contender.label}, {job.name}: {done.stderr[-2000:]}")
        found: Found = json.loads(done.stdout.splitlines()[-1])
        found["process"] = time.perf_counter() - began
        return {**found, **self._account(contender.program)}

    def _account(self, token: str, settings: dict[str, Any] | None = None) -> dict[str, int]:
        body = None if settings is None else json.dumps(settings).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self._origins[False]}/bench/{token}", body)) as reply:
            counts: dict[str, int] = json.load(reply)
            return counts


@contextmanager
def servers() -> Iterator[Servers]:
    """Both servers, in a process that ends with the context."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ca, certificate = trustme.CA(), None
        certificate = ca.issue_cert("127.0.0.1", "localhost")
        ca.cert_pem.write_to_path(folder / "ca.pem")
        certificate.cert_chain_pems[0].write_to_path(folder / "server.pem")
        certificate.private_key_pem.write_to_path(folder / "server.key")
        command = [sys.executable, str(HERE / "server.py"), "--tls", str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                plain, tls = (process.stdout.readline().strip() for _ in range(2))
                yield Servers({False: plain, True: tls}, str(folder / "ca.pem"))
            finally:
                process.terminate()


def who(job: Job, contenders: tuple[Contender, ...]) -> tuple[Contender, ...]:
    """Who does a job."""
    return (*contenders, FLOOR) if job.floor else contenders

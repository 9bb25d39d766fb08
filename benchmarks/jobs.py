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
from contenders import ALL, ALSO_OURS, FAST, FLOOR, HERE, OURS, PYDO, Contender

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
        among: Who does it.
        account: The settings of the account at the server.
    """

    name: str
    does: str
    tls: bool = False
    once: bool = False
    among: tuple[Contender, ...] = (*ALL, FLOOR)
    account: dict[str, Any] = field(default_factory=dict)


DELAY = 0.05
LISTERS = (OURS, FAST, ALSO_OURS, PYDO)
JOBS = (
    Job("list", "list", among=(*ALL, FAST, FLOOR), account={"delay": DELAY, "others": 10_000}),
    Job("list, 10 ms", "list", among=LISTERS, account={"delay": 0.01, "others": 10_000}),
    Job("list, 200 ms", "list", among=LISTERS, account={"delay": 0.2, "others": 10_000}),
    Job("list, TLS", "list", tls=True, among=LISTERS, account={"delay": DELAY, "others": 10_000}),
    Job("each", "each", once=True, among=(OURS, ALSO_OURS), account={"delay": 0.01, "others": 100_000}),
    Job("create", "create", among=ALL, account={"delay": DELAY, "boot": [3, 3]}),
    Job("import", "import"),
    Job("first", "first", tls=True, account={"others": 1}),
    Job("infos", "infos", tls=True, account={"others": 500}),
    Job("crowded", "create", among=ALL, account={"delay": DELAY, "others": 10_000, "boot": [3, 3]}),
    Job("limited", "create", once=True, among=ALL, account={"delay": DELAY, "boot": [20, 25], "per_minute": 250}),
)


class Servers:
    """The measured API, once without and once with TLS."""

    def __init__(self, origins: dict[bool, str], ca: str) -> None:
        self._origins = origins
        self._ca = ca

    def run(self, job: Job, contender: Contender) -> Found:
        """One run in a process of its own, beginning with a fresh account."""
        origin = self.set_up(contender, job.account, tls=job.tls)
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

    def set_up(self, contender: Contender, account: dict[str, Any], *, tls: bool = False) -> str:
        """Give a contender a fresh account; return where it is."""
        origin = self._origins[tls]
        self._account(contender.program, {"url": origin, **account})
        return origin

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

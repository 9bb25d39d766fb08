"""Schemathesis asks everything of the simulator that DigitalOcean's OpenAPI document describes, well and badly.

`make test-contract` runs this: Schemathesis is in an environment of its own under `.peers/`, and loads `hooks.py`.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from doboto.sim import ManualClock, Settings, Simulator
from doboto.sim.engine.errors import ApiError
from doboto.sim.http.incoming import Incoming
from doboto.sim.http.messages import ApiCall, ApiReply
from doboto.sim.http.routes import Router
from doboto.sim.resources import operations

from ..sim.specification import allow_deviations

HERE = Path(__file__).parent
SCHEMATHESIS = HERE.parents[1] / ".peers" / "schemathesis" / "bin" / "schemathesis"
SEED = "20260807"
#: A moment with nothing special about it, and how far each request moves the clock: far enough for most events to end
#: within a few requests, so that what is under way is seen as well as what is over.
START, STEP = 1_773_138_600.0, 20.0
#: No limit is met, and a DELETE needs no content type: Schemathesis sends one with a body only.
SETTINGS = Settings(
    project_delete_needs_type=False,
    requests_per_hour=0,
    requests_per_minute=0,
    key_lists_per_minute=0,
    droplet_limit=100_000,
    reserved_ip_limit=700,
    volume_limit=100_000,
)

#: Mistakes of the document: in whose reply of which status a schema is put in the place of the document's, and why.
REPAIRS: dict[tuple[str, str, str], tuple[dict[str, Any], str]] = {
    ("post", "/v2/images/{image_id}/actions", "201"): (
        {"type": "object", "required": ["action"], "properties": {"action": {"$ref": "#/components/schemas/action"}}},
        "its schema is a bare action; its text, its example and godo have it wrapped",
    ),
    ("get", "/v2/images/{image_id}/actions/{action_id}", "200"): (
        {"type": "object", "required": ["action"], "properties": {"action": {"$ref": "#/components/schemas/action"}}},
        "its schema is a bare action; its text, its example and godo have it wrapped",
    ),
    ("post", "/v2/byoip_prefixes", "202"): (
        {
            "type": "object",
            "required": ["byoip_prefix"],
            "properties": {"byoip_prefix": {"type": "object", "required": ["uuid", "region", "status"]}},
        },
        "its schema has the members bare; its example and godo have them wrapped",
    ),
}
#: Checks that would find what is meant to be so.
EXCLUDED = {
    "ignored_auth": "any token opens an account here; that none is refused is checked below",
    "negative_data_rejection": 'the real API takes numbers as text, `disk` as "true", `per_page` beyond its maximum',
    "positive_data_acceptance": "no schema says which sizes and images there are, or what a Droplet's status allows",
    "object_level_authorization": "wants two users of one account",
    "ensure_resource_availability": "an image just made is there, but an offer of it that is to be taken back is not",
    "use_after_free": "some things go a moment after their deletion, as in the real API",
}
#: Operations that can't succeed, and why.
UNSUCCESSFUL = {("POST", "/v2/1-clicks/kubernetes"): "there are no clusters to install something on"}


@dataclass
class Run:
    """What a run of Schemathesis came to."""

    failed: bool = False
    output: str = ""
    #: How often which operation was answered with which status.
    answered: Counter[tuple[tuple[str, str], int]] = field(default_factory=Counter)

    def with_status(self, first: int, last: int) -> set[tuple[str, str]]:
        """The operations that were answered with a status from the first to the last."""
        return {operation for operation, status in self.answered if first <= status <= last}


@contextmanager
def served(run: Run) -> Iterator[tuple[Simulator, str]]:
    """A simulator that notes how it answers, and its address."""
    sim, router = Simulator(ManualClock(START), SETTINGS), Router(operations())

    def note(incoming: Incoming, reply: ApiReply | None) -> None:
        assert isinstance(sim.clock, ManualClock)
        sim.clock.advance(STEP)
        try:
            operation, _ = router.find(incoming.method, incoming.path)
        except ApiError:
            return
        if reply is not None and incoming.method == operation.method:
            run.answered[(operation.method, operation.path), reply.status] += 1

    sim.on_seen.append(note)
    with sim.serve() as server:
        yield sim, server.origin


def schemathesis(document: Path, origin: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it; the seed makes it ask the same each time."""
    command = [str(SCHEMATHESIS), "run", str(document), "--url", origin, "--header", "Authorization: Bearer fuzz"]
    always = ["--seed", SEED, "--mode", "all", "--workers", "1", "--warnings", "off", "--continue-on-failure"]
    always += ["--request-timeout", "300", "--suppress-health-check", "too_slow"]  # a busy machine is no defect
    checks = ["--checks", "all", "--exclude-checks", ",".join(EXCLUDED)]
    return subprocess.run(
        [*command, *always, *checks, *arguments],
        cwd=document.parent,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HERE),
            "PYTHONHASHSEED": "0",
            "SCHEMATHESIS_HOOKS": "hooks",
            "CONTRACT_ORIGIN": origin,
            "CONTRACT_SEED": SEED,
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.fixture(scope="module")
def document(openapi: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document without its mistakes, as a file."""
    repaired = copy.deepcopy(openapi)
    for (method, path, status), (schema, _) in REPAIRS.items():
        response = repaired["paths"][path][method]["responses"][status]
        if "$ref" in response:
            name = response["$ref"].rsplit("/", 1)[-1]
            response = repaired["paths"][path][method]["responses"][status] = repaired["components"]["responses"][name]
        response["content"] = {"application/json": {"schema": schema}}
    allow_deviations(repaired)
    file = tmp_path_factory.mktemp("contract") / "openapi.json"
    file.write_text(json.dumps(repaired), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def run(document: Path) -> Run:
    run = Run()
    with served(run) as (_, origin):
        done = schemathesis(document, origin, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "15")
    run.failed, run.output = done.returncode != 0, done.stdout + done.stderr
    return run


@pytest.fixture(scope="module")
def covered() -> set[tuple[str, str]]:
    return {(operation.method, operation.path) for operation in operations()}


def test_no_reply_breaks_the_specification(run: Run) -> None:
    assert not run.failed, run.output[run.output.find("= FAILURES =") :]


def test_everything_was_asked(run: Run, openapi: dict[str, Any], covered: set[tuple[str, str]]) -> None:
    assert covered == {(method.upper(), path) for path, methods in openapi["paths"].items() for method in methods}
    assert f"{len(covered)} selected / {len(covered)} total" in run.output


def test_every_operation_succeeded_at_least_once(run: Run, covered: set[tuple[str, str]]) -> None:
    assert covered - run.with_status(200, 299) == set(UNSUCCESSFUL)


def test_every_operation_refuses_a_request_without_a_token(run: Run, covered: set[tuple[str, str]]) -> None:
    assert covered - run.with_status(401, 401) == set()


def test_nothing_was_answered_with_a_server_error(run: Run) -> None:
    assert run.with_status(500, 599) == set()


class Damaged:
    """Breaks one reply in each way that matters."""

    async def before(self, call: ApiCall) -> ApiReply | None:
        return ApiReply(503, {"id": "service_unavailable", "message": "no"}) if call.path == "/v2/sizes" else None

    async def after(self, call: ApiCall, reply: ApiReply) -> ApiReply:
        if call.path == "/v2/account" and reply.status == 200 and reply.body is not None:
            reply.body["account"].pop("email")
        if call.path == "/v2/regions":
            reply.headers["content-type"] = "text/html"
        if call.path == "/v2/actions" and reply.status == 200:
            reply.status = 203
            reply.body = {"actions": "none"}
        return reply


def test_a_reply_that_breaks_the_specification_is_found(document: Path) -> None:
    with served(Run()) as (sim, origin):
        sim.faults = Damaged()
        paths = ("/v2/sizes", "/v2/account", "/v2/regions", "/v2/actions")
        chosen = [f"--include-path={path}" for path in paths]
        done = schemathesis(document, origin, *chosen, "--phases", "examples,coverage,fuzzing", "--max-examples", "5")
    assert done.returncode == 1
    failures = done.stdout[done.stdout.find("= FAILURES =") :]
    for path, problem in zip(
        paths,
        ("Server error", '"email" is a required property', "Undocumented Content-Type", "Response violates schema"),
        strict=True,
    ):
        (section,) = [part for part in failures.split("\n___") if f"GET {path} _" in part.splitlines()[0]]
        assert problem in section, section

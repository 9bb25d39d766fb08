"""What several test files need."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

#: Need environments of their own, which `make test-peers`, `test-contract`, `test-ansible`, `test-machines` and
#: `test-container` make.
collect_ignore = ["peers", "contract", "playbooks", "machines", "container"]

# No time limit for an example, nor for making them: a busy machine is no defect of the code. A test's own list would
# replace this one, so that fixtures of one test that serve all its examples are allowed here, too.
hypothesis.settings.register_profile(
    "doboto",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("doboto")

BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared" / "api" / "openapi.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--openapi",
        type=Path,
        metavar="PATH",
        help="DigitalOcean's OpenAPI document (or DOBOTO_OPENAPI; else ../shared/api/openapi.json)",
    )
    parser.addoption("--every-interruption", action="store_true", help="Interrupt at every bytecode, not at a sample")


def pytest_configure() -> None:
    """Have Ctrl-C act as usual: jobs that a script starts with `&` ignore it (POSIX, 2.11), as do their programs."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def every_interruption(pytestconfig: pytest.Config) -> bool:
    """Whether tests interrupt at every bytecode boundary: some minutes."""
    return bool(pytestconfig.getoption("--every-interruption"))


def named_openapi(config: pytest.Config) -> Path | None:
    """The document that the caller names; one that is named and missing is an error, not a skip."""
    option: Path | None = config.getoption("--openapi")
    variable = os.environ.get("DOBOTO_OPENAPI")
    return option or (Path(variable) if variable else None)


@pytest.fixture(scope="session")
def openapi(pytestconfig: pytest.Config) -> dict[str, Any]:
    """DigitalOcean's OpenAPI document, which is not part of this repository."""
    path = named_openapi(pytestconfig)
    if path is None and not BESIDE_THE_REPOSITORY.exists():
        pytest.skip("no OpenAPI document: name one with --openapi PATH or DOBOTO_OPENAPI")
    document: dict[str, Any] = json.loads((path or BESIDE_THE_REPOSITORY).read_text(encoding="utf-8"))
    return document


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test in continuous integration, where every program that a test needs is installed."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail") and sys.platform == "linux":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in continuous integration: {report.longrepr}"
    return report

"""What the log says of requests at DEBUG: each attempt in a line, from both clients, and no secret in any."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from typing import Any

import pytest

from doboto import DOBOTOConnectionException, DOBOTONotFoundException

from .scripted import reply, stage

LIMIT = {"x_request_id": "abc-123", "ratelimit_limit": "5000", "ratelimit_remaining": "4711", "ratelimit_reset": "9"}


def logged(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in caplog.records if record.levelno == logging.DEBUG and record.name == "doboto"]


def test_a_reply_is_logged_with_its_id_and_what_is_left(
    flavour: str, runner: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "doboto")
    staged = stage(flavour, runner, reply(200, {"droplets": [], "links": {}, "meta": {"total": 0}}, **LIMIT))
    staged.api.droplet.list(name="web")
    (record,) = logged(caplog)
    exchange = record.exchange
    assert exchange["path"].startswith("/droplets?")
    assert "name=web" in exchange["path"]
    assert exchange == {
        "method": "GET", "path": exchange["path"], "status": 200, "request_id": "abc-123",
        "requests_left": 4711, "requests_limit": 5000, "seconds": exchange["seconds"],
    }  # fmt: skip
    assert exchange["seconds"] >= 0
    assert record.getMessage() == (
        f"GET {exchange['path']}: 200 in {exchange['seconds']:.3f} s (request abc-123; 4711 of 5000 requests left)"
    )


def test_every_attempt_is_logged_and_what_failed_says_how(
    flavour: str, runner: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "doboto")
    dropped = DOBOTOConnectionException("dropped", sent=True)
    staged = stage(flavour, runner, dropped, reply(503), reply(404, {"id": "not_found", "message": "no"}))
    with pytest.raises(DOBOTONotFoundException):
        staged.api.droplet.info(7)
    exchanges = [record.exchange for record in logged(caplog)]
    assert [(one["method"], one["path"], one.get("status")) for one in exchanges] == [
        ("GET", "/droplets/7", None), ("GET", "/droplets/7", 503), ("GET", "/droplets/7", 404),
    ]  # fmt: skip
    assert exchanges[0]["error"] == "DOBOTOConnectionException: dropped"


def test_no_body_and_no_header_is_in_it(flavour: str, runner: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "doboto")
    staged = stage(flavour, runner, reply(422, {"id": "unprocessable_entity", "message": "user data: the-script"}))
    with pytest.raises(Exception, match="the-script"):
        staged.api.droplet.create(name="web", size="s", image="i", user_data="the-script")
    assert [record.exchange["status"] for record in logged(caplog)] == [422]
    assert "the-script" not in caplog.text
    assert "Bearer" not in caplog.text


def test_nothing_is_logged_where_nobody_asks_for_it(
    flavour: str, runner: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "doboto")
    stage(flavour, runner, reply(200, {"droplet": {"id": 7}})).api.droplet.info(7)
    assert caplog.records == []


def test_a_program_without_logging_is_warned_and_told_nothing_else() -> None:
    """`logging` is imported with the warning, and not before."""
    program = (
        "import sys, doboto\n"
        "assert 'logging' not in sys.modules\n"
        "do = doboto.DO('t', 'http://127.0.0.1:9', retry=doboto.Retry(attempts=2, base=0))\n"
        "try: do.account.info()\n"
        "except doboto.DOBOTOConnectionException: pass\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"retry in 0\.0 s \(attempt 1 failed\): GET \S+/account: .*\n", done.stderr)


def test_logging_that_is_imported_late_is_used() -> None:
    program = (
        "import doboto\n"
        "def ask():\n"
        "    try: doboto.DO('t', 'http://127.0.0.1:9', retry=doboto.Retry.never()).account.info()\n"
        "    except doboto.DOBOTOConnectionException: pass\n"
        "ask()\n"
        "import logging\n"
        "logging.basicConfig(level=logging.DEBUG)\n"
        "ask()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.startswith("DEBUG:doboto:GET /account: ")
    assert len(done.stderr.splitlines()) == 1

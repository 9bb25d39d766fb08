"""`--debug`: every request in a line on standard error, and no secret in any."""

from __future__ import annotations

import json
import logging
import re
import threading
from typing import Any

import pytest

from doboto._io.log import logger
from doboto.cli.output.progress import Reporter
from doboto.cli.settings import CliSettings

from .conftest import NEW, Doboto

KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IG1hdHRlcg==\n-----END PRIVATE KEY-----\n"
LINE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /\S+: \d{3} in \d+\.\d{3} s \(request \S+; \d+ of \d+ requests left\)")


def test_every_request_is_a_line(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    done = simulated.as_process.ok("--debug", "droplet", "list", "--name", "web", "--no-header")
    (line,) = done.err.splitlines()
    assert LINE.fullmatch(line)
    assert line.startswith("GET /droplets?")
    assert "name=web" in line
    assert len(done.out.splitlines()) == 1


def test_each_attempt_of_a_failing_request_is_there(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", count=1, status=404)
    done = served("--debug", "droplet", "info", "7")
    logged = [line for line in done.err.splitlines() if LINE.fullmatch(line)]
    assert [line.partition(" in ")[0] for line in logged] == ["GET /droplets/7: 404"]
    assert "Traceback" not in done.err


@pytest.mark.parametrize("form", [(), ("-o", "json")])
def test_only_what_nobody_expects_has_a_traceback(
    simulated: Doboto, form: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As JSON it is in the error, so that every line is JSON."""
    expected = {("droplet", "info", "404"): 3, ("droplet", "power-off"): 2, ("droplet", "nope"): 2}
    for order, code in expected.items():
        done = simulated(*form, "--debug", *order)
        assert done.code == code
        assert "raceback" not in done.err

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("doboto.cli.run.run.print_result", broken)
    done = simulated(*form, "--debug", "droplet", "list")
    assert done.code == 1
    if form:
        *events, error = [json.loads(line) for line in done.err.splitlines()]
        assert all("event" in event for event in events)
        assert error["error"]["traceback"].startswith("Traceback (most recent call last):")
        assert "test_debug.py" in error["error"]["traceback"]
    else:
        assert "Traceback (most recent call last):" in done.err
        assert "traceback" not in simulated("-o", "json", "droplet", "list").error


def test_a_look_is_logged_where_nothing_is_redrawn(simulated: Doboto) -> None:
    logged = simulated.ok("--debug", "watch", "--once").err.splitlines()
    assert [LINE.fullmatch(line) is not None for line in logged] == [True] * len(logged) != []


def test_no_connection_is_told_too(doboto: Doboto) -> None:
    done = doboto("--debug", "--url", "http://127.0.0.1:9", "--token", "t" * 40, "droplet", "destroy", "7", "--yes",
                  "--retries", "0")  # fmt: skip
    assert done.code == 11
    assert re.search(r"^DELETE /droplets/7: DOBOTO\w+: .* in \d+\.\d{3} s$", done.err, re.MULTILINE)


def test_programs_get_objects(simulated: Doboto) -> None:
    done = simulated.ok("-o", "json", "--debug", "droplet", "list")
    (event,) = map(json.loads, done.err.splitlines())
    assert (event["event"], event["method"], event["status"]) == ("request", "GET", 200)
    assert event["path"].startswith("/droplets?")
    assert event["requests_left"] < event["requests_limit"]
    assert event["request_id"]
    assert event["seconds"] >= 0


@pytest.mark.parametrize("form", [(), ("-o", "json"), ("-q",)])
def test_no_secret_is_in_it(simulated: Doboto, form: tuple[str, ...]) -> None:
    """Neither the token, nor user data, nor a private key; not even where the API refuses them."""
    token = "my-token-5ec12e7a"
    account = ("--debug", "--sim", "--token", token, *form)
    made = simulated.ok(*account, "droplet", "create", "web", *NEW, "--user-data", "#!secret matter")
    pair = ("--private-key", KEY, "--leaf-certificate", "nonsense")
    refused = simulated(*account, "certificate", "create", "web", *pair)
    assert refused.code == 5
    for done in (made, refused):
        assert "POST /" in done.err
        for secret in (token, "secret matter", "c2VjcmV0IG1hdHRlcg", "Bearer"):
            assert secret not in done.err


def test_a_token_that_is_tried_is_not_shown(doboto: Doboto, doboto_server: Any) -> None:
    done = doboto.ok("--debug", "auth", "init", "--url", doboto_server.url, stdin=f"{doboto_server.token}\n")
    assert "\nGET /account: 200 " in done.err
    assert doboto_server.token not in done.err


def test_without_it_no_request_is_told(simulated: Doboto) -> None:
    assert simulated.ok("droplet", "list").err == ""


def test_reporters_inside_each_other_leave_the_logger_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("doboto")
    before = log.level, [*log.handlers]
    with Reporter(CliSettings()):
        with Reporter(CliSettings()):
            logger().info("of both")
        logger().info("of the outer one")
    assert capsys.readouterr().err.splitlines() == ["of both", "of both", "of the outer one"]
    assert (log.level, log.handlers) == before


def test_a_thread_s_record_waits_for_the_handler_that_another_thread_adds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logger()
    other = threading.Thread(target=lambda: logger().info("of the other thread"))

    def add_late(handler: logging.Handler) -> None:
        other.start()
        other.join(0.1)  # long enough for a record that does not wait
        logging.Logger.addHandler(log, handler)

    monkeypatch.setattr(log, "addHandler", add_late)
    with Reporter(CliSettings()):
        logger().info("of this thread")
        other.join()
    assert sorted(capsys.readouterr().err.splitlines()) == ["of the other thread", "of this thread"]

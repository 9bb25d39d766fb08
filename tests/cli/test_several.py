"""Several Droplets named: all are sent, waited for together, within one deadline; what was not sent is not begun."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doboto._core.response import Response
from doboto._io.protocol import Timeouts, WireRequest
from doboto.cli.accounts.simulated import LocalAccount
from doboto.cli.run.bulk import BulkItem, exit_code_of
from doboto.errors import DOBOTONotFoundException as NotFound
from doboto.errors import DOBOTOOutcomeUnknownException as OutcomeUnknown
from doboto.errors import DOBOTORateLimitException as RateLimit

from .conftest import LONG, NEW, SLOW_REBOOT, Doboto, Done
from .terminal import Terminal

NAMES = tuple(f"r-{number:02}" for number in range(1, 21))
REBOOT = ("droplet", "reboot", *NAMES, "--wait")
FIRST = 480000000


@pytest.fixture
def twenty(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", *NAMES, *NEW, "--wait")
    return simulated


def requests(done: Done) -> Counter[str]:
    """What `--debug` says was sent, by method."""
    events = [json.loads(line) for line in done.err.splitlines()]
    return Counter(event["method"] for event in events if event.get("event") == "request")


def progress(done: Done) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in done.err.splitlines()]
    return [event for event in events if event.get("event") == "progress"]


def test_twenty_take_a_request_each_and_two_a_round(twenty: Doboto) -> None:
    """Two lists have all names; a reboot takes six seconds, which is two rounds."""
    done = twenty.ok(*REBOOT, "-o", "json", "--debug")
    sent = requests(done)
    reports = progress(done)
    assert sent["POST"] == 20
    assert sent["GET"] <= 2 + 2 * len(reports)
    # A slow machine sends them seconds apart, so that some complete before others.
    assert {(one["total"], one["what"], one["failed"]) for one in reports} == {(20, "reboot", 0)}
    assert [one["done"] for one in reports] == sorted({one["done"] for one in reports})
    assert reports[-1]["done"] == 20
    assert [action["resource_id"] for action in done.json] == [FIRST + place for place in range(20)]
    assert {action["status"] for action in done.json} == {"completed"}


def test_the_seconds_told_are_those_that_one_clock_shows(twenty: Doboto) -> None:
    done = twenty.ok("droplet", "power-cycle", *NAMES[:8], "--wait", "-o", "json")
    elapsed = [one["elapsed"] for one in progress(done)]
    assert elapsed == pytest.approx([5.0 * (place + 1) for place in range(len(elapsed))], abs=1.0)
    assert elapsed[-1] < 30


def test_where_another_action_runs_it_is_waited_for_first(twenty: Doboto) -> None:
    twenty.ok("-q", "droplet", "reboot", *NAMES[:3])
    done = twenty.ok("droplet", "power-off", *NAMES, "--wait", "-o", "json", "--debug")
    assert [(one["type"], one["status"]) for one in done.json] == [("power_off", "completed")] * 20
    assert requests(done)["POST"] == 20 + 3, "what was refused is sent again once, when it has a chance"
    assert requests(done)["GET"] <= 2 + 2 * 2 * len(progress(done))


def test_what_another_action_held_up_for_too_long_was_not_begun(twenty: Doboto) -> None:
    twenty.ok("-q", "droplet", "snapshot-create", NAMES[0])
    order = ("droplet", "power-off", NAMES[0], NAMES[1], "--wait", "--poll", "1", "--timeout", "15")
    done = twenty("-o", "json", "-q", *order)
    assert (done.code, done.error["code"]) == (9, "partly_done")
    assert (done.error["done"], done.error["not_begun"]) == ([f"r-02 ({FIRST + 1})"], [f"r-01 ({FIRST})"])
    assert f"not begun for r-01 ({FIRST}), where another action is running" in done.error["message"]
    assert done.error.keys().isdisjoint({"ids", "pending", "resume"})


def test_destroyed_ones_are_waited_for_together(twenty: Doboto) -> None:
    done = twenty.ok("droplet", "destroy", *NAMES, "--wait", "--yes", "-o", "json", "--debug")
    assert requests(done)["DELETE"] == 20
    assert requests(done)["GET"] <= 2 + 20 + len(progress(done)), "each is asked for once, when no list has it"
    assert twenty.ok("droplet", "list", "-o", "json").json == []


def test_one_that_fails_keeps_no_other_from_its_end(twenty: Doboto) -> None:
    done = twenty("-o", "json", "droplet", "reboot", NAMES[0], "404", NAMES[1], "--wait")
    assert (done.code, done.error["code"]) == (9, "partly_done")
    assert [one["status"] for one in done.json] == ["completed", "completed"]
    assert done.error["done"] == [f"r-01 ({FIRST})", f"r-02 ({FIRST + 1})"]
    assert [one["target"] for one in done.error["failed"]] == ["404"]


class Wire:
    """What is sent to the simulated account: a test does something before each change."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, before: Callable[[LocalAccount, int], None]) -> None:
        self.ids: list[int] = []
        mutex = threading.Lock()
        send = LocalAccount.send

        async def sent(account: LocalAccount, request: WireRequest, timeouts: Timeouts) -> Response:
            if request.method == "POST":
                with mutex:
                    self.ids.append(int(re.findall(r"/droplets/(\d+)/", request.url)[0]))
                    before(account, len(self.ids))
            return await send(account, request, timeouts)

        monkeypatch.setattr(LocalAccount, "send", sent)


def a_second_each(account: LocalAccount, count: int) -> None:
    account._skipped += 1.0


def test_one_deadline_bounds_all_and_nothing_is_sent_after_it(twenty: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, a_second_each)
    done = twenty("-q", "-o", "json", *REBOOT, "--timeout", "3")
    error = done.error
    assert (done.code, error["code"]) == (7, "timeout")
    assert 3 <= len(wire.ids) <= 3 + 8, "what was on its way when the time was over"
    assert sorted(error["ids"]) == sorted(wire.ids)
    assert sorted(map(int, error["pending"])) == sorted(wire.ids)
    assert len(error["not_begun"]) == 20 - len(wire.ids)
    assert error["resume"] == f"doboto droplet wait {' '.join(map(str, sorted(wire.ids)))} --sim"
    assert "goes on for r-01" in error["message"]
    assert "not begun for r-" in error["message"]
    assert "done" not in error or not error["done"]


def test_ctrl_c_tells_what_was_begun_and_what_was_not(twenty: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with the tenth request; what other threads have on its way by then may go on."""
    released = threading.Event()

    def ctrl_c(account: LocalAccount, count: int) -> None:
        if count == 10:
            os.kill(os.getpid(), signal.SIGINT)
        if count >= 10:
            released.wait(LONG)
            raise ConnectionError

    wire = Wire(monkeypatch, ctrl_c)
    done = twenty("-q", "-o", "json", *REBOOT)
    asked = set(wire.ids)
    released.set()
    error = done.error
    assert (done.code, error["code"]) == (130, "interrupted")
    begun, unknown = set(error.get("ids", [])), set(error["unknown"])
    assert {int(id) for id in error.get("pending", {})} == begun
    assert wire.ids[9] in unknown, "it was on its way when Ctrl-C came"
    assert begun.isdisjoint(unknown)
    assert asked <= begun | unknown
    assert 10 <= len(begun | unknown) <= 10 + 8
    resume = f"doboto droplet wait {' '.join(map(str, sorted(begun | unknown)))} --sim"
    assert error["resume"] == resume, "to wait for one on which nothing runs does no harm"
    labels = [f"{name} ({FIRST + place})" for place, name in enumerate(NAMES)]
    assert error["not_begun"] == [label for place, label in enumerate(labels) if FIRST + place not in begun | unknown]
    assert "sent and not answered, so that it may have begun, for r-" in error["message"]
    assert f"not begun for {error['not_begun'][0]}" in error["message"]


def test_on_a_terminal_the_command_that_goes_on_is_the_last_line_and_whole(twenty: Doboto, slow: Path) -> None:
    order = [*REBOOT, "--timeout", f"{SLOW_REBOOT / 2}", "--poll", f"{SLOW_REBOOT / 4}"]
    with Terminal(order, twenty.environment, width=80, program=slow) as terminal:
        assert terminal.end() == 7
        text = re.sub(r"\n", "", terminal.text)
        raw = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", terminal.raw).decode().replace("\r", "").rstrip("\n")
    assert raw.splitlines()[-1] == f"doboto droplet wait {' '.join(str(FIRST + n) for n in range(20))} --sim"
    assert "and 15 more. To wait for what goes on:" in text


def test_progress_is_drawn_at_once_its_seconds_run_and_it_has_the_names_typed(twenty: Doboto, slow: Path) -> None:
    environment = {**twenty.environment, "DOBOTO_SIM_SPEED": "1"}
    order = ["droplet", "reboot", "r-01", "--wait", "--poll", f"{SLOW_REBOOT}"]
    with Terminal(order, environment, width=80, program=slow) as terminal:
        seen = terminal.read(lambda text: "r-01 (480000000) reboot is running" in text)
        assert "0 of 1" in seen
        terminal.read(lambda text: re.search(r"[1-9]\d* s\b", text) is not None)
        terminal.interrupt()
        assert terminal.end() == 130


def test_several_are_waited_for_in_one_list(twenty: Doboto) -> None:
    """As the line says that tells how to go on."""
    twenty.ok("-q", "droplet", "reboot", *NAMES)
    done = twenty.ok("droplet", "wait", *(FIRST + place for place in range(20)), "-o", "json", "--debug")
    rounds = len(progress(done)) + 1
    assert rounds > 1
    assert requests(done)["GET"] <= 2 * rounds + 20, "and each is looked at once when no action locks it"
    assert {one["status"] for one in done.json} == {"active"}
    assert not any(one.get("locked") for one in done.json)


def test_many_names_are_looked_up_in_one_list(twenty: Doboto) -> None:
    done = twenty.ok("droplet", "info", *NAMES[:5], "-o", "json", "--debug")
    assert requests(done)["GET"] == 2 + 5
    done = twenty.refused(3, "not_found", "droplet", "info", "r-01", "nope")
    assert done["message"].startswith("no Droplet is called 'nope';")


def test_missing_is_fine_by_name_too(twenty: Doboto, tmp_path: Path) -> None:
    done = twenty.ok("droplet", "destroy", "nope", "--missing-ok", "--yes")
    assert (done.out, done.err) == ("", "")
    twenty.ok("-q", "droplet", "destroy", "nope", "r-01", "--missing-ok", "--yes")
    assert len(twenty.ok("droplet", "list", "-o", "json").json) == 19
    assert twenty.refused(3, "not_found", "droplet", "destroy", "nope", "--yes")


@pytest.fixture
def three(served: Doboto) -> Doboto:
    served.ok("-q", "droplet", "create", *NAMES[:3], *NEW, "--wait", "--poll", "0.1")
    return served


WAIT = ("droplet", "reboot", *NAMES[:3], "--wait", "--poll", "0.1", "-o", "json")


def test_what_failed_is_not_counted_as_done(three: Doboto) -> None:
    done = three("-o", "json", "droplet", "reboot", "r-01", "404", "r-02", "--wait", "--poll", "0.1")
    last = progress(done)[-1]
    assert (last["done"], last["failed"], last["total"], last["pending"]) == (2, 1, 3, {})
    assert last["message"].startswith("reboot: 2 done, 1 failed of 3 after")


@pytest.mark.parametrize(
    ("failures", "unfinished", "code"),
    [
        ((NotFound(), NotFound()), False, 3),
        ((NotFound(), OutcomeUnknown()), True, 8),
        ((NotFound(),), True, 7),
        ((NotFound(), RateLimit()), False, 1),
    ],
)
def test_where_nothing_is_done_it_is_no_part_that_is_done(
    failures: tuple[Exception, ...], unfinished: bool, code: int
) -> None:
    items = [BulkItem(number, str(number), "failed", error=failure) for number, failure in enumerate(failures)]
    running = [BulkItem(9, "9", "running")] if unfinished else []
    assert exit_code_of([*items, *running]) == code
    assert exit_code_of([*items, *running, BulkItem(8, "8", "completed")]) == 9


def test_by_tag_droplets_are_counted(twenty: Doboto) -> None:
    """Those that are gone are in no answer; they were listed before."""
    twenty.ok("-q", "droplet", "create", "t-{1..3}", *NEW, "--tag", "prod", "--wait")
    done = twenty.ok("droplet", "power-off", "--tag", "prod", "--wait", "-o", "json")
    assert [(one["done"], one["total"]) for one in progress(done)][-1] == (3, 3)
    done = twenty.ok("droplet", "destroy", "--tag", "prod", "--wait", "--yes", "-o", "json")
    assert [(one["done"], one["total"]) for one in progress(done)][-1] == (3, 3)


def test_an_action_that_fails_at_digitalocean_is_told_by_its_droplets_name(three: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("action_errored", count=1)
    done = three("-q", *WAIT)
    assert (done.code, done.error["code"], len(done.json)) == (9, "partly_done", 2)
    (failed,) = done.error["failed"]
    assert failed["code"] == "action_failed"
    assert re.fullmatch(r"r-0\d \(\d+\)", failed["target"])
    doboto_server.simulator.faults.add("action_errored", count=1)
    done = three("-q", "droplet", "reboot", "r-01", "--wait", "--poll", "0.1", "-o", "json")
    assert (done.code, done.error["code"]) == (10, "action_failed")


def test_a_round_that_fails_for_a_moment_is_no_end(three: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", method="GET", path="/v2/actions", status=503, count=5)
    done = three.ok("-q", *WAIT)
    assert [one["status"] for one in done.json] == ["completed"] * 3


def test_a_token_that_may_not_list_actions_waits_all_the_same(three: Doboto, doboto_server: Any) -> None:
    """A Droplet's own actions need the scope droplet:read alone."""
    doboto_server.simulator.faults.add("status", method="GET", path="/v2/actions", status=403)
    done = three.ok("-q", *WAIT)
    assert [one["status"] for one in done.json] == ["completed"] * 3


def test_several_things_of_another_kind_share_a_deadline_too(twenty: Doboto) -> None:
    """A Droplet takes one volume after the other."""
    volumes = [
        twenty.ok("-q", "volume", "create", name, "--size-gigabytes", 1, "--region", "nyc3", "-o", "json").json["id"]
        for name in ("data-1", "data-2")
    ]
    order = ("volume", "attach", *volumes, "--droplet-id", FIRST, "--wait", "--poll", "1")
    error = twenty.refused(7, "timeout", "-q", *order, "--timeout", "0.5")
    (begun,) = error["ids"]
    assert {begun, *error["not_begun"]} == set(volumes)
    assert error["resume"].startswith("doboto action wait 2")
    assert f"took longer than 0.5 s: goes on for {begun}; not begun for" in error["message"]
    twenty.ok("-q", "droplet", "wait", FIRST)
    twenty.ok("-q", "volume", "detach", begun, "--droplet-id", FIRST, "--wait")
    done = twenty.ok(*order, "-o", "json")
    assert [one["status"] for one in done.json] == ["completed", "completed"]
    assert progress(done)[-1]["done"] == 2


@pytest.mark.parametrize(("resource", "create", "key"), [
    ("tag", ["tag create a", "tag create b", "tag create c"], "name"),
    ("domain", ["domain create a.example", "domain create b.example", "domain create c.example"], "name"),
    ("reserved-ip", ["reserved-ip create --region nyc3"] * 3, "ip"),
    ("floating-ip", ["floating-ip create --region nyc3"] * 3, "ip"),
    ("reserved-ipv6", ["reserved-ipv6 create nyc3"] * 3, "ip"),
])  # fmt: skip
def test_several_that_have_no_ids_are_destroyed_together(
    simulated: Doboto, resource: str, create: list[str], key: str
) -> None:
    """They are named as arguments, or come from a list, as those with ids do."""
    for order in create:
        simulated.ok("-q", *order.split())
    listed = simulated.ok(resource, "list", "-o", "json")
    one, two, three = [found[key] for found in listed.json]
    error = simulated.refused(5, "refused", resource, "destroy", one, two)
    assert [target["id"] for target in error["targets"]] == [one, two]
    assert "is empty" in simulated.refused(2, "usage", resource, "destroy", one, "", "--yes")["message"]
    simulated.ok(resource, "destroy", one, two, one, "--yes")
    error = simulated.refused(9, "partly_done", resource, "destroy", one, three, "--yes")
    assert [failed["target"] for failed in error["failed"]] == [one]
    simulated.ok(resource, "destroy", "@-", "--yes", "--missing-ok", stdin=listed.out)
    assert simulated.ok(resource, "list", "-o", "json").json == []

"""Waits of every kind, `--timeout` and `--retries` of every command, and what a mistyped tag gives."""

from __future__ import annotations

import json
import re
import shlex
import socket
from typing import Any

import pytest

from doboto.cli.accounts.simulated import LocalAccount
from doboto.cli.run import confirm
from doboto.cli.schema import catalog
from doboto.sim import Settings

from .conftest import NEW, Doboto
from .terminal import Terminal

RULE = "entry_protocol=http,entry_port=80,target_protocol=http,target_port=80"
BALANCER = ("--region", "nyc3", "--forwarding-rules", RULE)
SHORT = ("--timeout", "2", "--poll", "1")
FIRST = 480000000


def resumed(error: dict[str, Any]) -> list[str]:
    """The words of the command that goes on waiting, without the program."""
    words = shlex.split(error["resume"])
    assert words[0] == "doboto"
    assert error["resume"] in error["message"]
    return words[1:]


def made(account: Doboto, *command: object) -> Any:
    return account.ok("-q", "-o", "json", *command).json["id"]


def test_every_kind_whose_operations_wait_has_a_command_that_waits() -> None:
    for resource in catalog.resources():
        found = catalog.operations(resource).values()
        if any(one.takes("wait") and one.takes("progress") for one in found) and resource != "reserved_ipv6":
            assert any(one.only_waits for one in found), resource


def test_a_wait_takes_names_and_ids_and_prints_what_is_there_then(simulated: Doboto) -> None:
    ids = [made(simulated, "load-balancer", "create", name, *BALANCER) for name in ("a", "b")]
    done = simulated.ok("-o", "json", "load-balancer", "wait", "b", ids[0])
    assert [(one["name"], one["status"]) for one in done.json] == [("b", "active"), ("a", "active")]
    assert simulated.ok("-o", "json", "load-balancer", "wait", "a").json["id"] == ids[0]
    assert "nosuch" in simulated.refused(3, "not_found", "load-balancer", "wait", "nosuch")["message"]
    error = simulated.refused(3, "not_found", "action", "wait", 1, 2)
    assert "2 actions do not exist: 1, 2" in error["message"]
    simulated.refused(2, "usage", "load-balancer", "wait", "a", "--until", "off")


@pytest.mark.parametrize("early", ["timeout", "interrupt"])
def test_a_create_that_ends_early_is_resumed_by_the_wait_of_its_kind(
    simulated: Doboto, monkeypatch: pytest.MonkeyPatch, early: str
) -> None:
    command = ["-q", "load-balancer", "create", "web", *BALANCER, "--wait"]
    with monkeypatch.context() as patched:
        if early == "timeout":
            error = simulated.refused(7, "timeout", *command, *SHORT)
        else:
            patched.setattr(LocalAccount, "sleep", interrupt)
            error = simulated.refused(130, "interrupted", *command)
            assert "web (" in error["message"]
            assert "goes on in the simulated account" in error["message"]
            assert "DigitalOcean" not in error["message"]
    words = resumed(error)
    assert words[:2] == ["load-balancer", "wait"]
    assert simulated.ok("-q", *words, "-o", "json").json["name"] == "web"


def interrupt(account: LocalAccount, seconds: float) -> None:
    if seconds:
        raise KeyboardInterrupt


def test_an_interrupted_wait_does_not_say_that_goes_on_what_was_not_found(
    simulated: Doboto, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(LocalAccount, "sleep", interrupt)
        error = simulated.refused(130, "interrupted", "-q", "action", "wait", 999)
    assert "999: not found so far" in error["message"]
    assert "goes on" not in error["message"]
    assert ". To look for it again: doboto action wait 999" in error["message"]
    assert resumed(error)[:3] == ["action", "wait", "999"]
    error = simulated.refused(7, "timeout", "-q", "action", "wait", 999, "--timeout", "5", "--poll", "1")
    assert ". To look for it again: doboto action wait 999" in error["message"]


def test_a_wait_and_an_update_that_end_early_are_resumed(simulated: Doboto) -> None:
    id = made(simulated, "load-balancer", "create", "web", *BALANCER)
    error = simulated.refused(7, "timeout", "-q", "load-balancer", "wait", "web", *SHORT)
    assert resumed(error) == ["load-balancer", "wait", id, "--sim"]
    error = simulated.refused(7, "timeout", "-q", "load-balancer", "wait", "web", "--until", "gone", *SHORT)
    assert resumed(error) == ["load-balancer", "wait", id, "--until", "gone", "--sim"]
    simulated.ok("-q", "load-balancer", "destroy", "web", "--yes")
    assert simulated.ok("-q", *resumed(error)).out == ""


@pytest.mark.parametrize("target", [("web",), ("--tag", "prod")])
def test_a_destroy_that_ends_early_is_resumed_until_it_is_gone(
    simulated: Doboto, monkeypatch: pytest.MonkeyPatch, target: tuple[str, ...]
) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--tag", "prod", "--wait")
    with monkeypatch.context() as patched:
        patched.setattr(LocalAccount, "sleep", interrupt)
        error = simulated.refused(130, "interrupted", "-q", "droplet", "destroy", *target, "--yes", "--wait")
    words = resumed(error)
    assert words[:2] == ["droplet", "wait"]
    assert words[-3:] == ["--until", "gone", "--sim"]
    assert simulated.ok("-q", *words).out == ""
    assert simulated.ok("-o", "json", "droplet", "list").json == []


def test_droplet_wait_takes_the_state_to_wait_for(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "droplet", "power-off", "web", "--wait")
    assert simulated.ok("-o", "json", "droplet", "wait", "web", "--until", "off").json[0]["status"] == "off"
    error = simulated.refused(7, "timeout", "-q", "droplet", "wait", "web", "--until", "ready", *SHORT)
    assert resumed(error) == ["droplet", "wait", str(FIRST), "--until", "ready", "--sim"]
    assert "status is off" in error["message"]
    error = simulated.refused(3, "not_found", "droplet", "wait", 404, 405)
    assert "404, 405" in error["message"]
    assert simulated.ok("droplet", "wait", 404, "--until", "gone").out == ""


@pytest.mark.parametrize(
    "command",
    [
        ("wait",), ("wait", "--until", "ready"), ("power-off",), ("power-off", "--wait"), ("snapshot-create",),
        ("destroy",), ("destroy", "--yes"), ("destroy", "--yes", "--wait"),
    ],
)  # fmt: skip
def test_a_tag_that_no_droplet_has_is_not_found(simulated: Doboto, command: tuple[str, ...]) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--tag", "web", "--wait")
    simulated.ok("-q", "tag", "create", "spare")
    for tag in ("wbe", "spare"):
        error = simulated.refused(3, "not_found", "droplet", *command, "--tag", tag)
        assert f"no Droplet has the tag '{tag}'" in error["message"]
    assert len(simulated.ok("-o", "json", "droplet", "list").json) == 1


def test_gone_by_a_tag_that_no_droplet_has_is_fine(simulated: Doboto) -> None:
    assert simulated.ok("droplet", "wait", "--tag", "nosuch", "--until", "gone").out == ""
    simulated.ok("droplet", "destroy", "--tag", "nosuch", "--missing-ok", "--yes")


def slow_requests(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let every request to the simulated account take that long."""
    send = LocalAccount.send

    async def sent(account: LocalAccount, request: Any, timeouts: Any) -> Any:
        account._skipped += seconds
        return await send(account, request, timeouts)

    monkeypatch.setattr(LocalAccount, "send", sent)


@pytest.mark.parametrize(
    "command",
    [
        ("droplet", "info", "web"), ("droplet", "wait", "web"), ("account", "cost"), ("droplet", "list"),
        ("droplet", "reboot", "web", "--wait"), ("droplet", "reboot", "web"), ("droplet", "ssh", "--wait", "web"),
        ("load-balancer", "wait", "front"), ("volume", "attach", "data", "--droplet-id", "web", "--wait"),
    ],
)  # fmt: skip
def test_timeout_bounds_the_whole_command_names_included(
    simulated: Doboto, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "load-balancer", "create", "front", *BALANCER)
    simulated.ok("-q", "volume", "create", "data", "--region", "nyc3", "--size-gigabytes", "1")
    slow_requests(monkeypatch, 2)
    for line in ((*command[:2], "--timeout", "1.9", *command[2:]), ("--timeout", "1.9", *command)):
        if command != ("droplet", "list"):  # the only one that needs no second request
            error = simulated.refused(7, "timeout", "-q", *line)
            assert "1.9 s" in error["message"]
    if "ssh" not in command:
        simulated.ok("-q", "--timeout", "300", *command)


def test_a_server_that_never_answers_is_given_up(doboto: Doboto) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        account = {"DOBOTO_URL": f"http://127.0.0.1:{server.getsockname()[1]}/v2", "DIGITALOCEAN_TOKEN": "t"}
        error = doboto.refused(7, "timeout", "-q", "droplet", "list", "--timeout", "0.2", **account)
    assert re.search("time|deadline", error["message"])


@pytest.mark.parametrize("wrong", ["0", "-1", "nan", "soon"])
def test_a_timeout_of_a_read_that_cannot_be_right_is_wrong_usage(doboto: Doboto, wrong: str) -> None:
    assert "--timeout" in doboto.refused(2, "usage", "droplet", "list", "--timeout", wrong)["message"]


def test_retries_are_counted(served: Doboto, doboto_server: Any) -> None:
    faults = doboto_server.simulator.faults
    for retries in (0, 2):
        faults.add("status", status=503, path="/v2/account")
        error = served.refused(11, "unreachable", "account", "info", "--retries", retries)
        assert error.get("attempts", 1) == retries + 1
        faults.clear()
    faults.add("status", status=503, path="/v2/account", count=2)
    assert served.ok("account", "info", "--retries", "2", "-o", "json").json["status"] == "active"
    for wrong in ("-1", "x"):
        assert "--retries" in served.refused(2, "usage", "account", "info", "--retries", wrong)["message"]


def test_every_line_of_retries_has_the_same_prefix(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", status=503, path="/v2/account", count=2)
    lines = served.ok("account", "info").err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("doboto: retry in ") and "503" in line for line in lines)
    doboto_server.simulator.faults.add("status", status=503, path="/v2/account", count=1)
    (event,) = map(json.loads, served.ok("account", "info", "-o", "json").err.splitlines())
    assert event["event"] == "note"
    assert "503" in event["message"]
    doboto_server.simulator.faults.add("status", status=503, path="/v2/account", count=1)
    assert served.ok("-q", "account", "info").err == ""


def test_on_a_terminal_retries_are_one_line_that_goes_away(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", status=503, path="/v2/account", count=2)
    with Terminal(["account", "info"], served.environment, width=60, height=20) as terminal:
        shown = terminal.read(lambda text: "attempt 2" in text)
        assert shown.count("retry in") == 1
        assert all(len(line) <= 60 for line in shown.splitlines())
        assert terminal.end() == 0
        assert "retry" not in terminal.text
        assert "status" in terminal.text


def test_a_question_is_not_counted(simulated: Doboto, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that takes longer than the timeout counts, and the work has its time."""
    late = 0.0
    monotonic = LocalAccount.monotonic

    def answer(_what: str, _question: str) -> None:
        nonlocal late
        late += 3600

    monkeypatch.setattr(LocalAccount, "monotonic", lambda account: monotonic(account) + late)
    monkeypatch.setattr(confirm, "can_ask", lambda: True)
    monkeypatch.setattr(confirm, "ask", answer)
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    simulated.ok("-q", "droplet", "destroy", "web", "--timeout", "60", "--wait")
    assert late == 3600
    assert simulated.ok("-o", "json", "droplet", "list").json == []


def test_a_smaller_disk_is_named_where_a_resize_is_refused(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", "--size", "s-1vcpu-2gb", *NEW[2:], "--wait")
    message = simulated.refused(5, "refused", "droplet", "resize", "web", "--size", "s-1vcpu-1gb", "--yes")["message"]
    assert "A disk cannot get smaller: choose a size with 50 GB or more; this one has 25 GB" in message
    assert "power" not in message


def test_so_it_is_where_only_some_of_several_were_refused(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "large", "--size", "s-1vcpu-2gb", *NEW[2:], "--wait")
    simulated.ok("-q", "droplet", "create", "small", *NEW, "--wait")
    resize = ("droplet", "resize", "large", "small", "--size", "s-1vcpu-1gb", "--yes")
    error = simulated.refused(9, "partly_done", *resize)
    assert (error["done"], [one["target"] for one in error["failed"]]) == (
        [f"small ({FIRST + 1})"],
        [f"large ({FIRST})"],
    )
    assert "choose a size with 50 GB or more" in error["message"]
    assert "power" not in error["message"]


def test_a_refusal_without_a_terminal_names_the_new_size_and_its_price(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    error = simulated.refused(5, "refused", "droplet", "resize", "web", "--size", "s-2vcpu-4gb", "--disk")
    assert "droplet resize to size s-2vcpu-4gb ($24/month) with --disk can't be undone" in error["message"]
    assert "price $6/month" in error["message"]


def test_a_wait_that_cannot_be_is_wrong_usage(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    error = simulated.refused(2, "usage", "droplet", "wait", "web", "--until", "off", "--ready-port", "22")
    assert "--ready-port" in error["message"]
    for wrong in ((), ("web", "--tag", "a"), ("web", "--ready-port", "0"), ("web", "--until", "on")):
        simulated.refused(2, "usage", "droplet", "wait", *wrong)


def test_many_of_a_tag_are_resumed_by_the_tag(served: Doboto, doboto_server: Any) -> None:
    served.ok("-q", "droplet", "create", "web", *NEW, "--count", "24", "--tag", "web")
    error = served.refused(7, "timeout", "-q", "droplet", "wait", "--tag", "web", "--until", "off", *SHORT)
    assert resumed(error)[:4] == ["droplet", "wait", "--tag", "web"]
    assert len(error["message"]) < 1000


@pytest.fixture
def doboto_settings() -> Settings:
    return Settings(droplet_limit=100)


def test_the_same_failure_of_many_requests_is_one_line(served: Doboto, doboto_server: Any) -> None:
    names = ",".join(f"a-{number}" for number in range(20))
    ids = [str(one["id"]) for one in served.ok("-q", "-o", "json", "droplet", "create", f"{{{names}}}", *NEW).json]
    doboto_server.simulator.faults.add("status", status=429, method="POST", path="/v2/droplets/*/actions", count=8)
    lines = [line for line in served("droplet", "reboot", *ids).err.splitlines() if "retry in" in line]
    assert 1 <= len(lines) <= 4, lines


def test_an_address_is_resumed_by_its_own_wait(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    short = ("--wait", "--timeout", "0.5", "--poll", "0.3")
    error = simulated.refused(7, "timeout", "-q", "reserved-ip", "create", "--droplet-id", "web", *short)
    (made,) = error["created"]
    assert resumed(error) == ["reserved-ip", "wait", made["ip"], "--sim"]
    assert len(error["message"]) < 400
    assert simulated.ok("-q", *resumed(error), "-o", "json").json["droplet"]["name"] == "web"


@pytest.mark.parametrize(
    ("create", "wait"),
    [
        (("image", "create", "img", "--url", "https://example.com/i.qcow2", "--distribution", "Debian"), "image"),
        (("autoscale", "create", "pool", "--config", "target_number_instances=2", "--droplet-template",
          "region=nyc3,size=s-1vcpu-1gb,image=ubuntu-24-04-x64,ssh_keys=[]"), "autoscale"),
    ],
)  # fmt: skip
def test_other_kinds_are_resumed_and_waited_for_by_name(simulated: Doboto, create: tuple[str, ...], wait: str) -> None:
    region = ("--region", "nyc3") if wait == "image" else ()
    error = simulated.refused(7, "timeout", "-q", *create, *region, "--wait", *SHORT)
    assert resumed(error)[:2] == [wait, "wait"]
    assert simulated.ok("-q", *resumed(error), "-o", "json").json["name"] == create[2]
    assert simulated.ok("-q", wait, "wait", create[2], "-o", "json").json["name"] == create[2]


@pytest.mark.parametrize("width", [40, 80])
def test_a_terminal_shows_the_state_at_any_width(simulated: Doboto, width: int) -> None:
    simulated.ok("-q", "load-balancer", "create", "front", *BALANCER)
    slow = {**simulated.environment, "DOBOTO_SIM_SPEED": "1"}
    with Terminal(["load-balancer", "wait", "front"], slow, width, 20, folder=simulated.folder) as terminal:
        terminal.read(lambda text: "status is new" in text)
        terminal.interrupt()
        assert terminal.end() == 130
        assert "goes on in the simulated account" in " ".join(terminal.text.split())


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("account info --http-retry-max 3", "--retries"),
        ("droplet list --gpus", "--type"),
        ("action list --since -1h", "--after"),
        ("droplet wait web --state off", "--until"),
        ("droplet list --state off", "--status"),
        ("droplet ssh web --ssh-private-ip", "--private"),
        ("droplet create web --droplet-agent", "--with-droplet-agent"),
        ("droplet list --filter x", "--query"),
        ("droplet add-tag web x", "tag"),
        ("droplet remove-tag web x", "untag"),
        ("load-balancer await web", "wait"),
    ],
)
def test_words_of_other_tools_lead_to_ours(doboto: Doboto, line: str, meant: str) -> None:
    message = doboto.refused(2, "usage", *line.split())["message"]
    assert f"did you mean {meant}?" in message, message


def test_all_names_that_do_not_exist_are_named(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    for command in ("wait", "power-off", "info", "destroy"):
        message = simulated.refused(3, "not_found", "droplet", command, "web", "a", "b", "c")["message"]
        assert message == "no Droplet is called 'a', 'b' or 'c'; see `doboto droplet list`"
    message = simulated.refused(3, "not_found", "volume", "wait", "x", "y")["message"]
    assert message.startswith("no volume is called 'x' or 'y'; see ")
    many = [f"x{number}" for number in range(1000)]
    message = simulated.refused(3, "not_found", "droplet", "wait", *many)["message"]
    assert message.endswith("'x4' or any of 995 other names; see `doboto droplet list`")

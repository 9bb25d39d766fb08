"""Every exit code, each with its line for people and its JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from doboto import DOBOTOForbiddenException, errors
from doboto.cli.errors import BY_ERROR, EXITS, Failure, describe_error, exit_of, explain_missing

from .conftest import NEW, Doboto

CREATE = ("droplet", "create", "web", *NEW)


def test_wrong_usage_is_2(doboto: Doboto) -> None:
    error = doboto.refused(2, "usage", "droplet", "resize", "1")
    assert "--size" in error["message"]
    done = doboto.as_process("droplet", "resize", "1")
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert done.err.startswith("usage: doboto droplet resize: ")


def test_what_the_library_refuses_is_2(simulated: Doboto) -> None:
    """In words of the command line, not of Python."""
    messages = {
        ("droplet", "power-off"): "give either DROPLET or --tag",
        ("droplet", "create", *NEW): "NAME must not be empty",
        ("droplet", "create", "web", *NEW, "--ready-port", "22"): "--ready-port is waited for: give --wait with it",
        ("droplet", "list", "--tag", "a", "--name", "b"): "the API takes --tag alone, or --name and --type",
        ("reserved-ip", "create"): "give either --droplet-id or --region",
        (
            "firewall",
            "rule-add",
            "43a0e3c8-3c5f-4f4b-a9b5-6d8e5c1ad8a5",
        ): "give --inbound-rules, --outbound-rules, or both",
        ("image", "update", "7"): "give --name, --description or --distribution",
        ("certificate", "create", "web"): "--private-key is required",
    }
    for order, message in messages.items():
        assert simulated.refused(2, "usage", *order)["message"] == message


def test_all_wrong_usage_looks_alike(simulated: Doboto) -> None:
    """Whoever found it: click, the command line or the library."""
    for order, message in {
        ("droplet", "resize", "1"): "missing option '--size'",
        ("droplet", "power-off"): "give either DROPLET or --tag",
        ("tag", "attach", "web", "--resources", "[]"): "--resources must not be empty",
        ("droplet", "list", "--context", "a", "--token", "b"): "give either --token or --context, not both",
    }.items():
        line = " ".join(order[:2])
        assert simulated(*order).err == f"usage: doboto {line}: {message} (doboto {line} --help)\n"


@pytest.mark.parametrize(("order", "meant"), [
    ("droplet delete web-04", "destroy"), ("droplet rm web", "destroy"), ("droplet get web", "info"),
    ("droplet ls", "list"), ("droplet add web", "create"), ("droplet reset web", "power-cycle"),
    ("domain delete-record a", "record-destroy"), ("firewall rule-delete a", "rule-remove"), ("droplet shwo web", ""),
    ("auth delete", "remove"), ("auth use x", "switch"), ("droplets list", "droplet"), ("ssh_keys list", "ssh-key"),
    ("dns list", "domain"), ("record list", "domain"), ("records list", "domain"), ("domain-record list", "domain"),
    ("version", "--version"), ("login", "auth init"), ("droplet xyzzy", ""), ("droplet destory web", "destroy"),
])  # fmt: skip
def test_a_command_by_another_name_is_answered_with_what_means_the_same(doboto: Doboto, order: str, meant: str) -> None:
    """And never with one that is only spelled somewhat like it: `delete` is no `create`."""
    _, _, hint = doboto.refused(2, "usage", *order.split())["message"].partition("; did you mean ")
    assert hint == (f"{meant}?" if meant else "")


def test_an_option_is_suggested_only_where_it_is_near(doboto: Doboto) -> None:
    order = ("droplet", "create", "web")
    assert doboto.refused(2, "usage", *order, "--yes")["message"] == "no such option --yes"
    assert doboto.refused(2, "usage", *order, "--qiet")["message"] == "no such option --qiet; did you mean --quiet?"


@pytest.mark.parametrize(("given", "hint"), [
    ("--public-networking=false", "; write --no-public-networking"), ("--ipv6=True", "; write --ipv6 alone"),
    ("--no-ipv6=false", "; write --ipv6"), ("--dry-run=no", "; leave --dry-run out"), ("--ipv6=perhaps", ""),
])  # fmt: skip
def test_a_switch_with_a_value_is_answered_with_how_to_turn_it(doboto: Doboto, given: str, hint: str) -> None:
    """As doctl takes it; and in the command where it was."""
    name = given.partition("=")[0]
    done = doboto.as_process("droplet", "create", "web", given)
    line = f"option '{name}' does not take a value{hint}"
    assert done.err == f"usage: doboto droplet create: {line} (doboto droplet create --help)\n"


@pytest.mark.parametrize(("order", "hint"), [
    ("droplet create --name web", "write NAME without it"), ("droplet info --id 4", "write DROPLET without it"),
    ("droplet info --droplet 4", "write DROPLET without it"), ("domain info --domain x", "write NAME without it"),
    ("monitoring alert-create --type cpu", "write TYPE without it"),
    ("volume attach data --droplet web", "did you mean --droplet-id?"), ("watch --interval 2", "did you mean --poll?"),
])  # fmt: skip
def test_what_is_an_argument_here_is_said_to_be_one(doboto: Doboto, order: str, hint: str) -> None:
    option = next(word for word in order.split() if word.startswith("--"))
    assert doboto.refused(2, "usage", *order.split())["message"] == f"no such option {option}; {hint}"


@pytest.mark.parametrize("order", ["droplet destroy --tag fleet --dry-run", "volume destroy data --check",
                                   "firewall update fw --what-if"])  # fmt: skip
def test_a_command_that_asks_says_how_to_see_what_it_would_do(doboto: Doboto, order: str) -> None:
    message = doboto.refused(2, "usage", *order.split())["message"]
    option = order.split()[-1]
    assert message.startswith(f"no such option {option}; without --yes it shows what it would affect and asks")


def test_a_command_with_a_dry_run_is_asked_for_it_by_other_names(doboto: Doboto) -> None:
    message = doboto.refused(2, "usage", "droplet", "create", "web", "--preview")["message"]
    assert message == "no such option --preview; did you mean --dry-run?"
    assert doboto.refused(2, "usage", "droplet", "list", "--dry-run")["message"] == "no such option --dry-run"


def test_no_command_is_answered_with_the_help(doboto: Doboto) -> None:
    for order in ((), ("droplet",), ("auth",)):
        done = doboto(*order)
        name = " ".join(("doboto", *order))
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(doboto.ok(*order, "--help").out)
        assert done.err.endswith(f"\nusage: {name}: a command is missing ({name} --help)\n")
    assert doboto("droplet", DOBOTO_OUTPUT="json").error["message"] == "a command is missing"


def test_what_a_file_or_a_connection_lacks_is_told_without_pythons_names(doboto: Doboto, tmp_path: Path) -> None:
    message = doboto.refused(2, "usage", "firewall", "create", "fw", "--inbound-rules", "@/nope")["message"]
    assert message.endswith(": No such file or directory")
    assert message.count("/nope") == 1
    secret = doboto.refused(2, "usage", "ssh-key", "create", "me", "--public-key", "@/nope")["message"]
    assert secret.endswith("cannot read /nope: No such file or directory")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "contexts.yaml").mkdir()
    file = tmp_path / "config" / "contexts.yaml"
    message = doboto.refused(1, "failed", "auth", "list", DOBOTO_CONFIG=str(file))["message"]
    assert message.endswith("can't be read: Is a directory")
    lost = doboto("--url", "http://127.0.0.1:9", "--token", "t", "droplet", "power-off", "1", "--retries", "0")
    assert lost.code == 11
    assert "Connection refused" in lost.err
    assert "Errno" not in lost.err
    assert "ConnectionRefused" not in lost.err


def test_a_module_of_ours_that_is_not_there_is_no_extra() -> None:
    assert "'doboto[sim]'" in str(
        explain_missing("the simulator", ModuleNotFoundError(name="starlette.routing"), "sim")
    )
    ours = str(explain_missing("the simulator", ModuleNotFoundError(name="doboto.sim.faults"), "sim"))
    assert ours == "this installation lacks doboto.sim.faults: reinstall doboto"


def test_nothing_there_is_3(simulated: Doboto) -> None:
    error = simulated.refused(3, "not_found", "droplet", "info", "404")
    assert (error["status"], error["id"], error["method"], error["attempts"]) == (404, "not_found", "GET", 1)
    assert error["request_id"]
    assert simulated.refused(3, "not_found", "droplet", "info", "nobody")["message"].startswith(
        "no Droplet is called 'nobody';"
    )
    done = simulated.as_process("droplet", "info", "404")
    assert done.code == 3
    assert done.err == "doboto: no Droplet has the id 404; see `doboto droplet list`\n"


def test_no_token_and_a_wrong_one_are_4(doboto: Doboto, served: Doboto, doboto_server: Any) -> None:
    assert "doboto auth init" in doboto.refused(4, "unauthorized", "droplet", "list")["message"]
    doboto_server.simulator.faults.add("status", count=1, status=401)
    assert served.refused(4, "unauthorized", "droplet", "list")["status"] == 401
    doboto_server.simulator.faults.add("status", count=1, status=403)
    assert served.refused(4, "unauthorized", "droplet", "list")["status"] == 403


def test_a_scope_that_is_lacking_is_4_and_what_a_403_says_of_a_thing_is_5(served: Doboto, doboto_server: Any) -> None:
    """`community.digitalocean#375`, and a region's default VPC, which can't be destroyed."""
    served.ok("-q", "vpc", "create", "first", "--region", "nyc3")
    id = next(one["id"] for one in served.ok("vpc", "list", "-o", "json").json if one["default"])
    error = served.refused(5, "refused", "vpc", "destroy", id, "--yes")
    assert (error["status"], error["id"]) == (403, "forbidden")
    assert "Can not delete default VPCs" in error["message"]
    doboto_server.simulator.register("reader", {"droplet:read"})
    error = served.refused(4, "unauthorized", "vpc", "list", DIGITALOCEAN_TOKEN="reader")
    assert (error["status"], error["id"].lower()) == (403, "forbidden")
    assert "not authorized" in error["message"]


@pytest.mark.parametrize(("text", "code"), [
    ("You do not have access for the attempted action.", 4), ("You do not have permission to perform this action.", 4),
    ("You are not authorized to perform this operation.", 4), ("Certificate in use", 5), ("volume limit reached", 5),
])  # fmt: skip
def test_a_403_is_about_the_token_where_its_words_say_so(text: str, code: int) -> None:
    refusal = DOBOTOForbiddenException(text, status=403, id="forbidden")
    assert exit_of(refusal).code == code
    assert exit_of(DOBOTOForbiddenException(text, status=403)).code == 4  # not the API's own words
    assert exit_of(DOBOTOForbiddenException(text, status=403, id="forbidden", created=[{"id": 1}])).code == 9


def test_a_refusal_is_5(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", method="POST", count=1, status=422)
    assert served.refused(5, "refused", *CREATE)["status"] == 422


def test_a_pending_event_is_5_and_worth_another_try(simulated: Doboto) -> None:
    simulated.ok(*CREATE)
    simulated.ok("droplet", "wait", "web")
    simulated.ok("droplet", "reboot", "web")
    error = simulated.refused(5, "refused", "droplet", "power-off", "web")
    assert error["retryable"] is True


def test_what_another_action_keeps_is_said_with_the_command_that_waits_for_that(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", "db", *NEW, "--wait")
    simulated.ok("droplet", "power-off", "web", "db")
    command = "doboto droplet wait 480000000{} --sim"
    error = simulated.refused(5, "refused", "droplet", "reboot", "web")
    assert error["message"].endswith(f". To wait until nothing is running: {command.format('')}")
    several = simulated("droplet", "reboot", "web", "db")
    assert "took longer" not in several.err, "nothing was waited for"
    assert several.err.rstrip().endswith(f". To wait until nothing is running: {command.format(' 480000001')}")


@pytest.mark.parametrize("order", [
    ("volume", "create", "data", "--size-gigabytes", "5"), ("load-balancer", "create", "lb", "--forwarding-rules",
     "entry_protocol=http,entry_port=80,target_protocol=http,target_port=80"), ("vpc", "create", "net"),
])  # fmt: skip
def test_a_region_that_the_api_refuses_is_answered_with_the_one_like_it(
    simulated: Doboto, order: tuple[str, ...]
) -> None:
    """The API says only that it is invalid."""
    error = simulated.refused(5, "refused", *order, "--region", "nyc9")
    assert error["message"].endswith(". There is no region 'nyc9' (did you mean 'nyc3'?)")


def test_an_exhausted_rate_limit_is_6(served: Doboto, doboto_server: Any) -> None:
    headers = {"ratelimit-limit": "5000", "ratelimit-remaining": "0", "ratelimit-reset": "4102444800"}
    doboto_server.simulator.faults.add("status", status=429, headers=headers)
    error = served.refused(6, "rate_limit", "droplet", "list")
    assert error["retryable"] is True
    assert error["retry_after"] > 0


def test_a_wait_that_takes_too_long_is_7_and_says_how_to_go_on(simulated: Doboto) -> None:
    error = simulated.refused(7, "timeout", *CREATE, "--wait", "--timeout", "3")
    (id,) = error["ids"]
    assert error["resume"] == f"doboto droplet wait {id} --sim"
    assert simulated.ok(*error["resume"].split()[1:], "-o", "json").json[0]["status"] == "active"


def test_a_lost_answer_is_8(served: Doboto, doboto_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doboto._wait.search.PATIENCE", 0.0)
    doboto_server.simulator.faults.add("drop", when="before", method="POST", path="/v2/droplets")
    error = served.refused(8, "outcome_unknown", *CREATE)
    assert "web" in error["looked_for"]


def test_partly_done_is_9_and_says_what(simulated: Doboto) -> None:
    simulated.ok("-q", *CREATE, "--wait")
    error = simulated.refused(9, "partly_done", "droplet", "power-off", "web", "404")
    assert error["done"] == ["web (480000000)"]
    (failed,) = error["failed"]
    assert (failed["target"], failed["code"]) == ("404", "not_found")
    assert error["results"][0]["type"] == "power_off"


def test_a_create_that_is_refused_in_the_middle_is_9_and_tells_the_ids(served: Doboto, doboto_server: Any) -> None:
    """25 Droplets are an account's limit; the first ten-packs go through."""
    done = served.as_process("-o", "json", "droplet", "create", "web", "--count", "30", *NEW)
    assert (done.code, done.error["code"]) == (9, "partly_done")
    assert len(done.error["created"]) == 20
    assert {
        event["id"] for line in done.err.splitlines()[:-1] if (event := json.loads(line))["event"] == "created"
    } == {made["id"] for made in done.error["created"]}


def test_all_failing_alike_is_that_failure(simulated: Doboto) -> None:
    assert len(simulated.refused(3, "not_found", "droplet", "power-off", "404", "405")["failed"]) == 2


def test_work_that_fails_at_digitalocean_is_10(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("create_errored", count=1)
    error = served.refused(10, "action_failed", *CREATE, "--wait", "--poll", "0.1")
    assert error["created"][0]["name"] == "web"


def test_a_server_that_fails_and_none_at_all_are_11(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", method="DELETE", status=501)
    assert served.refused(11, "unreachable", "droplet", "destroy", "404", "--yes")["status"] == 501
    error = served.refused(
        11, "unreachable", "droplet", "destroy", "404", "--yes", "--retries", "0", DOBOTO_URL="http://127.0.0.1:9"
    )
    assert error["retryable"] is True


def test_a_bug_is_1_and_only_debug_shows_where(simulated: Doboto) -> None:
    Path(simulated.environment["XDG_STATE_HOME"]).write_text("not a folder")
    done = simulated.as_process("droplet", "list")
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    simulated.refused(1, "failed", "droplet", "list")


def test_no_answer_to_a_question_is_a_refusal(simulated: Doboto) -> None:
    simulated.ok("-q", *CREATE, "--wait")
    assert "--yes" in simulated.refused(5, "refused", "droplet", "destroy", "web")["message"]
    assert "no Droplet" in simulated.refused(3, "not_found", "droplet", "destroy", "--tag", "web")["message"]
    assert len(simulated.ok("droplet", "list", "-o", "json").json) == 1


def test_every_exception_of_the_library_has_a_code_of_its_kind() -> None:
    expected = {
        errors.DOBOTOAlreadyDoneException: 5,
        errors.DOBOTOPendingEventException: 5, errors.DOBOTOConflictException: 5, errors.DOBOTOBadRequestException: 5,
        errors.DOBOTOUnprocessableException: 5, errors.DOBOTOHTTPException: 5, errors.DOBOTOServerException: 11,
        errors.DOBOTOConfigurationException: 4, errors.DOBOTOUnauthorizedException: 4,
        errors.DOBOTOForbiddenException: 4, errors.DOBOTONotFoundException: 3, errors.DOBOTORateLimitException: 6,
        errors.DOBOTOTimeoutException: 7, errors.DOBOTOPollingException: 7, errors.DOBOTOConnectionException: 11,
        errors.DOBOTOCertificateException: 11,
        errors.DOBOTOOutcomeUnknownException: 8, errors.DOBOTOActionException: 10,
        errors.DOBOTOBulkException: 1, errors.DOBOTOClientClosedException: 1, errors.DOBOTOResponseTooLargeException: 1,
        errors.DOBOTOClientClosedException: 1,
        errors.DOBOTOVanishedException: 10, errors.DOBOTOInvalidResponseException: 1, errors.DOBOTOException: 1,
    }  # fmt: skip
    kinds = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.DOBOTOException)}
    assert kinds == expected.keys()
    assert {kind: exit_of(kind("x")).code for kind in kinds} == expected


@pytest.mark.parametrize(("failure", "again"), [
    (errors.DOBOTOServerException("x"), True), (errors.DOBOTOConnectionException("x"), True),
    (errors.DOBOTORateLimitException("x"), True), (errors.DOBOTOPendingEventException("x"), True),
    (errors.DOBOTOCertificateException("x"), False), (errors.DOBOTOUnprocessableException("x"), False),
    (errors.DOBOTOOutcomeUnknownException("x"), False), (errors.DOBOTONotFoundException("x"), False),
])  # fmt: skip
def test_programs_are_told_what_has_a_chance_when_it_is_given_again(failure: Exception, again: bool) -> None:
    assert describe_error(failure, exit_of(failure))["retryable"] is again


@pytest.mark.parametrize("found", EXITS)
def test_every_code_has_one_name_and_one_number(found: Any) -> None:
    assert sum(one.code == found.code or one.name == found.name for one in EXITS) == 1
    if found.code:
        assert describe_error(Failure("why", found.code), found)["code"] == found.name


def test_refinements_stand_before_what_they_refine() -> None:
    kinds = [kind for kind, _ in BY_ERROR]
    for place, kind in enumerate(kinds):
        assert not any(issubclass(later, kind) for later in kinds[place + 1 :])


@pytest.mark.parametrize(("order", "meant"), [
    ("server list", "droplet"), ("compute", "droplet"), ("ssh web", "droplet ssh"), ("lb list", "load-balancer"),
    ("ip list", "reserved-ip"), ("keys list", "ssh-key"), ("droplet-action", "droplet"), ("whoami", "account info"),
    ("domain record list", "record-list"), ("wait 1", "droplet wait"),
    ("droplet list --format ID,Name", "--columns"), ("droplet create web --tag-names a", "--tag"),
    ("droplet destroy web --force", "--yes"), ("droplet create web --enable-backups", "--backups"),
    ("droplet list --access-token t", "--token"), ("droplet ssh web --ssh-user me", "--user"),
])  # fmt: skip
def test_words_of_other_command_lines_lead_to_ours(doboto: Doboto, order: str, meant: str) -> None:
    message = doboto.refused(2, "usage", *order.split())["message"]
    assert f"did you mean {meant}" in message


def test_a_private_key_in_a_file_is_not_sent(simulated: Doboto, tmp_path: Path) -> None:
    file = tmp_path / "id_ed25519"
    file.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n")
    message = simulated.refused(2, "usage", "ssh-key", "create", "laptop", "--public-key", f"@{file}")["message"]
    assert "holds a private key, which was not sent" in message
    assert "b3BlbnNzaC1" not in message

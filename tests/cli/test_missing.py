"""What does not exist: each error says what was looked for, of what kind, what may be meant, and where to look."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.cli import errors
from doboto.cli.accounts.simulated import LocalAccount

from .conftest import NEW, Doboto

UUID = "6fa459ea-ee8a-3ca4-894e-db77e160355e"
RECORD = ("domain", "record-create", "example.com", "--type", "A", "--data", "192.0.2.1")


@pytest.fixture
def account(simulated: Doboto) -> Doboto:
    """A Droplet, a tag and a domain."""
    simulated.ok("-q", "droplet", "create", "web-01", *NEW, "--wait")
    simulated.ok("-q", "tag", "create", "production")
    simulated.ok("-q", "domain", "create", "example.com")
    return simulated


@pytest.mark.parametrize(("order", "message"), [
    ("tag info producton", "no tag is called 'producton'; did you mean production? See `doboto tag list`"),
    ("tag destroy producton --yes", "no tag is called 'producton'; did you mean production? See `doboto tag list`"),
    ("tag destroy producton", "no tag is called 'producton'; did you mean production? See `doboto tag list`"),
    ("tag attach producton --resources droplet:web-01",
     "no tag is called 'producton'; did you mean production? See `doboto tag list`"),
    ("droplet untag web-01 producton", "no tag is called 'producton'; did you mean production? See `doboto tag list`"),
    ("domain info exmple.com", "no domain is called 'exmple.com'; did you mean example.com? See `doboto domain list`"),
    ("domain record-list exmple.com",
     "no domain is called 'exmple.com'; did you mean example.com? See `doboto domain list`"),
    ("domain record-destroy exmple.com --record-id www --yes",
     "no domain is called 'exmple.com'; did you mean example.com? See `doboto domain list`"),
    ("domain record-info example.com --record-id 77",
     "no record has the id 77 among those of domain example.com; see `doboto domain record-list example.com`"),
    (f"monitoring alert-info {UUID}", f"no alert policy has the id {UUID}; see `doboto monitoring alert-list`"),
    ("image info 99", "no image has the id 99; see `doboto image list`"),
    ("reserved-ip info 192.0.2.7", "no reserved IP has the address 192.0.2.7; see `doboto reserved-ip list`"),
    ("floating-ip destroy 192.0.2.7 --yes", "no floating IP has the address 192.0.2.7; see `doboto floating-ip list`"),
    ("reserved-ip assign 192.0.2.7 --droplet-id web-01",
     "no reserved IP has the address 192.0.2.7; see `doboto reserved-ip list`"),
    ("droplet info 404", "no Droplet has the id 404; see `doboto droplet list`"),
    ("droplet power-off 404", "no Droplet has the id 404; see `doboto droplet list`"),
    ("droplet wait 404", "no Droplet has the id 404; see `doboto droplet list`"),
    ("droplet info web-1", "no Droplet is called 'web-1'; did you mean web-01? See `doboto droplet list`"),
    ("droplet action-info web-01 --action-id 7",
     "no action has the id 7 among those of Droplet 480000000; see `doboto droplet action-list 480000000`"),
    ("droplet action-info 404 --action-id 7", "no Droplet has the id 404; see `doboto droplet list`"),
    ("action info 7", "no action has the id 7; see `doboto action list`"),
    (f"volume attach {UUID} --droplet-id web-01", f"no volume has the id {UUID}; see `doboto volume list`"),
    (f"load-balancer wait {UUID}", f"no load balancer has the id {UUID}; see `doboto load-balancer list`"),
    (f"autoscale info {UUID}", f"no autoscale pool has the id {UUID}; see `doboto autoscale list`"),
    ("droplet power-off --tag producton", "no Droplet has the tag 'producton'; did you mean production?"),
    ("droplet destroy --tag producton --yes", "no Droplet has the tag 'producton'; did you mean production?"),
    ("droplet wait --tag producton", "no Droplet has the tag 'producton'; did you mean production?"),
])  # fmt: skip
def test_an_error_says_what_does_not_exist_and_where_to_look(account: Doboto, order: str, message: str) -> None:
    error = account.refused(3, "not_found", *order.split())
    assert error["message"] == message


def test_a_mistyped_slug_of_an_image_is_answered_with_those_like_it(simulated: Doboto) -> None:
    message = simulated.refused(3, "not_found", "image", "info", "ubuntu-24-4-x64")["message"]
    assert message.startswith("no image is called 'ubuntu-24-4-x64'; did you mean ubuntu-24-04-x64")


def test_a_mistyped_name_of_what_has_ids_is_answered_with_those_like_it(simulated: Doboto) -> None:
    """From the list in which it was looked for, without another request."""
    simulated.ok("-q", "volume", "create", "data", "--region", "nyc3", "--size-gigabytes", "10")
    message = simulated.refused(3, "not_found", "volume", "info", "dtaa")["message"]
    assert message == "no volume is called 'dtaa'; did you mean data? See `doboto volume list`"


def test_several_that_do_not_exist_are_each_named(account: Doboto) -> None:
    error = account.refused(9, "partly_done", "droplet", "power-off", "web-01", "404")
    assert error["message"] == "1 of 2 failed: 404: no Droplet has the id 404"
    assert (error["failed"][0]["status"], error["failed"][0]["code"]) == (404, "not_found")
    error = account.refused(3, "not_found", "droplet", "info", "web-1", "nobody")
    assert error["message"].startswith("no Droplet is called 'web-1' or 'nobody'; did you mean web-01?")


def test_an_action_that_never_existed_is_known_at_once(account: Doboto, asked: list[str]) -> None:
    """Where a newer one began longer ago than the reading of new ones lags."""
    account.ok("-q", "droplet", "snapshot-create", "web-01", "--snapshot-name", "later", "--wait")
    passing = ("--until", "off", "--timeout", "400", "--poll", "100")
    account.refused(7, "timeout", "-q", "droplet", "wait", "web-01", *passing)
    asked.clear()
    error = account.refused(3, "not_found", "action", "wait", "7")
    assert error["message"] == "no action has the id 7; see `doboto action list`"
    assert asked == ["GET /actions/7", "GET /actions?per_page=200&page=1"]


def test_an_action_that_may_be_new_is_looked_for_with_a_word(account: Doboto) -> None:
    done = account.as_process("action", "wait", "999999999999")
    assert "not found so far; a new action can be unreadable for 30 s" in done.err
    assert done.err.splitlines()[-1] == "doboto: no action has the id 999999999999; see `doboto action list`"


def test_what_a_droplet_has_nothing_of_is_not_said_to_be_something_else(account: Doboto) -> None:
    message = account.refused(3, "not_found", "droplet", "destroy-status", "web-01")["message"]
    assert message.startswith("Droplet 480000000 exists, but the API has nothing here: GET ")


def test_an_alert_policy_is_found_by_its_description(account: Doboto) -> None:
    """It has no name, and its id is long."""
    made = account.ok("-q", "monitoring", "alert-create", "--email", "me@example.com", "-o", "json").json
    message = account.refused(3, "not_found", "monitoring", "alert-info", made["description"])["message"]
    assert f"did you mean {made['uuid']}?" in message


@pytest.mark.parametrize(("urn", "kind"), [("droplt:web-01", "droplet"), ("volum:data", "volume")])
def test_a_mistyped_kind_of_resource_is_refused_before_anything_is_sent(
    account: Doboto, asked: list[str], urn: str, kind: str
) -> None:
    account.ok("-q", "project", "create", "shop", "--purpose", "Trying")
    asked.clear()
    error = account.refused(2, "usage", "project", "resource-assign", "shop", "--resources", urn)
    assert error["message"].endswith(f"; did you mean {kind}?")
    assert all(line.startswith("GET ") for line in asked)


def test_programs_get_the_request_of_a_404_too(account: Doboto) -> None:
    error = account.refused(3, "not_found", "tag", "info", "producton")
    assert (error["status"], error["id"], error["method"], error["attempts"]) == (404, "not_found", "GET", 1)
    assert error["url"].endswith("/v2/tags/producton")
    assert error["request_id"]


def test_a_404_costs_one_list_and_what_exists_costs_nothing(account: Doboto, asked: list[str]) -> None:
    for order in (("tag", "info", "production"), ("domain", "info", "example.com"), ("droplet", "info", "480000000")):
        asked.clear()
        account.ok(*order)
        assert len(asked) == 1
    for order in (("tag", "info", "no"), ("domain", "info", "no"), ("reserved-ip", "info", "192.0.2.7")):
        asked.clear()
        account.refused(3, "not_found", *order)
        assert len(asked) == 2
    asked.clear()
    account.refused(3, "not_found", "droplet", "info", "404")
    assert asked == ["GET /droplets/404"]


def test_what_exists_is_not_said_to_be_missing(account: Doboto) -> None:
    """A tag that exists, for a Droplet that does not."""
    message = account.refused(3, "not_found", "tag", "attach", "production", "--resources", "droplet:404")["message"]
    assert message.startswith("tag production exists, but something else that was named does not: POST ")


def test_a_404_that_is_not_the_apis_own_is_left_as_it_is(served: Doboto, doboto_server: Any) -> None:
    """Such as that of a proxy, or of a URL that is no API."""
    doboto_server.simulator.faults.add("status", count=1, status=404, body={"id": "nothing_here"})
    assert served.refused(3, "not_found", "tag", "info", "production")["message"].startswith("GET http")


def test_a_token_that_may_not_list_still_learns_what_does_not_exist(served: Doboto, doboto_server: Any) -> None:
    doboto_server.simulator.faults.add("status", path="/v2/tags", status=403)
    error = served.refused(3, "not_found", "tag", "info", "producton")
    assert error["message"] == "no tag is called 'producton'; see `doboto tag list`"


def test_one_sees_it_as_a_line_without_a_request(account: Doboto) -> None:
    done = account.as_process("volume", "info", UUID)
    assert (done.code, done.out) == (3, "")
    assert done.err == f"doboto: no volume has the id {UUID}; see `doboto volume list`\n"


@pytest.mark.parametrize("order", [
    "tag info producton", "droplet info web-1", "droplet untag web-01 producton", "droplet wait --tag producton",
])  # fmt: skip
def test_the_timeout_bounds_what_is_asked_for_the_message_too(
    account: Doboto, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    """Which may take more seconds than are left of the command's own."""
    left: list[float] = []
    send = LocalAccount.send

    async def sending(self: LocalAccount, request: Any, timeouts: Any) -> Any:
        left.append(timeouts.total)
        return await send(self, request, timeouts)

    monkeypatch.setattr(LocalAccount, "send", sending)
    account("--timeout", "20", *order.split())
    assert left
    assert max(left) <= 20


@pytest.mark.parametrize("fault", [
    {"kind": "status", "status": 401}, {"kind": "status", "status": 429, "headers": {"retry-after": "40"}},
    {"kind": "status", "status": 503}, {"kind": "drop"}, {"kind": "not_json", "body": "<html>"},
    {"kind": "wrong_shape"},
])  # fmt: skip
def test_the_first_error_is_reported_where_the_list_for_the_message_fails(
    served: Doboto, doboto_server: Any, fault: dict[str, Any]
) -> None:
    rule = doboto_server.simulator.faults.add(**fault, method="GET", path="/v2/tags")
    error = served.refused(3, "not_found", "tag", "info", "producton")
    assert error["message"] == "no tag is called 'producton'; see `doboto tag list`"
    assert rule.triggered == 1, "it is not sent again"


def test_names_in_an_error_do_not_steer_the_terminal(served: Doboto, doboto_server: Any) -> None:
    names = ["pro\x1b[31mducton", "pro\u202educton", "pro\nducton"]
    body = {"tags": [{"name": name} for name in names], "meta": {"total": 3}}
    doboto_server.simulator.faults.add("status", status=200, body=body, method="GET", path="/v2/tags")
    done = served.as_process("tag", "info", "producton")
    assert done.err.startswith("doboto: no tag is called 'producton'; did you mean ")
    assert "pro?ducton" in done.err
    assert done.err.removesuffix("\n").isprintable()


def test_names_alike_are_found_among_many_long_ones_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """To compare two texts takes as many steps as the product of their lengths."""
    names = [f"{'backup-of-production-' * 12}{number:05}" for number in range(10_000)]
    compared: list[str] = []
    choose = errors._choose_likely

    def choosing(text: str, among: Any) -> Any:
        compared.extend(found := choose(text, among))
        return found

    monkeypatch.setattr(errors, "_choose_likely", choosing)
    meant = errors.suggest_each([f"{names[1234]}x", f"x{names[5678]}"], names)
    assert meant == f"; did you mean {names[1234]} or {names[5678]}?"
    assert len(compared) == 2 * errors.FEWEST
    assert errors.suggest_each(["web-0123x"], [f"web-{number:04}" for number in range(10_000)]).startswith("; did you")

"""What a question says besides the consequence: account, status, prices, what goes along, what is in the way."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from .conftest import NEW, Doboto
from .terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


@pytest.fixture
def web(simulated: Doboto) -> Doboto:
    simulated.ok("-q", "droplet", "create", "web", *NEW, "--wait")
    return simulated


def asked(doboto: Doboto, *order: str, answer: str = "n\n") -> str:
    """The text of a question, answered with no."""
    with Terminal([*order], doboto.environment, width=200) as terminal:
        terminal.read(lambda text: "[y/N]" in text)
        terminal.type(answer)
        assert terminal.end() == 5, terminal.text
        return terminal.text


def test_question_has_account_status_and_total(web: Doboto) -> None:
    web.ok("-q", "droplet", "create", "db", *NEW, "--wait")
    text = asked(web, "droplet", "destroy", "web", "db")
    for expected in ("Account: the simulated account.", "active", "Total: $12/month."):
        assert expected in text
    error = web.refused(5, "refused", "droplet", "destroy", "web")
    assert (error["account"], error["targets"][0]["status"]) == ("the simulated account", "active")


def test_question_names_the_context_that_counts(served: Doboto, doboto_server: Any) -> None:
    served.ok("-q", "droplet", "create", "web", *NEW)
    variables = {"DIGITALOCEAN_TOKEN": ""}
    served.ok("auth", "init", "work", "--url", doboto_server.url, stdin=f"{doboto_server.token}\n", **variables)
    error = served.refused(5, "refused", "droplet", "destroy", "web", **variables)
    assert error["account"].startswith("context work at 127.0.0.1")


def test_ctrl_d_answers_no_on_a_line_of_its_own(web: Doboto) -> None:
    text = asked(web, "droplet", "destroy", "web", answer="\x04")
    assert text.rstrip().splitlines()[-1].startswith("doboto: droplet destroy: not done")


def test_destroying_with_associated_resources_lists_them_with_prices(web: Doboto) -> None:
    id = web.ok("droplet", "info", "web", "--query", "id").out.strip()
    order = ("volume", "create", "data", "--size-gigabytes", "10", "--region", "nyc3", "--query", "id")
    volume = web.ok("-q", *order).out.strip()
    web.ok("-q", "volume", "attach", volume, "--droplet-id", id, "--wait")
    text = asked(web, "droplet", "destroy-with-associated-resources", "web", "--dangerous")
    for expected in ("Destroyed along with web:", "data", "$1/month", "Total: $7/month."):
        assert expected in text
    error = web.refused(5, "refused", "droplet", "destroy-with-associated-resources", "web", "--dangerous")
    assert [one["name"] for one in error["targets"][0]["along"]] == ["data"]


def test_resize_of_a_running_droplet_offers_to_power_off(web: Doboto) -> None:
    hint = "doboto droplet power-off 480000000 --wait"
    text = asked(web, "droplet", "resize", "web", "--size", "s-2vcpu-2gb", "--disk")
    assert hint in text


def test_refused_resize_of_a_running_droplet_offers_to_power_off(served: Doboto, doboto_server: Any) -> None:
    served.ok("-q", "droplet", "create", "web", *NEW, "--wait", "--poll", "0.1")
    refusal = {"id": "unprocessable_entity", "message": "Droplet must be off"}
    doboto_server.simulator.faults.add("status", method="POST", path="/v2/droplets/*/actions", status=422, body=refusal)
    error = served.refused(5, "refused", "droplet", "resize", "web", "--size", "s-2vcpu-2gb")
    assert "doboto droplet power-off" in error["message"]


def test_a_terminal_narrower_than_the_table_has_a_line_for_each(web: Doboto) -> None:
    with Terminal(["droplet", "destroy", "web"], web.environment, width=40) as terminal:
        text = terminal.read(lambda seen: "[y/N]" in seen)
        terminal.type("\x04")
        assert terminal.end() == 5
    assert "web (480000000; status active;" in text
    assert "STATUS" not in text


def test_ctrl_d_gives_no_token(doboto: Doboto) -> None:
    with Terminal(["auth", "init", "work"], doboto.environment, width=100) as terminal:
        terminal.read(lambda seen: "API token:" in seen)
        terminal.type("\x04")
        assert terminal.end() == 4
        assert "no token was given" in terminal.text

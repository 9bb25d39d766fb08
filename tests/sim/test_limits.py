"""Rate limits: each token has its own, whatever account it opens."""

from __future__ import annotations

from .client import Client
from .conftest import Simulate
from .test_admin import call_admin


def make_limited_client(simulate: Simulate, **settings: int) -> Client:
    """A client whose tokens `token-one` and `token-two` open one account."""
    client = simulate(**settings)
    client.sim.register("token-two", account="token-one")
    client.token = "token-one"
    return client


def test_a_token_that_is_used_up_does_not_stop_another_of_the_account(simulate: Simulate) -> None:
    client = make_limited_client(simulate, requests_per_minute=2)
    client.create()
    client.get("/v2/droplets")
    assert client.call("GET", "/v2/droplets").status == 429
    client.token = "token-two"
    reply = client.call("GET", "/v2/droplets")
    assert (reply.status, reply.body["meta"]["total"]) == (200, 1)
    assert reply.headers["ratelimit-remaining"] == "4999"


def test_refusals_show_the_limits_of_their_token(simulate: Simulate) -> None:
    client = make_limited_client(simulate, requests_per_hour=10)
    client.get("/v2/account")
    assert client.call("GET", "/v2/nowhere").headers["ratelimit-remaining"] == "8"
    client.token = "token-two"
    assert client.call("GET", "/v2/nowhere").headers["ratelimit-remaining"] == "9"


def test_whoever_looks_at_an_account_sees_the_lowest_and_no_token(simulate: Simulate) -> None:
    client = make_limited_client(simulate, requests_per_hour=10)
    client.get("/v2/account")
    client.token = "token-two"
    for _ in range(4):
        client.get("/v2/account")
    (account,) = call_admin(client, "GET", "/accounts")["accounts"]
    assert account["ratelimit_remaining"] == 6
    overview = call_admin(client, "GET", "/overview")
    assert overview["rate"]["remaining"] == 6
    assert "token-two" not in str((account, overview))


def test_a_reset_gives_every_token_its_requests_back(simulate: Simulate) -> None:
    client = make_limited_client(simulate, requests_per_hour=1)
    client.get("/v2/account")
    assert client.call("GET", "/v2/account").status == 429
    call_admin(client, "POST", "/reset")
    client.get("/v2/account")

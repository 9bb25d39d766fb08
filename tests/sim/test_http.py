"""What every request meets before and after its operation."""

from __future__ import annotations

import json

import pytest

from .client import Client
from .conftest import START, Simulate

REAL = "dop_v1_" + "0123456789abcdef" * 4


@pytest.mark.parametrize("header", [None, "", "token", "Basic dG9rZW4=", "Bearer", "Bearer  "])
def test_without_a_token_it_is_401(client: Client, header: str | None) -> None:
    client.token = None
    answer = client.send("GET", "/v2/droplets", **({} if header is None else {"authorization": header}))
    assert answer.status == 401
    assert answer.body == {"id": "Unauthorized", "message": "Unable to authenticate you"}


def test_a_token_that_looks_real_is_refused_with_the_reason(simulate: Simulate) -> None:
    client = simulate()
    client.token = REAL
    answer = client.call("GET", "/v2/account")
    assert answer.status == 401
    assert "simulator" in answer.message
    allowed = simulate(allow_real_tokens=True)
    allowed.token = REAL
    assert allowed.call("GET", "/v2/account").status == 200


@pytest.mark.parametrize("path", ["/v2//droplets", "/v2/droplets/", "//v2/droplets//"])
def test_careless_paths_are_understood(client: Client, path: str) -> None:
    assert client.call("GET", path).status == 200
    wanted = {"name": "a", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    assert client.call("POST", path, wanted).status == 202


@pytest.mark.parametrize("content", [b"", b"null", b"{}", b"  ", b"[1]", b"{"])
def test_a_get_may_carry_any_body(client: Client, content: bytes) -> None:
    assert client.send("GET", "/v2/droplets", content, content_type="application/json").status == 200


@pytest.mark.parametrize("content", [b"null", b"{}", b""])
def test_a_delete_may_carry_an_empty_body(client: Client, content: bytes) -> None:
    droplet = client.create()
    assert client.send("DELETE", f"/v2/droplets/{droplet['id']}", content).status == 204


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b"[1]", b'"x"', b"1", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}"]
)
def test_a_body_that_is_no_json_object_is_400(client: Client, content: bytes) -> None:
    answer = client.send("POST", "/v2/droplets", content)
    assert (answer.status, answer.body["id"], answer.message) == (400, "bad_request", "error parsing request body")


def test_unknown_members_are_ignored_and_text_does_for_numbers_and_booleans(client: Client) -> None:
    droplet = client.create(image="155133621", ipv6="true", monitoring="False", volume=["x"], nonsense={"a": 1})
    assert "ipv6" in droplet["features"]
    assert "monitoring" not in droplet["features"]


def test_form_encoded_bodies_are_taken_too(client: Client) -> None:
    answer = client.send("POST", "/v2/tags", b"name=web", content_type="application/x-www-form-urlencoded")
    assert (answer.status, answer.body["tag"]["name"]) == (201, "web")


@pytest.mark.parametrize(
    ("method", "path", "status", "id"),
    [
        ("GET", "/v2", 404, "not_found"),
        ("GET", "/v1/droplets", 404, "not_found"),
        ("GET", "/v2/unheard-of", 404, "not_found"),
        ("GET", "/v2/droplets/1/unheard-of", 404, "not_found"),
        ("GET", "/v2/droplets/nope", 404, "not_found"),
        ("GET", "/v2/droplets/99999999999999999999999", 404, "not_found"),
        ("PUT", "/v2/droplets", 405, "method_not_allowed"),
        ("PATCH", "/v2/account", 405, "method_not_allowed"),
        ("POST", "/v2/droplets/1", 405, "method_not_allowed"),
        ("GET", "/v2/kubernetes/clusters", 501, "not_implemented"),
        ("DELETE", "/v2/databases/1/backups", 501, "not_implemented"),
    ],
)
def test_paths_that_lead_nowhere(client: Client, method: str, path: str, status: int, id: str) -> None:
    answer = client.call(method, path)
    assert (answer.status, answer.body["id"]) == (status, id)
    if status == 501:
        assert (
            answer.message == f"The simulator does not have {method} {path}; give it an answer with simulator.stub()."
        )


def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(client: Client) -> None:
    assert client.call("PUT", "/v2/droplets").headers["allow"] == "DELETE, GET, HEAD, OPTIONS, POST"
    assert client.call("GET", "/v2/droplets/actions?tag_name=web").headers["allow"] == "OPTIONS, POST"


def test_head_is_get_without_the_body(client: Client) -> None:
    client.create()
    asked, got = client.send("HEAD", "/v2/droplets"), client.send("GET", "/v2/droplets")
    assert (asked.status, asked.content) == (200, b"")
    assert asked.headers["content-length"] == str(len(got.content))


def test_a_browser_may_ask_first(client: Client) -> None:
    answer = client._transport("OPTIONS", "/v2/droplets", {"origin": "https://example.com"}, b"")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://example.com"
    assert "DELETE" in answer.headers["access-control-allow-methods"]
    assert client.send("GET", "/v2/account", origin="https://x.test").headers["access-control-allow-origin"]


def test_every_reply_says_what_is_left(client: Client) -> None:
    first = client.call("GET", "/v2/account")
    second = client.call("GET", "/v2/unheard-of")
    assert first.headers["ratelimit-limit"] == "5000"
    assert [one.headers["ratelimit-remaining"] for one in (first, second)] == ["4999", "4998"]
    assert second.headers["ratelimit-reset"] == str(int(START) + 3600)
    assert first.headers["content-type"] == "application/json; charset=utf-8"
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert "retry-after" not in first.headers


def test_the_burst_limit_says_when_to_come_back(simulate: Simulate) -> None:
    client = simulate(requests_per_minute=3)
    for _ in range(3):
        client.get("/v2/account")
        client.sim.clock.advance(10)  # type: ignore[attr-defined]
    refused = client.call("GET", "/v2/account")
    assert refused.body == {"id": "too_many_requests", "message": "API rate limit exceeded."}
    assert (refused.headers["ratelimit-remaining"], refused.headers["retry-after"]) == ("0", "30")
    client.sim.clock.advance(30)  # type: ignore[attr-defined]
    client.get("/v2/account")


def test_the_hourly_limit_slides_and_has_no_retry_after(simulate: Simulate) -> None:
    client = simulate(requests_per_hour=2)
    client.get("/v2/account")
    client.sim.clock.advance(600)  # type: ignore[attr-defined]
    client.get("/v2/account")
    refused = client.call("GET", "/v2/account")
    assert (refused.status, "retry-after" in refused.headers) == (429, False)
    assert refused.headers["ratelimit-reset"] == str(int(START) + 3600)
    client.sim.clock.advance(3000)  # type: ignore[attr-defined]
    client.get("/v2/account")
    assert client.call("GET", "/v2/account").status == 429


def test_page_links_lead_back_to_where_the_client_is(client: Client) -> None:
    for number in range(5):
        client.create(f"d{number}", tags=["a:b"])
    body = client.get("/v2/droplets?tag_name=a%3Ab&page=2&per_page=2")
    pages = body["links"]["pages"]
    assert list(pages) == ["first", "prev", "next", "last"]
    host, _, path = pages["next"].partition("/v2/")
    assert path == "droplets?page=3&tag_name=a%3Ab&per_page=2"
    assert host == "http://sim.test" or host.startswith(("http://127.0.0.1:", "https://127.0.0.1:"))
    assert [one["name"] for one in client.get(f"/v2/{path}")["droplets"]] == ["d4"]


def test_a_single_page_has_empty_links(client: Client) -> None:
    assert client.get("/v2/droplets") == {"droplets": [], "links": {}, "meta": {"total": 0}}


@pytest.mark.parametrize(
    ("query", "length"),
    [("", 20), ("?per_page=200", 43), ("?per_page=201", 43), ("?per_page=0", 20), ("?per_page=x&page=y", 20),
     ("?page=-1", 20), ("?page=3", 3), ("?page=9", 0), ("?page=1e3", 20), ("?per_page=" + "9" * 30, 43)],
)  # fmt: skip
def test_pages_of_any_number_and_size(client: Client, query: str, length: int) -> None:
    assert len(client.get(f"/v2/sizes{query}")["sizes"]) == length


def test_too_large_a_page_can_be_refused(simulate: Simulate) -> None:
    assert simulate(per_page_over_max="refuse").call("GET", "/v2/sizes?per_page=201").status == 422


def test_the_same_seed_gives_the_same_account(simulate: Simulate) -> None:
    def story(seed: int) -> str:
        client = simulate(seed=seed)
        client.create("a", ipv6=True, backups=True)
        client.sim.clock.advance(60)  # type: ignore[attr-defined]
        body = client.get("/v2/droplets")
        return json.dumps([body, client.get("/v2/account")])

    assert story(1) == story(1) != story(2)

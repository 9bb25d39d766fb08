"""Domains: what they are born with, their records type by type, and the zone file that follows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate

PATH = "/v2/domains/example.com/records"
NULLS = {"priority": None, "port": None, "weight": None, "flags": None, "tag": None}
SERIAL = 1773138600
BORN_WITH = (
    "$ORIGIN example.com.\n"
    "$TTL 1800\n"
    "example.com. IN SOA ns1.digitalocean.com. hostmaster.example.com. {serial} 10800 3600 604800 1800\n"
    "example.com. 1800 IN NS ns1.digitalocean.com.\n"
    "example.com. 1800 IN NS ns2.digitalocean.com.\n"
    "example.com. 1800 IN NS ns3.digitalocean.com.\n"
)

#: A body of each type, the members of its record that differ from null, and its line in the zone file.
GOOD: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "A": ({"name": "www", "data": "192.0.2.7"}, {"data": "192.0.2.7"}, "www.example.com. 1800 IN A 192.0.2.7"),
    "AAAA": (
        {"name": "@", "data": "2001:db8::7", "ttl": "60"},
        {"data": "2001:db8::7", "ttl": 60},
        "example.com. 60 IN AAAA 2001:db8::7",
    ),
    "CAA": (
        {"name": "@", "data": "letsencrypt.org.", "flags": 0, "tag": "issue"},
        {"data": "letsencrypt.org", "flags": 0, "tag": "issue"},
        'example.com. 1800 IN CAA 0 issue "letsencrypt.org"',
    ),
    "CNAME": (
        {"name": "*.blog", "data": "@"},
        {"name": "*.blog", "data": "@"},
        "*.blog.example.com. 1800 IN CNAME example.com.",
    ),
    "MX": (
        {"data": "mail.example.net.", "priority": "10"},
        {"name": "@", "data": "mail.example.net", "priority": 10},
        "example.com. 1800 IN MX 10 mail.example.net.",
    ),
    "NS": (
        {"data": "ns.example.net.", "name": None},
        {"name": "@", "data": "ns.example.net"},
        "example.com. 1800 IN NS ns.example.net.",
    ),
    "SRV": (
        {"name": "_sip._tcp", "data": "sip.example.net.", "priority": 1, "port": 0},
        {"data": "sip.example.net", "priority": 1, "port": 0, "weight": 0},
        "_sip._tcp.example.com. 1800 IN SRV 1 0 0 sip.example.net.",
    ),
    "TXT": (
        {"name": "@", "data": "v=spf1 mx ~all"},
        {"data": "v=spf1 mx ~all"},
        "example.com. 1800 IN TXT v=spf1 mx ~all",
    ),
}

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "Record type is not included in the list"),
    ({"type": "cname", "name": "a", "data": "b."}, "Record type is not included in the list"),
    ({"type": ["A"], "name": "a", "data": "192.0.2.1"}, "Record type is not included in the list"),
    ({"type": "SOA", "ttl": 60}, "Record type is not included in the list"),
    ({"type": "A", "name": "www"}, "Data can't be blank"),
    ({"type": "A", "name": "www", "data": ""}, "Data can't be blank"),
    ({"type": "A", "name": "www", "data": 7}, "Data is invalid"),
    ({"type": "A", "name": "www", "data": "2001:db8::1"}, "Data is not a valid IPv4 address"),
    ({"type": "A", "name": "www", "data": "192.0.2.1."}, "Data is not a valid IPv4 address"),
    ({"type": "AAAA", "name": "www", "data": "fe80::1%eth0"}, "Data is not a valid IPv6 address"),
    ({"type": "A", "data": "192.0.2.1"}, "Name can't be blank"),
    ({"type": "A", "name": 5, "data": "192.0.2.1"}, "Name can't be blank"),
    ({"type": "A", "name": "a b", "data": "192.0.2.1"}, "Name is invalid"),
    ({"type": "A", "name": "www.example.org.", "data": "192.0.2.1"}, "Name is invalid"),
    ({"type": "A", "name": "x" * 64, "data": "192.0.2.1"}, "Name is invalid"),
    ({"type": "A", "name": "www", "data": "192.0.2.1", "ttl": 29}, "record ttl must be greater than 30"),
    ({"type": "A", "name": "www", "data": "192.0.2.1", "ttl": "soon"}, "record ttl must be greater than 30"),
    ({"type": "CNAME", "name": "a", "data": "b.example.com"}, "Data needs to end with a dot (.)"),
    ({"type": "MX", "data": "mail", "priority": 1}, "Data needs to end with a dot (.)"),
    ({"type": "NS", "data": "ns1.digitalocean.com"}, "Data needs to end with a dot (.)"),
    ({"type": "CAA", "name": "@", "data": "ca.org", "flags": 0, "tag": "issue"}, "Data needs to end with a dot (.)"),
    ({"type": "SRV", "name": "_a", "data": ".", "priority": 0, "port": 0}, "Data is not a valid host name"),
    ({"type": "MX", "data": "mail.example.net."}, "Priority must be an integer between 0 and 65535"),
    ({"type": "MX", "data": "m.", "priority": 65536}, "Priority must be an integer between 0 and 65535"),
    ({"type": "SRV", "name": "_a", "data": "b.", "priority": 0}, "Port must be an integer between 0 and 65535"),
    (
        {"type": "SRV", "name": "_a", "data": "b.", "priority": 0, "port": 1, "weight": -1},
        "Weight must be an integer between 0 and 65535",
    ),
    ({"type": "CAA", "name": "@", "data": "c.", "tag": "issue"}, "Flags must be an integer between 0 and 255"),
    ({"type": "CAA", "name": "@", "data": "c.", "flags": 0}, "Tag must be one of issue, issuewild, iodef"),
    ({"type": "TXT", "name": "@", "data": "two\nlines"}, "Data must be one line of text"),
    ({"type": "CNAME", "name": "@", "data": "a."}, "CNAME records cannot share a name with other records"),
]


@pytest.fixture
def domain(client: Client) -> Any:
    return client.post("/v2/domains", {"name": "example.com"})["domain"]


def zone(client: Client) -> str:
    text: str = client.get("/v2/domains/example.com")["domain"]["zone_file"]
    return text


def records(client: Client, query: str = "") -> list[Any]:
    found: list[Any] = client.get(f"{PATH}{query}")["domain_records"]
    return found


def add(client: Client, type: str, **members: Any) -> Any:
    return client.post(PATH, {"type": type, **members})["domain_record"]


def refusal(client: Client, method: str, path: str, body: object = None) -> str:
    answer = client.call(method, path, body)
    assert (answer.status, answer.body["id"]) == (422, "unprocessable_entity"), answer
    return answer.message


def test_a_domain_is_born_with_soa_and_name_servers(client: Client, domain: Any) -> None:
    assert domain == {"name": "example.com", "ttl": 1800, "zone_file": None}
    assert zone(client) == BORN_WITH.format(serial=SERIAL)
    soa, *servers = records(client)
    assert {key: soa[key] for key in soa if key != "id"} == {
        "type": "SOA", "name": "@", "data": "1800", "ttl": 1800, **NULLS
    }  # fmt: skip
    assert [server["data"] for server in servers] == [f"ns{number}.digitalocean.com" for number in (1, 2, 3)]
    assert {(server["type"], server["name"], server["ttl"]) for server in servers} == {("NS", "@", 1800)}


def test_an_address_given_with_a_domain_becomes_its_a_record(client: Client) -> None:
    client.post("/v2/domains", {"name": "Example.com", "ip_address": "192.0.2.1"})
    assert zone(client) == BORN_WITH.format(serial=SERIAL) + "example.com. 1800 IN A 192.0.2.1\n"
    (record,) = records(client, "?type=A")
    assert (record["name"], record["data"]) == ("@", "192.0.2.1")


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": 1}, {"name": "localhost"}, {"name": "a b.com"},
    {"name": "example.com."}, {"name": "-a.com"}, {"name": "a..com"}, {"name": f"{'a' * 64}.com"},
    {"name": "example.com", "ip_address": "x"}, {"name": "example.com", "ip_address": "2001:db8::1"},
    {"name": "example.com", "ip_address": 1}])  # fmt: skip
def test_malformed_domains_are_refused_and_leave_nothing(client: Client, body: object) -> None:
    refusal(client, "POST", "/v2/domains", body)
    assert client.get("/v2/domains") == {"domains": [], "links": {}, "meta": {"total": 0}}


def test_a_domain_is_there_once(client: Client, domain: Any) -> None:
    message = refusal(client, "POST", "/v2/domains", {"name": "example.com"})
    assert message == "domain 'example.com': name already exists"
    assert len(records(client)) == 4


def test_a_deleted_domain_takes_its_records_along(client: Client, domain: Any) -> None:
    record = add(client, "A", name="www", data="192.0.2.1")
    client.post("/v2/domains", {"name": "example.org"})
    assert client.call("DELETE", "/v2/domains/example.com").status == 204
    assert client.call("GET", f"{PATH}/{record['id']}").status == 404
    assert client.call("DELETE", "/v2/domains/example.com").status == 404
    assert [one["name"] for one in client.get("/v2/domains")["domains"]] == ["example.org"]
    client.post("/v2/domains", {"name": "example.com"})
    assert [one["type"] for one in records(client)] == ["SOA", "NS", "NS", "NS"]


def test_a_domain_that_comes_again_is_in_the_default_project(client: Client, domain: Any) -> None:
    wanted = {"name": "shop", "purpose": "Web Application", "environment": "Production"}
    path = f"/v2/projects/{client.post('/v2/projects', wanted)['project']['id']}/resources"
    assert client.call("POST", path, {"resources": ["do:domain:example.com"]}).status == 200
    assert client.get(path)["meta"]["total"] == 1
    client.call("DELETE", "/v2/domains/example.com")
    client.post("/v2/domains", {"name": "example.com"})
    assert client.get(path)["meta"]["total"] == 0


@pytest.mark.parametrize("type", GOOD)
def test_a_record_of_each_type(client: Client, clock: ManualClock, domain: Any, type: str) -> None:
    body, members, line = GOOD[type]
    clock.advance(5)
    made = add(client, type, **body)
    assert made == {**NULLS, "id": made["id"], "type": type, "name": body.get("name"), "ttl": 1800, **members}
    assert client.get(f"{PATH}/{made['id']}")["domain_record"] == made
    assert records(client)[-1] == made
    assert zone(client) == BORN_WITH.format(serial=SERIAL + 5) + line + "\n"
    assert client.call("DELETE", f"{PATH}/{made['id']}").status == 204
    assert zone(client) == BORN_WITH.format(serial=SERIAL + 6)


def test_where_to_report_misissue_is_no_host(client: Client, domain: Any) -> None:
    made = add(client, "CAA", name="@", data="mailto:ca@example.com", flags=128, tag="iodef")
    assert made["data"] == "mailto:ca@example.com"


@pytest.mark.parametrize(("body", "message"), REFUSED, ids=lambda value: str(value)[:60])
def test_records_that_miss_something_are_refused(client: Client, domain: Any, body: object, message: str) -> None:
    assert refusal(client, "POST", PATH, body) == message
    assert zone(client) == BORN_WITH.format(serial=SERIAL)


def test_a_cname_is_alone_under_its_name(client: Client, domain: Any) -> None:
    cname = add(client, "CNAME", name="www", data="a.example.net.")
    text = "CNAME records cannot share a name with other records"
    assert refusal(client, "POST", PATH, {"type": "TXT", "name": "WWW", "data": "x"}) == text
    other = add(client, "A", name="ftp", data="192.0.2.1")
    assert refusal(client, "PATCH", f"{PATH}/{other['id']}", {"name": "www"}) == text
    changed = client.call("PUT", f"{PATH}/{cname['id']}", {"data": "b.example.net."})
    assert changed.body["domain_record"]["data"] == "b.example.net"


def test_names_are_inside_the_domain_unless_they_end_with_a_dot(client: Client, domain: Any) -> None:
    names = {"www.example.com.": "www", "example.com.": "@", "www.example.com": "www.example.com"}
    for given_name, kept in names.items():
        assert add(client, "A", name=given_name, data="192.0.2.1")["name"] == kept
    assert "www.example.com.example.com. 1800 IN A 192.0.2.1" in zone(client)


def test_lists_are_filtered_by_full_name_and_type(client: Client, domain: Any) -> None:
    add(client, "A", name="www", data="192.0.2.1")
    add(client, "TXT", name="www", data="hello")
    assert [one["type"] for one in records(client, "?name=www.example.com")] == ["A", "TXT"]
    assert [one["type"] for one in records(client, "?name=www.example.com&type=TXT")] == ["TXT"]
    assert [one["type"] for one in records(client, "?name=example.com&type=NS")] == ["NS"] * 3
    assert records(client, "?name=www") == records(client, "?type=MX") == []
    page = client.get(f"{PATH}?type=NS&per_page=2&page=2")
    assert (len(page["domain_records"]), page["meta"]["total"]) == (1, 3)
    assert "type=NS" in page["links"]["pages"]["first"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_keeps_what_it_does_not_name(client: Client, domain: Any, method: str) -> None:
    made = add(client, "A", name="www", data="192.0.2.1", ttl=300)
    path = f"{PATH}/{made['id']}"
    changed = client.call(method, path, {"name": "blog", "type": "A", "priority": None}).body["domain_record"]
    assert changed == {**made, "name": "blog"} == client.get(path)["domain_record"]
    assert [one["id"] for one in records(client)] == sorted(one["id"] for one in records(client))
    assert refusal(client, method, path, {"data": "x"}) == "Data is not a valid IPv4 address"
    assert client.get(path)["domain_record"] == changed


def test_a_change_of_type_drops_what_the_new_type_has_not(client: Client, domain: Any) -> None:
    made = add(client, "MX", name="a", data="b.", priority=1)
    body = {"type": "A", "data": "192.0.2.1"}
    changed = client.call("PATCH", f"{PATH}/{made['id']}", body).body["domain_record"]
    assert changed == {**made, "type": "A", "data": "192.0.2.1", "priority": None}


def test_put_without_data_trips_over_the_missing_dot_and_patch_does_not(client: Client, domain: Any) -> None:
    path = f"{PATH}/{add(client, 'CNAME', name='www', data='a.example.net.')['id']}"
    assert refusal(client, "PUT", path, {"ttl": 43200}) == "Data needs to end with a dot (.)"
    changed = client.call("PATCH", path, {"ttl": 43200}).body["domain_record"]
    assert (changed["data"], changed["ttl"]) == ("a.example.net", 43200)


def test_put_without_data_can_be_let_through(simulate: Simulate) -> None:
    client = simulate(record_put_needs_data=False)
    client.post("/v2/domains", {"name": "example.com"})
    path = f"{PATH}/{add(client, 'CNAME', name='www', data='a.example.net.')['id']}"
    assert client.call("PUT", path, {"ttl": 43200}).body["domain_record"]["data"] == "a.example.net"


def test_of_the_soa_record_only_the_ttl_changes(client: Client, domain: Any) -> None:
    soa = records(client)[0]
    path = f"{PATH}/{soa['id']}"
    changed = client.call("PUT", path, {"type": "A", "name": "x", "data": "192.0.2.1", "ttl": 600})
    assert changed.body["domain_record"] == {**soa, "ttl": 600, "data": "600"}
    assert client.get("/v2/domains/example.com")["domain"]["ttl"] == 600
    assert add(client, "A", name="www", data="192.0.2.1")["ttl"] == 600
    assert zone(client).splitlines()[1:3] == [
        "$TTL 600",
        f"example.com. IN SOA ns1.digitalocean.com. hostmaster.example.com. {SERIAL + 2} 10800 3600 604800 600",
    ]
    assert refusal(client, "PATCH", path, {"ttl": 1}) == "record ttl must be greater than 30"
    assert refusal(client, "DELETE", path) == "The SOA record can not be deleted."


def test_what_is_not_there_is_404(client: Client, domain: Any) -> None:
    soa = records(client)[0]
    client.post("/v2/domains", {"name": "example.org"})
    for path in (
        "/v2/domains/example.net",
        "/v2/domains/example.com.",
        f"{PATH}/1",
        f"{PATH}/x",
        f"/v2/domains/example.org/records/{soa['id']}",
        "/v2/domains/example.net/records",
    ):
        assert client.call("GET", path).status == 404, path
    assert client.call("POST", "/v2/domains/example.net/records", {"type": "A"}).status == 404
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.call(method, f"{PATH}/1", {}).status == 404


def test_records_take_either_of_two_scopes(client: Client, domain: Any) -> None:
    body = {"type": "A", "name": "www", "data": "192.0.2.1"}
    for scope, may_create, may_delete in (("create", 201, 403), ("update", 201, 204), ("delete", 403, 204)):
        client.sim.register(scope, [f"domain:{scope}"], account="token")
        client.token = "token"
        victim = add(client, **body)
        client.token = scope
        assert client.call("POST", PATH, body).status == may_create
        assert client.call("DELETE", f"{PATH}/{victim['id']}").status == may_delete
        assert client.call("GET", PATH).status == 403


_NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.none() | st.booleans() | _NUMBERS | st.text(max_size=20) | st.lists(st.integers(), max_size=2)
_BODIES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([*GOOD, "SOA", "PTR"]) | _VALUES,
        "name": st.sampled_from(["@", "www", "a.b", "*", "example.com."]) | _VALUES,
        "data": st.sampled_from(["192.0.2.1", "::1", "a.b.", "@", "x"]) | _VALUES,
        **dict.fromkeys(("priority", "port", "weight", "flags", "ttl"), st.integers(-1, 70000) | _VALUES),
        "tag": st.sampled_from(["issue", "iodef"]) | _VALUES,
    },
)


@settings(max_examples=30)
@given(bodies=st.lists(_BODIES, max_size=4), method=st.sampled_from(["PUT", "PATCH"]))
def test_whatever_is_sent_the_zone_has_a_line_for_each_record(
    simulate: Simulate, bodies: list[Any], method: str
) -> None:
    client = simulate()
    client.post("/v2/domains", {"name": "example.com"})
    for body in bodies:
        last = records(client)[-1]["id"]
        assert client.call("POST", PATH, body).status in (201, 422)
        assert client.call(method, f"{PATH}/{last}", body).status in (200, 422)
    assert len(zone(client).splitlines()) == 2 + len(records(client))

"""Reserved addresses: reserved, assigned, moved, let go; IPv4 under both of their names, and IPv6."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from doboto.sim import InstantClock, ManualClock

from .client import Client
from .conftest import START, Simulate

NAMES = {"reserved_ips": "reserved_ip", "floating_ips": "floating_ip"}


@pytest.fixture(params=NAMES)
def root(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def reserve(client: Client, root: str = "reserved_ips", region: str = "nyc3") -> str:
    ip: str = client.post(f"/v2/{root}", {"region": region}, status=202)[NAMES[root]]["ip"]
    return ip


def reserve_v6(client: Client, region: str = "nyc3") -> str:
    ip: str = client.post("/v2/reserved_ipv6", {"region_slug": region})["reserved_ipv6"]["ip"]
    return ip


def assign(client: Client, path: str, droplet: Any) -> Any:
    return client.post(f"{path}/actions", {"type": "assign", "droplet_id": droplet["id"]})["action"]


def refusal(client: Client, method: str, path: str, body: object = None) -> str:
    answer = client.call(method, path, body)
    assert (answer.status, answer.body["id"]) == (422, "unprocessable_entity"), answer
    return answer.message


def test_reserving_to_a_region_is_over_at_once(client: Client, root: str) -> None:
    body = client.post(f"/v2/{root}", {"region": "nyc3"}, status=202)
    assert body["links"] == {}
    address = body[NAMES[root]]
    assert (address["droplet"], address["locked"], address["region"]["slug"]) == (None, False, "nyc3")
    assert client.get(f"/v2/{root}/{address['ip']}") == {NAMES[root]: address}
    assert client.get(f"/v2/{root}")[root] == [address]
    (action,) = client.get(f"/v2/{root}/{address['ip']}/actions")["actions"]
    assert (action["type"], action["status"], action["resource_type"]) == ("reserve_ip", "completed", NAMES[root])
    assert action["started_at"] == action["completed_at"]


def test_both_names_are_of_the_same_addresses(client: Client) -> None:
    first, second = reserve(client, "floating_ips"), reserve(client, "reserved_ips")
    for root in NAMES:
        assert [address["ip"] for address in client.get(f"/v2/{root}")[root]] == [first, second]
    assert client.call("DELETE", f"/v2/floating_ips/{second}").status == 204
    assert client.call("GET", f"/v2/reserved_ips/{second}").status == 404


def test_creating_for_a_droplet_assigns_a_little_later(client: Client, clock: ManualClock, root: str) -> None:
    droplet = client.create_active()
    body = client.post(f"/v2/{root}", {"droplet_id": str(droplet["id"]), "region": "ams3"}, status=202)
    address, path = body[NAMES[root]], f"/v2/{root}/{body[NAMES[root]]['ip']}"
    assert (address["droplet"]["id"], address["locked"], address["region"]["slug"]) == (droplet["id"], True, "nyc3")
    assert client.get(path)[NAMES[root]]["droplet"] is None
    assert [link["id"] for link in body["links"]["droplets"]] == [droplet["id"]]
    (link,) = body["links"]["actions"]
    assert link["rel"] == "assign_ip"
    assert client.get(f"/v2/actions/{link['id']}")["action"]["status"] == "in-progress"
    clock.advance(11)
    assert client.get(f"/v2/actions/{link['id']}")["action"]["status"] == "completed"
    address = client.get(path)[NAMES[root]]
    assert (address["droplet"]["id"], address["locked"]) == (droplet["id"], False)
    assert client.get(f"{path}/actions/{link['id']}")["action"]["resource_type"] == NAMES[root]


def test_an_assigned_address_is_among_the_droplets_networks(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active(ipv6=True)
    ip, ip6 = reserve(client), reserve_v6(client)
    assign(client, f"/v2/reserved_ips/{ip}", droplet)
    clock.advance(11)
    assign(client, f"/v2/reserved_ipv6/{ip6}", droplet)
    clock.advance(11)
    networks = client.get(f"/v2/droplets/{droplet['id']}")["droplet"]["networks"]
    assert networks["v4"][:-1] == droplet["networks"]["v4"]
    assert (networks["v4"][-1]["ip_address"], networks["v4"][-1]["type"]) == (ip, "public")
    assert networks["v6"][:-1] == droplet["networks"]["v6"]
    assert networks["v6"][-1]["ip_address"] == ip6


def test_an_action_is_in_the_list_of_all_by_the_old_name_unless_asked(client: Client) -> None:
    ip = reserve(client)
    droplet = client.create_active()
    action = assign(client, f"/v2/reserved_ips/{ip}", droplet)
    assert action["resource_id"] == int(ipaddress.IPv4Address(ip))
    assert (action["type"], action["region_slug"]) == ("assign_ip", "nyc3")
    path = f"/v2/actions/{action['id']}"
    assert client.get(path)["action"]["resource_type"] == "floating_ip"
    asked = client.call("GET", path, accept="application/vnd.digitalocean.reserveip+json")
    assert asked.body["action"]["resource_type"] == "reserved_ip"
    assert client.get("/v2/actions")["actions"][0]["id"] == action["id"]


def test_an_address_moves_from_one_droplet_to_another(client: Client, clock: ManualClock, root: str) -> None:
    one, two = client.create_active("one"), client.create_active("two")
    path = f"/v2/{root}/{reserve(client, root)}"
    for droplet in (one, two):
        assign(client, path, droplet)
        clock.advance(11)
        assert client.get(path)[NAMES[root]]["droplet"]["id"] == droplet["id"]
    assert client.post(f"{path}/actions", {"type": "unassign"})["action"]["type"] == "unassign_ip"
    clock.advance(11)
    assert client.get(path)[NAMES[root]]["droplet"] is None
    listed = client.get(f"{path}/actions")
    assert [action["type"] for action in listed["actions"]] == ["unassign_ip", "assign_ip", "assign_ip", "reserve_ip"]
    assert listed["meta"]["total"] == 4


def test_an_address_has_one_event_at_a_time(client: Client, clock: ManualClock, root: str) -> None:
    path = f"/v2/{root}/{reserve(client, root)}"
    droplet = client.create_active()
    assign(client, path, droplet)
    text = f"The {NAMES[root].replace('_ip', ' IP')} already has a pending event."
    assert refusal(client, "POST", f"{path}/actions", {"type": "unassign"}) == text
    assert refusal(client, "POST", f"{path}/actions", {"type": "assign", "droplet_id": droplet["id"]}) == text
    assert refusal(client, "DELETE", path) == text
    clock.advance(11)
    assert client.call("DELETE", path).status == 204


def test_on_an_instant_clock_nobody_waits(simulate: Simulate) -> None:
    client = simulate(clock=InstantClock(start=START))
    droplet = client.create()
    body = client.post("/v2/reserved_ips", {"droplet_id": droplet["id"]}, status=202)
    assert body["reserved_ip"]["locked"] is True
    address = client.get(f"/v2/reserved_ips/{body['reserved_ip']['ip']}")["reserved_ip"]
    assert (address["droplet"]["id"], address["locked"]) == (droplet["id"], False)


def test_a_busy_droplet_gets_no_address(client: Client) -> None:
    droplet = client.create()
    path = f"/v2/reserved_ips/{reserve(client)}/actions"
    wanted = {"type": "assign", "droplet_id": droplet["id"]}
    assert refusal(client, "POST", path, wanted) == "Droplet already has a pending event."
    assert refusal(client, "POST", "/v2/reserved_ips", {"droplet_id": droplet["id"]}).startswith("Droplet already")
    assert client.get("/v2/reserved_ips")["meta"]["total"] == 1


def test_moving_an_address_is_an_event_of_the_droplet(client: Client, clock: ManualClock) -> None:
    droplet, path = client.create_active(), f"/v2/reserved_ips/{reserve(client)}"
    other, pending = f"/v2/reserved_ipv6/{reserve_v6(client)}/actions", "Droplet already has a pending event."
    assign(client, path, droplet)
    actions = f"/v2/droplets/{droplet['id']}/actions"
    for _ in range(2):
        assert refusal(client, "POST", actions, {"type": "reboot"}) == pending
        assert refusal(client, "POST", other, {"type": "assign", "droplet_id": droplet["id"]}) == pending
        clock.advance(11)
        client.act(droplet, "reboot")
        if client.get(path)["reserved_ip"]["droplet"]:
            client.post(f"{path}/actions", {"type": "unassign"})
    assert client.get(path)["reserved_ip"]["droplet"] is None


def test_an_address_stays_while_its_droplet_is_busy(client: Client, clock: ManualClock) -> None:
    droplet, path = client.create_active(), f"/v2/reserved_ips/{reserve(client)}"
    assign(client, path, droplet)
    clock.advance(11)
    client.post(f"/v2/droplets/{droplet['id']}/actions", {"type": "reboot"})
    message = refusal(client, "POST", f"{path}/actions", {"type": "unassign"})
    assert message == "Droplet already has a pending event."


def test_a_droplet_has_one_address_of_a_kind(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    first, second = reserve(client), reserve(client)
    assign(client, f"/v2/reserved_ips/{first}", droplet)
    clock.advance(11)
    for ip in (first, second):
        wanted = {"type": "assign", "droplet_id": droplet["id"]}
        assert "already has" in refusal(client, "POST", f"/v2/reserved_ips/{ip}/actions", wanted)
    assert "already has" in refusal(client, "POST", "/v2/reserved_ips", {"droplet_id": droplet["id"]})


def test_addresses_stay_in_their_region(client: Client) -> None:
    droplet = client.create_active(region="ams3")
    wanted = {"type": "assign", "droplet_id": droplet["id"]}
    for path in (f"/v2/reserved_ips/{reserve(client)}", f"/v2/reserved_ipv6/{reserve_v6(client)}"):
        assert "region" in refusal(client, "POST", f"{path}/actions", wanted)
    assert refusal(client, "POST", "/v2/reserved_ips", {"region": "sfo1"}) == "Region is not available"
    assert refusal(client, "POST", "/v2/reserved_ipv6", {"region_slug": "mars1"}) == "Region is not available"


def test_a_destroyed_droplet_lets_its_addresses_go_after_a_moment(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    ip, ip6 = reserve(client), reserve_v6(client)
    assign(client, f"/v2/reserved_ips/{ip}", droplet)
    clock.advance(11)
    assign(client, f"/v2/reserved_ipv6/{ip6}", droplet)
    clock.advance(11)
    associated = client.get(f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources")
    assert [item["id"] for item in associated["reserved_ips"]] == [ip]
    assert client.call("DELETE", f"/v2/droplets/{droplet['id']}").status == 204
    clock.advance(4)
    assert client.get(f"/v2/reserved_ips/{ip}")["reserved_ip"]["droplet"] is None
    message = refusal(client, "POST", f"/v2/reserved_ips/{ip}/actions", {"type": "unassign"})
    assert message == "The reserved IP is not assigned to a Droplet."
    assert client.call("DELETE", f"/v2/reserved_ipv6/{ip6}").status == 204


def test_an_address_saved_from_a_destroyed_droplet_stays_with_the_new_one(simulate: Simulate) -> None:
    client = simulate(detach_seconds=60.0)
    one, two = client.create_active("one"), client.create_active("two")
    path = f"/v2/reserved_ips/{reserve(client)}"
    assign(client, path, one)
    client.sim.clock.advance(11)  # type: ignore[attr-defined]
    client.call("DELETE", f"/v2/droplets/{one['id']}")
    assign(client, path, two)
    client.sim.clock.advance(100)  # type: ignore[attr-defined]
    assert client.get(path)["reserved_ip"]["droplet"]["id"] == two["id"]


def test_an_assignment_to_a_droplet_that_goes_away_ends_errored(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    path = f"/v2/reserved_ips/{reserve(client)}"
    action = assign(client, path, droplet)
    client.call("DELETE", f"/v2/droplets/{droplet['id']}")
    clock.advance(11)
    assert client.get(f"/v2/actions/{action['id']}")["action"]["status"] == "errored"
    address = client.get(path)["reserved_ip"]
    assert (address["droplet"], address["locked"]) == (None, False)


def test_destroying_with_associated_resources_takes_the_address_along(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    ip = client.post("/v2/reserved_ips", {"droplet_id": droplet["id"]}, status=202)["reserved_ip"]["ip"]
    clock.advance(11)
    path = f"/v2/droplets/{droplet['id']}/destroy_with_associated_resources"
    assert client.call("DELETE", f"{path}/selective", {"reserved_ips": [ip]}).status == 202
    clock.advance(60)
    assert client.get(f"{path}/status")["failures"] == 0
    assert client.call("GET", f"/v2/reserved_ips/{ip}").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"region": 3},
        {"droplet_id": "x"},
        {"droplet_id": True},
        {"droplet_id": []},
        {"region": "nyc3", "project_id": 7},
        {"region": None},
    ],
)
def test_malformed_orders_are_refused(client: Client, body: object) -> None:
    refusal(client, "POST", "/v2/reserved_ips", body)
    assert client.get("/v2/floating_ips")["floating_ips"] == []


@pytest.mark.parametrize(
    "body",
    [{}, {"type": "steal"}, {"type": 1}, {"type": "assign"}, {"type": "assign", "droplet_id": "x"}, {"type": None}],
)
def test_malformed_actions_are_refused(client: Client, body: object) -> None:
    refusal(client, "POST", f"/v2/reserved_ips/{reserve(client)}/actions", body)
    refusal(client, "POST", f"/v2/reserved_ipv6/{reserve_v6(client)}/actions", body)


def test_what_is_not_there_is_404(client: Client) -> None:
    ip, other = reserve(client), reserve(client)
    (action,) = client.get(f"/v2/reserved_ips/{ip}/actions")["actions"]
    for path in (
        "/v2/reserved_ips/203.0.114.1",
        "/v2/reserved_ips/everything",
        "/v2/floating_ips/1/actions",
        "/v2/reserved_ipv6/::1",
        f"/v2/reserved_ipv6/{ip}",
        f"/v2/reserved_ips/{ip}/actions/1",
        f"/v2/reserved_ips/{other}/actions/{action['id']}",
    ):
        assert client.call("GET", path).status == 404, path
    assert client.call("POST", "/v2/reserved_ips", {"droplet_id": 1}).status == 404


def test_the_limit_of_the_account_holds(simulate: Simulate) -> None:
    client = simulate(reserved_ip_limit=2)
    taken = {reserve(client), reserve(client), reserve_v6(client), reserve_v6(client)}
    assert len(taken) == 4
    assert "limit" in refusal(client, "POST", "/v2/reserved_ips", {"region": "nyc3"})
    assert "limit" in refusal(client, "POST", "/v2/reserved_ipv6", {"region_slug": "nyc3"})


def test_addresses_are_never_shared_and_lead_nowhere(simulate: Simulate) -> None:
    client = simulate(reserved_ip_limit=1000)
    account = client.sim.account()
    from doboto.sim.engine.errors import ApiError
    from doboto.sim.resources.reserved_ips.routes import state as reserved_ips

    given = {reserved_ips.reserve(account, 0.0, reserved_ips.V4, "nyc3")["ip"] for _ in range(762)}
    assert len(given) == 762
    networks = [ipaddress.ip_network(each) for each in ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")]
    assert all(any(ipaddress.ip_address(ip) in network for network in networks) for ip in given)
    with pytest.raises(ApiError, match="no more addresses"):
        reserved_ips.reserve(account, 0.0, reserved_ips.V4, "nyc3")


def test_an_address_is_in_the_project_asked_for(client: Client) -> None:
    default = client.get("/v2/projects/default")["project"]["id"]
    assert client.post("/v2/reserved_ips", {"region": "nyc3"}, status=202)["reserved_ip"]["project_id"] == default
    wanted = {"name": "shop", "purpose": "Web Application", "environment": "Production"}
    project = client.post("/v2/projects", wanted)["project"]["id"]
    order = {"region": "nyc3", "project_id": project}
    address = client.post("/v2/floating_ips", order, status=202)["floating_ip"]
    assert address["project_id"] == project
    (action,) = client.get(f"/v2/floating_ips/{address['ip']}/actions")["actions"]
    single = client.get(f"/v2/floating_ips/{address['ip']}/actions/{action['id']}")["action"]
    assert single == {**action, "project_id": project}
    assert client.call("POST", "/v2/reserved_ips", {**order, "project_id": "760e09ef"}).status == 404


def test_lists_have_pages(simulate: Simulate) -> None:
    client = simulate(reserved_ip_limit=30)
    ips = [reserve(client) for _ in range(5)]
    body = client.get("/v2/reserved_ips?per_page=2&page=3")
    assert [address["ip"] for address in body["reserved_ips"]] == ips[4:]
    assert body["meta"]["total"] == 5
    assert set(body["links"]["pages"]) == {"first", "prev"}


def test_ipv6_lives_the_same_life_but_is_not_deleted_while_assigned(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    ip = reserve_v6(client)
    path = f"/v2/reserved_ipv6/{ip}"
    address = client.get(path)["reserved_ipv6"]
    assert address == {"ip": ip, "region_slug": "nyc3", "reserved_at": "2026-03-10T10:31:00Z", "droplet": None}
    action = assign(client, f"/v2/reserved_ipv6/{ipaddress.IPv6Address(ip).exploded}", droplet)
    assert (action["type"], action["resource_type"], action["status"]) == ("assign_ip", "reserved_ipv6", "in-progress")
    assert refusal(client, "DELETE", path) == "The reserved IPv6 already has a pending event."
    clock.advance(11)
    (listed,) = client.get("/v2/reserved_ipv6")["reserved_ipv6s"]
    assert listed["droplet"]["id"] == droplet["id"]
    answer = client.call("DELETE", path)
    assert (answer.status, answer.message) == (400, "flipv6 released failed: assigned FLIP cannot be released")
    client.post(f"{path}/actions", {"type": "unassign"})
    clock.advance(11)
    assert client.call("DELETE", path).status == 204
    assert client.get("/v2/reserved_ipv6")["meta"]["total"] == 0


def test_tokens_see_and_do_what_their_scopes_allow(client: Client, clock: ManualClock) -> None:
    droplet = client.create_active()
    ip = client.post("/v2/reserved_ips", {"droplet_id": droplet["id"]}, status=202)["reserved_ip"]["ip"]
    clock.advance(11)
    client.sim.register("reader", ["reserved_ip:read"], account="token")
    client.token = "reader"
    shown = client.get(f"/v2/floating_ips/{ip}")["floating_ip"]
    assert set(shown) == {"ip", "region", "locked"}
    for method, path in (
        ("POST", "/v2/reserved_ips"),
        ("DELETE", f"/v2/reserved_ips/{ip}"),
        ("POST", f"/v2/floating_ips/{ip}/actions"),
    ):
        assert client.call(method, path, {}).status == 403

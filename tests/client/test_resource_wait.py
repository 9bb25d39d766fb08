"""`wait` of resources other than Droplets: every kind that becomes ready later, one or several, or gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from doboto import (
    DO,
    DOBOTOActionException,
    DOBOTONotFoundException,
    DOBOTOPollingException,
    DOBOTOVanishedException,
    Progress,
    catalog,
)
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import IMAGE, REGION, SIZE, Log, one, several

RULE = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
TEMPLATE = {"region": REGION, "size": SIZE, "image": IMAGE, "ssh_keys": []}
UNKNOWN = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def settings() -> Settings:
    return Settings(lets_encrypt_needs_domain=False)


def balancer(api: Any, name: str) -> Any:
    return api.load_balancer.create(name=name, region=REGION, forwarding_rules=[RULE], droplet_ids=[])


def certificate(api: Any, name: str) -> Any:
    return api.certificate.create(name, dns_names=[f"{name}.example.com"])


def gateway(api: Any, name: str) -> Any:
    vpc = api.vpc.create(name=f"net-{name}", region=REGION)
    return api.nat_gateway.create(name=name, type="PUBLIC", region=REGION, size=1, vpcs=[{"vpc_uuid": vpc["id"]}])


def pool(api: Any, name: str) -> Any:
    return api.autoscale.create(name=name, config={"target_number_instances": 2}, droplet_template=TEMPLATE)


def image(api: Any, name: str) -> Any:
    return api.image.create(name=name, url="https://example.com/image.qcow2", region=REGION, distribution="Debian")


def firewall(api: Any, name: str) -> Any:
    droplet = api.droplet.create(one(f"host-{name}"), wait=True)
    rule = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}
    return api.firewall.create(name=name, inbound_rules=[rule], droplet_ids=[droplet["id"]])


def volume(api: Any, name: str) -> Any:
    droplet = api.droplet.create(one(f"host-{name}"), wait=True)
    made = api.volume.create(name=name, region=REGION, size_gigabytes=10)
    api.volume.attach(made["id"], droplet_id=droplet["id"])
    return made


def peering(api: Any, name: str) -> Any:
    vpcs = [api.vpc.create(name=f"{name}-{side}", region=REGION)["id"] for side in "ab"]
    return api.vpc.peering_create(name, vpcs)


#: For each kind, what makes one that is not ready, and what shows that one is.
KINDS: dict[str, tuple[Callable[[Any, str], Any], Callable[[Any], bool]]] = {
    "load_balancer": (balancer, lambda one: one["status"] == "active"),
    "certificate": (certificate, lambda one: one["state"] == "verified"),
    "nat_gateway": (gateway, lambda one: one["state"] == "ACTIVE"),
    "autoscale": (pool, lambda one: one["active_resources_count"] == 2),
    "image": (image, lambda one: one["status"] == "available"),
    "firewall": (firewall, lambda one: one["status"] == "succeeded"),
    "volume": (volume, lambda one: len(one["droplet_ids"]) == 1),
    "vpc": (peering, lambda one: one["status"] == "ACTIVE"),
}


def wait_of(api: Any, kind: str) -> Any:
    waits: dict[str, Callable[[], Any]] = {
        "autoscale": lambda: api.autoscale.wait,
        "certificate": lambda: api.certificate.wait,
        "firewall": lambda: api.firewall.wait,
        "image": lambda: api.image.wait,
        "load_balancer": lambda: api.load_balancer.wait,
        "nat_gateway": lambda: api.nat_gateway.wait,
        "volume": lambda: api.volume.wait,
        "vpc": lambda: api.vpc.peering_wait,
    }
    return waits[kind]()


def destroy(api: Any, kind: str, id: Any) -> None:
    resource = getattr(api, kind)
    (resource.peering_destroy if kind == "vpc" else resource.destroy)(id)


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize("kind", KINDS)
def test_one_is_waited_for_until_it_is_ready(api: Any, kind: str) -> None:
    make, is_ready = KINDS[kind]
    made = make(api, "web")
    polls: list[Progress] = []
    found = wait_of(api, kind)(made["id"], progress=polls.append)
    assert found["id"] == made["id"]
    assert is_ready(found)
    assert (polls[-1].what, polls[-1].done, polls[-1].total, dict(polls[-1].pending)) == ("wait", 1, 1, {})
    if len(polls) > 1:
        assert list(polls[0].pending) == [made["id"]]
        assert all(polls[0].pending.values()), "a reason"


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize("kind", KINDS)
def test_several_come_back_in_the_order_given(api: Any, kind: str, log: Log) -> None:
    make, is_ready = KINDS[kind]
    ids = [make(api, name)["id"] for name in ("web-c", "web-a", "web-b")]
    log.take()
    polls: list[int] = []
    found = wait_of(api, kind)(ids, progress=lambda _: polls.append(len(log.take())))
    assert [resource["id"] for resource in found] == ids
    assert all(map(is_ready, found))
    assert max(polls) <= (1 if kind not in {"volume", "image"} else 4), "one request a poll, or one for each's actions"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_ready_already_comes_back_without_a_pause(api: Any, kind: str, sim: Simulator) -> None:
    id = KINDS[kind][0](api, "web")["id"]
    wait_of(api, kind)(id)
    start = sim.clock.now()
    assert wait_of(api, kind)([id])[0]["id"] == id
    assert wait_of(api, kind)([]) == []
    assert sim.clock.now() == start


@pytest.mark.parametrize("kind", KINDS)
def test_a_timeout_shows_what_is_missing_and_what_was_seen(api: Any, kind: str) -> None:
    id = KINDS[kind][0](api, "web")["id"]
    with pytest.raises(DOBOTOPollingException, match=f"1 pending .{id}: .+") as caught:
        wait_of(api, kind)(id, timeout=0)
    assert caught.value.ids == [id]
    assert caught.value.polling["id"] == id


@pytest.mark.parametrize("kind", KINDS)
def test_gone_waits_until_it_no_longer_exists(api: Any, kind: str, sim: Simulator) -> None:
    if kind == "volume":
        id = api.volume.create(name="data", region=REGION, size_gigabytes=10)["id"]
    else:
        id = KINDS[kind][0](api, "web")["id"]
        wait_of(api, kind)(id)
    seen: list[dict[Any, str]] = []

    def remove(progress: Progress) -> None:
        seen.append(dict(progress.pending))
        if len(seen) == 1:
            destroy(DO.simulated(sim), kind, id)

    assert wait_of(api, kind)(id, until="gone", progress=remove) is None
    assert seen[0] == {id: "still there"}
    assert wait_of(api, kind)([id, UNKNOWN if isinstance(id, str) else 1], until="gone", timeout=1) is None


@pytest.mark.parametrize("kind", KINDS)
def test_all_that_do_not_exist_are_named(api: Any, kind: str) -> None:
    ids = [404, 405] if kind == "image" else [UNKNOWN, UNKNOWN.replace("1", "6")]
    with pytest.raises(DOBOTONotFoundException) as caught:
        wait_of(api, kind)(ids)
    assert f"do not exist: {ids[0]}, {ids[1]}" in str(caught.value)
    with pytest.raises(DOBOTONotFoundException):
        wait_of(api, kind)(ids[0])


@pytest.mark.parametrize("wrong", [{"until": "off"}, {"id": ""}, {"id": ["a", "a"]}, {"poll": 0}, {"timeout": -1}])
@pytest.mark.parametrize("kind", KINDS)
def test_arguments_that_cannot_be_right_are_refused_before_a_request(
    api: Any, log: Log, kind: str, wrong: dict[str, Any]
) -> None:
    arguments = {"id": 1 if kind == "image" else "a", **wrong}
    with pytest.raises((ValueError, TypeError)):
        wait_of(api, kind)(arguments.pop("id"), **arguments)
    assert log.take() == []


def test_one_that_fails_raises_after_the_others_are_ready(api: Any, sim: Simulator) -> None:
    sim.faults.add("create_errored", method="POST", path="/v2/certificates", count=1)
    ids = [certificate(api, name)["id"] for name in ("bad", "good")]
    polls: list[Progress] = []
    with pytest.raises(DOBOTOActionException, match=f"certificate {ids[0]} failed: its state is error") as caught:
        api.certificate.wait(ids, progress=polls.append)
    assert caught.value.result["id"] == ids[0]
    assert (polls[-1].done, polls[-1].failed) == (1, 1)
    assert api.certificate.info(ids[1])["state"] == "verified"


def test_one_that_is_destroyed_by_another_program_raises(api: Any, sim: Simulator) -> None:
    ids = [balancer(api, name)["id"] for name in ("a", "b")]
    other = DO.simulated(sim)
    with pytest.raises(DOBOTOVanishedException, match=ids[0]):
        api.load_balancer.wait(ids, progress=lambda _: other.load_balancer.destroy(ids[0], missing_ok=True))


def test_a_token_that_may_not_list_reads_each(flavour: str, sim: Simulator, api: Any, log: Log) -> None:
    ids = [balancer(api, name)["id"] for name in ("a", "b")]
    sim.faults.add("status", status=403, method="GET", path="/v2/load_balancers", count=50)
    log.take()
    assert len(api.load_balancer.wait(ids)) == 2
    assert log.count("GET /load_balancers?") == 1


def test_a_resized_volume_and_a_moved_image_are_waited_for(api: Any) -> None:
    id = api.volume.create(name="data", region=REGION, size_gigabytes=10)["id"]
    resizing = api.volume.resize(id, 20)
    seen: list[str] = []
    api.action.wait(resizing["id"], progress=lambda one: seen.extend(one.pending.values()))
    assert "resize_volume is in-progress" in seen, "a volume's id is not in its actions"
    api.volume.resize(id, 30)
    polls: list[dict[Any, str]] = []
    assert api.volume.wait(id, progress=lambda one: polls.append(dict(one.pending)))["size_gigabytes"] == 30
    assert {id: "resize_volume is running"} in polls
    droplet = api.droplet.create(one(), wait=True)
    made = api.droplet.snapshot_create(droplet["id"], wait=True)["image_id"]
    api.image.transfer(made, "sfo3")
    assert "sfo3" in api.image.wait(made)["regions"]


@pytest.mark.parametrize("kind", ["reserved_ip", "floating_ip"])
def test_an_address_is_waited_for_until_no_action_runs_on_it(api: Any, kind: str) -> None:
    droplet = api.droplet.create(one(), wait=True)
    resource = getattr(api, kind)
    ip = resource.create(region=REGION)["ip"]
    resource.assign(ip, droplet["id"])
    assert api.reserved_ip.wait(ip)["droplet"]["id"] == droplet["id"]
    assert api.floating_ip.wait(ip)["droplet"]["id"] == droplet["id"]
    with pytest.raises(DOBOTONotFoundException):
        resource.wait("192.0.2.1")


#: Resources whose operations wait, and where that is resumed.
RESUMED_BY_ACTION = {"reserved_ipv6"}


@pytest.mark.parametrize("name", catalog.resources())
def test_every_resource_whose_operations_wait_has_a_wait_of_its_own(name: str) -> None:
    operations = catalog.resources()[name].operations
    waits = {one.name for one in operations.values() if {"wait", "progress"} <= {each.name for each in one.parameters}}
    if waits and name not in RESUMED_BY_ACTION:
        assert any(one.name in {"wait", "peering_wait"} for one in operations.values())


def test_many_cost_one_request_a_poll(flavour: str, api: Any, log: Log) -> None:
    ids = [balancer(api, f"lb-{number}")["id"] for number in range(5)]
    log.take()
    polls: list[list[str]] = []
    assert len(api.load_balancer.wait(ids, progress=lambda _: polls.append(log.take()))) == 5
    assert {line for lines in polls for line in lines} == {"GET /load_balancers?page=1"}
    assert {len(lines) for lines in polls} == {1}


def test_a_new_one_that_is_not_readable_yet_is_waited_for(flavour: str, runner: Any) -> None:
    from .conftest import client

    sim = Simulator(clock=ManualClock(), settings=Settings(lets_encrypt_needs_domain=False))
    api = client(flavour, runner, sim)
    made = certificate(api, "web")
    sim.faults.add("status", status=404, method="GET", path="/v2/certificates/*", count=2)
    assert api.certificate.wait(made["id"])["state"] == "verified"


def test_the_note_of_an_interruption_has_room_for_some_and_the_state_for_all(flavour: str, runner: Any) -> None:
    from doboto import call_states

    from .conftest import client

    sim = Simulator(clock=ManualClock(), settings=Settings(droplet_limit=1000, requests_per_minute=0))
    api = client(flavour, runner, sim)
    ids = [droplet["id"] for droplet in api.droplet.create(several(*(f"w{number}" for number in range(200))))]

    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        api.droplet.wait(ids, progress=interrupt)
    (note,) = caught.value.__notes__
    assert "150 more" in note
    assert len(note) < 5000
    assert list(call_states(caught.value)[0].pending) == ids

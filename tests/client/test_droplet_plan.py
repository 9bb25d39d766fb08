"""Plans for Droplets: what would be sent and cost, what is wrong with it, and ids for names. Nothing is created."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DO
from doboto.plans import Offers, find_named
from doboto.sim import Settings, Simulator

from .conftest import IMAGE, REGION, SIZE, Log, client, one, several
from .scoped_calls import KEY

pytestmark = pytest.mark.usefixtures("contract")


def messages(plan: Any) -> list[str]:
    return [problem["message"] for problem in plan["problems"]]


def test_a_plan_without_problems_is_what_create_sends(api: Any, log: Log, sim: Simulator) -> None:
    plan = api.droplet.plan(one(), tags=["web"], backups=True, backup_policy={"plan": "weekly"})
    assert (plan["problems"], plan["existing"]) == ([], [])
    assert plan["requests"] == [plan["attributes"]]
    assert plan["price"] == {"hourly": pytest.approx(0.00893 * 1.2, abs=1e-5), "monthly": 7.2, "backups": "weekly"}
    assert all(line.startswith("GET") for line in log.take())
    assert api.droplet.list() == []
    assert api.droplet.create(plan["attributes"], wait=True)["tags"] == ["web"]


def test_several_are_planned_ten_a_request(api: Any) -> None:
    plan = api.droplet.plan(several(*(f"web-{number}" for number in range(12))))
    assert [len(body["names"]) for body in plan["requests"]] == [10, 2]
    assert plan["price"]["monthly"] == 12 * 6


@pytest.mark.parametrize(("name", "ids"), [("None", []), ("web", [4]), ("WEB", [3, 4])])
def test_an_entry_without_a_name_has_none(name: str, ids: list[int]) -> None:
    entries = [{"id": 1}, {"id": 2, "name": None}, {"id": 3, "name": "Web"}, {"id": 4, "name": "web"}]
    assert [entry["id"] for entry in find_named(entries, name)] == ids


def test_present_plans_what_is_missing(api: Any) -> None:
    there = api.droplet.create(one("a"))
    plan = api.droplet.plan(several("a", "b"), present=True)
    assert [droplet["id"] for droplet in plan["existing"]] == [there["id"]]
    assert [body["names"] for body in plan["requests"]] == [["b"]]
    assert plan["price"]["monthly"] == 6
    plan = api.droplet.plan({"name": "a"}, present=True)
    assert (plan["requests"], plan["problems"], plan["price"]) == ([], [], None)


@pytest.mark.parametrize(
    ("given", "attribute", "suggestion", "message"),
    [
        ({"size": "s-1vcpu-1gbb"}, "size", SIZE, "there is no size 's-1vcpu-1gbb' (did you mean 's-1vcpu-1gb'?)"),
        ({"region": "nyc33"}, "region", "nyc3", "there is no region 'nyc33' (did you mean 'nyc3'?)"),
        ({"image": "ubuntu-24-04"}, "image", IMAGE, "there is no image 'ubuntu-24-04' (did you mean"),
        ({"region": "nyc9"}, "region", "nyc3", "there is no region"),
        ({"region": "ams1"}, "region", None, "the region 'ams1' takes no new Droplets now"),
        ({"tags": ["not a tag"]}, "tags", None, "a tag cannot be 'not a tag'"),
        ({"ssh_keys": ["labtop"]}, "ssh_keys", "laptop", "no SSH key is called 'labtop' (did you mean 'laptop'?)"),
        ({"project_id": "shopp"}, "project_id", "shop", "no project is called 'shopp'"),
    ],
)
def test_what_is_wrong_is_found(
    api: Any, given: dict[str, Any], attribute: str, suggestion: str | None, message: str
) -> None:
    api.ssh_key.create("laptop", KEY)
    api.project.create(name="shop", purpose="none")
    plan = api.droplet.plan(one(), **given)
    found = plan["problems"][0]
    assert (found["attribute"], found["suggestion"]) == (attribute, suggestion)
    assert found["message"].startswith(message)


def test_names_become_ids(api: Any) -> None:
    key = api.ssh_key.create("laptop", KEY)["id"]
    vpc = api.vpc.create(name="net", region=REGION)["id"]
    project = api.project.create(name="shop", purpose="none")["id"]
    volume = api.volume.create({"name": "data", "region": REGION, "size_gigabytes": 10})["id"]
    named = {"ssh_keys": ["Laptop", key], "vpc_uuid": "net", "volumes": ["data"], "project_id": "shop"}
    plan = api.droplet.plan(one(), **named)
    ids = {"ssh_keys": [key, key], "vpc_uuid": vpc, "volumes": [volume], "project_id": project}
    assert plan["problems"] == []
    assert {name: plan["attributes"][name] for name in ids} == ids
    droplet = api.droplet.create(plan["attributes"], wait=True)
    assert (droplet["vpc_uuid"], droplet["volume_ids"]) == (vpc, [volume])
    assert [one["urn"] for one in api.project.resource_list(project)] == [f"do:droplet:{droplet['id']}"]


def test_what_is_in_another_region_is_a_problem(api: Any) -> None:
    vpc = api.vpc.create(name="net", region="ams3")["id"]
    volume = api.volume.create({"name": "data", "region": "ams3", "size_gigabytes": 10})["id"]
    for named in ({"vpc_uuid": "net", "volumes": ["data"]}, {"vpc_uuid": vpc, "volumes": [volume]}):
        wrong = [f"the VPC {vpc} is in ams3, not in nyc3", f"the volume {volume} is in ams3, not in nyc3"]
        assert messages(api.droplet.plan(one(region="nyc3"), **named)) == wrong
    assert messages(api.droplet.plan(one(region="ams"), vpc_uuid=vpc)) == []


def test_an_own_image_is_found_by_name_and_must_fit(api: Any) -> None:
    large = api.droplet.create(one(size="s-4vcpu-8gb"), wait=True)
    image = api.droplet.snapshot_create(large["id"], snapshot_name="golden", wait=True)["image_id"]
    plan = api.droplet.plan(one("new"), image="golden", region="ams3", size="s-4vcpu-8gb")
    assert plan["attributes"]["image"] == image
    assert messages(plan) == [f"the image {image} is not in 'ams3', but in nyc3"]
    (small,) = messages(api.droplet.plan(one("new"), image=image))
    assert small == f"the image {image} needs a disk of 160 GB, and the size 's-1vcpu-1gb' has 25 GB"


def test_a_name_of_several_is_none(api: Any) -> None:
    ids = [api.ssh_key.create("laptop", KEY[:-12] + letter + KEY[-11:])["id"] for letter in "pq"]
    (message,) = messages(api.droplet.plan(one(), ssh_keys=["laptop"]))
    assert message == f"2 SSH keys are called 'laptop': give the id of one: {ids[0]}, {ids[1]}"


def test_the_accounts_limit_counts(flavour: str, runner: Any) -> None:
    sim = Simulator(settings=Settings(droplet_limit=3))
    DO.simulated(sim).droplet.create(several("a", "b"))
    (message,) = messages(client(flavour, runner, sim).droplet.plan(several("c", "d")))
    assert message == "the account may have 3 Droplets and has 2: 1 can be created, not 2"


def test_attributes_that_cannot_be_right_are_refused_before_any_request(api: Any, log: Log) -> None:
    with pytest.raises(ValueError, match="either name"):
        api.droplet.plan(size=SIZE, image=IMAGE)
    assert log.take() == []


def test_offers_serve_without_a_client() -> None:
    sizes = [{"slug": "s", "regions": ["nyc1", "nyc3"], "price_hourly": 0.01, "price_monthly": 7.0, "disk": 25}]
    offers = Offers(sizes)
    assert offers.find_problems({"size": "s", "region": "nyc"}) == []
    (found,) = offers.find_problems({"size": "s", "region": "ams3"})
    assert found["message"] == "the size 's' is not offered in 'ams3', but in nyc1, nyc3"
    price = offers.price({"size": "s", "backups": True, "backup_policy": {"plan": "hourly"}}, 2)
    assert price == {"hourly": 0.02, "monthly": 14.0, "backups": "not included"}

"""The module `call`: arguments, what counts as a change, and check mode."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.doboto.droplets.plugins.module_utils import catalog as names
from ansible_collections.doboto.droplets.plugins.module_utils.journal import TaskFailure

from doboto import catalog

from .conftest import NEW, World

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbK5mNPEnFLkDvGVCQ0CkXdXxTHTtBxWvbQ3DsQb9ex me"


def test_present_changes_once(world: World) -> None:
    first = world.call("ssh_key.present", name="me", public_key=KEY)
    second = world.call("ssh_key.present", name="me", public_key=KEY)
    assert (first["changed"], second["changed"]) == (True, False)
    assert (first["result"]["id"], second["created"]) == (second["result"]["id"], None)


def test_check_mode_of_present_looks_and_creates_nothing(world: World) -> None:
    would = world.call("ssh_key.present", check_mode=True, name="me", public_key=KEY)
    assert (would["changed"], would["request"]) == (True, "POST /v2/account/keys")
    assert world.client().ssh_key.list() == []
    world.call("ssh_key.present", name="me", public_key=KEY)
    assert not world.call("ssh_key.present", check_mode=True, name="me", public_key=KEY)["changed"]


def test_read_changes_nothing_in_any_mode(world: World) -> None:
    for check_mode in (False, True):
        result = world.call("size.list", check_mode=check_mode)
        assert not result["changed"]
        assert "s-1vcpu-1gb" in {size["slug"] for size in result["result"]}


def test_update_is_a_change_only_if_something_differs(world: World) -> None:
    id = world.call("project.create", name="shop", purpose="Web Application")["result"]["id"]
    same = world.call("project.update", id=id, name="shop")
    other = world.call("project.update", id=id, name="store")
    assert (same["changed"], other["changed"]) == (False, True)
    assert other["diff"] == {"before": {"name": "shop"}, "after": {"name": "store"}}


def test_destroy_of_what_is_missing_is_no_change(world: World) -> None:
    id = world.call("volume.create", name="data", region="nyc3", size_gigabytes="10")["result"]["id"]
    assert world.call("volume.destroy", check_mode=True, id=id, missing_ok=True)["changed"]
    gone = world.call("volume.destroy", id=id, missing_ok="yes")
    assert (gone["changed"], gone["irreversible"]) == (True, "The volume and all data on it are lost.")
    assert not world.call("volume.destroy", id=id, missing_ok=True)["changed"]
    assert not world.call("volume.destroy", check_mode=True, id=id, missing_ok=True)["changed"]
    with pytest.raises(TaskFailure) as caught:
        world.call("volume.destroy", id=id)
    assert (caught.value.result["changed"], caught.value.result["status"]) == (False, 404)


def test_text_of_templates_is_converted(world: World) -> None:
    droplet = world.droplet(name="web-1", state="off", **NEW)["ids"][0]
    result = world.call("droplet.resize", id=str(droplet), size="s-2vcpu-4gb", disk="no", wait="no")
    assert (result["result"]["type"], result["changed"]) == ("resize", True)
    with pytest.raises(TaskFailure, match="droplet.resize: disk must be bool, not 'maybe'"):
        world.call("droplet.resize", id=str(droplet), size="s-2vcpu-4gb", disk="maybe")


def test_numbers_without_quotes_are_sent_as_text(world: World) -> None:
    rules = [{"protocol": "tcp", "ports": 22, "sources": {"addresses": ["0.0.0.0/0"]}}]
    firewall = world.call("firewall.present", name="web", inbound_rules=rules)["result"]
    assert firewall["inbound_rules"][0]["ports"] == "22"
    assert not world.call("firewall.present", name="web", inbound_rules=rules)["changed"]
    assert not world.call("firewall.rule_add", id=firewall["id"], inbound_rules=rules)["changed"]
    project = world.call("project.create", name=2026, purpose="Web Application")["result"]
    assert project["name"] == "2026"
    assert not world.call("project.update", id=project["id"], name=2026)["changed"]


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("dropled.list", {}, "there is no resource 'dropled' .did you mean 'droplet'?"),
    ("droplet.lists", {}, "there is no operation 'droplet.lists' .did you mean 'droplet.list'?"),
    ("droplet.each", {}, "there is no operation 'droplet.each'"),
    ("droplet", {}, "there is no operation 'droplet'"),
    (
        "volume.create",
        {"size_gigabyte": 1},
        "volume.create has no argument 'size_gigabyte' .did you mean 'size_gigabytes'?",
    ),
    ("droplet.info", {}, "droplet.info needs id"),
    ("droplet.list", {"progress": 1}, "has no argument 'progress'"),
]


@pytest.mark.parametrize(("operation", "arguments", "message"), WRONG)
def test_wrong_argument_fails_before_any_request(
    world: World, operation: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(TaskFailure, match=message) as caught:
        world.call(operation, **arguments)
    assert (caught.value.result["changed"], world.requests) == (False, [])


def test_lost_response_counts_as_a_change_and_next_run_finds_it(world: World) -> None:
    rules = {"kind": "drop", "when": "after", "method": "POST", "path": "/v2/volumes", "count": 1}
    world.sim.faults.load([rules])
    arguments = {"name": "data", "region": "nyc3", "size_gigabytes": 10}
    assert world.call("volume.present", **arguments)["changed"]
    assert not world.call("volume.present", **arguments)["changed"]


#: A create that takes effect and whose response is lost, after which no list can be read.
LOST = [
    {"kind": "drop", "when": "after", "method": "POST", "count": 1},
    {"kind": "status", "method": "GET", "arguments": {"status": 400}},
]


def test_lost_create_never_advises_to_run_the_task_again(world: World) -> None:
    """`create` does not look by name: the task would create a second one."""
    world.sim.faults.load(LOST)
    with pytest.raises(TaskFailure) as caught:
        world.call("droplet.create", name="web-1", **NEW)
    result = caught.value.result
    assert (result["changed"], result["unknown"]) == (True, ["web-1"])
    assert "Look for them before running the task again" in result["msg"]


def test_lost_present_advises_to_run_the_task_again(world: World) -> None:
    world.sim.faults.load([LOST[0], {**LOST[1], "after": 2}])
    with pytest.raises(TaskFailure) as caught:
        world.call("droplet.present", name="web-1", **NEW)
    assert "Run the task again" in caught.value.result["msg"]
    world.sim.faults.clear()
    again = world.call("droplet.present", name="web-1", **NEW)
    assert (again["changed"], world.names()) == (False, ["web-1"])


POOL = {
    "name": "web",
    "config": {"target_number_instances": "2"},
    "droplet_template": {**NEW, "ssh_keys": ["3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"]},
}


def test_update_that_takes_only_attribs_can_be_called(world: World) -> None:
    world.client().ssh_key.create(name="me", public_key=KEY)
    key = world.client().ssh_key.list()[0]["fingerprint"]
    pool = {**POOL, "droplet_template": {**NEW, "ssh_keys": [key]}}
    id = world.call("autoscale.create", **pool)["result"]["id"]
    for changed in (True, False):
        result = world.call("autoscale.update", id=id, **{**pool, "config": {"target_number_instances": "3"}})
        assert (result["changed"], result["result"]["config"]["target_number_instances"]) == (changed, 3)


def test_members_of_a_resource_are_compared(world: World) -> None:
    world.call("tag.create", name="web")
    rules = [{"protocol": "tcp", "ports": "80", "sources": {"addresses": ["0.0.0.0/0"]}}]
    id = world.call("firewall.create", name="web", inbound_rules=rules)["result"]["id"]
    calls = [world.call("firewall.tag_add", id=id, tags=["web"]) for _ in range(2)]
    assert [one["changed"] for one in calls] == [True, False]
    assert calls[0]["diff"]["after"]["tags"] == ["web"]


def test_several_are_destroyed_at_once(world: World) -> None:
    ids = world.droplet(names=["a", "b"], **NEW)["ids"]
    assert world.call("droplet.destroy", id=[str(id) for id in ids], wait=True)["changed"]
    assert not world.call("droplet.destroy", id=ids, missing_ok=True)["changed"]
    assert world.names() == []


def test_secret_argument_is_used_and_not_returned(world: World) -> None:
    result = world.call("ssh_key.create", name="me", secret={"public_key": KEY})
    assert result["result"]["name"] == "me"
    would = world.call("ssh_key.create", check_mode=True, name="me", secret={"public_key": KEY})
    assert KEY not in str(would)


@pytest.mark.parametrize("one", [*catalog.operations()], ids=lambda one: f"{one.resource}.{one.name}")
def test_every_operation_can_be_named_and_its_arguments_are_known(one: Any) -> None:
    if one.name == "each":
        return
    title = names.title(one)
    assert names.operation(title) is one
    assert "progress" not in names.declared(one)
    assert names.reader(one) is None or names.reader(one).info.effect == "read"


@pytest.mark.parametrize("one", [one for one in catalog.operations() if one.info.changes], ids=names.title)
def test_check_mode_sends_no_change_whatever_the_operation(world: World, one: Any) -> None:
    """Arguments of every operation that changes are made up; only requests that read may arrive."""
    made_up = {
        "id": 1,
        "name": "x",
        "names": ["x"],
        "tag_name": "x",
        "image": "ubuntu-24-04-x64",
        "size": "s-1vcpu-1gb",
    }
    given = {
        name: made_up[name] for name in names.declared(one) if name in made_up and name not in ("names", "tag_name")
    }
    try:
        world.call(names.title(one), check_mode=True, **given)
    except TaskFailure as failure:
        assert not failure.result["changed"]  # noqa: PT017 - some need more arguments than these
    assert {method for method, _ in world.requests} <= {"GET"}

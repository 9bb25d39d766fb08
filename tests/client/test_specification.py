"""Real input: every request example of the official specification goes through client and simulator.

Every request the client makes is checked against the document's parameters and bodies, every reply against its
schemas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doboto.sim import Settings, Simulator

from .conftest import client
from .contract import Contract, resolve

DROPLETS, ACTIONS, BY_TAG = "/v2/droplets", "/v2/droplets/{droplet_id}/actions", "/v2/droplets/actions"
#: What the client calls for each action type of the specification, and which of its members it takes.
CALLS = {
    "enable_backups": ("backup_enable", {"backup_policy": "backup_policy"}),
    "disable_backups": ("backup_disable", {}),
    "change_backup_policy": ("backup_policy_update", {"backup_policy": "backup_policy"}),
    "reboot": ("reboot", {}),
    "power_cycle": ("power_cycle", {}),
    "shutdown": ("shutdown", {}),
    "power_off": ("power_off", {}),
    "power_on": ("power_on", {}),
    "restore": ("restore", {"image": "image"}),
    "password_reset": ("password_reset", {}),
    "resize": ("resize", {"size": "size", "disk": "disk"}),
    "rebuild": ("rebuild", {"image": "image"}),
    "rename": ("rename", {"name": "name"}),
    "change_kernel": ("kernel_update", {"kernel": "kernel_id"}),
    "enable_ipv6": ("ipv6_enable", {}),
    "snapshot": ("snapshot_create", {"name": "snapshot_name"}),
}


def create_examples(openapi: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The examples of a create's body, by name."""
    content = openapi["paths"][DROPLETS]["post"]["requestBody"]["content"]["application/json"]
    for name, example in content["examples"].items():
        yield name, resolve(openapi, example)["value"]


def action_examples(openapi: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """An example of each type of action: the document gives them member by member, or for a schema as a whole."""
    schema = openapi["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    for type, reference in schema["discriminator"]["mapping"].items():
        named = resolve(openapi, {"$ref": reference})
        parts = [resolve(openapi, part) for part in named.get("allOf", [named])]
        members = {name: member for part in parts for name, member in part.get("properties", {}).items()}
        shown = {name: member["example"] for name, member in members.items() if "example" in member}
        yield type, {**shown, **named.get("example", {}), "type": type}


@pytest.fixture
def settings() -> Settings:
    return Settings(droplet_limit=1000)


@pytest.fixture
def account(sim: Simulator, contract: Contract) -> Simulator:
    """An account that has what the examples name: SSH keys, a VPC, and so on."""
    account = sim.account("simulated")
    admin = client("blocking", None, sim)  # type: ignore[arg-type]
    for number, key in enumerate((289794, "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45")):
        fingerprint = key if isinstance(key, str) else f"3b:16:bf:e4:8b:00:8b:b8:59:8c:a9:d3:f0:19:45:f{number}"
        id = key if isinstance(key, int) else 512189
        record = {"id": id, "fingerprint": fingerprint, "public_key": f"ssh-rsa AAAA{number}", "name": f"key {number}"}
        account.put("ssh_key", id, record)
    assert admin.droplet.list() == []
    return sim


def test_every_create_example(flavour: str, runner: Any, account: Simulator, contract: Contract, openapi: Any) -> None:
    api = client(flavour, runner, account)
    examples = dict(create_examples(openapi))
    assert examples
    for name, example in examples.items():
        attribs = {key: value for key, value in example.items() if key != "vpc_uuid"}  # of somebody else's account
        made = api.droplet.create(attribs, wait=True)
        droplets = made if "names" in example else [made]
        assert [droplet["name"] for droplet in droplets] == (example.get("names") or [example["name"]]), name
        assert all(set(example.get("tags") or ()) <= set(droplet["tags"]) for droplet in droplets)
    assert contract.checked > 3 * len(examples)


def test_every_action_example(flavour: str, runner: Any, account: Simulator, contract: Contract, openapi: Any) -> None:
    api = client(flavour, runner, account)
    examples = dict(action_examples(openapi, ACTIONS))
    assert len(examples) >= 10
    for name, example in examples.items():
        method, members = CALLS[example["type"]]
        droplet, image = prepared(api, account, example["type"])
        given = {parameter: example[member] for member, parameter in members.items() if member in example}
        if image:  # the example's is somebody else's
            given["image"] = image
        if "kernel_id" in given:
            given["kernel_id"] = api.droplet.kernel_list(droplet["id"])[0]["id"]
        action = getattr(api.droplet, method)(droplet["id"], wait=True, **corrected(given))
        assert (action["type"], action["status"]) == (example["type"], "completed"), name
    assert contract.checked > 2 * len(examples)


def test_every_action_example_by_tag(flavour: str, runner: Any, account: Simulator, openapi: Any) -> None:
    api = client(flavour, runner, account)
    for name, example in action_examples(openapi, BY_TAG):
        droplet, _ = prepared(api, account, example["type"], tags=["examples"])
        method, members = CALLS[example["type"]]
        given = {parameter: example[member] for member, parameter in members.items() if member in example}
        actions = getattr(api.droplet, method)(tag_name="examples", wait=True, **given)
        assert [(found["type"], found["resource_id"]) for found in actions] == [(example["type"], droplet["id"])], name
        api.droplet.destroy(droplet["id"])


def prepared(api: Any, sim: Simulator, type: str, **more: Any) -> tuple[Any, int]:
    """A Droplet in the state that an action needs, and an image of its own."""
    attribs = {"name": "example.com", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", **more}
    droplet = api.droplet.create(
        {**attribs, "backups": type in {"disable_backups", "change_backup_policy", "restore"}}, wait=True
    )
    image = 0
    if type == "restore":
        sim.clock.advance(2 * 86400)  # type: ignore[attr-defined]
        image = api.droplet.backup_list(droplet["id"])[0]["id"]
    if type == "rebuild":
        api.droplet.snapshot_create(droplet["id"], wait=True)
        image = api.droplet.snapshot_list(droplet["id"])[0]["id"]
    if type in {"resize", "power_on"}:
        api.droplet.power_off(droplet["id"], wait=True)
    return droplet, image


def corrected(given: dict[str, Any]) -> dict[str, Any]:
    """The specification's example of a weekly policy says `day` where its schema says `weekday`."""
    policy = given.get("backup_policy")
    if policy and "day" in policy:
        return {
            **given,
            "backup_policy": {("weekday" if key == "day" else key): value for key, value in policy.items()},
        }
    return given

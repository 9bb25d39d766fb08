"""The collection as Ansible runs it: playbooks and inventories on the simulator, with two versions of ansible-core.

`make test-ansible` runs this: each version has an environment of its own under `.peers/`, where the collection is
installed as `ansible-galaxy` builds it. What a playbook asserts is in `ansible/tests/integration/targets`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doboto import DO, public_ipv4
from doboto.sim import ManualClock, RealClock, Server, Settings, Simulator
from doboto.sim.engine.lifecycle import DURATIONS

ROOT = Path(__file__).parents[2]
COLLECTION = ROOT / "ansible"
TARGETS = COLLECTION / "tests" / "integration" / "targets"
PAGE = ROOT / "docs" / "howto" / "ansible.md"
VERSIONS = ("2.18", "2.19")
#: How much faster the simulator's clock runs than that of Ansible, and seconds between polls at that speed.
SPEED, POLL, MANY_POLL = 50, 0.2, 0.7
#: Where responses are lost, clients compare the API's clock with their own, and allow for two seconds
#: (`doboto._core.recovery.SKEW`). A clock that runs 50 times as fast is that far ahead after 40 ms, so there events are
#: that much shorter instead.
IN_REAL_TIME = {"faults"}
SHORT = {name: seconds / SPEED for name, seconds in DURATIONS.items()}
NEW = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}


class Controller:
    """A machine that runs Ansible on a simulated account.

    Args:
        version: Of ansible-core.
        folder: Where playbooks and inventories go.
        server: Serves the simulator.
        token: The account's token.
    """

    def __init__(self, version: str, folder: Path, server: Server, token: str) -> None:
        self.folder = folder
        self._bin = ROOT / ".peers" / f"ansible-core-{version}" / "bin"
        self._environment = {
            "PATH": f"{self._bin}:{os.environ['PATH']}",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(self._bin.parent / "collections"),
            "ANSIBLE_ROLES_PATH": str(TARGETS),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "DIGITALOCEAN_TOKEN": token,
            "DOBOTO_URL": server.url,
        }

    def run(self, command: str, *arguments: str, ok: bool = True, **environment: str) -> str:
        """What a command of Ansible prints; it has to succeed, or to fail if it is not `ok`."""
        done = subprocess.run(
            [str(self._bin / command), *arguments],
            env={**self._environment, **environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert (done.returncode == 0) is ok, done.stdout[-6000:] + done.stderr[-3000:]
        return done.stdout + done.stderr

    def inventory(self, **options: Any) -> dict[str, Any]:
        """The inventory that the plugin makes with these options."""
        file = self.folder / "account.doboto.yml"
        file.write_text(json.dumps({"plugin": "doboto.droplets.inventory", **options}), encoding="utf-8")
        printed = self.run("ansible-inventory", "-i", str(file), "--list")
        found: dict[str, Any] = json.loads(printed, object_hook=_plain)
        return found


def _plain(value: dict[str, Any]) -> Any:
    """A text that Ansible marks, because it must not be taken for a template."""
    return value.get("__ansible_unsafe", value)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def simulator(request: pytest.FixtureRequest) -> Iterator[tuple[Simulator, Server]]:
    real = request.node.callspec.params.get("target") in IN_REAL_TIME
    settings = Settings(droplet_limit=100, requests_per_minute=0, durations=SHORT if real else {})
    sim = Simulator(RealClock(speed=1 if real else SPEED), settings)
    with sim.serve() as server:
        yield sim, server


@pytest.mark.parametrize("target", sorted(folder.name for folder in TARGETS.iterdir()))
def test_target(version: str, target: str, simulator: tuple[Simulator, Server], tmp_path: Path) -> None:
    sim, server = simulator
    controller = Controller(version, tmp_path, server, target)
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"origin": server.origin, "account": sim.account(target).name, "many_poll": MANY_POLL},
        "module_defaults": {f"doboto.droplets.{name}": {"poll": POLL} for name in ("droplet", "droplet_action")},
        "roles": [target],
    }
    playbook = tmp_path / "play.yml"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    printed = controller.run("ansible-playbook", str(playbook))
    assert "unreachable=0    failed=0" in printed


def test_playbook_of_the_page_uses_what_it_creates(
    version: str, simulator: tuple[Simulator, Server], tmp_path: Path
) -> None:
    _, server = simulator
    playbook, inventory = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[:2]
    (tmp_path / "play.yml").write_text(playbook, encoding="utf-8")
    (tmp_path / "account.doboto.yml").write_text(inventory, encoding="utf-8")
    controller = Controller(version, tmp_path, server, "page")
    printed = controller.run("ansible-playbook", "-i", "account.doboto.yml", "play.yml")
    droplets = DO("page", server.url).droplet.list()
    assert {droplet["name"] for droplet in droplets} == {"web-1", "web-2", "web-3"}
    for droplet in droplets:
        assert f"{droplet['name']} is at {public_ipv4(droplet)}" in printed
    again = controller.run("ansible-playbook", "-i", "account.doboto.yml", "play.yml")
    assert "changed=0" in again
    assert "changed=1" not in again


# -- inventories


@pytest.fixture
def account() -> Iterator[tuple[Simulator, Server, DO]]:
    """A simulator whose time only a client in this process moves on, and a client of the account `inventory`."""
    sim = Simulator(ManualClock(), Settings(droplet_limit=20_000, requests_per_minute=0))
    with sim.serve() as server:
        yield sim, server, DO.simulated(sim, token="inventory")


@pytest.mark.parametrize("version", VERSIONS[-1:])
def test_ten_thousand_hosts_cost_fifty_requests(
    version: str, account: tuple[Simulator, Server, DO], tmp_path: Path
) -> None:
    sim, server, do = account
    for region in ("nyc3", "sfo3", "fra1", "ams3"):  # a VPC has addresses for 4,000
        names = [f"{region}-{number}" for number in range(2_500)]
        do.droplet.create(names=names, timeout=3000, **{**NEW, "region": region})
    before = sim.log.total
    controller = Controller(version, tmp_path, server, "inventory")
    # The count alone: as JSON, 10,000 hosts take Ansible longer to print than to make.
    (tmp_path / "account.doboto.yml").write_text("plugin: doboto.droplets.inventory\n", encoding="utf-8")
    printed = controller.run("ansible", "all", "-i", "account.doboto.yml", "--list-hosts")
    assert "hosts (10000)" in printed
    assert sim.log.total - before == 50


def test_hosts_have_groups_addresses_and_names_of_their_own(
    version: str, account: tuple[Simulator, Server, DO], tmp_path: Path
) -> None:
    _, server, do = account
    vpc = do.vpc.create(name="inside", region="nyc3")
    project = do.project.create(name="the shop", purpose="Web Application")
    web = do.droplet.create(names=["web", "web", "db"], tags=["blue"], vpc_uuid=vpc["id"], wait=True, **NEW)
    gpu = do.droplet.create(name="gpu", wait=True, **{**NEW, "size": "gpu-h100x1-80gb", "region": "nyc2"})
    do.project.resource_assign(project["id"], [f"do:droplet:{web[2]['id']}"])

    controller = Controller(version, tmp_path, server, "inventory")
    found = controller.inventory(
        type="all",
        address=["private_ipv4"],
        group_by=["tag", "region", "size", "status", "vpc", "project"],
        keyed_groups=[{"key": "do_image.distribution | lower", "prefix": "os"}],
        compose={"ansible_user": "'root'"},
        groups={"small": "do_memory < 2048"},
    )
    twin = f"web-{web[1]['id']}"
    hosts = found["_meta"]["hostvars"]
    assert set(hosts) == {"web", twin, "db", "gpu"}
    assert {hosts[name]["do_id"] for name in hosts} == {*(droplet["id"] for droplet in web), gpu["id"]}
    assert hosts["db"]["ansible_host"].startswith("10.")
    assert (hosts["db"]["ansible_user"], hosts["db"]["do_account"]) == ("root", "")
    groups = {name: set(group.get("hosts", ())) for name, group in found.items() if name not in ("_meta", "all")}
    assert groups["tag_blue"] == groups["vpc_inside"] == {"web", twin, "db"}
    assert groups["project_the_shop"] == {"db"}
    assert groups["region_nyc2"] == groups["size_gpu_h100x1_80gb"] == {"gpu"}
    assert groups["status_active"] == groups["os_ubuntu"] == {"web", twin, "db", "gpu"}
    assert groups["small"] == {"web", twin, "db"}


def test_several_accounts_are_groups(version: str, account: tuple[Simulator, Server, DO], tmp_path: Path) -> None:
    sim, server, do = account
    do.droplet.create(name="web", wait=True, **NEW)
    DO.simulated(sim, token="other").droplet.create(name="web", wait=True, **NEW)
    controller = Controller(version, tmp_path, server, "inventory")
    accounts = [
        {"name": "staging", "token": "{{ lookup('ansible.builtin.env', 'DIGITALOCEAN_TOKEN') }}"},
        {"name": "production", "token": "other"},
    ]
    found = controller.inventory(accounts=accounts)
    assert (len(found["staging"]["hosts"]), len(found["production"]["hosts"])) == (1, 1)
    assert len(found["_meta"]["hostvars"]) == 2


def test_cache_saves_requests(version: str, account: tuple[Simulator, Server, DO], tmp_path: Path) -> None:
    sim, server, do = account
    do.droplet.create(name="web", wait=True, **NEW)
    controller = Controller(version, tmp_path, server, "inventory")
    options = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    first = controller.inventory(**options)
    before = sim.log.total
    second = controller.inventory(**options)
    assert (second, sim.log.total) == (first, before)


HARMFUL = "{{ lookup('ansible.builtin.pipe', 'touch harmed') }}"


def test_what_the_api_sends_is_never_a_template(
    version: str, account: tuple[Simulator, Server, DO], tmp_path: Path
) -> None:
    _, server, do = account
    id = do.droplet.create(name="web", wait=True, **NEW)["id"]
    do.droplet.snapshot_create(id, snapshot_name=HARMFUL, wait=True)
    image = do.droplet.snapshot_list(id)[0]["id"]
    do.droplet.create(name="copy", wait=True, **{**NEW, "image": image})
    controller = Controller(version, tmp_path, server, "inventory")
    controller.inventory()
    printed = controller.run("ansible", "copy", "-i", "account.doboto.yml", "-m", "debug", "-a", "var=do_image.name")
    assert "touch harmed" in printed
    assert not list(tmp_path.glob("**/harmed"))


def test_unreadable_page_fails_instead_of_a_partial_inventory(
    version: str, account: tuple[Simulator, Server, DO], tmp_path: Path
) -> None:
    sim, server, do = account
    do.droplet.create(names=[f"web-{number}" for number in range(250)], timeout=3000, **NEW)
    sim.faults.load(
        [{"kind": "status", "method": "GET", "path": "/v2/droplets", "after": 1, "arguments": {"status": 403}}]
    )
    controller = Controller(version, tmp_path, server, "inventory")
    file = tmp_path / "account.doboto.yml"
    file.write_text("plugin: doboto.droplets.inventory\n", encoding="utf-8")
    printed = controller.run(
        "ansible-inventory", "-i", str(file), "--list", ok=False, ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true"
    )
    assert "the Droplets could not be read" in " ".join(printed.split())
    assert "403" in printed

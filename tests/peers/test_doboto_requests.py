"""Every operation of DOBOTO 0.6.1 sends with this library what it sent: the same calls of both, request by request."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from doboto.sim.snapshot import dump, load

from ..client.conftest import IMAGE, REGION, one, several
from ..client.scoped_calls import BALANCER, HTTP, KEY, MORE, OTHER_KEY, an_account

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).parent / "programs" / "doboto_requests.py"
PYTHONS = {"ancestor": str(ROOT / ".peers" / "doboto" / "bin" / "python"), "ours": sys.executable}
Call = tuple[str, str, list[Any], dict[str, Any]]


def call(label: str, *args: Any, **kwargs: Any) -> Call:
    resource, name = label.split(".")
    return resource, name, list(args), kwargs


def calls(w: SimpleNamespace) -> Iterator[Call]:
    """The calls, on an account that has one of everything: each operation, and what its arguments can be."""
    yield call("account.info")
    yield from (call(f"{name}.list") for name in LISTED)
    yield from _droplets(w)
    yield from _actions(w)
    yield from _storage(w)
    yield from _network(w)
    yield from _the_rest(w)
    yield from _from_ansible(w)


LISTED = (
    "action", "certificate", "domain", "droplet", "floating_ip", "image", "load_balancer", "region", "size", "snapshot",
    "ssh_key", "tag", "volume",
)  # fmt: skip


def _droplets(w: SimpleNamespace) -> Iterator[Call]:
    yield call("droplet.list", "web")
    yield call("droplet.list", tag_name="web")
    yield call("droplet.info", w.droplet)
    yield call("droplet.info", str(w.droplet))
    yield call("droplet.info", 1)
    full = {"ssh_keys": [w.key], "backups": True, "ipv6": True, "private_networking": True, "monitoring": True}
    more = {"tags": ["web"], "user_data": "#!/bin/sh", "volumes": [w.volume]}
    yield call("droplet.create", one("new"))
    yield call("droplet.create", {**one("new"), **full, **more})
    yield call("droplet.create", several("new-1", "new-2"))
    yield call("droplet.create", attribs=one("new"), wait=False, poll=5, timeout=300)
    yield call("droplet.create", {**one("new"), "tags": None})
    yield call("droplet.create", {**one("new"), "size": "none"})
    yield call("droplet.present", one("web"))
    yield call("droplet.present", one("new"))
    yield call("droplet.present", several("web", "new"))
    yield call("droplet.destroy", w.droplet)
    yield call("droplet.destroy", tag_name="web")
    for name in ("kernel_list", "snapshot_list", "backup_list", "action_list", "neighbor_list"):
        yield call(f"droplet.{name}", w.droplet)
    yield call("droplet.droplet_neighbor_list")
    yield call("droplet.action_info", w.droplet, w.action)


def _actions(w: SimpleNamespace) -> Iterator[Call]:
    both = ("backup_enable", "backup_disable", "power_cycle", "shutdown", "power_off", "power_on", "ipv6_enable")
    for name in (*both, "private_networking_enable"):
        yield call(f"droplet.{name}", w.droplet)
        yield call(f"droplet.{name}", tag_name="web")
    yield call("droplet.reboot", w.droplet)
    yield call("droplet.password_reset", w.droplet)
    yield call("droplet.restore", w.droplet, w.image)
    yield call("droplet.restore", w.droplet, str(w.image))
    yield call("droplet.rebuild", w.droplet, IMAGE)
    yield call("droplet.rebuild", w.droplet, str(w.image))
    yield call("droplet.resize", w.droplet, "s-2vcpu-2gb")
    yield call("droplet.resize", w.droplet, "s-2vcpu-2gb", True)
    yield call("droplet.resize", w.droplet, "s-2vcpu-2gb", disk=False)
    yield call("droplet.rename", w.droplet, "new")
    yield call("droplet.kernel_update", w.droplet, 7515)
    yield call("droplet.snapshot_create", w.droplet, snapshot_name="after")
    yield call("droplet.snapshot_create", w.droplet)
    yield call("droplet.snapshot_create", tag_name="web", snapshot_name="after")


def _storage(w: SimpleNamespace) -> Iterator[Call]:
    volume = {"name": "new", "region": REGION, "size_gigabytes": 10}
    yield call("volume.list", REGION)
    yield call("volume.info", w.volume)
    yield call("volume.info", name="free", region=REGION)
    yield call("volume.create", {**volume, "description": "d"})
    yield call("volume.create", {"name": "new", "snapshot_id": w.volume_snapshot, "size_gigabytes": 10})
    yield call("volume.present", {**volume, "name": "free"})
    yield call("volume.present", volume)
    yield call("volume.destroy", w.volume)
    yield call("volume.destroy", name="free", region=REGION)
    yield call("volume.attach", w.volume, droplet_id=w.droplet)
    yield call("volume.attach", name="free", region=REGION, droplet_id=w.droplet)
    yield call("volume.attach", name="free", droplet_id=w.droplet)
    yield call("volume.detach", w.attached, droplet_id=w.droplet)
    yield call("volume.detach", name="attached", region=REGION, droplet_id=w.droplet)
    yield call("volume.resize", w.volume, 20)
    yield call("volume.resize", w.volume, 20, REGION)
    yield call("volume.snapshot_list", w.volume)
    yield call("volume.snapshot_create", w.attached, "after")
    yield call("volume.action_list", w.attached)
    yield call("volume.action_info", w.attached, w.volume_action)
    yield call("snapshot.list", "droplet")
    yield call("snapshot.list", resource_type="volume")
    yield call("snapshot.info", w.volume_snapshot)
    yield call("snapshot.info", str(w.image))
    yield call("snapshot.destroy", w.volume_snapshot)
    yield call("image.list", "distribution")
    yield call("image.list", type="application")
    yield call("image.list", private="true")
    yield call("image.info", w.image)
    yield call("image.info", IMAGE)
    yield call("image.update", w.image, "new")
    yield call("image.destroy", w.image)
    yield call("image.convert", w.backup)
    yield call("image.transfer", w.image, "fra1")
    yield call("image.action_list", w.image)
    yield call("image.action_info", w.image, w.image_action)


def _network(w: SimpleNamespace) -> Iterator[Call]:
    yield call("floating_ip.info", w.ip)
    yield call("floating_ip.create", w.spare)
    yield call("floating_ip.create", region=REGION)
    yield call("floating_ip.create", w.spare, REGION)
    yield call("floating_ip.destroy", w.ip)
    yield call("floating_ip.assign", w.ip, w.spare)
    yield call("floating_ip.unassign", w.assigned)
    yield call("floating_ip.action_list", w.assigned)
    yield call("floating_ip.action_info", w.assigned, w.ip_action)
    yield call("domain.info", "example.com")
    yield call("domain.create", "example.org", "192.0.2.1")
    yield call("domain.present", "example.com", "192.0.2.1")
    yield call("domain.present", "example.org", "192.0.2.1")
    yield call("domain.destroy", "example.com")
    yield call("domain.record_list", "example.com")
    yield call("domain.record_info", "example.com", w.record)
    yield call("domain.record_create", "example.com", {"type": "A", "name": "new", "data": "192.0.2.1"})
    yield call("domain.record_update", "example.com", w.record, {"name": "new"})
    yield call("domain.record_update", "example.com", w.record, {"type": "A", "name": "new"})
    yield call("domain.record_destroy", "example.com", w.record)
    yield call("load_balancer.info", w.balancer)
    yield call("load_balancer.create", BALANCER | {"name": "new", "droplet_ids": [w.droplet]})
    yield call("load_balancer.present", BALANCER)
    yield call("load_balancer.present", BALANCER | {"name": "new"})
    yield call("load_balancer.update", w.balancer, BALANCER | {"name": "new"})
    yield call("load_balancer.droplet_add", w.balancer, [w.spare])
    yield call("load_balancer.droplet_remove", w.balancer, [w.spare])
    yield call("load_balancer.forwarding_rule_add", w.balancer, [HTTP | {"entry_port": 82}])
    yield call("load_balancer.forwarding_rule_remove", w.balancer, [MORE])
    yield call("load_balancer.destroy", w.balancer)


def _the_rest(w: SimpleNamespace) -> Iterator[Call]:
    tagged = [{"resource_id": str(w.droplet), "resource_type": "droplet"}]
    yield call("action.info", w.action)
    yield call("certificate.info", w.certificate)
    yield call("certificate.create", "new", *w.parts, w.parts[1])
    yield call("certificate.present", "web", *w.parts, w.parts[1])
    yield call("certificate.present", "new", *w.parts, w.parts[1])
    yield call("certificate.destroy", w.certificate)
    yield call("ssh_key.info", w.key)
    yield call("ssh_key.create", "new", OTHER_KEY)
    yield call("ssh_key.present", "laptop", KEY)
    yield call("ssh_key.present", "new", OTHER_KEY)
    yield call("ssh_key.update", w.key, "new")
    yield call("ssh_key.destroy", w.key)
    yield call("tag.name_list")
    yield call("tag.info", "web")
    yield call("tag.create", "new")
    yield call("tag.present", "web")
    yield call("tag.present", "new")
    yield call("tag.attach", "web", tagged)
    yield call("tag.detach", "web", tagged)
    yield call("tag.destroy", "web")


def _from_ansible(w: SimpleNamespace) -> Iterator[Call]:
    """As DOBOTO's own Ansible modules call: ids and numbers as text, None for what is not given."""
    id, waiting = str(w.droplet), {"wait": False, "poll": 5, "timeout": 300}
    nothing = dict.fromkeys(("ssh_keys", "volume", "tags", "private_networking", "monitoring"))
    unset = {"backups": False, "ipv6": False, "user_data": False}
    yield call("droplet.create", {**one("new"), **nothing, **unset}, False, 5, 300)
    yield call("droplet.present", {**one("new"), **nothing, **unset}, **waiting)
    yield call("droplet.create", {**one("new"), "ssh_keys": [str(w.key)], "volume": [w.volume]}, False, 5, 300)
    yield call("droplet.destroy", id=id, tag_name=None)
    yield call("droplet.destroy", id=None, tag_name="web")
    for name in ("power_off", "reboot", "backup_enable", "password_reset"):
        yield call(f"droplet.{name}", id=id, **waiting)
    yield call("droplet.shutdown", tag_name="web", **waiting)
    yield call("droplet.resize", id, "s-2vcpu-2gb", None, **waiting)
    yield call("droplet.restore", id, str(w.image), **waiting)
    yield call("droplet.kernel_update", id, "7515", **waiting)
    yield call("droplet.snapshot_create", id=id, tag_name=None, snapshot_name="after", **waiting)
    yield call("droplet.action_info", id, str(w.action))
    yield call("droplet.list", tag_name=None)
    yield call("image.list", type=None, private=None)
    yield call("image.transfer", str(w.image), "fra1", **waiting)
    yield call("image.update", str(w.image), "new")
    yield call("volume.attach", id=w.volume, name=None, droplet_id=id, region=None)
    yield call("volume.detach", id=None, name="attached", droplet_id=id, region=REGION)
    yield call("volume.resize", w.volume, "20", region=None)
    yield call("floating_ip.create", droplet_id=str(w.spare), region=None)
    yield call("floating_ip.assign", w.ip, str(w.spare), **waiting)
    yield call("snapshot.list", resource_type=None)
    yield call("ssh_key.info", str(w.key))
    yield call("load_balancer.droplet_add", w.balancer, [str(w.spare)])
    yield call("tag.attach", "web", [{"resource_id": w.droplet, "resource_type": "droplet"}])
    yield call("domain.record_info", "example.com", str(w.record))


#: Operations that this library does not have, and what the guide says of them.
GONE: Mapping[str, str] = {
    "droplet.action": "`droplet.action(...)`",
    "droplet.ready": "`droplet.ready(...)`",
    "tag.update": "`tag.update(...)`",
}
#: Operations of which some call asks for something else, and where the guide says so.
REQUESTS: Mapping[str, str] = {
    "certificate.create": "`certificate.create` left out the type",
    "certificate.present": "`present` read the whole list",
    "domain.record_update": "`domain.record_update` sent PUT",
    "droplet.create": "an attribute that was None was sent as `null`",
    "droplet.droplet_neighbor_list": "`droplet_neighbor_list` asked",
    "droplet.present": "`present` read the whole list",
    "droplet.private_networking_enable": "`private_networking_enable(tag_name=...)`",
    "droplet.resize": "`resize` sent `disk` as text",
    "droplet.snapshot_create": "`snapshot_create(...)` without a name",
    "ssh_key.present": "`present` read the whole list",
    "volume.present": "`present` read the whole list",
}
#: Operations of which some call gives something else.
RESULTS: Mapping[str, str] = {
    "droplet.create": "the attribute `volume`",
    "droplet.present": "`user_data=False`",
    "droplet.droplet_neighbor_list": "`droplet_neighbor_list` asked",
    "droplet.private_networking_enable": "`private_networking_enable(tag_name=...)`",
    "droplet.resize": "`resize` sent `disk` as text",
    "droplet.snapshot_create": "`snapshot_create(...)` without a name",
    "tag.attach": "numbers where the API has text were sent as numbers",
}


class Client:
    """One of the two, in a process of its own."""

    def __init__(self, python: str, url: str) -> None:
        self._process = subprocess.Popen(
            [python, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": "", "DO_TOKEN": "simulated", "DO_URL": url},
        )

    def tell(self, made: Call) -> Any:
        """What a call gives."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(made) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=300)
        assert self._process.returncode == 0


def sent(incoming: Any) -> tuple[Any, ...]:
    """A request as it is compared.

    Pages and their sizes are left out: both choose them as they like. Numbers count as their text: the ancestor sent
    either as it was given, and this library sends what is documented.
    """
    query = {name: value for name, value in incoming.query.items() if name not in ("page", "per_page")}
    body = re.sub(r'(?<=[:\[,{ ])"(\d+)"', r"\1", json.dumps(incoming.body()))
    return incoming.method, incoming.path, query, json.loads(body)


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    """What both gave, and asked for, by call."""
    sim, w = an_account()
    state, asked, found = dump(sim), list[Any](), dict[str, dict[str, Any]]()
    sim.on_seen.append(lambda incoming, _: asked.append(sent(incoming)))
    with sim.serve() as server:
        clients = {name: Client(python, server.url) for name, python in PYTHONS.items()}
        for each in calls(w):
            label = f"{each[0]}.{each[1]} {json.dumps([each[2], each[3]])}"
            for name, client in clients.items():
                load(sim, state)
                asked.clear()
                found.setdefault(label, {})[name] = client.tell(each), [*asked]
        for client in clients.values():
            client.close()
    return found


def operation_of(label: str) -> str:
    return label.partition(" ")[0]


def test_every_operation_of_the_ancestor_is_called(made: Any) -> None:
    asks = (
        "import inspect, json; from doboto.DO import DO; from doboto.Endpoint import Endpoint; do = DO('t', 'http://x')\n"
        "print(json.dumps([f'{name}.{one}' for name, resource in vars(do).items() if isinstance(resource, Endpoint)"
        " for one, _ in inspect.getmembers(resource, inspect.ismethod)"
        " if not one.startswith('_') and not hasattr(Endpoint, one)]))"
    )
    done = subprocess.run([PYTHONS["ancestor"], "-c", asks], capture_output=True, text=True, check=True, timeout=300)
    operations = {*json.loads(done.stdout)} - {*GONE}
    assert operations - {operation_of(label) for label in made} == set()
    assert len(operations) > 100


def test_every_call_asks_the_same_or_differs_as_documented(made: Any) -> None:
    differing = {operation_of(label) for label, by in made.items() if by["ancestor"][1] != by["ours"][1]}
    assert differing == REQUESTS.keys()


def test_every_call_gives_the_same_or_differs_as_documented(made: Any) -> None:
    differing = {operation_of(label) for label, by in made.items() if not is_like(by["ancestor"][0], by["ours"][0])}
    assert differing == RESULTS.keys()


def is_like(theirs: Any, ours: Any) -> bool:
    """Whether a result is the same, or an error is one that a program for theirs catches."""
    return ours == theirs if "result" in theirs else theirs["error"][0] in ours.get("error", ())


@pytest.mark.parametrize("text", sorted({*REQUESTS.values(), *RESULTS.values(), *GONE.values()}))
def test_differences_are_documented(text: str) -> None:
    assert text in (ROOT / "docs" / "howto" / "from-doboto.md").read_text(encoding="utf-8")

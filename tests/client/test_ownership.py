"""Two callers of one process: what one of them made is never given to the other, whatever kind of thing it is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from doboto import DO, AsyncDO, DOBOTOConnectionException, DOBOTOOutcomeUnknownException, Limiter, Timeouts, WireRequest
from doboto.sim import ManualClock, Settings, Simulator
from doboto.simulated import SimulatedClock, SimulatedTransport

from .conftest import one
from .patience import AMPLE

Call = Callable[[Any], Any]


class Shared:
    """What the two callers' transports share: A has lost its response, B's took effect and is on its way."""

    def __init__(self, sim: Simulator, flavour: str) -> None:
        self.sim = sim
        self.blocking = flavour == "blocking"
        self.b_arrived: Any = threading.Event() if self.blocking else asyncio.Event()
        self.a_looked: Any = threading.Event() if self.blocking else asyncio.Event()

    async def wait(self, event: Any) -> None:
        if self.blocking:
            assert event.wait(AMPLE)
        else:
            await asyncio.wait_for(event.wait(), AMPLE)


class Loses:
    """A's transport: its change never arrives, which A can't know; then it looks, and B's response comes meanwhile."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._transport = SimulatedTransport(shared.sim)
        self._looks = 0

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Any:
        if request.method != "GET":
            await self._shared.wait(self._shared.b_arrived)
            raise DOBOTOConnectionException("the connection was dropped")
        self._looks += 1
        if self._looks > 3:
            self._shared.a_looked.set()
        return await self._transport.send(request, timeouts)

    async def can_connect(self, host: str, port: int, timeout: float) -> bool:
        return False

    async def close(self) -> None:
        pass


class Delays(Loses):
    """B's transport: its change takes effect at once, and the response comes after A has looked a few times."""

    async def send(self, request: WireRequest, timeouts: Timeouts) -> Any:
        found = await self._transport.send(request, timeouts)
        if request.method != "GET":
            self._shared.b_arrived.set()
            await self._shared.wait(self._shared.a_looked)
        return found


def outcome(call: Call, do: Any) -> Any:
    try:
        return call(do)
    except DOBOTOOutcomeUnknownException as unknown:
        return unknown


async def awaited(call: Call, do: Any) -> Any:
    try:
        return await call(do)
    except DOBOTOOutcomeUnknownException as unknown:
        return unknown


def both(flavour: str, runner: asyncio.Runner, sim: Simulator, a: Call, b: Call) -> tuple[Any, Any]:
    """What A and B get."""
    settings = {"url": SimulatedTransport.url, "clock": SimulatedClock(sim), "limiter": Limiter()}

    def threads() -> tuple[Any, Any]:
        shared = Shared(sim, flavour)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(outcome, a, DO("simulated", transport=Loses(shared), **settings))
            second = pool.submit(outcome, b, DO("simulated", transport=Delays(shared), **settings))
            return first.result(AMPLE), second.result(AMPLE)

    async def tasks() -> tuple[Any, Any]:
        shared = Shared(sim, flavour)
        first = awaited(a, AsyncDO("simulated", transport=Loses(shared), **settings))
        second = awaited(b, AsyncDO("simulated", transport=Delays(shared), **settings))
        found: tuple[Any, Any] = tuple(await asyncio.gather(first, second))  # type: ignore[assignment]
        return found

    return threads() if flavour == "blocking" else runner.run(tasks())


@pytest.fixture
def sim() -> Simulator:
    settings = Settings(requests_per_minute=0, requests_per_hour=0)
    return Simulator(ManualClock(1_790_000_000), settings=settings)


def lists(do: DO, path: str, key: str) -> Any:
    return do.request("GET", path, paginate=key)


TEMPLATE = {"region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64", "ssh_keys": []}
POOL: dict[str, Any] = {"config": {"target_number_instances": 2}, "droplet_template": TEMPLATE}
CREATES: dict[str, Call] = {
    "droplet": lambda do: do.droplet.create(one()),
    "reserved IP": lambda do: do.reserved_ip.create(region="nyc3"),
    "floating IP": lambda do: do.floating_ip.create(region="nyc3"),
    "reserved IPv6": lambda do: do.reserved_ipv6.create("nyc3"),
    "image": lambda do: do.image.create(
        name="mine", url="https://example.com/disk.qcow2", region="nyc3", distribution="Debian"
    ),
    "autoscale pool": lambda do: do.autoscale.create(name="web", **POOL),
    "record": lambda do: do.domain.record_create("example.com", {"type": "A", "name": "www", "data": "192.0.2.1"}),
}


@pytest.mark.parametrize("kind", CREATES)
def test_what_b_created_is_not_given_to_a(flavour: str, runner: Any, sim: Simulator, kind: str) -> None:
    DO.simulated(sim).domain.create("example.com", "192.0.2.9")
    a, b = both(flavour, runner, sim, CREATES[kind], CREATES[kind])
    assert isinstance(a, DOBOTOOutcomeUnknownException)
    assert isinstance(b, dict)


def test_a_snapshot_of_a_volume_that_b_made_is_not_given_to_a(flavour: str, runner: Any, sim: Simulator) -> None:
    volume = DO.simulated(sim).volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})["id"]
    call: Call = lambda do: do.volume.snapshot_create(volume, "same")  # noqa: E731
    a, b = both(flavour, runner, sim, call, call)
    assert isinstance(a, DOBOTOOutcomeUnknownException)
    assert b["name"] == "same"


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize(("first", "second"), [("mine", "yours"), ("same", "same")])
def test_a_rename_of_b_is_not_taken_for_that_of_a(
    flavour: str, runner: Any, sim: Simulator, wait: bool, first: str, second: str
) -> None:
    id = DO.simulated(sim).droplet.create(one(), wait=True)["id"]
    a, b = both(
        flavour, runner, sim,
        lambda do: do.droplet.rename(id, first, wait=wait), lambda do: do.droplet.rename(id, second, wait=wait),
    )  # fmt: skip
    assert isinstance(a, DOBOTOOutcomeUnknownException)
    assert b["type"] == "rename"


def test_an_attachment_by_b_is_not_taken_for_that_of_a(flavour: str, runner: Any, sim: Simulator) -> None:
    admin = DO.simulated(sim)
    id = admin.droplet.create(one(), wait=True)["id"]
    volume = admin.volume.create({"name": "data", "region": "nyc3", "size_gigabytes": 10})["id"]
    call: Call = lambda do: do.volume.attach(volume, droplet_id=id)  # noqa: E731
    a, b = both(flavour, runner, sim, call, call)
    assert isinstance(a, DOBOTOOutcomeUnknownException)
    assert b["type"] == "attach_volume"


def test_a_rename_by_another_program_is_told_by_the_name_that_the_droplet_gets(
    flavour: str, runner: Any, sim: Simulator
) -> None:
    """Nothing is known of another program's requests; the Droplet shows whose action it was."""
    from .conftest import client

    admin = DO.simulated(sim)
    id = admin.droplet.create(one(), wait=True)["id"]
    sim.faults.add("drop", when="before", method="POST", path="/v2/droplets/*/actions", count=1)
    other = DO("simulated", url=SimulatedTransport.url, transport=SimulatedTransport(sim), clock=SimulatedClock(sim))
    other._session.ownership = type(other._session.ownership)()

    def rename(event: Any) -> None:
        if type(event).__name__ == "ResponseLost":
            other.droplet.rename(id, "theirs")

    api = client(flavour, runner, sim, on_event=rename)
    with pytest.raises(DOBOTOOutcomeUnknownException):
        api.droplet.rename(id, "ours")
    assert admin.droplet.info(id)["name"] == "theirs"


def test_a_resize_whose_response_was_lost_is_followed_to_its_end(flavour: str, runner: Any, sim: Simulator) -> None:
    """It takes longer than the search for what lags would have patience."""
    from .conftest import client

    api = client(flavour, runner, sim)
    id = api.droplet.create(one(), wait=True)["id"]
    api.droplet.power_off(id, wait=True)
    sim.faults.add("drop", when="after", method="POST", path="/v2/droplets/*/actions", count=1)
    assert api.droplet.resize(id, "s-2vcpu-2gb", wait=True)["status"] == "completed"
    assert api.droplet.info(id)["size_slug"] == "s-2vcpu-2gb"


def test_an_errored_action_whose_response_was_lost_is_reported_in_doubt(
    flavour: str, runner: Any, sim: Simulator
) -> None:
    """The Droplet does not show whose it was; its id helps to check."""
    from .conftest import client

    api = client(flavour, runner, sim)
    id = api.droplet.create(one(), wait=True)["id"]
    sim.faults.add("action_errored", count=1)
    sim.faults.add("drop", when="after", method="POST", path="/v2/droplets/*/actions", count=1)
    with pytest.raises(DOBOTOOutcomeUnknownException) as caught:
        api.droplet.rename(id, "ours")
    [action] = [one for one in DO.simulated(sim).droplet.action_list(id) if one["type"] == "rename"]
    assert f"found {action['id']}, which may be another program's" in str(caught.value)


#: What we and another program do to one resource, which its list of actions does not distinguish.
RIVALS: dict[str, tuple[Call, Call]] = {
    "assign": (
        lambda do: do.reserved_ip.assign(do.reserved_ip.list()[0]["ip"], ids(do)[0]),
        lambda do: do.reserved_ip.assign(do.reserved_ip.list()[0]["ip"], ids(do)[1], wait=True),
    ),
    "attach": (
        lambda do: do.volume.attach(do.volume.list()[0]["id"], droplet_id=ids(do)[0]),
        lambda do: do.volume.attach(do.volume.list()[0]["id"], droplet_id=ids(do)[1], wait=True),
    ),
    "resize of a volume": (
        lambda do: do.volume.resize(do.volume.list()[0]["id"], size=20),
        lambda do: do.volume.resize(do.volume.list()[0]["id"], size=30, wait=True),
    ),
    "rename": (
        lambda do: do.droplet.rename(ids(do)[0], "ours"),
        lambda do: do.droplet.rename(ids(do)[0], "theirs", wait=True),
    ),
}


def ids(do: Any) -> list[int]:
    return sorted(droplet["id"] for droplet in do.droplet.list())


@pytest.mark.parametrize("kind", RIVALS)
def test_what_another_program_does_to_a_resource_is_not_taken_for_ours(
    flavour: str, runner: Any, sim: Simulator, kind: str
) -> None:
    """Nothing is known of its requests; the resource shows what was done to it."""
    from .conftest import client

    admin = DO.simulated(sim)
    admin.droplet.create(names=["a", "b"], region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
    admin.reserved_ip.create(region="nyc3")
    admin.volume.create(name="data", region="nyc3", size_gigabytes=10)
    other = DO.simulated(sim)
    other._session.ownership = type(other._session.ownership)()
    ours, theirs = RIVALS[kind]

    def act(event: Any) -> None:
        if type(event).__name__ == "ResponseLost":
            theirs(other)

    sim.faults.add("drop", when="before", method="POST", count=1)
    api = client(flavour, runner, sim, on_event=act)
    with pytest.raises(DOBOTOOutcomeUnknownException, match="which may be another program's"):
        ours(api)


@pytest.mark.parametrize("kind", RIVALS)
def test_what_we_did_is_found_though_the_response_was_lost(
    flavour: str, runner: Any, sim: Simulator, kind: str
) -> None:
    from .conftest import client

    admin = DO.simulated(sim)
    admin.droplet.create(names=["a", "b"], region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True)
    admin.reserved_ip.create(region="nyc3")
    admin.volume.create(name="data", region="nyc3", size_gigabytes=10)
    sim.faults.add("drop", when="after", method="POST", count=1)
    assert RIVALS[kind][0](client(flavour, runner, sim))["status"] in {"in-progress", "completed"}

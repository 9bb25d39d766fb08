"""What fleets of 1,000 to 100,000 Droplets cost in requests, time and memory: the tables of docs/howto/scale.md.

    python benchmarks/fleets.py                    # 1,000, 10,000 and 100,000: some minutes, and 3 GB of memory
    python benchmarks/fleets.py --droplets 1000
    python benchmarks/fleets.py --machines 10      # machines that share the limit of one token; needs redis-server

The account is a simulated one with DigitalOcean's limits, 250 requests a minute and 5,000 an hour, whose clock moves
only while the client waits. So requests and simulated minutes are exact on every machine. The seconds that the
client and the simulator compute, and the memory, are this machine's.
"""

from __future__ import annotations

import argparse
import platform
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import process_time

from shared_limit import share

from doboto import DO
from doboto.sim import ManualClock, Settings, Simulator
from doboto.types import DropletAttributes

#: Droplets in a batch: each has a tag of its own, five pages of the list.
BATCH = 1_000
#: Two, since the default VPC of a region has room for 65,000 Droplets here.
REGIONS = ("nyc3", "ams3")
PLAN: DropletAttributes = {"size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
#: Simulated seconds between polls, and for a call.
POLL, TIMEOUT = 30.0, 1e6


@dataclass(frozen=True)
class Cost:
    """What a job cost.

    Attributes:
        requests: Requests that reached the API, of which `refused` were answered with 429.
        refused: Those that the rate limit refused.
        minutes: Simulated minutes.
        seconds: Seconds of processor time, of client and simulator together.
    """

    requests: int
    refused: int
    minutes: float
    seconds: float

    def __str__(self) -> str:
        return f"{self.requests:,} | {self.minutes:,.0f} | {self.seconds:.0f}"


class Fleet:
    """An account with a fleet.

    Args:
        size: How many Droplets.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._sim = Simulator(ManualClock(), Settings(droplet_limit=10**9, default_vpc_prefix=16))
        self._refused = 0
        self._sim.on_seen.append(lambda _, response: self._count(response.status))
        # One connection: of several that wait at the same time, each would move a manual clock on.
        self.do = DO.simulated(self._sim, timeout=TIMEOUT, connections=1)

    def _count(self, status: int) -> None:
        self._refused += status == 429

    def batches(self) -> Iterator[tuple[str, str, list[str]]]:
        """Tag, region and names of each batch."""
        for start in range(0, self.size, BATCH):
            number = start // BATCH
            names = [f"web-{one}" for one in range(start, min(start + BATCH, self.size))]
            yield f"batch-{number}", REGIONS[number % len(REGIONS)], names

    def cost(self, job: Callable[[Fleet], object]) -> Cost:
        """Do a job."""
        asked, refused, now, began = self._sim.log.total, self._refused, self._sim.clock.now(), process_time()
        job(self)
        minutes = (self._sim.clock.now() - now) / 60
        return Cost(self._sim.log.total - asked, self._refused - refused, minutes, process_time() - began)


def create(fleet: Fleet) -> None:
    """Create all Droplets, and wait for none."""
    for tag, region, names in fleet.batches():
        fleet.do.droplet.create(PLAN, names=names, region=region, tags=["fleet", tag], timeout=TIMEOUT)


def create_and_wait(fleet: Fleet) -> None:
    """Create all Droplets, and wait for each batch."""
    for tag, region, names in fleet.batches():
        fleet.do.droplet.create(
            PLAN, names=names, region=region, tags=["fleet", tag], wait=True, poll=POLL, timeout=TIMEOUT
        )


def wait_by_tag(fleet: Fleet) -> None:
    """Wait until all Droplets are ready, batch by batch."""
    for tag, _, _ in fleet.batches():
        fleet.do.droplet.wait(tag_name=tag, poll=POLL, timeout=TIMEOUT)


def read_all(fleet: Fleet) -> None:
    """Read all Droplets, page by page."""
    assert sum(droplet["status"] == "active" for droplet in fleet.do.droplet.each()) == fleet.size


def power_off(fleet: Fleet) -> None:
    """Power all Droplets off by the tags of their batches, and wait."""
    for tag, _, _ in fleet.batches():
        fleet.do.droplet.power_off(tag_name=tag, wait=True, poll=POLL, timeout=TIMEOUT)


def power_on_by_id(fleet: Fleet) -> None:
    """Power the Droplets of one batch on by their ids, and wait."""
    ids = [droplet["id"] for droplet in fleet.do.droplet.list(tag_name="batch-0")]
    fleet.do.droplet.power_on(ids, wait=True, poll=POLL, timeout=TIMEOUT)


def destroy(fleet: Fleet) -> None:
    """Destroy all Droplets by the tags of their batches, and wait until they are gone."""
    for tag, _, _ in fleet.batches():
        fleet.do.droplet.destroy(tag_name=tag, wait=True, poll=POLL, timeout=TIMEOUT)


JOBS: dict[str, Callable[[Fleet], None]] = {
    "create": create,
    "wait until ready, by the tags of batches": wait_by_tag,
    "read all with `each()`": read_all,
    "power off by the tags of batches, and wait": power_off,
    "power on 1,000 by their ids, and wait": power_on_by_id,
    "destroy by the tags of batches, and wait": destroy,
}


def memory(fleet: Fleet) -> tuple[float, float]:
    """Megabytes that iterating takes, and that a list takes where the fleet is small enough."""
    peaks: list[float] = []
    for read in (lambda: sum(1 for _ in fleet.do.droplet.each()), lambda: len(fleet.do.droplet.list())):
        tracemalloc.start()
        assert read() == fleet.size
        peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
    return peaks[0], peaks[1]


def report(sizes: list[int]) -> None:
    """Measure and print the tables."""
    costs: dict[str, list[Cost]] = {}
    peaks: list[tuple[float, float]] = []
    for size in sizes:
        whole = Fleet(size)
        for name, job in JOBS.items():
            if job is destroy:
                peaks.append(memory(whole))
            costs.setdefault(name, []).append(whole.cost(job))
        costs.setdefault("create and wait, 1,000 at a time", []).append(Fleet(size).cost(create_and_wait))
    print(f"| | {' | '.join(f'{size:,}: requests | min | s' for size in sizes)} |")
    print(f"|---|{'---:|' * 3 * len(sizes)}")
    for name, found in costs.items():
        print(f"| {name} | {' | '.join(map(str, found))} |")
    print(f"\nrefused with 429: {sum(one.refused for found in costs.values() for one in found)}")
    for size, (iterated, listed) in zip(sizes, peaks, strict=True):
        print(f"memory of {size:,}: each() {iterated:.1f} MB, list() {listed:.0f} MB")
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--droplets", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="sizes of fleets")
    parser.add_argument("--machines", type=int, help="measure so many machines that share a token instead")
    options = parser.parse_args()
    if options.machines:
        share(options.machines)
    else:
        report(options.droplets)


if __name__ == "__main__":
    main()

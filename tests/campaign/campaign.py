"""The campaign: rounds of creates over real sockets, against a simulator that fails at random places.

Time runs `speed` times as fast, for the clients and the simulator alike. Only a transport's time-outs pass in real
time, so that the faults that outlast them are as much longer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from doboto import DO, AsyncDO, Limiter
from doboto._core.ownership import OwnershipRegistry
from doboto._io.simulated import SimulatedClock
from doboto.resources._base.recovery import PATIENCE
from doboto.sim import RealClock, Settings, Simulator

from .callers import Outcome, both
from .plan import Ask, asks, faults
from .verdict import Verdict, judge
from .witness import Witness, triggered

#: Real seconds that the clients wait for a piece of a reply.
READ_TIMEOUT = 1.5
#: The clients' clocks are wrong by that many seconds: nothing may depend on this machine agreeing with the API's.
WRONG = 1000.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it.

    Attributes:
        creates: Calls of `create`.
        round: Calls in one account.
        width: Threads, and as many tasks beside them.
        speed: How fast time runs.
        marked: Whether the clients give each request a recovery tag. Then all callers fight for the same names, and the
            clients know nothing of each other, as if each were a process of its own.
    """

    creates: int = 10_000
    round: int = 250
    width: int = 12
    speed: float = 8.0
    marked: bool = False

    @property
    def late(self) -> float:
        """Simulated seconds after which the clients have given up."""
        return READ_TIMEOUT * self.speed

    def gave_up(self, sent_at: float) -> float:
        """The earliest moment at which clients may stop looking, counted from sending by their wrong clocks."""
        return sent_at - WRONG + self.late + PATIENCE


class WrongClock(SimulatedClock):
    """The simulator's time, seen by a machine whose clock is wrong."""

    def __init__(self, simulator: Simulator, wrong: float) -> None:
        super().__init__(simulator)
        self._wrong = wrong

    def time(self) -> float:
        """Seconds since 1970 (UTC), wrongly."""
        return super().time() + self._wrong


@dataclass(slots=True)
class Report:
    """What came of it."""

    verdict: Verdict
    triggered: Counter[str]
    requests: int
    seconds: float


def simulator(speed: float) -> Simulator:
    """An account without limits: the campaign is about faults."""
    unlimited = Settings(
        droplet_limit=1_000_000, requests_per_hour=0, requests_per_minute=0, log_size=1, default_vpc_prefix=16
    )
    return Simulator(RealClock(speed), unlimited)


def run(seed: int, scale: Scale) -> Report:
    """The whole campaign: rounds of different names and of the same names in turn."""
    verdict, sim = Verdict(), simulator(scale.speed)
    witness = Witness(sim, scale.late)
    begun = sim.clock.now()
    with sim.serve() as server:
        for number, alike, calls in rounds(seed, scale):
            token = f"round-{number}"
            account = sim.account(token).name
            witness.load([{**rule, "account": account} for rule in faults(seed + number, scale.late)])
            outcomes = crowd(sim, server.url, token, calls, scale)
            drain(sim, witness)
            verdict += judge(outcomes, witness.of(account), alike=alike, gave_up=scale.gave_up, exact=scale.marked)
    return Report(verdict, triggered(witness), witness.requests, (sim.clock.now() - begun) / scale.speed)


def rounds(seed: int, scale: Scale) -> Iterator[tuple[int, bool, list[Ask]]]:
    """The rounds' numbers, whether their callers fight for names, and their calls."""
    for number, start in enumerate(range(0, scale.creates, scale.round)):
        alike = scale.marked or number % 2 == 1
        yield number, alike, asks(min(scale.round, scale.creates - start), seed + number, alike=alike)


def crowd(sim: Simulator, url: str, token: str, calls: list[Ask], scale: Scale) -> list[Outcome]:
    """One round's callers: threads and tasks, with the two clients, on one account."""
    settings: dict[str, object] = {
        "limiter": Limiter(per_minute=1_000_000),
        "clock": WrongClock(sim, WRONG),
        "read_timeout": READ_TIMEOUT,
        "connections": 2 * scale.width,
    }
    if scale.marked:
        settings["recovery_tag"] = "keep"
    with DO(token, url, **settings) as blocking:  # type: ignore[arg-type]
        asynchronous = AsyncDO(token, url, **settings)  # type: ignore[arg-type]
        if scale.marked:
            asynchronous._session.ownership = OwnershipRegistry()
        return both(blocking, asynchronous, calls, scale.width)


def drain(sim: Simulator, witness: Witness) -> None:
    """Wait for the requests whose callers gave up: they may still create something."""
    while witness.under_way():
        SimulatedClock(sim).sleep(1)

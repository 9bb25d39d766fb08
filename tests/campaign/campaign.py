"""The campaign: rounds of calls over real sockets, against a simulator that fails at random places.

Time runs `speed` times as fast, for the clients and the simulator alike. Only a transport's time-outs pass in real
time, so that the faults that outlast them are as much longer.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Literal

from doboto._wait.search import PATIENCE
from doboto.sim import RealClock, Settings, Simulator
from doboto.simulated import SimulatedClock

from .callers import WRONG, Crowd, WrongClock
from .kinds import CALL_TIMEOUT, KINDS, prepare
from .plan import ALIKE, Ask, asks_for_droplets, asks_for_others, faults
from .verdict import Verdict, judge
from .witness import Witness, triggered

#: Real seconds that the clients wait for a piece of a response.
READ_TIMEOUT = 1.5
#: A third of the calls are for other resources and for actions.
OTHERS = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of round.

    Attributes:
        alike: Whether the callers ask for Droplets of the same forty names, else each for names of its own.
        processes: Whether each client is in a process of its own, two of each kind, and knows nothing of the others;
            otherwise one of each kind is in this process.
        tagged: Whether the clients give each request for Droplets a recovery tag.
        names_link: Which actions the response to a create with `names` links to.
    """

    alike: bool = False
    processes: bool = False
    tagged: bool = False
    names_link: Literal["create", "batch"] = "create"


#: The kinds of rounds, in turn. Without tags, nothing tells Droplets of the same names in several processes apart.
ROUNDS = {
    "own names": Kind(),
    "same names": Kind(alike=True, names_link="batch"),
    "four processes": Kind(processes=True, names_link="batch"),
    "four processes, same names, recovery tags": Kind(alike=True, processes=True, tagged=True),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it.

    Attributes:
        creates: Calls.
        round: Calls in one account.
        width: Callers of each kind of client.
        speed: How fast time runs.
        kinds: Names of the kinds of rounds.
    """

    creates: int = 10_000
    round: int = 250
    width: int = 12
    speed: float = 8.0
    kinds: Sequence[str] = tuple(ROUNDS)

    @property
    def late(self) -> float:
        """Simulated seconds after which the clients have given up."""
        return READ_TIMEOUT * self.speed

    def gave_up(self, sent_at: float) -> float:
        """The earliest moment at which clients may stop looking, counted from sending by their wrong clocks."""
        return sent_at - WRONG + self.late + PATIENCE


@dataclass(slots=True)
class Report:
    """What came of it: all together, and by kind of round."""

    verdict: Verdict
    verdicts: dict[str, Verdict]
    triggered: Counter[str]
    requests: int
    seconds: float


def simulator(speed: float) -> Simulator:
    """An account without limits, but that of snapshots of one volume: the campaign is about faults."""
    unlimited = Settings(
        droplet_limit=1_000_000,
        reserved_ip_limit=1_000_000,
        volume_limit=1_000_000,
        requests_per_hour=0,
        requests_per_minute=0,
        lets_encrypt_needs_domain=False,
        log_size=1,
        default_vpc_prefix=16,
    )
    return Simulator(RealClock(speed), unlimited)


def run(seed: int, scale: Scale, on_round: Callable[[str, Verdict], None] | None = None) -> Report:
    """The whole campaign: rounds of each kind in turn.

    Args:
        seed: What calls and faults are drawn from.
        scale: How much of it.
        on_round: Called after each round with the name of its kind and the verdict on it.
    """
    sim = simulator(scale.speed)
    witness = Witness(sim, scale.late)
    begun = time.monotonic()
    verdicts: dict[str, Verdict] = {name: Verdict() for name in scale.kinds}
    struck: Counter[str] = Counter()
    with ExitStack() as stack:
        server = stack.enter_context(sim.serve())
        threads: Executor = stack.enter_context(ThreadPoolExecutor(2))
        context = multiprocessing.get_context("spawn")
        processes: Executor = stack.enter_context(ProcessPoolExecutor(4, mp_context=context))
        for number, name, count in rounds(scale):
            kind, token = ROUNDS[name], f"round-{number}"
            sim.use_settings(replace(sim.settings, names_link=kind.names_link))
            calls = asks(sim, token, count, seed + number, kind)
            account = sim.account(token).name
            witness.load(faults(seed + number, scale.late))
            crowds = form_crowds(sim, server.url, token, calls, kind, scale)
            done = (processes if kind.processes else threads).map(Crowd.run, crowds)
            outcomes = [outcome for some in done for outcome in some]
            drain(sim, witness)
            struck += triggered(witness)
            witness.clear()
            verdict = judge(outcomes, witness.of(account), gave_up=scale.gave_up, exact=kind.tagged)
            verdicts[name] += verdict
            if on_round is not None:
                on_round(name, verdict)
    total = Verdict()
    for verdict in verdicts.values():
        total += verdict
    return Report(total, verdicts, struck, witness.requests, time.monotonic() - begun)


def rounds(scale: Scale) -> Iterator[tuple[int, str, int]]:
    """The rounds: number, name of the kind, and how many calls."""
    for number, start in enumerate(range(0, scale.creates, scale.round)):
        yield number, scale.kinds[number % len(scale.kinds)], min(scale.round, scale.creates - start)


def asks(sim: Simulator, token: str, count: int, seed: int, kind: Kind) -> list[Ask]:
    """The calls of a round, with what they need in the account."""
    others = range(0, count, OTHERS)
    kinds = [name for name in KINDS if not (kind.processes and name in ALIKE)]
    prepared = prepare(sim, token, len(others))
    droplets = asks_for_droplets([n for n in range(count) if n % OTHERS], seed, alike=kind.alike)
    return sorted([*droplets, *asks_for_others(others, seed, kinds, prepared)], key=lambda ask: ask.number)


def form_crowds(sim: Simulator, url: str, token: str, calls: Sequence[Ask], kind: Kind, scale: Scale) -> list[Crowd]:
    """One round's callers, on one account."""
    assert isinstance(sim.clock, RealClock)
    settings: dict[str, Any] = {
        "clock": WrongClock(sim.clock), "read_timeout": READ_TIMEOUT, "connections": 2 * scale.width,
        "timeout": CALL_TIMEOUT,
    }  # fmt: skip
    if kind.tagged:
        settings["recovery_tag"] = "keep"
    count = 4 if kind.processes else 2
    width = scale.width * 2 // count
    return [Crowd(n % 2 == 0, url, token, width, settings, calls[n::count]) for n in range(count)]


def drain(sim: Simulator, witness: Witness) -> None:
    """Wait for the requests whose callers gave up: they may still create something."""
    while witness.under_way():
        SimulatedClock(sim).sleep(1)

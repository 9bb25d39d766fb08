"""Three Droplets from create to destroy: on a simulated account, or with --live on a real one.

python examples/fleet.py            # simulated, over real HTTP on this machine; no token, no money
python examples/fleet.py --live     # DigitalOcean, with the token in DIGITALOCEAN_TOKEN; asks first
"""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
from collections.abc import Generator

from doboto import DO, DOBOTOException, Progress, private_ipv4, public_ipv4
from doboto.types import Droplet, DropletsCreate

REGION, SIZE, LARGER, IMAGE = "nyc3", "s-1vcpu-1gb", "s-1vcpu-2gb", "ubuntu-24-04-x64"
TAG = f"doboto-example-{secrets.token_hex(3)}"
FLEET: DropletsCreate = {
    "names": [f"{TAG}-{number}" for number in (1, 2, 3)],
    "region": REGION,
    "size": SIZE,
    "image": IMAGE,
    "tags": [TAG],
    "ipv6": True,
}


def show(progress: Progress) -> None:
    """Progress on one line, redrawn in place on a terminal."""
    bar = "#" * progress.done + "." * (progress.total - progress.done)
    end = "\n" if not sys.stderr.isatty() or progress.done == progress.total else ""
    print(f"\r  {progress.what:<10} [{bar}] {progress.elapsed:5.1f} s ", end=end, file=sys.stderr, flush=True)


def say(text: str) -> None:
    """A line, at once and in its order with progress, in a pipe too."""
    print(text, flush=True)


def describe(droplet: Droplet) -> str:
    return (
        f"  {droplet['id']}  {droplet['name']:<26} {droplet['status']:<7} {droplet['size_slug']:<12} "
        f"{public_ipv4(droplet) or '-':<15} {private_ipv4(droplet) or '-'}"
    )


def tour(do: DO, poll: float) -> None:
    """Everything a Droplet goes through."""
    say(f"Creating {len(FLEET['names'])} Droplets with the tag {TAG}")
    first, second, third = do.droplet.create(FLEET, wait=True, poll=poll, progress=show)

    say("The Droplets of that tag")
    for droplet in do.droplet.list(tag_name=TAG):
        say(describe(droplet))

    say(f"Snapshot of {first['name']}")
    do.droplet.snapshot_create(first["id"], snapshot_name=f"{TAG}-snapshot", wait=True, poll=poll, progress=show)
    snapshots = do.droplet.snapshot_list(first["id"])
    for snapshot in snapshots:
        say(f"  {snapshot['id']}  {snapshot['name']}  {snapshot['size_gigabytes']} GB")

    say(f"Resizing {second['name']} to {LARGER}: off, resize, on")
    do.droplet.power_off(second["id"], wait=True, poll=poll, progress=show)
    do.droplet.resize(second["id"], LARGER, wait=True, poll=poll, progress=show)
    do.droplet.power_on(second["id"], wait=True, poll=poll, progress=show)

    say(f"Renaming {third['name']}")
    do.droplet.rename(third["id"], f"{TAG}-renamed", wait=True, poll=poll, progress=show)

    say("Power cycle of all of them, by tag")
    actions = do.droplet.power_cycle(tag_name=TAG, wait=True, poll=poll, progress=show)
    say(f"  {len(actions)} actions, all {actions[0]['status']}")
    for droplet in do.droplet.list(tag_name=TAG):
        say(describe(droplet))


def clean_up(do: DO, poll: float) -> None:
    """Destroy all Droplets that have the tag, and their snapshots: also after an error or Ctrl-C."""
    droplets = do.droplet.list(tag_name=TAG)
    say(f"Destroying {len(droplets)} Droplets and their snapshots")
    for droplet in droplets:
        do.droplet.destroy_with_associated_resources(droplet["id"], dangerous=True, wait=True, poll=poll, progress=show)
    say(f"Left of them: {len(do.droplet.list(tag_name=TAG))}")
    if do.ratelimit:
        say(f"Rate limit: {do.ratelimit.remaining} of {do.ratelimit.limit} requests left this hour")


@contextlib.contextmanager
def simulated() -> Generator[DO]:
    """A client of a simulated account, over HTTP on this machine, with time running a hundred times faster."""
    from doboto.sim import RealClock, Simulator

    with Simulator(clock=RealClock(speed=100)).serve() as server, DO("any-text", server.url) as do:
        say(f"A simulated account at {server.url}, a hundred times faster than the real one")
        yield do


@contextlib.contextmanager
def live() -> Generator[DO]:
    """A client of the real account, once its owner agreed to the price."""
    with DO() as do:
        sizes = {size["slug"]: size for size in do.request("GET", "/sizes", query={"per_page": 200})["sizes"]}
        hourly = 2 * sizes[SIZE]["price_hourly"] + sizes[LARGER]["price_hourly"]
        say(f"This creates 3 Droplets in {REGION} ({SIZE}, one resized to {LARGER}) and a snapshot, and destroys them.")
        say(f"They cost {hourly:.4f} US dollars an hour; the tour takes about ten minutes. The snapshot costs cents.")
        if input("Type yes to go on: ").strip() != "yes":
            sys.exit("Nothing was created.")
        yield do


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--live", action="store_true", help="on DigitalOcean, with DIGITALOCEAN_TOKEN; costs money")
    arguments = parser.parse_args()
    poll = 5.0 if arguments.live else 0.1
    try:
        with live() if arguments.live else simulated() as do:
            try:
                tour(do, poll)
            finally:
                clean_up(do, poll)
    except DOBOTOException as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What all programs share: which job to do, and what it took. It runs in all environments, so it imports nothing.

A program imports this first, then its library, so that the import is measured with it.
"""

import os
import sys
import time

STARTED = time.perf_counter()
ORIGIN = os.environ.get("BENCH_ORIGIN", "")
TOKEN = os.environ.get("BENCH_TOKEN", "token")
CA = os.environ.get("BENCH_CA", "")
JOB = sys.argv[1]
SIZE, IMAGE, REGION = "s-1vcpu-1gb", "ubuntu-24-04-x64", "nyc3"
PLAN = {"size": SIZE, "image": IMAGE, "region": REGION}
FIRST_ID = 300_000_000
INFOS = 500
POLL = 1.0
NAMES = [f"web-{number:02}" for number in range(50)]
#: The API creates at most ten Droplets a request; for libraries that do not know it, the program does the splitting.
TENS = [NAMES[start : start + 10] for start in range(0, 50, 10)]


def peak():
    """The most memory that this process had, in MB."""
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["VmHWM"].split()[0]) / 1024


def infos(info):
    """Read Droplets one after the other."""
    for number in range(INFOS):
        assert info(FIRST_ID + number) == FIRST_ID + number


def main(client, listed, created, info, each=None):
    """Do the job that the command line names and print what it took.

    Args:
        client: Makes a client.
        listed: Lists all Droplets with it; returns them.
        created: Creates Droplets of `NAMES` and waits for them; returns how many are active.
        info: Reads a Droplet by id; returns its id.
        each: Reads all Droplets one after the other, without a list of them; returns how many.
    """
    imported = time.perf_counter() - STARTED
    made = client()
    ready = time.perf_counter() - STARTED
    listing = []  # kept until all is measured: freeing it is not part of listing
    began, cpu = time.perf_counter(), time.process_time()
    if JOB == "list":
        listing = listed(made)
    elif JOB == "each":
        assert each(made) == 100_000
    elif JOB == "create":
        assert created(made) == len(NAMES)
    elif JOB == "infos":
        infos(lambda id: info(made, id))
    elif JOB == "first":
        assert info(made, FIRST_ID) == FIRST_ID
    found = {
        "imported": imported,
        "ready": ready,
        "modules": len(sys.modules),
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak": peak(),
    }
    import json

    assert len(listing) == (10_000 if JOB == "list" else 0)
    print(json.dumps(found))

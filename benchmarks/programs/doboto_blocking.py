"""This library's blocking client."""

import measured  # isort: skip

from doboto import DO, Limiter

# More calls than the API answers in a minute are made where the server counts none: the limiter would wait.
limiter = Limiter(per_minute=100_000) if measured.JOB == "infos" else None


def client():
    return DO(measured.TOKEN, measured.ORIGIN, ca_file=measured.CA or None, limiter=limiter)


def created(do):
    made = do.droplet.create(names=measured.NAMES, **measured.PLAN, wait=True, poll=measured.POLL)
    return sum(one["status"] == "active" for one in made)


measured.main(
    client,
    lambda do: do.droplet.list(),
    created,
    lambda do, id: do.droplet.info(id)["id"],
    each=lambda do: sum(1 for _ in do.droplet.each()),
)

"""DOBOTO 0.6.1. It waits by itself; of more than ten names the API makes nothing, so it is called five times."""

import measured  # isort: skip

import os

from doboto.DO import DO

os.environ["REQUESTS_CA_BUNDLE"] = measured.CA


def client():
    return DO(measured.TOKEN, measured.ORIGIN + "/v2", "benchmark")


def created(do):
    active = 0
    for names in measured.TENS:
        made = do.droplet.create({"names": names, **measured.PLAN}, wait=True, poll=measured.POLL)
        active += sum(one["status"] == "active" for one in made)
    return active


measured.main(client, lambda do: do.droplet.list(), created, lambda do, id: do.droplet.info(id)["id"])

"""pydo. It has neither pages nor waiting: the loops are what its documentation has users write."""

import measured  # isort: skip

import time

from pydo import Client


#: It sends its token over TLS only, unless each call allows otherwise.
PLAIN = {"enforce_https": False}


def client():
    return Client(measured.TOKEN, endpoint=measured.ORIGIN, connection_verify=measured.CA or True)


def listed(client):
    droplets, page = [], 1
    while True:
        reply = client.droplets.list(per_page=200, page=page, **PLAIN)
        droplets += reply["droplets"]
        if "next" not in reply["links"].get("pages", {}):
            return droplets
        page += 1


def created(client):
    pending = []
    for names in measured.TENS:
        reply = client.droplets.create(body={"names": names, **measured.PLAN}, **PLAIN)
        pending += [one["id"] for one in reply["droplets"]]
    active = 0
    while pending:
        id = pending[0]
        if client.droplets.get(id, **PLAIN)["droplet"]["status"] == "active":
            active += 1
            pending.pop(0)
        else:
            time.sleep(measured.POLL)
    return active


measured.main(client, listed, created, lambda client, id: client.droplets.get(id, **PLAIN)["droplet"]["id"])

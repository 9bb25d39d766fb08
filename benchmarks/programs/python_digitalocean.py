"""python-digitalocean."""

import measured  # isort: skip

import os
import time

os.environ["REQUESTS_CA_BUNDLE"] = measured.CA
os.environ["DIGITALOCEAN_END_POINT"] = measured.ORIGIN + "/v2/"

import digitalocean


def client():
    return digitalocean.Manager(token=measured.TOKEN)


def created(manager):
    pending = []
    for names in measured.TENS:
        pending += digitalocean.Droplet.create_multiple(
            names=names, token=measured.TOKEN, size_slug=measured.SIZE, image=measured.IMAGE, region=measured.REGION
        )
    active = 0
    while pending:
        if pending[0].load().status == "active":
            active += 1
            pending.pop(0)
        else:
            time.sleep(measured.POLL)
    return active


measured.main(
    client, lambda manager: manager.get_all_droplets(), created, lambda manager, id: manager.get_droplet(id).id
)

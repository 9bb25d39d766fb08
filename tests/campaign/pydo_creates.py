"""Creates with pydo, the official client, as its README shows; runs in an environment that has pydo and not doboto.

Reads a JSON object from standard input: `origin`, `ca`, `token`, `width`, `read_timeout` and `asks`, each the number
and the body of a create. Writes one JSON object a line: the number, and the ids returned or the error's text.
"""

import json
import logging
import sys
from concurrent.futures import ThreadPoolExecutor

from pydo import Client

logging.disable(logging.CRITICAL)
job = json.load(sys.stdin)
client = Client(
    token=job["token"], endpoint=job["origin"], connection_verify=job["ca"], read_timeout=job["read_timeout"]
)


def create(ask):
    number, body = ask
    try:
        reply = client.droplets.create(body=body)
        droplets = reply["droplets"] if "names" in body else [reply["droplet"]]
        made = [{"id": droplet["id"], "name": droplet["name"]} for droplet in droplets]
    except Exception as error:
        return {"number": number, "error": f"{type(error).__name__}: {error}"}
    return {"number": number, "droplets": made}


with ThreadPoolExecutor(job["width"]) as pool:
    for outcome in pool.map(create, job["asks"]):
        print(json.dumps(outcome), flush=True)

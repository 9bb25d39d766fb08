"""Lexicon creates, lists, updates and deletes records of a domain, and finds those that are there already."""

from __future__ import annotations

import os
from typing import Any

import requests
from lexicon.client import Client
from lexicon.config import ConfigResolver

DOMAIN = "example.com"
ORIGIN = os.environ["DO_URL"]
#: Lexicon's provider has no setting for the base URL.
_request = requests.request
requests.request = lambda method, url, **options: _request(  # type: ignore[assignment]
    method, url.replace("https://api.digitalocean.com/v2", ORIGIN), **options
)


def run(action: str, type: str, **options: Any) -> Any:
    """One command, as `lexicon digitalocean ACTION DOMAIN TYPE` has it."""
    asked = {"provider_name": "digitalocean", "action": action, "domain": DOMAIN, "type": type, **options}
    config = ConfigResolver().with_dict({**asked, "digitalocean": {"auth_token": os.environ["DO_TOKEN"]}})
    return Client(config).execute()


def shown(type: str) -> list[str]:
    return sorted(f"{one['name']} {one['ttl']} {one['content']}" for one in run("list", type))


_request(
    "POST",
    f"{ORIGIN}/domains",
    json={"name": DOMAIN},
    headers={"Authorization": f"Bearer {os.environ['DO_TOKEN']}"},
    timeout=10,
).raise_for_status()
print("A:", run("create", "A", name="www", content="192.0.2.1"))
print("A once more:", run("create", "A", name="www", content="192.0.2.1"))
print("TXT:", run("create", "TXT", name="_acme-challenge.www", content="proof"))
print("CNAME:", run("create", "CNAME", name="docs", content="docs.example.org"))
print("listed:", *shown("A"), *shown("TXT"), *shown("CNAME"), sep="\n  ")
(record,) = run("list", "A", name="www")
print("updated:", run("update", "A", identifier=str(record["id"]), name="www", content="192.0.2.9"))
print("listed:", *shown("A"), sep="\n  ")
print("deleted:", run("delete", "TXT", name="_acme-challenge.www", content="proof"))
print("left:", shown("TXT"))

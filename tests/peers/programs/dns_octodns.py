"""octoDNS brings a zone with records of many types to DigitalOcean, and finds nothing left to do after that.

Without CAA: octodns-digitalocean 1.0.1 sends what it is given, and the API wants a dot that it doesn't give back.
"""

from __future__ import annotations

import os

from octodns.record import Record
from octodns.zone import Zone
from octodns_digitalocean import DigitalOceanClient, DigitalOceanProvider

DOMAIN = "example.com."
#: By name: what the zone has. Names of the zone itself are written with their dot.
WANTED = {
    "": [
        {"type": "A", "ttl": 300, "values": ["192.0.2.1", "192.0.2.2"]},
        {"type": "AAAA", "ttl": 300, "value": "2001:db8::1"},
        {"type": "MX", "ttl": 600, "values": [{"preference": 10, "exchange": "mail.example.com."}]},
        {"type": "TXT", "ttl": 600, "values": ["v=spf1 -all", "another"]},
    ],
    "www": [{"type": "CNAME", "ttl": 300, "value": DOMAIN}],
    "sub": [{"type": "NS", "ttl": 3600, "values": ["ns1.example.net.", "ns2.example.net."]}],
    "_sip._tcp": [
        {"type": "SRV", "ttl": 600, "value": {"priority": 1, "weight": 2, "port": 5060, "target": "sip.example.org."}}
    ],
    "mail": [{"type": "MX", "ttl": 600, "values": [{"preference": 5, "exchange": DOMAIN}]}],
}

DigitalOceanClient.BASE = os.environ["DO_URL"]


def desired() -> Zone:
    zone = Zone(DOMAIN, [])
    for name, records in WANTED.items():
        for data in records:
            zone.add_record(Record.new(zone, name, data))
    return zone


def plan_and_apply() -> str:
    # A provider of its own each time: one keeps what it has read.
    provider = DigitalOceanProvider("do", os.environ["DO_TOKEN"])
    plan = provider.plan(desired())
    if plan is None:
        return "nothing to do"
    return f"{provider.apply(plan)} changes"


print("first:", plan_and_apply())
print("again:", plan_and_apply())
WANTED["www"] = [{"type": "A", "ttl": 60, "value": "192.0.2.3"}]
del WANTED["sub"]
print("changed:", plan_and_apply())
print("again:", plan_and_apply())

"""Certbot's DNS plugin for DigitalOcean proves a domain: a TXT record at `_acme-challenge`, another one, and both gone.

What the plugin does between the two halves of a challenge, without the certificate authority: `certbot certonly
--dns-digitalocean` calls the same methods.
"""

from __future__ import annotations

import os

import digitalocean
from certbot_dns_digitalocean._internal.dns_digitalocean import _DigitalOceanClient

TOKEN = os.environ["DO_TOKEN"]
DOMAIN = "example.com"
NAME = f"_acme-challenge.www.{DOMAIN}"


def records() -> list[str]:
    domain = digitalocean.Manager(token=TOKEN).get_domain(DOMAIN)
    return sorted(f"{one.name} {one.ttl} {one.data}" for one in domain.get_records() if one.type == "TXT")


digitalocean.Domain(token=TOKEN, name=DOMAIN, ip_address="192.0.2.1").create()
plugin = _DigitalOceanClient(TOKEN)
plugin.add_txt_record(DOMAIN, NAME, "first-proof", 30)
plugin.add_txt_record(f"www.{DOMAIN}", NAME, "second-proof", 30)
print("proofs:", *records(), sep="\n  ")
plugin.del_txt_record(DOMAIN, NAME, "first-proof")
print("one left:", *records(), sep="\n  ")
plugin.del_txt_record(DOMAIN, NAME, "second-proof")
print("none left:", records())
digitalocean.Manager(token=TOKEN).get_domain(DOMAIN).destroy()
print("domains:", digitalocean.Manager(token=TOKEN).get_all_domains())

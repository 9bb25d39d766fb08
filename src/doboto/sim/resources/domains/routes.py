"""Domains."""

from __future__ import annotations

from ...engine.errors import not_found, unprocessable
from ...engine.fields import name_of, optional, text
from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state

OPERATIONS = Operations()


def domain_in_path(call: Call) -> Record:
    """The domain that the path names; never with a dot at its end (`libdns/digitalocean#1`)."""
    found = call.account.find("domain", call.params["domain_name"].lower())
    if found is None:
        raise not_found()
    return found


def _show(call: Call, domain: Record) -> Record:
    account = call.account
    return {
        "name": domain["name"],
        "ttl": state.ttl_of(account, domain),
        "zone_file": state.zone_file(account, domain),
    }


@OPERATIONS("GET", "/v2/domains", "domain:read")
def list_domains(call: Call) -> Record:
    """All domains."""
    return page(call, "domains", list(call.account.store("domain")), lambda domain: _show(call, domain))


@OPERATIONS("POST", "/v2/domains", "domain:create", status=201)
def create_domain(call: Call) -> Record:
    """A domain; it has its records at once, but the reply no zone file yet (API reference, example)."""
    name, ip_address = name_of(call.body), optional(call.body, "ip_address", text, None) or None
    if ip_address is not None and not state.is_address(ip_address, 4):
        raise unprocessable("ip_address is not a valid IPv4 address")
    domain = state.create(call.account, call.now, name, ip_address)
    return {"domain": {**_show(call, domain), "zone_file": None}}


@OPERATIONS("GET", "/v2/domains/{domain_name}", "domain:read")
def get_domain(call: Call) -> Record:
    """One domain."""
    return {"domain": _show(call, domain_in_path(call))}


@OPERATIONS("DELETE", "/v2/domains/{domain_name}", "domain:delete", status=204)
def delete_domain(call: Call) -> None:
    """A domain and all its records."""
    state.remove(call.account, domain_in_path(call)["name"])

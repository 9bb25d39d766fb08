"""Domains and their records."""

from __future__ import annotations

from ...engine.errors import not_found, unprocessable
from ...engine.fields import integer, read_name, read_optional, text
from ...engine.records import Record
from ...http.messages import ApiCall
from ...http.paging import page
from ...http.routes import Operations
from . import state
from .records import NEEDS_DOT, TYPES, read_changed, read_new
from .state import DOMAIN, DOMAIN_RECORD, StoredDomain, StoredDomainRecord

OPERATIONS = Operations()


def domain_in_path(call: ApiCall) -> StoredDomain:
    """Return the domain that the path names; never with a dot at its end (`libdns/digitalocean#1`)."""
    found = call.account.find(DOMAIN, call.params["domain_name"].lower())
    if found is None:
        raise not_found()
    return found


def _show(call: ApiCall, domain: StoredDomain) -> Record:
    account = call.account
    return {
        "name": domain["name"],
        "ttl": state.ttl_of(account, domain),
        "zone_file": state.zone_file(account, domain),
    }


@OPERATIONS("GET", "/v2/domains", "domain:read")
def list_domains(call: ApiCall) -> Record:
    """List all domains."""
    return page(call, "domains", list(call.account.store(DOMAIN)), lambda domain: _show(call, domain))


@OPERATIONS("POST", "/v2/domains", "domain:create", status=201)
def create_domain(call: ApiCall) -> Record:
    """Create a domain; it has its records at once, but the reply no zone file yet (API reference, example)."""
    name, ip_address = read_name(call.body), read_optional(call.body, "ip_address", text, None) or None
    if ip_address is not None and not state.is_address(ip_address, 4):
        raise unprocessable("ip_address is not a valid IPv4 address")
    domain = state.create(call.account, call.now, name, ip_address)
    return {"domain": {**_show(call, domain), "zone_file": None}}


@OPERATIONS("GET", "/v2/domains/{domain_name}", "domain:read")
def get_domain(call: ApiCall) -> Record:
    """Return one domain."""
    return {"domain": _show(call, domain_in_path(call))}


@OPERATIONS("DELETE", "/v2/domains/{domain_name}", "domain:delete", status=204)
def delete_domain(call: ApiCall) -> None:
    """Delete a domain and all its records."""
    state.remove(call.account, domain_in_path(call)["name"])


_LIST = "/v2/domains/{domain_name}/records"
_ONE = f"{_LIST}/{{domain_record_id}}"


def _in_path(call: ApiCall) -> tuple[StoredDomain, StoredDomainRecord]:
    domain = domain_in_path(call)
    record = call.account.find(DOMAIN_RECORD, integer(call.params["domain_record_id"]) or 0)
    if record is None or record["domain"] != domain["name"]:
        raise not_found()
    return domain, record


@OPERATIONS("GET", _LIST, "domain:read")
def list_records(call: ApiCall) -> Record:
    """List a domain's records, or those of a full name, or of a type, or both."""
    name, type = call.query.get("name"), call.query.get("type")
    found = state.records_of(call.account, domain_in_path(call)["name"])
    if name:
        found = [one for one in found if state.fqdn(one["domain"], one["name"]).lower() == name.lower()]
    if type:
        found = [one for one in found if one["type"] == type]
    return page(call, "domain_records", found, state.show_record)


@OPERATIONS("POST", _LIST, status=201)
def create_record(call: ApiCall) -> Record:
    """Create a record; it takes either of two scopes."""
    call.scopes.require_any("domain:create", "domain:update")
    domain = domain_in_path(call)
    record = state.add_record(call.account, domain["name"], read_new(call.account, domain, call.body))
    state.share_ttl(call.account, record)
    state.touch(call.account, call.now, domain)
    return {"domain_record": state.show_record(record)}


@OPERATIONS("GET", _ONE, "domain:read")
def get_record(call: ApiCall) -> Record:
    """Return one record."""
    _, record = _in_path(call)
    return {"domain_record": state.show_record(record)}


@OPERATIONS("PUT", _ONE, "domain:update")
@OPERATIONS("PATCH", _ONE, "domain:update")
def update_record(call: ApiCall) -> Record:
    """Change what the body names. PUT too leaves the rest alone, but trips over its own data (`doctl#919`)."""
    domain, record = _in_path(call)
    body = call.body
    if body.get("data") is None and _names_host(record):
        if call.method == "PUT" and call.account.settings.record_put_needs_data:
            raise unprocessable(NEEDS_DOT)
        body = {**body, "data": f"{record['data']}."}
    changed = read_changed(call.account, domain, record, body)
    call.account.put(DOMAIN_RECORD, record["id"], changed)
    state.share_ttl(call.account, changed)
    state.touch(call.account, call.now, domain)
    return {"domain_record": state.show_record(changed)}


def _names_host(record: StoredDomainRecord) -> bool:
    """Return whether the data is a host's name that was given with a dot."""
    kind = TYPES.get(record["type"])
    return kind is not None and kind.data is TYPES["CNAME"].data and record["tag"] != "iodef" and record["data"] != "@"


@OPERATIONS("DELETE", _ONE, status=204)
def delete_record(call: ApiCall) -> None:
    """Delete a record; it takes either of two scopes, and the SOA record stays (API reference; text our own)."""
    call.scopes.require_any("domain:delete", "domain:update")
    domain, record = _in_path(call)
    if record["type"] == "SOA":
        raise unprocessable("The SOA record can not be deleted.")
    call.account.delete(DOMAIN_RECORD, record["id"])
    state.touch(call.account, call.now, domain)

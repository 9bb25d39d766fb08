"""Records of domains."""

from __future__ import annotations

from ...engine.errors import not_found, unprocessable
from ...engine.fields import integer
from ...engine.records import Record
from ...http.messages import Call
from ...http.paging import page
from ...http.routes import Operations
from . import state
from .records import NEEDS_DOT, TYPES, read_changed, read_new
from .routes import domain_in_path

OPERATIONS = Operations()

_LIST = "/v2/domains/{domain_name}/records"
_ONE = f"{_LIST}/{{domain_record_id}}"


def _in_path(call: Call) -> tuple[Record, Record]:
    domain = domain_in_path(call)
    record = call.account.find("domain_record", integer(call.params["domain_record_id"]) or 0)
    if record is None or record["domain"] != domain["name"]:
        raise not_found()
    return domain, record


@OPERATIONS("GET", _LIST, "domain:read")
def list_records(call: Call) -> Record:
    """A domain's records, or those of a full name, or of a type, or both."""
    name, type = call.query.get("name"), call.query.get("type")
    found = state.records_of(call.account, domain_in_path(call)["name"])
    if name:
        found = [one for one in found if state.fqdn(one["domain"], one["name"]).lower() == name.lower()]
    if type:
        found = [one for one in found if one["type"] == type]
    return page(call, "domain_records", found, state.show_record)


@OPERATIONS("POST", _LIST, status=201)
def create_record(call: Call) -> Record:
    """A record; it takes either of two scopes."""
    call.scopes.require_any("domain:create", "domain:update")
    domain = domain_in_path(call)
    record = state.add_record(call.account, domain["name"], read_new(call.account, domain, call.body))
    state.touch(call.account, call.now, domain)
    return {"domain_record": state.show_record(record)}


@OPERATIONS("GET", _ONE, "domain:read")
def get_record(call: Call) -> Record:
    """One record."""
    _, record = _in_path(call)
    return {"domain_record": state.show_record(record)}


@OPERATIONS("PUT", _ONE, "domain:update")
@OPERATIONS("PATCH", _ONE, "domain:update")
def update_record(call: Call) -> Record:
    """Change what the body names. PUT too leaves the rest alone, but trips over its own data (`doctl#919`)."""
    domain, record = _in_path(call)
    body = call.body
    if body.get("data") is None and _names_host(record):
        if call.method == "PUT" and call.account.settings.record_put_needs_data:
            raise unprocessable(NEEDS_DOT)
        body = {**body, "data": f"{record['data']}."}
    changed = read_changed(call.account, domain, record, body)
    call.account.put("domain_record", record["id"], changed)
    state.touch(call.account, call.now, domain)
    return {"domain_record": state.show_record(changed)}


def _names_host(record: Record) -> bool:
    """Whether the data is a host's name that was given with a dot."""
    kind = TYPES.get(record["type"])
    return kind is not None and kind.data is TYPES["CNAME"].data and record["tag"] != "iodef" and record["data"] != "@"


@OPERATIONS("DELETE", _ONE, status=204)
def delete_record(call: Call) -> None:
    """Delete a record; it takes either of two scopes, and the SOA record stays (API reference; text our own)."""
    call.scopes.require_any("domain:delete", "domain:update")
    domain, record = _in_path(call)
    if record["type"] == "SOA":
        raise unprocessable("The SOA record can not be deleted.")
    call.account.delete("domain_record", record["id"])
    state.touch(call.account, call.now, domain)

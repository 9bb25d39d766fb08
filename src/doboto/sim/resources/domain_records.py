"""Records of domains: what one of each type must have, as a table, and the refusals."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..engine.account import Account
from ..engine.errors import ApiError, not_found, unprocessable
from ..engine.fields import integer, text
from ..engine.records import Record
from ..http.messages import ApiCall, page
from ..http.routes import Operations
from . import domains
from .domains import (
    DOMAIN_RECORD,
    DomainRecordMembers,
    StoredDomain,
    StoredDomainRecord,
    domain_in_path,
    fqdn,
    is_address,
    name_key,
    ttl_of,
)

NEEDS_DOT = "Data needs to end with a dot (.)"  # `doctl#919`, `api-v2#130`
_LABEL = r"[a-z0-9_*](?:[a-z0-9_*-]{0,61}[a-z0-9_*])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII | re.IGNORECASE)
_NAME_LENGTH = 253
#: Octets of a TXT record's data as a zone file writes it, quotes and escapes included (dnscontrol's audit of 2021-03;
#: the text is our own).
_TXT_LENGTH = 512
_TAGS = ("issue", "issuewild", "iodef")


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number within bounds; without a default it must be given."""

    low: int
    high: int
    default: int | None = None


@dataclass(frozen=True, slots=True)
class RecordType:
    """What records of a type have besides name and time to live."""

    data: Callable[[str], str]
    numbers: Mapping[str, Number]
    #: The name of records that are given none.
    name: str | None = None
    tag: bool = False


def _host(data: str) -> str:
    # Given with a dot at the end and kept without it; `@` is the domain itself (`octodns` PR 692, `api-v2#130`).
    if data == "@":
        return data
    if not data.endswith("."):
        raise unprocessable(NEEDS_DOT)
    if not _HOST.fullmatch(data[:-1]) or len(data) > _NAME_LENGTH:
        raise unprocessable("Data is not a valid host name")
    return data[:-1]


def _address(version: int) -> Callable[[str], str]:
    def read(data: str) -> str:
        if not is_address(data, version):
            raise unprocessable(f"Data is not a valid IPv{version} address")
        # The shortest form in lower case (RFC 5952), however it was sent.
        return str(ipaddress.ip_address(data))

    return read


def _line(data: str) -> str:
    if any(ord(character) < 32 for character in data):
        raise unprocessable("Data must be one line of text")
    return data


def _text(data: str) -> str:
    written = len(data.encode("utf-8", "surrogatepass")) + data.count('"') + data.count("\\") + 2
    if written > _TXT_LENGTH:
        raise unprocessable(f"Data is too long (maximum is {_TXT_LENGTH} characters)")
    return _line(data)


_WORD = Number(0, 65535)

#: Required members: API reference, schemas of the types; `weight` is in none of them. Port 0 was refused once
#: (`api-v2#176`), today it is not (`terraform-provider-digitalocean` PR 476).
TYPES: Mapping[str, RecordType] = {
    "A": RecordType(_address(4), {}),
    "AAAA": RecordType(_address(6), {}),
    "CAA": RecordType(_host, {"flags": Number(0, 255)}, tag=True),
    "CNAME": RecordType(_host, {}),
    "MX": RecordType(_host, {"priority": _WORD}, name="@"),
    "NS": RecordType(_host, {}, name="@"),
    "SRV": RecordType(_host, {"priority": _WORD, "port": _WORD, "weight": Number(0, 65535, default=0)}),
    "TXT": RecordType(_text, {}),
}


def read_new(account: Account, domain: StoredDomain, body: Record) -> DomainRecordMembers:
    """Read the members of a record to be created."""
    return _read(account, domain, body)


def read_changed(
    account: Account, domain: StoredDomain, before: StoredDomainRecord, body: Record
) -> StoredDomainRecord:
    """Read the members of a record to be changed: what the body has, else what the record has."""
    if before["type"] == "SOA":
        ttl = _ttl(body) or before["ttl"]
        return {**before, "ttl": ttl, "data": str(ttl)}
    given = {name: value for name, value in body.items() if value is not None}
    members = _read(account, domain, {**before, **given}, own=before["id"])
    return {**before, **members}


def _read(account: Account, domain: StoredDomain, body: Record, own: int | None = None) -> DomainRecordMembers:
    type = body.get("type")
    if not isinstance(type, str) or type not in TYPES:
        raise unprocessable("Record type is not included in the list")  # `knife-digital_ocean#78`
    kind = TYPES[type]
    name = _name(domain["name"], body.get("name"), kind.name)
    ttl = _ttl(body) or ttl_of(account, domain)
    tag = _tag(body.get("tag")) if kind.tag else None
    if type == "TXT" and "*" in name:
        raise unprocessable("Name is invalid")  # dnscontrol's audit; the text is our own
    data = _at_apex(domain["name"], kind, _data(kind, body.get("data"), tag))
    numbers = {
        field: _number(field, number, body.get(field), number.default, required=number.default is None)
        for field, number in kind.numbers.items()
    }
    _require_alone(account, domain["name"], name, type, own)
    return {
        "type": type,
        "name": name,
        "data": data,
        "ttl": ttl,
        "priority": numbers.get("priority"),
        "port": numbers.get("port"),
        "weight": numbers.get("weight"),
        "flags": numbers.get("flags"),
        "tag": tag,
    }


#: `record ttl must be greater than 30` in a trace (`peladonerd` PR 44); 30 itself is accepted (`omg.lol#37`).
_TTL = Number(30, 2**31 - 1)


def _number(field: str, number: Number, value: object, default: int | None, *, required: bool = False) -> int | None:
    if value is None and not required:
        return default
    read = integer(value)
    if read is None or not number.low <= read <= number.high:
        raise _bad_number(field, number)
    return read


def _ttl(body: Record) -> int | None:
    return _number("ttl", _TTL, body.get("ttl"), None)


def _bad_number(field: str, number: Number) -> ApiError:
    if field == "ttl":
        return unprocessable(f"record ttl must be greater than {number.low}")
    # The end of a text from 2015 (`terraform-provider-digitalocean#2`, on the priority).
    return unprocessable(f"{field.capitalize()} must be an integer between {number.low} and {number.high}")


def _name(domain: str, value: object, default: str | None) -> str:
    name = default if value is None or value == "" else text(value)
    if name is None:
        raise unprocessable("Name can't be blank")
    if name.endswith("."):
        name = _relative(domain, name)
    if name != "@" and (not _HOST.fullmatch(name) or len(fqdn(domain, name)) > _NAME_LENGTH):
        raise unprocessable("Name is invalid")
    return name


def _relative(domain: str, name: str) -> str:
    # A full name is taken as such only with its dot; without it `www.example.com` is a name inside the domain.
    full = name[:-1]
    return "@" if full.lower() == domain else full[: -len(domain) - 1] if full.lower().endswith(f".{domain}") else name


def _data(kind: RecordType, value: object, tag: str | None) -> str:
    if value is None or value == "":
        raise unprocessable("Data can't be blank")  # `dnscontrol#536`
    data = text(value)
    if data is None:
        raise unprocessable("Data is invalid")
    # Where to report to is a URL (RFC 8659, 4.4).
    return _line(data) if tag == "iodef" else kind.data(data)


def _at_apex(domain: str, kind: RecordType, data: str) -> str:
    # The domain itself is stored and shown as `@` (acceptance tests of the Terraform provider, run live until 2026).
    return "@" if kind.data is _host and data.lower() == domain else data


def _tag(value: object) -> str:
    if value not in _TAGS:
        raise unprocessable(f"Tag must be one of {', '.join(_TAGS)}")
    return str(value)


def _require_alone(account: Account, domain: str, name: str, type: str, own: int | None) -> None:
    """A CNAME shares its name with nothing (`external-dns#4802`)."""
    store = account.store(DOMAIN_RECORD)
    keys = store.keys("name", name_key(domain, name))
    others = [store.records[key] for key in keys if key != own]
    if any("CNAME" in (type, other["type"]) for other in others):
        raise unprocessable("CNAME records cannot share a name with other records")


OPERATIONS = Operations()


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
    found = domains.records_of(call.account, domain_in_path(call)["name"])
    if name:
        found = [one for one in found if domains.fqdn(one["domain"], one["name"]).lower() == name.lower()]
    if type:
        found = [one for one in found if one["type"] == type]
    return page(call, "domain_records", found, domains.show_record)


@OPERATIONS("POST", _LIST, status=201)
def create_record(call: ApiCall) -> Record:
    """Create a record; it takes either of two scopes."""
    call.scopes.require_any("domain:create", "domain:update")
    domain = domain_in_path(call)
    record = domains.add_record(call.account, domain["name"], read_new(call.account, domain, call.body))
    domains.share_ttl(call.account, record)
    domains.touch(call.account, call.now, domain)
    return {"domain_record": domains.show_record(record)}


@OPERATIONS("GET", _ONE, "domain:read")
def get_record(call: ApiCall) -> Record:
    """Return one record."""
    _, record = _in_path(call)
    return {"domain_record": domains.show_record(record)}


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
    domains.share_ttl(call.account, changed)
    domains.touch(call.account, call.now, domain)
    return {"domain_record": domains.show_record(changed)}


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
    domains.touch(call.account, call.now, domain)

"""Certificates: reading an uploaded one, waiting for an issued one, and whether one is in use.

A private key is only looked at, never kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from ..engine.account import Account
from ..engine.clock import iso
from ..engine.errors import forbidden, unprocessable
from ..engine.fields import read_name, read_required, text, texts
from ..engine.lifecycle import durations, effect
from ..engine.records import Key, Kind, Record, select_members
from ..engine.store import index
from ..http.messages import ApiCall, ApiReply, page
from ..http.routes import Operations
from .domains import DOMAIN

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


class CertificateMembers(TypedDict):
    """What follows from a certificate, uploaded or ordered."""

    not_after: str
    sha1_fingerprint: str
    dns_names: list[str]
    state: str
    type: str


class StoredCertificate(CertificateMembers):
    """A certificate; a private key is never kept."""

    id: str
    name: str
    created_at: str


CERTIFICATE: Kind[StoredCertificate] = Kind("certificate")


durations(certificate__issue=15.0)

#: `RentFreeMedia/rentfreemedia#12`.
NAME_TAKEN = "name is not unique"
#: The text on which `terraform-provider-digitalocean` waits for a load balancer to let go of a certificate.
IN_USE = "Make sure the certificate is not in use before deleting it"
#: What Let's Encrypt gives.
ISSUED_FOR = 90 * 24 * 3600.0


@index(CERTIFICATE, "name")
def _name(certificate: StoredCertificate) -> Iterable[Key]:
    return (certificate["name"],)


def require_free_name(account: Account, name: str) -> str:
    """Return a name that no other certificate has, else 422."""
    if account.store(CERTIFICATE).count("name", name):
        raise unprocessable(NAME_TAKEN)
    return name


def read_uploaded(body: Record) -> CertificateMembers:
    """Read what an uploaded certificate says of itself; 422 unless leaf, key and chain are PEM and fit."""
    leaf = _parse(body, "leaf_certificate")
    _require_matching_key(body, leaf)
    if body.get("certificate_chain"):
        _parse(body, "certificate_chain")
    return {
        "not_after": iso(leaf.not_valid_after_utc.timestamp()),
        "sha1_fingerprint": hashlib.sha1(_der(leaf), usedforsecurity=False).hexdigest(),
        "dns_names": _dns_names(leaf),
        "state": "verified",
        "type": "custom",
    }


def read_requested(account: Account, now: float, body: Record) -> CertificateMembers:
    """Read what Let's Encrypt will issue; dates and fingerprint are there from the start, as in the reference."""
    names = list(dict.fromkeys(name.lower() for name in read_required(body, "dns_names", texts)))
    if not names:
        raise unprocessable("dns_names can't be empty")
    if account.settings.lets_encrypt_needs_domain:
        _require_managed(account, names)
    return {
        "not_after": iso(now + ISSUED_FOR),
        "sha1_fingerprint": f"{account.draw() % 16**40:040x}",
        "dns_names": names,
        "state": "pending",
        "type": "lets_encrypt",
    }


def begin(account: Account, now: float, name: str, members: CertificateMembers, *, fails: bool) -> StoredCertificate:
    """Keep a new certificate; one that has been ordered is issued after a moment."""
    key = account.uuid()
    certificate: StoredCertificate = {"id": key, "name": name, "created_at": iso(now), **members}
    account.put(CERTIFICATE, key, certificate)
    if certificate["state"] == "pending":
        state = "error" if fails else "verified"
        seconds = account.settings.seconds("certificate.issue")
        account.after(seconds, "certificate.issued", now, certificate_id=key, state=state)
    return certificate


@effect("certificate.issued")
def _finish_issue(account: Account, _now: float, *, certificate_id: str, state: str) -> None:
    if account.find(CERTIFICATE, certificate_id) is not None:
        account.change(CERTIFICATE, certificate_id, state=state)


def remove(account: Account, key: str) -> None:
    """Delete a certificate that is there; 403 while a load balancer uses it."""
    if account.store("load_balancer").count("certificate", key):
        raise forbidden(IN_USE)
    account.delete(CERTIFICATE, key)


def _require_managed(account: Account, names: list[str]) -> None:
    for name in names:
        labels = name.removeprefix("*.").split(".")
        ends = (".".join(labels[start:]) for start in range(len(labels)))
        if not any(account.find(DOMAIN, end) for end in ends):
            # Of the real message only "one or more" is known.
            raise unprocessable(f"one or more domains are not managed by DigitalOcean: {name}")


# The library that reads certificates is loaded when one is uploaded: few simulated accounts ever have one.


def _parse(body: Record, name: str) -> Certificate:
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificates(_pem(body, name))
    except ValueError:
        raise unprocessable(f"{name} is not a PEM-encoded certificate") from None
    return found[0]


def _require_matching_key(body: Record, leaf: Certificate) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    pem = _pem(body, "private_key")
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        own = load_pem_private_key(pem, password=None).public_key().public_bytes(*form)
        fits = own == leaf.public_key().public_bytes(*form)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise unprocessable("private_key is not a PEM-encoded private key without a password") from None
    if not fits:
        raise unprocessable("private_key does not belong to leaf_certificate")


def _pem(body: Record, name: str) -> bytes:
    return read_required(body, name, text).encode("utf-8", "surrogatepass")


def _der(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def _dns_names(certificate: Certificate) -> list[str]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return _common_names(certificate)
    return names.get_values_for_type(x509.DNSName)


def _common_names(certificate: Certificate) -> list[str]:
    # What a certificate without alternative names is for (reported by users of custom certificates).
    from cryptography.x509.oid import NameOID

    return [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


OPERATIONS = Operations()

SHOWN = ("id", "name", "not_after", "sha1_fingerprint", "created_at", "dns_names", "state", "type")


def _in_path(call: ApiCall) -> StoredCertificate:
    return call.account.get(CERTIFICATE, call.params["certificate_id"])


@OPERATIONS("GET", "/v2/certificates", "certificate:read")
def list_certificates(call: ApiCall) -> Record:
    """List all certificates, or the one with a name."""
    store, name = call.account.store(CERTIFICATE), call.query.get("name")
    keys = store.keys("name", name) if name else list(store.records)
    return page(call, "certificates", keys, lambda key: select_members(store.records[key], SHOWN))


@OPERATIONS("POST", "/v2/certificates", "certificate:create", status=201)
def create_certificate(call: ApiCall) -> Record | ApiReply:
    """Upload a certificate, or order one from Let's Encrypt."""
    account, body = call.account, call.body
    name = require_free_name(account, read_name(body))
    ordered = _is_request(body)
    members = read_requested(account, call.now, body) if ordered else read_uploaded(body)
    made = begin(account, call.now, name, members, fails="create_errored" in call.faults)
    shown: Record = {"certificate": select_members(made, SHOWN)}
    return ApiReply(202, shown) if ordered and account.settings.lets_encrypt_accepted else shown


def _is_request(body: Record) -> bool:
    # API reference: only `name` is required of both forms, so without a `type` the form decides.
    type = body.get("type") or ("custom" if body.get("leaf_certificate") else "lets_encrypt")
    if type not in ("custom", "lets_encrypt"):
        raise unprocessable("type must be custom or lets_encrypt")
    return bool(type == "lets_encrypt")


@OPERATIONS("GET", "/v2/certificates/{certificate_id}", "certificate:read")
def get_certificate(call: ApiCall) -> Record:
    """Return one certificate."""
    return {"certificate": select_members(_in_path(call), SHOWN)}


@OPERATIONS("DELETE", "/v2/certificates/{certificate_id}", "certificate:delete", status=204)
def delete_certificate(call: ApiCall) -> None:
    """Delete a certificate that nothing uses."""
    remove(call.account, _in_path(call)["id"])

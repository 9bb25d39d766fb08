"""Certificates: uploaded ones are read, ordered ones are pending first, used ones stay."""

from __future__ import annotations

import hashlib
import ssl
from typing import Any

import pytest
import trustme

from doboto.sim import ManualClock

from .client import Client
from .conftest import Simulate

NAMES = ["www.example.com", "example.com"]


@pytest.fixture(scope="session")
def uploads() -> tuple[dict[str, str], dict[str, str]]:
    """Two certificates with their keys."""
    ca = trustme.CA()
    return _upload(ca, "web-01", NAMES), _upload(ca, "web-02", ["other.test"])


def _upload(ca: trustme.CA, name: str, names: list[str]) -> dict[str, str]:
    issued = ca.issue_cert(*names)
    return {
        "name": name,
        "type": "custom",
        "private_key": issued.private_key_pem.bytes().decode(),
        "leaf_certificate": issued.cert_chain_pems[0].bytes().decode(),
        "certificate_chain": ca.cert_pem.bytes().decode(),
    }


def order(client: Client, name: str = "le-01", **members: Any) -> Any:
    wanted = {"name": name, "type": "lets_encrypt", "dns_names": NAMES, **members}
    return client.post("/v2/certificates", wanted, status=202)["certificate"]


def get_certificate(client: Client, certificate: Any) -> Any:
    return client.get(f"/v2/certificates/{certificate['id']}")["certificate"]


Uploads = tuple[dict[str, str], dict[str, str]]


def test_an_uploaded_certificate_says_what_is_in_it(client: Client, uploads: Uploads) -> None:
    made = client.post("/v2/certificates", uploads[0])["certificate"]
    der = ssl.PEM_cert_to_DER_cert(uploads[0]["leaf_certificate"])
    assert made["sha1_fingerprint"] == hashlib.sha1(der).hexdigest()
    assert sorted(made["dns_names"]) == sorted(NAMES)
    assert (made["state"], made["type"], made["name"]) == ("verified", "custom", "web-01")
    assert made["not_after"].endswith("Z")
    assert get_certificate(client, made) == made
    assert "private_key" not in str(client.sim.account("token").dump()["certificate"])


def test_without_a_type_the_members_decide(client: Client, uploads: Uploads) -> None:
    made = client.post("/v2/certificates", {**uploads[0], "type": None})["certificate"]
    assert made["type"] == "custom"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("leaf_certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ("leaf_certificate", ""),
        ("leaf_certificate", None),
        ("private_key", "\udcff"),
        ("private_key", 5),
        ("certificate_chain", "nothing"),
        ("type", "other"),
        ("name", " "),
    ],
)
def test_what_is_no_certificate_is_refused(client: Client, uploads: Uploads, member: str, value: object) -> None:
    assert client.call("POST", "/v2/certificates", {**uploads[0], member: value}).status == 422
    assert client.get("/v2/certificates")["meta"]["total"] == 0


def test_a_key_must_belong_to_its_certificate(client: Client, uploads: Uploads) -> None:
    answer = client.call("POST", "/v2/certificates", {**uploads[0], "private_key": uploads[1]["private_key"]})
    assert (answer.status, answer.message) == (422, "private_key does not belong to leaf_certificate")


def test_an_ordered_certificate_is_pending_then_verified(simulate: Simulate) -> None:
    client = simulate(lets_encrypt_needs_domain=False)
    made = order(client)
    assert (made["state"], made["type"], made["dns_names"]) == ("pending", "lets_encrypt", NAMES)
    client.sim.clock.advance(15)  # type: ignore[attr-defined]
    assert get_certificate(client, made) == {**made, "state": "verified"}


def test_an_order_is_accepted_where_an_upload_is_created(simulate: Simulate, uploads: Uploads) -> None:
    wanted = {"name": "le", "type": "lets_encrypt", "dns_names": NAMES}
    client = simulate(lets_encrypt_needs_domain=False)
    assert client.call("POST", "/v2/certificates", wanted).status == 202
    assert client.call("POST", "/v2/certificates", uploads[0]).status == 201
    client = simulate(lets_encrypt_needs_domain=False, lets_encrypt_accepted=False)
    assert client.call("POST", "/v2/certificates", wanted).status == 201


def test_an_order_is_only_for_domains_of_the_account(client: Client) -> None:
    answer = client.call("POST", "/v2/certificates", {"name": "le", "type": "lets_encrypt", "dns_names": NAMES})
    assert (answer.status, answer.body["id"]) == (422, "unprocessable_entity")
    assert answer.message.startswith("one or more")
    client.post("/v2/domains", {"name": "example.com"})
    assert order(client, dns_names=["*.example.com", "EXAMPLE.com"])["dns_names"] == ["*.example.com", "example.com"]
    answer = client.call("POST", "/v2/certificates", {"name": "b", "dns_names": ["anexample.com"]})
    assert answer.status == 422


@pytest.mark.parametrize("names", [[], None, "example.com", [1]])
def test_an_order_needs_names(client: Client, names: object) -> None:
    wanted = {"name": "le", "type": "lets_encrypt", "dns_names": names}
    assert client.call("POST", "/v2/certificates", wanted).status == 422


def test_names_are_unique_and_found(client: Client, uploads: Uploads) -> None:
    made = [client.post("/v2/certificates", upload)["certificate"] for upload in uploads]
    answer = client.call("POST", "/v2/certificates", {**uploads[1], "name": "web-01"})
    assert (answer.status, answer.message) == (422, "name is not unique")
    assert client.get("/v2/certificates")["certificates"] == made
    assert client.get("/v2/certificates?name=web-02")["certificates"] == [made[1]]
    assert client.get("/v2/certificates?name=nope")["certificates"] == []


def test_a_deleted_certificate_is_gone(client: Client, clock: ManualClock, uploads: Uploads) -> None:
    made = client.post("/v2/certificates", uploads[0])["certificate"]
    path = f"/v2/certificates/{made['id']}"
    assert client.call("DELETE", path).status == 204
    assert client.call("GET", path).status == client.call("DELETE", path).status == 404
    client.post("/v2/certificates", uploads[0])


def test_a_certificate_in_use_stays(client: Client, clock: ManualClock, uploads: Uploads) -> None:
    made = client.post("/v2/certificates", uploads[0])["certificate"]
    rule = {
        "entry_protocol": "https",
        "entry_port": 443,
        "target_protocol": "http",
        "target_port": 80,
        "certificate_id": made["id"],
    }
    wanted = {"name": "lb", "region": "nyc3", "droplet_ids": [], "forwarding_rules": [rule]}
    balancer = client.post("/v2/load_balancers", wanted, status=202)["load_balancer"]
    answer = client.call("DELETE", f"/v2/certificates/{made['id']}")
    assert (answer.status, answer.body["id"]) == (403, "forbidden")
    assert answer.message == "Make sure the certificate is not in use before deleting it"
    assert client.call("DELETE", f"/v2/load_balancers/{balancer['id']}").status == 204
    assert client.call("DELETE", f"/v2/certificates/{made['id']}").status == 204


def test_an_order_can_be_made_to_fail(simulate: Simulate) -> None:
    client = simulate(lets_encrypt_needs_domain=False)
    client.sim.faults.add("create_errored", path="/v2/certificates", count=1)
    failed, issued = order(client), order(client, "le-02")
    client.sim.clock.advance(15)  # type: ignore[attr-defined]
    assert (get_certificate(client, failed)["state"], get_certificate(client, issued)["state"]) == ("error", "verified")

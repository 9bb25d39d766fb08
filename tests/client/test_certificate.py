"""Certificates: every operation in both clients, held against the specification; no private key is ever told."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import (
    DOBOTOActionException,
    DOBOTOForbiddenException,
    DOBOTONotFoundException,
    DOBOTOOutcomeUnknownException,
)
from doboto.sim import Settings, Simulator

from .conftest import Log
from .contract import Contract

NAMES = ["www.example.com", "example.com"]
UNFIT = "private_key|leaf_certificate|dns_names|type|name"

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def settings() -> Settings:
    return Settings(lets_encrypt_needs_domain=False)


def test_life_of_an_uploaded_certificate(api: Any, parts: Any, contract: Contract) -> None:
    made = api.certificate.create("web", *parts)
    assert (made["name"], made["type"], made["state"], sorted(made["dns_names"])) == (
        "web", "custom", "verified", sorted(NAMES),
    )  # fmt: skip
    api.certificate.create("other", private_key=parts[0], leaf_certificate=parts[1])
    assert len(api.certificate.list()) == len(list(api.certificate.each())) == 2
    assert api.certificate.list(name="web") == list(api.certificate.each(name="web")) == [made]
    assert api.certificate.info(made["id"]) == made
    assert api.certificate.destroy(made["id"]) is None
    with pytest.raises(DOBOTONotFoundException):
        api.certificate.destroy(made["id"])
    assert api.certificate.destroy(made["id"], missing_ok=True) is None
    assert {"certificates_list", "certificates_create", "certificates_get", "certificates_delete"} == set(
        contract.asked
    )


def test_one_from_lets_encrypt_is_waited_for(api: Any) -> None:
    assert api.certificate.create("slow", dns_names=NAMES)["state"] == "pending"
    reports: list[Any] = []
    made = api.certificate.create("web", type="lets_encrypt", dns_names=NAMES, wait=True, progress=reports.append)
    assert (made["state"], made["type"]) == ("verified", "lets_encrypt")
    assert reports[0].pending == {made["id"]: "state is pending"}


def test_one_that_is_not_issued_is_an_error(api: Any, sim: Simulator) -> None:
    sim.faults.add("create_errored", method="POST", path="/v2/certificates")
    with pytest.raises(DOBOTOActionException, match="its state is error") as caught:
        api.certificate.create("web", dns_names=NAMES, wait=True)
    assert [made["name"] for made in caught.value.created] == ["web"]
    with pytest.raises(DOBOTOActionException, match="its state is error"):
        api.certificate.present("web", dns_names=NAMES, wait=True)


def test_present(api: Any, parts: Any, log: Log) -> None:
    made = api.certificate.create("web", *parts)
    log.take()
    assert api.certificate.present("web", *parts) == (made, None)
    assert log.take() == ["GET /certificates?name=web&page=1"]
    there, created = api.certificate.present("ordered", dns_names=NAMES, wait=True)
    assert there == created
    assert there["state"] == "verified"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"private_key": "k"},
        {"leaf_certificate": "c", "certificate_chain": "c"},
        {"private_key": "k", "leaf_certificate": "c", "dns_names": NAMES},
        {"dns_names": []},
        {"dns_names": NAMES, "type": "custom"},
        {"private_key": "k", "leaf_certificate": "c", "type": "lets_encrypt"},
        {"dns_names": NAMES, "type": "other"},
        {"type": "lets_encrypt"},
    ],
)
def test_it_is_one_kind_with_all_its_parts(api: Any, log: Log, given: dict[str, Any]) -> None:
    for create in (api.certificate.create, api.certificate.present):
        with pytest.raises(ValueError, match=UNFIT):
            create("web", **given)
    with pytest.raises(TypeError, match="dns_names must be a list"):
        api.certificate.create("web", dns_names="example.com")
    with pytest.raises(ValueError, match="name must not be empty"):
        api.certificate.create("", dns_names=NAMES)
    assert log.take() == []


def test_one_in_use_stays(api: Any, parts: Any) -> None:
    made = api.certificate.create("web", *parts)
    rule = {
        "entry_protocol": "https", "entry_port": 443, "target_protocol": "http", "target_port": 80,
        "certificate_id": made["id"],
    }  # fmt: skip
    api.load_balancer.create(name="lb", region="nyc3", forwarding_rules=[rule], droplet_ids=[])
    with pytest.raises(DOBOTOForbiddenException, match="not in use"):
        api.certificate.destroy(made["id"])


def test_one_whose_answer_was_lost_is_found(api: Any, sim: Simulator, parts: Any, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/certificates", count=1, when="after")
    assert api.certificate.list() == [] != [api.certificate.create("web", *parts)]
    assert log.count("POST /certificates") == 1


def test_an_unknown_outcome_tells_what_was_asked_but_for_the_key(api: Any, sim: Simulator, parts: Any) -> None:
    sim.faults.add("drop", method="POST", path="/v2/certificates", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match="certificate web") as caught:
        api.certificate.create("web", *parts)
    assert caught.value.asked == {
        "name": "web", "type": "custom", "private_key": "***", "leaf_certificate": "***", "certificate_chain": "***",
    }  # fmt: skip

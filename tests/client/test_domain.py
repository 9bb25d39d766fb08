"""Domains and their records: every operation in both clients, held against the specification; what is lost is found."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTONotFoundException, DOBOTOOutcomeUnknownException, DOBOTOUnprocessableException
from doboto.sim import Simulator

from .conftest import Log
from .contract import Contract

NAME, ADDRESS = "example.com", "192.0.2.1"
WWW = {"type": "A", "name": "www", "data": ADDRESS}

pytestmark = pytest.mark.usefixtures("contract")


@pytest.fixture
def domain(api: Any) -> Any:
    return api.domain.create(NAME, ADDRESS)


def test_life_of_a_domain(api: Any, contract: Contract) -> None:
    assert api.domain.list() == []
    domain = api.domain.create(NAME, ADDRESS)
    assert (domain["name"], domain["zone_file"]) == (NAME, None)
    assert api.domain.list() == list(api.domain.each()) == [api.domain.info(NAME)]
    assert ADDRESS in api.domain.info(NAME)["zone_file"]
    assert api.domain.destroy(NAME) is None
    with pytest.raises(DOBOTONotFoundException):
        api.domain.destroy(NAME)
    assert api.domain.destroy(NAME, missing_ok=True) is None
    api.domain.create(name=NAME, ip_address=None)
    assert {record["type"] for record in api.domain.record_list(NAME)} == {"SOA", "NS"}
    wanted = {"domains_list", "domains_create", "domains_get", "domains_delete", "domains_list_records"}
    assert set(contract.asked) == wanted


def test_life_of_a_record(api: Any, domain: Any, contract: Contract, log: Log) -> None:
    record = api.domain.record_create(NAME, WWW)
    assert (record["type"], record["name"], record["data"], record["ttl"]) == ("A", "www", ADDRESS, 1800)
    assert api.domain.record_info(NAME, record["id"]) == record
    assert api.domain.record_list(NAME) == list(api.domain.record_each(NAME))
    assert (
        api.domain.record_list(NAME, fqdn="www.example.com") == api.domain.record_list(NAME, type="A")[1:] == [record]
    )
    assert list(api.domain.record_each(NAME, fqdn="www.example.com", type="NS")) == []

    log.take()
    changed = api.domain.record_update(NAME, record["id"], {"data": "192.0.2.2"})
    assert changed == {**record, "data": "192.0.2.2"} == api.domain.record_info(NAME, record["id"])
    where = f"/domains/{NAME}/records/{record['id']}"
    assert log.take()[:2] == [f"GET {where}", f"PATCH {where}"]
    again = api.domain.record_update(NAME, record["id"], {"type": "A", "data": ADDRESS, "ttl": 60}, replace=True)
    assert (again["data"], again["ttl"]) == (ADDRESS, 60)
    assert log.take() == [f"PUT {where}"]

    assert api.domain.record_destroy(NAME, record["id"]) is None
    with pytest.raises(DOBOTONotFoundException):
        api.domain.record_destroy(NAME, record["id"])
    assert api.domain.record_destroy(NAME, record["id"], missing_ok=True) is None
    assert {"domains_patch_record", "domains_update_record", "domains_delete_record"} <= set(contract.asked)


def test_present(api: Any, domain: Any, log: Log) -> None:
    log.take()
    there, created = api.domain.present("EXAMPLE.com", None)
    assert (there["name"], created) == (NAME, None)
    assert log.take() == ["GET /domains?page=1"]
    there, created = api.domain.present("example.org", None)
    assert there == created
    assert there["name"] == "example.org"


@pytest.mark.parametrize(
    ("first", "same"),
    [
        (WWW, {"type": "A", "name": "www.example.com.", "data": ADDRESS, "ttl": 60}),
        ({"type": "A", "name": "@", "data": "192.0.2.9"}, {"type": "A", "name": "Example.com.", "data": "192.0.2.9"}),
        (
            {"type": "CNAME", "name": "blog", "data": "www.example.com."},
            {"type": "CNAME", "name": "BLOG", "data": "www.Example.com."},
        ),
        (
            {"type": "MX", "name": "@", "data": "mail.example.com.", "priority": 10},
            {"type": "MX", "data": "mail.example.com.", "priority": 20},
        ),
        ({"type": "TXT", "name": "@", "data": "Some Text"}, {"type": "TXT", "name": "@", "data": "Some Text"}),
    ],
)
def test_a_record_is_present_however_it_is_spelled(api: Any, domain: Any, first: Any, same: Any) -> None:
    record = api.domain.record_create(NAME, first)
    assert api.domain.record_present(NAME, same) == (record, None)


@pytest.mark.parametrize(
    "other",
    [
        {"type": "A", "name": "www", "data": "192.0.2.7"},
        {"type": "A", "name": "notexample.com.", "data": ADDRESS},
        {"type": "TXT", "name": "www", "data": ADDRESS},
    ],
)
def test_another_record_is_not_present(api: Any, domain: Any, other: Any) -> None:
    api.domain.record_create(NAME, WWW)
    try:
        there, created = api.domain.record_present(NAME, other)
    except DOBOTOUnprocessableException:
        return  # a full name of another domain is refused, not taken for one of this domain
    assert there == created


def test_services_on_two_ports_are_two_records(api: Any, domain: Any) -> None:
    sip = {"type": "SRV", "name": "_sip._tcp", "data": "sip.example.com.", "priority": 1, "port": 5060, "weight": 1}
    first = api.domain.record_create(NAME, sip)
    assert api.domain.record_present(NAME, sip) == (first, None)
    there, created = api.domain.record_present(NAME, {**sip, "port": 5061})
    assert there == created
    assert there["port"] == 5061


def test_bad_input_is_told_before_any_request(api: Any, log: Log) -> None:
    for call in (
        lambda: api.domain.create("", None),
        lambda: api.domain.create(NAME, ""),
        lambda: api.domain.info(""),
        lambda: api.domain.destroy(".."),
        lambda: api.domain.record_list(NAME, type=""),
        lambda: api.domain.record_create(NAME, {"name": "www", "data": ADDRESS}),
        lambda: api.domain.record_create("", WWW),
        lambda: api.domain.record_update(NAME, 1, {}),
        lambda: api.domain.record_info(NAME, ""),
    ):
        with pytest.raises(ValueError, match="name|ip_address|type|id|change"):
            call()
    with pytest.raises(TypeError, match="attribs must be a dict"):
        api.domain.record_create(NAME, "www")
    with pytest.raises(TypeError, match="replace must be True or False"):
        api.domain.record_update(NAME, 1, {"type": "A"}, replace="maybe")
    assert log.take() == []


def test_a_domain_whose_answer_was_lost_is_found(api: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/domains", count=1, when="after")
    assert api.domain.create(NAME, None)["name"] == NAME
    assert log.count("POST /domains") == 1
    sim.faults.add("drop", method="POST", path="/v2/domains", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match=r"domain example\.org"):
        api.domain.create("example.org", None)


def test_a_record_whose_answer_was_lost_is_found(api: Any, sim: Simulator, domain: Any, log: Log) -> None:
    sim.faults.add("drop", method="POST", path="/v2/domains/*/records", count=1, when="after")
    record = api.domain.record_create(NAME, {"type": "CNAME", "name": "blog", "data": "www.example.com."})
    assert record["name"] == "blog"
    assert log.count("POST /domains/example.com/records") == 1
    sim.faults.add("drop", method="POST", path="/v2/domains/*/records", count=1, when="before")
    with pytest.raises(DOBOTOOutcomeUnknownException, match=r"A record www of example\.com"):
        api.domain.record_create(NAME, WWW)

"""What `present` finds is left as it is; in what it differs from what was asked for is reported."""

from __future__ import annotations

from typing import Any

import pytest

from doboto.errors import UnknownAttributeWarning
from doboto.events import Differs
from doboto.sim import Simulator

from .conftest import REGION, client, one, several
from .scoped_calls import ALERT, BALANCER, HTTP, KEY, POOL, SSH, WEB, certificate_parts


@pytest.fixture
def reported() -> list[Differs]:
    return []


@pytest.fixture
def api(flavour: str, runner: Any, sim: Simulator, reported: list[Differs]) -> Any:
    def note(event: Any) -> None:
        if isinstance(event, Differs):
            reported.append(event)

    return client(flavour, runner, sim, on_event=note)


def test_a_droplet_that_differs_is_reported(api: Any, reported: list[Differs]) -> None:
    api.droplet.create(one(tags=["web"], ipv6=True), wait=True)
    there, created = api.droplet.present(one(tags=["Web"], ipv6=True, region="nyc"))
    assert (created, reported) == (None, [])
    wanted = one(size="s-2vcpu-2gb", image="debian-12-x64", tags=["db"], backups=True, region="ams3")
    assert api.droplet.present(wanted) == (there, None)
    (found,) = reported
    assert (found.kind, found.id, found.name) == ("droplet", there["id"], "web-1")
    assert found.differences["size"] == ("s-2vcpu-2gb", "s-1vcpu-1gb")
    assert found.differences["image"] == ("debian-12-x64", "ubuntu-24-04-x64")
    assert found.differences.keys() == {"size", "image", "tags", "backups", "region"}
    assert str(found).startswith(f"Droplet web-1 ({there['id']}) is not as asked for: region is 'nyc3', not 'ams3'; ")


def test_of_several_each_that_differs_is_reported(api: Any, reported: list[Differs]) -> None:
    api.droplet.create(several("a", "b"))
    api.droplet.create(one("c", size="s-2vcpu-2gb"))
    api.droplet.present(several("a", "b", "c", "d"))
    assert [(event.name, [*event.differences]) for event in reported] == [("c", ["size"])]


@pytest.mark.parametrize(
    ("present", "same", "other", "differing"),
    [
        (
            lambda do, **more: do.firewall.present(**{"name": "web", "inbound_rules": [SSH], **more}),
            {"inbound_rules": [{**SSH, "ports": "22-22", "protocol": "TCP"}]},
            {"inbound_rules": [WEB], "tags": []},
            {"inbound_rules"},
        ),
        (
            lambda do, **more: do.volume.present({"name": "a", "region": REGION, "size_gigabytes": 10, **more}),
            {"size_gigabytes": "10"},
            {"size_gigabytes": 20, "description": "new"},
            {"size_gigabytes", "description"},
        ),
        (
            lambda do, **more: do.load_balancer.present(BALANCER | more),
            {"forwarding_rules": [HTTP]},
            {"forwarding_rules": [HTTP | {"entry_port": 81}], "redirect_http_to_https": True},
            {"forwarding_rules", "redirect_http_to_https"},
        ),
        (
            lambda do, **more: do.project.present(**{"name": "a", "purpose": "mine", **more}),
            {"purpose": "Other: mine"},
            {"environment": "Staging", "purpose": "yours"},
            {"environment", "purpose"},
        ),
        (
            lambda do, **more: do.autoscale.present(**POOL | more),
            {"config": {"target_number_instances": 1}},
            {"config": {"target_number_instances": 3}},
            {"config"},
        ),
        (
            lambda do, **more: do.vpc.present(**{"name": "a", "region": REGION, "ip_range": "10.9.0.0/24", **more}),
            {},
            {"ip_range": "10.8.0.0/24"},
            {"ip_range"},
        ),
        (
            lambda do, **more: do.ssh_key.present(**{"name": "a", "public_key": KEY, **more}),
            {"public_key": KEY.replace("me@laptop", "another comment")},
            {"name": "b"},
            {"name"},
        ),
        (
            lambda do, **more: do.monitoring.alert_present(**ALERT | more),
            {"tags": ()},
            {},
            set(),
        ),
    ],
    ids=["firewall", "volume", "load_balancer", "project", "autoscale", "vpc", "ssh_key", "alert"],
)
def test_other_resources_that_differ_are_reported(
    api: Any, reported: list[Differs], present: Any, same: Any, other: Any, differing: set[str]
) -> None:
    there, _ = present(api)
    assert present(api, **same)[1] is None
    assert reported == []
    assert present(api, **other)[1] is None
    assert {name for event in reported for name in event.differences} == differing
    assert [event.resource["name"] for event in reported] == [there.get("name")] * bool(differing)


def test_a_record_that_differs_is_reported(api: Any, reported: list[Differs]) -> None:
    api.domain.create("example.com", "192.0.2.1")
    api.domain.record_create("example.com", type="AAAA", name="www", data="2001:db8::1", ttl=60)
    api.domain.record_present("example.com", type="AAAA", name="www.example.com.", data="2001:0db8::1", ttl=60)
    assert reported == []
    api.domain.record_present("example.com", type="AAAA", name="www", data="2001:db8::1", ttl=90)
    assert [event.differences for event in reported] == [{"ttl": (90, 60)}]


def test_a_certificates_parts_are_in_no_event(api: Any, reported: list[Differs]) -> None:
    api.certificate.create("a", *certificate_parts())
    api.certificate.present("a", *certificate_parts())
    assert reported == []


def test_insides_of_objects_are_in_no_text(api: Any, reported: list[Differs], caplog: pytest.LogCaptureFixture) -> None:
    """User data and webhooks of chats are secrets."""
    api.monitoring.alert_create(**ALERT)
    hook = {"channel": "ops", "url": "https://hooks.slack.com/services/T0/B0/secret"}
    with caplog.at_level("DEBUG", logger="doboto"):
        api.monitoring.alert_present(**{**ALERT, "alerts": {"email": [], "slack": [hook]}})
    assert [[*event.differences] for event in reported] == [["alerts"]]
    assert str(reported[0]).endswith("is not as asked for: alerts is another one")
    assert "secret" not in caplog.text


def test_what_a_template_does_not_show_counts_for_nothing(api: Any, reported: list[Differs]) -> None:
    template = {**POOL["droplet_template"], "backups": True, "monitoring": True}
    for ensure in (api.autoscale.create, api.autoscale.present):
        with pytest.warns(UnknownAttributeWarning):
            ensure(**{**POOL, "droplet_template": template})
    assert reported == []

"""Arguments that can't be right are refused by name, before any request: none is guessed at or dropped."""

from __future__ import annotations

import inspect
import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest

from doboto import DO, AsyncDO
from doboto.errors import ArgumentTypeError, ArgumentValueError, UnknownAttributeWarning

from .conftest import Log, client, one

RESOURCES = [name for name in dir(DO) if inspect.isclass(getattr(DO, name)) and not name.startswith("_")]
OPEN = [
    (name, method)
    for name in RESOURCES
    for method, function in inspect.getmembers(getattr(DO, name), inspect.isfunction)
    if any(one.kind is one.VAR_KEYWORD for one in inspect.signature(function).parameters.values())
]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"wait": "maybe"}, "wait"),
        ({"wait": 2}, "wait"),
        ({"wait": []}, "wait"),
        ({"backups": "on"}, "backups"),
        ({"ipv6": ""}, "ipv6"),
        ({"monitoring": 2}, "monitoring"),
        ({"private_networking": 0.0}, "private_networking"),
        ({"with_droplet_agent": "y"}, "with_droplet_agent"),
        ({"public_networking": b"no"}, "public_networking"),
        ({"size": ["x"]}, "size"),
        ({"size": 7}, "size"),
        ({"image": {"id": 7}}, "image"),
        ({"image": True}, "image"),
        ({"region": 3}, "region"),
        ({"vpc_uuid": ["x"]}, "vpc_uuid"),
        ({"user_data": b"#!/bin/sh"}, "user_data"),
        ({"user_data": 5}, "user_data"),
        ({"backup_policy": "daily"}, "backup_policy"),
        ({"wait": True, "progress": True}, "progress"),
        ({"wait": True, "ready_port": 22.5}, "ready_port"),
        ({"wait": True, "ready_port": True}, "ready_port"),
        ({"poll": [5]}, "poll"),
        ({"poll": True}, "poll"),
        ({"timeout": None}, "timeout"),
    ],
)
def test_a_wrong_type_is_told_by_name(api: Any, log: Log, given: dict[str, Any], name: str) -> None:
    for operation in (api.droplet.create, api.droplet.present):
        with pytest.raises(ArgumentTypeError, match=rf"^{name} must be") as caught:
            operation(**(one() | given))
        assert caught.value.parameters == (name,)
    assert log.take() == []


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"size": "  "}, "size"),
        ({"image": ""}, "image"),
        ({"region": " "}, "region"),
        ({"poll": float("nan")}, "poll"),
        ({"poll": float("inf")}, "poll"),
        ({"timeout": float("nan")}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
        ({"poll": 10**400}, "poll"),
        ({"timeout": 10**400}, "timeout"),
        ({"wait": True, "ready_port": 0}, "ready_port"),
        ({"wait": True, "ready_port": 70_000}, "ready_port"),
        ({"ready_port": 22}, "ready_port is waited for"),
    ],
)
def test_a_wrong_value_is_told_by_name(api: Any, log: Log, given: dict[str, Any], name: str) -> None:
    for operation in (api.droplet.create, api.droplet.present):
        with pytest.raises(ValueError, match=f"^{name}"):
            operation(**(one() | given))
    assert log.take() == []


def test_every_operation_takes_booleans_only_where_it_says_so(api: Any, log: Log) -> None:
    calls: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
        (api.droplet.power_off, (7, None, "maybe"), {}),
        (api.droplet.power_off, (7,), {"wait": "maybe"}),
        (api.droplet.resize, (7, "s-1vcpu-1gb", "maybe"), {}),
        (api.droplet.destroy, (7,), {"wait": "maybe"}),
        (api.droplet.destroy, (7,), {"missing_ok": "maybe"}),
        (api.tag.destroy, ("web",), {"missing_ok": 2}),
        (api.volume.attach, ("a",), {"droplet_id": 7, "wait": "maybe"}),
        (api.vpc.update, ("a",), {"name": "b", "replace": "maybe"}),
        (api.autoscale.destroy, ("a",), {"dangerous": "maybe"}),
        (api.firewall.destroy, ("a",), {"missing_ok": "maybe"}),
    ]
    for operation, args, kwargs in calls:
        with pytest.raises(TypeError, match="must be True or False"):
            operation(*args, **kwargs)
    assert log.take() == []


def test_too_many_arguments_are_told_as_python_does(api: Any) -> None:
    with pytest.raises(TypeError, match="positional argument"):
        api.droplet.power_off(7, None, False, 5, 300, "no")


@pytest.mark.parametrize("policy", ["daily", ["daily"], 7])
def test_a_backup_policy_is_a_dict(api: Any, log: Log, policy: Any) -> None:
    for operation in (api.droplet.backup_policy_update, api.droplet.backup_enable):
        with pytest.raises(TypeError, match="^backup_policy must be a dict"):
            operation(7, backup_policy=policy)
    assert log.take() == []


def test_misspelt_keyword_arguments_are_refused_with_what_was_meant(api: Any, log: Log) -> None:
    with pytest.raises(TypeError, match="'timeut'.*'timeout'.*'backup'.*'backups'.*'ready_prt'.*'ready_port'"):
        api.droplet.create(**one(), timeut=5, backup=True, ready_prt=22)
    assert log.take() == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda api: api.droplet.list(tag="web"), "list() has no keyword argument 'tag' (did you mean 'tag_name'?)"),
        (lambda api: api.droplet.power_off(1, waits=True), "power_off() has no keyword argument 'waits' (did"),
        (lambda api: api.droplet.info(droplet=1), "info() has no keyword argument 'droplet'; it has id"),
        (lambda api: api.volume.each(zone="nyc3"), "each() has no keyword argument 'zone'; it has name, region"),
        (lambda api: api.droplet.create(body={"name": "a"}), "; a dict of attributes is the first argument, attribs"),
        (lambda api: api.domain.record_create("a.b", body={}), "'body'; a dict of attributes is the second argument"),
    ],
)  # fmt: skip
def test_unknown_keyword_arguments_are_refused_with_a_suggestion(api: Any, log: Log, call: Any, message: str) -> None:
    with pytest.raises(TypeError) as refused:
        list(call(api))
    assert message in str(refused.value)
    assert log.take() == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda kind: kind("secret-token", urll="x"), "() has no keyword argument 'urll' (did you mean 'url'?)"),
        (lambda kind: kind.simulated(retrys=1), "() has no keyword argument 'retrys' (did you mean 'retry'?)"),
        (lambda kind: kind("secret-token").with_options(timout=1), "argument 'timout' (did you mean 'timeout'?)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_unknown_settings_are_refused_with_a_suggestion(kind: Any, call: Any, message: str) -> None:
    with pytest.raises(TypeError) as refused:
        call(kind)
    assert message in str(refused.value)
    ours = [entry.frame.f_locals for entry in refused.traceback if "_client" in str(entry.path)]
    assert ours
    assert "secret-token" not in repr(ours)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda api: api.droplet.create(name="web", size="s-1vcpu-1gb"), "image is required to create a Droplet: "),
        (lambda api: api.droplet.create({"name": "web"}), "size and image are required to create"),
        (lambda api: api.vpc.create(name="net"), "region is required, beside name"),
        (lambda api: api.load_balancer.create(region="nyc3"), "name and forwarding_rules are required"),
    ],
)  # fmt: skip
def test_missing_attributes_are_named_with_what_they_can_be(api: Any, log: Log, call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        call(api)
    assert log.take() == []


@pytest.mark.parametrize(("name", "method"), OPEN, ids=[".".join(one) for one in OPEN])
def test_no_operation_swallows_a_keyword_argument(api: Any, log: Log, name: str, method: str) -> None:
    function = getattr(getattr(DO, name), method)
    ids = [one for one in ("id",) if one in inspect.signature(function).parameters]
    with pytest.raises(TypeError, match=rf"{method}\(\) has no keyword argument 'nmae' \(did you mean 'name'|'nmae'"):
        getattr(getattr(api, name), method)(*ids, nmae="x")
    assert log.take() == []


def test_the_operations_with_open_keyword_arguments_are_known() -> None:
    assert {("droplet", "create"), ("volume", "present"), ("image", "create"), ("vpc", "update")} <= set(OPEN)


def test_the_dict_stays_open_for_what_the_api_gets(flavour: str, runner: Any, sim: Any) -> None:
    bodies: list[Any] = []
    sim.on_seen.append(lambda incoming, reply: bodies.append(incoming.body()))
    with pytest.warns(UnknownAttributeWarning, match="unknown attribute turbo"):
        client(flavour, runner, sim).droplet.create(one(turbo="on"))
    assert bodies[0]["turbo"] == "on"


def test_every_attribute_of_the_types_is_a_keyword_argument(api: Any) -> None:
    droplet = api.droplet.create(
        {"size": "s-1vcpu-1gb"}, name="web-1", image="ubuntu-24-04-x64", ipv6=True, monitoring=True, backups=False
    )
    assert droplet["name"] == "web-1"
    volume = api.volume.create(name="data", region="nyc3", size_gigabytes=1, filesystem_type="ext4", description="d")
    assert volume["description"] == "d"


def as_option(name: str, value: str) -> str:
    return f"--{name.replace('_', '-')}" + (f" {value}" if value not in ("", "True") else "")


@pytest.mark.parametrize(
    ("call", "message", "in_options"),
    [
        (
            lambda api: api.droplet.power_off(),
            "give either id or tag_name",
            "give either --id or --tag-name",
        ),
        (
            lambda api: api.droplet.create(name="name", size="size", image="image", ready_port=22),
            "ready_port is waited for: give wait=True with it",
            "--ready-port is waited for: give --wait with it",
        ),
        (
            lambda api: api.droplet.list(type="name {0}"),
            "type must be one of droplets, gpus, all, not 'name {0}'",
            "--type must be one of droplets, gpus, all, not 'name {0}'",
        ),
        (
            lambda api: api.droplet.wait([1], until="off", ready_port=22),
            "ready_port can only be waited for with until='ready', not 'off'",
            "--ready-port can only be waited for with --until 'ready', not 'off'",
        ),
        (
            lambda api: api.certificate.create(
                name="x", dns_names=["x.example"], private_key="id", leaf_certificate="y"
            ),
            "Let's Encrypt issues the certificate itself: private_key, leaf_certificate can't be given",
            "Let's Encrypt issues the certificate itself: --private-key, --leaf-certificate can't be given",
        ),
    ],
)
def test_a_message_can_name_parameters_otherwise(
    api: Any, log: Log, call: Callable[[Any], object], message: str, in_options: str
) -> None:
    """Values keep their text, even where it is a parameter's name; a pickled error can do the same."""
    with pytest.raises(ArgumentValueError) as caught:
        call(api)
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
        assert str(error) == message
        assert error.describe(as_option) == in_options
        assert isinstance(error, ValueError)
    assert log.take() == []

"""The documented surface: names, parameters, order, defaults; and what `help` says."""

from __future__ import annotations

import inspect
import pydoc
import re
from typing import Any

import pytest

from doboto import DO, AsyncDO, types

WAIT = ("wait=False", "poll=5", "timeout=300")
ID_OR_TAG = ("id=None", "tag_name=None", *WAIT)
DOCUMENTED = {
    "list": ("tag_name=None",),
    "neighbor_list": ("id",),
    "droplet_neighbor_list": (),
    "create": ("attribs=None", *WAIT),
    "present": ("attribs=None", *WAIT),
    "info": ("id",),
    "destroy": ("id=None", "tag_name=None"),
    "backup_list": ("id",),
    "backup_enable": ID_OR_TAG,
    "backup_disable": ID_OR_TAG,
    "reboot": ("id", *WAIT),
    "shutdown": ID_OR_TAG,
    "power_on": ID_OR_TAG,
    "power_off": ID_OR_TAG,
    "power_cycle": ID_OR_TAG,
    "restore": ("id", "image", *WAIT),
    "password_reset": ("id", *WAIT),
    "resize": ("id", "size", "disk=False", *WAIT),
    "rebuild": ("id", "image", *WAIT),
    "rename": ("id", "name", *WAIT),
    "kernel_list": ("id",),
    "kernel_update": ("id", "kernel_id", *WAIT),
    "ipv6_enable": ID_OR_TAG,
    "private_networking_enable": ID_OR_TAG,
    "snapshot_list": ("id",),
    "action_list": ("id",),
    "action_info": ("id", "action_id"),
}
BEYOND = {
    "associated_resource_list",
    "backup_policy_info",
    "backup_policy_list",
    "backup_policy_supported_list",
    "backup_policy_update",
    "destroy_retry",
    "destroy_status",
    "destroy_with_associated_resources",
    "each",
    "firewall_list",
    "plan",
    "snapshot_create",
    "wait",
}
CLIENTS = [DO, AsyncDO]


def operations() -> list[str]:
    return [name for name in dir(DO.droplet) if not name.startswith("_")]


def spelled(parameter: inspect.Parameter) -> str:
    default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
    return parameter.name + default


def test_there_are_27_documented_methods_and_those_beyond() -> None:
    assert len(DOCUMENTED) == 27
    assert set(operations()) == DOCUMENTED.keys() | BEYOND


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("name", DOCUMENTED)
def test_signature_begins_with_what_is_documented(kind: type[DO | AsyncDO], name: str) -> None:
    with_client = kind(token="t", url="http://127.0.0.1:9")
    parameters = list(inspect.signature(getattr(with_client.droplet, name)).parameters.values())
    documented = DOCUMENTED[name]
    assert tuple(spelled(parameter) for parameter in parameters[: len(documented)]) == documented
    positional = parameters[: len(documented)]
    assert all(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in positional)
    later = {parameter.kind for parameter in parameters[len(documented) :]}
    assert later <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


@pytest.mark.parametrize("name", sorted(set(DOCUMENTED) | BEYOND))
def test_both_clients_have_the_same_signature_each_in_its_own_way(name: str) -> None:
    do, ado = DO(token="t", url="http://127.0.0.1:9"), AsyncDO(token="t", url="http://127.0.0.1:9")
    blocking, suspending = getattr(do.droplet, name), getattr(ado.droplet, name)
    assert inspect.signature(blocking).parameters == inspect.signature(suspending).parameters
    assert not inspect.iscoroutinefunction(blocking)
    assert inspect.iscoroutinefunction(suspending) or inspect.isasyncgenfunction(suspending)


@pytest.mark.parametrize("name", sorted(set(DOCUMENTED) | BEYOND))
def test_help_is_the_manual(name: str) -> None:
    """Every parameter, what comes back, what can go wrong, the scopes, and the reference."""
    function = getattr(DO.droplet, name)
    text = pydoc.plain(pydoc.render_doc(function))
    for parameter in inspect.signature(function).parameters:
        assert parameter == "self" or f"  {parameter}: " in text, f"{parameter} is not described"
    assert "Raises:" in text
    assert "Scopes:" in text
    assert "https://docs.digitalocean.com/reference/api/api-reference/#operation/" in text
    assert "Returns:" in text or name == "destroy"


@pytest.mark.parametrize("name", sorted(set(DOCUMENTED) | BEYOND))
def test_the_reference_that_help_links_to_is_in_the_specification(name: str, openapi: dict[str, object]) -> None:
    known = {
        operation["operationId"]
        for path in openapi["paths"].values()  # type: ignore[attr-defined]
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    text = inspect.getdoc(getattr(DO.droplet, name)) or ""
    linked = [word.split("#operation/")[1].rstrip(",.") for word in text.split() if "#operation/" in word]
    assert linked
    assert set(linked) <= known


CHANGES = sorted(
    name
    for name in {*DOCUMENTED, *BEYOND}
    if name in {"create", "present", "destroy"} or "poll" in inspect.signature(getattr(DO.droplet, name)).parameters
)


@pytest.mark.parametrize("name", [name for name in CHANGES if not name.startswith(("destroy_", "wait"))])
def test_help_tells_that_an_answer_can_be_lost(name: str) -> None:
    text = inspect.getdoc(getattr(DO.droplet, name)) or ""
    assert "DOBOTOOutcomeUnknownException: " in text
    assert "no such tag" not in text


def test_help_of_each_tells_when_pages_are_read() -> None:
    for resource in ("droplet", "image", "volume", "firewall", "tag", "vpc", "reserved_ip"):
        text = inspect.getdoc(getattr(DO, resource).each) or ""
        assert "the next page is read in advance" in text


CREATES = {
    "autoscale.create": "AutoscaleCreate",
    "domain.record_create": "DomainRecordCreate",
    "droplet.create": "DropletCreate",
    "firewall.create": "FirewallCreate",
    "image.create": "ImageCreate",
    "load_balancer.create": "LoadBalancerCreate",
    "nat_gateway.create": "NATGatewayCreate",
    "project.create": "ProjectCreate",
    "volume.create": "VolumeCreate",
    "vpc.create": "VPCCreate",
}


@pytest.mark.parametrize("name", CREATES)
def test_help_of_create_says_what_is_required(name: str) -> None:
    resource, operation = name.split(".")
    text = inspect.getdoc(getattr(getattr(DO, resource), operation)) or ""
    (listed,) = re.findall(r"attributes.*:\n\n((?: {8}.*\n)+)", text)
    required = {item.split("`")[1] for item in re.split(r"^ {8}- ", listed, flags=re.MULTILINE) if "required" in item}
    typed: Any = getattr(types, CREATES[name])
    assert required - {"region"} == typed.__required_keys__ - {"region"}
    assert ("region" in required) >= ("region" in typed.__required_keys__)

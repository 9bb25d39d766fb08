"""The catalog of operations: complete, typed, and independent of docstrings."""

from __future__ import annotations

import copy
import inspect
import pydoc
import subprocess
import sys
import typing

import pytest

from doboto import DO, catalog
from doboto._operation.arguments import type_hints

EVERY = list(catalog.operations())
#: Describes every operation and uses a simulated account; prints what happened.
PROGRAM = """
import inspect
from doboto import DO, catalog
for one in catalog.operations():
    print(one.resource, one.name, one.info, one.parameters, one.result, one.attributes, len(one.overloads))
do = DO.simulated()
web = do.droplet.create(name="web", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", region="nyc3", wait=True)
print(web["status"], do.droplet.power_off(web["id"], wait=True)["status"])
volume = do.volume.create(name="data", size_gigabytes=10, region="nyc3")
print(do.volume.attach(volume["id"], droplet_id=web["id"], wait=True)["status"])
for wrong in (lambda: do.droplet.create(nam="x"), lambda: do.droplet.reboot(web["id"], wait="maybe")):
    try:
        wrong()
    except (TypeError, ValueError) as error:
        print(error)
"""


def run(*options: str) -> str:
    done = subprocess.run([sys.executable, *options, "-c", PROGRAM], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_docstrings_change_no_behaviour() -> None:
    output = run("-OO")  # without any docstring
    assert output == run()
    assert "active completed" in output


def test_catalog_has_every_resource_and_operation() -> None:
    assert len(EVERY) >= 220
    for one in EVERY:
        assert getattr(getattr(DO, one.resource), one.name) is one.method
        assert one.parameters == list(inspect.signature(one.method).parameters.values())[1:]


def test_types_are_reported() -> None:
    create = catalog.resources()["volume"].operations["create"]
    assert create.attributes.__name__ == "VolumeCreate"
    assert create.result.__name__ == "Volume"
    assert create.info.effect == "create"
    address = catalog.resources()["reserved_ipv6"].operations["info"]  # its class is generic in it
    assert address.result.__name__ == "ReservedIPv6"


def test_what_all_of_a_program_shares_is_equal_by_value_and_frozen() -> None:
    resource = catalog.resources()["droplet"]
    for one in (resource, resource.operations["destroy"]):
        assert copy.copy(one) == one
        assert {one: 1}[copy.copy(one)] == 1
        with pytest.raises(AttributeError):
            setattr(one, "name", "volume")  # noqa: B010 - type checkers refuse the assignment


def test_irreversible_operations_are_declared() -> None:
    for one in EVERY:
        declared = bool(one.info.irreversible or one.info.irreversible_with)
        assert declared or one.info.effect != "destroy", one
        assert set(one.info.irreversible_with) <= {parameter.name for parameter in one.parameters}


def test_consequence_depends_on_arguments() -> None:
    resize = catalog.resources()["droplet"].operations["resize"].info
    assert resize.consequence({"size": "s-1"}) is None
    assert resize.consequence({"size": "s-1", "disk": True}) == "A disk cannot be made smaller again."


def test_scopes_depend_on_arguments() -> None:
    off = catalog.resources()["droplet"].operations["power_off"].info
    assert off.scopes_for({}) == {"droplet:update"}
    assert off.scopes_for({"wait": True}) == {"droplet:update", "droplet:read"}
    assert "tag:read" in off.scopes_for({"tag_name": "web"})


def test_shared_parameters_and_errors_are_in_help() -> None:
    text = pydoc.plain(pydoc.render_doc(DO.droplet.power_off))
    for part in (
        "timeout: Maximum seconds for the whole call; 0",
        "DOBOTOPendingEventException: Another action is running there, and `wait` is false.",
        "Scopes: droplet:update; with `wait` also droplet:read;",
        "#operation/dropletActions_post_byTag",
    ):
        assert part in text


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.resource}.{one.name}")
def test_other_programs_can_resolve_annotations(one: catalog.Operation) -> None:
    """Validators and documentation generators call `typing.get_type_hints` without names of ours."""
    assert typing.get_type_hints(one.method, include_extras=True) == one.hints
    for name, hint in one.hints.items():  # which an operation's first call resolves one by one
        assert type_hints(one.function, {name}) == {name: hint}


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.resource}.{one.name}")
def test_docstring_is_written_for_readers(one: catalog.Operation) -> None:
    """Sections appear once, in order, and no line is longer than the source's."""
    sections = [line.partition(":")[0] for line in one.doc.splitlines() if line[:1].isupper() and ":" in line]
    known = [name for name in sections if name in ("Args", "Returns", "Raises", "Scopes", "Reference")]
    assert known == [name for name in ("Args", "Returns", "Raises", "Scopes", "Reference") if name in known]
    assert known[-3:] == ["Raises", "Scopes", "Reference"]
    assert max(len(line) for line in one.doc.splitlines() if "https://" not in line) <= 112

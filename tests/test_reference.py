"""The reference has an entry for everything that users can call, raise, set or get."""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import is_typeddict

import pytest

import doboto
import doboto.catalog
import doboto.errors
import doboto.events
import doboto.sim
import doboto.testing
import doboto.types
from doboto._client.resources import Resources, resource
from doboto.cli.schema.help_text import fields_of

from .docs_blocks import ROOT

DOCS = ROOT / "docs"
BY_HAND = "\n".join(page.read_text(encoding="utf-8") for page in sorted((DOCS / "reference").glob("*.md")))


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pages = loaded("pages")
GENERATED: dict[str, str] = pages.pages()
RESOURCES = [name for name, value in vars(Resources).items() if isinstance(value, resource)]
OPERATIONS = [
    (name, method)
    for name in RESOURCES
    for method, value in inspect.getmembers(getattr(doboto.DO, name))
    if callable(value) and not method.startswith("_")
]


def test_there_are_operations() -> None:
    assert {("droplet", "create"), ("droplet", "power_off"), ("volume", "attach")} <= set(OPERATIONS)


@pytest.mark.parametrize(("name", "method"), OPERATIONS, ids=[".".join(one) for one in OPERATIONS])
def test_every_operation_has_an_entry_and_a_line_in_its_resources_table(name: str, method: str) -> None:
    page = GENERATED[f"resources/{name}.md"]
    assert page.count(f".. automethod:: doboto.client::DO.{name}.{method}\n") == 1
    (line,) = re.findall(
        rf"^\| {{py:meth}}`{method} <doboto.client.DO.{name}.{method}>` \| (.+) \|$", page, re.MULTILINE
    )
    assert line.endswith("."), "the table has the first sentence of the docstring"


@pytest.mark.parametrize("name", RESOURCES)
def test_page_of_a_resource_opens_with_a_signature_and_an_example(name: str) -> None:
    """Private names are in neither, nor anything that only our own annotations say."""
    page = GENERATED[f"resources/{name}.md"]
    signature, example = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[:2]
    assert signature.startswith(f"do.{name}.")
    assert max(map(len, signature.splitlines())) <= 100
    assert re.findall(r"\b_\w+|typing\.|doboto\.", signature) == []
    assert f"do.{name}." in example
    assert page.index(signature) < page.index("| Operation |")


def test_reference_lists_resources_first() -> None:
    index = (DOCS / "reference" / "index.md").read_text(encoding="utf-8")
    (entries,) = re.findall(r"```\{toctree\}\n(?::.*\n)*\n(.*?)```", index, re.DOTALL)
    assert entries.split()[0] == "generated/resources"


def test_nothing_but_operations_has_an_entry() -> None:
    entries = re.findall(r"automethod:: doboto\.client::DO\.(\w+)\.(\w+)$", "\n".join(GENERATED.values()), re.MULTILINE)
    assert sorted(entries) == sorted(OPERATIONS)


@pytest.mark.parametrize("name", [name for name in doboto.types.__all__ if is_typeddict(getattr(doboto.types, name))])
def test_every_type_has_an_entry_with_all_of_its_fields(name: str) -> None:
    kind = getattr(doboto.types, name)
    everything = "\n".join(page for path, page in GENERATED.items() if path.startswith("types/"))
    (entry,) = re.findall(rf"^\.\. py:class:: {name}\n(.*?)^```$", everything, re.MULTILINE | re.DOTALL)
    for field in fields_of(kind):
        assert entry.count(f".. py:attribute:: {field.name}\n") == 1
        assert field.help, f"{field.name} has no text"


def entries(directive: str) -> set[str]:
    return set(re.findall(rf"^\.\. {directive}:: ([\w.]+)$", BY_HAND, re.MULTILINE))


def in_whole_modules() -> set[str]:
    """What entries of whole modules bring along, by every name that it has."""
    names = re.findall(r"^\.\. automodule:: ([\w.]+)\n +:members:$", BY_HAND, re.MULTILINE)
    modules = [sys.modules[name] for name in names]
    own = [name for module in modules for name, thing in vars(module).items() if home(thing) == module.__name__]
    return {f"{module.__name__}.{name}" for module in [doboto, *modules] for name in own}


def home(thing: object) -> str:
    return getattr(thing, "__module__", "")


def public_names(package: ModuleType) -> list[str]:
    """What a module says is public; else what it defines under a public name."""
    own = [name for name, thing in vars(package).items() if home(thing) == package.__name__ and name[0] != "_"]
    return getattr(package, "__all__", own)


@pytest.mark.parametrize("package", [doboto, doboto.catalog, doboto.events, doboto.sim, doboto.testing])
def test_every_public_name_has_an_entry(package: ModuleType) -> None:
    clients = {f"doboto.{name.rpartition('.')[2]}" for name in entries("autoclass") if ".client." in name}
    there = entries("auto(?:class|function|data)") | in_whole_modules() | clients
    names = {f"{package.__name__}.{name}": f"doboto.{name}" for name in public_names(package)}
    missing = {name for name, exported in names.items() if there.isdisjoint({name, exported})}
    assert missing <= {"doboto.__version__", "doboto.events.label"}


def test_pages_of_what_is_no_more_are_taken_away(tmp_path: Path) -> None:
    old = tmp_path / "resources" / "teapot.md"
    old.parent.mkdir()
    old.write_text("# `do.teapot`", encoding="utf-8")
    pages.write(tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")} == set(GENERATED)


SETTINGS = (DOCS / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(inspect.signature(doboto.DO).parameters))
def test_every_parameter_of_a_client_is_on_the_page_of_settings(name: str) -> None:
    assert f"| `{name}` |" in SETTINGS


def test_every_environment_variable_is_on_the_page_of_settings() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r"\b(?:DOBOTO|DIGITALOCEAN)_[A-Z_]+\b", source)) - {"DOBOTO_COMPLETE"}
    assert {name for name in read if f"`{name}`" not in SETTINGS} == set()

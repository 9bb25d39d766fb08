"""What a command does comes from what operations declare and from their signatures, never from docstrings."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from doboto import catalog
from doboto.cli.schema.catalog import operations

from .conftest import NEW, Doboto

#: Prints, for every command, what it does as far as that can differ: options, their types, questions, results.
PROGRAM = """
import json, sys
import doboto.types, pkgutil, importlib
from doboto import catalog
from doboto._operation import DualMethod
EMPTY = len(sys.argv) > 1
if EMPTY:
    for one in catalog.operations():
        for function in one.descriptor._by_mode.values():
            function.__doc__ = ""
        one.descriptor._documented = True
        one.function.__doc__ = ""
import click
from doboto.cli.command import OperationCommand
from doboto.cli.run.confirm import asks
from doboto.cli.schema.catalog import operations, resources
from doboto.cli.schema.help_text import docstring_of
found = {}
for resource in resources():
    for name, operation in operations(resource).items():
        command = OperationCommand(operation)
        params = command.get_params(click.Context(command))
        given = {one.name: True for one in operation.parameters}
        found[f"{resource} {name}"] = [
            [[type(one).__name__, one.name, one.opts, one.secondary_opts, type(one.type).__name__, one.type.name,
              one.required, one.nargs, one.multiple, one.metavar] for one in params],
            operation.may_ask, asks(operation, {}), asks(operation, given), operation.info.consequence(given),
            str(operation.result),
        ]
    assert not EMPTY or not any(docstring_of(operation).args for operation in operations(resource).values())
print(json.dumps(found))
"""


def behaviour(*arguments: str) -> object:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout)


def test_empty_docstrings_change_no_behaviour() -> None:
    assert behaviour("empty") == behaviour()


@pytest.fixture
def undocumented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every operation without its docstring; what the commands have read of docstrings is read again."""
    operations.cache_clear()
    for one in catalog.operations():
        monkeypatch.setattr(inspect.unwrap(one.method), "__doc__", "")
        monkeypatch.setattr(one.method, "__doc__", "")
    yield
    operations.cache_clear()


@pytest.mark.usefixtures("undocumented")
def test_commands_without_docstrings_ask_and_exit_as_before(simulated: Doboto) -> None:
    simulated.ok("-q", "droplet", "create", "web", *NEW)
    assert "destroy" in simulated.refused(5, "refused", "droplet", "destroy", "web")["message"]
    assert simulated.refused(5, "refused", "droplet", "resize", "web", "--size", "s-2vcpu-2gb", "--disk")
    assert simulated.refused(3, "not_found", "droplet", "info", 999)
    assert simulated.refused(2, "usage", "droplet", "create", "other")
    assert simulated.refused(2, "usage", "droplet", "list", "--no-such-option")
    assert simulated.ok("droplet", "destroy", "web", "--yes", "--wait")

"""Every public operation of every resource is a command, has help, and all of its parameters are explained."""

from __future__ import annotations

import inspect
import typing

import click
import pytest

from doboto import DO, types
from doboto import catalog as library
from doboto._client.resources import Resources, resource
from doboto.cli.command import OperationCommand
from doboto.cli.output.columns import COLUMNS
from doboto.cli.schema import catalog
from doboto.cli.schema.parameters import INTERNAL, parameters
from doboto.cli.tree import BESIDE, WRITTEN, ResourceGroup, root

RESOURCES = sorted(name for name, value in vars(Resources).items() if isinstance(value, resource))
#: Operations whose command is written by hand.
BY_HAND = {("droplet", "wait")} | catalog.WITHOUT_COMMAND
OPERATIONS = [
    (name, operation)
    for name in RESOURCES
    for operation in dir(getattr(DO, name))
    if not operation.startswith("_")
    and callable(getattr(getattr(DO, name), operation))
    and (name, operation) not in BY_HAND
]


def command_of(name: str, operation: str) -> OperationCommand:
    context = click.Context(root, info_name="doboto")
    group = root.get_command(context, name.replace("_", "-"))
    assert isinstance(group, ResourceGroup)
    command = group.get_command(context, operation.replace("_", "-"))
    assert isinstance(command, OperationCommand)
    return command


def test_there_are_resources() -> None:
    assert "droplet" in RESOURCES
    assert len(OPERATIONS) >= 38


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_every_operation_is_a_command_with_help(name: str, operation: str) -> None:
    command = command_of(name, operation)
    context = click.Context(command, info_name=operation)
    assert len(command.operation.summary) > 10
    text = command.get_help(context)
    assert " ".join(command.doc.summary.split()) in " ".join(text.split())
    assert command.operation.name == operation


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_every_parameter_can_be_given_and_is_explained(name: str, operation: str) -> None:
    command = command_of(name, operation)
    parameters = command.get_params(click.Context(command))
    given = {one.name for one in parameters}
    for parameter in command.operation.parameters:
        if parameter.name in INTERNAL or parameter.name == "attribs" or parameter.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        assert parameter.name in given
    for one in parameters:
        text = getattr(one, "text", None) or getattr(one, "help", None)
        assert text, f"{one.name} has no help"


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_what_takes_attributes_has_an_option_for_each(name: str, operation: str) -> None:
    command = command_of(name, operation)
    typed = library.resources()[command.operation.resource].operations[command.operation.name].attributes
    if typed is not None:
        attributes = {one.name for one in parameters(command.operation) if one.attribute}
        assert attributes >= typing.get_type_hints(typed).keys() != set()


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_no_two_options_have_one_flag(name: str, operation: str) -> None:
    command = command_of(name, operation)
    flags = [
        flag
        for one in command.get_params(click.Context(command))
        if isinstance(one, click.Option)
        for flag in (*one.opts, *one.secondary_opts)
    ]
    assert sorted(flags) == sorted(set(flags))


def test_summaries_of_written_commands_are_those_of_the_commands() -> None:
    """The group's help is written without loading them, so it must not drift."""
    for written in [*WRITTEN.values(), *(one for beside in BESIDE.values() for one in beside.values())]:
        assert written.load().help
        assert written.summary.endswith(".")


def test_columns_are_of_types_that_there_are() -> None:
    assert {name for name in COLUMNS if not hasattr(types, name)} == set()


def test_what_is_written_hides_no_operation() -> None:
    for name, beside in BESIDE.items():
        hidden = beside.keys() & catalog.operations(name).keys()
        assert {(name, operation) for operation in hidden} <= BY_HAND
    assert not WRITTEN.keys() & {catalog.hyphenate(name) for name in RESOURCES}


def test_what_cannot_be_undone_asks() -> None:
    asking = {
        operation
        for name, operation in OPERATIONS
        if name == "droplet" and command_of(name, operation).operation.may_ask
    }
    assert asking == {
        "destroy", "destroy_retry", "destroy_with_associated_resources", "ipv6_enable", "rebuild", "resize", "restore",
    }  # fmt: skip
    for name, operation in OPERATIONS:
        words = set(operation.split("_"))
        if words & {"destroy", "delete"} and not words & {"status", "list", "info"}:
            assert command_of(name, operation).operation.may_ask, f"{name} {operation} must ask"

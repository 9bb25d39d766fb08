"""Help on terminals of several widths: every line fits, but for addresses, which nobody could follow in two parts."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from doboto.cli.root import root

from .conftest import Doboto


def helps(command: click.Command, above: click.Context | None, name: str, width: int) -> Iterator[tuple[str, str]]:
    """The help of a command and of all below it, each with its name."""
    context = click.Context(command, above, name, terminal_width=width, max_content_width=110)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from helps(found, context, below, width)


@pytest.mark.parametrize("width", [80, 110])
def test_every_line_of_help_fits(width: int) -> None:
    pages = dict(helps(root, None, "doboto", width))
    assert len(pages) > 200
    wide = [
        f"{name}: {line}"
        for name, page in pages.items()
        for line in page.splitlines()
        if len(line) > width and "https://" not in line
    ]
    assert wide == []


def test_what_must_be_given_stands_first() -> None:
    for name, page in helps(root, None, "doboto", 110):
        paragraphs = page.partition("\nOptions:\n")[2].partition("\n\n")[0]
        options = [part for part in paragraphs.split("\n  -") if part.strip()]
        required = ["[required]" in part for part in options]
        assert required == sorted(required, reverse=True), name


def test_many_choices_flood_neither_help_nor_errors(simulated: Doboto) -> None:
    assert "One of 36, which the shell completes." in " ".join(
        simulated.ok("monitoring", "alert-create", "-h").out.split()
    )
    error = simulated.refused(2, "usage", "monitoring", "alert-create", "v1/insights/droplet/cp")
    assert "is none of the 36 that there are; did you mean v1/insights/droplet/cpu" in error["message"]
    assert len(error["message"]) < 300
    shown = " ".join(simulated.ok("nat-gateway", "list", "-h").out.split())
    assert "--state STATE Only gateways in this state. One of NEW, PROVISIONING, ACTIVE" in shown

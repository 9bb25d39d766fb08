"""Help on terminals of several widths: every line fits, but for addresses, which nobody could follow in two parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from doboto.cli.tree import root

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


def test_help_of_an_option_for_objects_names_a_key() -> None:
    """Or the command or another option that does."""
    silent: list[str] = []
    for name, page in helps(root, None, "doboto", 110):
        for option in page.split("\n  -")[1:]:
            metavar, _, words = " ".join(option.split()).partition("KEY=VALUE,... ")
            if words and not re.search(r"`\w+`|`doboto ", words.partition("As key=value")[0]):
                silent.append(f"{name}: {metavar}{words[:80]}")
    assert silent == []


#: What only Python has, and nobody can type.
PYTHON = re.compile(r"\b(None|True|False|AsyncDO|tuple|dict|dicts|keyword argument)\b|`\w+=|iterator")


def test_help_speaks_of_options_and_commands() -> None:
    """No value of Python; no operation or parameter by its name in Python, where it has one of its own here."""
    pages = dict(helps(root, None, "doboto", 110))
    assert {name: found[0] for name, page in pages.items() if (found := PYTHON.search(page))} == {}
    own = {
        name.replace("-", "_") for name in pages["doboto droplet"].split() if re.fullmatch(r"[a-z]+(-[a-z]+)+", name)
    }
    assert "destroy_with_associated_resources" in own
    droplets = {name: page for name, page in pages.items() if name.startswith("doboto droplet ")}
    assert [name for name, page in droplets.items() if any(f"`{one}`" in page for one in own)] == []
    destroy = " ".join(pages["doboto droplet destroy"].split())
    assert "see `doboto droplet destroy-with-associated-resources`" in destroy
    listed = " ".join(pages["doboto droplet list"].split())
    assert "--type gpus lists them alone" in listed
    created = " ".join(pages["doboto droplet create"].split())
    assert "(unless --public-networking is false)" in created
    assert "true fails the create where it cannot be installed" in created
    assert "omit for no such record" in " ".join(pages["doboto domain create"].split())


def test_help_is_a_command_too(doboto: Doboto) -> None:
    for words in ((), ("droplet",), ("droplet", "create"), ("auth", "init"), ("droplet", "ssh"), ("help",)):
        assert doboto.ok("help", *words).out == doboto.ok(*words, "--help").out
    assert "did you mean droplet" in doboto.refused(2, "usage", "help", "dropplet")["message"]
    assert "no commands below" in doboto.refused(2, "usage", "help", "watch", "x")["message"]


def test_many_choices_flood_neither_help_nor_errors(simulated: Doboto) -> None:
    assert "One of 36, which the shell completes." in " ".join(
        simulated.ok("monitoring", "alert-create", "-h").out.split()
    )
    error = simulated.refused(2, "usage", "monitoring", "alert-create", "v1/insights/droplet/cp")
    assert "is none of the 36 that there are; did you mean v1/insights/droplet/cpu" in error["message"]
    assert len(error["message"]) < 300
    shown = " ".join(simulated.ok("nat-gateway", "list", "-h").out.split())
    assert "--state STATE Only gateways in this state. One of NEW, PROVISIONING, ACTIVE" in shown


def test_an_image_may_be_given_by_its_name_where_the_help_says_so(doboto: Doboto) -> None:
    for command in ("create", "present", "rebuild"):
        assert "--image ID|SLUG|NAME" in doboto.ok("droplet", command, "--help").out
    assert "--image ID|NAME " in doboto.ok("droplet", "restore", "--help").out
    assert "image info [OPTIONS] ID|SLUG|NAME" in doboto.ok("image", "info", "--help").out


def test_the_help_says_what_wait_prints_and_when_resize_asks(doboto: Doboto) -> None:
    assert "Prints  The Droplets as they are then." in doboto.ok("droplet", "wait", "--help").out
    assert "only with --disk is there a question" in doboto.ok("droplet", "resize", "--help").out
    assert "Do not ask.\n" in doboto.ok("droplet", "destroy", "--help").out


def test_members_of_objects_are_not_taken_for_operations(doboto: Doboto) -> None:
    text = " ".join(doboto.ok("droplet", "backup-enable", "--help").out.split())
    assert "`plan` (`daily` or `weekly`)" in text
    assert "doboto droplet plan" not in text

"""`doboto droplet wait`: wait until Droplets are ready and no action is running on them, however that began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..command import CONTEXT, Described
from ..errors import USAGE, Failure
from ..schema.values import SECONDS
from ..settings import Argument, CliSettings, Option, common
from .completion import complete_droplets, complete_tags

if TYPE_CHECKING:
    from ...client import DO
    from ..output.progress import Reporter


def _wait(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(CliSettings) or CliSettings()).with_params(params)
    from ...types import Droplet
    from ..accounts.client import open_client
    from ..output.formats import check_expressions, print_result
    from ..output.progress import Reporter
    from ..run.affected import report_untagged
    from ..run.resume import offer_resume, wait_command

    check_expressions(settings, Droplet)
    with open_client(settings) as do, Reporter(settings) as reporter:
        ids = _ids(do, params, reporter.names)
        port: int | None = params["ready_port"]
        with offer_resume(reporter, lambda _: wait_command(settings, ids, port=port)):
            found = wait_for(do, ids, params, reporter)
        reporter.stop()
        if not ids:
            report_untagged(params["tag_name"], reporter)
        print_result(found, Droplet, settings)


def wait_for(do: DO, ids: Sequence[int], params: Mapping[str, Any], reporter: Reporter) -> list[Any]:
    """Wait until Droplets are ready, and until a port answers where `ready_port` names one.

    Args:
        do: The client.
        ids: The Droplets; empty where a tag has none.
        params: The options `poll`, `timeout` and `ready_port`.
        reporter: Shows progress.

    Returns:
        The Droplets as they are then.
    """
    from ...events import Progress

    if not ids:
        return []
    pending: dict[int | str, str] = dict.fromkeys(ids, "not read yet")
    reporter.begin(Progress("wait", 0, len(ids), 0.0, pending), do.clock)
    found: list[Any] = do.droplet.wait(
        list(ids),
        until="idle" if params["ready_port"] is None else "ready",
        ready_port=params["ready_port"],
        poll=params["poll"],
        timeout=params["timeout"],
        progress=reporter.progress(),
    )
    return found


def _ids(do: DO, params: Mapping[str, Any], names: dict[Any, str]) -> list[int]:
    from ..run.resolve import resolve_droplets

    if bool(params["id"]) == bool(params["tag_name"]):
        raise Failure("give either Droplets or --tag", USAGE.code)
    if params["tag_name"]:
        listed = do.droplet.list(tag_name=params["tag_name"])
        names.update({droplet["id"]: droplet["name"] for droplet in listed})
        return [droplet["id"] for droplet in listed]
    return resolve_droplets(do, params["id"], names)


WAITING: Sequence[click.Parameter] = (
    Option(["--poll"], type=SECONDS, default=5.0, show_default=True, section="Waiting",
           help="Seconds between polls."),
    Option(["--timeout"], type=SECONDS, default=300.0, show_default=True, section="Waiting",
           help="Maximum seconds for the whole wait."),
)  # fmt: skip

command = Described(
    "wait",
    help="Wait until Droplets are ready and no action is running on them.",
    prints="The Droplets as they are then.",
    callback=click.pass_context(_wait),
    context_settings=dict(CONTEXT),
    params=[
        Argument(
            ["id"],
            nargs=-1,
            metavar="[DROPLET]...",
            text="Droplets, by id or name.",
            shell_complete=complete_droplets,
        ),
        Option(
            ["--tag", "--tag-name", "tag_name"],
            metavar="TEXT",
            help="The tag of the Droplets.",
            shell_complete=complete_tags,
        ),
        *WAITING,
        Option(
            ["--ready-port"],
            type=click.INT,
            section="Waiting",
            help="Also wait until this TCP port accepts connections.",
        ),
        *common(),
    ],
)

"""Commands of Droplets beside the library's operations: `droplet wait`, `droplet tag` and `droplet untag`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from ...errors import DOBOTONotFoundException
from ..command import CONTEXT, Described
from ..errors import USAGE, Failure
from ..schema import catalog
from ..schema.values import Names, Several
from ..settings import SECONDS, CliSettings, Option, common
from .completion import complete_droplets, complete_tags

if TYPE_CHECKING:
    from ...client import DO
    from ..output.progress import Reporter


def _wait(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(CliSettings) or CliSettings()).with_params(params)
    params["timeout"] = choose_timeout(params["timeout"], settings)
    from ...types import Droplet
    from ..accounts.client import open_client, with_deadline
    from ..output.formats import check_expressions, print_result
    from ..output.progress import Reporter
    from ..run.resolve import explain_missing
    from ..run.resume import offer_resume
    from ..run.resume import wait_command as resume_line
    from ..schema.parameters import as_usage

    check_expressions(settings, Droplet)
    until, port = params["until"], params["ready_port"]
    operation = catalog.operations("droplet")["wait"]
    with open_client(settings) as do, Reporter(settings) as reporter, as_usage(operation):
        bounded = with_deadline(do, params["timeout"])
        targets, tag = list[Any](params["id"]), params["tag_name"]

        def again(_: object) -> str:
            pending = [id for id in targets if id in reporter.pending] or targets  # the others are ready, or gone
            return resume_line(settings, pending, tag, port, until=until)

        with explain_missing(bounded), offer_resume(reporter, again, waits=True):
            ids = _ids(bounded, params, reporter.names)
            if tag is None or len(ids) <= MANY:
                targets, tag = list[Any](ids), None
            found = wait_for(bounded, ids, params, reporter)
        reporter.stop()
        if until != "gone":
            print_result(found, Droplet, settings)


def choose_timeout(given: float | None, settings: CliSettings) -> float:
    """Return the seconds of `--timeout`, given after the command or before it; else the default."""
    found = settings.timeout if given is None else given
    return TIMEOUT if found is None else found


def wait_for(do: DO, ids: Sequence[int], params: Mapping[str, Any], reporter: Reporter) -> list[Any]:
    """Wait until Droplets are in the state of `until`, and until a port answers where `ready_port` names one.

    Args:
        do: The client.
        ids: The Droplets; empty where a tag has none.
        params: The options `poll`, `timeout`, `ready_port` and, if given, `until`.
        reporter: Shows progress.

    Returns:
        The Droplets as they are then; an empty list where they are gone.
    """
    from ...events import Progress

    if not ids:
        return []
    pending: dict[int | str, str] = dict.fromkeys(ids, "not read yet")
    reporter.begin(Progress("wait", 0, len(ids), 0.0, pending), do.clock)
    wait: Any = do.droplet.wait
    found = wait(
        list(ids),
        until=params.get("until") or ("idle" if params["ready_port"] is None else "ready"),
        ready_port=params["ready_port"],
        poll=params["poll"],
        timeout=params["timeout"],
        progress=reporter.progress(),
    )
    return found or []


def _ids(do: DO, params: Mapping[str, Any], names: dict[Any, str]) -> list[int]:
    from ..run.confirm import unused_tag_error
    from ..run.resolve import resolve_droplets

    if bool(params["id"]) == bool(params["tag_name"]):
        raise Failure("give either Droplets or --tag", USAGE.code)
    if params["tag_name"]:
        listed = do.droplet.list(tag_name=params["tag_name"])
        names.update({droplet["id"]: droplet["name"] for droplet in listed})
        if not listed and params["until"] != "gone":
            raise unused_tag_error(do, params["tag_name"])
        return [droplet["id"] for droplet in listed]
    return resolve_droplets(do, params["id"], names)


TIMEOUT = 300.0
#: Droplets of a tag that are named by the tag in the command that resumes; fewer are named by their ids.
MANY = 20
WAITING: Sequence[click.Parameter] = (
    Option(["--poll"], type=SECONDS, default=5.0, show_default=True, section="Waiting",
           help="Seconds between polls."),
    Option(["--timeout"], type=SECONDS, section="Waiting",
           help=f"Maximum seconds for the whole command, names that are looked up included. Default: {TIMEOUT:g}."),
)  # fmt: skip

wait_command = Described(
    "wait",
    help="Wait until Droplets are ready and no action is running on them.",
    prints="The Droplets as they are then.",
    callback=click.pass_context(_wait),
    context_settings=dict(CONTEXT),
    params=[
        Names(
            ["id"],
            source=lambda: catalog.operations("droplet")["list"],
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
            ["--until"],
            type=click.Choice(("idle", "ready", "off", "gone")),
            section="Waiting",
            help="idle: no action is running; ready: active, too, and with an address; off: powered off; "
            "gone: destroyed. Default: idle, or ready with --ready-port.",
        ),
        Option(
            ["--ready-port"],
            type=click.INT,
            section="Waiting",
            help="Also wait until this TCP port accepts connections.",
        ),
        *common(frozenset({"--timeout"})),
    ],
)


def _change_tags(ctx: click.Context, *, attach: bool, **params: Any) -> None:
    settings = (ctx.find_object(CliSettings) or CliSettings()).with_params(params)
    from ..accounts.client import open_client, with_deadline
    from ..output.progress import Reporter
    from ..run.resolve import explain_missing, resolve_droplets
    from ..schema.parameters import as_usage

    droplets, tags = _words(params["words"], params["tags"])
    operation = catalog.operations("tag")["attach"]
    with (
        open_client(settings) as client,
        Reporter(settings) as reporter,
        as_usage(operation),
        explain_missing(do := with_deadline(client, settings.timeout)),
    ):
        if attach and not params["tags"]:
            _refuse_droplets(do, tags)
        ids = resolve_droplets(do, droplets, reporter.names)
        resources: Any = [{"resource_id": str(id), "resource_type": "droplet"} for id in ids]
        for tag in tags:
            if attach:
                _attach(do, tag, resources)
            else:
                do.tag.detach(tag, resources)
        _report_tags(ids, tags, reporter, attach=attach)


def _report_tags(ids: Sequence[int], tags: Sequence[str], reporter: Reporter, *, attach: bool) -> None:
    text = "tagged {} with {}" if attach else "untagged {}: {}"
    if not reporter.quiet:
        for id in ids:
            line = text.format(reporter.label(id), ", ".join(tags))
            reporter.line(line, event="tagged" if attach else "untagged", id=id, tags=list(tags))


def _attach(do: DO, tag: str, resources: Any) -> None:
    """Put a tag on Droplets; create it first where it is the tag that does not exist."""
    try:
        do.tag.attach(tag, resources)
    except DOBOTONotFoundException:
        if not do.tag.present(tag)[1]:
            raise
        do.tag.attach(tag, resources)


def _refuse_droplets(do: DO, tags: Sequence[str]) -> None:
    """Refuse a last word that is a Droplet: the tag was forgotten.

    Raises:
        Failure: It is.
    """
    for tag in tags:
        if do.droplet.list(name=tag, type="all"):
            text = f"{tag!r} is a Droplet: give the tag last, or as --tag {tag} if it is meant as one"
            raise Failure(text, USAGE.code)


def _words(words: Sequence[str], tags: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """Divide the words of a command into Droplets and tags: the last word has the tags, unless an option has them.

    Raises:
        Failure: There are no Droplets, or no tags.
    """
    given = [tag for some in tags for tag in some]
    droplets = list(words) if given else list(words[:-1])
    found = list(dict.fromkeys(given or [tag.strip() for tag in words[-1].split(",")]))
    if not droplets:
        raise Failure("give Droplets and then the tag, as in: web-1 web-2 env:prod", USAGE.code)
    if not all(found):
        raise Failure("a tag is empty", USAGE.code)
    return droplets, found


def _complete_words(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    return [*complete_droplets(ctx, param, incomplete), *complete_tags(ctx, param, incomplete)]


def _tag_command(name: str, help: str, *, attach: bool) -> Described:
    return Described(
        name,
        help=help,
        prints="Nothing.",
        callback=click.pass_context(partial(_change_tags, attach=attach)),
        context_settings=dict(CONTEXT),
        params=[
            Names(
                ["words"],
                source=lambda: catalog.operations("droplet")["list"],
                nargs=-1,
                required=True,
                metavar="DROPLET... TAG",
                text="Droplets, by id or name, then the tag, or several between commas.",
                shell_complete=_complete_words,
            ),
            Option(
                ["--tag", "--tag-name", "--tag-names", "tags"],
                type=Several(click.STRING),
                multiple=True,
                metavar="TEXT",
                help="The tags; then all arguments are Droplets.",
                shell_complete=complete_tags,
            ),
            *common(),
        ],
    )


tag_command = _tag_command(
    "tag", "Put a tag on Droplets: doboto droplet tag web-1 web-2 env:prod. It is created if need be.", attach=True
)
untag_command = _tag_command("untag", "Take a tag off Droplets. The tag stays.", attach=False)

"""`doboto droplet wait`: wait till Droplets are ready and nothing is running on them, however that began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ..command import CONTEXT, Described
from ..errors import USAGE, Failure
from ..run.complete import complete_droplets, complete_tags
from ..schema.values import SECONDS
from ..settings import Argument, Option, Settings, common

if TYPE_CHECKING:
    from ..._core.deadline import Deadline
    from ..._session import Session
    from ...client import DO
    from ..output.progress import Reporter


class Settling:
    """Droplets on which something is running, or that are still being made.

    Args:
        session: Sends the requests.
        ids: The Droplets.
    """

    what = "wait"
    hurry = False
    failures = 0

    def __init__(self, session: Session, ids: Sequence[int]) -> None:
        from ..run.bulk_wait import Listed

        self.total = len(ids)
        self._session = session
        self._listed = Listed(session)
        self._pending: dict[int, str] = dict.fromkeys(ids, "not looked at yet")
        self.droplets: dict[int, Any] = dict.fromkeys(ids)

    def pending(self) -> Mapping[Any, str]:
        """Those that are not ready."""
        return self._pending

    def seen(self) -> Any:
        """All Droplets as last seen."""
        return [droplet for droplet in self.droplets.values() if droplet is not None]

    async def look(self, deadline: Deadline) -> None:
        """A list of several; those that it does not show as busy, one by one."""
        listed = await self._listed.find(list(self._pending), deadline) if len(self._pending) > 1 else {}
        self.hurry = listed is None
        if listed is None:
            return
        self.droplets |= listed
        self._pending |= {id: lacks for id, droplet in listed.items() if (lacks := _busy(droplet))}
        left = [id for id in self._pending if id not in listed or not _busy(listed[id])]
        outcomes = await self._session.io.gather([partial(self._lacks, id, deadline, listed.get(id)) for id in left])
        for id, outcome in zip(left, outcomes, strict=True):
            if isinstance(outcome, Exception):
                raise outcome
            self._pending[id] = outcome
        self._pending = {id: lacks for id, lacks in self._pending.items() if lacks}

    async def _lacks(self, id: int, deadline: Deadline, droplet: Any) -> str:
        """What a Droplet lacks; it is read unless a list has just shown it."""
        from ..._core import pages
        from ..._core.request import get, path
        from ..._core.response import holding

        if droplet is None:
            request = get(path("/droplets/{id}", id=id))
            droplet = self.droplets[id] = await self._session.call(request, deadline, holding("droplet", dict))
        if droplet["status"] == "new":
            return _busy(droplet)
        listing = pages.numbered(path("/droplets/{id}/actions", id=id), {}, 1)
        page = await self._session.call(listing, deadline, pages.reading("actions"))
        return ", ".join(f"{one['type']} is running" for one in page.items if one.get("status") == "in-progress")


def _busy(droplet: Mapping[str, Any]) -> str:
    """What a list shows of a Droplet that is not ready: it is being made, or an action locks it."""
    from ..._core.readiness import Readiness

    if droplet.get("status") == "new":
        return ", ".join(Readiness(public_ipv4=False).lacks(droplet))
    return "an action is running" if droplet.get("locked") else ""


def _wait(ctx: click.Context, **params: Any) -> None:
    settings = (ctx.find_object(Settings) or Settings()).with_params(params)
    from ...types import Droplet
    from ..accounts.client import open_client
    from ..output.formats import check_expressions, print_result
    from ..output.progress import Reporter
    from ..run.affected import untagged
    from ..run.resume import resumable, waiting

    check_expressions(settings, Droplet)
    with open_client(settings) as do, Reporter(settings) as reporter:
        ids = _ids(do, params, reporter.names)
        port: int | None = params["ready_port"]
        with resumable(reporter, lambda _: waiting(settings, ids, port=port)):
            _begin(do, ids, reporter)
            found = wait_for(do, ids, params["poll"], params["timeout"], reporter.progress(), port)
        reporter.stop()
        if not ids:
            untagged(params["tag_name"], reporter)
        print_result(found, Droplet, settings)


def _begin(do: DO, ids: Sequence[int], reporter: Reporter) -> None:
    """Draw at once what is waited for."""
    from ...progress import Progress

    first = Progress("wait", 0, len(ids), 0.0, dict.fromkeys(ids, "not looked at yet"))
    reporter.begin(first, do._session.io.clock)  # noqa: SLF001 - the time that the wait goes by


def _ids(do: DO, params: Mapping[str, Any], names: dict[Any, str]) -> list[int]:
    from ..run.droplets import resolved

    if bool(params["id"]) == bool(params["tag_name"]):
        raise Failure("give either Droplets or --tag", USAGE.code)
    if params["tag_name"]:
        listed = do.droplet.list(tag_name=params["tag_name"])
        names.update({droplet["id"]: droplet["name"] for droplet in listed})
        return [droplet["id"] for droplet in listed]
    return resolved(do, params["id"], names)


def wait_for(
    do: DO, ids: Sequence[int], poll: float, timeout: float, progress: Any, ready_port: int | None
) -> list[Any]:
    """The Droplets, once they are ready."""
    from ..._operation import run
    from ..._wait.polling import WaitPlan, wait
    from ..._wait.ports import PortWatch

    session = do._session  # noqa: SLF001 - waiting beyond what an operation waits for
    plan = WaitPlan(poll, session.deadline(timeout), progress)
    settling = Settling(session, ids)
    run(settling.look(plan.deadline))
    run(wait(session, settling, plan))
    if ready_port is not None:
        run(wait(session, PortWatch(session, settling.seen(), ready_port), plan))
    found: list[Any] = settling.seen()
    return found


WAITING: Sequence[click.Parameter] = (
    Option(["--poll"], type=SECONDS, default=5.0, show_default=True, section="Waiting",
           help="Seconds between two looks."),
    Option(["--timeout"], type=SECONDS, default=300.0, show_default=True, section="Waiting",
           help="Seconds that it may take."),
)  # fmt: skip

command = Described(
    "wait",
    help="Wait till Droplets are ready and no action is running on them.",
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
        Option(["--ready-port"], type=click.INT, section="Waiting", help="Also wait till this TCP port answers."),
        *common(),
    ],
)

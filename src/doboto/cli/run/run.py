"""Run an operation: resolve names, ask for confirmation, call it once or several times, print the result.

What a command that only reads does not need is imported where it is needed: most of its time would go there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import product, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click

from ..._json import is_array
from ...errors import DOBOTOException
from ..errors import NOT_FOUND, PARTLY, USAGE, Failure, SeveralFailed, partial_results
from ..output.columns import ListFilter
from ..output.formats import check_expressions, print_result
from ..output.progress import Reporter
from ..schema.catalog import CliOperation, hyphenate, takes_droplet, target_of
from ..schema.parameters import as_usage, assemble, replaces, values_of
from ..settings import CliSettings, Option
from .resolve import (
    explain_missing,
    resolve_backup,
    resolve_droplets,
    resolve_names,
    resolve_objects,
    resolve_record,
    resolve_references,
)

if TYPE_CHECKING:
    from ...client import DO

#: Operations that make Droplets, and those that check a slug they are given.
MAKING = frozenset({"create", "present"})
CHECKED = frozenset({"create", "present", "resize", "rebuild"})
#: The operation whose attributes have values unless given.
ALERTING = ("monitoring", "alert_create")
ALERT_OPTIONS: Sequence[click.Parameter] = (
    Option(["--email", "our_email"], multiple=True, metavar="ADDRESS",
           help="Who is notified, by email; may be given several times. --alerts names Slack channels, too."),
)  # fmt: skip


#: Ends the names of operations that put resources into a project, and states of those that are not in it then.
ASSIGNING, UNASSIGNED = "resource_assign", frozenset({"not_found", "service_down"})
#: Begins the names of parameters that filter a list.
FILTER = "our_filter_"
#: Seconds by which an action may have begun before an older one in the list.
SLACK = 3600.0
#: Seconds that are left for the work at least, once a question is answered.
SHORTEST = 0.001


class Invocation(NamedTuple):
    """Options of a command line beside the operation's own parameters.

    Attributes:
        yes: Not to ask.
        number: How many Droplets to create.
        dry_run: To create nothing.
        replace: To reset what an update does not give.
        filter: Which resources of a list are printed.
    """

    yes: bool = False
    number: int | None = None
    dry_run: bool = False
    replace: bool = False
    filter: ListFilter = ListFilter()


def _filter_of(params: dict[str, Any]) -> ListFilter:
    """Remove the options that filter a list from a command's parameters, and return what they say.

    Raises:
        Failure: A pattern or value is empty, as of a variable that is not set, or no time is between the bounds.
    """
    given = {name.removeprefix(FILTER): params.pop(name) for name in [*params] if name.startswith(FILTER)}
    values = {name: [one.strip() for one in text.split(",")] for name, text in given.items() if text is not None}
    patterns = params.pop("our_patterns", ())
    after, before = params.pop("our_after", None), params.pop("our_before", None)
    if not all(patterns):
        raise Failure("a pattern is empty; '*' fits every name", USAGE.code)
    for name, some in values.items():
        if not all(some):
            raise Failure(f"--{hyphenate(name)} is empty", USAGE.code)
    if after is not None and before is not None and after > before:
        raise Failure("--after is later than --before", USAGE.code)
    return ListFilter(patterns, values, after, before)


def _invocation_of(params: dict[str, Any], settings: CliSettings) -> Invocation:
    """Remove the options beside the operation's own from a command's parameters, and return what they say.

    Raises:
        Failure: Some do not go together.
    """
    found = Invocation(
        bool(params.pop("our_yes", None)),
        params.pop("our_count", None),
        bool(params.pop("our_dry_run", None)),
        bool(params.pop("our_replace", None)),
        _filter_of(params),
    )
    if found.dry_run and settings.columns and settings.query is None:
        raise Failure("--dry-run shows requests, which have no --columns; --query selects from them", USAGE.code)
    return found


def run(
    operation: CliOperation, params: dict[str, Any], command: Sequence[click.Parameter], settings: CliSettings
) -> None:
    """Run an operation as a command line asks for it."""
    from ..accounts.client import find_account, open_client, with_deadline

    check_expressions(settings, operation.result)
    invocation = _invocation_of(params, settings)
    values = values_of(params, command)
    if (operation.resource, operation.name) == ALERTING:
        from .create import complete_alert

        values = complete_alert(values, params.pop("our_email", ()))
    if settings.timeout is not None and operation.takes("timeout"):
        values.setdefault("timeout", settings.timeout)
    seconds = values.get("timeout", settings.timeout)
    with (
        Reporter(settings) as reporter,
        open_client(settings, on_event=reporter.on_event) as client,
        explain_missing(do := with_deadline(client, seconds), values.get("tag_name")),
    ):
        began = client.clock.monotonic()
        if operation.only_waits:
            _wait(do, operation, values, reporter, settings)
            return
        calls = [assemble(operation, call) for call in _build_calls(do, operation, values, invocation, reporter)]
        ids = _check_slugs(do, operation, values)
        if invocation.dry_run:
            from .create import dry_run

            dry_run(do, operation, calls[0] | ids, settings)
            return
        account = str(find_account(settings))
        if replaces(operation):
            from .confirm import complete_update

            update = partial(complete_update, do, operation, reporter=reporter, account=account)
            calls = [update(call, replace=invocation.replace, yes=invocation.yes) for call in calls]
        todo: Sequence[Mapping[str, Any]] = calls
        if operation.info.consequence(values) is not None:
            from .confirm import confirm

            todo = confirm(do, operation, calls, reporter, account, settings, yes=invocation.yes)
        todo = [{**call, **ids} for call in todo]
        if seconds and reporter.asked:
            do = with_deadline(client, max(began + seconds + reporter.asked - client.clock.monotonic(), SHORTEST))

        if not (operation.info.changes or operation.takes("poll")):  # nothing goes on when it is interrupted
            _execute(do, operation, todo, reporter, settings, invocation.filter)
            return
        from .resume import offer_resume, resume

        def again(ids: Sequence[Any] | None) -> str | None:
            target = target_of(operation)
            unfinished = todo if ids is None else [call for call in todo if target and call[target] in ids]
            return resume(operation, unfinished, reporter, settings)

        with offer_resume(reporter, again):
            _execute(do, operation, todo, reporter, settings, invocation.filter)


def _wait(do: DO, operation: CliOperation, values: dict[str, Any], reporter: Reporter, settings: CliSettings) -> None:
    """Wait for what exists; until its names are resolved, the command that resumes has them as they were given."""
    from .resume import offer_resume, resume

    calls: list[dict[str, Any]] = [values]
    with offer_resume(reporter, lambda _: resume(operation, calls, reporter, settings), waits=True):
        calls = [assemble(operation, one) for one in _build_calls(do, operation, dict(values), Invocation(), reporter)]
        _execute(do, operation, calls, reporter, settings, ListFilter())


def _check_slugs(do: DO, operation: CliOperation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Check the slugs of a command that takes some; return the id of an image that was given by its name."""
    if operation.resource != "droplet" or operation.name not in CHECKED:
        return {}
    from .create import check_availability, check_slugs

    ids = check_slugs(do, values)
    if operation.name in MAKING:
        check_availability(do, {**values, **ids})
    return ids


def _execute(
    do: DO,
    operation: CliOperation,
    calls: Sequence[Mapping[str, Any]],
    reporter: Reporter,
    settings: CliSettings,
    filter: ListFilter,
) -> None:
    """Make the calls and print the result; where a part failed, the results of the others."""
    try:
        result = _run_filtered(do, operation, calls, reporter, filter) if calls else None
    except (SeveralFailed, DOBOTOException) as failure:
        reporter.stop()
        if results := partial_results(failure):
            with suppress(Failure):  # an expression that does not fit them: the error is why a part failed
                print_result(results, operation.result, settings, reporter.names)
        from .resume import add_hint

        raise add_hint(failure, do, operation, calls, settings) from failure.__cause__
    reporter.stop()
    print_result(_unpack(result), operation.result, settings, reporter.names)
    if operation.name.endswith(ASSIGNING) and is_array(result):
        _check_assigned(result)


def _check_assigned(resources: Sequence[Mapping[str, Any]]) -> None:
    """Check what became of resources that a project was to get: the API's answer is 200 in any case.

    Raises:
        Failure: Some are not in the project.
    """
    wrong = [one for one in resources if one.get("status") in UNASSIGNED]
    if wrong:
        listed = ", ".join(f"{one.get('urn')} ({str(one['status']).replace('_', ' ')})" for one in wrong)
        code = NOT_FOUND if len(wrong) == len(resources) else PARTLY
        raise Failure(f"{len(wrong)} of {len(resources)} not assigned: {listed}", code.code)


def _run_filtered(
    do: DO, operation: CliOperation, calls: Sequence[Mapping[str, Any]], reporter: Reporter, filter: ListFilter
) -> Any:
    """Make the calls, and leave out of a list what is not wanted.

    Of the actions of all times, which are listed newest first, those before the earliest time wanted are not read.
    """
    if not filter:
        return _run(do, operation, calls, reporter)
    if operation.resource == "action" and filter.after is not None:
        earliest = ListFilter(after=filter.after - SLACK)
        listed = list(takewhile(lambda action: earliest.is_in_time(action, "started_at"), do.action.each()))
    else:
        listed = _run(do, operation, calls, reporter)
    found = filter.apply(listed, operation.result)
    if not found and not reporter.quiet:
        for name, there in filter.unknown_values(listed, operation.result).items():
            text = f"nothing has the {name.replace('_', ' ')} {', '.join(filter.values[name])}; there are {there}"
            reporter.line(text, event="hint")
    return found


def _build_calls(
    do: DO, operation: CliOperation, values: dict[str, Any], invocation: Invocation, reporter: Reporter
) -> list[dict[str, Any]]:
    """Build the arguments of each call: one call, or one for each of several ids."""
    values = resolve_record(do, operation, resolve_objects(do, values, reporter.names))
    values = resolve_references(do, operation, values, reporter.names)
    resolved = resolve_names(do, operation, values, reporter.names)
    if resolved is None:
        return []
    values = resolved
    if operation.resource == "droplet" and operation.name in MAKING:
        return [normalize_names(values, invocation.number)]
    for name in [name for name in values if takes_droplet(operation, name)]:
        many = isinstance(values[name], list)
        missing_ok = name == "id" and bool(values.get("missing_ok"))
        texts = values[name] if many else [values[name]]
        ids = resolve_droplets(do, texts, reporter.names, missing_ok=missing_ok)
        values[name] = ids if many else ids[0]
    if operation.only_waits:
        return [_wait_call(operation, values)]
    values = resolve_backup(do, operation, values)
    target = target_of(operation)
    given: Sequence[Any] | None = values.pop(target, None) if target is not None else None
    if target is None or given is None:
        return [values]
    _refuse_both(values)
    several = list(dict.fromkeys(given))
    if not all(str(one).strip() for one in several):  # such as a variable that is not set
        raise Failure(f"{operation.resource.replace('_', ' ')}: the {target} is empty", USAGE.code)
    _refuse_namesakes(several, values)
    return [{target: id, **values} for id in several]


def _wait_call(operation: CliOperation, values: Mapping[str, Any]) -> dict[str, Any]:
    """Build the arguments of a wait: the library waits for several resources together."""
    name = operation.parameters[0].name
    given = values[name]
    ids = list(dict.fromkeys(given)) if is_array(given) else [given]
    return {**values, name: ids if len(ids) > 1 else ids[0]}


def _refuse_both(values: Mapping[str, Any]) -> None:
    if "tag_name" in values:
        raise Failure("give either Droplets or --tag, not both", USAGE.code)


def _refuse_namesakes(ids: Sequence[Any], values: Mapping[str, Any]) -> None:
    if len(ids) > 1 and "name" in values:
        raise Failure(f"--name takes exactly one target, not {len(ids)}", USAGE.code)


def _run(do: DO, operation: CliOperation, todo: Sequence[Mapping[str, Any]], reporter: Reporter) -> Any:
    if len(todo) > 1 or operation.info.bulk:
        from .bulk import call_all, takes

        if takes(operation, todo):
            return call_all(do, operation, todo, reporter)
    values, more = todo[0], dict[str, Any]()
    if any(one.name == "progress" for one in operation.parameters):
        more["progress"] = reporter.progress(values.get("tag_name") if operation.name == "destroy" else None)
        _start_progress(do, operation, values, reporter)
    with as_usage(operation):  # the operation looks at its arguments
        return operation.bind(do)(**values, **more)


def _start_progress(do: DO, operation: CliOperation, values: Mapping[str, Any], reporter: Reporter) -> None:
    """Draw at once what is going to be waited for."""
    if not (values.get("wait") or operation.only_waits):
        return
    from ...events import Progress

    names = values.get("names")
    state = "not read yet" if operation.only_waits else "begun"
    given = values.get(operation.parameters[0].name) if operation.only_waits else values.get("id")
    pending = {} if given is None else dict.fromkeys(given if is_array(given) else [given], state)
    names = list(pending) if operation.only_waits else names
    many = 0 if values.get("tag_name") else 1  # by tag it is not known before the answer
    first = Progress(operation.name, 0, len(names) if is_array(names) else many, 0.0, pending)
    reporter.begin(first, do.clock)


def _unpack(result: Any) -> Any:
    """Return what is printed: of a pair, which also says what was created, everything that is there."""
    return next(iter(cast(Sequence[Any], result))) if isinstance(result, tuple) else result


RANGE = r"\{(\d+)\.\.(\d+)\}"
CHOICE = r"\{([^{}]*,[^{}]*)\}"
#: A typing error must not become a fleet.
MOST = 1000

OPTIONS: Sequence[click.Parameter] = (
    Option(["--count", "our_count"], type=click.IntRange(1, MOST), metavar="N",
           help="How many to create: NAME-1 to NAME-N, or with {} in NAME where the number belongs."),
    Option(["--dry-run", "our_dry_run"], is_flag=True, default=None,
           help="Show what would be sent and what it would cost; create nothing."),
)  # fmt: skip


def expand_names(names: Sequence[str], count: int | None) -> list[str]:
    """Expand ranges (`web-{01..05}`), alternatives (`{web,db}-1`) and `--count` in names.

    Raises:
        Failure: They are too many, or `--count` comes with several names.
    """
    if count is not None:
        if len(names) != 1:
            raise Failure("--count numbers one name", USAGE.code)
        pattern = names[0] if "{}" in names[0] else f"{names[0]}-{{}}"
        names = [pattern.replace("{}", str(number)) for number in range(1, count + 1)]
    found = [one for name in names for one in _expand(name)]
    if len(found) > MOST:
        raise Failure(f"{len(found)} names are more than {MOST}", USAGE.code)
    return found


def _expand(name: str) -> list[str]:
    parts: list[list[str]] = []
    start = 0
    for brace in re.finditer(r"\{[^{}]*\}", name):
        parts += [[name[start : brace.start()]], _alternatives(brace[0])]
        start = brace.end()
    return ["".join(one) for one in product(*parts, [name[start:]])]


def _alternatives(brace: str) -> list[str]:
    if found := re.fullmatch(RANGE, brace):
        first, last = int(found[1]), int(found[2])
        if abs(last - first) >= MOST:
            raise Failure(f"{brace} are more than {MOST} names", USAGE.code)
        width = len(found[1]) if found[1].startswith("0") else 0
        step = 1 if last >= first else -1
        return [str(number).zfill(width) for number in range(first, last + step, step)]
    if found := re.fullmatch(CHOICE, brace):
        return found[1].split(",")
    return [brace]


def normalize_names(values: dict[str, Any], count: int | None) -> dict[str, Any]:
    """Replace the names of a create by `name` for one Droplet, or `names` for several."""
    names = expand_names(values.pop("names", []), count)
    if values.get("backup_policy"):  # which the API does not look at without backups
        if values.get("backups") is False:
            raise Failure("--backup-policy goes with --backups, not with --no-backups", USAGE.code)
        values["backups"] = True
    return {"name": names[0], **values} if len(names) == 1 else {"names": names, **values}

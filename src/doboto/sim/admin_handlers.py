"""The handlers of the admin interface: accounts and their state, clock, faults, request log, seed, settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from . import snapshot
from .engine import settings
from .engine.account import Account
from .engine.clock import KINDS, LAST_MOMENT, ManualClock, RealClock, SimulatorClock, iso, kind_of
from .engine.errors import (
    bad_request,
    conflict,
    not_found,
    unprocessable,
)
from .engine.fields import integer
from .engine.lifecycle import DURATIONS
from .engine.records import DROPLET, Record, StoredDroplet, as_list, as_record, is_number
from .engine.world import World, account_label
from .faults import Faults
from .http.routes import Stubs
from .page.overview import overview


@dataclass(frozen=True, slots=True)
class AdminRequest:
    """One request to the admin interface."""

    world: World
    faults: Faults
    stubs: Stubs
    path: Mapping[str, str]
    query: Mapping[str, str]
    #: The JSON that was sent; None for no body.
    body: Any

    @property
    def members(self) -> Record:
        """The body as an object; an empty one for no body."""
        found = as_record({} if self.body is None else self.body)
        if found is None:
            raise bad_request("the body must be a JSON object")
        return found

    def number(self, name: str) -> float:
        """Return a member that must be a finite number."""
        value = self.members.get(name)
        if not is_number(value):
            raise unprocessable(f"{name} must be a number")
        return value

    def account(self, members: Record) -> str | None:
        """Return the label of the account that an object names, by `account` or by `token`, if it does."""
        found = members.get("account", members.get("token"))
        if found is not None and not isinstance(found, str):
            raise unprocessable("account and token must be text")
        return None if found is None else account_label(found)


Handler = Callable[[AdminRequest], Record]


# -- accounts


def list_accounts(request: AdminRequest) -> Record:
    """List the accounts, what they hold, and what their most used token has left."""
    now = request.world.clock.now()
    return {
        "accounts": [
            {
                "account": account.name,
                "resources": {kind: len(records) for kind, records in account.dump().items() if records},
                "ratelimit_remaining": account.rates.lowest(now).remaining(now),
            }
            for account in request.world.accounts.values()
        ]
    }


def reset(request: AdminRequest) -> Record:
    """Empty all accounts, the faults and the log, or one account."""
    name = request.account(request.members)
    if name is not None and name not in request.world.accounts:
        raise not_found(f"There is no account {name}.")
    emptied = snapshot.reset(request.world, name)
    if name is None:
        request.faults.clear()
        request.stubs.clear()
    return {"reset": emptied}


def dump_state(request: AdminRequest) -> Record:
    """Return everything as one document."""
    return snapshot.dump(request.world)


def load_state(request: AdminRequest) -> Record:
    """Put such a document back."""
    try:
        snapshot.load(request.world, request.body)
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return {"loaded": list(request.world.accounts)}


def show_overview(request: AdminRequest) -> Record:
    """Return what the page at `/` shows, the time included."""
    return {
        "clock": show_clock(request),
        **overview(request.world, request.query.get("account")),
        "faults": sum(1 for _ in request.faults),
    }


# -- clock


def show_clock(request: AdminRequest) -> Record:
    """Return what time it is, and by what clock."""
    clock = request.world.clock
    return {
        "kind": kind_of(clock),
        "now": clock.now(),
        "time": iso(clock.now()),
        "speed": clock.speed if isinstance(clock, RealClock) else None,
    }


def change_clock(request: AdminRequest) -> Record:
    """Run faster or slower, or by a clock of another kind."""
    kind = request.members.get("kind")
    speed = request.number("speed") if kind is None or "speed" in request.members else 1.0
    if speed <= 0:
        raise unprocessable("speed must be above 0")
    if kind is None:
        _run_at(request.world.clock, speed)
    else:
        _use_clock(request, kind, speed)
    return show_clock(request)


def _run_at(clock: SimulatorClock, speed: float) -> None:
    if not isinstance(clock, RealClock):
        raise conflict("This clock does not run by itself.")
    clock.run_at(speed)


def _use_clock(request: AdminRequest, kind: object, speed: float) -> None:
    if not isinstance(kind, str) or kind not in KINDS:
        raise unprocessable(f"kind must be one of {', '.join(KINDS)}")
    if kind != "real" and "speed" in request.members:
        raise unprocessable("only a real clock has a speed")
    request.world.use_clock(KINDS[kind](speed, request.world.clock.now()))


def advance_clock(request: AdminRequest) -> Record:
    """Move a manual clock."""
    clock, seconds = request.world.clock, request.number("seconds")
    if not isinstance(clock, ManualClock):
        raise conflict("This clock is not moved by hand.")
    if seconds < 0 or clock.now() + seconds > LAST_MOMENT:
        raise unprocessable("seconds must not be negative, and not lead beyond the year 9999")
    clock.advance(seconds)
    request.world.commit(always=True)
    return show_clock(request)


# -- faults


def list_faults(request: AdminRequest) -> Record:
    """List the rules in force."""
    return {"faults": [fault.to_json() for fault in request.faults]}


def add_faults(request: AdminRequest) -> Record:
    """Add one or several rules."""
    rules = as_list(request.body)
    rules = [request.body] if rules is None else rules
    try:
        added = request.faults.load([_with_label(request, rule) for rule in rules])
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return {"faults": [fault.to_json() for fault in added]}


def _with_label(request: AdminRequest, rule: object) -> object:
    members = as_record(rule)
    if members is None or not members.keys() & {"account", "token"}:
        return rule
    others = {name: value for name, value in members.items() if name != "token"}
    return {**others, "account": request.account(members)}


def clear_faults(request: AdminRequest) -> Record:
    """Remove all rules."""
    request.faults.clear()
    return list_faults(request)


def remove_fault(request: AdminRequest) -> Record:
    """Remove one rule."""
    if not request.faults.remove(integer(request.path["id"]) or 0):
        raise not_found(f"There is no fault {request.path['id']}.")
    return list_faults(request)


# -- machines


def list_machines(request: AdminRequest) -> Record:
    """List the machines behind Droplets, of all accounts or of one, or of one Droplet's id."""
    account, droplet = request.query.get("account"), integer(request.query.get("droplet"))
    found = ((one, record) for one in request.world.accounts.values() for record in one.store(DROPLET))
    wanted = ((one, record) for one, record in found if account in (None, one.name) and droplet in (None, record["id"]))
    machines = (_describe_machine(one, record) for one, record in wanted)
    return {"machines": [machine for machine in machines if machine is not None]}


def _describe_machine(account: Account, droplet: StoredDroplet) -> Record | None:
    executor = account.executor
    found = None if executor is None else executor.describe(account.name, droplet["id"], with_console=True)
    named = {"account": account.name, "droplet_id": droplet["id"], "name": droplet["name"]}
    return None if found is None else {**named, **found}


# -- the request log


def list_requests(request: AdminRequest) -> Record:
    """List the last requests, or those after a number."""
    log = request.world.log
    after = integer(request.query.get("after")) or 0
    return {"requests": [entry.to_json() for entry in log.entries(after)], "total": log.total}


def find_requests(request: AdminRequest) -> Record:
    """List the last requests with their bodies, or those that match the query."""
    query = request.query
    found = request.world.log.filter(
        query.get("method"),
        query.get("path"),
        status=integer(query.get("status")),
        account=query.get("account"),
        after=integer(query.get("after")) or 0,
    )
    return {"requests": [entry.to_detailed_json() for entry in found], "total": request.world.log.total}


def show_request(request: AdminRequest) -> Record:
    """Return one request with its bodies."""
    number = integer(request.path["id"])
    found = [entry for entry in request.world.log.entries() if entry.number == number]
    if not found:
        raise not_found(f"There is no request {request.path['id']}, or not any more.")
    return {"request": found[0].to_detailed_json()}


def clear_log(request: AdminRequest) -> Record:
    """Forget them."""
    request.world.log.clear()
    return list_requests(request)


# -- stubs, health


def add_stub(request: AdminRequest) -> Record:
    """Answer a path as a test says."""
    members = request.members
    headers = as_record(members.get("headers") or {})
    try:
        request.stubs.add(
            str(members.get("method", "GET")),
            str(members.get("path")),
            json=members.get("json"),
            status=integer(members.get("status", 200)) or 0,
            headers={name: str(value) for name, value in (headers or {}).items()},
        )
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return {"stubs": len(request.stubs)}


def clear_stubs(request: AdminRequest) -> Record:
    """Forget all stubs."""
    request.stubs.clear()
    return {"stubs": 0}


def show_health(request: AdminRequest) -> Record:
    """Say that the simulator answers, and what time it is there."""
    return {"status": "ok", "time": iso(request.world.clock.now())}


# -- seed and settings


def show_seed(request: AdminRequest) -> Record:
    """Return the seed."""
    return {"seed": request.world.seed}


def change_seed(request: AdminRequest) -> Record:
    """Draw from another seed, for what is created from now on."""
    try:
        request.world.reseed(settings.validate_seed(request.members.get("seed")))
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    request.world.commit(always=True)
    return show_seed(request)


def show_settings(request: AdminRequest) -> Record:
    """Return the settings, with the durations in force."""
    found = request.world.settings
    return {"settings": {**asdict(found), "durations": {**DURATIONS, **found.durations}}}


def change_settings(request: AdminRequest) -> Record:
    """Change some of them."""
    try:
        request.world.use_settings(settings.change_settings(request.world.settings, request.members))
    except ValueError as problem:
        raise unprocessable(str(problem)) from None
    return show_settings(request)

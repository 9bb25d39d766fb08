"""Each exception is raised where its docstring says, and its text says what happened, to what, and what to do next."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

import doboto.errors
from doboto import DO, DOBOTOException, Retry
from doboto.sim import Simulator

from .conftest import one, several

#: Has an exception raised, by a client of the simulator.
Raise: TypeAlias = Callable[[Any, Simulator], object]
DROPLET = "/v2/droplets/7"


def info(api: Any, _: Simulator) -> object:
    return api.droplet.info(7)


def answered(status: int, message: str, call: Raise = info, **where: Any) -> Raise:
    """A call that is answered so."""
    body = {"id": "some_id", "message": message}

    def answer(api: Any, sim: Simulator) -> object:
        sim.faults.add("status", status=status, body=body, **where)
        return call(api.with_options(retry=Retry.never()), sim)

    return answer


def create(api: Any, sim: Simulator, **more: Any) -> object:
    return api.droplet.create(one(), **more)


def lose_create(api: Any, sim: Simulator) -> object:
    sim.faults.add("drop", method="POST")
    return create(api, sim)


def fail_create(api: Any, sim: Simulator) -> object:
    sim.faults.add("create_errored", method="POST", path="/v2/droplets")
    return create(api, sim, wait=True)


def destroy_what_is_waited_for(api: Any, sim: Simulator) -> object:
    id = api.droplet.create(one(), wait=True)["id"]
    other, gone = DO.simulated(sim), list[int]()

    def destroy(event: object) -> None:
        if not gone:
            gone.append(id)
            other.droplet.destroy(id)

    return api.droplet.wait(id, until="off", progress=destroy)


def act_while_another_action_runs(api: Any, sim: Simulator) -> object:
    id = api.droplet.create(one(), wait=True)["id"]
    api.droplet.power_off(id)
    return api.droplet.power_on(id)


def undo_nothing(api: Any, sim: Simulator) -> object:
    return api.reserved_ip.unassign(api.reserved_ip.create(region="nyc3")["ip"])


def refuse_one_of_two(api: Any, sim: Simulator) -> object:
    first, second = (droplet["id"] for droplet in api.droplet.create(several("a", "b"), wait=True))
    body = {"id": "some_id", "message": "No."}
    sim.faults.add("status", status=422, method="POST", path=f"/v2/droplets/{first}/actions", body=body)
    return api.droplet.reboot([first, second], wait=True)


def use_after_close(api: Any, sim: Simulator) -> object:
    api.close() if isinstance(api, DO) else api.aclose()
    return api.droplet.info(7)


def use_up_the_minute(api: Any, sim: Simulator) -> object:
    """The limit of the client's own: there is no room before its deadline."""
    for _ in range(250):
        api.account.info()
    return api.with_options(timeout=5).account.info()


#: By the exception: how it comes about, and what its text has.
TABLE: dict[str, tuple[Raise, tuple[str, ...]]] = {
    "ConfigurationException": (lambda api, sim: type_of(api)("t", "ftp://x"), ("'ftp://x'", "http or https URL")),
    "ClientClosedException": (use_after_close, ("client is closed", "make another one")),
    "HTTPException": (answered(418, "Teapot."), (f"GET {{url}}{DROPLET}: 418 some_id: Teapot.",)),
    "BadRequestException": (answered(400, "Bad."), (f"GET {{url}}{DROPLET}: 400", "Bad.", "request ")),
    "UnauthorizedException": (answered(401, "No."), (f"GET {{url}}{DROPLET}: 401", "No.", "check the API token")),
    "ForbiddenException": (answered(403, "You are not authorized."), (DROPLET, "403", "check the scopes")),
    "NotFoundException": (info, (f"GET {{url}}{DROPLET}: 404", "could not be found")),
    "ConflictException": (answered(409, "Busy."), (f"GET {{url}}{DROPLET}: 409", "Busy.")),
    "UnprocessableException": (
        lambda api, sim: api.droplet.create(one(size="none")),
        ("POST {url}/v2/droplets: 422", "invalid size"),
    ),
    "PendingEventException": (act_while_another_action_runs, ("/actions: 422", "pending event", "works once the act")),
    "AlreadyDoneException": (undo_nothing, ("/v2/reserved_ips/", "422", "is not assigned")),
    "RateLimitException": (use_up_the_minute, ("GET {url}/v2/account", "no room", "of 5 s", "retry after ")),
    "ServerException": (answered(500, "Broken."), (f"GET {{url}}{DROPLET}: 500", "Broken.", "request ")),
    "InvalidResponseException": (
        lambda api, sim: sim.faults.add("wrong_shape", body={"a": 1}) and api.droplet.list(),
        ("GET {url}/v2/droplets", "no list 'droplets'", "a"),
    ),
    "ResponseTooLargeException": (
        lambda api, sim: raise_by_transport(api, doboto.DOBOTOResponseTooLargeException("more than 9 bytes")),
        (f"GET {{url}}{DROPLET}: more than 9 bytes",),
    ),
    "ConnectionException": (
        lambda api, sim: sim.faults.add("drop") and info(api, sim),
        (f"GET {{url}}{DROPLET}: ", "dropped", "6 attempts"),
    ),
    "TimeoutException": (
        lambda api, sim: sim.faults.add("latency", seconds=1000) and info(api, sim),
        (f"GET {{url}}{DROPLET}: ", "no response in time"),
    ),
    "CertificateException": (
        lambda api, sim: raise_by_transport(api, doboto.DOBOTOCertificateException("not trusted; ca_file names it")),
        (f"GET {{url}}{DROPLET}: not trusted",),
    ),
    "OutcomeUnknownException": (
        lose_create,
        ("POST {url}/v2/droplets", "outcome is unknown", "looked for Droplets named web-1", "Check before you retry"),
    ),
    "ActionException": (fail_create, ("creating a Droplet failed: action ", "of droplet ", "errored", "web-1")),
    "VanishedException": (destroy_what_is_waited_for, ("were destroyed: web-1 (",)),
    "BulkException": (refuse_one_of_two, ("reboot", "2 Droplets", "1 failed (", "No.", "1 completed")),
    "PollingException": (
        lambda api, sim: create(api, sim, wait=True, timeout=5),
        ("create took longer than 5 s", "1 pending (", "status is new", "created before that: web-1 "),
    ),
}


def type_of(api: Any) -> Any:
    return type(getattr(api, "_target", api))


def raise_by_transport(api: Any, failure: DOBOTOException) -> object:
    """A call whose transport raises that: what it raises by itself is tested with TLS and real sockets."""
    target = getattr(api, "_target", api)

    async def send(*_: object) -> None:
        raise failure

    target._session.io.transport.send = send
    return api.with_options(retry=Retry.never()).droplet.info(7)


def provoke(name: str, api: Any, sim: Simulator) -> DOBOTOException:
    call, _ = TABLE[name]
    with pytest.raises(DOBOTOException) as caught:
        call(api, sim)
    return caught.value


@pytest.mark.parametrize("name", TABLE)
def test_it_is_raised_and_says_what_to_do(name: str, api: Any, sim: Simulator) -> None:
    error = provoke(name, api, sim)
    assert type(error).__name__ == f"DOBOTO{name}"
    text = str(error)
    for part in TABLE[name][1]:
        assert part.format(url="http://simulated.localhost") in text
    assert "\n" not in text


@pytest.mark.parametrize("name", TABLE)
def test_pickling_and_copying_keep_what_it_was_raised_with(name: str, api: Any, sim: Simulator) -> None:
    error = provoke(name, api, sim)
    error.add_note("a note")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert (str(twin), twin.args) == (str(error), error.args)
        assert {key: repr(value) for key, value in vars(twin).items()} == {
            key: repr(value) for key, value in vars(error).items()
        }
        assert (twin.outcome_open, repr(twin.doboto)) == (error.outcome_open, repr(error.doboto))


def test_the_table_has_every_exception() -> None:
    """But for the root, which is never raised itself."""
    kinds = {name.removeprefix("DOBOTO") for name in vars(doboto.errors) if name.startswith("DOBOTO")}
    assert kinds - {"Exception"} == TABLE.keys()

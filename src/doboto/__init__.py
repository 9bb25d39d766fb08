"""DigitalOcean Droplets and all they touch, from Python: blocking (`DO`) and asynchronous (`AsyncDO`).

    from doboto import DO

    do = DO()  # the token comes from DIGITALOCEAN_TOKEN; DO.simulated() needs none
    droplet = do.droplet.create(
        name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True
    )

Plain dicts go in and come out, typed in `doboto.types`; what can go wrong is in `doboto.errors`.
"""

import sys
from types import ModuleType

from ._version import VERSION

TYPE_CHECKING = False  # `typing` itself would take longer to import than all else here; type checkers know this name
if TYPE_CHECKING:
    from ._core.limiter import Limiter
    from ._core.request import Request
    from ._core.response import Response
    from ._core.retry import Retry
    from ._io.clock import SystemClock
    from ._io.protocol import Clock, OnEvent, RateLimitLease, SharedRateLimit, Timeouts, Transport, WireRequest
    from ._io.shared_ratelimit import RedisRateLimit
    from .addresses import private_ipv4, public_ipv4, public_ipv6
    from .client import DO, AsyncDO
    from .errors import (
        DOBOTOActionException,
        DOBOTOAlreadyDoneException,
        DOBOTOBadRequestException,
        DOBOTOBulkException,
        DOBOTOCertificateException,
        DOBOTOClientClosedException,
        DOBOTOConfigurationException,
        DOBOTOConflictException,
        DOBOTOConnectionException,
        DOBOTOException,
        DOBOTOForbiddenException,
        DOBOTOHTTPException,
        DOBOTOInvalidResponseException,
        DOBOTONotFoundException,
        DOBOTOOutcomeUnknownException,
        DOBOTOPendingEventException,
        DOBOTOPollingException,
        DOBOTORateLimitException,
        DOBOTOResponseTooLargeException,
        DOBOTOServerException,
        DOBOTOTimeoutException,
        DOBOTOUnauthorizedException,
        DOBOTOUnprocessableException,
        DOBOTOVanishedException,
    )
    from .events import Event, Progress
    from .outcomes import CallState, Outcome, call_states
    from .ratelimit import RateLimit

__version__ = VERSION

__all__ = [
    "AsyncDO",
    "CallState",
    "Clock",
    "DO",
    "DOBOTOActionException",
    "DOBOTOAlreadyDoneException",
    "DOBOTOBadRequestException",
    "DOBOTOBulkException",
    "DOBOTOCertificateException",
    "DOBOTOClientClosedException",
    "DOBOTOConfigurationException",
    "DOBOTOConflictException",
    "DOBOTOConnectionException",
    "DOBOTOException",
    "DOBOTOForbiddenException",
    "DOBOTOHTTPException",
    "DOBOTOInvalidResponseException",
    "DOBOTONotFoundException",
    "DOBOTOOutcomeUnknownException",
    "DOBOTOPendingEventException",
    "DOBOTOPollingException",
    "DOBOTORateLimitException",
    "DOBOTOResponseTooLargeException",
    "DOBOTOServerException",
    "DOBOTOTimeoutException",
    "DOBOTOUnauthorizedException",
    "DOBOTOUnprocessableException",
    "DOBOTOVanishedException",
    "Event",
    "Limiter",
    "OnEvent",
    "Outcome",
    "Progress",
    "RateLimit",
    "RateLimitLease",
    "RedisRateLimit",
    "Request",
    "Response",
    "Retry",
    "SharedRateLimit",
    "SystemClock",
    "Timeouts",
    "Transport",
    "WireRequest",
    "__version__",
    "call_states",
    "private_ipv4",
    "public_ipv4",
    "public_ipv6",
]

#: Where each public name is; those of errors are in `errors`. They are imported when they are asked for, so that what
#: needs little starts fast: the command line's version and its completion.
HOMES = {
    "AsyncDO": "client", "CallState": "outcomes", "Clock": "_io.protocol", "DO": "client", "Event": "events",
    "Limiter": "_core.limiter", "OnEvent": "_io.protocol", "Outcome": "outcomes", "Progress": "events",
    "RateLimit": "ratelimit", "RateLimitLease": "_io.protocol", "RedisRateLimit": "_io.shared_ratelimit",
    "Request": "_core.request", "Response": "_core.response", "Retry": "_core.retry", "SharedRateLimit": "_io.protocol",
    "SystemClock": "_io.clock", "Timeouts": "_io.protocol", "Transport": "_io.protocol", "WireRequest": "_io.protocol",
    "call_states": "outcomes", "private_ipv4": "addresses", "public_ipv4": "addresses", "public_ipv6": "addresses",
    **{name: "errors" for name in __all__ if name.startswith("DOBOTO")},
}  # fmt: skip
#: Public modules that are there without an import of their own.
MODULES = frozenset({"addresses", "client", "errors", "events", "outcomes", "ratelimit"})


def __getattr__(name: str) -> object:
    """Import a public name, or a public module, when it is asked for first (PEP 562)."""
    from importlib import import_module

    if name in MODULES:
        return import_module(f".{name}", __name__)
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The module `doboto`, in which `DO` is the class: an import of the module of that name does not take its place."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value.DO if name == "DO" and isinstance(value, ModuleType) else value)


sys.modules[__name__].__class__ = _Package

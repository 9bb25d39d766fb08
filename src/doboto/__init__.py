"""DigitalOcean Droplets and all they touch, from Python: blocking (`DO`) and asynchronous (`AsyncDO`).

    from doboto import DO

    do = DO()  # the token comes from DIGITALOCEAN_TOKEN; DO.simulated() needs none
    droplet = do.droplet.create(
        name="web-1", region="nyc3", size="s-1vcpu-1gb", image="ubuntu-24-04-x64", wait=True
    )

Plain dicts go in and come out, typed in `doboto.types`; what can go wrong is in `doboto.errors`.
"""

from ._core.limiter import Limiter
from ._core.request import Request
from ._core.response import Response
from ._core.retry import Retry
from ._io.clock import SystemClock
from ._io.protocol import Clock, RateLimitLease, SharedRateLimit, Timeouts, Transport, WireRequest
from ._io.shared_ratelimit import RedisRateLimit
from ._version import VERSION
from .addresses import private_ipv4, public_ipv4, public_ipv6
from .ratelimit import RateLimit

# The submodule first, the class after it: `doboto.DO` is the class, and `from doboto.DO import DO` finds the module in
# sys.modules, so that its import never puts the module in the class's place.
from .DO import DO  # isort: skip
from .client import AsyncDO
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
from .events import Event, OnEvent, Progress
from .outcomes import CallState, Outcome, call_states

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

"""The exceptions: every error that this library raises, and what it means.

    DOBOTOException                        every error of this library
    ├── DOBOTOConfigurationException       the client's settings: no token, a URL that can't be used (also a ValueError)
    ├── DOBOTOClientClosedException        a call after `close()`
    ├── DOBOTOHTTPException                the API refused, or failed
    │   ├── DOBOTOBadRequestException      400
    │   ├── DOBOTOUnauthorizedException    401
    │   ├── DOBOTOForbiddenException       403: the token lacks a scope
    │   ├── DOBOTONotFoundException        404
    │   ├── DOBOTOConflictException        409 and 412
    │   ├── DOBOTOUnprocessableException   422
    │   │   ├── DOBOTOPendingEventException    another action runs on that resource
    │   │   └── DOBOTOAlreadyDoneException     its effect is there already: attached, detached, assigned
    │   ├── DOBOTORateLimitException       429, or a wait for the limit longer than the deadline allows
    │   └── DOBOTOServerException          500 and above, 408
    ├── DOBOTOInvalidResponseException     the response cannot be understood
    │   └── DOBOTOResponseTooLargeException    it is larger than `max_response_size`
    ├── DOBOTOConnectionException          no response: the network, a proxy, TLS
    │   ├── DOBOTOTimeoutException         no response in time
    │   └── DOBOTOCertificateException     the server's certificate is not trusted
    ├── DOBOTOOutcomeUnknownException      a change was sent and its outcome is unknown
    ├── DOBOTOActionException              the API began the work and failed at it
    │   └── DOBOTOVanishedException        a Droplet that was waited for is gone
    ├── DOBOTOBulkException                one call for several Droplets did not complete for all of them
    └── DOBOTOPollingException             waiting took longer than its timeout; the work may go on

Arguments that can't be right (an empty id, both `id` and `tag_name`) are an `ArgumentValueError` or an
`ArgumentTypeError` before any request is made: a `ValueError` or `TypeError` whose message can be put in other words.
"""

from __future__ import annotations

import copyreg
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from ._json import mapping
from .ratelimit import RateLimit

if TYPE_CHECKING:
    from .outcomes import CallState, Outcome, OutcomeState

#: What a 403 says of a token that lacks a scope: "You do not have access for the attempted action." and "... permission
#: to perform this action." in the API reference, in fact "You are not authorized to perform this operation."
#: (`community.digitalocean#375`). Any other reason is about the resource or the account: a default VPC, a limit.
NOT_AUTHORIZED = r"(?i)\byou (?:are not authorized|do not have (?:access|permission))\b"
#: A private key as PEM (RFC 7468), also one that was cut off.
PRIVATE_KEY = r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
#: How many of the resources that were created an error's text names; all are in its `created`.
NAMED = 5
#: How much is shown of one that has neither name nor id.
LABEL = 100


class Stage(Enum):
    """How far a request had come when its connection failed; only in `EXCHANGE` something may have been sent."""

    WAIT = "wait"  #: for a free connection of the pool
    RESOLVE = "resolve"  #: the host's name
    PROXY = "proxy"  #: connecting to the proxy, or through it
    CONNECT = "connect"  #: to the API
    TLS = "tls"  #: the handshake with the API
    EXCHANGE = "exchange"  #: request and response


class DOBOTOException(Exception):
    """The root of all errors of this library.

    Attributes:
        message: What went wrong, in words; the API's own words where it gave any.
        result: The API's response as parsed from JSON, or None.
        method: The request's HTTP method, or None when no request was made.
        url: The request's URL, or None.
        status: The response's HTTP status, or None when there was no response.
        id: The API's name of the error, as `not_found`, or None.
        request_id: The API's id of the request, to quote to DigitalOcean's support, or None.
        headers: The response's headers, names in lower case.
        body: The response's body as text.
        attempts: How many times the request was sent.
        sent_at: When it was sent last, in seconds since 1970 by the client's clock, or None.
        earlier_open: Whether an earlier attempt at the same change may have taken effect.
        created: What the same call had created before it failed: dicts as the API sent them.
        unresolved: Names that the same call asked for and that may exist or not.
        not_begun: What the same call had not asked for yet: names, or the ids of Droplets.
    """

    def __init__(
        self,
        message: str = "DO API Error",
        result: Any = None,
        *,
        method: str | None = None,
        url: str | None = None,
        status: int | None = None,
        id: str | None = None,
        request_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        attempts: int = 0,
        created: Sequence[Any] = (),
    ) -> None:
        message = without_keys(message)
        super().__init__(message)
        self.message = message
        self.result = result
        self.method = method
        self.url = url
        self.status = status
        self.id = id
        self.request_id = request_id
        self.headers: dict[str, str] = dict(headers or {})
        self.body = body
        self.attempts = attempts
        self.sent_at: float | None = None
        self.earlier_open = False
        self.created: list[Any] = list(created)
        self.unresolved: list[str] = []
        self.not_begun: list[Any] = []

    @property
    def doboto(self) -> CallState:
        """What the call knew, as `call_states` collects it from any exception."""
        from .outcomes import CallState  # not with every first request

        return CallState(self.created, self.unresolved, self.not_begun)

    def __str__(self) -> str:
        """One line: the request, the status, the API's words, the request id, the attempts."""
        line = self._reason()
        if self.method:
            line = f"{self.method} {self.url}: {line}"
        notes = self._notes()
        return f"{line} ({'; '.join(notes)})" if notes else line

    @property
    def outcome_open(self) -> bool:
        """Whether the request may have taken effect although it failed."""
        return self.earlier_open or bool(self.unresolved)

    @property
    def _advice(self) -> str:
        """What to do next, where the kind of the error says that."""
        return ""

    def _reason(self) -> str:
        return describe_reason(self)

    def _notes(self) -> list[str]:
        notes: list[str] = []
        if self.request_id:
            notes.append(f"request {self.request_id}")
        if self.attempts > 1:
            notes.append(f"{self.attempts} attempts")
        if self.created:
            more = f" and {len(self.created) - NAMED} more" if len(self.created) > NAMED else ""
            notes.append(f"created before that: {', '.join(_label(made) for made in self.created[:NAMED])}{more}")
        if self._advice:
            notes.append(self._advice)
        return notes


def describe_reason(error: DOBOTOException) -> str:
    """Return what an error says on one line, after its status and the API's name of it, but without its request."""
    line = " ".join(error.message.split()) or type(error).__name__
    if error.status is None:
        return line
    return f"{error.status}{f' {error.id}' if error.id else ''}: {line}"


def without_keys(text: str) -> str:
    """A text without private keys: what answers may show in its error what it was sent."""
    return re.sub(PRIVATE_KEY, "(a private key)", text)


def _label(made: Any) -> str:
    known = mapping(made)
    parts = [str(known[member]) for member in ("name", "id", "uuid", "ip") if known.get(member)]
    return " ".join(parts) or str(made)[:LABEL]


class DOBOTOConfigurationException(DOBOTOException, ValueError):
    """The client can't be made from these settings.

    Attributes:
        parameter: The name of the setting that is wrong, as `DO` has it, or None.
    """

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class DOBOTOClientClosedException(DOBOTOException):
    """The client was closed before the call; nothing was sent."""


class DOBOTOHTTPException(DOBOTOException):
    """The API answered, and the answer was no.

    Attributes:
        retry_after: Seconds until a request has a chance again, at most an hour and a minute, or None when unknown.
    """

    retry_after: float | None = None


class DOBOTOBadRequestException(DOBOTOHTTPException):
    """400: the API could not make sense of the request."""


class DOBOTOUnauthorizedException(DOBOTOHTTPException):
    """401: the token is missing, wrong or revoked."""

    @property
    def _advice(self) -> str:
        return "check the API token: it may be wrong, expired or revoked"


class DOBOTOForbiddenException(DOBOTOHTTPException):
    """The token may not do this (403): it lacks a scope; or the account or the resource does not allow it."""

    @property
    def lacks_scope(self) -> bool:
        """Whether the token is refused, and not what was asked for: the API says so in the message alone."""
        return (self.id or "").lower() != "forbidden" or re.search(NOT_AUTHORIZED, self.message) is not None

    @property
    def _advice(self) -> str:
        return "check the scopes of the API token" if self.lacks_scope else ""


class DOBOTONotFoundException(DOBOTOHTTPException):
    """404: the resource does not exist, or no longer, or not yet."""

    def __init__(self, message: str = "DO API Not Found", result: Any = None, **details: Any) -> None:
        super().__init__(message, result, **details)


class DOBOTOConflictException(DOBOTOHTTPException):
    """409 or 412: the state of the resource is against it."""


class DOBOTOUnprocessableException(DOBOTOHTTPException):
    """422: the API understood, and refuses: a value, a limit, a state."""


class DOBOTOPendingEventException(DOBOTOUnprocessableException):
    """422 because another action is running on that resource; it works once that action ends."""

    @property
    def _advice(self) -> str:
        return "it works once the action that is running there has ended"


class DOBOTOAlreadyDoneException(DOBOTOUnprocessableException):
    """422 because it is so already: the volume is attached there, the address is assigned, or not.

    The resource was read after the refusal, and shows it.
    """


class DOBOTORateLimitException(DOBOTOHTTPException):
    """429, or no room within the rate limit before the call's deadline.

    Attributes:
        ratelimit: `RateLimit(limit, remaining, reset)` as the API last sent it, or None.
        retry_after: Seconds until a retry can succeed, or None if unknown.
    """

    def __init__(
        self,
        message: str = "API rate limit exceeded.",
        result: Any = None,
        *,
        ratelimit: RateLimit | None = None,
        retry_after: float | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, result, **details)
        self.ratelimit = ratelimit
        self.retry_after = retry_after

    def _notes(self) -> list[str]:
        notes = super()._notes()
        if self.ratelimit is not None:
            notes.append(str(self.ratelimit))
        if self.retry_after is not None:
            notes.append(f"retry after {self.retry_after:g} s")
        return notes


class DOBOTOServerException(DOBOTOHTTPException):
    """500 and above: the API, or something before it, failed; and 408, which says that no request came.

    A load balancer says 408 on a connection that idles, and that may cross with a request (RFC 9110, 15.5.9).
    """

    @property
    def outcome_open(self) -> bool:
        """Whether the request may have taken effect; 501 says that the API has no such operation."""
        return self.status != 501 or super().outcome_open


class DOBOTOInvalidResponseException(DOBOTOException):
    """The API answered with something that is not what it documents: no JSON, cut short, another shape."""

    @property
    def outcome_open(self) -> bool:
        """Whether the request may have taken effect; a redirect did not."""
        return self.status is None or self.status < 300 or super().outcome_open


class DOBOTOResponseTooLargeException(DOBOTOInvalidResponseException):
    """The response is larger than the client's `max_response_size`. It is not requested again."""


class DOBOTOConnectionException(DOBOTOException):
    """No response came.

    Attributes:
        sent: Whether the request may have reached the API. False only where the connection was never made, so
            that the request certainly took no effect.
        stage: What failed, a `Stage`, or None where the transport did not say.
    """

    def __init__(
        self,
        message: str = "no connection",
        result: Any = None,
        *,
        sent: bool = True,
        stage: Stage | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, result, **details)
        self.sent = sent
        self.stage = stage

    @property
    def outcome_open(self) -> bool:
        """Whether the request may have taken effect: if it was sent at all."""
        return self.sent or super().outcome_open


class DOBOTOTimeoutException(DOBOTOConnectionException):
    """No response came in time."""


class DOBOTOCertificateException(DOBOTOConnectionException):
    """The certificate of the API, or of a proxy, is for another host, expired, or not issued by a trusted authority.

    It is not tried again. Behind a proxy that looks into TLS, `DO(..., ca_file=...)` names its authority.
    """


class DOBOTOOutcomeUnknownException(DOBOTOException):
    """A change was sent, the response was lost, and the outcome could not be determined.

    It is never sent again by itself: that could create a second Droplet. `created` holds what was found.

    Attributes:
        asked: What was asked for: the request's body.
        looked_for: What was looked for, in words.
        error: The error that left the outcome open.
    """

    def __init__(
        self,
        message: str = "outcome unknown",
        result: Any = None,
        *,
        asked: Any = None,
        looked_for: str = "",
        error: Exception | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, result, **details)
        self.asked = asked
        self.looked_for = looked_for
        self.error = error

    @property
    def outcome_open(self) -> bool:
        """Whether the request may have taken effect: always true."""
        return True

    def _reason(self) -> str:
        return " ".join(self.message.split())  # which has the status of what left it open, after the outcome


class DOBOTOActionException(DOBOTOException):
    """The API began the work and failed at it: an action ended as `errored`.

    Attributes:
        action: The action that failed (the first, if several did), or None.
        droplet: Its Droplet as last seen, or None.
        actions: All actions that were waited for, as last seen.
        droplets: All Droplets that were waited for, as last seen.
    """

    def __init__(
        self,
        message: str = "the action failed",
        result: Any = None,
        *,
        action: Any = None,
        droplet: Any = None,
        actions: Sequence[Any] = (),
        droplets: Sequence[Any] = (),
        **details: Any,
    ) -> None:
        super().__init__(message, result, **details)
        self.action = action
        self.droplet = droplet
        self.actions: list[Any] = list(actions)
        self.droplets: list[Any] = list(droplets)


class DOBOTOVanishedException(DOBOTOActionException):
    """A Droplet that was waited for is gone, and its create action gives no failure as the reason."""


class DOBOTOBulkException(DOBOTOException):
    """One call for several Droplets did not complete for all of them; its cause is the first error, if there is one.

    Attributes:
        outcomes: What became of each Droplet, by its id, in the order given.
        not_begun: The ids of those that were not sent, or only refused because another action was running.
        timed_out: Whether the call ended because its `timeout` was over.
    """

    def __init__(
        self,
        message: str = "not completed for all",
        result: Any = None,
        *,
        outcomes: Mapping[int, Outcome] | None = None,
        timed_out: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(message, result, **details)
        self.outcomes: dict[int, Outcome] = dict(outcomes or {})
        self.timed_out = timed_out
        self.not_begun = self._ids("not_begun")

    @property
    def completed(self) -> list[int]:
        """The ids of those that completed."""
        return self._ids("completed")

    @property
    def failed(self) -> list[int]:
        """The ids of those that were refused, or failed."""
        return self._ids("failed")

    @property
    def running(self) -> list[int]:
        """The ids of those that were accepted and had not completed yet."""
        return self._ids("running")

    @property
    def unknown(self) -> list[int]:
        """The ids of those that were sent and whose outcome is unknown; check them before you retry."""
        return self._ids("unknown")

    @property
    def outcome_open(self) -> bool:
        """Whether a request may have taken effect although it failed."""
        return bool(self.unknown) or super().outcome_open

    @property
    def doboto(self) -> CallState:
        """What the call knew, as `call_states` collects it from any exception."""
        from .outcomes import CallState

        return CallState(self.created, self.unresolved, self.not_begun, outcomes=self.outcomes)

    def _ids(self, state: OutcomeState) -> list[int]:
        return [id for id, outcome in self.outcomes.items() if outcome.state == state]


class DOBOTOPollingException(DOBOTOException):
    """Waiting took longer than its timeout. The work may go on; nothing is lost.

    Attributes:
        polling: What was waited for, as last seen: a dict, or a list of them where several were asked for.
        error: The last error met while polling, or None.
        ids: The ids of what `polling` holds.
        elapsed: Seconds waited.
    """

    def __init__(
        self,
        message: str = "DO API Timeout",
        polling: Any = None,
        error: Exception | None = None,
        *,
        ids: Sequence[int] = (),
        elapsed: float | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, **details)
        self.polling = polling
        self.error = error
        self.ids: list[int] = list(ids)
        self.elapsed = elapsed


class UnknownAttributeWarning(UserWarning):
    """An attribute that the types do not have was sent as it is: misspelt, or newer than this version."""


class ArgumentError(Exception):
    """An argument that is refused before any request; see `ArgumentValueError` and `ArgumentTypeError`.

    Its message has the names that parameters have in Python. A program that calls them otherwise, such as a command
    line with options, gets its own message from `describe`.

    Args:
        template: The message, as for `str.format`: fields with numbers stand for parameters (`{0}`, or `{0:True}` for
            one with a value), fields with names for values.
        parameters: Names of the parameters.
        values: The values.

    Attributes:
        parameters: Names of the parameters that the message is about, in its order.
    """

    def __init__(self, template: str, /, *parameters: str, **values: object) -> None:
        self._parts = tuple(_parse(template, parameters, values))
        self.parameters = parameters
        super().__init__(self.describe(_in_python))

    def describe(self, name: Callable[[str, str], str]) -> str:
        """Return the message with parameters named by a function.

        Args:
            name: Gets a parameter's name and its value as Python writes it, which is empty if the message has none;
                returns what stands for them.
        """
        return "".join(part if isinstance(part, str) else name(*part) for part in self._parts)

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class ArgumentValueError(ArgumentError, ValueError):
    """An argument has a value that it can't have, is missing, or does not go with another."""


class ArgumentTypeError(ArgumentError, TypeError):
    """An argument has a type that it can't have."""


def _parse(template: str, parameters: Sequence[str], values: Mapping[str, object]) -> Iterator[str | tuple[str, str]]:
    """Yield texts, with values in them, and parameters' names with their values."""
    from string import Formatter  # most programs make no mistake

    formatter = Formatter()
    for literal, field, spec, conversion in formatter.parse(template):
        yield literal
        if field is None:
            continue
        if field.isdecimal():
            yield parameters[int(field)], spec or ""
        else:
            try:
                yield formatter.format_field(formatter.convert_field(values[field], conversion), spec or "")
            except ValueError:  # more digits than sys.get_int_max_str_digits()
                yield "a number of thousands of digits"


def _in_python(name: str, value: str) -> str:
    return f"{name}={value}" if value else name

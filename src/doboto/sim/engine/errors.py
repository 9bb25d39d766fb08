"""Refusals with the bodies that the real API sends, and where each text was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .records import Record


class ApiError(Exception):
    """A request that ends with an error body; raised by rules, turned into a reply in one place."""

    def __init__(
        self,
        status: int,
        id: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        body: Record | None = None,
        *,
        at_gateway: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.id = id
        self.message = message
        self.headers = dict(headers or {})
        self.body = {"id": id, "message": message} if body is None else body
        #: The gateway in front of the services refuses, with a JSON writer of its own.
        self.at_gateway = at_gateway


#: The header of a refusal that names the setting which it comes from; the real API has no such header.
SETTING = "x-doboto-sim-setting"
#: `terraform-provider-digitalocean#1486` and `doctl#145`; the reference's example says "requested could not be found".
NOT_FOUND = "The resource you were accessing could not be found."
#: `packer#1814`, `terraform-provider-digitalocean#1034`.
PENDING_EVENT = "Droplet already has a pending event."


def bad_request(message: str = "error parsing request body") -> ApiError:
    """400; the default text is the API reference's."""
    return ApiError(400, "bad_request", message)


def unauthorized(message: str = "Unable to authenticate you") -> ApiError:
    """401 of the gateway; the default text as recorded on 2022-06-25, where the API reference writes lower case."""
    return ApiError(401, "Unauthorized", message, at_gateway=True)


def missing_scope() -> ApiError:
    """403 of the gateway for a token without the scope, as recorded on 2026-03-17 and 2026-08-21."""
    return ApiError(403, "Forbidden", "You are not authorized to perform this operation", at_gateway=True)


def forbidden(message: str = "You do not have access for the attempted action.") -> ApiError:
    """403 of a service; the default text is the API reference's."""
    return ApiError(403, "forbidden", message)


def not_found(message: str = NOT_FOUND) -> ApiError:
    """404 for anything that is not there."""
    return ApiError(404, "not_found", message)


def method_not_allowed(method: str, path: str, allowed: Iterable[str]) -> ApiError:
    """405 with what RFC 9110 wants beside it; its text is our own, no trace shows the real one."""
    names = {*allowed, "OPTIONS"} | ({"HEAD"} if "GET" in allowed else set[str]())
    headers = {"allow": ", ".join(sorted(names))}
    return ApiError(405, "method_not_allowed", f"The method {method} is not allowed for {path}.", headers)


def conflict(message: str = "The request could not be completed due to a conflict.") -> ApiError:
    """409; the default text is the API reference's."""
    return ApiError(409, "conflict", message)


def precondition_failed(message: str) -> ApiError:
    """412, which the API reference has for a project that still has resources."""
    return ApiError(412, "precondition_failed", message)


def too_large() -> ApiError:
    """413 for a body that is not read; its text is our own."""
    return ApiError(413, "request_entity_too_large", "The request body is too large.")


def unprocessable(message: str) -> ApiError:
    """422 for a request that is understood and cannot be done."""
    return ApiError(422, "unprocessable_entity", message)


def over_limit(refusal: ApiError, setting: str) -> ApiError:
    """Name the setting that refuses in a header of the simulator's own: the text is the real API's."""
    refusal.headers[SETTING] = setting
    return refusal


def pending_event() -> ApiError:
    """422 for a second event on a Droplet that still has one."""
    return unprocessable(PENDING_EVENT)


def too_many_requests(retry_after: int | None = None, message: str = "API rate limit exceeded.") -> ApiError:
    """429; only the burst limit says when to try again (API reference, introduction)."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return ApiError(429, "too_many_requests", message, headers)


def server_error() -> ApiError:
    """500 with the API reference's text."""
    return ApiError(500, "server_error", "Unexpected server-side error")


def not_implemented(method: str, path: str) -> ApiError:
    """501 for an operation of the real API that this simulator does not have."""
    message = f"The simulator does not have {method} {path}; give it an answer with simulator.stub()."
    return ApiError(501, "not_implemented", message)

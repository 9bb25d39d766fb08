"""The attributes that a user gives a project."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from ...engine.errors import unprocessable
from ...engine.fields import boolean, read_description, read_name, read_required, require_length, text
from ...engine.records import Record


class ProjectMembers(TypedDict):
    """The attributes of a new project."""

    name: str
    description: str
    purpose: str
    environment: str


#: API reference, `purpose`: what is not one of these is kept as `Other: ...`.
PURPOSES = (
    "Just trying out DigitalOcean", "Class project / Educational purposes", "Website or blog", "Web Application",
    "Service or API", "Mobile Application", "Machine learning / AI / Data processing", "IoT",
    "Operational / Developer tooling",
)  # fmt: skip
OTHER = "Other: "
ENVIRONMENTS = {name.lower(): name for name in ("Development", "Staging", "Production")}
#: API reference.
LENGTHS = {"name": 175, "purpose": 255}


def read_create(body: Record) -> ProjectMembers:
    """Read a new project's attributes."""
    return {
        "name": _name(body),
        "description": read_description(body),
        "purpose": _purpose(body),
        # Left out or "", it is "" (acceptance tests of the Terraform provider).
        "environment": "" if body.get("environment") is None else _environment(body),
    }


def read_replace(body: Record) -> Record:
    """Read all attributes, as PUT wants them."""
    return {name: read(body) for name, read in _READERS.items()}


def read_patch(body: Record) -> Record:
    """Read the attributes that are there; there must be one."""
    found = {name: read(body) for name, read in _READERS.items() if body.get(name) is not None}
    if not found:
        raise unprocessable(f"at least one of {', '.join(_READERS)} is required")
    return found


def _name(body: Record) -> str:
    return require_length("name", read_name(body), LENGTHS["name"])


def _description(body: Record) -> str:
    read_required(body, "description", text)
    return read_description(body)


def _purpose(body: Record) -> str:
    purpose = read_name(body, "purpose")
    known = purpose in PURPOSES or purpose.startswith(OTHER)
    return require_length("purpose", purpose if known else OTHER + purpose, LENGTHS["purpose"])


def _environment(body: Record) -> str:
    found = {**ENVIRONMENTS, "": ""}.get(read_required(body, "environment", text).lower())
    if found is None:
        raise unprocessable(f"environment must be one of {', '.join(ENVIRONMENTS.values())}")
    return found


def _is_default(body: Record) -> bool:
    return read_required(body, "is_default", boolean)


_READERS: dict[str, Callable[[Record], str | bool]] = {
    "name": _name,
    "description": _description,
    "purpose": _purpose,
    "environment": _environment,
    "is_default": _is_default,
}

"""Who is asking: the bearer token, the account it opens, and what it may do there."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ..engine.errors import unauthorized
from .scopes import Scopes

_LABEL = re.compile(r"account-[0-9a-f]{12}")
#: Personal access tokens as the control panel issues them.
REAL_TOKEN = re.compile(r"dop_v1_[0-9a-f]{64}", re.IGNORECASE)

LOOKS_REAL = (
    "Unable to authenticate you. This is a simulator and the token looks like a real DigitalOcean token, which should "
    "not be sent here. Use any other text as a token, or allow real-looking tokens in the simulator's settings."
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token opens."""

    account: str
    scopes: Scopes


def bearer(header: str | None) -> str:
    """The token in an `Authorization` header, else 401."""
    kind, _, token = (header or "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise unauthorized()
    return token.strip()


def label(token: str) -> str:
    """What the account of a token is called: always the same, and the token can't be read from it.

    A label stands for itself, so that whoever knows only that can open the account with it.
    """
    if _LABEL.fullmatch(token):
        return token
    return f"account-{hashlib.sha256(token.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def refuse_real(token: str) -> None:
    """Refuse what looks like a real token (`moto#2058`: tests do run with real credentials)."""
    if REAL_TOKEN.fullmatch(token):
        raise unauthorized(LOOKS_REAL)

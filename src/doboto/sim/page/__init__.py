"""The page for people at `/`: one document, put together from the three files beside this one.

Style and script stand inside the document, so that one request brings everything, and the policy names each by its
hash: nothing else runs, nothing is loaded from elsewhere, and the page may talk to the simulator alone. What it shows
comes from `/_sim/overview`, which is `overview.py`.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..engine.errors import ApiError, method_not_allowed
from ..engine.world import World
from ..http.incoming import refuse_strangers
from ..http.messages import error_reply

#: Each file that goes into the document: the tag that stands for it there, and the element that takes its place.
_PARTS = {
    "style": ("page.css", '<link rel="stylesheet" href="page.css">'),
    "script": ("page.js", '<script src="page.js"></script>'),
}


def route(world: World) -> Route:
    """The route of the page."""
    return Route("/", _Page(world), methods=None)


class _Page:
    # The same people may see it as may use the admin interface, which it is a view of.
    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = self._response(Request(scope, receive))
        except ApiError as error:
            refusal = error_reply(error)
            response = Response(refusal.content(), refusal.status, media_type="application/json")
        await response(scope, receive, send)

    def _response(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            raise method_not_allowed(request.method, "/", ("GET",))
        refuse_strangers(request.client, request.headers, allow_remote=self._world.settings.allow_remote_admin)
        document, headers = page()
        return Response(b"" if request.method == "HEAD" else document, headers=headers, media_type="text/html")


@cache
def page() -> tuple[bytes, dict[str, str]]:
    """The document, and the headers that it is sent with."""
    document, hashes = _read("index.html"), dict[str, str]()
    for element, (name, tag) in _PARTS.items():
        content = _read(name)
        document = document.replace(tag, f"<{element}>{content}</{element}>")
        digest = hashlib.sha256(content.encode()).digest()
        hashes[element] = f"'sha256-{base64.b64encode(digest).decode()}'"
    return document.encode(), {
        "content-security-policy": _policy(hashes["script"], hashes["style"]),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cache-control": "no-store",
    }


def _policy(script: str, style: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {script}",
            f"style-src {style}",
            "img-src data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            # Names come from clients: with these two, a script that made markup of text would fail.
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")

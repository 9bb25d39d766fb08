"""Headless Chromium over its DevTools protocol: as much of it as these tests need, on a blocking surface.

The protocol is JSON over a WebSocket (chromedevtools.github.io/devtools-protocol), which aiohttp speaks already: a
driver would be one more dependency, and some download a browser of their own.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import aiohttp

#: What the browser is called where; DOBOTO_CHROMIUM names another.
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--remote-debugging-port=0",
)  # fmt: skip
#: Seconds for anything that the browser is asked for.
PATIENCE = 120


def installed() -> str | None:
    """Where the browser is, if there is one."""
    named = os.environ.get("DOBOTO_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


class Tab:
    """One page of the browser, and what went wrong in it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._loop = loop
        self._socket = socket
        self._number = 0
        #: Messages of errors and warnings in the console, and exceptions that nothing caught.
        self.complaints: list[str] = []

    def command(self, method: str, **params: Any) -> Any:
        """One command of the protocol, and its result."""
        return self._loop.run_until_complete(asyncio.wait_for(self._command(method, params), PATIENCE))

    def leave(self) -> None:
        """Go to a page with nothing in it."""
        self.command("Page.navigate", url="about:blank")

    def open(self, url: str) -> None:
        """Load a page anew, and wait until it shows what the simulator says."""
        self.leave()
        self.command("Page.navigate", url=url)
        self.until("document.querySelector('#live')?.dataset.state === 'live'")

    def value(self, expression: str) -> Any:
        """What an expression (or a promise) comes to in the page."""
        reply = self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in reply, reply
        return reply["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression is true; the page itself looks at it again and again."""
        watching = f"""new Promise((done, fail) => {{
            const end = performance.now() + {PATIENCE * 500};
            const look = () => ({condition}) ? done() : performance.now() > end ? fail("never") : setTimeout(look, 20);
            look();
        }})"""
        reply = self.command("Runtime.evaluate", expression=watching, awaitPromise=True)
        if "exceptionDetails" in reply:
            text = self.value("document.body.innerText")
            raise AssertionError(f"never true: {condition}\n{self.complaints}\n{text}")

    def click(self, selector: str) -> None:
        """A real click, in the middle of an element that can be seen."""
        box = self.value(
            f"(() => {{ const element = document.querySelector({json.dumps(selector)});"
            " element.scrollIntoView({block: 'center'}); const {x, y, width, height} = element.getBoundingClientRect();"
            " return [x + width / 2, y + height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def press(self, key: str) -> None:
        """A key, such as Tab; Enter writes its character, as on a keyboard."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        code = {"Tab": 9, "Enter": 13, " ": 32}[key]
        self.command("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, text=text)
        self.command("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def look(self, width: int, height: int = 900, scheme: str = "light") -> None:
        """The size of the window, and whether it is light or dark."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, whole: bool = False) -> bytes:
        """What it looks like, as PNG."""
        reply = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(reply["data"])

    async def _command(self, method: str, params: dict[str, Any]) -> Any:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        while True:
            message = await self._socket.receive_json()
            if message.get("id") == self._number:
                assert "error" not in message, (method, message["error"])
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message["method"] == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        elif message["method"] == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(params["args"]))
        elif message["method"] == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(json.dumps(params["entry"]))


@contextmanager
def browser(program: str, folder: Path) -> Iterator[Tab]:
    """A browser with a fresh profile in a folder, and a tab of it; both end with the context."""
    with _started(program, folder) as origin, closing(asyncio.new_event_loop()) as loop:
        session, socket = loop.run_until_complete(_connect(origin))
        try:
            tab = Tab(loop, socket)
            for domain in ("Page", "Runtime", "Log"):
                tab.command(f"{domain}.enable")
            yield tab
        finally:
            loop.run_until_complete(socket.close())
            loop.run_until_complete(session.close())


@contextmanager
def _started(program: str, folder: Path) -> Iterator[str]:
    """The browser, in a session of its own so that its helpers end with it; where its protocol is."""
    command = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        # A pipe that nobody empties would stop the browser some day.
        rest = threading.Thread(target=process.stderr.read, daemon=True)
        try:
            origin = _origin(process.stderr)
            rest.start()
            yield origin
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if rest.ident is not None:
                rest.join()


def _origin(said: IO[str]) -> str:
    lines: list[str] = []
    for line in said:
        lines.append(line)
        if line.startswith("DevTools listening on ws://"):
            return "http://" + line.removeprefix("DevTools listening on ws://").partition("/")[0]
    raise AssertionError(f"the browser did not start: {''.join(lines)}")


async def _connect(origin: str) -> tuple[aiohttp.ClientSession, aiohttp.ClientWebSocketResponse]:
    session = aiohttp.ClientSession()
    async with session.get(f"{origin}/json/list") as reply:
        tabs = await reply.json()
    url = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
    return session, await session.ws_connect(url, max_msg_size=0)

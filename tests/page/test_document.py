"""The page at `/` as a document: what is sent, what it may do, who gets it. No browser is needed."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import product

import pytest
import urllib3

from doboto.sim import ManualClock, Server, Settings, Simulator
from doboto.sim.page import page

STYLE = files("doboto.sim.page").joinpath("page.css").read_text(encoding="utf-8")
SCRIPT = files("doboto.sim.page").joinpath("page.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return Simulator(ManualClock())


@pytest.fixture(scope="module")
def server(simulator: Simulator) -> Iterator[Server]:
    with simulator.serve() as server:
        yield server


def ask(server: Server, method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager() as pool:
        return pool.request(method, f"{server.origin}/", headers=headers)


def test_the_page_is_served_and_small(server: Server) -> None:
    reply = ask(server)
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.data.startswith(b"<!doctype html>")
    assert len(reply.data) < 40_000
    assert ask(server, "HEAD").status == 200


def test_it_loads_nothing_from_anywhere(server: Server) -> None:
    document = ask(server).data.decode()
    namespace = "http://www.w3.org/2000/svg"
    assert re.findall(r"(?:https?:)?//[\w.-]+", document.replace(namespace, "")) == []
    assert re.findall(r"\b(?:src|@import|import)\b|url\(", document) == []
    assert re.findall(r'href="(?!data:)', document) == []


def test_the_policy_names_the_one_style_and_the_one_script_by_their_hashes(server: Server) -> None:
    reply = ask(server)
    parts = (part.partition(" ")[::2] for part in reply.headers["content-security-policy"].split("; "))
    policy = dict(parts)
    document = reply.data.decode()
    for element in ("script", "style"):
        [content] = re.findall(f"<{element}>(.*?)</{element}>", document, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[f"{element}-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert all(policy[name] == "'none'" for name in ("base-uri", "form-action", "frame-ancestors", "trusted-types"))
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    assert not re.search(r"\son\w+=|\sstyle=", document.partition("<script>")[0])


def test_the_script_never_makes_markup_of_text() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|Function\(", SCRIPT)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    reply = ask(server, method)
    assert (reply.status, reply.json()["id"]) == (405, "method_not_allowed")


def test_other_sites_do_not_get_it(server: Server) -> None:
    """The rule of the admin interface: neither a foreign host name nor a foreign page."""
    assert ask(server, host="evil.example").status == 403
    assert ask(server, origin="http://evil.example").json()["id"] == "forbidden"
    with Simulator(ManualClock(), Settings(allow_remote_admin=True)).serve() as open_to_all:
        assert ask(open_to_all, host="sim.example").status == 200


def test_looking_is_neither_logged_nor_counted(server: Server, simulator: Simulator) -> None:
    account = simulator.account("mine")
    for path in ("/", "/_sim/overview"):
        with urllib3.PoolManager() as pool:
            assert pool.request("GET", server.origin + path).status == 200
    assert simulator.log.total == 0
    assert account.rates.of("mine").remaining(simulator.clock.now()) == 5000


def test_every_part_is_in_the_document() -> None:
    document, _ = page()
    assert STYLE in document.decode()
    assert SCRIPT in document.decode()


SCHEMES = [
    dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
]
PAIRS = [
    *product(("text", "soft", "blue", "red"), ("back", "panel")),
    *((name, f"{name}-soft") for name in ("green", "amber", "red", "blue")),
    ("soft", "grey-soft"),
]


def test_there_is_a_light_and_a_dark_scheme() -> None:
    light, dark = SCHEMES
    assert light.keys() == dark.keys()
    assert brightness(light["back"]) > 0.8
    assert brightness(dark["back"]) < 0.05


@pytest.mark.parametrize(("fore", "back"), PAIRS)
def test_text_stands_out_from_what_is_behind_it(fore: str, back: str) -> None:
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3), in both schemes."""
    for scheme in SCHEMES:
        low, high = sorted((brightness(scheme[fore]), brightness(scheme[back])))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def brightness(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

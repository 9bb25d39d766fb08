"""Settings that can't be right are refused when the client is made; what it lends stays open."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import Any

import pytest

from doboto import DO, AsyncDO, DOBOTOConfigurationException, Retry

from .scripted import Script, Time, reply

BOTH = pytest.mark.parametrize("kind", [DO, AsyncDO])


@BOTH
@pytest.mark.parametrize("secret", ["5ECRET\nTOKEN", "5ECRET TOKEN", "5ECRET\x7fTOKEN", "5ECRETäTOKEN", "5ECRET☃TOKEN"])
def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(
    kind: Any, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_the_environment() -> None:
        monkeypatch.setenv("DIGITALOCEAN_TOKEN", secret)
        kind(url="http://127.0.0.1:9")

    for make in (lambda: kind(secret, "http://127.0.0.1:9"), of_the_environment):
        with pytest.raises(DOBOTOConfigurationException, match="visible ASCII") as caught:
            make()
        ours = [
            frame
            for frame in traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
            if "/doboto/" in frame.filename and "/tests/" not in frame.filename
        ]
        assert ours
        assert not any("5ECRET" in value for frame in ours for value in (frame.locals or {}).values())
        assert "5ECRET" not in str(caught.value)
        assert caught.value.__cause__ is caught.value.__context__ is None


@BOTH
@pytest.mark.parametrize("token", [b"5ecret", 5, True, ["5ecret"]])
def test_a_token_is_text(kind: Any, token: Any) -> None:
    with pytest.raises(DOBOTOConfigurationException, match=f"text, not {type(token).__name__}$"):
        kind(token)


WRONG: list[tuple[str, Any]] = [
    ("retry", 3),
    ("retry", False),
    ("connections", 0),
    ("connections", True),
    ("connections", "8"),
    ("timeout", 0),
    ("timeout", -1),
    ("timeout", None),
    ("timeout", float("nan")),
    ("timeout", 10**400),
    ("read_timeout", "5"),
    ("connect_timeout", float("inf")),
    ("connect_timeout", True),
    ("agent", None),
    ("agent", ""),
    ("agent", "a\r\nb"),
    ("agent", "ä"),
    ("ca_file", b"/nope"),
    ("proxy", "nonsense"),
    ("proxy", "proxy.example:3128"),
    ("proxy", "http://proxy.example:99999"),
    ("proxy", 3128),
    ("allow_http", "no"),
    ("pause_collector", "no"),
]


@BOTH
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_setting_that_cannot_be_right_is_told_by_name_at_once(kind: Any, name: str, value: Any) -> None:
    with pytest.raises(DOBOTOConfigurationException, match=f"^{name} must be"):
        kind("t", **{name: value})


@BOTH
def test_a_file_of_certificates_that_is_not_there_is_told_by_its_path(kind: Any, tmp_path: Path) -> None:
    missing = str(tmp_path / "no.pem")
    with pytest.raises(DOBOTOConfigurationException, match=re.escape(missing)):
        kind("t", ca_file=missing)


@BOTH
def test_a_proxys_password_is_not_shown(kind: Any) -> None:
    with pytest.raises(DOBOTOConfigurationException, match="^proxy must be") as caught:
        kind("t", proxy="socks5://me:pa55word@proxy.example")
    assert "pa55word" not in str(caught.value)


@BOTH
@pytest.mark.parametrize("url", ["https://api.example:99999", "https://[::1", "https://api.example:port", 5])
def test_a_url_of_no_server_is_refused(kind: Any, url: Any) -> None:
    with pytest.raises(DOBOTOConfigurationException, match="not an http or https URL"):
        kind("t", url)


@BOTH
@pytest.mark.parametrize("proxy", ["", None, "http://me:pw@proxy.example:3128", "https://[::1]:3128"])
def test_proxies_that_can_be(kind: Any, proxy: str | None) -> None:
    assert kind("t", proxy=proxy).url.endswith("/v2")


@pytest.mark.parametrize(
    ("name", "value"), [("retry", 3), ("timeout", 0), ("read_timeout", "5"), ("connect_timeout", -1)]
)
def test_other_options_are_checked_as_well(name: str, value: Any) -> None:
    with DO("t") as do, pytest.raises(DOBOTOConfigurationException, match=f"^{name} must be"):
        do.with_options(**{name: value})


class Closing(Script):
    """Counts how often it is closed."""

    closed = 0

    async def close(self) -> None:
        self.closed += 1


def test_a_client_with_other_options_is_the_subclass_with_all_that_it_has() -> None:
    class Mine(DO):
        def __init__(self, *args: Any, team: str, **settings: Any) -> None:
            super().__init__(*args, **settings)
            self.team = team

    mine = Mine("t", team="web", transport=Script([reply(200, {"droplet": {"id": 7}})]), clock=Time())
    before = mine.droplet
    other: Mine = mine.with_options(retry=Retry.never(), connect_timeout=3)
    assert (type(other), other.team, other.url) == (Mine, "web", mine.url)
    assert mine.droplet is before
    assert other.droplet is not before
    assert other.droplet.info(7)["id"] == 7


def test_a_connection_time_out_of_its_own() -> None:
    script = Script([reply(200, {"droplet": {"id": 7}})])
    do = DO("t", transport=script, clock=Time())
    do.with_options(connect_timeout=3).droplet.info(7)
    do.droplet.info(7)
    assert [timeouts.connect for timeouts in script.timeouts] == [3, 10]


def test_what_is_lent_is_not_closed(runner: Any) -> None:
    script = Closing([reply(200)])
    with DO("t", transport=script, clock=Time()) as do:
        with do.with_options(timeout=5) as lent, lent.with_options(timeout=6) as again:
            assert again is not lent
        lent.close()
        assert script.closed == 0
    assert script.closed == 1

    other = Closing([reply(200)])

    async def use() -> None:
        async with AsyncDO("t", transport=other, clock=Time()) as ado:
            async with ado.with_options(timeout=5) as lent:
                assert lent.url == ado.url
            await lent.aclose()
            assert other.closed == 0

    runner.run(use())
    assert other.closed == 1

"""What a client is made from: token, URL, and what DOBOTO programs write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from doboto import DO, AsyncDO, DOBOTOConfigurationException

from .scripted import TOKEN, reply, stage


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def authorization(staged: Any) -> str:
    text: str = staged.script.asked[-1].headers["Authorization"]
    return text


@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_without_a_token_the_error_says_how_to_set_one(kind: Any) -> None:
    for token in (None, "", "  "):
        with pytest.raises(DOBOTOConfigurationException, match="DIGITALOCEAN_TOKEN.*simulated") as caught:
            kind(token)
        assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_the_token_of_the_environment(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITALOCEAN_ACCESS_TOKEN", "second")
    assert kind()._session._token.reveal() == "second"
    monkeypatch.setenv("DIGITALOCEAN_TOKEN", "first\n")
    assert kind()._session._token.reveal() == "first"
    assert kind("given")._session._token.reveal() == "given"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://api.digitalocean.com/v2/", "https://api.digitalocean.com/v2"),
        ("https://api.digitalocean.com", "https://api.digitalocean.com/v2"),
        ("https://api.digitalocean.com/", "https://api.digitalocean.com/v2"),
        ("https://api.digitalocean.com/v2", "https://api.digitalocean.com/v2"),
        ("https://api.digitalocean.com/v2//", "https://api.digitalocean.com/v2"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v2"),
        ("http://localhost:8080/v2", "http://localhost:8080/v2"),
        ("http://[::1]:8080", "http://[::1]:8080/v2"),
        ("https://gateway.example/do/v2/", "https://gateway.example/do/v2"),
        ("https://gateway.example/do", "https://gateway.example/do/v2"),
    ],
)
def test_the_url_may_be_written_in_several_ways(written: str, meant: str) -> None:
    assert DO("t", written).url == AsyncDO("t", written).url == meant


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.digitalocean.com",
        "ftp://api.digitalocean.com",
        "https://",
        "https://me:pw@example.com",
        "https://a.example/?q=1",
    ],
)
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(DOBOTOConfigurationException):
        DO("t", url)


@pytest.mark.parametrize("url", ["http://api.digitalocean.com/v2", "http://10.0.0.7", "http://localhost.example.com"])
def test_plain_http_to_another_machine_is_refused_unless_allowed_by_name(url: str) -> None:
    with pytest.raises(DOBOTOConfigurationException, match="allow_http"):
        DO("t", url)
    assert DO("t", url, allow_http=True).url.startswith("http://")


def test_every_request_names_agent_and_token(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, reply(200, {"droplet": {"id": 7}}), agent="mine/1")
    staged.api.droplet.info(7)
    headers = staged.script.asked[0].headers
    assert (headers["Authorization"], headers["User-Agent"]) == (f"Bearer {TOKEN}", "mine/1")
    assert headers["Accept"] == "application/json"
    assert "Content-Type" not in headers


def test_requests_that_change_something_say_that_they_are_json(flavour: str, runner: Any) -> None:
    """With a body or without one: DELETE of a project is 415 otherwise (pydo#376)."""
    staged = stage(flavour, runner, reply(204), reply(202, {"action": {"id": 1, "status": "completed"}}))
    staged.api.project.destroy("4de7ac8b")
    staged.api.droplet.power_off(7)
    bodies = [asked.body for asked in staged.script.asked]
    assert [asked.headers["Content-Type"] for asked in staged.script.asked] == ["application/json"] * 2
    assert bodies[0] is None


def test_time_outs_are_on_by_default(flavour: str, runner: Any) -> None:
    staged = stage(flavour, runner, reply(200, {"droplet": {"id": 7}}))
    staged.api.droplet.info(7)
    assert (staged.script.timeouts[0].connect, staged.script.timeouts[0].read) == (10, 60)
    staged.api.with_options(read_timeout=3, timeout=2).droplet.info(7)
    assert (staged.script.timeouts[1].read, staged.script.timeouts[1].total) == (2, 2)


@pytest.mark.parametrize(
    "program",
    [
        "from doboto.DO import DO; import doboto; assert doboto.DO is DO",
        "import doboto; from doboto.DO import DO; assert doboto.DO is DO",
        "import doboto; import doboto.DO; assert isinstance(doboto.DO, type)",
        "from doboto import DO; from doboto.DO import DO as same; assert DO is same",
        "from doboto.exception import DOBOTOException as a; import doboto; assert a is doboto.DOBOTOException",
        "import doboto; from doboto.exception import DOBOTONotFoundException, DOBOTOPollingException",
        "from doboto.DO import DO; DO('token', 'http://127.0.0.1:1/v2', 'agent'); DO(token='token', url='http://127.0.0.1:1')",
    ],
)
def test_what_doboto_programs_import(program: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=300)


def test_clients_are_context_managers(runner: Any) -> None:
    with DO("t") as do:
        assert isinstance(do, DO)

    async def use() -> None:
        async with AsyncDO("t") as ado:
            assert isinstance(ado, AsyncDO)

    runner.run(use())


def test_clients_of_one_token_share_their_rate_limiter() -> None:
    first, second, other = DO("t"), AsyncDO("t"), DO("u")
    assert first._session.limiter is second._session.limiter
    assert first._session.limiter is not other._session.limiter
    assert first._session.limiter is not DO("t", "http://localhost:1")._session.limiter


@pytest.mark.parametrize("kind", [DO, AsyncDO])
@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_holds_no_certificate_is_refused(kind: Any, tmp_path: Path, content: str) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(content)
    for path in (file, str(file)):
        with pytest.raises(DOBOTOConfigurationException, match="ca_file"):
            kind("t", "https://api.example.test", ca_file=path, proxy="")


@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_a_file_of_certificates_is_any_path(kind: Any, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    for path in (file, str(file)):
        assert kind("t", "https://api.example.test", ca_file=path, proxy="").url == "https://api.example.test/v2"
    with pytest.raises(DOBOTOConfigurationException, match="ca_file must be a path"):
        kind("t", "https://api.example.test", ca_file=b"ca.pem", proxy="")

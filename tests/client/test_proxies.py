"""Which proxy is used: the environment is read as curl and Go read it, and loopback addresses never go through it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from doboto import DOBOTOConfigurationException, DOBOTOConnectionException, DOBOTOException, Retry
from doboto._http.proxies import is_bypassed, proxy_for
from doboto.errors import Stage

from .misbehaving import OK, Misbehaving, Peer, closed_port, misbehaving
from .patience import until_stage

#: One attempt, so that its own error is the one that is raised, however slow the machine.
ONCE: dict[str, Any] = {"retry": Retry.never()}
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUEST_METHOD")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies, to which a test adds its own."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("host", "no_proxy", "bypassed"),
    [
        ("api.example.com", "", False),
        ("api.example.com", "*", True),
        ("api.example.com", "other.com, *", True),
        ("api.example.com", "example.com", True),
        ("api.example.com", "EXAMPLE.com", True),
        ("API.example.COM", "example.com", True),
        ("api.example.com.", "example.com", True),
        ("api.example.com", "example.com.", True),
        ("api.example.com", ".example.com", True),
        ("example.com", ".example.com", True),  # curl; Go excludes only what is below it
        ("api.example.com", "*.example.com", True),
        ("example.com", "*.example.com", False),  # Go
        ("badexample.com", "example.com", False),
        ("badexample.com", "*.example.com", False),
        ("example.com.evil.test", "example.com", False),
        ("api.example.com", "one.test two.test,api.example.com", True),
        ("api.example.com", "api.example.com:443", True),
        ("api.example.com", "api.example.com:80", False),
        ("api.example.com", "*:443", True),
        ("api.example.com", "*:8080", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:443", True),
        ("10.1.2.3", "10.1.2.3:444", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.0/24", True),
        ("10.1.2.3", "10.1.2.9/24", True),  # host bits are ignored
        ("10.1.3.3", "10.1.2.0/24", False),
        ("10.1.2.3", "10.1.2.0/33", False),
        ("110.1.2.3", "10.1.2.3", False),
        ("2001:db8::1", "2001:db8::/32", True),
        ("2001:db8::1", "[2001:db8::1]", True),
        ("2001:db8::1", "[2001:db8::1]:443", True),
        ("2001:db8::1", "[2001:db8::1]:80", False),
        ("2001:db8::1", "2001:DB8:0::1", True),
        ("2001:db8::1", "2001:db9::/32", False),
        ("api.example.com", "10.0.0.0/8,::1", False),
        ("api.example.com", ",,  ,", False),
    ],
)
def test_no_proxy_excludes_names_networks_and_ports(host: str, no_proxy: str, bypassed: bool) -> None:
    assert is_bypassed(host, 443, no_proxy) is bypassed


@pytest.mark.parametrize(
    ("url", "variables", "proxy"),
    [
        ("https://api.test/v2", {}, None),
        ("https://api.test/v2", {"HTTPS_PROXY": "http://upper:1"}, "http://upper:1"),
        ("https://api.test/v2", {"HTTPS_PROXY": "http://upper:1", "https_proxy": "http://lower:1"}, "http://lower:1"),
        ("https://api.test/v2", {"HTTP_PROXY": "http://other:1"}, None),
        ("https://api.test/v2", {"ALL_PROXY": "http://all:1"}, "http://all:1"),
        ("https://api.test/v2", {"all_proxy": "all:1"}, "http://all:1"),
        ("https://api.test/v2", {"https_proxy": "http://p:1", "no_proxy": "api.test"}, None),
        ("https://api.test:444/v2", {"https_proxy": "http://p:1", "NO_PROXY": "api.test:443"}, "http://p:1"),
        ("http://api.test/v2", {"HTTP_PROXY": "http://p:1"}, "http://p:1"),
        ("http://api.test/v2", {"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, None),
        ("http://api.test/v2", {"http_proxy": "http://p:1", "REQUEST_METHOD": "GET"}, "http://p:1"),
        ("https://api.test/v2", {"ALL_PROXY": "socks5://s:1", "NO_PROXY": "api.test"}, None),
    ],
)
def test_the_environment_names_the_proxy(
    environment: pytest.MonkeyPatch, url: str, variables: dict[str, str], proxy: str | None
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    assert proxy_for(url, None) == proxy
    assert proxy_for(url, "") is None
    assert proxy_for(url, "http://mine:1") == "http://mine:1"


@pytest.mark.parametrize("url", ["socks5://me:secret@127.0.0.1", "http://127.0.0.1:port", "http://"])
def test_a_proxy_of_another_kind_is_refused(make: Callable[..., Any], environment: Any, url: str) -> None:
    environment.setenv("all_proxy", url)
    with pytest.raises(DOBOTOConfigurationException, match="proxy") as caught:
        make("https://api.example.test")
    assert "secret" not in str(caught.value)


@pytest.fixture
def make(clients: Callable[..., Any]) -> Callable[..., Any]:
    """Makes clients of that flavour."""
    return clients


def answers(peer: Peer) -> None:
    while peer.request():
        peer.socket.sendall(OK)


def notes(served: list[bytes]) -> Callable[[Peer], None]:
    """A proxy that answers everything itself, and keeps what it was sent."""

    def behave(peer: Peer) -> None:
        while head := peer.request():
            served.append(head)
            peer.socket.sendall(OK)

    return behave


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_loopback_is_never_reached_through_the_environment_s_proxy(
    make: Callable[..., Any], environment: pytest.MonkeyPatch, scheme: str, host: str
) -> None:
    with misbehaving(answers, host=host) as server, misbehaving(answers) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            environment.setenv(name, f"{scheme}://127.0.0.1:{proxy.port}")
        assert make(f"http://{host}:{server.port}").request("GET", "/account") == {}
        assert (server.connections, proxy.connections) == (1, 0)


def test_another_host_is_reached_through_the_environment_s_proxy(
    make: Callable[..., Any], environment: pytest.MonkeyPatch
) -> None:
    served: list[bytes] = []
    with misbehaving(notes(served)) as proxy:
        environment.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        api = make("http://api.example.test:8080", allow_http=True)
        assert api.request("GET", "/account") == {}
    assert served[0].startswith(b"GET http://api.example.test:8080/v2/account HTTP/1.1\r\nHost: api.example.test:8080")


def test_a_plain_proxy_for_a_plain_url_needs_allow_http(make: Callable[..., Any]) -> None:
    """It would be sent the token unencrypted."""
    with pytest.raises(DOBOTOConfigurationException, match="allow_http") as caught:
        make("http://localhost:1", proxy="http://me:secret@proxy.example:3128")
    assert "secret" not in str(caught.value)
    make("http://localhost:1", proxy="https://proxy.example:3128")
    make("https://api.example.test", proxy="http://proxy.example:3128")


def refuses(peer: Peer) -> None:
    peer.request()
    peer.socket.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


def hangs_up(peer: Peer) -> None:
    peer.request()


def hangs_up_soon(peer: Peer) -> None:
    """When anything has come, a part of a request or of a handshake."""
    peer.socket.recv(65536)


def hangs(peer: Peer) -> None:
    peer.hold()


@pytest.mark.parametrize("behave", [refuses, hangs_up, hangs], ids=lambda behave: behave.__name__)
@pytest.mark.parametrize("from_environment", [False, True])
def test_a_proxy_that_does_not_carry_is_named(
    make: Callable[..., Any],
    environment: pytest.MonkeyPatch,
    behave: Callable[[Peer], None],
    from_environment: bool,
) -> None:
    with misbehaving(behave) as proxy:
        named(make, environment, proxy.port, from_environment)


@pytest.mark.parametrize("from_environment", [False, True])
def test_a_dead_proxy_is_named(
    make: Callable[..., Any], environment: pytest.MonkeyPatch, from_environment: bool
) -> None:
    named(make, environment, closed_port(), from_environment)


def named(make: Callable[..., Any], environment: pytest.MonkeyPatch, port: int, from_environment: bool) -> None:
    """Hold that the error of a change names the proxy, without its password, and says that nothing was sent."""
    url = f"http://me:secret@127.0.0.1:{port}"
    environment.setenv("https_proxy", url)
    api = make("https://api.example.test", proxy=None if from_environment else url, **ONCE)

    def attempt(seconds: float) -> DOBOTOException:
        with pytest.raises(DOBOTOConnectionException) as caught:
            api.with_options(connect_timeout=seconds).request("POST", "/droplets", body={})
        return caught.value

    error = until_stage(attempt, Stage.PROXY)
    assert (error.sent, error.stage) == (False, Stage.PROXY)
    assert f"proxy 127.0.0.1:{port}" in str(error)
    assert "secret" not in str(error)


def test_a_proxy_that_closes_the_connection_is_named(make: Callable[..., Any]) -> None:
    def behave(peer: Peer) -> None:
        peer.request()

    with misbehaving(behave) as server, pytest.raises(DOBOTOConnectionException) as caught:
        make("https://api.example.test", proxy=f"http://127.0.0.1:{server.port}", **ONCE).request("POST", "/droplets")
    assert (caught.value.sent, caught.value.stage) == (False, Stage.PROXY)
    assert f"127.0.0.1:{server.port} (the connection was closed before a response came)" in str(caught.value)


def test_errors_of_names_connections_and_tls_are_told_apart(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stage(url: str) -> Stage | None:
        with pytest.raises(DOBOTOConnectionException) as caught:
            make(url, **ONCE).request("POST", "/droplets")
        return caught.value.stage

    with misbehaving(hangs_up_soon) as server:
        assert stage(f"https://127.0.0.1:{server.port}") is Stage.TLS
        assert stage(f"http://127.0.0.1:{server.port}") is Stage.EXCHANGE
    assert stage(f"http://127.0.0.1:{closed_port()}") is Stage.CONNECT

    def unknown(*arguments: Any, **options: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert stage("http://nowhere.localhost") is Stage.RESOLVE


def test_a_proxy_that_is_not_named_is_not_used(make: Callable[..., Any]) -> None:
    with misbehaving(answers) as server:
        assert isinstance(server, Misbehaving)
        assert make(f"http://127.0.0.1:{server.port}", proxy="").request("GET", "/account") == {}

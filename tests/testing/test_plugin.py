"""The pytest plugin as installed: its fixtures in this run, its guard in runs of their own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from doboto import DO, AsyncDO
from doboto.sim import InstantClock, ManualClock, Settings, Simulator, SimulatorClock
from doboto.testing import ServedAccount, Switchboard

from .inner import run_pytest

NEW = {"name": "web-1", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_has_a_fresh_account(doboto_client: DO, time: str) -> None:
    assert doboto_client.droplet.list() == [], time
    doboto_client.droplet.create(**NEW)
    assert len(doboto_client.droplet.list()) == 1


def test_both_clients_are_of_one_simulator(doboto_client: DO, doboto_async_client: AsyncDO) -> None:
    made = doboto_client.droplet.create(**NEW, wait=True)
    assert asyncio.run(doboto_async_client.droplet.info(made["id"])) == doboto_client.droplet.info(made["id"])


def test_waiting_moves_the_clock(doboto_client: DO, doboto_simulator: Simulator, doboto_clock: ManualClock) -> None:
    assert doboto_simulator.clock is doboto_clock
    began = doboto_clock.now()
    doboto_client.droplet.create(**NEW, wait=True)
    assert doboto_clock.now() > began


class TestOverridden:
    @pytest.fixture
    def doboto_clock(self) -> SimulatorClock:
        return InstantClock()

    @pytest.fixture
    def doboto_settings(self) -> Settings:
        return Settings(droplet_limit=7)

    def test_clock_and_settings_can_be_others(self, doboto_client: DO, doboto_simulator: Simulator) -> None:
        assert doboto_simulator.settings.droplet_limit == 7
        made = doboto_client.droplet.create(**NEW)
        assert doboto_client.droplet.info(made["id"])["status"] == "active"

    def test_settings_are_the_servers_too(self, doboto_server: ServedAccount) -> None:
        assert doboto_server.simulator.settings.droplet_limit == 7


def client(server: ServedAccount) -> DO:
    return DO(server.token, server.url)


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_has_a_fresh_account_over_http(doboto_server: ServedAccount, time: str) -> None:
    with client(doboto_server) as do:
        assert do.droplet.list() == [], time
        made = do.droplet.create(**NEW)
        assert do.droplet.info(made["id"])["status"] == "active"
    assert doboto_server.account.find("droplet", made["id"]) is not None


def test_a_late_request_of_one_test_does_not_meet_the_next(doboto_switchboard: Switchboard) -> None:
    former = doboto_switchboard.connect(Simulator(InstantClock()))
    latter = doboto_switchboard.connect(Simulator(InstantClock()))
    assert former.url == latter.url
    with client(former) as late, client(latter) as do:
        late.droplet.create(**NEW)
        assert do.droplet.list() == []


def test_a_token_is_not_shown(doboto_server: ServedAccount) -> None:
    assert doboto_server.token not in repr(doboto_server)


# -- the guard

ATTEMPTS = '''
import asyncio, socket, ssl, threading, urllib.request
import pytest
from doboto import DO, AsyncDO

def handshake():
    """What every client does that got through, up to where it would send something."""
    here, there = socket.socketpair()
    with here, there:
        ssl.create_default_context().wrap_socket(
            here, server_hostname="api.digitalocean.com", do_handshake_on_connect=False
        ).close()

class Proxy(threading.Thread):
    """Connects to nothing, and says it had."""
    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
    def run(self):
        connection, _ = self.socket.accept()
        with self.socket, connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
            self.after = connection.recv(65536)

@pytest.fixture
def proxy():
    proxy = Proxy()
    proxy.start()
    yield proxy
    proxy.join(100)
    assert proxy.after == b""
'''

REFUSED = """
from attempts import *

def test_blocking():
    DO("token").droplet.list()

def test_asynchronous():
    async def go():
        async with AsyncDO("token") as do:
            await do.droplet.list()
    asyncio.run(go())

def test_through_a_proxy(proxy):
    with DO("token", proxy=proxy.url) as do:
        do.droplet.list()

def test_asynchronous_through_a_proxy(proxy):
    async def go():
        async with AsyncDO("token", proxy=proxy.url) as do:
            await do.droplet.list()
    asyncio.run(go())

def test_another_client():
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open("https://api.digitalocean.com/v2/account")

def test_swallowed():
    try:
        DO("token").droplet.list()
    except Exception:
        pass

@pytest.fixture
def swallowing():
    try:
        handshake()
    except Exception:
        pass

def test_swallowed_by_a_fixture(swallowing):
    pass
"""

LATE = """
from attempts import *

@pytest.fixture
def swallowing_late():
    yield
    try:
        handshake()
    except Exception:
        pass

def test_swallowed_in_teardown(swallowing_late):
    pass

@pytest.fixture
def failing():
    handshake()

def test_told_once(failing):
    pass

def test_innocent():
    pass
"""

ALLOWED = """
from attempts import *

def test_other_hosts(doboto_server):
    with DO(doboto_server.token, doboto_server.url) as do:
        do.droplet.list()
    assert socket.getaddrinfo("localhost", 80)
"""

LIFTED = """
from attempts import *

def test_lifted(doboto_real_api):
    handshake()
"""


def test_the_real_api_is_out_of_reach(tmp_path: Path) -> None:
    files = {"attempts.py": ATTEMPTS, "test_refused.py": REFUSED, "test_allowed.py": ALLOWED, "test_lifted.py": LIFTED}
    run = run_pytest(tmp_path, files, "--import-mode=prepend", "--disable-socket", "--allow-hosts=127.0.0.1")
    refused = REFUSED.count("def test_")
    assert run.outcomes == {"failed": refused, "passed": 2}, run.output
    assert run.output.count("RealApiUsed: this test was about to talk to the real api.digitalocean.com") >= refused


def test_attempts_around_a_test_are_told_once(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, {"attempts.py": ATTEMPTS, "test_late.py": LATE}, "--import-mode=prepend")
    assert run.outcomes == {"passed": 2, "errors": 2}, run.output  # one that passed has the error in its teardown
    assert "ERROR at teardown of test_swallowed_in_teardown" in run.output
    assert "ERROR at setup of test_told_once" in run.output
    assert "ERROR at teardown of test_told_once" not in run.output


def test_a_project_can_do_without_the_guard(tmp_path: Path) -> None:
    ini = "[pytest]\ndoboto_real_api = true\n"
    bare = "from attempts import *\n\ndef test_bare():\n    handshake()\n"
    files = {"pytest.ini": ini, "attempts.py": ATTEMPTS, "test_bare.py": bare, "test_lifted.py": LIFTED}
    assert run_pytest(tmp_path, files, "--import-mode=prepend").outcomes == {"passed": 2}


def test_the_plugin_loads_nothing_of_doboto_before_a_test_wants_it(tmp_path: Path) -> None:
    test = (
        "import sys\n"
        "def test_nothing(request):\n"
        "    assert request.config.pluginmanager.has_plugin('doboto-guard')\n"
        "    assert not {'doboto', 'starlette', 'urllib3', 'aiohttp', 'asyncio'} & set(sys.modules)\n"
    )
    options = [word for name in ("hypothesispytest", "socket", "xdist", "anyio") for word in ("-p", f"no:{name}")]
    assert run_pytest(tmp_path, {"test_nothing.py": test}, *options).outcomes == {"passed": 1}


def test_a_missing_extra_is_told(tmp_path: Path) -> None:
    files = {
        "conftest.py": "import sys\nsys.modules['starlette'] = None\n",
        "test_it.py": "def test_it(doboto_client): pass",
    }
    run = run_pytest(tmp_path, files)
    assert run.outcomes in ({"error": 1}, {"errors": 1})
    assert "the simulator needs starlette: pip install 'doboto[sim]'" in run.output

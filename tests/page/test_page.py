"""The page in a browser: live, safe, usable by keyboard and on a phone. Needs Chromium, and skips without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from doboto.sim import ManualClock, RealClock, Simulator
from doboto.sim.engine.lifecycle import Progress
from doboto.sim.engine.records import StoredAction
from doboto.sim.engine.world import account_label as label

from .chromium import Tab, browser, installed
from .conftest import START, Program, Started
from .test_overview import fill


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    program = installed()
    if program is None:
        pytest.skip("no Chromium: install it (apt-get install chromium), or name one with DOBOTO_CHROMIUM")
    with browser(program, tmp_path_factory.mktemp("chromium")) as tab:
        yield tab


@pytest.fixture
def tab(window: Tab) -> Iterator[Tab]:
    """The tab in the size of a desktop; afterwards it must have had nothing to complain about."""
    window.look(1280)
    window.complaints.clear()
    yield window
    window.leave()
    assert window.complaints == []


RULE = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}
FIREWALL = {"name": "office", "inbound_rules": [RULE]}
FORWARD = {"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}
LOAD_BALANCER = {"name": "balancer", "region": "nyc3", "forwarding_rules": [FORWARD]}


def text(tab: Tab, selector: str) -> str:
    return str(tab.value(f"document.querySelector({selector!r})?.textContent"))


def moment(program: Program) -> float:
    return program.simulator.clock.now()


def test_a_new_droplet_appears_without_reload_and_turns_active(tab: Tab, program: Program) -> None:
    tab.open(f"{program.server.origin}/")
    assert "/v2/droplets" in text(tab, "#hello")
    tab.value("window.loaded = 'once'")
    droplet = program.create("web-01", tags=["env:prod"])
    tab.until("document.querySelector('#droplets .badge')?.textContent === 'new'")
    row = text(tab, "#droplets tr")
    assert all(part in row for part in ("web-01", str(droplet["id"]), "s-1vcpu-1gb", "nyc3", "env:prod"))
    assert text(tab, "#actions .left") == "32 s left"

    tab.click("[data-advance='10']")
    tab.until("document.querySelector('#actions .left').textContent === '22 s left'")
    assert 0.3 < tab.value("document.querySelector('#actions progress').value") < 0.35
    tab.click("[data-advance='60']")
    tab.until("document.querySelector('#droplets .badge').textContent === 'active'")
    address = program.call("GET", f"/droplets/{droplet['id']}")["droplet"]["networks"]["v4"][0]["ip_address"]
    assert address in text(tab, "#droplets tr")
    assert text(tab, "#actions-total") == "0"
    assert text(tab, "#statuses") == "1\u00a0active"
    assert tab.value("window.loaded") == "once"


def test_the_next_event_is_one_press_away(tab: Tab, program: Program) -> None:
    program.create()
    tab.open(f"{program.server.origin}/")
    tab.click("#next")
    tab.until("document.querySelector('#droplets .address')")
    assert moment(program) == pytest.approx(START + 22, abs=0.01)
    tab.click("#next")
    tab.until("document.querySelector('#droplets .badge').textContent === 'active'")


def test_requests_show_as_they_come(tab: Tab, program: Program) -> None:
    tab.open(f"{program.server.origin}/")
    program.call("GET", "/account")
    tab.until("document.querySelectorAll('#requests tr').length === 1")
    assert text(tab, "#remaining") == "4,999"
    program.call("GET", "/kubernetes/clusters", token=None)
    tab.until("document.querySelectorAll('#requests tr').length === 2")
    cells = tab.value("[...document.querySelectorAll('#requests td')].map((cell) => cell.textContent)")
    assert cells[0] == "10:30:00"
    assert (cells[1], cells[2]) == ("401", "GET/v2/kubernetes/clustersopened no account")
    assert (cells[5], cells[6]) == ("200", "GET/v2/account")
    assert float(cells[7]) > 0


def test_what_clients_send_is_text(tab: Tab, program: Program) -> None:
    """Neither a name or tag (the API refuses such ones, a loaded state may have them) nor a path becomes markup."""
    hostile = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>"
    account, droplet = program.simulator.account(), program.create()
    account.change("droplet", droplet["id"], name=hostile, tags=[hostile])
    program.call("GET", "/droplets/%3Cimg%20src=x%20onerror=alert(1)%3E")
    tab.open(f"{program.server.origin}/")
    assert text(tab, "#droplets .name") == hostile
    assert text(tab, "#droplets .tag") == hostile
    assert text(tab, "#actions bdi") == hostile
    assert text(tab, "#requests bdi") == "/v2/droplets/<img src=x onerror=alert(1)>"
    assert tab.value("document.querySelectorAll('main img, main script').length") == 0
    assert tab.value("document.title") == "DigitalOcean simulator"


def test_one_of_several_accounts_is_chosen_and_stays_so(tab: Tab, program: Program) -> None:
    program.create("first", token="one")
    program.create("second", token="two")
    tab.open(f"{program.server.origin}/")
    assert text(tab, "#droplets .name") == "second"
    options = tab.value("[...document.querySelector('#account').options].map((option) => option.textContent)")
    emails = [program.call("GET", "/account", token=token)["account"]["email"] for token in ("two", "one")]
    assert options == [
        f"{label(token)} · {email} · 1 Droplet" for token, email in zip(("two", "one"), emails, strict=True)
    ]
    tab.value(
        f"(() => {{ const select = document.querySelector('#account'); select.value = '{label('one')}';"
        " select.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    tab.until("document.querySelector('#droplets .name').textContent === 'first'")
    tab.open(tab.value("location.href"))
    assert text(tab, "#droplets .name") == "first"


def test_everything_works_by_keyboard(tab: Tab, program: Program) -> None:
    tab.open(f"{program.server.origin}/")
    for key, expected in {"pause": "Pause", "advance": "+1 s"}.items():
        tab.press("Tab")
        assert tab.value("document.activeElement.textContent") == expected, key
    assert tab.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.press("Enter")
    tab.until("document.querySelector('#time').textContent === '10:30:01'")
    assert moment(program) == START + 1


def test_request_shows_its_query_and_why_it_was_refused(tab: Tab, program: Program) -> None:
    program.call("GET", "/droplets?tag_name=env:prod&per_page=2")
    wanted = {"name": "bad <b>name</b>", "region": "nyc3", "size": "s-1vcpu-1gb", "image": "ubuntu-24-04-x64"}
    answer = program.call("POST", "/droplets", wanted)
    tab.open(f"{program.server.origin}/")
    paths = tab.value("[...document.querySelectorAll('#requests bdi')].map((one) => one.textContent)")
    assert paths == ["/v2/droplets", "/v2/droplets?tag_name=env:prod&per_page=2"]
    tab.click("#requests summary")
    tab.until("document.querySelector('#requests .why')")
    assert text(tab, "#requests .why") == f"{answer['id']}: {answer['message']}"
    sent = text(tab, "#requests pre")
    assert '"name": "bad <b>name</b>"' in sent
    assert tab.value("document.querySelectorAll('#requests pre b').length") == 0
    assert program.simulator.log.entries()[-1].request_id in text(tab, "#requests .more")
    program.call("GET", "/account")
    tab.until("document.querySelectorAll('#requests details').length === 3")
    assert tab.value("document.querySelectorAll('#requests details[open]').length") == 1, "it stays open"


def test_request_opens_by_keyboard(tab: Tab, program: Program) -> None:
    program.call("GET", "/droplets/1")
    tab.open(f"{program.server.origin}/")
    tab.value("document.querySelector('#requests summary').focus()")
    tab.press("Enter")
    tab.until("document.querySelector('#requests .why')?.textContent.startsWith('not_found')")


def test_other_resources_are_there_to_look_at(tab: Tab, program: Program) -> None:
    droplet = program.create("web-01")
    program.simulator.clock.advance(60)  # type: ignore[attr-defined]
    make_resources(program, droplet["id"])
    for width in (1280, 375):
        tab.look(width, 844)
        tab.open(f"{program.server.origin}/")
        shown = tab.value("[...document.querySelectorAll('#resources li')].map((one) => one.textContent)")
        assert [any(part in row for row in shown) for part in FACTS] == [True] * len(FACTS), shown
        assert tab.value("document.documentElement.scrollWidth") == width
    account = program.simulator.account()
    [volume] = account.store("volume")
    account.change("volume", volume["id"], name="<img src=x onerror=\"document.title='owned'\">")
    tab.until("document.querySelector('#resources').textContent.includes('<img')")
    assert tab.value("document.querySelectorAll('main img').length") == 0


FACTS = (
    "10 GiB · nyc3 · not attached", "in tcp 22 from 0.0.0.0/0 · for web-01", "A @ 192.0.2.1", "http 80 to http 80",
)  # fmt: skip


def make_resources(program: Program, droplet: int) -> None:
    """One of each kind."""
    program.call("POST", "/volumes", {"name": "data", "size_gigabytes": 10, "region": "nyc3"})
    program.call("POST", "/firewalls", {**FIREWALL, "droplet_ids": [droplet]})
    program.call("POST", "/domains", {"name": "example.com", "ip_address": "192.0.2.1"})
    program.call("POST", "/load_balancers", LOAD_BALANCER)


def test_on_a_phone_actions_are_above_droplets(tab: Tab, program: Program) -> None:
    program.create()
    tops = {}
    for width in (375, 1280):
        tab.look(width, 844)
        tab.open(f"{program.server.origin}/")
        top = "document.querySelector('#h-{}').getBoundingClientRect().top"
        tops[width] = [tab.value(top.format(name)) for name in ("actions", "droplets", "requests")]
    assert tops[375] == sorted(tops[375])
    assert tops[1280][0] == tops[1280][1]


#: Answers in place of the simulator's own to what is not only looked at.
REFUSE = """window.simulator ??= window.fetch;
    window.fetch = (url, more) => more.method === "GET" ? simulator(url, more) : %s; 0"""


@pytest.mark.parametrize(("answer", "shown"), [
    ('Promise.resolve(new Response(\'{"message": "seconds is too large"}\', {status: 422, statusText: "Refused"}))',
     "422 Refused: seconds is too large"),
    ('Promise.resolve(new Response("<html>a proxy</html>", {status: 502, statusText: "Bad Gateway"}))',
     "502 Bad Gateway: no reason was given"),
    ('Promise.resolve(new Response("{}", {status: 404}))', "404: no reason was given"),
    ('Promise.resolve(new Response("<html>a proxy</html>", {status: 200}))', "200: the answer is no JSON"),
    ('Promise.reject(new TypeError("Failed to fetch"))', "No answer"),
])  # fmt: skip
def test_a_click_that_fails_says_why(tab: Tab, program: Program, answer: str, shown: str) -> None:
    tab.open(f"{program.server.origin}/")
    tab.value(REFUSE % answer)
    tab.click("[data-advance='1']")
    tab.until("!document.querySelector('#problem').hidden")
    assert text(tab, "#problem") == f"POST /_sim/clock/advance: {shown}"
    tab.value("window.fetch = simulator; 0")
    tab.click("[data-advance='1']")
    tab.until("document.querySelector('#problem').hidden")
    tab.until("document.querySelector('#time').textContent === '10:30:01'")


def test_a_page_whose_looks_are_refused_says_by_what(tab: Tab, program: Program) -> None:
    tab.open(f"{program.server.origin}/")
    tab.value("window.fetch = () => Promise.resolve(new Response('', {status: 503, statusText: 'Unavailable'})); 0")
    tab.until("document.querySelector('#live').dataset.state === 'lost'")
    assert text(tab, "#live") == "503 Unavailable, trying again"


@pytest.mark.parametrize("address", ["/?x=1", "/#", "/?x=1#", "/#nobody", "/#%20%E2", "/?account=nobody"])
def test_queries_and_anchors_of_nothing_show_the_page(tab: Tab, program: Program, address: str) -> None:
    program.create("web-01")
    tab.open(f"{program.server.origin}{address}")
    assert text(tab, "#droplets .name") == "web-01"


#: Keeps account of what the page has put off by a second or more.
PUT_OFF = """(() => {
    const [set, clear] = [setTimeout, clearTimeout];
    window.ahead = new Set();
    window.setTimeout = (call, wait) => {
        const number = set(() => { ahead.delete(number); call(); }, wait);
        if (wait >= 1000) ahead.add(number);
        return number;
    };
    window.clearTimeout = (number) => { ahead.delete(number); clear(number); };
})()"""


def test_pause_lets_people_read(tab: Tab, program: Program) -> None:
    tab.open(f"{program.server.origin}/")
    tab.value(PUT_OFF)
    tab.until("ahead.size === 1")
    tab.click("#pause")
    tab.until("document.querySelector('#live').textContent === 'Paused'")
    assert tab.value("ahead.size") == 0
    program.create()
    assert text(tab, "#droplets-total") == "0"
    tab.click("#pause")
    tab.until("document.querySelector('#droplets-total').textContent === '1'")
    tab.until("ahead.size === 1")


def test_a_clock_that_runs_can_be_sped_up(tab: Tab, start: Started) -> None:
    program = start(RealClock(1.0, start=START))
    program.create()
    tab.open(f"{program.server.origin}/")
    assert tab.value("document.querySelector('#manual').hidden") is True
    tab.click("[data-speed='100']")
    tab.until("document.querySelector('#droplets .badge').textContent === 'active'")
    tab.until("document.querySelector('[data-speed=\"100\"]').getAttribute('aria-pressed') === 'true'")
    assert text(tab, "#kind") == "100 \u00d7 real time"


@pytest.mark.parametrize("width", [1280, 390, 375])
def test_it_fits_the_window_and_has_a_dark_side(tab: Tab, program: Program, width: int) -> None:
    name = "a-name-that-goes-on-and-on." * 7 + "example"
    program.create(name, tags=["t" * 200, "env:prod"], ipv6=True)
    program.simulator.clock.advance(60)  # type: ignore[attr-defined]
    program.create("y" * 200)  # its action goes on
    for kind, body in {"load_balancers": LOAD_BALANCER, "firewalls": FIREWALL}.items():
        program.call("POST", f"/{kind}", {**body, "name": "z" * 200})
    program.call("GET", "/" + "long" * 60)
    backs = set[str]()
    for scheme in ("light", "dark"):
        tab.look(width, 844, scheme)
        tab.open(f"{program.server.origin}/")
        assert name in tab.value("[...document.querySelectorAll('#droplets .name')].map((one) => one.textContent)")
        assert tab.value("document.documentElement.scrollWidth") == width
        wide = "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth)"
        assert tab.value(f"{wide}.map((one) => one.getAttribute('aria-labelledby'))") == []
        backs.add(tab.value("getComputedStyle(document.body).backgroundColor"))
    assert len(backs) == 2


def test_ten_thousand_droplets_stay_light(tab: Tab, start: Started) -> None:
    program = start(droplet_limit=10_000)
    fill(program.simulator, 10_000)
    tab.open(f"{program.server.origin}/")
    assert text(tab, "#droplets-total") == "10,000"
    assert text(tab, "#droplets-note") == "newest 100 of 10,000"
    assert tab.value("document.querySelectorAll('#droplets tr').length") == 100
    assert tab.value("document.querySelectorAll('*').length") < 4000
    # With nothing new, a further poll leaves every row as it is.
    tab.value("window.rows = [...document.querySelectorAll('#droplets tr')]; poll().then(() => null)")
    assert tab.value("window.rows.every((row, at) => row === document.querySelector('#droplets').children[at])")


def test_a_server_that_goes_and_comes_back(window: Tab) -> None:
    """The one case in which the console may complain: the browser says itself that nobody answered."""
    window.look(1280)
    simulator = Simulator(ManualClock(START))
    with simulator.serve() as server:
        window.open(f"{server.origin}/")
    window.until("document.querySelector('#live').dataset.state === 'lost'")
    with simulator.serve(port=server.port):
        window.until("document.querySelector('#live').dataset.state === 'live'")
    window.leave()


class Executor:
    """What carries out actions has a machine for every Droplet, and a console that goes on."""

    def __init__(self) -> None:
        self.lines = ["boot <b>1</b>"]

    def progress(self, account: str, action: StoredAction) -> Progress:
        return "completed"

    def describe(self, account: str, droplet_id: int, *, with_console: bool = False) -> dict[str, Any]:
        ssh = {"host": "127.0.0.1", "port": 40123}
        shown = {"container": f"doboto-{droplet_id}", "ssh": ssh, "password": "s3cret", "metadata": False}
        return {**shown, "console": list(self.lines)} if with_console else shown


def test_machine_of_a_droplet_shows_its_console_live(tab: Tab, program: Program) -> None:
    executor = Executor()
    program.simulator.use_executor(executor)
    droplet = program.create()
    tab.open(f"{program.server.origin}/")
    tab.until("document.querySelector('#droplets details')")
    tab.click("#droplets summary")
    tab.until("document.querySelector('#droplets pre')?.textContent === 'boot <b>1</b>'")
    facts = text(tab, "#droplets .more")
    for fact in (f"doboto-{droplet['id']}", "ssh -p 40123 root@127.0.0.1", "s3cret", "no metadata service"):
        assert fact in facts
    executor.lines.append("ready")
    tab.until("document.querySelector('#droplets pre').textContent === 'boot <b>1</b>\\nready'")
    program.call("POST", f"/droplets/{droplet['id']}/actions", {"type": "reboot"})
    program.simulator.clock.advance(100)  # type: ignore[attr-defined]
    tab.until("document.querySelector('#droplets .badge').textContent === 'active'")
    assert tab.value("document.querySelector('#droplets details').open") is True

"""A tag of its own for each request: what a lost response created is found beyond doubt, whoever else creates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from doboto import DO, DOBOTOConfigurationException, DOBOTOOutcomeUnknownException, call_states
from doboto._core.recovery import RECOVERY_TAG
from doboto.sim import ManualClock, Settings, Simulator

from .conftest import Log, client, one, several


@pytest.fixture
def sim() -> Simulator:
    settings = Settings(requests_per_minute=0, requests_per_hour=0, droplet_limit=1000)
    return Simulator(ManualClock(1_790_000_000), settings=settings)


def marks(droplet: Any) -> list[str]:
    return [tag for tag in droplet["tags"] if RECOVERY_TAG.fullmatch(tag)]


def test_each_request_gets_a_tag_of_its_own_beside_those_given(flavour: str, runner: Any, sim: Simulator) -> None:
    api = client(flavour, runner, sim, recovery_tag="keep")
    names = [f"w{n}" for n in range(12)]
    droplets = api.droplet.create(several(*names, tags=["web"]))
    assert all("web" in droplet["tags"] and len(marks(droplet)) == 1 for droplet in droplets)
    tags = [marks(droplet)[0] for droplet in droplets]
    assert len(set(tags[:10])) == len(set(tags[10:])) == 1
    assert tags[0] != tags[10]
    assert marks(api.droplet.create(one())) != tags[:1]


def test_without_it_there_is_no_tag(api: Any) -> None:
    assert api.droplet.create(one())["tags"] == []


def test_the_tag_is_removed_once_the_droplets_are_known(flavour: str, runner: Any, sim: Simulator, log: Log) -> None:
    api = client(flavour, runner, sim, recovery_tag="remove")
    droplet = api.droplet.create(one(tags=["web"]))
    assert droplet["tags"] == ["web"]
    assert [line.split("/doboto-")[0] for line in log.take()] == ["POST /droplets", "DELETE /tags"]
    assert DO.simulated(sim).droplet.info(droplet["id"])["tags"] == ["web"]
    assert [tag["name"] for tag in DO.simulated(sim).tag.list()] == ["web"]


def test_a_tag_that_cannot_be_removed_does_no_harm(
    flavour: str, runner: Any, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    sim.faults.add("status", status=403, method="DELETE", path="/v2/tags/*")
    droplet = client(flavour, runner, sim, recovery_tag="remove").droplet.create(one())
    assert len(marks(droplet)) == 1
    assert "could not be removed" in caplog.text


@pytest.mark.parametrize("what", ["keep", "remove"])
def test_a_lost_response_is_found_among_others_of_the_same_name(
    flavour: str, runner: Any, sim: Simulator, what: Any
) -> None:
    """Without the tag there would be two of the name, and no way to know whose is whose."""
    admin = DO.simulated(sim)

    def create(event: Any) -> None:
        if type(event).__name__ == "ResponseLost":
            theirs.append(admin.droplet.create(one())["id"])

    theirs: list[int] = []
    sim.faults.add("drop", when="after", method="POST", path="/v2/droplets", count=1)
    api = client(flavour, runner, sim, recovery_tag=what, on_event=create)
    # Another program's client has a record of its own.
    session = api._session if flavour == "blocking" else api._target._session
    session.ownership = type(session.ownership)()
    mine = api.droplet.create(one())
    assert mine["id"] not in theirs
    assert {droplet["id"] for droplet in admin.droplet.list()} == {mine["id"], *theirs}


def test_what_another_request_has_tagged_is_never_adopted(flavour: str, runner: Any, sim: Simulator) -> None:
    """Neither by a request with a tag of its own, nor by one without."""
    for ours in ("keep", None):
        other = DO.simulated(sim, recovery_tag="keep")
        other._session.ownership = type(other._session.ownership)()
        name = f"web-{ours}".lower()

        def create(event: Any, other: DO = other, name: str = name) -> None:
            if type(event).__name__ == "ResponseLost":
                other.droplet.create(one(name))

        sim.faults.add("drop", when="before", method="POST", path="/v2/droplets", count=1)
        api = client(flavour, runner, sim, recovery_tag=ours, on_event=create)
        with pytest.raises(DOBOTOOutcomeUnknownException) as caught:
            api.droplet.create(one(name))
        assert caught.value.created == []
        assert ("with the tag doboto-" in str(caught.value)) is (ours is not None)


def test_a_droplet_that_lost_its_tag_is_told_in_doubt(flavour: str, runner: Any, sim: Simulator) -> None:
    sim.faults.add("drop", when="after", method="POST", path="/v2/droplets", count=1)
    sim.faults.add("lost_tags", count=1)
    with pytest.raises(DOBOTOOutcomeUnknownException) as caught:
        client(flavour, runner, sim, recovery_tag="keep").droplet.create(one())
    [droplet] = DO.simulated(sim).droplet.list()
    assert str(droplet["id"]) in str(caught.value)


def test_several_are_found_by_their_tag(flavour: str, runner: Any, sim: Simulator, log: Log) -> None:
    sim.faults.add("drop", when="after", method="POST", path="/v2/droplets", count=1)
    droplets = client(flavour, runner, sim, recovery_tag="keep").droplet.create(several("a", "b", "b"), wait=True)
    assert [droplet["name"] for droplet in droplets] == ["a", "b", "b"]
    assert len({droplet["id"] for droplet in droplets}) == 3


def test_with_options_turns_it_on_for_some_calls(flavour: str, runner: Any, sim: Simulator) -> None:
    api = client(flavour, runner, sim)
    assert marks(api.with_options(recovery_tag="keep").droplet.create(one()))
    assert not marks(api.droplet.create(one("web-2")))


@pytest.mark.parametrize("wrong", [True, "yes", 1, ""])
def test_a_setting_that_means_nothing_is_refused(flavour: str, runner: Any, sim: Simulator, wrong: Any) -> None:
    with pytest.raises(DOBOTOConfigurationException, match="recovery_tag"):
        client(flavour, runner, sim, recovery_tag=wrong)


VOLUME = {"name": "data", "region": "nyc3", "size_gigabytes": 1}
CUSTOM = {"name": "mine", "url": "https://example.com/disk.qcow2", "region": "nyc3", "distribution": "Debian"}
#: What takes tags beside Droplets: how it is created, and the path of its list.
TAGGABLE: dict[str, tuple[Callable[[Any, str], Any], str]] = {
    "volume": (lambda do, _volume: do.volume.create(VOLUME), "/volumes"),
    "snapshot": (lambda do, volume: do.volume.snapshot_create(volume, "same", tags=["mine"]), "/volumes/*/snapshots"),
    "image": (lambda do, _volume: do.image.create(**CUSTOM), "/images"),
}


@pytest.fixture
def volume(sim: Simulator) -> str:
    """A volume of another name."""
    id: str = DO.simulated(sim).volume.create({**VOLUME, "name": "other"})["id"]
    return id


@pytest.mark.parametrize("kind", TAGGABLE)
def test_other_resources_that_take_tags_get_one(
    flavour: str, runner: Any, sim: Simulator, volume: str, kind: str
) -> None:
    create, _ = TAGGABLE[kind]
    made = create(client(flavour, runner, sim, recovery_tag="keep"), volume)
    assert len(marks(made)) == 1
    assert [tag for tag in made["tags"] if tag not in marks(made)] == (["mine"] if kind == "snapshot" else [])


@pytest.mark.parametrize("kind", TAGGABLE)
def test_their_tag_is_removed_once_they_are_known(
    flavour: str, runner: Any, sim: Simulator, volume: str, kind: str
) -> None:
    create, _ = TAGGABLE[kind]
    made = create(client(flavour, runner, sim, recovery_tag="remove"), volume)
    assert marks(made) == []
    assert [tag["name"] for tag in DO.simulated(sim).tag.list() if RECOVERY_TAG.fullmatch(tag["name"])] == []


@pytest.mark.parametrize("what", ["keep", "remove"])
@pytest.mark.parametrize("kind", TAGGABLE)
def test_a_lost_response_of_theirs_is_found_by_the_tag(
    flavour: str, runner: Any, sim: Simulator, volume: str, kind: str, what: Any
) -> None:
    create, path = TAGGABLE[kind]
    sim.faults.add("drop", when="after", method="POST", path=f"/v2{path}", count=1)
    made = create(client(flavour, runner, sim, recovery_tag=what), volume)
    assert len(marks(made)) == (what == "keep")


@pytest.mark.parametrize("ours", ["keep", None])
@pytest.mark.parametrize("kind", TAGGABLE)
def test_what_another_program_created_meanwhile_is_not_taken(
    flavour: str, runner: Any, sim: Simulator, volume: str, kind: str, ours: Any
) -> None:
    """Ours was lost without effect; theirs has the same name, and a tag of its own, if ours is to be distinguished."""
    create, path = TAGGABLE[kind]
    sim.faults.add("drop", when="before", method="POST", path=f"/v2{path}", count=1)
    other = DO.simulated(sim, recovery_tag=None if ours else "keep")
    other._session.ownership = type(other._session.ownership)()

    def create_another(event: Any) -> None:
        if type(event).__name__ == "ResponseLost":
            theirs.append(create(other, volume))

    theirs: list[Any] = []
    api = client(flavour, runner, sim, recovery_tag=ours, on_event=create_another)
    with pytest.raises(DOBOTOOutcomeUnknownException) as caught:
        create(api, volume)
    assert caught.value.created == []
    # In doubt only where it has no tag of another request.
    assert (str(theirs[0]["id"]) in str(caught.value)) is (ours is not None)
    assert ("with the tag doboto-" in str(caught.value)) is (ours is not None)


def test_interruption_while_the_tag_is_removed_knows_what_was_created(
    flavour: str, runner: Any, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Which is there already, also if the tag is lost."""

    def stop(event: Any) -> None:
        if type(event).__name__ == "Retrying":
            raise KeyboardInterrupt

    sim.faults.add("status", status=503, method="DELETE", path="/v2/tags/*")
    api = client(flavour, runner, sim, recovery_tag="remove", on_event=stop)
    with pytest.raises(KeyboardInterrupt) as caught:
        api.volume.create(VOLUME)
    [state] = call_states(caught.value)
    assert [made["name"] for made in state.created] == ["data"]
    assert list(state.unresolved) == []

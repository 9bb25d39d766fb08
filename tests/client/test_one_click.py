"""1-Click applications: in both clients, held against the specification."""

from __future__ import annotations

from asyncio import Runner
from typing import Any

import pytest

from doboto import DOBOTOException, DOBOTONotFoundException, DOBOTOOutcomeUnknownException, DOBOTOTimeoutException

from .conftest import Log
from .scripted import reply, stage

CLUSTER = "50a994b6-c303-438f-9495-7e896cfe6b08"

pytestmark = pytest.mark.usefixtures("contract")


def test_applications_are_listed_by_type(api: Any) -> None:
    every = api.one_click.list()
    by_type = [api.one_click.list(type) for type in ("droplet", "kubernetes")]
    assert all(by_type)
    assert sorted(found["slug"] for found in every) == sorted(found["slug"] for one in by_type for found in one)
    assert {found["type"] for found in by_type[1]} == {"kubernetes"}


def test_there_must_be_a_cluster(api: Any) -> None:
    with pytest.raises(DOBOTONotFoundException):
        api.one_click.kubernetes_install(["loki"], CLUSTER)


@pytest.mark.parametrize(
    ("slugs", "cluster", "error"),
    [([], CLUSTER, ValueError), ("loki", CLUSTER, TypeError), ([""], CLUSTER, ValueError), (["loki"], "", ValueError)],
)
def test_what_can_not_be_right_is_refused(api: Any, log: Log, slugs: Any, cluster: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="addon_slugs|cluster_uuid"):
        api.one_click.kubernetes_install(slugs, cluster)
    assert log.take() == []


def test_the_apis_words_are_given(flavour: str, runner: Runner) -> None:
    """The simulator has no clusters: the answer is the reference's example."""
    here = stage(flavour, runner, reply(200, {"message": "Successfully kicked off addon job."}))
    assert here.api.one_click.kubernetes_install(["loki"], CLUSTER) == "Successfully kicked off addon job."
    asked = here.script.asked[0]
    assert (asked.method, asked.body) == ("POST", b'{"addon_slugs":["loki"],"cluster_uuid":"%s"}' % CLUSTER.encode())


@pytest.mark.parametrize("lost", [DOBOTOTimeoutException("no answer in time"), reply(502)])
def test_an_installation_whose_answer_was_lost_is_not_sent_again(
    flavour: str, runner: Runner, lost: DOBOTOException
) -> None:
    here = stage(flavour, runner, lost)
    with pytest.raises(DOBOTOOutcomeUnknownException, match="the installation of loki"):
        here.api.one_click.kubernetes_install(["loki"], CLUSTER)
    assert len(here.script.asked) == 1

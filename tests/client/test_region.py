"""Regions: in both clients, held against the specification."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOServerException
from doboto.sim import Simulator

from .conftest import REGION, SIZE

pytestmark = pytest.mark.usefixtures("contract")


def test_all_regions_are_listed(api: Any) -> None:
    regions = api.region.list()
    by_slug = {region["slug"]: region for region in regions}
    assert len(by_slug) == len(regions) > 10
    assert SIZE in by_slug[REGION]["sizes"]
    assert list(api.region.each()) == regions


def test_a_page_that_fails_fails_the_list(api: Any, sim: Simulator) -> None:
    sim.faults.add("status", path="/v2/regions", status=500)
    with pytest.raises(DOBOTOServerException):
        api.region.list()
    with pytest.raises(DOBOTOServerException):
        next(api.region.each())

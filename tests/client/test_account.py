"""The account: in both clients, held against the specification."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTOForbiddenException, DOBOTOUnauthorizedException
from doboto.sim import Simulator

pytestmark = pytest.mark.usefixtures("contract")


def test_the_account_tells_whose_it_is_and_its_limits(api: Any, sim: Simulator) -> None:
    account = api.account.info()
    assert account["droplet_limit"] == sim.account("simulated").settings.droplet_limit
    assert account["status"] == "active"
    assert "@" in account["email"]
    assert account["team"]["name"]


@pytest.mark.parametrize(("status", "error"), [(401, DOBOTOUnauthorizedException), (403, DOBOTOForbiddenException)])
def test_a_token_that_may_not_is_told_so(api: Any, sim: Simulator, status: int, error: type[Exception]) -> None:
    sim.faults.add("status", path="/v2/account", count=1, status=status)
    with pytest.raises(error):
        api.account.info()

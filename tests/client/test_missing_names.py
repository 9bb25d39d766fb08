"""A name that a client or a resource lacks is refused with the one that was meant; programs may still ask for any."""

from __future__ import annotations

import copy
import re
import traceback
from typing import Any
from unittest.mock import create_autospec

import pytest

from doboto import DO, AsyncDO
from doboto._core.attributes import REMOVED


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda api: api.droplets, "object has no attribute 'droplets' (did you mean 'droplet'?)"),
        (lambda api: api.ssh_keys, "object has no attribute 'ssh_keys' (did you mean 'ssh_key'?)"),
        (lambda api: api.droplet.get, "object has no attribute 'get' (did you mean 'info'?)"),
        (lambda api: api.droplet.delete, "object has no attribute 'delete' (did you mean 'destroy'?)"),
        (lambda api: api.droplet.poweroff, "object has no attribute 'poweroff' (did you mean 'power_off'?)"),
        (lambda api: api.tag.assign_resources, "no attribute 'assign_resources' (did you mean 'attach'?)"),
        (lambda api: api.tag.unassign_resources, "no attribute 'unassign_resources' (did you mean 'detach'?)"),
        (lambda api: api.size.delete, "'SizeOperations' object has no attribute 'delete'"),
        (lambda api: api.xyzzy, "object has no attribute 'xyzzy'"),
        (lambda api: api.droplet._get_it, "'DropletOperations' object has no attribute '_get_it'"),
    ],
)  # fmt: skip
def test_a_missing_name_comes_with_the_one_that_was_meant(api: Any, ask: Any, message: str) -> None:
    with pytest.raises(AttributeError) as missing:
        ask(api)
    assert str(missing.value).endswith(message)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda api: api.tag.update("a", "b"), "'update': DigitalOcean's API no longer renames tags; create a"),
        (lambda api: api.droplet.action(7, "reboot"), "'action': each action has an operation of its own"),
        (lambda api: api.droplet.ready, "'ready': use wait, or wait=True of the operation that creates it"),
        (lambda api: api.volume.action_result, "'action_result': use wait=True of the operation that starts"),
        (lambda api: api.image.token, "'token': a token cannot be read back from a client"),
        (lambda api: api.region.uri, "'uri': use DO.url"),
    ],
)  # fmt: skip
def test_a_name_of_doboto_06_that_is_gone_comes_with_what_to_do(api: Any, ask: Any, message: str) -> None:
    with pytest.raises(AttributeError) as missing:
        ask(api)
    assert message in str(missing.value)
    assert "did you mean" not in str(missing.value)


def test_what_took_the_place_of_a_name_of_doboto_06_is_there() -> None:
    do = DO("t")
    for name, advice in REMOVED.items():
        kind, _, gone = name.partition(".")
        owner = do.account if kind == "Operations" else getattr(do, kind.removesuffix("Operations").lower())
        assert not hasattr(owner, gone)
        assert all(hasattr(DO, each) for each in re.findall(r"DO\.(\w+)", advice))
    assert hasattr(do.droplet, "power_off")
    assert hasattr(do.droplet, "wait")


@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_a_traceback_makes_one_suggestion(kind: Any) -> None:
    with pytest.raises(AttributeError) as missing:
        _ = kind("t").droplets
    last = traceback.format_exception_only(missing.value)[-1]
    assert last.lower().count("did you mean") == 1


@pytest.mark.parametrize("kind", [DO, AsyncDO])
def test_programs_may_ask_for_any_name(kind: Any) -> None:
    client = kind("t")
    for one in (client, client.droplet):
        assert not hasattr(one, "get")
        assert not hasattr(one, "_ipython_display_")
        assert getattr(one, "delete", None) is None
        assert "get" not in dir(one)
        assert copy.copy(one) is not None
        assert copy.deepcopy(one) is one
        assert not hasattr(create_autospec(one, instance=True), "get")
    assert client.droplet.__reduce__()[1] == (client, "droplet")
    assert not hasattr(object.__new__(kind), "ratelimit")

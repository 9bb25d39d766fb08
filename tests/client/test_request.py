"""`request`: whatever has no operation of its own, with the same care."""

from __future__ import annotations

from typing import Any

import pytest

from doboto import DOBOTONotFoundException

from .conftest import Log, several


def test_a_reply_comes_as_it_is(api: Any) -> None:
    reply = api.request("GET", "/v2/sizes", query={"per_page": 1})
    assert list(reply) == ["sizes", "links", "meta"]
    assert api.request("post", "/tags", body={"name": "t"})["tag"]["name"] == "t"
    assert api.request("DELETE", "/tags/t") is None
    with pytest.raises(DOBOTONotFoundException):
        api.request("GET", "/tags/t")


def test_every_item_of_a_list(api: Any, log: Log) -> None:
    api.droplet.create(several(*(f"w{n}" for n in range(450)), tags=["t"]))
    log.take()
    assert api.request("GET", "/droplets", query={"tag_name": "t"}, paginate="droplets") == api.droplet.list("t")
    assert len(log.take()) == 2 * 3


@pytest.mark.parametrize("path", ["sizes", "//sizes", "https://example.com/sizes", "/sizes?page=2", "/a b", ""])
def test_what_is_no_path_is_refused(api: Any, log: Log, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        api.request("GET", path)
    assert log.take() == []


def test_only_lists_that_are_read_have_every_item(api: Any, log: Log) -> None:
    with pytest.raises(ValueError, match="GET"):
        api.request("POST", "/droplets", paginate="droplets")
    assert log.take() == []

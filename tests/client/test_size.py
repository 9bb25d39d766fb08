"""Sizes: in both clients, held against the specification."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import REGION, SIZE

pytestmark = pytest.mark.usefixtures("contract")


def test_all_sizes_are_listed_once_on_however_many_pages(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = api.size.list()
    by_slug = {size["slug"]: size for size in sizes}
    assert len(by_slug) == len(sizes) > 20
    assert REGION in by_slug[SIZE]["regions"]
    assert list(api.size.each()) == sizes
    monkeypatch.setattr("doboto._core.pages.PER_PAGE", 7)
    assert api.size.list() == list(api.size.each()) == sizes

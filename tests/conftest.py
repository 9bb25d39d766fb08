"""What several test files need."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

#: Need environments of their own: `make test-peers` and `make test-contract` name them.
collect_ignore = ["peers", "contract"]

BESIDE_THE_REPOSITORY = Path(__file__).parents[2] / "shared" / "api" / "openapi.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--openapi",
        type=Path,
        metavar="PATH",
        help="DigitalOcean's OpenAPI document (or DOBOTO_OPENAPI; else ../shared/api/openapi.json)",
    )


def named_openapi(config: pytest.Config) -> Path | None:
    """The document that the caller names; one that is named and missing is an error, not a skip."""
    option: Path | None = config.getoption("--openapi")
    variable = os.environ.get("DOBOTO_OPENAPI")
    return option or (Path(variable) if variable else None)


@pytest.fixture(scope="session")
def openapi(pytestconfig: pytest.Config) -> dict[str, Any]:
    """DigitalOcean's OpenAPI document, which is not part of this repository."""
    path = named_openapi(pytestconfig)
    if path is None and not BESIDE_THE_REPOSITORY.exists():
        pytest.skip("no OpenAPI document: name one with --openapi PATH or DOBOTO_OPENAPI")
    document: dict[str, Any] = json.loads((path or BESIDE_THE_REPOSITORY).read_text(encoding="utf-8"))
    return document

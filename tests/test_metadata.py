"""The repository's address is an assumption until the first release: it is in one file, under one name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from .docs_blocks import ROOT

METADATA = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
URLS: dict[str, str] = METADATA["project"]["urls"]
SLUG = urlsplit(URLS["Repository"]).path.strip("/")


def test_every_address_is_made_of_the_repository() -> None:
    owner, name = SLUG.split("/")
    expected = {
        "Repository": f"https://github.com/{SLUG}",
        "Documentation": f"https://{owner}.github.io/{name}/",
        "Changelog": f"https://github.com/{SLUG}/blob/main/CHANGELOG.md",
        "Issues": f"https://github.com/{SLUG}/issues",
    }
    assert expected == URLS
    substitutions = METADATA["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]
    targets = [re.findall(r"https://[^/]+/([^/]+/[^/]+)/", one["replacement"]) for one in substitutions]
    assert targets == [[SLUG]] * len(substitutions)


def test_no_other_file_has_an_address_of_the_repository() -> None:
    owner, name = SLUG.split("/")
    pattern = rf"github\.com[/:]{SLUG}|raw\.githubusercontent\.com/{SLUG}|{owner}\.github\.io/{name}"
    found = [
        path.relative_to(ROOT).as_posix() for path in written_files() if re.search(pattern, path.read_text("utf-8"))
    ]
    assert found == ["pyproject.toml"]


def written_files() -> Iterator[Path]:
    """What is written by hand, wherever it is; not what builds and other programs leave here."""
    folders = ("ansible", "benchmarks", "docs", "examples", "scripts", "src", "tests", ".github", ".ci")
    files = [*ROOT.iterdir(), *(path for folder in folders for path in (ROOT / folder).rglob("*"))]
    for path in sorted(files):
        if path.suffix in (".md", ".py", ".toml", ".yml", ".sh") and path.is_file() and "_build" not in path.parts:
            yield path

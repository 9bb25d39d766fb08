"""Lower bounds of dependencies exclude versions with known vulnerabilities."""

from __future__ import annotations

from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement

#: The last affected version of each advisory, as its text gives it.
AFFECTED = [
    ("h11", "0.15.0", "CVE-2025-43859: chunked bodies are read leniently"),
    ("starlette", "0.49.0", "CVE-2025-62727: a Range header takes quadratic time"),
    ("starlette", "0.47.1", "CVE-2025-54121: large forms block the event loop"),
    ("cryptography", "46.0.4", "CVE-2026-26007: points of binary curves are not checked"),
    ("cryptography", "44.0.0", "CVE-2024-12797: OpenSSL in the wheels"),
    ("cryptography", "42.0.3", "CVE-2024-26130: a crash in PKCS#12"),
    ("redis", "4.5.4", "CVE-2023-28859: connections are shared after a cancelled command"),
    ("PyYAML", "5.3.1", "CVE-2020-14343: arbitrary code in full_load"),
]


@pytest.mark.parametrize(("name", "version", "advisory"), AFFECTED)
def test_an_affected_version_is_not_accepted(name: str, version: str, advisory: str) -> None:
    found = [one for text in requires("doboto") or () if (one := Requirement(text)).name.lower() == name.lower()]
    assert found, f"{name} is no dependency any more: {advisory}"
    assert not any(one.specifier.contains(version) for one in found if "dev" not in str(one.marker)), advisory

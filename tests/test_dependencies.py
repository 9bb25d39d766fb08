"""Lower bounds of dependencies exclude versions with known vulnerabilities."""

from __future__ import annotations

from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement

#: The last affected version of each advisory, as it is published (looked up on 2026-11-26).
#: Of the other dependencies no advisory was found that concerns a version within their bounds.
AFFECTED = [
    ("h11", "0.15.0", "CVE-2025-43859, GHSA-vqfr-h8mv-ghfj: chunked bodies are read leniently"),
    ("starlette", "1.3.0", "CVE-2026-54283: forms in a URL's encoding have no limits"),
    ("starlette", "1.2.1", "CVE-2026-54282, GHSA-jp82-jpqv-5vv3: a path can replace the host of a request's URL"),
    ("starlette", "1.0.0", "CVE-2026-48710, GHSA-86qp-5c8j-p5mr: a Host header replaces the path of a URL"),
    ("starlette", "0.49.0", "CVE-2025-62727, GHSA-7f5h-v6xp-fcq8: a Range header takes quadratic time"),
    ("starlette", "0.47.1", "CVE-2025-54121, GHSA-2c2j-9gv5-cj73: large forms block the event loop"),
    ("cryptography", "48.0.0", "GHSA-537c-gmf6-5ccf: OpenSSL in the wheels"),
    ("cryptography", "46.0.6", "CVE-2026-39892: buffers that are not contiguous overflow"),
    ("cryptography", "46.0.5", "CVE-2026-34073, GHSA-m959-cc7f-wv43: name constraints are not applied"),
    ("cryptography", "46.0.4", "CVE-2026-26007, GHSA-r6ph-v2qm-q3c2: points of binary curves are not checked"),
    ("redis", "4.5.3", "CVE-2023-28859, GHSA-8fww-64cx-x8p5: connections are shared after a cancelled command"),
    ("PyYAML", "5.3.1", "CVE-2020-14343, GHSA-8q59-q68h-6hv4: arbitrary code in full_load"),
]


@pytest.mark.parametrize(("name", "version", "advisory"), AFFECTED)
def test_an_affected_version_is_not_accepted(name: str, version: str, advisory: str) -> None:
    found = [one for text in requires("doboto") or () if (one := Requirement(text)).name.lower() == name.lower()]
    assert found, f"{name} is no dependency any more: {advisory}"
    assert not any(one.specifier.contains(version) for one in found if "dev" not in str(one.marker)), advisory

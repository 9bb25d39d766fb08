"""A private key that a certificate is made from is in no text of any error, whatever a server does with it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from doboto import DOBOTOException
from doboto._core.request import Request
from doboto.errors import without_keys
from doboto.sim import Simulator

OF_CREATE: dict[str, Any] = {"method": "POST", "path": "/v2/certificates", "count": 1}
#: Servers, and what stands before them, that show in their replies what they were sent.
ECHOES: dict[str, Callable[[Simulator, str], object]] = {
    "refused": lambda sim, key: sim.faults.add("status", status=422, body={"id": "no", "message": key}, **OF_CREATE),
    "refused without a message": lambda sim, key: sim.faults.add("status", status=400, body=key, **OF_CREATE),
    "failed": lambda sim, key: sim.faults.add("status", status=500, body={"message": f"sent: {key}"}, **OF_CREATE),
    "another shape": lambda sim, key: sim.faults.add("wrong_shape", body={"json": {"private_key": key}}, **OF_CREATE),
    "no JSON": lambda sim, key: sim.faults.add("not_json", body=f"private_key={key}", **OF_CREATE),
    "no answer": lambda sim, key: sim.faults.add("drop", **OF_CREATE),
}


@pytest.mark.parametrize("echo", ECHOES)
def test_no_error_tells_a_private_key(
    api: Any, sim: Simulator, parts: Any, echo: str, caplog: pytest.LogCaptureFixture
) -> None:
    private_key, leaf, chain = parts
    ECHOES[echo](sim, private_key)
    sim.faults.add("status", method="GET", path="/v2/certificates", status=403)  # looking ends at once
    with caplog.at_level(logging.DEBUG), pytest.raises(DOBOTOException) as caught:
        api.certificate.create("web", private_key, leaf, chain)
    error = caught.value
    texts = [
        str(error),
        repr(error),
        *traceback.format_exception(error),
        repr(getattr(error, "asked", "")),
        caplog.text,
    ]
    pieces = [line[start : start + 16] for line in private_key.splitlines()[1:-1] for start in range(0, 48, 16)]
    assert [piece for piece in pieces if piece and any(piece in text for text in texts)] == []


def test_a_request_does_not_show_its_body() -> None:
    assert "secret" not in repr(Request("POST", "/certificates", body={"private_key": "secret"}))


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "])
def test_a_key_is_taken_out_of_a_text_whole_or_cut_off(kind: str) -> None:
    whole = f"-----BEGIN {kind}PRIVATE KEY-----\nMIIEvQ\n-----END {kind}PRIVATE KEY-----"
    assert without_keys(f"a {whole} b {whole} c") == "a (a private key) b (a private key) c"
    assert without_keys(f"a {whole!r} b") == "a '(a private key)' b"
    assert without_keys(f"a {whole[:-30]}") == "a (a private key)"
    assert without_keys("-----BEGIN CERTIFICATE-----\nMIIC") == "-----BEGIN CERTIFICATE-----\nMIIC"

"""The fast decoder and the standard library's give the same results."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doboto import _json
from doboto._json import decode

TEXTS = st.text(st.characters(), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
#: Documents that decoders treat differently: numbers at the limits, marks, surrogates, duplicates, surplus.
ODD = [
    b"123456789012345678901234567890", b"-9223372036854775809", b"18446744073709551616", b"1e400", b"-0", b"-0.0",
    b"5e-324", b"2.2250738585072011e-308", b"NaN", b"-Infinity", b'"\\ud800"', b'"\xff"', b'"\\u0000"', b'"\t"',
    b'{"a":1,"a":2}', b'{"a":1}x', b"[1,]", b"01", b"\xef\xbb\xbf{}", '{"a": "b"}'.encode("utf-16"), b"", b" null\n",
    b"[" * 100_000,
]  # fmt: skip


@pytest.fixture(autouse=True)
def every_body_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_json, "LARGE", 0)


def outcome(decoder: Any, body: bytes) -> str:
    """What a decoder makes of a document, comparable to the letter: `-0.0`, `nan` and types included."""
    try:
        return repr(decoder(body))
    except (ValueError, RecursionError):
        return "refused"


@given(VALUES, st.booleans())
def test_documents_decode_alike(value: Any, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert outcome(decode, body) == outcome(json.loads, body)


@pytest.mark.parametrize("body", ODD, ids=lambda body: repr(body[:20]))
def test_odd_documents_decode_alike(body: bytes) -> None:
    assert outcome(decode, body) == outcome(json.loads, body)


@given(VALUES, st.data())
@example([math.pi], None)
def test_damaged_documents_decode_alike(value: Any, data: Any) -> None:
    body = bytearray(json.dumps(value).encode())
    if data is not None:
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(decode, bytes(body)) == outcome(json.loads, bytes(body))


def test_the_fast_decoder_is_used_for_large_bodies_only(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[int] = []
    monkeypatch.setattr(_json, "fast_decoder", lambda: lambda body: used.append(len(body)))
    monkeypatch.setattr(_json, "LARGE", 10)
    decode(b"[1]")
    decode(b"[1, 2, 3, 4]")
    assert used == [12]


def test_without_the_extra_the_standard_library_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_json, "fast_decoder", lambda: None)
    assert decode(b'{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}

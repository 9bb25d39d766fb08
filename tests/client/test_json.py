"""The fast decoder and the standard library's give the same results."""

from __future__ import annotations

import json
import math
import tracemalloc
from collections.abc import Callable
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


SLUGS = st.lists(TEXTS | st.sampled_from(["s-1vcpu-1gb", "]", '"', ',"sizes":["x"]', "\\"]), max_size=3)
#: What stands where the sizes of a region do: slugs as a rule, but also anything else, and whole items.
SIZES = SLUGS | VALUES | st.fixed_dictionaries({"sizes": SLUGS, "region": st.fixed_dictionaries({"sizes": SLUGS})})
REGIONS = st.fixed_dictionaries({"slug": TEXTS, "sizes": SIZES}, optional={"features": SLUGS})
ITEMS = st.lists(st.fixed_dictionaries({"id": st.integers(), "region": REGIONS | VALUES}) | VALUES, max_size=5)


@given(st.dictionaries(st.sampled_from(["droplets", "volumes", "sizes"]), ITEMS | REGIONS), st.booleans())
@example({"droplets": [{"region": {"slug": "a", "sizes": ["x", 7]}}, {"region": {"sizes": 7}}]}, True)
@example({"droplets": [{"region": {"slug": "a", "sizes": ["x"]}}], "volumes": [], "sizes": ["x"]}, True)
def test_pages_whose_regions_have_sizes_decode_alike(page: Any, compact: bool) -> None:
    body = json.dumps(page, separators=(",", ":") if compact else None).encode()
    assert outcome(decode, body) == outcome(json.loads, body)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"sizes":["x"]}',
        '[1,{"a":1,"sizes":["x"]}]',
        '{"droplets":[{"region":{"a":1,"sizes":["x"],"sizes":["y"]}}]}',
        '{"droplets":[{"region":{"a":1,"sizes":["x","]"]}},{"region":{"a":1,"sizes":["x"]}}]}',
        '{"droplets":[{"region":{"a":1,"sizes":["x",["y"]]}}]}',
        '{"droplets":[{"region":{"a":1,"sizes":["x"}}]}',
        '{"droplets":[{"region":{"a":1,"sizes":["x"',
        '{"droplets":[{"name":",\\"sizes\\":[\\"x\\"]","region":{"a":1,"sizes":["\\ud800"]}}]}',
    ],
)
def test_sizes_in_odd_places_decode_alike(text: str) -> None:
    assert outcome(decode, text.encode()) == outcome(json.loads, text.encode())


@pytest.mark.parametrize("end", [b"", b"]"])
def test_many_sizes_without_an_end_take_no_longer(end: bytes) -> None:
    """Hours, if each was looked for to the end of the document."""
    body = b"[" + b",".join([b'"a","sizes":["x"'] * 400_000) + end
    assert outcome(decode, body) == outcome(json.loads, body) == "refused"


def peak(decoder: Callable[[bytes], Any], body: bytes) -> int:
    """The most bytes that decoding takes."""
    tracemalloc.start()
    try:
        decoder(body)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("end", ["", '{"a":1,"sizes":["x"]}'], ids=["in regions", "elsewhere"])
def test_many_different_sizes_take_little_more_memory(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly three times as much, if each was decoded apart."""
    monkeypatch.setattr(_json, "fast_decoder", lambda: None)
    regions = [f'{{"region":{{"a":1,"sizes":["{number}"]}}}}' for number in range(5000)]
    body = f'{{"droplets":[{",".join([end or "{}", *regions])}]}}'.encode()
    assert decode(body) == json.loads(body)
    assert peak(decode, body) < 1.5 * peak(json.loads, body)


def test_regions_share_the_texts_of_their_sizes_and_no_list() -> None:
    """Half of what a list of Droplets takes: one may change its Droplets, but no text."""
    regions = [{"slug": slug, "sizes": [f"{slug}-{n}" for n in range(9)]} for slug in ("nyc3", "fra1", "nyc3", "nyc3")]
    body = json.dumps({"droplets": [{"id": 1, "region": region} for region in regions]}, separators=(",", ":")).encode()
    first, other, *more = (droplet["region"]["sizes"] for droplet in decode(body)["droplets"])
    assert all(one is not first and [*map(id, one)] == [*map(id, first)] for one in more)
    first.clear()
    assert [[*other], *map(list, more)] == [region["sizes"] for region in regions[1:]]


def test_what_stands_among_sizes_is_shared_by_no_two_regions() -> None:
    region = {"slug": "nyc3", "sizes": ["a", {"slug": "b"}]}
    body = json.dumps({"droplets": [{"region": region}, {"region": region}]}, separators=(",", ":")).encode()
    one, other = decode(body)["droplets"]
    one["region"]["sizes"][1].clear()
    assert other["region"] == region


REGION = {"slug": "nyc3", "sizes": ["s-1vcpu-1gb", "s-1vcpu-2gb"] * 20}


@pytest.mark.parametrize("item", [{"region": REGION}, {"droplet": {"region": REGION}, "region": REGION}])
def test_sizes_of_items_and_of_their_droplets_are_decoded_once(
    item: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    loads = json.loads
    monkeypatch.setattr(_json, "fast_decoder", lambda: None)
    monkeypatch.setattr(json, "loads", lambda body: read.append(len(body)) or loads(body))
    body = json.dumps({"items": [item] * 50, "links": {}}, separators=(",", ":")).encode()
    assert decode(body) == {"items": [item] * 50, "links": {}}
    assert sum(read) < len(body) / 4


@pytest.mark.parametrize("convert", [bytearray, bytes.decode])
def test_bodies_of_other_types_decode_as_the_standard_library_decodes_them(convert: Callable[[bytes], Any]) -> None:
    text = b'{"droplets":[{"region":{"slug":"a","sizes":["x"]}}]}'
    assert decode(convert(text)) == json.loads(text)


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

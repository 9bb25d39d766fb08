"""Odd responses, each with what a client has to make of it. Sources: the RFCs, and what published parsers test.

The cases are written anew; "llhttp" and "h11" say which parser's published tests have the kind: llhttp's in
`test/response/*.md` (github.com/nodejs/llhttp), h11's in `h11/tests/test_io.py` and `test_headers.py`
(github.com/python-hyper/h11). A section number alone is RFC 9112's.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass

BODY = b'{"n": 1}'
#: A response that nobody asked for; the next exchange must not read it.
STOWAWAY = b'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"asked": -1}'


@dataclass(frozen=True)
class Odd:
    """One case.

    Attributes:
        name: What is odd.
        source: Where the kind is from.
        sent: What the server sends.
        outcome: "value": the body counts; "empty": a success without body; "error": an error of ours after which the
            request may have taken effect; "refused": an error of ours that says that the API refused.
        kept: If true, the connection may be used again.
        ends: If true, the server ends its side of the connection then.
        method: The request's.
    """

    name: str
    source: str
    sent: bytes
    outcome: str = "error"
    kept: bool = False
    ends: bool = False
    method: str = "POST"


def response(*headers: bytes, status: bytes = b"HTTP/1.1 200 OK", body: bytes = BODY, line: bytes = b"\r\n") -> bytes:
    return line.join([status, *headers, b"", b""]) + body


def sized(*headers: bytes, status: bytes = b"HTTP/1.1 200 OK", body: bytes = BODY) -> bytes:
    return response(*headers, b"Content-Length: %d" % len(body), status=status, body=body)


def chunked(coded: bytes, header: bytes = b"Transfer-Encoding: chunked") -> bytes:
    return response(header, body=coded)


WHOLE = b'8\r\n{"n": 1}\r\n0\r\n\r\n'

STATUS_LINES = [
    *(
        Odd(f"status line {line!r}", source, sized(status=line), "value", kept)
        for line, source, kept in [
            (b"HTTP/1.1 200 ", "4: an empty reason", True),
            (b"HTTP/1.1 200", "h11: no reason and no blank", True),
            (b"HTTP/1.1 200 All is well", "4", True),
            (b"HTTP/1.1 200 \xc3\x89t\xc3\xa9", "4: obs-text in the reason", True),
            (b"HTTP/1.1 200 a\tb", "4: a tab in the reason", True),
            (b"HTTP/1.1 299 Odd", "RFC 9110, 15", True),
            (b"HTTP/1.0 200 OK", "9.3: 1.0 does not persist", False),
        ]
    ),
    *(
        Odd(f"status line {line!r}", source, sized(status=line))
        for line, source in [
            (b"HTTP/1.1  200 OK", "llhttp: an extra space before the status"),
            (b"HTTP/1.1\t200 OK", "llhttp: a tab after the version"),
            (b"HTTP/1.1 20 OK", "4: two digits"),
            (b"HTTP/1.1 2 OK", "llhttp: one digit"),
            (b"HTTP/1.1 2000 OK", "4: four digits"),
            (b"HTTP/1.1 2x0 OK", "4"),
            (b"HTTP/1.1 -200 OK", "4"),
            (b"HTTP/1.1 \xd9\xa2\xd9\xa0\xd9\xa0 OK", "4: digits of another script"),
            (b"HTTP/1.1 OK", "4: no status"),
            (b"HTTP/1.1", "4: the version alone"),
            (b"http/1.1 200 OK", "2.3: case-sensitive"),
            (b"HTTP/1 200 OK", "2.3"),
            (b"HTTP/1. 200 OK", "2.3"),
            (b"HTTP/.1 200 OK", "2.3"),
            (b"HTTP/1.10 200 OK", "llhttp: an extra digit in the minor version"),
            (b"HTTP/11.1 200 OK", "llhttp: an extra digit in the major version"),
            (b"HTTP/01.1 200 OK", "2.3"),
            (b"HTTP/2.0 200 OK", "2.3: another major version"),
            (b"HTTP/0.9 200 OK", "2.3: another major version"),
            (b"HTTP/9.9 200 OK", "llhttp: an invalid version"),
            (b"HTTPS/1.1 200 OK", "2.3"),
            (b"HTPP/1.1 200 OK", "llhttp: an incomplete protocol"),
            (b"RTSP/1.0 200 OK", "another protocol"),
            (b"ICY 200 OK", "another protocol: SHOUTcast"),
            (b"HTTP /1.1 200 OK", "2.3"),
            (b" HTTP/1.1 200 OK", "2.2: white space before the start line"),
            (b"\r\nHTTP/1.1 200 OK", "llhttp: a line break before the response"),
            (b"\nHTTP/1.1 200 OK", "llhttp: a line break before the response"),
            (b"\xef\xbb\xbfHTTP/1.1 200 OK", "2.3: a byte order mark"),
            (b"HTTP/1.1 200 a\x00b", "4: NUL in the reason"),
            (b"HTTP/1.1 200 a\rb", "2.2: a bare CR"),
            (b"HTTP/1.1 200 OK\r", "2.2: a bare CR"),
            (b"", "4: an empty line"),
            (b"GET / HTTP/1.1", "a request instead of a response"),
            (b"<html>", "HTML alone"),
            (b"SSH-2.0-OpenSSH_9.2", "another protocol"),
            (b"\x15\x03\x01\x00\x02\x02\x46", "a TLS alert"),
            (b"\x00" * 30, "binary"),
        ]
    ),
    *(
        Odd(f"status {status}", source, sized(status=b"HTTP/1.1 %d X" % status), outcome, kept)
        for status, source, outcome, kept in [
            (400, "RFC 9110, 15.5.1", "refused", True),
            (408, "RFC 9110, 15.5.9: may have been sent to nobody", "error", False),
            (500, "RFC 9110, 15.6.1", "error", True),
            (600, "RFC 9110, 15: counts as 5xx", "error", True),
            (999, "RFC 9110, 15: counts as 5xx", "error", True),
            (300, "RFC 9110, 15.4: not followed", "refused", True),
            (304, "RFC 9110, 15.4.5: no body, so the body is surplus", "refused", False),
        ]
    ),
]

HEADERS = [
    *(
        Odd(f"header {line[:40]!r}", source, sized(line), "value", kept=True)
        for line, source in [
            (b"X-Empty:", "5"),
            (b"X-Blanks: \t a \t ", "5: blanks around a value"),
            (b"X-Close:a", "5: no blank after the colon"),
            (b"X-Obs: \xe9\xff", "RFC 9110, 5.5: obs-text"),
            (b"X-Twice: 1\r\nX-Twice: 2", "RFC 9110, 5.3"),
            (b"!#$%&'*+-.^_`|~09aZ: 1", "RFC 9110, 5.6.2: every token character"),
            (b"X-Fold: a\r\n b", "5.2: a folded line"),
            (b"X-Fold: a\r\n\tb", "5.2: a folded line"),
            (b"X-Long: " + b"x" * 60_000, "5: a long line"),
            (b"\r\n".join(b"X-%d: %d" % (n, n) for n in range(101)), "more than 100 headers"),
            (b"\r\n".join(b"X-%d: %d" % (n, n) for n in range(1000)), "1,000 headers"),
            (b"Upgrade: h2c", "RFC 9110, 7.8: an offer"),
            (b"Set-Cookie: a=b", "RFC 6265"),
            (b"Keep-Alive: timeout=5", "an extension of HTTP/1.0"),
            (b"Connection: keep-alive", "9.3"),
            (b"Connection: X-Other", "RFC 9110, 7.6.1"),
        ]
    ),
    *(
        Odd(f"header {line!r}", source, sized(line), "value")
        for line, source in [
            (b"Connection: close", "9.6"),
            (b"Connection: Close", "9.6, RFC 9110, 7.6.1: case-insensitive"),
            (b"Connection: x, close", "9.6"),
            (b"Connection: keep-alive, close", "9.6"),
            (b"Connection: keep-alive\r\nConnection: close", "9.6"),
        ]
    ),
    *(
        Odd(f"header {line[:40]!r}", source, sized(line))
        for line, source in [
            (b"X-No-Colon", "5: no colon"),
            (b"X-Blank : 1", "5.1: white space before the colon"),
            (b"X-Tab\t: 1", "5.1: white space before the colon"),
            (b": 1", "5: no name"),
            (b"X Y: 1", "5: a blank in a name"),
            (b"X(Y): 1", "RFC 9110, 5.6.2"),
            (b"X@Y: 1", "RFC 9110, 5.6.2"),
            (b'"X": 1', "RFC 9110, 5.6.2"),
            (b"X\x00Y: 1", "h11: NUL in a name"),
            (b"X\xe9: 1", "RFC 9110, 5.1: a name that is not ASCII"),
            (b"X: a\x00b", "RFC 9110, 5.5: NUL in a value"),
            (b"X: a\rb", "RFC 9110, 5.5: a bare CR in a value"),
            (b"X: a\rContent-Length: 0", "llhttp: headers separated by CR"),
            (b"X: a\x0bb", "h11: a vertical tab in a value"),
            (b"X: a\x0cb", "h11: a form feed in a value"),
            (b" X: folded", "2.2: white space after the start line"),
            (b"\tX: folded", "2.2: white space after the start line"),
            (b"X-Long: " + b"x" * 300_000, "5: beyond any use"),
            (b"\r\n".join(b"X-%d: %d" % (n, n) for n in range(30_000)), "5: beyond any use"),
        ]
    ),
    Odd("lines that end with LF", "2.2: may be recognized", response(b"Content-Length: 8", line=b"\n"), "value", True),
    Odd("lines that end with CR", "2.2: a bare CR", response(b"Content-Length: 8", line=b"\r"), ends=True),
    Odd("no end of the headers", "llhttp", b"HTTP/1.1 200 OK\r\nX: 1\r\n", ends=True),
    Odd("cut off in a name", "8", b"HTTP/1.1 200 OK\r\nX-Na", ends=True),
    Odd("cut off in the status", "8", b"HTTP/1.1 20", ends=True),
    Odd("nothing", "9.5", b"", ends=True),
]

LENGTHS = [
    *(
        Odd(f"Content-Length {text!r}", source, response(b"Content-Length:" + text), "value", kept=True)
        for text, source in [
            (b"8", "5: no blank"),
            (b"  8  ", "5: blanks"),
            (b" 008", "RFC 9110, 8.6: leading zeros"),
            (b" 8, 8", "RFC 9110, 8.6: the same twice"),
            (b" 8\r\nContent-Length: 8", "RFC 9110, 8.6: the same twice"),
            (b"\r\n 8", "5.2: folded"),
        ]
    ),
    *(
        Odd(f"Content-Length {text!r}", source, response(b"Content-Length: " + text) + STOWAWAY)
        for text, source in [
            (b"8, 9", "6.3: two different"),
            (b"8\r\nContent-Length: 9", "6.3: two different"),
            (b"9\r\nContent-Length: 8", "6.3: two different"),
            (b"8\r\nContent-Length: 0", "6.3: two different"),
            (b"8\r\n 9", "5.2: folded, with surplus"),
            (b"8\r\n\t0", "5.2: folded, with surplus"),
            (b"+8", "RFC 9110, 8.6"),
            (b"-8", "llhttp"),
            (b"8.0", "RFC 9110, 8.6"),
            (b"0x8", "RFC 9110, 8.6"),
            (b"8 8", "llhttp"),
            (b"eight", "RFC 9110, 8.6"),
            (b"", "llhttp: empty"),
            (b"8,", "RFC 9110, 8.6"),
            (b",8", "RFC 9110, 8.6"),
            (b"1e1", "RFC 9110, 8.6"),
            (b"8_0", "RFC 9110, 8.6"),
            (b"\xd9\xa8", "RFC 9110, 8.6: a digit of another script"),
            (b"9" * 21, "llhttp: beyond 64 bits"),
            (b"8;", "RFC 9110, 8.6"),
        ]
    ),
    Odd("too short", "6.3: surplus", response(b"Content-Length: 4")),
    Odd("none, with a body", "6.3: surplus", response(b"Content-Length: 0"), "empty"),
    Odd("one byte too many", "6.3: surplus", sized() + b" ", "value"),
    Odd("a line break too many", "6.3: surplus", sized() + b"\r\n", "value"),
    Odd("another response", "6.3: surplus", sized() + STOWAWAY, "value"),
    Odd("half another response", "6.3: surplus", sized() + STOWAWAY[:20], "value"),
    Odd("too long", "8: incomplete", response(b"Content-Length: 100"), ends=True),
    Odd("far too long", "8: incomplete", response(b"Content-Length: 1000000000000000"), ends=True),
    Odd("no length, until the end", "6.3", response(), "value", ends=True),
    Odd("no length in 1.0", "6.3", response(status=b"HTTP/1.0 200 OK"), "value", ends=True),
    Odd("no length, close", "6.3", response(b"Connection: close"), "value", ends=True),
]

ENCODINGS = [
    *(
        Odd(f"Transfer-Encoding {text!r}", source, chunked(WHOLE, b"Transfer-Encoding:" + text), "value", kept=True)
        for text, source in [
            (b" chunked", "7.1"),
            (b"chunked", "5: no blank"),
            (b" Chunked", "7: case-insensitive"),
            (b" CHUNKED", "7: case-insensitive"),
            (b" chunked ", "5: a blank after it"),
            (b" chunked\t", "5: a tab after it"),
        ]
    ),
    *(
        Odd(f"Transfer-Encoding {text!r}", source, chunked(WHOLE, b"Transfer-Encoding: " + text) + STOWAWAY)
        for text, source in [
            (b"chunked, chunked", "6.1: applied twice"),
            (b"chunked\r\nTransfer-Encoding: chunked", "6.1: applied twice"),
            (b"gzip, chunked", "6.1: not asked for"),
            (b"chunked, gzip", "6.3: chunked is not the last"),
            (b"gzip", "6.3: chunked is not the last"),
            (b"identity", "llhttp: removed since RFC 7230"),
            (b"chunked, identity", "llhttp"),
            (b"xchunked", "llhttp"),
            (b"chunked-deflate", "llhttp"),
            (b"chunke", "6.1: unknown"),
            (b"chunked;a=b", "6.1"),
            (b'"chunked"', "6.1"),
            (b"", "llhttp: empty"),
            (b",chunked", "6.1"),
            (b"chunked\x0b", "h11"),
            (b"\x00chunked", "h11"),
            (b"chunked\r\nContent-Length: 8", "6.3: with a length"),
            (b"chunked\r\nContent-Length: 0", "6.3: with a length"),
        ]
    ),
    Odd(
        "a length, then Transfer-Encoding",
        "6.3",
        response(b"Content-Length: 8", b"Transfer-Encoding: chunked", body=WHOLE),
    ),
    Odd(
        "Transfer-Encoding in 1.0",
        "6.1: faulty framing",
        response(b"Transfer-Encoding: chunked", status=b"HTTP/1.0 200 OK", body=WHOLE),
    ),
    *(
        Odd(f"chunks {coded!r}", source, chunked(coded), "value", kept=True)
        for coded, source in [
            (b'00008\r\n{"n": 1}\r\n0\r\n\r\n', "7.1: leading zeros"),
            (b'8\r\n{"n": 1}\r\n000\r\n\r\n', "7.1: zeros for the last"),
            (b'8;a=b;c="d e"\r\n{"n": 1}\r\n0;x\r\n\r\n', "7.1.1: extensions"),
            (b'8 \r\n{"n": 1}\r\n0\r\n\r\n', "h11: a blank after the size"),
            (b'1\r\n{\r\n7\r\n"n": 1}\r\n0\r\n\r\n', "7.1: two chunks"),
            (b'a\r\n {"n": 1} \r\n0\r\n\r\n', "7.1: hexadecimal"),
            (b'A\r\n {"n": 1} \r\n0\r\n\r\n', "7.1: hexadecimal"),
            (b'8\r\n{"n": 1}\r\n0\r\nX-Trailer: 1\r\nX-More: 2\r\n\r\n', "7.1.2: trailers"),
            (b'8\r\n{"n": 1}\r\n0\r\nContent-Length: 3\r\n\r\n', "RFC 9110, 6.5.1: a trailer that must not count"),
        ]
    ),
    *(
        Odd(f"chunks {coded!r}", source, chunked(coded) + STOWAWAY)
        for coded, source in [
            (b'-8\r\n{"n": 1}\r\n0\r\n\r\n', "7.1"),
            (b'+8\r\n{"n": 1}\r\n0\r\n\r\n', "7.1"),
            (b'0x8\r\n{"n": 1}\r\n0\r\n\r\n', "7.1"),
            (b'8_0\r\n{"n": 1}\r\n0\r\n\r\n', "7.1"),
            (b' 8\r\n{"n": 1}\r\n0\r\n\r\n', "7.1: a blank before the size"),
            (b'g\r\n{"n": 1}\r\n0\r\n\r\n', "7.1"),
            (b'\r\n{"n": 1}\r\n0\r\n\r\n', "7.1: no size"),
            (b';a\r\n{"n": 1}\r\n0\r\n\r\n', "7.1: no size"),
            (b'8 a\r\n{"n": 1}\r\n0\r\n\r\n', "7.1"),
            (b'8\n{"n": 1}\n0\n\n', "7.1: LF alone"),
            (b'8\r{"n": 1}\r0\r\r', "7.1: CR alone"),
            (b'8\r\n{"n": 1}0\r\n\r\n', "7.1: no CRLF after the data"),
            (b'8\r\n{"n": 1}\n0\r\n\r\n', "h11: LF after the data"),
            (b'8\r\n{"n": 1}xx0\r\n\r\n', "h11: two other bytes after the data"),
            (b'8\r\n{"n": 1} \r\n0\r\n\r\n', "7.1: data longer than the size"),
            (b'9\r\n{"n": 1}\r\n0\r\n\r\n', "7.1: data shorter than the size"),
            (b'8\r\n{"n": 1}\r\n0\r\nno colon\r\n\r\n', "7.1.2: a trailer without colon"),
            (b'8\r\n{"n": 1}\r\n0\r\nX : 1\r\n\r\n', "7.1.2: a blank before the colon"),
            (b"fffffffffffffffffffff\r\n", "llhttp: beyond 64 bits"),
        ]
    ),
    Odd("another response after the chunks", "6.3: surplus", chunked(WHOLE) + STOWAWAY, "value"),
    Odd("a line break after the chunks", "6.3: surplus", chunked(WHOLE) + b"\r\n", "value"),
    Odd("no last chunk", "8", chunked(b'8\r\n{"n": 1}\r\n'), ends=True),
    Odd("cut off in a size", "8", chunked(b"8"), ends=True),
    Odd("cut off in a chunk", "8", chunked(b'8\r\n{"n"'), ends=True),
    Odd("cut off in the last line", "8", chunked(WHOLE[:-2]), ends=True),
    Odd("cut off in the trailers", "8", chunked(WHOLE[:-2] + b"X: 1\r\n"), ends=True),
]

WITHOUT_BODY = [
    Odd("204", "RFC 9110, 15.3.5", response(status=b"HTTP/1.1 204 X", body=b""), "empty", True),
    Odd("204 with a length of 0", "RFC 9110, 8.6", sized(status=b"HTTP/1.1 204 X", body=b""), "empty", True),
    Odd("204 with a body", "RFC 9110, 8.6", sized(status=b"HTTP/1.1 204 X"), "empty"),
    Odd(
        "204 with a length",
        "RFC 9110, 8.6: the body may still come",
        response(b"Content-Length: 8", status=b"HTTP/1.1 204 X", body=b""),
        "empty",
    ),
    Odd(
        "204 in chunks",
        "6.1",
        response(b"Transfer-Encoding: chunked", status=b"HTTP/1.1 204 X", body=b"0\r\n\r\n"),
        "empty",
    ),
    Odd("204 and another response", "6.3", response(status=b"HTTP/1.1 204 X", body=b"") + STOWAWAY, "empty"),
    Odd(
        "304 with a length",
        "RFC 9110, 8.6: that of the 200",
        response(b"Content-Length: 8", status=b"HTTP/1.1 304 X", body=b""),
        "refused",
        True,
    ),
    Odd("205 with a body", "RFC 9110, 15.3.6", sized(status=b"HTTP/1.1 205 X"), "value", True),
    Odd("HEAD with a length", "6.3", response(b"Content-Length: 8", body=b""), "empty", True, method="HEAD"),
    Odd("HEAD with a body", "RFC 9110, 9.3.2", sized(), "empty", method="HEAD"),
    Odd("HEAD in chunks", "6.3", chunked(b""), "empty", True, method="HEAD"),
]

INTERIM = [
    *(
        Odd(f"interim {lines[0]!r}", "RFC 9110, 15.2", b"".join(lines) + sized(), "value", True)
        for lines in [
            (b"HTTP/1.1 100 Continue\r\n\r\n",),
            (b"HTTP/1.1 100\r\n\r\n",),
            (b"HTTP/1.1 102 Processing\r\nX: 1\r\n\r\n",),
            (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
            (b"HTTP/1.1 104 Upload Resumption\r\n\r\n",),
            (b"HTTP/1.1 199 X\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ]
    ),
    Odd("interim, many", "RFC 9110, 15.2", b"HTTP/1.1 102 X\r\n\r\n" * 500 + sized(), "value", True),
    Odd("interim, then nothing", "RFC 9110, 15.2", b"HTTP/1.1 100 Continue\r\n\r\n", ends=True),
    Odd("interim with a body", "RFC 9110, 15.2", sized(status=b"HTTP/1.1 103 X") + STOWAWAY),
    Odd("another protocol", "RFC 9110, 15.2.2: not asked for", b"HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n" + sized()),
    Odd("status 099", "4", sized(status=b"HTTP/1.1 099 X"), ends=True),
    Odd("status 000", "4", sized(status=b"HTTP/1.1 000 X"), ends=True),
]

PACKED = gzip.compress(BODY)


def packed(body: bytes, coding: bytes = b"gzip") -> bytes:
    return sized(b"Content-Encoding: " + coding, body=body)


CODINGS = [
    Odd("gzip", "RFC 9110, 8.4.1.3", packed(PACKED), "value", True),
    Odd("x-gzip", "RFC 9110, 8.4.1.3", packed(PACKED, b"x-gzip"), "value", True),
    Odd("GZip", "RFC 9110, 8.4.1", packed(PACKED, b"GZip"), "value", True),
    Odd("identity", "RFC 9110, 8.4.1", packed(BODY, b"identity"), "value", True),
    Odd("identity, gzip", "RFC 9110, 8.4", packed(PACKED, b"identity, gzip"), "value", True),
    Odd("no coding", "RFC 9110, 8.4", packed(BODY, b""), "value", True),
    Odd("two members", "RFC 1952, 2.2", packed(gzip.compress(BODY[:3]) + gzip.compress(BODY[3:])), "value", True),
    Odd("an empty member", "RFC 1952, 2.2", packed(gzip.compress(b"") + PACKED), "value", True),
    Odd("gzip of nothing", "RFC 1952", packed(gzip.compress(b"")), "empty", True),
    Odd("gzip without a body", "RFC 9110, 8.4", packed(b""), "empty", True),
    Odd("gzip cut off", "RFC 1952, 2.3", packed(PACKED[:-3])),
    Odd("gzip with another checksum", "RFC 1952, 2.3.1", packed(PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:])),
    Odd("gzip with another length", "RFC 1952, 2.3.1", packed(PACKED[:-4] + b"\7\0\0\0")),
    Odd("gzip damaged", "RFC 1951", packed(PACKED[:12] + b"\xff\xff" + PACKED[14:])),
    Odd("gzip and garbage", "RFC 1952, 2.2", packed(PACKED + b"garbage")),
    Odd("gzip that is none", "RFC 1952, 2.3.1", packed(BODY)),
    Odd("gzip that is zlib", "RFC 1950", packed(zlib.compress(BODY))),
    Odd("gzip twice", "RFC 9110, 8.4: not asked for", packed(gzip.compress(PACKED), b"gzip, gzip")),
    Odd("deflate", "RFC 9110, 8.4.1.2: not asked for", packed(zlib.compress(BODY), b"deflate")),
    Odd("br", "RFC 7932: not asked for", packed(b"\x0b\x03\x80{}\x03", b"br")),
    Odd("unknown coding", "RFC 9110, 8.4.1", packed(BODY, b"sdch")),
]

CASES = [*STATUS_LINES, *HEADERS, *LENGTHS, *ENCODINGS, *WITHOUT_BODY, *INTERIM, *CODINGS]

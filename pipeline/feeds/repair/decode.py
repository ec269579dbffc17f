"""Decode a document's bytes to text, judging by the bytes rather than by the declared encoding."""

from __future__ import annotations

import codecs
import contextlib
import re
import zlib

import charset_normalizer

from pipeline.feeds.repair.broken_utf8 import cp1252, decoded_twice, mostly_utf8
from pipeline.outcomes import Failure

DETECT_WINDOW = 50_000  # bytes given to the detector; more makes it slower but no surer
WIDE_WINDOW = 4096  # bytes within which UTF-16 must show its first markup
LEAST_FOREIGN = 20  # non-ASCII bytes; with fewer the detector is not used
MAX_INFLATED = 16 * 2**20  # bytes; the limit for a feed that a server compressed without saying so

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Servers use these names for larger character sets than the names mean (WHATWG Encoding).
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "iso8859-9": "cp1254"}
# All but UTF-8 and Latin-1 (see `_declared`) and Python's own codecs, of which punycode takes hours for a few MB.
_NEVER_MEANT = frozenset({"utf-8", "cp1252", "punycode", "idna", "unicode_escape", "raw_unicode_escape"})
# Encodings that sites in other scripts have used on the web. A detector knows more, which look alike and are never meant.
_DETECTABLE = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874", "cp932", "euc_jp", "cp949", "gb18030", "big5"]
_HALF_WIDTH = re.compile("[\uff61-\uff9f]{3}")  # half-width kana: no news is written in them, and KOI8 read as Shift JIS gives them
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^<>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']|<meta[^<>]*?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_FOREIGN = re.compile(rb"[\x80-\xff]+")
_ISO_2022_JP = (b"\x1b$B", b"\x1b$@", b"\x1b$(D")
_LITTLE, _BIG = (b"<\x00", b"{\x00"), (b"\x00<", b"\x00{")


def decode(body: bytes, content_type: str = "") -> str:
    """Decode a document: by its byte order mark, else as UTF-8 if it is or nearly is, else by the HTTP charset, the XML declaration, a
    detector, cp1252.

    UTF-8 takes precedence over every declaration, even if a few bytes are broken: text in another encoding is practically never UTF-8 by
    accident, while wrong declarations are frequent. A declared Latin-1 counts least, because much software declares it by default. Gzip
    without a Content-Encoding is inflated; if that fails, raises Failure bad_feed.
    """
    body = _inflated(body)
    if wide := _wide(body):
        return wide
    if japanese := _escaped(body):
        return japanese
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        return decoded_twice(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3 and error.reason == "unexpected end of data":
            return decoded_twice(body[: error.start].decode("utf-8"))  # cut off inside the last character
    if text := mostly_utf8(body):
        return decoded_twice(text)
    for name in _declared(body, content_type):
        if text := _decoded_as(name, body):
            return text
    return _detected(body) or cp1252(body)


def _declared(body: bytes, content_type: str) -> list[str]:
    """The declared codecs, without UTF-8 (already tried) and Latin-1 (the last resort)."""
    inside = _DECLARED.search(body[:4096])
    names = [match[1] if (match := _CHARSET.search(content_type)) else "", (inside[1] or inside[2]).decode() if inside else ""]
    found = []
    for name in names:
        with contextlib.suppress(LookupError, ValueError):  # unknown, or no valid name
            codec = codecs.lookup(name).name
            found.append(_WIDER.get(codec, codec))
    return [codec for codec in found if codec not in _NEVER_MEANT]


def _detected(body: bytes) -> str:
    """Decode with a detector. It is used only if most non-ASCII bytes are next to others, as in words of other scripts. Words in Latin
    letters have only one here and there; detectors guess these badly, and cp1252 is the better guess."""
    window = body[:DETECT_WINDOW]
    foreign = [len(run) for run in _FOREIGN.findall(window)]
    if sum(foreign) < LEAST_FOREIGN or sum(run for run in foreign if run > 1) < sum(foreign) * 0.6:
        return ""
    pieces = b"\n".join(piece.rpartition(b">")[2] for piece in window.split(b"<") if not piece.isascii())
    guesses = charset_normalizer.from_bytes(pieces, cp_isolation=_DETECTABLE)
    name = next((guess.encoding for guess in guesses if not _HALF_WIDTH.search(str(guess))), "")
    return body.decode(name, "replace") if name else ""


def _decoded_as(codec: str, body: bytes) -> str:
    try:
        text = body.decode(codec)
    except (LookupError, ValueError):  # not a text encoding, or not the encoding of these bytes
        return ""
    return text if "<" in text or "{" in text else ""  # nearly any bytes are valid UTF-16


def _wide(body: bytes) -> str:
    """Decode UTF-16 and UTF-32, which are recognised by the zeros in their markup, with or without a byte order mark."""
    if b"\x00" not in body[:WIDE_WINDOW]:
        return ""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    head = body[:2]
    utf16 = "utf-16-le" if head in _LITTLE else "utf-16-be" if head in _BIG else ""
    return body.decode(utf16, "replace") if utf16 else ""


def _escaped(body: bytes) -> str:
    """Decode ISO-2022-JP, which consists of ASCII bytes and is recognised by its escape sequences."""
    if not any(escape in body for escape in _ISO_2022_JP):
        return ""
    try:
        return body.decode("iso2022_jp_ext")
    except ValueError:
        return ""


def _inflated(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        inflater = zlib.decompressobj(wbits=31)
        inflated = inflater.decompress(body, MAX_INFLATED)
    except zlib.error:
        raise Failure("bad_feed", "The body looks like gzip but is cut or damaged.") from None
    if inflater.unconsumed_tail:
        raise Failure("bad_feed", f"The body inflates to more than {MAX_INFLATED // 2**20} MiB.")
    return inflated

"""Bytes of a document to text, by what they are rather than by what they are said to be."""

from __future__ import annotations

import codecs
import contextlib
import re
import zlib

import charset_normalizer

from pipeline.feeds.repair.broken_utf8 import cp1252, decoded_twice, mostly_utf8
from pipeline.outcomes import Failure

DETECT_WINDOW = 50_000  # bytes shown to the detector; more makes it slow and no surer
WIDE_WINDOW = 4096  # bytes among which UTF-16 has its first sign of markup
LEAST_FOREIGN = 20  # bytes beyond ASCII from which on it is asked
MAX_INFLATED = 16 * 2**20  # bytes; a feed that a server compressed without saying so is bounded like any other

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What servers mean by these names includes characters that the named set lacks (WHATWG Encoding).
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "iso8859-9": "cp1254"}
# Not UTF-8 and Latin-1, see `_declared`; the others are Python's own, of which punycode takes hours for a few MB.
_NEVER_MEANT = frozenset({"utf-8", "cp1252", "punycode", "idna", "unicode_escape", "raw_unicode_escape"})
# What sites that write in other scripts have used on the web; of all that a detector knows, others look alike and are never meant.
_DETECTABLE = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874", "cp932", "euc_jp", "cp949", "gb18030", "big5"]
_HALF_WIDTH = re.compile("[\uff61-\uff9f]{3}")  # kana that no news is written in, and that KOI8 gives as Shift JIS
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^<>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']|<meta[^<>]*?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_FOREIGN = re.compile(rb"[\x80-\xff]+")
_ISO_2022_JP = (b"\x1b$B", b"\x1b$@", b"\x1b$(D")
_LITTLE, _BIG = (b"<\x00", b"{\x00"), (b"\x00<", b"\x00{")


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document: by its byte order mark, else as UTF-8 if it is that or nearly that, else by the HTTP charset, the XML
    declaration, a detector, cp1252.

    UTF-8 goes before every declaration, also where a few bytes are broken: text of another encoding practically never is UTF-8 by accident,
    while wrong declarations are frequent. Latin-1 is believed least, since much software declares it without being asked. Bytes that are gzip
    (a missing Content-Encoding) are inflated. Raises Failure bad_feed where that fails.
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
    """Codecs that the document is said to be in, but UTF-8, which it is not, and Latin-1, which is what is left when nothing else is."""
    inside = _DECLARED.search(body[:4096])
    names = [match[1] if (match := _CHARSET.search(content_type)) else "", (inside[1] or inside[2]).decode() if inside else ""]
    found = []
    for name in names:
        with contextlib.suppress(LookupError, ValueError):  # unknown, or no name at all
            codec = codecs.lookup(name).name
            found.append(_WIDER.get(codec, codec))
    return [codec for codec in found if codec not in _NEVER_MEANT]


def _detected(body: bytes) -> str:
    """The text by a detector, which is asked only where most foreign bytes stand next to others: so words in other scripts look. Words in
    Latin letters have one here and there; on them detectors guess badly, and cp1252 is the better guess."""
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
    except (LookupError, ValueError):  # no text encoding, or not what these bytes are
        return ""
    return text if "<" in text or "{" in text else ""  # nearly any bytes are UTF-16 of something


def _wide(body: bytes) -> str:
    """The text of UTF-16 and UTF-32, which show themselves by the zeros in their markup, whatever mark they have."""
    if b"\x00" not in body[:WIDE_WINDOW]:
        return ""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    head = body[:2]
    utf16 = "utf-16-le" if head in _LITTLE else "utf-16-be" if head in _BIG else ""
    return body.decode(utf16, "replace") if utf16 else ""


def _escaped(body: bytes) -> str:
    """The text of ISO-2022-JP, which is all ASCII to the eye and shows itself by its escapes."""
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

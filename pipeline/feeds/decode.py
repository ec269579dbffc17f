"""Bytes of a document to text, by what they are rather than by what they are said to be."""

from __future__ import annotations

import codecs
import re
import zlib

import charset_normalizer

from pipeline.outcomes import Failure

DETECT_WINDOW = 50_000  # bytes shown to the detector; more makes it slow and no surer
LEAST_FOREIGN = 20  # bytes beyond ASCII from which on it is asked
MAX_INFLATED = 16 * 2**20  # bytes; a feed that a server compressed without saying so is bounded like any other

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What servers mean by these names includes characters that the named set lacks (WHATWG Encoding).
_WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "iso8859-9": "cp1254"}
_NEVER_MEANT = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape"})  # Python's own; punycode takes hours for a few MB
# What sites that write in other scripts have used on the web; of all that a detector knows, others look alike and are never meant.
_DETECTABLE = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874", "cp932", "euc_jp", "cp949", "gb18030", "big5"]
_HALF_WIDTH = re.compile("[\uff61-\uff9f]{3}")  # kana that no news is written in, and that KOI8 gives as Shift JIS
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']|<meta[^>]*?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_FOREIGN = re.compile(rb"[\x80-\xff]+")
_CP1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document: by its byte order mark, else as UTF-8 if it is that, else by the HTTP charset, the XML declaration, a
    detector, cp1252.

    Valid UTF-8 goes before every declaration: text of another encoding practically never is valid UTF-8 by accident, while wrong
    declarations are frequent. Bytes that are gzip (a missing Content-Encoding) are inflated. Raises Failure bad_feed where that fails.
    """
    body = _inflated(body)
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if utf16 := _utf16_without_mark(body):
        return body.decode(utf16, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3 and error.reason == "unexpected end of data":
            return body[: error.start].decode("utf-8")  # cut off inside the last character
    declared = _DECLARED.search(body[:4096])
    names = [match[1] if (match := _CHARSET.search(content_type)) else "", (declared[1] or declared[2]).decode() if declared else ""]
    for name in names:
        if text := _decoded_as(name, body):
            return text
    return _detected(body) or _cp1252(body)


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


def _decoded_as(name: str, body: bytes) -> str:
    try:
        codec = codecs.lookup(name).name
        codec = _WIDER.get(codec, codec)
        if codec == "utf-8":
            return _mostly_utf8(body)
        if codec in _NEVER_MEANT:
            return ""
        text = _cp1252(body) if codec == "cp1252" else body.decode(codec)
        return text if "<" in text or "{" in text else ""  # nearly any bytes are UTF-16 of something
    except (LookupError, ValueError):  # unknown, or no text encoding, or not what these bytes are
        return ""


def _mostly_utf8(body: bytes) -> str:
    """UTF-8 with a few bad bytes is still UTF-8; with many it is something else, declared wrongly."""
    text = body.decode("utf-8", "replace")
    good = len(body) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return text if text.count("\ufffd") * 20 < good else ""


def _cp1252(body: bytes) -> str:
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:  # five bytes stand for nothing; WHATWG reads them as the control characters of Latin-1
        return body.decode("latin-1").translate(_CP1252)


def _utf16_without_mark(body: bytes) -> str:
    head = body[:2]
    return "utf-16-le" if head == b"<\x00" else "utf-16-be" if head == b"\x00<" else ""


def _inflated(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        inflater = zlib.decompressobj(wbits=31)
        inflated = inflater.decompress(body, MAX_INFLATED)
    except zlib.error as error:
        raise Failure("bad_feed", f"The body looks like gzip but cannot be inflated: {error}.") from None
    if inflater.unconsumed_tail:
        raise Failure("bad_feed", f"The body inflates to more than {MAX_INFLATED // 2**20} MiB.")
    return inflated

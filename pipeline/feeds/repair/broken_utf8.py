"""Repair UTF-8 that was damaged: cut inside a character, mixed with bytes of another encoding, or encoded twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

REPLACEMENT = "\ufffd"
GOOD_FOR_BAD = (
    2  # characters of UTF-8 that a document must have for each byte that is not UTF-8; text in other encodings has a third of that at most
)

_BAD = re.compile("[\udc80-\udcff]+")  # Python's form of bytes that are not UTF-8
_LEADS = re.compile(rb"[\xc2-\xdf](?=[\x80-\xbf])|[\xe0-\xef](?=[\x80-\xbf]{2})|[\xf0-\xf4](?=[\x80-\xbf]{3})")
_CESU = re.compile("\udced([\udca0-\udcaf])([\udc80-\udcbf])\udced([\udcb0-\udcbf])([\udc80-\udcbf])")
# Characters of UTF-8 that a cp1252 text may contain: letters and signs of Latin-1, dashes, quotes, the euro. Read as cp1252, their bytes
# would make no words.
_ISLAND = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x93-\xa6]|\xe2\x82\xac")
_LAST_LATIN = "\u024f"

_CP1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0x100)}
_BYTES = {ord(character): code for code, character in _CP1252.items()} | {code: code for code in range(0x80, 0xA0)}
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_TWICE_SHARE = 0.9  # of a document's non-ASCII words: then the whole document was encoded twice
_TWICE_LEAST = 2  # such words; a single one may be intended
_SAMPLE = 50  # non-ASCII words that are tested first; they decide for nearly all documents


def mostly_utf8(body: bytes) -> str:
    """The text if nearly all of its non-ASCII bytes are UTF-8, with the rest repaired; empty otherwise.

    A cut character becomes U+FFFD, a Latin-1 byte its letter. The five bytes without a letter become C1 controls.
    """
    text = body.decode("utf-8", "surrogateescape")
    bad = sum(map(len, _BAD.findall(text)))
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    if good < GOOD_FOR_BAD * bad:
        return ""
    if "\udced" in text:
        text = _CESU.sub(_from_cesu, text)
    leads = frozenset(_LEADS.findall(body))

    def mended(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return _mended(match[0].encode("utf-8", "surrogateescape"), before, after, leads)

    return _BAD.sub(mended, text)


def cp1252(body: bytes) -> str:
    """Decode a cp1252 document that may contain pieces of UTF-8, such as a name from a template stored in another encoding."""
    parts: list[str] = []
    at = 0
    for island in _ISLAND.finditer(body):
        parts += [_cp1252(body[at : island.start()]), island[0].decode("utf-8")]
        at = island.end()
    return "".join([*parts, _cp1252(body[at:])])


def decoded_twice(text: str) -> str:
    """Undo double encoding (`Ã©`), where UTF-8 was read as cp1252 and encoded again, if the whole document has it; else return the text as
    it is."""
    if text.isascii():
        return text
    sample = (word[0] for word in islice(_FOREIGN.finditer(text), _SAMPLE))
    if _are_twice(sample, _SAMPLE) and _are_twice(words := _FOREIGN.findall(text), len(words)):
        return _FOREIGN.sub(lambda match: _once(match[0]), text)
    return text


def _are_twice(words: Iterable[str], count: int) -> bool:
    """Whether nearly all of these words, at most `count`, were encoded twice. Stops as soon as too many were not."""
    twice = once = 0
    for word in words:
        if _once(word) != word:
            twice += 1
        else:
            once += 1
            if once > (1 - _TWICE_SHARE) * count:
                return False
    return twice >= _TWICE_LEAST and twice >= _TWICE_SHARE * (twice + once)


def _once(word: str) -> str:
    try:
        return bytes(map(_BYTES.__getitem__, map(ord, word))).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return word


def _mended(run: bytes, before: str, after: str, leads: frozenset[bytes]) -> str:
    """What a run of bytes that are not UTF-8 stands for, between the characters `before` and `after`."""
    foreign = any(side.isalpha() and side > _LAST_LATIN for side in (before, after))
    found: list[str] = []
    at = 0
    while at < len(run):
        end = at + 1
        if run[at : at + 1] in leads:
            while end < len(run) and run[end] < 0xC0:
                end += 1
            ends_a_word = end < len(run) or not (after.isascii() and after.isalpha())
            if end > at + 1 or ends_a_word:
                found.append(REPLACEMENT)
                at = end
                continue
        letter = run[at] >= 0xC0
        found.append(REPLACEMENT if letter and foreign else _CP1252[run[at]])
        at += 1
    return "".join(found)


def _from_cesu(match: re.Match[str]) -> str:
    """The character that Java and some databases write as two surrogates of three bytes each."""
    one, two, three, four = (ord(part) & 0x3F for part in match.groups())
    return chr(0x10000 + ((one & 0x0F) << 16 | two << 10 | (three & 0x0F) << 6 | four))


def _cp1252(body: bytes) -> str:
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:  # five bytes are undefined; WHATWG reads them as C1 controls
        return body.decode("latin-1").translate(_CP1252)

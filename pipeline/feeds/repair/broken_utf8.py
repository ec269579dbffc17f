"""UTF-8 that was damaged on its way: cut inside a character, mixed with bytes of another encoding, or encoded twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

REPLACEMENT = "\ufffd"
GOOD_FOR_BAD = (
    2  # characters of UTF-8 that have to stand in a document for each byte that is none; text of other encodings has at most a third
)

_BAD = re.compile("[\udc80-\udcff]+")  # how Python carries bytes that are no UTF-8
_LEADS = re.compile(rb"[\xc2-\xdf](?=[\x80-\xbf])|[\xe0-\xef](?=[\x80-\xbf]{2})|[\xf0-\xf4](?=[\x80-\xbf]{3})")
_CESU = re.compile("\udced([\udca0-\udcaf])([\udc80-\udcbf])\udced([\udcb0-\udcbf])([\udc80-\udcbf])")
# What of UTF-8 a text in cp1252 may hold: letters and signs of Latin-1, dashes, quotes, the euro. As cp1252 these would be no words.
_ISLAND = re.compile(rb"\xc3[\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2\x80[\x93-\xa6]|\xe2\x82\xac")
_LAST_LATIN = "\u024f"

_CP1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0x100)}
_BYTES = {ord(character): code for code, character in _CP1252.items()} | {code: code for code in range(0x80, 0xA0)}
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_TWICE_SHARE = 0.9  # of the foreign words of a document: then all of it went through the mill twice
_TWICE_LEAST = 2  # of them; one alone may be meant
_SAMPLE = 50  # foreign words that are looked at first, and for nearly all documents alone


def mostly_utf8(body: bytes) -> str:
    """The text where nearly all that is not ASCII is UTF-8, with the rest mended; '' where it is not.

    A cut character becomes U+FFFD, a byte of Latin-1 its letter (the five bytes without one: the control characters).
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
    """The text of a document in cp1252, where islands of UTF-8 may be: a name from a template that was kept in another encoding."""
    parts: list[str] = []
    at = 0
    for island in _ISLAND.finditer(body):
        parts += [_cp1252(body[at : island.start()]), island[0].decode("utf-8")]
        at = island.end()
    return "".join([*parts, _cp1252(body[at:])])


def decoded_twice(text: str) -> str:
    """The text as it was before UTF-8 was taken for cp1252 and encoded once more (`Ã©`), where all of the document was; else as it is."""
    if text.isascii():
        return text
    sample = (word[0] for word in islice(_FOREIGN.finditer(text), _SAMPLE))
    if _are_twice(sample, _SAMPLE) and _are_twice(words := _FOREIGN.findall(text), len(words)):
        return _FOREIGN.sub(lambda match: _once(match[0]), text)
    return text


def _are_twice(words: Iterable[str], count: int) -> bool:
    """Whether nearly all of these words, which are at most `count`, were encoded twice. Gives up as soon as too many were not."""
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
    """What a run of bytes that are no UTF-8 stands for, between two characters."""
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
    """The character that Java and some databases write as two halves of three bytes each."""
    one, two, three, four = (ord(part) & 0x3F for part in match.groups())
    return chr(0x10000 + ((one & 0x0F) << 16 | two << 10 | (three & 0x0F) << 6 | four))


def _cp1252(body: bytes) -> str:
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:  # five bytes stand for nothing; WHATWG reads them as the control characters of Latin-1
        return body.decode("latin-1").translate(_CP1252)

"""Text as it may be stored: no characters that Postgres refuses, one Unicode form, words counted in any script."""

from __future__ import annotations

import math
import re
import unicodedata

LINE_LIMIT = 1000  # characters; the longest real headlines have about 300

# Postgres refuses NUL and surrogates (half a character, which UTF-8 cannot carry); the other controls, those of Latin-1 (C1) too, only break
# terminals and XML; U+0085 is white space and is folded as such. Soft hyphens,
# zero-width spaces, word joiners and byte order marks are not seen, but part a word for whoever searches for it. Joiners within words stay:
# Persian, Hindi and emoji are written with them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ud800-\udfff]")

# Unicode's stream-safe format (UAX #15, section 13) allows 30 marks on one letter. Without a bound, normalising is quadratic in them.
_MAX_MARKS = 30

# Scripts that do not put spaces between words, and how many of their characters make a word on average.
_HAN_KANA = re.compile("[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]")
_SOUTH_EAST_ASIAN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uaa60-\uaa7f]")
_HAN_A_WORD = {"zh": 1.6}
_HAN_A_WORD_DEFAULT = 2.0
_SOUTH_EAST_ASIAN_A_WORD = 4.0

# What would move the cursor, colour a terminal or turn its reading direction; tab and line feed are for the caller to judge.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# In JSON these are escaped, the lone marks of direction too, and what is the end of a line to some readers though not to JSON.
JSON_ESCAPES = {
    code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
}

_NOT_SPACED = re.compile("[\u0e00-\u1fff\u3000-\U0003ffff]")  # one of these is in what the two find; one range is told quickly
_PARTING = "—–―…/|"


def clean(text: str | None, limit: int | None = None) -> str:
    """The text without NUL, control characters (but tab and line ends), lone surrogates and marks that nobody sees, in Unicode form NFC.

    `limit` is in characters. Never raises; cleaning twice changes nothing more.
    """
    if not text:
        return ""
    if not text.isprintable():  # which no control character and no surrogate is
        text = _FORBIDDEN.sub("", text)
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", _with_few_marks(text))
    return text if limit is None else text[: max(limit, 0)]


def one_line(text: str | None, limit: int = LINE_LIMIT) -> str:
    """`clean` text on one line, white space folded to single spaces: for titles and names. `limit` is in characters."""
    if not text:
        return ""
    if text.isascii() and text.isprintable() and "  " not in text:  # as nearly all names are
        return text[: max(limit, 0)].strip()
    return " ".join(clean(text).split())[: max(limit, 0)].rstrip()


def count_words(text: str, language: str | None = None) -> int:
    """How many words the text has.

    Where words are parted by spaces they are counted; in Han, kana, Thai, Lao, Khmer and Burmese they are estimated from the number of
    characters, so that a threshold in words means about the same amount to read in every language. `language` is a two-letter code.
    """
    rest, han, south_east_asian = text, 0, 0
    if not text.isascii() and _NOT_SPACED.search(text):
        rest, han = _HAN_KANA.subn(" ", rest)
        rest, south_east_asian = _SOUTH_EAST_ASIAN.subn(" ", rest)
    for sign in _PARTING:
        rest = rest.replace(sign, " ")
    tokens = rest.split()
    spaced = len(tokens) - sum(1 for token in tokens if not token[0].isalnum() and not any(map(str.isalnum, token)))
    han_a_word = _HAN_A_WORD.get(language or "", _HAN_A_WORD_DEFAULT)
    return spaced + math.ceil(han / han_a_word + south_east_asian / _SOUTH_EAST_ASIAN_A_WORD)


def _with_few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)

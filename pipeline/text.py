"""Text in a form that can be stored: no characters that Postgres refuses, one Unicode form, words counted in any script."""

from __future__ import annotations

import math
import re
import unicodedata

_LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")
LINE_LIMIT = 1000  # characters; the longest real headlines have about 300

# Postgres refuses NUL and lone surrogates, which UTF-8 cannot encode. Other controls, C1 included, only break terminals and XML; U+0085 is
# white space and is folded. Soft hyphens, zero-width spaces, word joiners and byte order marks are invisible but split a word for searches.
# Joiners within words stay: Persian, Hindi and emoji need them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff\ud800-\udfff]")

# Unicode's stream-safe format (UAX #15, section 13) allows 30 marks on one letter. Without a limit, normalising takes quadratic time.
_MAX_MARKS = 30

# Scripts without spaces between words, and the average number of characters that make a word in each.
_HAN_KANA = re.compile("[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]")
_SOUTH_EAST_ASIAN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uaa60-\uaa7f]")
_HAN_A_WORD = {"zh": 1.6}
_HAN_A_WORD_DEFAULT = 2.0
_SOUTH_EAST_ASIAN_A_WORD = 4.0

# Characters that move the cursor, colour a terminal or turn its reading direction. Callers decide about tab and line feed.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# JSON escapes these, and lone direction marks too. Some readers treat them as line ends, though JSON does not.
JSON_ESCAPES = {
    code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
}

_NOT_SPACED = re.compile("[\u0e00-\u1fff\u3000-\U0003ffff]")  # covers both sets above; a single range is tested fast
_PARTING = "—–―…/|"


def clean(text: str | None, limit: int | None = None) -> str:
    """Remove NUL, control characters (except tab and line ends), lone surrogates and invisible marks, and normalise to NFC.

    `limit` is in characters. Never raises; cleaning a clean text changes nothing.
    """
    if not text:
        return ""
    if not text.isprintable():  # no printable text holds controls or surrogates
        text = _FORBIDDEN.sub("", text)
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", _with_few_marks(text))
    return text if limit is None else text[: max(limit, 0)]


def one_line(text: str | None, limit: int = LINE_LIMIT) -> str:
    """Clean the text and fold its white space to single spaces, as for titles and names. `limit` is in characters."""
    if not text:
        return ""
    if text.isascii() and text.isprintable() and "  " not in text:  # as nearly all names are
        return text[: max(limit, 0)].strip()
    return " ".join(clean(text).split())[: max(limit, 0)].rstrip()


def count_words(text: str, language: str | None = None) -> int:
    """Count the words of a text.

    Scripts with spaces are counted. For Han, kana, Thai, Lao, Khmer and Burmese the number of words is estimated from that of
    characters, so that a threshold in words means about the same amount of reading in every language. `language` is a two-letter code.
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


def letters_key(text: str) -> str:
    """The letters and digits of a text alone, without case: the same however it is spaced, punctuated and cut into lines."""
    return "".join(_LETTERS_AND_DIGITS.findall(text.casefold()))

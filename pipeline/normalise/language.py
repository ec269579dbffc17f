"""Detect the language of a text, as a two-letter ISO 639-1 code."""

from __future__ import annotations

import re

import py3langid

STRETCH = 200  # characters examined at the start and as many in the middle; more is slower and no surer
MIN_LETTERS = 40  # with fewer, the detector guesses and the page's claim is better
MIN_OF_SCRIPT = 4  # letters of a script that only one language uses
LETTER = re.compile(r"[^\W\d_]")
# Retired codes, and the two written forms of Norwegian, which the detector and most sites call by one name.
SAME = {"iw": "he", "in": "id", "ji": "yi", "nb": "no", "nn": "no", "mo": "ro", "sh": "sr"}
# Languages so similar that the detector confuses them; within a group the page's claim counts.
NEAR = (
    frozenset({"no", "da", "sv"}),
    frozenset({"hr", "sr", "bs", "sl", "mk"}),
    frozenset({"id", "ms"}),
    frozenset({"cs", "sk"}),
    frozenset({"es", "gl", "pt", "ca"}),
    frozenset({"hi", "mr", "ne"}),
    frozenset({"fa", "ur"}),
    frozenset({"nl", "af"}),
    frozenset({"ru", "uk", "be", "bg"}),
)
# Scripts used by one language each. Han comes last: with some kana, it is Japanese.
SCRIPTS = {
    "ja": re.compile("[\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff]"),
    "ko": re.compile("[\u1100-\u11ff\uac00-\ud7a3]"),
    "th": re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]"),
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "he": re.compile("[\u05d0-\u05ea]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
}
KANA_IN_JAPANESE = 0.1  # of kana and Han together; Japanese news has four times as much
# Languages that also use these scripts, if the page claims one of them.
ALSO = {"zh": {"ja"}, "he": {"yi"}}
CODE = re.compile(r"[A-Za-z]{2}(?![A-Za-z])")


def detect(text: str, hint: str | None = None) -> str | None:
    """The language of a text; None if it cannot be told. `hint` is the page's claim ("pt-BR", "de_DE").

    The text takes precedence over the claim, because many templates claim one language for all editions. The claim decides if the text
    is too short, and between similar languages. A text in two languages gets that of its larger part.
    """
    claimed = code_of(hint)
    sample = text if len(text) <= 2 * STRETCH else f"{text[:STRETCH]}\n{text[len(text) // 2 :][:STRETCH]}"
    if written := _by_script(sample, claimed):
        return written
    if len(LETTER.findall(sample)) < MIN_LETTERS:
        return claimed
    found = code_of(str(py3langid.classify(sample)[0]))
    if claimed and found and any({claimed, found} <= group for group in NEAR):
        return claimed
    return found or claimed


def _by_script(sample: str, claimed: str | None) -> str | None:
    """The language of the larger part of the letters, if their script is used by no other language."""
    if sample.isascii():
        return None
    counts = {language: len(script.findall(sample)) for language, script in SCRIPTS.items()}
    if counts["ja"] >= KANA_IN_JAPANESE * (counts["ja"] + counts["zh"]):
        counts["ja"] += counts.pop("zh")
    language = max(counts, key=counts.__getitem__)
    if counts[language] < max(MIN_OF_SCRIPT, len(LETTER.findall(sample)) / 2):
        return None
    return claimed if claimed in ALSO.get(language, ()) else language


def code_of(tag: str | None) -> str | None:
    """The two-letter code at the start of a language tag (BCP 47, or with an underscore); None for anything else."""
    match = CODE.match((tag or "").strip())
    if match is None:
        return None
    code = match.group().lower()
    return SAME.get(code, code)

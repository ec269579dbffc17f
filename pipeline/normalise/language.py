"""Which language a text is in, as a two-letter ISO 639-1 code."""

from __future__ import annotations

import re

import py3langid

SAMPLE = 1000  # characters; more is slower and no surer
MIN_LETTERS = 40  # below, the detector guesses and the page's word is better
LETTER = re.compile(r"[^\W\d_]")
# Retired codes, and the two written Norwegians, which the detector and most sites call by one name.
SAME = {"iw": "he", "in": "id", "ji": "yi", "nb": "no", "nn": "no", "mo": "ro", "sh": "sr"}
# Languages so near each other that the detector errs between them; within a group the page's word counts.
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
CODE = re.compile(r"[A-Za-z]{2}(?![A-Za-z])")


def detect(text: str, hint: str | None = None) -> str | None:
    """The language of a text; `hint` is what the page claims ("pt-BR", "de_DE"). None where neither tells."""
    claimed = code_of(hint)
    sample = text[:SAMPLE]
    if len(LETTER.findall(sample)) < MIN_LETTERS:
        return claimed
    found = code_of(str(py3langid.classify(sample)[0]))
    if claimed and found and any({claimed, found} <= group for group in NEAR):
        return claimed
    return found or claimed


def code_of(tag: str | None) -> str | None:
    """The two-letter code at the head of a language tag (BCP 47, or with an underscore); None for anything else."""
    match = CODE.match((tag or "").strip())
    if match is None:
        return None
    code = match.group().lower()
    return SAME.get(code, code)

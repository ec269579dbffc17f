"""Classes of characters, as parts of patterns of `regex`: what a word is made of, by Unicode's rule of words (UAX #29)."""

from __future__ import annotations

# Scripts that put no spaces between words, and Korean, which is asked for by parts of words.
SCRIPTS = r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc"
UNSPACED = rf"[[{SCRIPTS}]&&[\p{{L}}\p{{Nl}}]]"
# Most of their letters, by number: looked at in a fraction of the time.
COMMON = r"[\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
LETTER = rf"[[\p{{WB=ALetter}}\p{{WB=Hebrew_Letter}}]--[{SCRIPTS}]]"
DIGIT = r"\p{WB=Numeric}"
MARK = r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]"
JOINER = r"\p{WB=ExtendNumLet}"  # the underscore and its like
FLAG = r"\p{Regional_Indicator}"
EMOJI = r"\p{Extended_Pictographic}"
# Signs that stand within words and within numbers, without the apostrophe and the colon.
IN_WORDS = r"[[\p{WB=MidLetter}\p{WB=MidNumLet}]--[:\ufe13\ufe55\uff1a'\u2018\u2019\uff07]]"
IN_NUMBERS = r"[[\p{WB=MidNum}\p{WB=MidNumLet}]--['\u2018\u2019\uff07]]"

"""Character classes, as parts of `regex` patterns, from which words are made by Unicode's word rule (UAX #29)."""

from __future__ import annotations

# Scripts without spaces between words, and Korean, which people search by parts of words.
SCRIPTS = r"\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc"
UNSPACED = rf"[[{SCRIPTS}]&&[\p{{L}}\p{{Nl}}]]"
# Most of their letters, by code point: tested in a fraction of the time.
COMMON = r"[\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
LETTER = rf"[[\p{{WB=ALetter}}\p{{WB=Hebrew_Letter}}]--[{SCRIPTS}]]"
DIGIT = r"\p{WB=Numeric}"
MARK = r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}]"
JOINER = r"\p{WB=ExtendNumLet}"  # the underscore and similar signs
FLAG = r"\p{Regional_Indicator}"
EMOJI = r"\p{Extended_Pictographic}"
# Signs inside words and inside numbers, without apostrophe and colon.
IN_WORDS = r"[[\p{WB=MidLetter}\p{WB=MidNumLet}]--[:\ufe13\ufe55\uff1a'\u2018\u2019\uff07]]"
IN_NUMBERS = r"[[\p{WB=MidNum}\p{WB=MidNumLet}]--['\u2018\u2019\uff07]]"

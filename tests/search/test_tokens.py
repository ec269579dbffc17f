"""Which words a text has, in all scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.tokens import LONGEST, Asked, _words, asked, seen, tokens
from pipeline.search.writing.fold import fold, fold_with_places

WORDS = [
    # Latin
    ("The quick fox", "the quick fox"),
    ("CAFÉ café cafe\u0301", "cafe cafe cafe"),
    ("Straße STRASSE", "strasse strasse"),
    ("İstanbul", "istanbul"),
    ("naïve Zoë señor", "naive zoe senor"),
    ("ﬁnance ﬂuid", "finance fluid"),
    ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
    ("Łódź Đà Nẵng", "łodz đa nang"),
    # Greek and Cyrillic
    ("Ελλάδα ΟΔΟΣ οδός", "ελλαδα οδοσ οδοσ"),
    ("ёлка ЕЛКА", "елка елка"),
    ("Київ їжак", "киів іжак"),
    # hyphens
    ("state-of-the-art", "state of the art"),
    ("re‑elected – twice — more", "re elected twice more"),
    ("co\u00adoperation", "cooperation"),
    ("Häuser-\nMeer", "hauser meer"),
    # apostrophes
    ("don't don’t", "don t don t"),
    ("l'Ukraine dell’arte", "l ukraine dell arte"),
    ("Ukraine's O'Brien", "ukraine s o brien"),
    ("м'яч мʼяч м’яч", "м яч м яч м яч"),
    ('צה"ל צה״ל', "צה ל צה ל"),
    # numbers, addresses and signs
    ("3,000.50 and 1.000,50", "3,000.50 and 1.000,50"),
    ("12:30 2026-12-01 50% $5", "12 30 2026 12 01 50 5"),
    ("U.S. U.K.-based a.b.c", "u.s u.k based a.b.c"),
    ("example.com/path?q=x", "example.com path q x"),
    ("me@example.com #tag @name", "me example.com tag name"),
    ("C++ AT&T R2-D2 F16", "c at t r2 d2 f16"),
    ("foo_bar _stressed_ __", "foo_bar stressed"),
    ("x² ½ №5 Ⅳ", "x2 1⁄2 no5 iv"),
    ("end.Next 3.x v1.2", "end.next 3 x v1.2"),
    ("١٢٣ १२३", "١٢٣ १२३"),
    # marks inside words, and characters that are not seen
    ("हिन्दी में समाचार", "हिन्दी में समाचार"),
    ("السَّلامُ عليكم", "السَّلامُ عليكم"),
    ("தமிழ் বাংলা", "தமிழ் বাংলা"),
    ("می\u200cخواهم zero\u200bwidth \ufeffbom", "میخواهم zerowidth bom"),
    # scripts without spaces: pairs, and the last letter alone
    ("中国人民", "中国 国人 人民 民"),
    ("中", "中"),
    ("ニュース ｶﾞｽ", "ニュ ュー ース ス ガス ス"),
    ("서울에서", "서울 울에 에서 서"),
    ("ไทย ກິນ", "ไท ทย ย ກິນ ນ"),
    ("ភ្នំ မြန်မာ", "ភ្នំ នំ မြန် န်မာ မာ"),
    ("iPhone手机3", "iphone 手机 机 3"),
    # emoji
    ("👍🏽 👍", "👍 👍"),
    ("👨‍👩‍👧 ❤️", "👨 👩 👧 ❤"),
    ("🇩🇪🇫🇷 ok", "🇩🇪 🇫🇷 ok"),
    # no words
    ("", ""),
    ("— … !? ' \u0301", ""),
]


@pytest.mark.parametrize(("text", "words"), WORDS, ids=[text[:20] or "nothing" for text, _ in WORDS])
def test_the_words_of_a_text(text: str, words: str) -> None:
    assert tokens(text) == words.split()


def test_a_long_word_is_cut() -> None:
    assert tokens("a" * 500) == ["a" * LONGEST]
    assert all(len(word.encode()) < 2047 for word in tokens("\U00010400" * 500 + " ก" + "\u0e31" * 500))


def test_a_run_of_letters_is_asked_for_by_its_pairs() -> None:
    assert asked("人民银行") == [Asked("人民", 0), Asked("民银", 1), Asked("银行", 2)]
    assert asked("中国 now") == [Asked("中国", 0), Asked("now", 2)]
    assert asked("中") == [Asked("中", 0, prefix=True)]


def test_a_star_holds_for_the_last_word() -> None:
    assert asked("re-elect", prefix=True) == [Asked("re", 0), Asked("elect", 1, prefix=True)]
    assert asked("中国", prefix=True) == [Asked("中国", 0)]  # what follows a pair does not matter anyway


def test_words_are_seen_where_they_stand() -> None:
    text = "Der Cafe\u0301\u00adbesitzer … 中国"
    assert [(one.word, text[one.start : one.end]) for one in seen(text)] == [
        ("der", "Der"),
        ("cafebesitzer", "Cafe\u0301\u00adbesitzer"),
        ("中国", "中"),
        ("国", "国"),
    ]


TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("aéßİ'’.,_- \n\u0301\u00ad\u200b\u200d中国ガﾞกั한한🇩🇪👍🏽अि"))
)


@given(TEXTS)
def test_words_seen_are_the_words_stored(text: str) -> None:
    assert [one.word for one in seen(text)] == tokens(text)


LETTERS = st.text(st.sampled_from("aZéßÇİıłĐœ™²½_ΑάσςЁйїЖ.,;:·'’“”—… \n0179€\u00ad\u200b\u0301中"), max_size=40)


@given(LETTERS)
def test_the_short_way_through_an_alphabet_gives_the_words_of_the_full_rules(text: str) -> None:
    assert tokens(text) == by_the_full_rules(text)


def test_no_character_goes_the_short_way_that_needs_the_full_rules() -> None:
    for code in range(0x3000):
        text = "a{0}b 1{0}2 é{0} {0}.{0}".format(chr(code))
        assert tokens(text) == by_the_full_rules(text), hex(code)


def by_the_full_rules(text: str) -> list[str]:
    return [word for piece in text.split() for word in _words(piece)]


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_folding_by_parts_is_folding_the_whole(text: str) -> None:
    folded, places = fold_with_places(text)
    assert folded == fold(text)
    assert places == sorted(places)
    assert len(places) == len(folded)


@given(TEXTS, TEXTS)
def test_a_space_parts_texts(one: str, other: str) -> None:
    assert tokens(f"{one} {other}") == tokens(one) + tokens(other)

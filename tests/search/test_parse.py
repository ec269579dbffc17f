"""What a query means: its normal form and its SQL; and where it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.errors import QueryError
from pipeline.search.parse import parse
from pipeline.store.search.compile import compiled

# What is typed, its normal form, and its words as Postgres gets them.
WORDS = [
    ("a b", "a AND b", "'a' & 'b'"),
    ("a AND b", "a AND b", "'a' & 'b'"),
    ("a OR b", "a OR b", "'a' | 'b'"),
    ("a OR b OR c", "a OR b OR c", "'a' | 'b' | 'c'"),
    ("a AND b OR c", "(a AND b) OR c", "('a' & 'b') | 'c'"),
    ("a (b OR c)", "a AND (b OR c)", "'a' & ('b' | 'c')"),
    ("((a))", "a", "'a'"),
    ("(a b) c", "a AND b AND c", "'a' & 'b' & 'c'"),
    ("NOT a", "NOT a", "!'a'"),
    ("-a", "NOT a", "!'a'"),
    ("a -b", "a AND NOT b", "'a' & !'b'"),
    ("a NOT b", "a AND NOT b", "'a' & !'b'"),
    ("a AND NOT (b OR c)", "a AND NOT (b OR c)", "'a' & (!('b' | 'c'))"),
    ("-(a b)", "NOT (a AND b)", "!('a' & 'b')"),
    ("NOT NOT a", "a", "'a'"),
    ("+a b", "a AND b", "'a' & 'b'"),
    ('"a b"', '"a b"', "'a' <1> 'b'"),
    ('-"a b"', 'NOT "a b"', "!('a' <1> 'b')"),
    ('"a"', "a", "'a'"),
    ("elect*", "elect*", "'elect':*"),
    ('"free elect*"', '"free elect*"', "'free' <1> 'elect':*"),
    ("re-elect*", '"re elect*"', "'re' <1> 'elect':*"),
    ('"a b"~0', '"a b"~0', "('a' <1> 'b') | ('b' <1> 'a')"),
    ('"a b"~1', '"a b"~1', "('a' <1> 'b') | ('a' <2> 'b') | ('b' <1> 'a') | ('b' <2> 'a')"),
    ('title:"a b"~0', 'title:"a b"~0', "('a':A <1> 'b':A) | ('b':A <1> 'a':A)"),
    ("title:a", "title:a", "'a':A"),
    ("TITLE:a", "title:a", "'a':A"),
    ("title:elect*", "title:elect*", "'elect':*A"),
    ('title:"a b"', 'title:"a b"', "'a':A <1> 'b':A"),
    ("title:(a OR b)", "title:a OR title:b", "'a':A | 'b':A"),
    ("title:(a -b)", "title:a AND NOT title:b", "'a':A & !'b':A"),
    ("don't", '"don t"', "'don' <1> 't'"),
    ("l’Ukraine", '"l ukraine"', "'l' <1> 'ukraine'"),
    ("state-of-the-art", '"state of the art"', "'state' <1> 'of' <1> 'the' <1> 'art'"),
    ("AT&T", '"at t"', "'at' <1> 't'"),
    ("C++", "c", "'c'"),
    ("U.S.", "u.s", "'u.s'"),
    ("3,000", "3,000", "'3,000'"),
    ("CAFÉ", "cafe", "'cafe'"),
    ("Straße", "strasse", "'strasse'"),
    ("中国", "中国", "'中国'"),
    ("中国人民", "中国人民", "'中国' <1> '国人' <1> '人民'"),
    ("中", "中", "'中':*"),
    ("中国*", "中国*", "'中国'"),
    ('"中国 2026"', '"中国 2026"', "'中国' <2> '2026'"),
    ('"中国 银行"~0', '"中国 银行"~0', "('中国' <2> '银行') | ('银行' <2> '中国')"),
    ("ประเทศ", "ประเทศ", "'ปร' <1> 'ระ' <1> 'ะเ' <1> 'เท' <1> 'ทศ'"),
    ("हिन्दी", "हिन्दी", "'हिन्दी'"),
    ("👍", "👍", "'👍'"),
    (r"a\:b", '"a b"', "'a' <1> 'b'"),
    ('"or"', '"or"', "'or'"),
    ("“a b”", '"a b"', "'a' <1> 'b'"),
    ("„a b“ «c d»", '"a b" AND "c d"', "('a' <1> 'b') & ('c' <1> 'd')"),
    ('"a “b c” d"', '"a b c d"', "'a' <1> 'b' <1> 'c' <1> 'd'"),
    ('"a “b"', '"a b"', "'a' <1> 'b'"),
    ("（a OR b）", "a OR b", "'a' | 'b'"),
    ("who?", "who", "'who'"),
    ("a — b", "a AND b", "'a' & 'b'"),
]
_SOURCE = "s.source_id = ANY(ARRAY(SELECT o.id FROM sources o WHERE "
# What is typed, its normal form, a part of its SQL and the values.
FILTERS = [
    ("", "*", "true", []),
    ("*", "*", "true", []),
    ("source:example.org", "source:example.org", _SOURCE, ["example.org"]),
    ("source:example.org/sport", "source:example.org/sport", _SOURCE, ["example.org/sport"]),
    ("country:de", "country:de", _SOURCE + "o.country = upper", ["de"]),
    ('collection:"Baltic papers"', 'collection:"Baltic papers"', "source_collections", ["Baltic papers"]),
    ("language:(en OR de)", "language:en OR language:de", "lower(s.language)", ["en", "de"]),
    ("feed:12", "feed:12", "sightings", ["12"]),
    ('author:"Jane  Doe"', 'author:"Jane Doe"', "a.authors", ["Jane Doe"]),
    ("agency:Reuters", "agency:Reuters", "a.agencies", ["Reuters"]),
    ('tag:"climate change"', 'tag:"climate change"', "a.tags", ["climate change"]),
    (r'tag:"a\"b"', r'tag:"a\"b"', "a.tags", ['a"b']),
    ("-tag:x", "NOT tag:x", "NOT coalesce(", ["x"]),
    ("section:politics", "section:politics", "a.section", ["politics"]),
    ("story:12", "story:12", "story_articles", ["12"]),
    ("flag:paywall", "flag:paywall", "a.flags", ["paywall"]),
    ("access:FREE", "access:free", "a.access", ["free"]),
    ("is:original", "is:original", "original_id", []),
    ("has:revisions", "has:revisions", "revisions", []),
    ("words:[200 TO *]", "words:[200 TO *]", "s.words >= ", [200]),
    ("words:{5 TO 9}", "words:[6 TO 8]", "s.words <= ", [6, 8]),
    ("words:7", "words:[7 TO 7]", "s.words", [7, 7]),
    ("published:2026", "published:[2026-01-01 TO 2027-01-01}", "s.day >= ", ["2026-01-01", "2027-01-01"]),
    ("published:2026-2", "published:[2026-02-01 TO 2026-03-01}", "s.day >= ", ["2026-02-01", "2026-03-01"]),
    ("published:[2026-01-01 TO 2026-01-31]", "published:[2026-01-01 TO 2026-02-01}", "s.day < ", ["2026-01-01", "2026-02-01"]),
    ("published:{2026-01-01 TO *}", "published:[2026-01-02 TO *}", "s.day >= ", ["2026-01-02"]),
    ("stored:[* TO 2026-01-31}", "stored:[* TO 2026-01-31}", "a.created_at", ["2026-01-31"]),
    ("a source:x.org", "a AND source:x.org", "s.tsv @@ %(q0)s::tsquery AND s.source_id", ["'a'", "x.org"]),
    ("a OR tag:x", "a OR tag:x", "((s.tsv @@ %(q0)s::tsquery) OR (", ["'a'", "x"]),
    ("a tag:x b", "a AND tag:x AND b", "s.tsv @@ %(q0)s::tsquery AND (SELECT", ["'a' & 'b'", "x"]),
]
# What is typed, and the part of it that is wrong.
ERRORS = [
    ('a "b c', '"'),
    ("a (b", "("),
    ("a) b", ")"),
    ("a OR", "OR"),
    ("a AND ", "AND"),
    ("OR a", "OR"),
    ("a AND AND b", "AND"),
    ("a NOT", "NOT"),
    ("a ()", "()"),
    ("a -", "-"),
    ("a --b", "--"),
    ("title:", ":"),
    ("*a", "*a"),
    ("a b*c", "b*c"),
    ("a?b", "a?b"),
    ("a b^2", "b^2"),
    ("a b~", "b~"),
    ("/a.*/", "/a.*/"),
    ("http://example.org/a", "http://example.org/a"),
    ("a || b", "||"),
    ("a && b", "&&"),
    ("topic:x", "topic:"),
    ("title:source:x", "source"),
    ("tag:(x y)", "x y"),
    ("tag:*", "*"),
    ("is:copy", "copy"),
    ("access:cheap", "cheap"),
    ("story:x", "x"),
    ("words:many", "many"),
    ("words:[9 TO 5]", "[9 TO 5]"),
    ("words:>5", ">5"),
    ("words:[1 TO 99999999999]", "[1 TO 99999999999]"),
    ("published:yesterday", "yesterday"),
    ("published:2026-02-30", "2026-02-30"),
    ("published:[2026-02 TO 2026-01]", "[2026-02 TO 2026-01]"),
    ("tag:[a TO b]", "[a TO b]"),
    ("[1 TO 5]", "[1 TO 5]"),
    ('"a"~5', '"a"~5'),
    ('"a b c d e"~2', '"a b c d e"~2'),
    ('"a b"~101', '"a b"~101'),
    ('"a b c d"~9', '"a b c d"~9'),
    ('"a b*"~3', '"a b*"~3'),
    ("title:—", "title:—"),
    ("…", "…"),
    ("(" * 21 + "a" + ")" * 21, "("),
    ("a\\", "\\"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "normal", "tsquery"), WORDS, ids=[typed for typed, *_ in WORDS])
def test_words(typed: str, normal: str, tsquery: str) -> None:
    query = parse(typed)
    made = compiled(query.tree)
    assert (query.text, made.sql, made.values) == (normal, "s.tsv @@ %(q0)s::tsquery", {"q0": tsquery})
    assert parse(normal).tree == query.tree


@pytest.mark.parametrize(("typed", "normal", "sql", "values"), FILTERS, ids=[typed for typed, *_ in FILTERS])
def test_filters(typed: str, normal: str, sql: str, values: list[object]) -> None:
    query = parse(typed)
    made = compiled(query.tree)
    assert query.text == normal
    assert sql in made.sql
    assert [value if isinstance(value, int) else str(value) for value in made.values.values()] == values
    assert parse(normal).tree == query.tree


@pytest.mark.parametrize(("typed", "wrong"), ERRORS, ids=[typed for typed, _ in ERRORS])
def test_errors_name_their_place(typed: str, wrong: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(typed)
    error = raised.value
    assert typed[error.start : error.end] == wrong
    assert error.code == "bad_query"
    assert f"at character {error.start + 1}" in str(error)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a or b", "for the operator write OR"),
        ("a and b", "for the operator write AND"),
        ("not a", "for the operator write NOT"),
        ("“a b”", "Curly quotes"),
        ("a OR b c", "write parentheses"),
        ("!a", "write -a"),
        ("a & … b".replace("&", "…"), "was left out"),
        ('"a* b"', "A star within a phrase has no effect"),
    ],
)
def test_what_is_suspicious_is_said(typed: str, said: str) -> None:
    assert said in parse(typed).warnings[0].message


def test_curly_quotes_inside_a_phrase_are_part_of_it() -> None:
    assert parse('"a “b” c"').warnings == ()


@pytest.mark.parametrize(
    "typed", ["a " * 3000, "a " * 201, "a:" * 300, "NOT " * 250 + "a", "-" * 3000 + "a", "a~" * 100, "a^2" * 60, "(a " * 19]
)
def test_too_much_is_refused_before_it_is_parsed(typed: str) -> None:
    with pytest.raises(QueryError):
        parse(typed)


QUERY = st.lists(
    st.sampled_from(["a", "中国", " ", "OR", "AND", "NOT", "-", "+", "(", ")", '"', "~3", "*", ":", "title:", "tag:", "words:", "[", "]", "{", " TO ", "1", "\\", "/", "^", "~", "<", ">", "=", "?", "é", "'"])
    | st.text(max_size=3),
    max_size=15,
).map("".join)  # fmt: skip


@given(QUERY)
def test_whatever_is_typed_has_a_meaning_or_an_error_with_a_place(typed: str) -> None:
    try:
        query = parse(typed)
    except QueryError as refused:
        error = refused
    else:
        assert parse(query.text).tree == query.tree
        compiled(query.tree)
        return
    assert 0 <= error.start <= error.end <= max(len(typed), error.start)
    assert error.message


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("a b -c", ""),
        ("a source:x.org words:7 published:2026", ""),
        ("NOT title:a", ""),
        ('"a b"', "'a' & 'b'"),
        ('"a a b*"', "'a' & 'b':*"),
        ('"a b"~3', "'a' & 'b'"),
        ("title:a", "'a'"),
        ("中国人", "'中国' & '国人'"),
        ('"a b" OR title:c', "('a' & 'b') | 'c'"),
        ('"a b" -"c d"', "('a' & 'b')"),
        ("a (title:b OR tag:x)", "'a'"),
        ("a author:x", "'a'"),
        ("a stored:2026", "'a'"),
    ],
)
def test_where_the_index_does_not_tell_all_it_leads_to_candidates(typed: str, candidates: str) -> None:
    assert compiled(parse(typed).tree).candidates == candidates

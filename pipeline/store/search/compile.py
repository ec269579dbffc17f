"""Compile a query tree to SQL: words become a tsquery, filters become conditions. Values are always parameters.

In conditions, `s` is the row in `search`. What other tables know is queried for each row separately (`(SELECT …) IS TRUE`), so that the
planner cannot start with them: the words are looked up first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from pipeline.search.near import ways
from pipeline.search.tokens import Asked, asked
from pipeline.search.tree import And, Days, Filter, Leaf, Near, Node, Not, Numbers, Or, Phrase, leaves

_ARTICLE = "(SELECT true FROM articles a WHERE a.id = s.article_id AND {}) IS TRUE"
_SOURCE = "s.source_id = ANY(ARRAY(SELECT o.id FROM sources o WHERE {}))"
_HAS = "EXISTS (SELECT FROM unnest(a.{}) x WHERE lower(x) = lower({{}}))"
# `{}` is the parameter of the value.
CONDITIONS = {
    "source": _SOURCE.format(
        "lower({0}) IN (o.name, lower(o.label)) OR right(o.name, length({0}) + 1) = '.' || lower({0}) OR starts_with(o.name, lower({0}) || '/')"
    ),
    "collection": "s.source_id = ANY(ARRAY(SELECT m.source_id FROM source_collections m JOIN collections c ON c.id = m.collection_id WHERE lower(c.name) = lower({})))",
    "country": _SOURCE.format("o.country = upper({})"),
    "language": "(lower(s.language) = lower({0}) OR split_part(lower(s.language), '-', 1) = lower({0})) IS TRUE",
    "feed": _ARTICLE.format(
        "EXISTS (SELECT FROM sightings g WHERE g.link_id = a.link_id AND g.feed_id = ANY(ARRAY(SELECT f.id FROM feeds f WHERE {0} IN (f.id::text, f.url))))"
    ),
    "author": _ARTICLE.format("EXISTS (SELECT FROM unnest(a.authors) x WHERE strpos(' ' || lower(x) || ' ', ' ' || lower({}) || ' ') > 0)"),
    "agency": _ARTICLE.format(_HAS.format("agencies")),
    "tag": _ARTICLE.format(_HAS.format("tags")),
    "section": _ARTICLE.format("lower(a.section) = lower({})"),
    "flag": _ARTICLE.format("{} = ANY(a.flags)"),
    "access": _ARTICLE.format("a.access = {}"),
    "story": "(SELECT true FROM story_articles m WHERE m.article_id = s.article_id AND m.story_id = {}::bigint) IS TRUE",
    "is": "(SELECT true FROM story_articles m JOIN stories t ON t.id = m.story_id WHERE m.article_id = s.article_id AND t.original_id <> s.article_id) IS NOT TRUE",
    "has": "(SELECT true FROM revisions r WHERE r.article_id = s.article_id LIMIT 1) IS TRUE",
}


@dataclass(slots=True)
class Compiled:
    """A condition and its parameters. `by_words` means that each match has one of certain words, so the index of words finds it.
    `candidates` is a tsquery that each match meets and that the index answers alone; it is empty where the index needs no second look. `since`
    and `before` limit the days of matches."""

    sql: str = "true"
    values: dict[str, object] = field(default_factory=dict)
    candidates: str = ""
    by_words: bool = False
    since: date | None = None
    before: date | None = None

    def value(self, value: object) -> str:
        name = f"q{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


def compiled(tree: Node) -> Compiled:
    """The SQL condition of a query, and what its statement needs to know."""
    made = Compiled(by_words=_by_words(tree))
    made.sql = _condition(tree, made)
    if made.by_words and not all(map(_told_at_once, leaves(tree))):
        made.candidates = _loosely(tree)
    for part in tree.parts if isinstance(tree, And) else (tree,):
        if isinstance(part, Days) and part.name == "published":
            made.since = max(filter(None, (made.since, part.since)), default=None)
            made.before = min(filter(None, (made.before, part.before)), default=None)
    return made


def tsquery(tree: Node) -> str:
    """A tree of words as a tsquery."""
    match tree:
        case Phrase(text, prefix, title):
            return _chain(asked(text, prefix=prefix), title=title)
        case Near(text, between, title):
            return _grouped(" | ", [_chain(way, title=title) for way in ways(text, between)])
        case Not(part):
            return f"!{_bracketed(tsquery(part))}"
        case And(parts):
            return _grouped(" & ", map(tsquery, parts))
        case Or(parts):
            return _grouped(" | ", map(tsquery, parts))
    raise TypeError(f"{tree} is no word")


def _condition(tree: Node, made: Compiled) -> str:
    if tree != And(()) and _is_words(tree):
        return f"s.tsv @@ {made.value(tsquery(tree))}::tsquery"
    match tree:
        case And(parts):
            words = [part for part in parts if _is_words(part)]
            others = [part for part in parts if not _is_words(part)]
            joined = [And(tuple(words)) if len(words) > 1 else words[0]] if words else []
            return " AND ".join(_condition(part, made) for part in [*joined, *others]) or "true"
        case Or(parts):
            return "(" + " OR ".join(f"({_condition(part, made)})" for part in parts) + ")"
        case Not(part):
            return f"NOT coalesce({_condition(part, made)}, false)"
        case Filter(name, value):
            return CONDITIONS[name].format(made.value(value)) if "{" in CONDITIONS[name] else CONDITIONS[name]
        case Days(name, since, before):
            column = (
                "s.day"
                if name == "published"
                else "(SELECT (a.created_at AT TIME ZONE 'UTC')::date FROM articles a WHERE a.id = s.article_id)"
            )
            return _range(column, [(">=", since), ("<", before)], made, "date")
        case Numbers(_, least, most):
            return _range("s.words", [(">=", least), ("<=", most)], made, "integer")
    raise TypeError(f"{tree} is not known")


def _range(column: str, ends: list[tuple[str, date | None]] | list[tuple[str, int | None]], made: Compiled, kind: str) -> str:
    tests = [f"{column} {sign} {made.value(end)}::{kind}" for sign, end in ends if end is not None]
    return f"({' AND '.join(tests) or 'true'})"


def _is_words(tree: Node) -> bool:
    return all(isinstance(leaf, Phrase | Near) for leaf in leaves(tree))


def _by_words(tree: Node) -> bool:
    """Whether each match contains a word of the query."""
    match tree:
        case Phrase() | Near():
            return True
        case And(parts):
            return any(map(_by_words, parts))
        case Or(parts):
            return all(map(_by_words, parts))
    return False


def _told_at_once(leaf: Leaf) -> bool:
    """Whether the index and the row itself say which articles have it. The index knows neither places nor weights."""
    if isinstance(leaf, Phrase):
        return not leaf.title and len(asked(leaf.text)) == 1
    return not isinstance(leaf, Near) and "a.id" not in CONDITIONS.get(leaf.name, "") and leaf.name != "stored"


def _loosely(tree: Node) -> str:
    """The words that each match has, wherever they stand; empty where it may have none of them."""
    match tree:
        case Phrase(text, prefix, _):
            return _grouped(" & ", dict.fromkeys(_word(word, title=False) for word in asked(text, prefix=prefix)))
        case Near(text, _, _):
            return _grouped(" & ", dict.fromkeys(_word(word, title=False) for piece in text.split() for word in asked(piece)))
        case And(parts):
            return _grouped(" & ", filter(None, map(_loosely, parts)))
        case Or(parts):
            return _grouped(" | ", map(_loosely, parts)) if all(map(_loosely, parts)) else ""
    return ""


def _chain(words: list[Asked], *, title: bool) -> str:
    """Words at their distances."""
    written = [_word(words[0], title=title)]
    for before, word in pairwise(words):
        written.append(f"<{word.place - before.place}> {_word(word, title=title)}")
    return " ".join(written)


def _word(word: Asked, *, title: bool) -> str:
    quoted = word.word.replace("\\", "\\\\").replace("'", "''")
    weight = ("*" if word.prefix else "") + ("A" if title else "")
    return f"'{quoted}':{weight}" if weight else f"'{quoted}'"


def _grouped(sign: str, parts: Iterable[str]) -> str:
    return sign.join(_bracketed(part) for part in parts)


def _bracketed(query: str) -> str:
    return f"({query})" if " " in query else query

"""What the archive contains: the forms of a word, and whether filters' values exist."""

from __future__ import annotations

from collections.abc import Callable

from psycopg import Connection

from pipeline.search import forms, tree
from pipeline.search.tree import Filter, Node, Phrase
from pipeline.store.search import finding

READ = 500  # articles whose words are searched for the forms of one word

_KNOWN = {
    "source": "SELECT FROM sources o WHERE lower({0}) IN (o.name, lower(o.label)) OR right(o.name, length({0}) + 1) = '.' || lower({0}) OR starts_with(o.name, lower({0}) || '/')",
    "collection": "SELECT FROM collections WHERE lower(name) = lower({0})",
    "country": "SELECT FROM sources WHERE country = upper({0})",
    "language": "SELECT FROM daily WHERE lower(language) = lower({0}) OR split_part(lower(language), '-', 1) = lower({0})",
    "feed": "SELECT FROM feeds f WHERE {0} IN (f.id::text, f.url)",
    "story": "SELECT FROM stories WHERE id = {0}::bigint",
}


def with_forms(conn: Connection, query: Node, language: str) -> Node:
    """Expand the words of a query to all their forms. Raises QueryError."""
    stem = forms.stemmer(language)
    return forms.expanded(query, lambda word: _forms(conn, word, stem))


def unknown(conn: Connection, query: Node) -> list[str]:
    """One sentence for each filter whose value does not exist."""
    notes = []
    for leaf in tree.leaves(query):
        if isinstance(leaf, Filter) and leaf.name in _KNOWN:
            row = conn.execute(f"SELECT EXISTS ({_KNOWN[leaf.name].format('%(value)s')})", {"value": leaf.value}).fetchone()
            if row != (True,):
                notes.append(f"There is no {leaf.name} {leaf.value!r} in this archive.")
    return notes


def _forms(conn: Connection, word: str, stem: Callable[[str], str]) -> list[str]:
    """The forms that occur, the most frequent first."""
    start, root = forms.beginning(word, stem), stem(word)
    hits = finding.newest(conn, Phrase(start, prefix=True), READ)
    listed = ", ".join(f"({hit.article_id}, '{hit.at.isoformat()}'::timestamptz)" for hit in hits)
    if not listed:
        return []
    rows = conn.execute(
        "SELECT word FROM ts_stat(%s) WHERE starts_with(word, %s) ORDER BY ndoc DESC, word",
        (f"SELECT tsv FROM search WHERE (article_id, at) IN ({listed})", start),
    )
    return [found for (found,) in rows if stem(found) == root][: forms.MOST]

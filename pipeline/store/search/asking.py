"""Turn a typed query into a tree with warnings. The command line and the web both use this."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import Connection

from pipeline.search.parse import parse
from pipeline.search.tree import Node
from pipeline.store.search import counting, filling, vocabulary


@dataclass(frozen=True, slots=True)
class Question:
    """A parsed query: its tree, its normal form, and warnings about it."""

    tree: Node
    text: str
    warnings: list[str]


def ask(conn: Connection, typed: str, *, forms: str | None = None, dedupe: bool = False) -> Question:
    """Parse a query. With a language in `forms`, each word also matches its other forms in that language. `dedupe` finds each story once. Raises QueryError."""
    query = parse(typed)
    tree = vocabulary.with_forms(conn, query.tree, forms) if forms else query.tree
    tree = counting.once_a_story(tree) if dedupe else tree
    warnings = [warning.message for warning in query.warnings] + vocabulary.unknown(conn, query.tree)
    if missing := filling.missing(conn):
        warnings.append(f"{missing:,} articles of earlier versions are not searched yet; run `newsmill reindex`.")
    return Question(tree, str(tree), warnings)

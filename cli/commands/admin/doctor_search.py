"""The checks of `newsmill doctor --search`: whether search and the articles agree."""

from __future__ import annotations

from collections.abc import Iterator

from cli.connection import database, settings
from cli.output import many, size
from pipeline.store.search import checking
from workers.checks import Check

ADVICE = "Run `newsmill doctor --search --mend`; until then counts are wrong by these numbers."


def search_checks(*, mend: bool) -> Iterator[Check]:
    """Compare search with the articles in each way they may differ. With `mend`, repair differences first."""
    with database(settings()) as conn:
        if mend:
            written = checking.mend(conn, every_word=True)
            yield Check("ok", "mended", f"the words of {many(written, 'article')} were rewritten")
        found = checking.check(conn)
    an_article = f", {size(found.size / found.rows)} an article" if found.rows else ""
    yield Check("ok", "search", f"{many(found.rows, 'article')}, {size(found.size)}{an_article}")
    if found.missing:
        finding = f"{many(found.missing, 'article')} of earlier versions cannot be found"
        yield Check("fail", "missing", finding, "Run `newsmill reindex`.")
    for name, number, what in (
        ("lost", found.lost, "articles without words"),
        ("orphaned", found.orphaned, "found articles that do not exist"),
        ("outdated", found.outdated, "articles found under a wrong source, language or length"),
        ("words", found.other_words, f"articles, of {found.read:,} compared, whose words do not follow the rules of this version"),
        ("days", found.miscounted, "days with a wrong number of articles, from which shares are computed"),
    ):
        yield Check("fail", name, f"{what}: {number:,}", ADVICE) if number else Check("ok", name, f"{what}: none")

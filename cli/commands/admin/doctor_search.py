"""What `newsmill doctor --search` looks at: whether search equals the articles."""

from __future__ import annotations

from collections.abc import Iterator

from cli.connection import database, settings
from cli.output import many, size
from pipeline.store.search import checking
from workers.checks import Check

ADVICE = "Run `newsmill doctor --search --mend`; until then counts are off by these."


def search_checks(*, mend: bool) -> Iterator[Check]:
    """Each way in which the two may differ. With `mend` what differs is put right first."""
    with database(settings()) as conn:
        if mend:
            written = checking.mend(conn, every_word=True)
            yield Check("ok", "mended", f"the words of {many(written, 'article')} were written anew")
        found = checking.check(conn)
    an_article = f", {size(found.size / found.rows)} an article" if found.rows else ""
    yield Check("ok", "search", f"{many(found.rows, 'article')}, {size(found.size)}{an_article}")
    if found.missing:
        finding = f"{many(found.missing, 'article')} of earlier versions cannot be found"
        yield Check("fail", "missing", finding, "Run `newsmill reindex`.")
    for name, number, what in (
        ("lost", found.lost, "articles that have lost their words"),
        ("orphaned", found.orphaned, "articles that are found and do not exist"),
        ("outdated", found.outdated, "articles that are found under another source, language or length than they have"),
        ("words", found.other_words, f"articles, of {found.read:,} that were read, whose words are others by the rules of this version"),
        ("days", found.miscounted, "days with another number of articles than shares are counted against"),
    ):
        yield Check("fail", name, f"{what}: {number:,}", ADVICE) if number else Check("ok", name, f"{what}: none")

"""Extract one stored page again with the current version: return the new article, say how it differs from the stored one, and store it if
asked.

This never loses an article. If the current version finds no article on the page, the stored one stays and the verdict is reported.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import Connection

from pipeline.extract.model import EXTRACTOR
from pipeline.outcomes import Failure
from pipeline.settings import Settings
from pipeline.steps import extraction as extract_step
from pipeline.store.articles import boilerplate, fields
from pipeline.store.articles.fields import Making, Stored
from pipeline.store.extraction import extracting, reextracting

# Fields that are reported by their length alone.
LONG = ("text", "markdown")


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, as shown to a person: texts by their length in characters."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one link.

    `what` is one of: same, changed; stored (it had failed and is an article now); refused (an article is stored, but this version finds
    none on the page, see `code`); still (it had failed and fails again); duplicate; pruned (its page is no longer stored); busy (a
    worker holds it); withdrawn (the text came from a feed that does not speak for the site, and the page gives none, see `code`, or must
    be fetched first); broken (the extraction crashed or ran into a fault, see `code`). `lost` and `gained` count paragraphs of the text.
    """

    link_id: int
    what: str
    url: str = ""
    article_id: int | None = None
    was: str = ""
    code: str = ""
    detail: str = ""
    changes: tuple[Change, ...] = ()
    lost: int = 0
    gained: int = 0


def again(conn: Connection, link_id: int, settings: Settings, *, apply: bool) -> Outcome:
    """Extract a link's page again. With `apply`, store the result."""
    taken = reextracting.take(conn, link_id)
    if isinstance(taken, str):
        return Outcome(link_id, taken)
    job, stored = taken.job, taken.article
    article_id = stored.id if stored else None
    if not taken.at_hand:
        return _without_page(conn, taken, apply=apply)
    try:
        found = extract_step.extract_page(job, settings)
    except Failure as failure:
        if _has_untrusted_words(taken):
            what = "withdrawn" if not apply or reextracting.withdraw(conn, taken, failure) else "busy"
            return Outcome(link_id, what, job.url, article_id, "", failure.code, failure.detail)
        what = "refused" if stored else "still"
        return Outcome(link_id, what, job.url, article_id, taken.code, failure.code, failure.detail)
    job = replace(job, page=found.page, announced=found.announced)
    article, marks = boilerplate.cleaned(conn, link_id, found.page.final_url, found.article, settings.extract)
    identity, existing = extracting.believed(conn, job, article, found.identity)
    if stored is None:
        outcome = Outcome(link_id, "duplicate" if existing else "stored", job.url, None, taken.code)
    else:
        changes = differences(stored, Making(link_id, job.url, job.page, article, identity, EXTRACTOR))
        lost, gained = paragraphs(stored.text, article.text)
        outcome = Outcome(link_id, "changed" if changes else "same", job.url, article_id, changes=changes, lost=lost, gained=gained)
    if apply:
        what = (
            ("sources" if taken.untrusted else "")
            if outcome.what == "same"
            else ", ".join(change.field for change in outcome.changes) or taken.code
        )
        if reextracting.write(conn, replace(taken, job=job), article, marks, identity, EXTRACTOR, what, settings) is None:
            return Outcome(link_id, "busy", job.url, article_id)
    return outcome


def _has_untrusted_words(taken: reextracting.Taken) -> bool:
    """Whether the article's text came from a feed that does not speak for the site."""
    return taken.untrusted and taken.article is not None and str(taken.article.sources.get("text", "")).startswith("feed")


def _without_page(conn: Connection, taken: reextracting.Taken, *, apply: bool) -> Outcome:
    """Handle an article that has words of another site's feed but no stored page to rebuild it from: fetch the page. If the text itself is
    that feed's, withdraw it until then."""
    url, article_id = taken.job.url, taken.article.id if taken.article else None
    if _has_untrusted_words(taken):
        done, what = not apply or reextracting.withdraw(conn, taken, None), "withdrawn"
    else:
        done, what = not apply or reextracting.look_again(conn, taken), "fetched again"
    return Outcome(taken.job.link_id, what if done else "busy", url, article_id)


def differences(stored: Stored, made: Making) -> tuple[Change, ...]:
    """The fields that changed."""
    return tuple(
        Change(name, *((_length(str(before)), _length(str(after))) if name in LONG else (_as_text(before), _as_text(after))))
        for name, before, after in fields.differences(stored, made)
    )


def paragraphs(before: str, after: str) -> tuple[int, int]:
    """How many paragraphs of a text are gone, and how many are new."""
    old, new = Counter(before.split("\n")), Counter(after.split("\n"))
    return (old - new).total(), (new - old).total()


def _length(text: str) -> str:
    return f"{len(text):,} characters"


def _as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case list():
            return "; ".join(map(_as_text, value))
        case dict():
            return ", ".join(f"{name}: {item}" for name, item in value.items())
    return str(value)

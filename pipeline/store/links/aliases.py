"""Aliases: further addresses of a link's article, and the link behind an address.

In a longer transaction, write them after links and articles and before hosts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg import Connection, Cursor
from psycopg.rows import class_row

from pipeline.jobs import ExistingArticle
from pipeline.normalise.urls import Url, parse
from pipeline.outcomes import Failure

Kind = Literal["found", "hop", "final", "canonical"]


@dataclass(frozen=True, slots=True)
class Alias:
    url: str
    kind: str
    seen_at: datetime


def note(conn: Connection, link_id: int, urls: Iterable[tuple[str, Kind]]) -> None:
    """Store the addresses that lead to the link's article, except its own. An address that belongs to another link stays with it. Unusable
    URLs are ignored."""
    found: dict[bytes, tuple[Url, Kind]] = {}
    for text, kind in urls:
        try:
            url = parse(text)
        except Failure:
            continue
        found.setdefault(url.key, (url, kind))
    if not found:
        return
    # By ascending key: two links that store the same addresses wait in the same order.
    conn.execute(
        """
        INSERT INTO aliases (url_key, url, link_id, kind)
        SELECT n.key, n.url, l.id, n.kind
        FROM unnest(%(keys)s::bytea[], %(urls)s::text[], %(kinds)s::text[]) AS n (key, url, kind)
        JOIN links l ON l.id = %(link_id)s AND l.url_key <> n.key
        ORDER BY n.key
        ON CONFLICT (url_key) DO NOTHING
        """,
        {
            "keys": list(found),
            "urls": [url.text for url, _ in found.values()],
            "kinds": [kind for _, kind in found.values()],
            "link_id": link_id,
        },
    )


_KNOWN = """
    SELECT a.link_id, a.url, a.title, a.content_hash FROM articles a
    WHERE a.link_id <> %(link_id)s AND a.link_id IN (
        SELECT link_id FROM articles WHERE url_key = {key}
        UNION ALL SELECT id FROM links WHERE url_key = {key}
        UNION ALL SELECT link_id FROM aliases WHERE url_key = {key} AND kind <> 'hop')
    ORDER BY a.url_key = {key} DESC, a.link_id LIMIT 1
"""


def known(conn: Connection, key: bytes, link_id: int) -> ExistingArticle | None:
    """The link, other than `link_id`, whose stored article is at the address with this key.

    Hops do not count: many articles of a site may pass through one page for consent or cookies, or through a redirect that changes
    tomorrow. Treating them as one article would lose all but the first; an extra request loses nothing.
    """
    with conn.cursor(row_factory=class_row(ExistingArticle)) as cur:
        return cur.execute(_KNOWN.format(key="%(key)s"), {"key": key, "link_id": link_id}).fetchone()


def ask_known(conn: Connection, link_id: int) -> Cursor[ExistingArticle]:
    """Query what `known` returns for the link's own address; the answer is one row or none."""
    own = "(SELECT url_key FROM links WHERE id = %(link_id)s)"
    return conn.cursor(row_factory=class_row(ExistingArticle)).execute(_KNOWN.format(key=own), {"link_id": link_id})


def of(conn: Connection, link_id: int) -> list[Alias]:
    """The further addresses of a link, in the order in which they were seen."""
    with conn.cursor(row_factory=class_row(Alias)) as cur:
        return cur.execute("SELECT url, kind, seen_at FROM aliases WHERE link_id = %s ORDER BY seen_at, url_key", (link_id,)).fetchall()


def ask_shared_canonical(conn: Connection, canonical_url: str, link_id: int) -> Cursor[tuple[int]]:
    """Ask how many different texts of the link's host claim this canonical URL, without the link's own article. The answer is one row.

    Three or more, with the article being stored, show that the site names the same URL on every page, so the claim is worthless.
    """
    return conn.execute(
        """
        SELECT count(DISTINCT a.content_hash) FROM articles a JOIN links l ON l.id = a.link_id
        WHERE a.canonical_url = %(url)s AND a.canonical_url <> '' AND a.link_id <> %(link_id)s
          AND coalesce(l.origin_host_id, l.host_id) = (SELECT coalesce(origin_host_id, host_id) FROM links WHERE id = %(link_id)s)
        """,
        {"url": canonical_url, "link_id": link_id},
    )

"""Find articles with words of a feed that does not speak for their site: stored before trust was checked, or before it was withdrawn.

If the source of a field names the feed, that feed counts. Older articles do not name it, so any feed that lists the link may be the one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from psycopg import Connection

from pipeline.feeds.trust import feed_trust, trust_ground
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure
from pipeline.store.articles.fields import Stored
from pipeline.store.feeds import announcements

# as in the index articles_of_feeds
_OF_FEEDS = """jsonb_path_exists(a.sources, '$.* ? (@ == "feed" || @ starts with "feed http")')"""
_HOST = "substring(a.final_url FROM '://([^/?#]+)')"  # null if the article has no address but a name, which comes from its own feed
_SAID = f"""
    SELECT a.link_id, {_HOST} AS host, w.feed_url, '' AS site
    FROM articles a
    CROSS JOIN LATERAL (SELECT DISTINCT substr(value, 6) AS feed_url FROM jsonb_each_text(a.sources) WHERE value LIKE 'feed http%%') w
    WHERE {_OF_FEEDS}
    UNION ALL
    SELECT a.link_id, {_HOST}, f.url, s.site
    FROM articles a JOIN sightings s ON s.link_id = a.link_id JOIN feeds f ON f.id = s.feed_id
    WHERE {_OF_FEEDS} AND EXISTS (SELECT FROM jsonb_each_text(a.sources) WHERE value = 'feed')
"""
_TRUST = f"""
    SELECT f.url, coalesce((f.options->>'trusted')::boolean, false), {announcements.BY.format(feed="f.id")} FROM feeds f WHERE f.url = ANY(%(urls)s)
    UNION ALL
    SELECT o.url, coalesce((f.options->>'trusted')::boolean, false), {announcements.BY.format(feed="f.id")}
    FROM feed_aliases o JOIN feeds f ON f.id = o.feed_id WHERE o.url = ANY(%(urls)s)
"""


@dataclass(frozen=True, slots=True)
class UntrustedWords:
    """Feeds, and the hosts of articles that have their words, with the site that the feed had then; empty for the site of its address."""

    hosts: list[str]
    feed_urls: list[str]
    sites: list[str]


def untrusted(conn: Connection, link_id: int | None = None) -> UntrustedWords:
    """Where untrusted feeds were believed: for all links, or for one."""
    one = "" if link_id is None else "WHERE link_id = %(link)s"
    feed_words = conn.execute(f"SELECT DISTINCT host, feed_url, site FROM ({_SAID}) said {one} ORDER BY 1, 2", {"link": link_id}).fetchall()
    feed_words = [row for row in feed_words if row[0]]
    rows = conn.execute(_TRUST, {"urls": list({feed_url for _, feed_url, _ in feed_words})})
    granted = {url: (trusted, announced_by) for url, trusted, announced_by in rows}
    wrong = [
        (host, feed_url, site)
        for host, feed_url, site in feed_words
        if not _is_trusted(host, feed_url, site, *granted.get(feed_url, (False, [])))
    ]
    return UntrustedWords([host for host, _, _ in wrong], [feed_url for _, feed_url, _ in wrong], [site for _, _, site in wrong])


def is_in(conn: Connection, article: Stored) -> bool:
    """Whether an article has such words."""
    of_feeds = any(source == "feed" or source.startswith("feed http") for source in map(str, article.sources.values()))
    return of_feeds and bool(untrusted(conn, article.link_id).hosts)


def link_ids(conn: Connection, wrong_words: UntrustedWords) -> list[int]:
    """The links of the articles with such words, in order."""
    rows = conn.execute(
        f"""
        SELECT DISTINCT link_id FROM ({_SAID}) said
        JOIN unnest(%(hosts)s::text[], %(feed_urls)s::text[], %(sites)s::text[]) AS wrong (host, feed_url, site) USING (host, feed_url, site)
        ORDER BY link_id
        """,
        {"hosts": wrong_words.hosts, "feed_urls": wrong_words.feed_urls, "sites": wrong_words.sites},
    )
    return [row[0] for row in rows]


def _is_trusted(host: str, feed_url: str, site: str, trusted: bool, announced_by: list[str]) -> bool:
    try:
        page, speaker = parse(f"https://{host}/"), feed_trust(feed_url, announced_by, trusted=trusted)
    except Failure:
        return True
    return bool(trust_ground(replace(speaker, site=site) if site else speaker, page))

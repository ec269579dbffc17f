"""Which sites announce a feed on their pages (`pipeline.feeds.trust`). Lock links, articles and feeds before, and hosts after."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import Connection

from pipeline.normalise.site import site_of
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure

KEPT_DAYS = 90  # after the last sighting; then a site counts as having removed the announcement
MAX_SITES = 200  # that are stored of one feed

# The sites that announce a feed; `feed` is the column with its id.
BY = f"ARRAY(SELECT a.site FROM announcements a WHERE a.feed_id = {{feed}} AND a.seen_at > now() - interval '{KEPT_DAYS} days')"


def sites(conn: Connection, feed_id: int) -> list[str]:
    """The sites that announce the feed, the last seen first. The feed speaks for their pages too."""
    rows = conn.execute(
        f"SELECT site FROM announcements WHERE feed_id = %s AND seen_at > now() - interval '{KEPT_DAYS} days' ORDER BY seen_at DESC, site",
        (feed_id,),
    ).fetchall()
    return [site for (site,) in rows]


def note(conn: Connection, feed_ids: Iterable[int], page_url: str) -> None:
    """Record that a page announces these feeds, at most once a day."""
    try:
        site = site_of(parse(page_url).host)
    except Failure:
        return
    conn.execute(
        """
        INSERT INTO announcements AS a (feed_id, site, page_url)
        SELECT f.id, %(site)s, %(page)s FROM feeds f
        WHERE f.id = ANY(%(feeds)s)
              AND (SELECT count(*) FROM announcements o WHERE o.feed_id = f.id AND o.site <> %(site)s) < %(most)s
        ORDER BY f.id
        ON CONFLICT (feed_id, site) DO UPDATE SET seen_at = now(), page_url = excluded.page_url WHERE a.seen_at < now() - interval '1 day'
        """,
        {"site": site, "page": page_url, "feeds": list(feed_ids), "most": MAX_SITES},
    )

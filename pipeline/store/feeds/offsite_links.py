"""Links of sites that the listing feeds do not speak for (`pipeline/feeds/offsite_entries.py`): how many wait, and which comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psycopg import Connection

from pipeline.feeds import offsite_entries
from pipeline.feeds.identity import Listed, Plan


def within(conn: Connection, feed_id: int, plan: Plan, most: int) -> Plan:
    """Remove links from the plan that would be too many on hosts of other sites."""
    names = {item.url.host for item in plan.new if offsite_entries.is_offsite(item)}
    if not names:
        return plan
    rows = conn.execute(
        """
        SELECT h.name, count(*) FROM hosts h JOIN links l ON l.host_id = h.id
        WHERE h.name = ANY(%s) AND l.feed_id = %s AND l.offsite_rank > 0 AND l.state = 'waiting' AND NOT l.recheck GROUP BY h.name
        """,
        (list(names), feed_id),
    ).fetchall()
    return offsite_entries.within(plan, dict(rows), most)


def ranks(conn: Connection, feed_id: int, items: Sequence[Listed]) -> list[int]:
    """The rank of each new link, in their order."""
    names = {item.url.host for item in items if offsite_entries.is_offsite(item)}
    if not names:
        return [0] * len(items)
    rows = conn.execute(
        """
        SELECT h.name, min(l.offsite_rank) - 1, max(l.offsite_rank) FILTER (WHERE l.feed_id = %s) FROM hosts h JOIN links l ON l.host_id = h.id
        WHERE h.name = ANY(%s) AND l.offsite_rank > 0 AND l.state = 'waiting' GROUP BY h.name
        """,
        (feed_id, list(names)),
    ).fetchall()
    served = {name: before for name, before, _ in rows}
    return offsite_entries.ranks(items, served, {name: last for name, _, last in rows if last is not None})


def mark_as_own(conn: Connection, listed: Iterable[Listed]) -> None:
    """Mark links as wanted by their own site, once a feed that speaks for the site lists them."""
    keys = [item.url.key for item in listed if item.trusted]
    if keys:
        conn.execute(
            """
            UPDATE links SET offsite_rank = 0 FROM (SELECT id FROM links WHERE url_key = ANY(%s) AND offsite_rank > 0 ORDER BY url_key FOR UPDATE) old
            WHERE links.id = old.id
            """,
            (keys,),
        )

"""What polls have brought."""

from __future__ import annotations

from tests.feeds.poller import Poller

ETAG = "ETag: x"


def known(poll: Poller) -> list[str]:
    return [row[0] for row in poll.conn.execute("SELECT url FROM links ORDER BY url")]

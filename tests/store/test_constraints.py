"""The database refuses what must not be, whoever asks."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

HOST = "INSERT INTO hosts (name) VALUES ('a.example')"
LINK = "INSERT INTO links (url, url_key, host_id) VALUES ('http://a.example/1', sha256('1'), 1)"
FEED = "INSERT INTO feeds (url, url_key, host_id, interval_s) VALUES ('http://a.example/f', sha256('f'), 1, 600)"
ARTICLE = (
    "INSERT INTO articles (link_id, url_key, url, final_url, title, text, word_count, content_hash, extractor, fetched_at)"
    " VALUES ({link}, sha256('{key}'), 'u', 'u', 't', '{text}', 1, sha256('x'), 'e', now())"
)

REFUSED = {
    "a host twice": (HOST, errors.UniqueViolation),
    "a link twice": (LINK, errors.UniqueViolation),
    "a feed twice": (FEED, errors.UniqueViolation),
    "a link of no host": (LINK.replace("sha256('1'), 1", "sha256('3'), 99"), errors.ForeignKeyViolation),
    "a key that is no sha-256": (LINK.replace("sha256('1')", "'\\x00'"), errors.CheckViolation),
    "a state that is none": ("UPDATE links SET state = 'lost'", errors.CheckViolation),
    "a running link without a lease": ("UPDATE links SET state = 'running'", errors.CheckViolation),
    "a waiting link with a claim": ("UPDATE links SET dispatch_id = gen_random_uuid()", errors.CheckViolation),
    "a failure without a code": ("UPDATE links SET state = 'failed'", errors.CheckViolation),
    "a link that waits for extraction": ("UPDATE links SET stage = 'extract'", errors.CheckViolation),
    "a feed state that is none": ("UPDATE feeds SET state = 'dead'", errors.CheckViolation),
    "a running feed without a claim": ("UPDATE feeds SET phase = 'running'", errors.CheckViolation),
    "two articles of one link": (ARTICLE.format(link=1, key="b", text="t"), errors.UniqueViolation),
    "an article without a text": (ARTICLE.format(link=2, key="b", text=""), errors.CheckViolation),
    "two articles of one address": (ARTICLE.format(link=2, key="a", text="t"), errors.UniqueViolation),
    "an article of no link": (ARTICLE.format(link=99, key="b", text="t"), errors.ForeignKeyViolation),
    "a sighting of no link": ("INSERT INTO sightings (feed_id, link_id) VALUES (1, 99)", errors.ForeignKeyViolation),
    "a page of no link": (
        "INSERT INTO pages (link_id, url, final_url, status, headers, hops, body, size, sha256) VALUES (99, 'u', 'u', 200, '{}', '[]', '', 0, '')",
        errors.ForeignKeyViolation,
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(what: str, conn: psycopg.Connection) -> None:
    for statement in (HOST, LINK, LINK.replace("1'", "2'"), FEED, ARTICLE.format(link=1, key="a", text="t")):
        conn.execute(statement)
    statement, refusal = REFUSED[what]
    with pytest.raises(refusal):
        conn.execute(statement)

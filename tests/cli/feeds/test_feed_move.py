"""feeds move: the new address is looked at first."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.store.feeds import feeds
from tests.cli.conftest import Newsmill

OLD = "https://old.example/feed"


def test_a_feed_moves_to_where_a_feed_is(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    number, _ = feeds.add(conn, OLD)
    said = stack("feeds", "move", OLD, f"{site}/moved")
    assert (said.code, said.out) == (0, f"moved: feed {number} is {site}/feed\n"), "/moved says that it has moved for good"
    assert [feed.url for feed in feeds.listing(conn)] == [f"{site}/feed"]


@pytest.mark.parametrize(("path", "why"), [("/missing", "404"), ("/one", "feed")])
def test_a_feed_does_not_move_to_where_none_is(stack: Newsmill, conn: psycopg.Connection, site: str, path: str, why: str) -> None:
    number, _ = feeds.add(conn, OLD)
    said = stack("feeds", "move", OLD, site + path)
    assert said.code == 1
    assert said.err.startswith(f"Not moved: there is no feed at {site}{path}: ")
    assert said.err.endswith(f"; `newsmill feeds move --no-check {number} {site}{path}` moves it anyway.\n")
    assert why in said.err
    assert [feed.url for feed in feeds.listing(conn)] == [OLD]
    for option in ("--no-check", "--force"):
        assert stack("feeds", "move", OLD, f"{site}{path}", option).code == 0

"""`newsmill doctor --search`."""

from __future__ import annotations

import psycopg

from tests.cli.conftest import Newsmill, stored


def test_doctor_says_and_mends_it(stack: Newsmill, conn: psycopg.Connection) -> None:
    lost = stored(conn, "http://a.example/1")
    stored(conn, "http://a.example/2")
    conn.execute("DELETE FROM search WHERE article_id = %s", (lost,))
    said = stack("doctor", "--search")
    assert said.code == 1
    assert "fail  lost: articles without words: 1" in said.out
    assert "ok    orphaned: found articles that do not exist: none" in said.out
    mended = stack("doctor", "--search", "--mend")
    assert mended.code == 0, mended.out
    assert "the words of 1 article were rewritten" in mended.out
    assert stack("doctor", "--mend").code == 2

"""backup and restore: a round trip, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from cli.commands.admin import backup_manifest, postgres_tools
from cli.local.services import embedded
from pipeline.extract.rights.reservations import Reservation
from pipeline.feeds.options import Options
from pipeline.jobs import Page
from pipeline.settings import Settings
from pipeline.store.articles import pages
from pipeline.store.db import schema
from pipeline.store.feeds import feeds
from pipeline.store.links import links
from pipeline.store.maintenance import migrate
from tests.cli.conftest import Newsmill, ended, stored, waiting
from tests.conftest import with_database

A, B, C, D = (f"https://{host}.example/1" for host in "abcd")


@pytest.fixture
def filled(stack: Newsmill, conn: psycopg.Connection) -> Newsmill:
    """A database with something of everything: feeds, links in several states, articles, pages in months and in no month, reservations."""
    number, _ = feeds.add(conn, "https://a.example/feed", title="A", tags=["x"], own=Options(min_interval_s=900, headers=(("X-Key", "s"),)))
    feeds.add(conn, "https://b.example/feed", paused=True)
    feeds.move(conn, number, "https://a.example/new")
    stored(conn, A, title="One", reservations=(Reservation("tdm-reservation", "1", "header"),))
    stored(conn, B, title="Two — „zwei“")
    ended(conn, C, "failed", "http_404")
    waiting(conn, "https://e.example/1")
    needed = waiting(conn, D)
    conn.execute("INSERT INTO sightings (feed_id, link_id) SELECT %s, link_id FROM articles", (number,))
    for link, url in conn.execute("SELECT id, url FROM links WHERE state IN ('stored', 'waiting')").fetchall():
        if not url.startswith("https://e"):
            pages.insert(conn, link, Page(url, url, 200, {"content-type": "text/html"}, (), os.urandom(3000)))
    conn.execute("UPDATE links SET state = 'fetched', stage = 'extract' WHERE id = %s", (needed,))
    conn.execute(
        "INSERT INTO pages (link_id, fetched_at, url, final_url, status, headers, hops, body, size, sha256)"
        " SELECT link_id, '2001-01-01', url, final_url, status, headers, hops, body, size, sha256 FROM pages LIMIT 1"
    )
    return stack


def content(url: str) -> dict[str, object]:
    """Everything in a database, so that two can be compared: rows of each table, sequences, partitions, indexes and constraints."""
    found: dict[str, object] = {}
    with psycopg.connect(url) as conn:
        names = [
            row[0] for row in conn.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        ]
        for name in names:
            query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(name))
            found[name] = [row[0] for row in conn.execute(query)]
        found["sequences"] = conn.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
        found["partitions"] = conn.execute(
            "SELECT relname, pg_get_expr(relpartbound, oid) FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1"
        ).fetchall()
        found["indexes"] = conn.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1").fetchall()
        found["constraints"] = conn.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
        ).fetchall()
    found.pop("yoyo_lock", None)
    return found


@pytest.fixture
def empty(settings: Settings) -> Iterator[str]:
    """The address of an empty database."""
    name = settings.database_url.rpartition("/")[2] + "_new"
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield with_database(settings.database_url, name)
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on the settings name another Postgres, or none."""

    def name(url: str) -> None:
        monkeypatch.setenv("NEWSMILL_DATABASE_URL", url)

    return name


def test_a_database_comes_back_as_it_was(
    filled: Newsmill, settings: Settings, empty: str, elsewhere: Callable[[str], None], tmp_path: Path
) -> None:
    said = filled("backup", "copy")
    assert (said.code, said.err) == (0, "")
    assert said.lines[-1].startswith("backed up: 2 articles, 5 links, 2 feeds, ")
    elsewhere(empty)
    said = filled("restore", "copy")
    assert (said.code, said.err) == (0, "")
    assert said.lines[-1].startswith("restored: 2 articles, 5 links, 2 feeds, as they were at ")
    assert content(empty) == content(settings.database_url)
    with psycopg.connect(empty, autocommit=True) as conn:
        (fresh,) = links.enqueue(conn, [links.address("https://new.example/1")])
        assert conn.execute("SELECT max(id) FROM links").fetchone() == (fresh.id,), "numbers go on"


def test_an_embedded_postgres_is_made_of_a_backup_and_backed_up_again(
    filled: Newsmill, settings: Settings, elsewhere: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "newsmill.toml").write_text("[fetch]\nmin_gap_s = 7\n")
    assert filled("backup", "copy").code == 0
    before = content(settings.database_url)
    elsewhere("")
    (tmp_path / "new" / "restore.new" / "postgres").mkdir(parents=True)  # what an interrupted restore left
    assert filled("--data", "new", "restore", "copy").code == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} >= {"postgres", "services.json", "newsmill.toml"}
    assert not (tmp_path / "new" / "restore.new").exists()
    assert "is in use" in filled("--data", "new", "restore", "copy").err
    assert filled("--data", "new", "backup", "again").code == 0, "it is started for as long"
    with embedded(tmp_path / "new", fsync=False, valkey=False) as running:
        assert content(running.database_url) == before
        said = filled("--data", "new", "backup", "running")
        assert (said.code, said.err) == (0, "")
    assert (
        backup_manifest.read(tmp_path / "again").rows
        == backup_manifest.read(tmp_path / "copy").rows
        == backup_manifest.read(tmp_path / "running").rows
    )


def test_without_raw_pages_those_that_extraction_needs_are_kept(
    filled: Newsmill, conn: psycopg.Connection, settings: Settings, empty: str, elsewhere: Callable[[str], None], tmp_path: Path
) -> None:
    assert filled("backup", "copy", "--without-pages").code == 0
    elsewhere(empty)
    assert filled("restore", "copy").code == 0
    with psycopg.connect(empty) as restored:
        query = "SELECT p.* FROM pages p JOIN links l ON l.id = p.link_id WHERE l.url = %s"
        assert restored.execute(query, (D,)).fetchall() == conn.execute(query, (D,)).fetchall()
        assert restored.execute("SELECT count(*) FROM pages").fetchone() == (1,)
    before, after = content(settings.database_url), content(empty)
    assert {name for name in before if before[name] != after[name]} == {
        name for name in before if name.startswith("pages_") and before[name]
    }


def test_a_newer_newsmill_brings_an_older_backup_up_to_date(
    newsmill: Newsmill, empty: str, settings: Settings, elsewhere: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for file in sorted(migrate.FOLDER.glob("*.sql"))[:-2]:
        shutil.copy(file, older)
    elsewhere(empty)
    with monkeypatch.context() as then:
        then.setattr(migrate, "FOLDER", older)
        then.setattr(schema, "FOLDER", older)
        migrate.migrate(empty)
    assert newsmill("backup", "copy").code == 0
    elsewhere("")
    said = newsmill("--data", "new", "restore", "copy")
    assert (said.code, said.err) == (0, "")
    assert "brought the tables up to date: " in said.out
    with embedded(tmp_path / "new", fsync=False, valkey=False) as running, psycopg.connect(running.database_url) as conn:
        assert schema.pending(conn) == []


def changed(folder: Path, **fields: object) -> None:
    file = folder / "backup.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def cut(folder: Path) -> None:
    largest = max((folder / "dump").iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda folder: (folder / "backup.json").unlink(), "contains an interrupted backup, which cannot be used"),
        (lambda folder: shutil.rmtree(folder), "There is no folder copy; name a folder that `newsmill backup` has created."),
        (lambda folder: (shutil.rmtree(folder), folder.mkdir()), "copy contains no backup"),
        (lambda folder: (folder / "backup.json").write_text("{"), "backup.json cannot be read"),
        (lambda folder: changed(folder, migrations=["0001-foundation", "9999-later"]), "which is newer (9999-later)"),
        (lambda folder: changed(folder, format=99), "restore it with that version or a newer one"),
        (lambda folder: changed(folder, postgres=99), "The backup comes from Postgres 99, but this is Postgres "),
        (lambda folder: changed(folder, pg_dump=99), "Postgres 99 is needed; install the client programs of Postgres 99"),
        (cut, "is damaged: dump/"),
        (lambda folder: changed(folder, rows={"links": 77}), "is damaged: links does not have as many rows as before"),
    ],
)  # fmt: skip
def test_a_backup_that_cannot_be_used_is_refused_in_a_sentence(
    filled: Newsmill, empty: str, elsewhere: Callable[[str], None], tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    assert filled("backup", "copy").code == 0
    spoil(tmp_path / "copy")
    elsewhere(empty)
    said = filled("restore", "copy")
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert sentence in said.err


def test_a_restore_goes_into_nothing_that_is_in_use(filled: Newsmill, tmp_path: Path) -> None:
    assert filled("backup", "copy").code == 0
    said = filled("restore", "copy")
    assert (said.code, said.err) == (
        1,
        "The database of NEWSMILL_DATABASE_URL is not empty; create a new one with createdb and use that.\n",
    )


def test_a_backup_is_written_over_nothing(filled: Newsmill, tmp_path: Path) -> None:
    (tmp_path / "copy" / "dump").mkdir(parents=True)
    assert filled("backup", "copy").err == "copy contains an interrupted backup; remove it, or name another folder.\n"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letters.txt").write_text("dear")
    assert filled("backup", "full").err == "full is not empty; name a new folder, so that no backup is overwritten.\n"


def test_the_programs_of_postgres_are_asked_for_where_there_are_none_or_only_old_ones(
    filled: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_tools, "_places", lambda name: iter(()))
    said = filled("backup", "copy")
    assert said.code == 1
    assert said.err.startswith("There is no pg_dump on this machine; install the client programs of Postgres ")
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6'\n")
    old.chmod(0o755)
    monkeypatch.setattr(postgres_tools, "_places", lambda name: iter((old,)))
    assert filled("backup", "copy").err.startswith("pg_dump on this machine belongs to Postgres 9, but Postgres ")
    assert not (tmp_path / "copy").exists(), "nothing was begun"


def test_a_dump_that_fails_leaves_no_manifest_and_its_log(filled: Newsmill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 99.1' && exit\necho 'a long story' >&2\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setattr(postgres_tools, "_places", lambda name: iter((failing,)))
    said = filled("backup", "copy")
    assert (said.code, said.err) == (1, "failing stopped with an error, see copy/pg_dump.log; nothing was changed.\n")
    assert (tmp_path / "copy" / "pg_dump.log").read_text() == "a long story\n"
    assert not (tmp_path / "copy" / "backup.json").exists()


def test_no_password_is_on_a_command_line(filled: Newsmill, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spy = tmp_path / "spy"
    spy.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo \'pg_dump (PostgreSQL) 99.1\' && exit\necho "$@" > {tmp_path}/seen\nexit 1\n')
    spy.chmod(0o755)
    monkeypatch.setattr(postgres_tools, "_places", lambda name: iter((spy,)))
    filled("backup", "copy")
    password = psycopg.conninfo.conninfo_to_dict(settings.database_url)["password"]
    seen = (tmp_path / "seen").read_text()
    assert "--snapshot=" in seen
    assert str(password) not in seen

"""Each article belongs to the source whose name fits its address best, whatever happens to sources, and whenever the work is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading

import psycopg
import pytest

from pipeline.normalise.outlets import names
from pipeline.search.parse import parse
from pipeline.settings import Settings
from pipeline.sources.fields import WrongValue
from pipeline.store.db.pool import connect
from pipeline.store.search import counting, filling
from pipeline.store.search.checking import check
from pipeline.store.sources import following, sources
from pipeline.store.sources.sources import Given
from tests.cli.conftest import stored
from tests.paths import REPOSITORY

URLS = [f"https://{host}/{path}" for host in ("www.a.example", "sub.a.example", "b.example") for path in ("1", "sport/2", "sport/tennis/3")]


def of_articles(conn: psycopg.Connection) -> dict[str, str | None]:
    """The source of each article, where the article and its row in search say the same."""
    return dict(
        conn.execute(
            """
            SELECT a.final_url, o.name FROM articles a JOIN search s ON s.article_id = a.id AND s.source_id IS NOT DISTINCT FROM a.source_id
            LEFT JOIN sources o ON o.id = a.source_id
            """
        ).fetchall()
    )


def expected(conn: psycopg.Connection) -> dict[str, str | None]:
    """The same by the rule itself: the first of the names of the address that is a source."""
    known = {name for (name,) in conn.execute("SELECT name FROM sources WHERE NOT removed")}
    urls = [url for (url,) in conn.execute("SELECT final_url FROM articles")]
    return {url: next(name for name in names(url) if name in known) for url in urls}


@pytest.fixture
def archive(conn: psycopg.Connection) -> psycopg.Connection:
    for url in URLS:
        stored(conn, url)
    return conn


def test_articles_go_to_a_source_that_comes_and_back_when_it_goes(archive: psycopg.Connection) -> None:
    assert set(of_articles(archive).values()) == {"a.example", "b.example"}
    sources.save(archive, [Given("a.example/sport"), Given("sub.a.example")])
    assert following.follow_all(archive) == 5
    assert of_articles(archive) == expected(archive)
    assert of_articles(archive)["https://sub.a.example/sport/2"] == "sub.a.example"
    assert counting.count(archive, parse("source:a.example/sport").tree).total.value == 2
    sources.remove(archive, "sub.a.example")
    assert following.follow_all(archive) == 3
    assert of_articles(archive) == expected(archive)
    assert sources.find(archive, "sub.a.example") is None
    assert check(archive).wrong == 0


def test_a_source_with_another_name_loses_and_gains_articles(archive: psycopg.Connection) -> None:
    sources.save(archive, [Given("a.example/sport", {"country": "DE"})])
    following.follow_all(archive)
    with pytest.raises(WrongValue, match=r"There is a source b\.example already"):
        sources.rename(archive, "a.example/sport", "b.example")
    sources.rename(archive, "a.example/sport", "b.example/sport")
    following.follow_all(archive)
    assert of_articles(archive) == expected(archive)
    assert counting.count(archive, parse("country:DE").tree).total.value == 2


def test_a_site_with_articles_keeps_a_source_with_its_name_alone(archive: psycopg.Connection) -> None:
    sources.save(archive, [Given("b.example", {"country": "DE"}, ("North",))])
    assert sources.remove(archive, "b.example")
    assert not sources.remove(archive, "b.example")
    following.follow_all(archive)
    left = sources.find(archive, "b.example")
    assert left is not None
    assert (left.country, left.collections, left.articles) == ("", [], 3)


def test_collections_and_countries_are_asked_for_as_soon_as_they_are_said(archive: psycopg.Connection) -> None:
    sources.save(archive, [Given("b.example", {"country": "FR"}, ("Papers",))])
    assert counting.count(archive, parse("country:FR").tree).total.value == 3
    assert counting.count(archive, parse("collection:papers").tree).total.value == 3
    assert counting.count(archive, parse("NOT collection:papers").tree).total.value == 6


def test_an_article_that_is_being_stored_does_not_miss_a_source_that_comes(settings: Settings, archive: psycopg.Connection) -> None:
    """Whoever brings a source waits for it."""
    with connect(settings) as storing:
        with storing.transaction():
            stored(storing, "https://a.example/sport/new")
            adding = threading.Thread(target=_add, args=(settings,))
            adding.start()
            while not archive.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").rowcount:
                assert adding.is_alive()
        adding.join(60)
    assert of_articles(archive) == expected(archive)
    assert of_articles(archive)["https://a.example/sport/new"] == "a.example/sport"


def _add(settings: Settings) -> None:
    with connect(settings) as conn:
        sources.save(conn, [Given("a.example/sport")])
        following.follow_all(conn)


FOLLOW = """
import sys
from pipeline.settings import Settings
from pipeline.store.db.pool import connect
from pipeline.store.sources import following
with connect(Settings(database_url=sys.argv[1])) as conn:
    for step in following.follow(conn, batch=1):
        print(step.looked, flush=True)
"""


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_point_it_ends_as_if_it_had_not_been(settings: Settings, archive: psycopg.Connection, seed: int) -> None:
    sources.save(archive, [Given("a.example/sport"), Given("sub.a.example/sport/tennis"), Given("b.example/sport")])
    rng = random.Random(seed)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", FOLLOW, settings.database_url], stdout=subprocess.PIPE, cwd=REPOSITORY, text=True
        ) as child:
            assert child.stdout is not None
            for _ in range(rng.randrange(1, 4)):
                child.stdout.readline()
            child.kill()
        if rng.random() < 0.5:
            sources.remove(archive, rng.choice(["a.example/sport", "b.example/sport"]))
    following.follow_all(archive)
    assert of_articles(archive) == expected(archive)
    assert len(of_articles(archive)) == len(URLS)
    assert archive.execute("SELECT FROM source_changes").rowcount == 0
    assert archive.execute("SELECT FROM sources WHERE removed").rowcount == 0
    assert check(archive).wrong == 0
    before = of_articles(archive)
    following.begin_all(archive)
    assert following.follow_all(archive) == 0
    assert of_articles(archive) == before


def test_articles_of_earlier_versions_get_their_source_with_their_words(archive: psycopg.Connection) -> None:
    archive.execute("UPDATE articles SET search_at = NULL, source_id = NULL")
    sources.save(archive, [Given("a.example/sport")])
    sum(filling.fill(archive))
    assert of_articles(archive) == expected(archive)

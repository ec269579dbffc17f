"""add and import: feeds found, refused, known."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from pipeline.feeds import options
from pipeline.store.feeds import feeds
from tests.cli.conftest import Newsmill
from tests.cli.feeds.small_site import PAGES, Site, page, serving


def urls(conn: psycopg.Connection) -> list[str]:
    return sorted(feed.url for feed in feeds.listing(conn))


def test_a_feed_is_added_with_what_it_says_of_itself(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    said = stack("add", f"{site}/feed", "--tag", "local", "--tag", "daily")
    (feed,) = feeds.listing(conn)
    assert (said.code, said.out) == (0, f"added: {site}/feed is feed {feed.id} (River Post, 2 entries)\n")
    assert (feed.title, feed.site_url, feed.tags) == ("River Post", "http://river.example/", ["local", "daily"])


def test_a_site_that_announces_a_feed_elsewhere_is_spoken_for_by_it(stack: Newsmill, conn: psycopg.Connection) -> None:
    with serving({"/feed": PAGES["/feed"]}) as proxy, serving({"/": (200, "text/html", page(f"{proxy.url}/feed"))}) as site:
        assert stack("add", f"{site.url}/").code == 0
        assert conn.execute("SELECT site, page_url FROM announcements").fetchall() == [(site.url.removeprefix("http://"), f"{site.url}/")]
        assert stack("add", f"{proxy.url}/feed").code == 0
    assert conn.execute("SELECT count(*) FROM announcements").fetchone() == (1,)


def test_what_is_known_is_not_fetched_again(stack: Newsmill, conn: psycopg.Connection) -> None:
    number, _ = feeds.add(conn, "http://127.0.0.1:1/feed")
    said = stack("add", "http://127.0.0.1:1/feed")
    assert (said.code, said.out) == (0, f"known: http://127.0.0.1:1/feed is feed {number}\n")


def test_the_only_feed_of_a_site_is_found(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    assert stack("add", f"{site}/one").code == 0
    assert urls(conn) == [f"{site}/feed"]


@pytest.mark.parametrize(("option", "found"), [("--first", ["/feed"]), ("--all", ["/feed", "/other", "/third"])])
def test_of_several_feeds_the_wanted_ones_are_taken(
    stack: Newsmill, conn: psycopg.Connection, site: str, option: str, found: list[str]
) -> None:
    assert stack("add", f"{site}/several", option).code == 0
    assert urls(conn) == [site + path for path in found]


def test_several_feeds_are_listed_where_nobody_can_be_asked(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    said = stack("add", f"{site}/several")
    assert said.code == 2
    assert [f"{site}{path}" in said.out for path in ("/feed", "/other", "/third")] == [True] * 3
    assert f"newsmill add --first {site}/several" in said.err
    assert f"newsmill add --all {site}/several" in said.err
    assert urls(conn) == []


@pytest.mark.parametrize(
    ("answer", "found"), [("\n", ["/feed"]), ("2,3\n", ["/other", "/third"]), ("all\n", ["/feed", "/other", "/third"]), ("none\n", [])]
)
def test_a_person_is_asked(
    stack: Newsmill, conn: psycopg.Connection, site: str, monkeypatch: pytest.MonkeyPatch, answer: str, found: list[str]
) -> None:
    monkeypatch.setattr("cli.commands.feeds.add_feeds.somebody_is_there", lambda: True)
    assert stack("add", f"{site}/several", given=answer).code == 0
    assert urls(conn) == [site + path for path in found]


def test_an_answer_that_names_no_feed_adds_none(
    stack: Newsmill, conn: psycopg.Connection, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.commands.feeds.add_feeds.somebody_is_there", lambda: True)
    for answer in ("9\n", "0\n", "-1\n", "x\n"):
        assert stack("add", f"{site}/several", given=answer).code == 1
    assert urls(conn) == []


def test_what_is_announced_but_no_feed_is_not_added(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    said = stack("add", f"{site}/half", "--all")
    assert (said.code, said.err) == (1, f"not added: {site}/missing: The server answered 404.\n")
    assert urls(conn) == [f"{site}/feed"]


HOME = (200, "text/html", page())
NEWS = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>http://river.example/1</loc><news:news><news:publication><news:name>River Post</news:name><news:language>en</news:language>
</news:publication><news:publication_date>2026-11-20</news:publication_date><news:title>One</news:title></news:news></url></urlset>"""
ALL_PAGES = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://river.example/about</loc></url></urlset>'


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ({"/": (200, "text/html", b'<a href="/rss/politics">RSS</a><a href="/rss/all">RSS</a>'), "/rss/all": PAGES["/feed"]}, "/rss/all"),
        ({"/": HOME, "/rss.xml": PAGES["/feed"]}, "/rss.xml"),
        ({"/": HOME, "/robots.txt": (200, "text/plain", b"Sitemap: /all.xml\nSitemap: /x/news.xml"), "/all.xml": (200, "text/xml", ALL_PAGES),
          "/x/news.xml": (200, "text/xml", NEWS)}, "/x/news.xml"),
        ({"/": HOME, "/sitemap-news.xml": (200, "text/xml", NEWS)}, "/sitemap-news.xml"),
    ],
    ids=["a link of the page", "a usual place", "a Sitemap line", "a usual news sitemap"],
)  # fmt: skip
def test_a_feed_that_the_page_does_not_announce_is_found(
    stack: Newsmill, conn: psycopg.Connection, pages: dict[str, tuple[int, str, bytes]], found: str
) -> None:
    with serving(pages) as quiet:
        said = stack("add", quiet.url)
        assert (said.code, urls(conn)) == (0, [quiet.url + found]), said.err
        assert quiet.asked.count(found) == 1
        assert len(set(quiet.asked)) == len(quiet.asked), "nothing is asked for twice"


def test_an_index_of_sitemaps_is_a_feed_whose_first_poll_is_due(stack: Newsmill, conn: psycopg.Connection) -> None:
    pages = {"/": HOME, "/robots.txt": (200, "text/plain", b"Sitemap: /index.xml")}
    with serving(pages) as quiet:
        listed = f"<sitemapindex><sitemap><loc>{quiet.url}/news.xml</loc></sitemap></sitemapindex>"
        quiet.pages["/index.xml"] = (200, "text/xml", listed.encode())
        said = stack("add", quiet.url)
        assert (said.code, urls(conn)) == (0, [f"{quiet.url}/index.xml"]), said.err
    assert "(1 sitemap)" in said.out
    assert conn.execute("SELECT next_poll_at <= now() FROM feeds").fetchone() == (True,)


def test_a_site_below_a_path_is_looked_at_there_first(stack: Newsmill, conn: psycopg.Connection) -> None:
    with serving({"/blog/": HOME, "/blog/feed": PAGES["/feed"], "/feed": PAGES["/feed"]}) as blog:
        assert stack("add", f"{blog.url}/blog/").code == 0
        assert urls(conn) == [f"{blog.url}/blog/feed"]


def test_where_no_feed_is_found_it_is_said_what_was_tried(stack: Newsmill, conn: psycopg.Connection) -> None:
    with serving({"/": HOME, "/robots.txt": (200, "text/plain", b"User-agent: *\nDisallow: /feeds\nSitemap: /all.xml")}) as bare:
        said = stack("add", bare.url)
    assert (said.code, len(said.err.splitlines()), urls(conn)) == (1, 1, [])
    assert "the address itself (The body is an HTML page, not a feed)" in said.err
    assert "no links of the page that look like feeds" in said.err
    assert f"{bare.url}/rss.xml, {bare.url}/feed.xml" in said.err
    assert f"not {bare.url}/feeds, which robots.txt disallows" in said.err
    assert "1 Sitemap line of robots.txt" in said.err
    assert "/feeds" not in bare.asked


def test_a_site_that_refuses_guesses_gets_no_more_of_them(stack: Newsmill, conn: psycopg.Connection) -> None:
    with serving({"/": HOME, "/rss": (429, "text/html", b"enough")}) as tired:
        said = stack("add", tired.url)
    assert (said.code, tired.asked) == (1, ["/", "/robots.txt", "/feed", "/rss"])
    assert f"nothing more, since {tired.url}/rss was refused" in said.err


def test_a_tag_goes_to_a_known_feed_too(stack: Newsmill, conn: psycopg.Connection) -> None:
    number, _ = feeds.add(conn, "http://127.0.0.1:1/feed", tags=["daily"])
    said = stack("add", "http://127.0.0.1:1/feed", "--tag", "local", "--tag", "daily")
    assert (said.code, said.out) == (0, f"known: http://127.0.0.1:1/feed is feed {number}, now tagged local; daily\n")
    assert feeds.listing(conn)[0].tags == ["daily", "local"]
    assert stack("import", "-", "--tag", "listed", given="http://127.0.0.1:1/feed\n").code == 0
    assert feeds.listing(conn)[0].tags == ["daily", "local", "listed"]


def test_a_known_feed_of_a_site_is_not_fetched_again(stack: Newsmill, conn: psycopg.Connection, served: Site) -> None:
    feeds.add(conn, f"{served.url}/feed")
    assert "known: " in stack("add", f"{served.url}/one").out
    assert served.asked == ["/one"]


@pytest.mark.parametrize(("path", "why"), [("/missing", "404"), ("/broken", "503")])
def test_what_is_no_feed_is_not_added_and_the_reason_said(
    stack: Newsmill, conn: psycopg.Connection, site: str, path: str, why: str
) -> None:
    said = stack("add", f"{site}{path}", f"{site}/feed")
    assert said.code == 1
    assert said.err.startswith(f"not added: {site}{path}: ")
    assert why in said.err
    assert len(said.err.splitlines()) == 1
    assert urls(conn) == [f"{site}/feed"]


@pytest.mark.parametrize("bad", ["ftp://a.example/feed", "http://10.0.0.1/feed", "https://exa mple/feed"])
def test_what_must_not_be_fetched_is_refused(stack: Newsmill, conn: psycopg.Connection, bad: str) -> None:
    said = stack("add", bad)
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert urls(conn) == []


def test_no_check_adds_without_fetching(stack: Newsmill, conn: psycopg.Connection) -> None:
    assert stack("add", "http://127.0.0.1:1/feed", "--no-check").code == 0
    assert stack("add", "news.example/feed", "--no-check").code == 0
    assert urls(conn) == ["http://127.0.0.1:1/feed", "https://news.example/feed"]


def test_an_address_as_browsers_once_wrote_subscriptions(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    assert stack("add", site.replace("http:", "feed:") + "/feed").code == 0
    assert urls(conn) == [f"{site}/feed"]


def test_a_lasting_move_is_followed_for_good_and_a_passing_one_is_not(stack: Newsmill, conn: psycopg.Connection, site: str) -> None:
    stack("add", f"{site}/moved", f"{site}/elsewhere")
    assert urls(conn) == [f"{site}/elsewhere", f"{site}/feed"]


OPML = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="World"><outline type="rss" text="A feed" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"/></outline>
<outline type="rss" text="B feed" xmlUrl="https://b.example/feed"/>
</body></opml>"""


def test_opml_is_imported_and_a_second_time_known(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_bytes(OPML)
    assert stack("import", str(file), "--tag", "mine").lines == [
        "line 3: new: https://a.example/feed is feed 1",
        "line 4: new: https://b.example/feed is feed 2",
        "2 new, 0 known, 0 refused",
    ]
    again = stack("import", str(file))
    assert (again.code, again.lines[0], again.lines[-1]) == (
        0,
        "line 3: known: https://a.example/feed is feed 1",
        "0 new, 2 known, 0 refused",
    )
    assert urls(conn) == ["https://a.example/feed", "https://b.example/feed"]
    feed = feeds.listing(conn)[0]
    assert (feed.title, feed.site_url) == ("A feed", "https://a.example/")
    assert "mine" in feed.tags


def test_what_is_refused_is_said_line_by_line_and_the_rest_taken(stack: Newsmill, conn: psycopg.Connection) -> None:
    said = stack("import", "-", given="https://a.example/feed\nftp://b.example/feed\nhttps://c.example/feed\n")
    assert said.code == 1
    assert said.lines[-1] == "2 new, 0 known, 1 refused"
    assert said.err == "line 2: 'ftp://b.example/feed' is not an http or https address.\n"
    assert urls(conn) == ["https://a.example/feed", "https://c.example/feed"]


def test_a_file_that_is_no_list_is_told_once(stack: Newsmill, conn: psycopg.Connection) -> None:
    said = stack("import", "-", given="# A heading\nSome prose of a README.\n\nAnd more of it.\n```\nmake up\n```\n")
    assert (said.code, urls(conn)) == (1, [])
    assert said.err == "This is no list of feeds: no line names one; 5 lines are not addresses, starting with line 2.\n"


def test_a_file_that_is_not_there(stack: Newsmill) -> None:
    said = stack("import", "nowhere.opml")
    assert (said.code, said.err) == (1, "nowhere.opml cannot be used: No such file or directory.\n")


def test_export_can_be_imported(stack: Newsmill, conn: psycopg.Connection, tmp_path: Path) -> None:
    own = options.Options(min_interval_s=900, headers=(("X-Key", "s3cret"),), exclude=("/sport/", "/video/"), articles="feed")
    feeds.add(conn, "https://a.example/feed", title="A & B", tags=["x", "y"], own=own, paused=True)
    feeds.add(conn, "https://b.example/feed", site_url="https://b.example/")
    before = list(feeds.outlines(conn))
    said = stack("export", "--format", "opml", "-o", str(tmp_path / "out.opml"))
    assert said.err == "The list contains the request headers of 1 feed, which may be secrets; do not pass it on.\n"
    stack("feeds", "remove", "--yes", "https://a.example/feed", "https://b.example/feed")
    again = stack("import", str(tmp_path / "out.opml"))
    assert (again.code, again.lines[-1]) == (0, "2 new, 0 known, 0 refused")
    assert list(feeds.outlines(conn)) == before
    assert [feed.state for feed in feeds.listing(conn)] == ["paused", "active"]


def test_a_list_may_be_reported_as_json(stack: Newsmill, conn: psycopg.Connection) -> None:
    known, _ = feeds.add(conn, "https://a.example/feed")
    said = stack("import", "-", "--json", given="https://a.example/feed\nhttps://exa%20mple/feed\nnonsense\n")
    expected = [(1, "known", known), (2, "refused", None), (3, "refused", None)]
    assert (said.code, [(one["line"], one["what"], one["id"]) for one in said.objects]) == (1, expected)
    assert said.objects[1]["detail"]
    assert said.objects[2]["detail"] == "'nonsense' is not an http or https address."
    assert said.err == ""


def test_a_setting_that_cannot_be_is_said_and_the_feed_taken_without_it(stack: Newsmill, conn: psycopg.Connection) -> None:
    said = stack("import", "-", given="url,priority,exclude\nhttps://a.example/feed,99,/sport/ /video/\n")
    assert said.code == 1
    assert "line 2: the feed is added without a setting: priority cannot be '99'" in said.err
    assert said.lines[-1] == "1 new, 0 known, 0 refused"
    assert [outline.options for outline in feeds.outlines(conn)] == [options.Options(exclude=("/sport/", "/video/"))]

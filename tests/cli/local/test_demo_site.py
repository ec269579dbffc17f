"""The bundled newspapers: well-formed feeds, readable pages, and exactly the trouble that the demo promises."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from lxml import etree, html

from cli.demo.papers import FOLDER, read_papers
from cli.demo.run import demo_settings, ended
from cli.demo.site import Site, serving
from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.settings import Settings
from pipeline.store.maintenance.status import STATES, Summary

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving(NOW) as found:
        yield found


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=5)


def links_of(feed: requests.Response) -> list[str]:
    if "json" in feed.headers["Content-Type"]:
        return [item["url"] for item in feed.json()["items"]]
    tree = etree.fromstring(feed.content)
    return [
        url
        for entry in tree.iter("{*}item", "{*}entry")
        for link in entry.findall("{*}link")
        if (url := (link.get("href") or link.text or "").strip())
    ]


def test_there_are_some_tens_of_articles_in_four_languages() -> None:
    papers = read_papers(NOW)
    articles = [article for paper in papers for article in paper.articles]
    assert 24 <= len(articles) <= 30
    assert {paper.language for paper in papers} == {"en", "de", "fr", "es"}
    assert {paper.kind for paper in papers} == {"rss", "atom", "json", "rdf"}
    assert len({article.slug for article in articles}) == len(articles)
    for article in articles:
        assert NOW - timedelta(days=3) < article.published < NOW
        if article.behaviour != "gone":
            assert sum(len(text.split()) for text in article.paragraphs) >= 120, article.slug


def test_every_feed_lists_its_articles_and_no_article_is_left_out(site: Site) -> None:
    listed = [url for feed in site.feeds for url in links_of(get(feed))]
    assert sorted(listed) == sorted(site.articles)


def test_feeds_and_pages_answer_304_to_who_has_them(site: Site) -> None:
    for url in (*site.feeds, site.articles[0]):
        first = get(url)
        again = get(url, **{"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_the_promised_trouble_is_there_once_each() -> None:
    with serving(NOW) as fresh:
        (busy,), (gone,) = fresh.busy, fresh.gone
        assert [get(busy).status_code for _ in range(3)] == [503, 200, 200]
        assert get(gone).status_code == 410
        assert [get(fresh.broken_feed).status_code for _ in range(2)] == [500, 500]
        assert get(fresh.feeds[0].rpartition("/")[0] + "/no/such/page").status_code == 404


def test_each_paper_is_a_host_of_its_own_with_robots(site: Site) -> None:
    hosts = {url.split("/")[2] for url in (*site.feeds, site.broken_feed)}
    assert len(hosts) == 5
    for feed in site.feeds:
        assert get(feed.rpartition("/")[0] + "/robots.txt").text.startswith("User-agent: *")


def test_a_second_site_beside_the_first_takes_other_ports(site: Site) -> None:
    with serving(NOW) as other:
        assert not {url.split("/")[2] for url in other.feeds} & {url.split("/")[2] for url in site.feeds}


def test_newsmill_reads_every_page_whole(site: Site) -> None:
    papers = {article.slug: (paper, article) for paper in read_papers(NOW) for article in paper.articles}
    for url in site.articles:
        paper, article = papers[url.rpartition("/")[2]]
        if article.behaviour == "gone":
            continue
        get(url)  # the first answer of a busy one is no page
        answer = get(url)
        found = extract(Page(url, answer.content, answer.headers["Content-Type"]), Hints(), Settings().extract)
        assert (found.title, found.authors, found.language) == (article.title, (article.author,), paper.language), url
        assert (found.published_at, found.site_name, found.canonical_url) == (article.published, paper.name, url)
        for text in article.paragraphs:
            assert text[:40] in found.text
            assert text[-40:] in found.text


def test_what_the_articles_say_cannot_break_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = '</script><b>&"\\u2028'
    text = (FOLDER / "articles.toml").read_text("utf-8").replace("Ruth Okafor", hostile.replace('"', '\\"'))
    (tmp_path / "articles.toml").write_text(text, "utf-8")
    (tmp_path / "page.html").write_text((FOLDER / "page.html").read_text("utf-8"), "utf-8")
    monkeypatch.setattr("cli.demo.papers.FOLDER", tmp_path)
    with serving(NOW) as broken:
        tree = html.fromstring(get(broken.articles[0]).content)
        assert tree.xpath("string(//*[@rel='author'])") == '</script><b>&"\u2028'
        assert tree.xpath("//b") == []
        assert len(links_of(get(broken.feeds[0]))) == 8


def test_the_demo_opens_loopback_shortens_waits_and_leaves_a_real_database_alone() -> None:
    given = Settings(database_url="postgresql://real/archive", redis_url="redis://real/0")
    found = demo_settings(given)
    assert (found.database_url, found.redis_url) == ("", "")
    assert found.fetch.allow_networks == ["127.0.0.0/8"]
    assert (found.fetch.min_gap_s, found.retry.delays_s, found.retry.late_s) == (0.5, [3, 6, 9], [])
    assert found.fetch.honour_robots


@pytest.mark.parametrize(
    ("links", "failing", "over"),
    [
        ({"stored": 25, "failed": 1}, 1, True),
        ({"stored": 25, "failed": 1}, 0, False),  # the broken feed has not been tried
        ({"stored": 24, "failed": 1, "waiting": 1}, 1, False),
        ({"stored": 24, "failed": 1, "running": 1}, 1, False),
        ({"stored": 20}, 1, False),  # a feed has not been read
    ],
)
def test_the_demo_is_over_when_everything_has_ended(site: Site, links: dict[str, int], failing: int, over: bool) -> None:
    counts = dict.fromkeys(STATES, 0) | links
    summary = Summary({"active": 5, "failing": failing}, counts, {}, 0, 0, 0, 0, [], 0, [], [], [])
    assert ended(site, summary) is over

"""Every format says the same, and what a feed says is read."""

import json
from datetime import UTC, datetime

import pytest

from tests.feeds.documents import RDF, only, read, rss

RSS = rss(
    """<item>
      <title><![CDATA[ Flood & fire in <b>Sarno</b> ]]></title> <link> https://news.example/1 </link>
      <guid isPermaLink="false">tag:1</guid> <pubDate>Mon, 06 May 2024 12:30:00 CEST</pubDate>
      <description>Short</description> <content:encoded>&lt;p&gt;Long and full&lt;/p&gt;</content:encoded>
      <author>desk@news.example (Ada Marín)</author> <dc:creator>Ben Ode</dc:creator>
      <category>Weather</category> <category>Italy</category> <category>Weather</category>
      <media:content url="https://news.example/1.jpg"><media:title>not the title</media:title></media:content>
    </item>""",
    head="<title>News &amp;amp; views</title><link>/</link><language>it-IT</language><ttl>180</ttl>",
)
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="it-IT" xml:base="https://news.example/">
    <title>News &amp; views</title> <link rel="self" href="/feed"/> <link href="/"/> <author><name>Newsroom</name></author>
    <entry><id>tag:1</id> <title type="html">Flood &amp;amp; fire in &lt;b&gt;Sarno&lt;/b&gt;</title>
      <link rel="enclosure" href="/1.mp3"/> <link rel="alternate" type="application/json" href="/1.json"/> <link type="text/html" href="1"/>
      <published>2024-05-06T12:30:00+02:00</published> <summary>Short</summary>
      <content type="image/jpeg">aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</content>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long and full</p></div></content>
      <author><name>Ben Ode</name></author> <author><name>Ada Marín</name></author>
      <category term="w" label="Weather"/> <category term="Italy"/></entry></feed>"""
JSON = json.dumps({
    "version": "https://jsonfeed.org/version/1.1", "title": "News & views", "home_page_url": "https://news.example/", "language": "it-IT",
    "items": [{"id": "tag:1", "url": "../1", "title": "Flood & fire in Sarno", "summary": "Short", "content_html": "<p>Long and full</p>",
               "date_published": "2024-05-06T12:30:00+02:00", "authors": [{"name": "Ben Ode"}, "Ada Marín", 3, None], "tags": ["Weather", 7, []]}],
})  # fmt: skip


@pytest.mark.parametrize(("document", "kind"), [(RSS, "rss"), (ATOM, "atom"), (RDF, "rdf"), (JSON, "json")])
def test_every_format_says_the_same(document, kind):
    feed = read(document)
    assert (feed.kind, feed.title, feed.site_url, feed.language) == (kind, "News & views", "https://news.example/", "it-IT")
    assert feed.problems == ()
    (entry,) = feed.entries
    assert (entry.guid, entry.url, entry.title) == ("tag:1", "https://news.example/1", "Flood & fire in Sarno")
    assert entry.published == datetime(2024, 5, 6, 10, 30, tzinfo=UTC)
    assert entry.summary == "Short"
    assert entry.authors[0] == "Ben Ode"
    assert entry.tags[0] == "Weather"
    if kind != "rdf":
        assert "<p>Long and full</p>" in entry.content
        assert set(entry.authors) == {"Ben Ode", "Ada Marín"}


def test_sitemaps_are_feeds_too():
    feed = read("""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
        <url><loc> https://news.example/1 </loc><lastmod>2024-05-07</lastmod><news:news><news:publication><news:name>News</news:name>
        <news:language>it</news:language></news:publication><news:publication_date>2024-05-06</news:publication_date>
        <news:title>Flood</news:title><news:keywords>Weather, Italy</news:keywords></news:news></url>
        <url><loc>https://news.example/2?a=1&amp;b=2</loc></url></urlset>""")
    first, second = feed.entries
    assert (feed.kind, feed.title, feed.language) == ("sitemap", "News", "it")
    assert (first.url, first.title, first.tags) == ("https://news.example/1", "Flood", ("Weather", "Italy"))
    assert (first.published, first.updated) == (datetime(2024, 5, 6, tzinfo=UTC), datetime(2024, 5, 7, tzinfo=UTC))
    assert second.url == "https://news.example/2?a=1&b=2"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<item><link>/a</link></item>", "https://news.example/a"),
        ("<item><link>a?b=1&amp;c=2</link></item>", "https://news.example/feeds/a?b=1&c=2"),
        ("<item><link>\n https://x.example/a\n b </link></item>", "https://x.example/a b"),
        ('<item xml:base="https://base.example/x/"><link>y</link></item>', "https://base.example/x/y"),
        ("<item><guid>https://x.example/g</guid></item>", "https://x.example/g"),
        ('<item><guid isPermaLink="false">https://x.example/g</guid></item>', ""),
        ("<item><guid>4711</guid></item>", ""),
        ("<item><guid/><link/></item>", ""),
        ("<item><atom:link rel='replies' href='/r'/><atom:link href='/l'/></item>", "https://news.example/l"),
        ("<item><media:content><link>https://x.example/no</link></media:content></item>", ""),
        ("<item><link>http://[broken</link></item>", "http://[broken"),
    ],
)
def test_where_an_article_is(item, url):
    assert only(rss(item)).url == url


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("AT&amp;amp;T", "AT&T"),
        ("AT&amp;amp;amp;T", "AT&T"),
        ("a &lt; b and c &gt; d", "a < b and c > d"),
        ("&lt;i&gt;La&lt;/i&gt; Stampa", "La Stampa"),
        ("List&lt;String&gt;", "List<String>"),
        ("&#147;Hi&#148;", "“Hi”"),
        ("a\n\n  b", "a b"),
        ("<![CDATA[Q&A&nbsp;now]]>", "Q&A now"),
        ("Flood&lt;script>alert('x')&lt;/script> in town", "Flood in town"),
        ("Flood <![CDATA[<style>b {}</style><b>in</b> town<script>x()]]>", "Flood in town"),
    ],
)
def test_titles_are_plain_text(raw, title):
    assert only(rss(f"<item><title>{raw}</title></item>")).title == title


@pytest.mark.parametrize(
    ("inside", "title", "content"),
    [
        ('<title mode="base64"> Rmxvb2QgPGI+\n d2FybmluZzwvYj4= </title>', "Flood warning", ""),
        ('<title type="application/octet-stream">Rmxvb2Q=</title>', "Flood", ""),
        ('<title type="application/octet-stream">Flood</title>', "Flood", ""),
        ('<content type="text/html" mode="base64">PHA+TG9uZzwvcD4=</content>', "", "<p>Long</p>"),
        ('<content type="image/png">PHA+TG9uZzwvcD4=</content>', "", ""),
        ('<title type="xhtml"><div>A &lt; <i>B</i><script>x()</script></div></title>', "A < B", ""),
    ],
)
def test_atom_says_how_its_text_is_written(inside, title, content):
    entry = only(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{inside}</entry></feed>')
    assert (entry.title, entry.content) == (title, content)


def test_an_item_of_cdf_has_its_link_as_an_attribute():
    assert only('<CHANNEL><ITEM HREF="/1"><TITLE>Flood</TITLE></ITEM></CHANNEL>').url == "https://news.example/1"


@pytest.mark.parametrize(
    ("title", "encoding"),
    [
        ("Президент подписал закон о бюджете на будущий год", "koi8-r"),
        ("Президент подписал закон о бюджете на будущий год", "cp1251"),
        ("東京で新しい駅が開業した。市長は", "shift_jis"),
        ("서울에서 새로운 역이 문을 열었다", "euc_kr"),
        ("北京新机场今日正式启用，首批旅客", "gb2312"),
        ("L'été à Paris: les élèves préfèrent la plage, déjà dénoncée – “hélas”", "cp1252"),
    ],
)
def test_an_encoding_that_nothing_names_is_detected(title, encoding):
    assert only(rss(f"<item><title>{title}</title></item>").encode(encoding)).title == title

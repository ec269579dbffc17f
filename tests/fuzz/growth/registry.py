"""The readers that need more than one text, or know more shapes than any text has; what is left out stands in left_out.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from pipeline import reextract, request_origin
from pipeline.documents import article, kinds, layout, lines, opening
from pipeline.extract.extraction import extract
from pipeline.extract.html import markdown
from pipeline.extract.html.model import Page
from pipeline.extract.html.page import to_utf8
from pipeline.extract.metadata import title, title_suffixes, topics
from pipeline.extract.model import Hints
from pipeline.extract.structured_data import jsonld, page_statements
from pipeline.extract.text import site_boilerplate, trim, word_overlap
from pipeline.feeds import broken_opml, opml, options, websub
from pipeline.feeds.discovery import announced_feeds, page_links, successor, usual_places
from pipeline.feeds.formats import addresses, channel, fallback, jsonfeed, parse, sitemap
from pipeline.feeds.formats import entry_dates as feed_dates
from pipeline.feeds.formats.model import Feed, Origin
from pipeline.feeds.formats.xml import strict_tree, unique
from pipeline.feeds.scheduling import cache_headers, permanent_redirects
from pipeline.fetch import body, content_types
from pipeline.fetch.robots import robots_rules, tdmrep
from pipeline.normalise import agencies, aggregators, author_names, canonical, language, similarity, site, urls
from pipeline.normalise.dates import date_precision, dates
from pipeline.outcomes import Failure
from pipeline.search import highlights, keyness, tree, vector
from pipeline.settings import Extract, Files, Settings
from pipeline.steps import feed_answer
from pipeline.text import clean, count_words, letters_key, one_line
from tests.fuzz.growth import texts
from tests.fuzz.growth.shapes import Shape
from web.http import response_headers

URL = "https://a.example/2026/12/01/story-4711"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
ORIGIN = Origin(URL, NOW)
FEED = Feed("rss", "t", URL, "en", None, ())
SUBSCRIPTION = websub.Subscription("http://a.example/feed", pending="subscribe")
MAIL, TEXT, HTML, MHTML = "message/rfc822", "text/plain", "text/html", "multipart/related"
WORDS = [tree.Phrase("a"), tree.Phrase("a", prefix=True), tree.Phrase("word word"), tree.Near("a word", 5)]
Call = Callable[[str], object]


def _in_bytes(call: Callable[[bytes], object]) -> Call:
    return lambda text: call(text.encode("utf-8", "replace"))


def _file(kind: str) -> Call:
    return _in_bytes(lambda data: opening.open_file("a", data, kind, Files()))


def _page(data: bytes) -> object:
    return extract(Page(URL, data, "text/html; charset=utf-8"), Hints(), Extract())


def _hints(text: str) -> object:
    said = Hints(
        title=text, summary=text, content=text, authors=(text, text), tags=(text, text), image_url=text, language=text[:5], only=True
    )
    return extract(Page(URL, b"", ""), said, Extract())


def _headers(text: str) -> object:
    names = ("content-type", "link", "x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal", "content-language")
    return extract(Page(URL, b"<p>a</p>", text, tuple((name, text) for name in names)), Hints(content="word " * 300), Extract(), "newsmill")


def _lists(call: Callable[[list[str]], object]) -> Call:
    """The text as one, and as many short ones."""
    return lambda text: (
        call([text]),
        call(text.split()),
        call(list(text[: len(text) // 8])),
        call([line for line in text.split("\n") if line]),
    )


def _layout(text: str) -> object:
    """A page with a line for each of the text's, each a little further to the right."""
    lines = [layout.Line(number % 9, -10.0 * number, 500.0 + number % 7, 10.0, line) for number, line in enumerate(text.split("\n"))]
    return layout.read([lines, lines])


def _options(text: str) -> None:
    for name in options.NAMES:
        try:
            options.changed(options.NOTHING_SET, [(name, text)])
        except options.WrongOption:
            continue


def _address(text: str) -> object:
    try:
        urls.parse(text)
    except Failure:
        return urls.parse(text, URL)
    return None


def _site(parts: list[str]) -> object:
    marks = site_boilerplate.marks(parts, "a", ["a"], NOW.date())
    return site_boilerplate.boilerplate_places(parts, marks, [marks] * 5, 3)


REGISTRY: dict[str, tuple[Call, tuple[Shape, ...]]] = {
    "pipeline.extract.extraction.extract": (_in_bytes(_page), texts.PAGE),
    "pipeline.extract.extraction.extract (hints)": (_hints, (*texts.ANY, *texts.PAGE)),
    "pipeline.extract.extraction.extract (headers)": (_headers, (*texts.ANY, *texts.HEADERS)),
    "pipeline.extract.html.page.to_utf8": (lambda text: to_utf8(text.encode("latin-1", "replace"), text), (*texts.ANY, *texts.HEADERS)),
    "pipeline.documents.opening.open_file": (_file(HTML), texts.PAGE),
    "pipeline.documents.eml.read": (_file(MAIL), (*texts.ANY, *texts.MAIL)),
    "pipeline.documents.eml.read (mhtml)": (_file(MHTML), texts.MAIL),
    "pipeline.documents.txt.read": (_file(TEXT), texts.TEXT),
    "pipeline.documents.lines.read": (lines.read, texts.TEXT),
    "pipeline.documents.lines.mended": (lambda text: lines.mended([part.split("\n") for part in text.split("\f")], laid_out=True), texts.TEXT),
    "pipeline.documents.layout.read": (_layout, texts.TEXT),
    "pipeline.documents.article.read": (_lists(lambda parts: article.read(parts, running=parts)), texts.TEXT),
    "pipeline.feeds.formats.parse.parse": (_in_bytes(lambda data: parse.parse(data, url=URL, content_type="text/xml")), (*texts.ANY, *texts.FEED)),
    "pipeline.feeds.formats.parse.parse (headers)": (lambda text: parse.parse(b"<rss>\xff</rss>", url=URL, content_type=text, content_location=text), (*texts.ANY, *texts.HEADERS)),
    "pipeline.steps.feed_answer.read_push": (_in_bytes(lambda data: feed_answer.read_push(data, "", URL, 1, options.NOTHING_SET, Settings())), texts.FEED),
    "pipeline.feeds.formats.fallback.read": (lambda text: fallback.read(text, ORIGIN), texts.FEED),
    "pipeline.feeds.formats.jsonfeed.read": (lambda text: jsonfeed.read(text, ORIGIN), (*texts.ANY, *texts.FEED)),
    "pipeline.feeds.formats.xml.strict_tree": (strict_tree, texts.FEED),
    "pipeline.feeds.formats.xml.unique": (_lists(unique), texts.NAMES),
    "pipeline.feeds.opml.read": (_in_bytes(opml.read), (*texts.ANY, *texts.OPML)),
    "pipeline.feeds.discovery.announced_feeds.key_of": (lambda text: announced_feeds.key_of(text, URL), texts.ADDRESSES),
    "pipeline.feeds.discovery.announced_feeds.announced": (lambda text: announced_feeds.announced(text.encode("utf-8", "replace"), URL, text), texts.PAGE),
    "pipeline.feeds.discovery.page_links.find": (_in_bytes(lambda data: page_links.find(data, URL)), texts.PAGE),
    "pipeline.feeds.formats.addresses.absolute": (lambda text: addresses.absolute(text, None, URL), texts.ADDRESSES),
    "pipeline.feeds.formats.addresses.items_base": (lambda text: (addresses.items_base(text, URL), addresses.items_base(URL, text)), texts.ADDRESSES),
    "pipeline.feeds.broken_opml.outlines": (lambda text: broken_opml.outlines(text, {}), (*texts.ANY, *texts.OPML)),
    "pipeline.feeds.discovery.page_links.joined": (lambda text: (page_links.joined(URL, text), page_links.joined(text, "/a")), texts.ADDRESSES),
    "pipeline.feeds.discovery.usual_places.usual_places": (lambda text: (usual_places.usual_places(text, text), usual_places.usual_places(URL, text)), (*texts.ANY, *texts.ADDRESSES)),
    "pipeline.feeds.discovery.usual_places.usual_sitemaps": (usual_places.usual_sitemaps, texts.ADDRESSES),
    "pipeline.feeds.formats.sitemap.is_text": (lambda text: sitemap.is_text(text, URL), texts.ADDRESSES),
    "pipeline.feeds.formats.sitemap.read_text": (lambda text: sitemap.read_text(text, ORIGIN), (*texts.ANY, *texts.ADDRESSES)),
    "pipeline.feeds.formats.channel.update_s": (lambda text: channel.update_s(text, text), texts.ANY),
    "pipeline.feeds.formats.channel.enclosures": (lambda text: channel.enclosures([(text, text, text)], None, URL), texts.ADDRESSES),
    "pipeline.feeds.formats.entry_dates.read_date": (lambda text: feed_dates.read_date([("a", text)], NOW), texts.DATES),
    "pipeline.feeds.scheduling.cache_headers.max_age_s": (lambda text: cache_headers.max_age_s({"cache-control": text, "expires": text, "age": text, "date": text}), (*texts.ANY, *texts.HEADERS)),
    "pipeline.feeds.scheduling.cache_headers.sunset_at": (lambda text: cache_headers.sunset_at({"sunset": text}), texts.DATES),
    "pipeline.feeds.scheduling.permanent_redirects.target": (lambda text: permanent_redirects.target(URL, text, (301,)), texts.ADDRESSES),
    "pipeline.feeds.options.changed": (_options, texts.ANY),
    "pipeline.feeds.options.matches": (lambda text: options.matches("*/a*b*", text), texts.ADDRESSES),
    "pipeline.feeds.options.excluded": (lambda text: options.excluded(replace(options.NOTHING_SET, exclude=("*/a*b*c*",)), text), texts.ADDRESSES),
    "pipeline.feeds.discovery.successor.home": (lambda text: (successor.home(text, URL), successor.home(URL, text)), texts.ADDRESSES),
    "pipeline.feeds.websub.advertised": (lambda text: websub.advertised({"link": text}, FEED, URL), (*texts.ADDRESSES, *texts.HEADERS)),
    "pipeline.feeds.websub.authentic": (lambda text: websub.authentic("secret", text, text.encode("utf-8", "replace")), texts.ANY),
    "pipeline.fetch.body.codings": (body.codings, (*texts.ANY, *texts.HEADERS)),
    "pipeline.fetch.content_types.check_type": (lambda text: content_types.check_type("page", text), (*texts.ANY, *texts.HEADERS)),
    "pipeline.fetch.robots.robots_rules.permits": (lambda text: (robots_rules.permits(text, "newsmill", URL), robots_rules.permits(texts.RULES, "newsmill", text)), (*texts.ANY, *texts.ROBOTS)),
    "pipeline.fetch.robots.robots_rules.crawl_delay_s": (lambda text: robots_rules.crawl_delay_s(text, "newsmill"), texts.ROBOTS),
    "pipeline.fetch.robots.robots_rules.sitemaps": (robots_rules.sitemaps, texts.ROBOTS),
    "pipeline.fetch.robots.robots_rules.signals": (robots_rules.signals, texts.ROBOTS),
    "pipeline.fetch.robots.robots_rules.is_strange": (robots_rules.is_strange, texts.ROBOTS),
    "pipeline.fetch.robots.tdmrep.reservations": (lambda text: tdmrep.reservations(text, URL), (*texts.ANY, *texts.TDM)),
    "pipeline.normalise.agencies.named": (_lists(agencies.named), texts.NAMES),
    "pipeline.normalise.aggregators.better": (lambda text: aggregators.better(text, text, text), texts.ADDRESSES),
    "pipeline.normalise.aggregators.from_amp_cache": (aggregators.from_amp_cache, texts.ADDRESSES),
    "pipeline.normalise.canonical.judge": (lambda text: canonical.judge(canonical.Claims((text, text), text, text, text, text), URL), texts.ADDRESSES),
    "pipeline.normalise.canonical.article_identity": (lambda text: canonical.article_identity(canonical.Claims((text,)), text), texts.ADDRESSES),
    "pipeline.normalise.canonical.related": (lambda text: list(canonical.related(text, "next")), (*texts.ADDRESSES, *texts.HEADERS)),
    "pipeline.normalise.canonical.from_header": (canonical.from_header, (*texts.ADDRESSES, *texts.HEADERS)),
    "pipeline.normalise.dates.dates.parse_date": (dates.parse_date, texts.DATES),
    "pipeline.normalise.language.detect": (lambda text: language.detect(text, "en"), texts.TEXT),
    "pipeline.normalise.author_names.split_authors": (_lists(author_names.split_authors), texts.NAMES),
    "pipeline.normalise.similarity.bands": (lambda text: (similarity.bands(text, text), similarity.profile(text)), texts.TEXT),
    "pipeline.search.highlights.marks": (lambda text: highlights.marks(text, WORDS), texts.TEXT),
    "pipeline.search.highlights.passage": (lambda text: highlights.passage(text, WORDS), texts.TEXT),
    "pipeline.search.keyness.in_texts": (lambda text: keyness.in_texts([text]), texts.TEXT),
    "pipeline.search.vector.vector": (lambda text: vector.vector(text, text), texts.TEXT),
    "pipeline.text.clean": (clean, texts.ANY),
    "pipeline.text.letters_key": (letters_key, texts.ANY),
    "pipeline.text.one_line": (one_line, texts.ANY),
    "pipeline.text.count_words": (lambda text: count_words(text, "en"), texts.ANY),
    "pipeline.normalise.urls.parse": (_address, texts.ADDRESSES),
    "pipeline.extract.metadata.title_suffixes.without_site": (lambda text: title_suffixes.without_site(text, frozenset(("a",)), frozenset()), texts.NAMES),
    "pipeline.extract.metadata.title_suffixes.site_keys": (_lists(title_suffixes.site_keys), texts.NAMES),
    "pipeline.extract.metadata.title_suffixes.is_site": (lambda text: title_suffixes.is_site(text, frozenset(("a",))), texts.NAMES),
    "pipeline.extract.structured_data.page_statements.line": (_lists(page_statements.line), texts.ANY),
    "pipeline.extract.structured_data.page_statements.first": (_lists(page_statements.first), texts.ANY),
    "pipeline.extract.text.site_boilerplate.marks": (_lists(lambda parts: site_boilerplate.marks(parts, "a", ["a"], NOW.date())), texts.TEXT),
    "pipeline.extract.text.site_boilerplate.boilerplate_places": (_lists(_site), texts.TEXT),
    "pipeline.extract.structured_data.jsonld.loads": (jsonld.loads, (*texts.ANY, *texts.JSON)),
    "pipeline.extract.structured_data.jsonld.texts": (lambda text: jsonld.texts([{"name": text}, text], "name"), texts.ANY),
    "pipeline.extract.metadata.title.is_better": (lambda text: title.is_better(title.Heading(text), text + " a", [text], has_data=True), texts.NAMES),
    "pipeline.extract.metadata.title.overlap": (lambda text: title.overlap(text, text + " a"), texts.NAMES),
    "pipeline.extract.text.word_overlap.words": (_lists(word_overlap.words), texts.NAMES),
    "pipeline.extract.metadata.title.between": (lambda text: title.between(text, text + "a", frozenset((text,))), texts.NAMES),
    "pipeline.extract.metadata.title.whole": (lambda text: title.whole(text, [text, text + "a"]), texts.NAMES),
    "pipeline.extract.metadata.topics.split_tags": (_lists(topics.split_tags), texts.NAMES),
    "pipeline.extract.metadata.topics.elect": (_lists(lambda parts: parts and topics.elect([("a", tuple(parts)), ("b", tuple(parts))])), texts.NAMES),
    "pipeline.normalise.dates.date_precision.published": (lambda text: date_precision.published([("a", text)] * 3, [("b", text)], date_precision.DateContext((text,))), texts.DATES),
    "pipeline.normalise.dates.date_precision.modified": (lambda text: date_precision.modified([("a", text)] * 3, None), texts.DATES),
    "pipeline.normalise.dates.date_precision.day": (lambda text: date_precision.day(text, "a"), texts.DATES),
    "pipeline.documents.kinds.media_type": (lambda text: kinds.media_type(text, text.encode("utf-8", "replace")), texts.ANY),
    "pipeline.extract.html.markdown.emphasised": (lambda text: markdown.emphasised(text, "**"), texts.ANY),
    "pipeline.extract.html.markdown.row": (_lists(markdown.row), texts.ANY),
    "pipeline.extract.text.trim.repeats": (lambda text: trim.repeats(text, text), texts.ANY),
    "pipeline.feeds.websub.verified": (lambda text: websub.verified(SUBSCRIPTION, text, text, text, text, NOW, 1.0), texts.ANY),
    "pipeline.fetch.body.decoded": (_in_bytes(lambda data: list(body.decoded([data], ["gzip"]))), texts.ANY),
    "pipeline.normalise.site.same_site": (lambda text: site.same_site(text, f"a.{text}"), texts.ADDRESSES),
    "pipeline.request_origin.host_allowed": (lambda text: request_origin.host_allowed([text], ["a.example"]), texts.ADDRESSES),
    "web.http.response_headers.callback_allowed": (lambda text: response_headers.callback_allowed(text, [text], "http://a.example/"), texts.ADDRESSES),
    "pipeline.request_origin.same_origin": (lambda text: request_origin.same_origin({"origin": text, "host": text, "referer": text, "sec-fetch-site": text}), texts.ADDRESSES),
    "pipeline.reextract.paragraphs": (lambda text: reextract.paragraphs(text, text + "\na"), texts.ANY),
}  # fmt: skip

"""Extract an article from a fetched page: parse it into a tree, read text and metadata, and judge it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.extract import verdict
from pipeline.extract.html.blocks import cut, of_lines, of_markup
from pipeline.extract.html.model import Block, Page, plain
from pipeline.extract.html.page import Document, parse
from pipeline.extract.metadata import page_metadata as meta
from pipeline.extract.model import Article, Hints, content_hash
from pipeline.extract.rights import reservations as reserved
from pipeline.extract.text import article_text as body
from pipeline.normalise.agencies import credited, named
from pipeline.normalise.language import code_of, detect
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from pipeline.text import count_words

MIN_FEED_TEXT = 600  # characters; a shorter content of a feed entry is a teaser
MORE = 1.5  # the feed's text replaces a page's teaser if it is this many times as long

STATED = frozenset(("json-ld", "og", "meta", "title", "h1"))

WARM_UP_PAGE = b"""<html lang="en"><head><title>A page to warm up with</title></head><body><article><h1>A page to warm up with</h1>
<p>The first page that a process reads loads models and compiles expressions, which takes a while.</p>
<p>So each worker reads this one before it is copied, and its copies share what was loaded.</p>
<p>Posted in some newspaper on the 13th, local, 2019</p></article></body></html>"""


def extract(page: Page, hints: Hints, settings: Extract, token: str = "", *, text: str = "") -> Article:
    """Extract the article of a page.

    If the page gives no article, or only a teaser, but the feed carried the full text, that is used and flagged `text_from_feed`.
    `token` is the product token of our user agent: reservations addressed to it count too. `text` is the article's text if it is already
    known. Raises Failure: no_content, not_article, soft_404, consent_wall, js_required, challenge, paywall.
    """
    if hints.only:
        return _from_feed_alone(page, hints, settings)
    carried = of_markup(hints.content)
    reserved_rights = reserved.reservations(page.headers, None, token)
    try:
        document = parse(page)
        reserved_rights = reserved.reservations(page.headers, document.tree, token)
        found = _metadata(document, hints)
        found = _of_file(found) if text else found
        main = (
            body.MainText(of_lines(text.splitlines()), "file")
            if text
            else body.main_text(
                document.take(),
                title=found.title,
                stated=found.stated_text,
                parts=found.stated_parts,
                authors=found.authors,
                descriptions=found.descriptions,
                afresh=document.take,
            )
        )
        flags = verdict.judge(document, found, plain(main.blocks))
        if "teaser" in flags and len(plain(carried)) >= max(MIN_FEED_TEXT, MORE * len(plain(main.blocks))):
            main, flags = body.MainText(carried, hints.source), ("paywall", "text_from_feed")
        article = _article(document, found, main, settings, *flags)
    except Failure:
        if len(plain(carried)) < MIN_FEED_TEXT:
            raise
        article = _from_feed(page, hints, carried, settings)
    return replace(article, reservations=reserved_rights, flags=(*article.flags, *reserved.flags(reserved_rights)))


def warm_up() -> None:
    """Load what a process' first extraction would load, so that forked children share it. In particular, the first date that no pattern
    matches makes dateparser compile the patterns of 200 locales, which would take each child a second."""
    page = Page("https://example.com/warm-up", WARM_UP_PAGE, "text/html")
    document = parse(page)
    found = meta.read(document, Hints())
    detect(plain(body.main_text(document.take(), title=found.title, stated="").blocks) * 2)


def _from_feed_alone(page: Page, hints: Hints, settings: Extract) -> Article:
    """An article whose page must not be fetched: the text that the feed carried, however short."""
    carried = of_markup(hints.content) or of_markup(hints.summary)
    if not carried:
        raise Failure("no_content", "the feed carries no text of the article, and its settings exclude fetching the page")
    article = _from_feed(page, hints, carried, settings)
    if not hints.address:
        return article
    return replace(article, canonical_url=hints.address, sources={**article.sources, "canonical_url": hints.source})


def _from_feed(page: Page, hints: Hints, carried: tuple[Block, ...], settings: Extract) -> Article:
    """An article from the feed's text. Of the page only its URL is used, because its text is about something else."""
    document = parse(Page(page.url, b"<html><head></head><body></body></html>", "text/html"))
    return _article(document, _metadata(document, hints), body.MainText(carried, hints.source), settings, "text_from_feed")


def _metadata(document: Document, hints: Hints) -> meta.Metadata:
    """The page's metadata; its language, if the page states none, comes from the feed's settings."""
    found = meta.read(document, hints)
    if found.language or not hints.language:
        return found
    return replace(found, language=code_of(hints.language), sources={**found.sources, "language": "feed settings"})


def _of_file(found: meta.Metadata) -> meta.Metadata:
    """The metadata of a page that `pipeline.documents` made from a file."""
    return replace(found, sources={field: "file" if source in STATED else source for field, source in found.sources.items()})


def _article(document: Document, found: meta.Metadata, main: body.MainText, settings: Extract, *flags: str) -> Article:
    blocks, text = main.blocks, plain(main.blocks)
    if len(text) > settings.max_text_chars:
        blocks, flags = cut(blocks, settings.max_text_chars), (*flags, "text_cut")
        text = plain(blocks)
    language = detect(text, found.language)
    language_source = found.sources.get("language", "text") if language == found.language else "text"
    if found.language and language != found.language:
        flags = (*flags, "language_differs")
    if main.confidence is not None and main.confidence < settings.doubtful_below:
        flags = (*flags, "doubtful")
    return Article(
        title=found.title,
        authors=found.authors,
        published_at=found.published.at if found.published else None,
        modified_at=found.modified.at if found.modified else None,
        blocks=blocks,
        language=language,
        site_name=found.site_name,
        canonical_url=found.canonical_url,
        image_url=found.image.url,
        tags=found.tags,
        summary=found.summary,
        word_count=count_words(text, language),
        content_hash=content_hash(text),
        sources={**found.sources, "text": main.source, "language": language_source},
        flags=(*document.flags, *found.flags, *flags),
        canonical_claims=found.canonical_claims,
        published_precision=found.published.precision if found.published else "",
        published_offset_min=found.published.offset_min if found.published else None,
        modified_offset_min=found.modified.offset_min if found.modified else None,
        modified_precision=found.modified.precision if found.modified else "",
        section=found.section,
        agencies=tuple(dict.fromkeys((*named(found.authors), *credited(text)))),
        original_publisher=found.origin.publisher,
        original_url=found.origin.url,
        licence=found.licence,
        access=found.access,
        image_width=found.image.width,
        image_height=found.image.height,
        confidence=main.confidence,
    )

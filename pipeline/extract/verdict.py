"""Decide whether a page is an article, and if not, what it is. Each refusal says what showed it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.html.page import Document, select
from pipeline.extract.metadata.page_metadata import Metadata
from pipeline.extract.structured_data.page_statements import is_around
from pipeline.extract.verdict_phrases import CHALLENGE, CONSENT_PHRASE, CONSENT_TITLE, GONE, SCRIPTED, SHELL_IDS, prompt
from pipeline.normalise.urls import is_homepage
from pipeline.outcomes import Failure
from pipeline.text import one_line

MIN_ARTICLE = 80  # characters of text on a page that calls itself an article; news flashes are one sentence
MIN_PLAIN = 250  # characters on a page that does not
SHORT_PAGE = 1500  # characters; longer texts are articles, whatever words they use
LONG_PAGE = 4000  # characters; a page that is no article by its type must have this much text to count as one
MAX_ELEMENTS = 3000  # that are searched for words
MAX_QUOTE = 80  # characters of a page's words in a detail
CUT = 0.7  # of the words that a page says its article has; with fewer, the text is only its beginning
MIN_LISTED = 8  # headlines that are links, on a section's page
MIN_PARAGRAPHS = 3  # of prose in one element; they make an article if no other element has as many
PARAGRAPH = 80  # characters of such a paragraph
SLUG_WORDS = 4  # of the last part of a URL two levels below a topic; with so many words it is a headline
MANY_PHRASES = 4  # different words of consent, if the heading says nothing about it

LISTS = frozenset(("CollectionPage", "SearchResultsPage", "ProfilePage", "ItemPage", "ContactPage", "AboutPage", "FAQPage", "CheckoutPage"))
GALLERIES = frozenset(("ImageGallery", "MediaGallery"))
VIDEOS = frozenset(("VideoGallery", "VideoObject", "Clip", "Movie", "TVEpisode"))
OTHERS = LISTS | GALLERIES | {"VideoGallery", "Product", "Recipe", "JobPosting", "Event"}
OTHER_CARDS = ("product", "profile", "music.", "restaurant", "business.")  # og:type
LIST_PATH = re.compile(
    r"^/(?:[a-z]{2}(?:-[a-z]{2})?/)?(?:tags?|topics?|themen?|categor(?:y|ies)|kategorien?|sections?|rubrik(?:en)?|ressorts?|authors?|autor(?:en)?|search|suche|archives?|newsletters?)(?:/[^/]+){0,2}/?$",
    re.IGNORECASE,
)
PICTURES_PATH = re.compile(r"/(?:galler(?:y|ies)|galerien?|photo-?gallery|photos?|fotos?|bilder(?:galerie|strecke)?|fotostrecken?|fotogaler[ií]as?|diaporamas?|slideshows?|pictures|in-pictures|fotogallery)/", re.IGNORECASE)  # fmt: skip
VIDEO_PATH = re.compile(r"/(?:videos?|watch|clips?|mediathek|webtv|video-news)/", re.IGNORECASE)
CONSENT_HOST = re.compile(r"^(?:consent|cmp|privacy|cookies?|gdpr|privacy-mgmt)\.", re.IGNORECASE)
DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]")  # kana, Han, Hangul
LINKED_HEADLINES = etree.XPath(
    "count(.//*[self::h2 or self::h3 or self::h4][descendant::a or ancestor::a][not(ancestor::nav or ancestor::footer or ancestor::aside)])"
)
PASSWORD = etree.XPath('.//input[translate(@type, "PASWORD", "pasword") = "password"]')
SAYING = ("p", "div", "span", "h2", "h3", "h4", "strong", "b", "a", "li", "section", "button")


def judge(document: Document, metadata: Metadata, text: str) -> tuple[str, ...]:
    """Return the flags of a page that is an article; otherwise raise the Failure that says why it is none.

    Codes: soft_404, consent_wall, challenge, paywall, js_required, not_article, no_content. Flags: `paywall`, the publisher asks readers
    to pay; `teaser`, the text is only the beginning. So the code paywall is left for pages that show nothing before payment. A page that
    states an article in its structured data and has a text of some length is trusted.
    """
    if metadata.is_article and len(text) >= SHORT_PAGE:
        return _payment(document, metadata, text)
    enough = _size(_own(text)) >= (MIN_ARTICLE if metadata.is_article else MIN_PLAIN)
    stated = metadata.is_article and metadata.published is not None and enough
    if len(text) < SHORT_PAGE and not stated:
        _refuse_stand_in(document, metadata, enough)
    if not enough:
        raise _nothing(document, metadata, text)
    _refuse_other_kinds(document, metadata, text)
    return _payment(document, metadata, text)


def _own(text: str) -> str:
    """The text without the lines that ask for payment."""
    return "\n".join(line for line in text.split("\n") if not prompt(line[:500]))


def _size(text: str) -> int:
    """The length of a text in characters. Those of dense scripts count more, because otherwise news in Chinese would have to be twice as
    long."""
    return len(text) + len(DENSE.findall(text))


def _refuse_stand_in(document: Document, metadata: Metadata, enough: bool) -> None:
    """Refuse pages that a site serves in place of the article."""
    tree = document.tree
    headings = _headings(tree, metadata)
    unsaid = not metadata.is_article or not enough
    if unsaid and (said := _first(GONE, headings)):
        raise Failure("soft_404", f"The page's heading says that the page does not exist: “{said}”.")
    if not enough and (said := _first(CHALLENGE, headings)):
        raise Failure("challenge", f"The page demands proof of a browser or a person: “{said}”.")
    if not metadata.is_article and (said := _consent(document, headings)):
        raise Failure("consent_wall", f"The page only asks for consent: {said}.")
    if not enough and (said := _asks_for_payment(document, metadata)):
        raise Failure("paywall", f"The page shows nothing of the article: {said}.")
    if not enough and (noted := _scripted(tree)):
        raise Failure("js_required", noted)


def _headings(tree: HtmlElement, metadata: Metadata) -> list[str]:
    texts = [
        metadata.title,
        *("".join(h.itertext()) for h in islice(tree.iter("h1"), 2)),
        *(t.text or "" for t in islice(tree.iter("title"), 1)),
    ]
    return [text for raw in texts if (text := one_line(raw, 300))]


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> str:
    """The first text that the pattern matches, short enough to be quoted."""
    return next((one_line(text, MAX_QUOTE) for text in texts if pattern.search(text)), "")


def _consent(document: Document, headings: list[str]) -> str:
    phrases = {phrase.casefold() for phrase in CONSENT_PHRASE.findall(visible_text(document.tree)[:20_000])}
    title = _first(CONSENT_TITLE, headings)
    here = CONSENT_HOST.match(urlsplit(document.url).hostname or "")
    if len(phrases) >= MANY_PHRASES or (len(phrases) >= 2 and (title or here)):
        return f"it says {', '.join(f'“{phrase}”' for phrase in sorted(phrases)[:3])}" + (f" under “{title}”" if title else "")
    return ""


def _asks_for_payment(document: Document, metadata: Metadata) -> str:
    """What shows that a reader has to pay or log in; empty if nothing does."""
    if metadata.access == "paid":
        return f"it is for subscribers ({metadata.sources.get('access', 'page')})"
    if said := _prompt(document.tree):
        return f"it says “{said}”"
    return "it asks for a password" if select(PASSWORD, document.tree) and metadata.access != "free" else ""


def _prompt(tree: HtmlElement) -> str:
    """The words that ask for payment in place of the article; empty if there are none."""
    for element in islice(tree.iter(*SAYING), MAX_ELEMENTS):
        if element.text and len(element.text) > 5 and (found := prompt(element.text[:500])) and not is_around(element, "header"):
            return one_line(element.text[found.start() :], MAX_QUOTE)
    return ""


def _payment(document: Document, metadata: Metadata, text: str) -> tuple[str, ...]:
    """The flags of an article that readers pay for. If the page does not say who may read it, a short text is searched for the words."""
    short = len(text) < SHORT_PAGE
    asks = short and metadata.access != "free" and bool(_prompt(document.tree))
    if metadata.access != "paid" and not asks:
        return ()
    is_cut = asks or bool(prompt(text[-500:])) or 0 < len(text.split()) < CUT * metadata.stated_words
    return ("paywall", "teaser") if is_cut else ("paywall",)


def _nothing(document: Document, metadata: Metadata, text: str) -> Failure:
    """The failure for a page with almost no text."""
    if kind := _kind(document, metadata):
        return Failure("not_article", kind)
    lost = " and was nested too deeply to be read whole" if "parse_truncated" in document.flags else ""
    return Failure("no_content", f"The page contains {len(text)} characters of text{lost}.")


def _refuse_other_kinds(document: Document, metadata: Metadata, text: str) -> None:
    if metadata.is_article:
        return
    if is_homepage(document.url):
        raise Failure("not_article", "The address is a site's front page.")
    if len(text) < LONG_PAGE and (kind := _kind(document, metadata)):
        raise Failure("not_article", kind)


def _kind(document: Document, metadata: Metadata) -> str:
    """What a page is that does not call itself an article; empty if nothing tells. Its URL alone does not make it a section or a video."""
    if metadata.is_article:
        return ""
    if is_homepage(document.url):
        return "The address is a site's front page."
    path = urlsplit(document.url).path
    if others := metadata.types & OTHERS:
        return f"The page calls itself {', '.join(sorted(others))}."
    if metadata.og_type.startswith(OTHER_CARDS):
        return f"The page calls itself {metadata.og_type}."
    if (metadata.types & VIDEOS or metadata.og_type.startswith("video")) and (VIDEO_PATH.search(path) or not metadata.published):
        return f"The page shows a video ({metadata.og_type or ', '.join(sorted(metadata.types & VIDEOS))})."
    if PICTURES_PATH.search(path) and not metadata.published:
        return "The address belongs to a picture gallery."
    if metadata.published is None or metadata.published.source == "htmldate":
        listed = int(cast("float", LINKED_HEADLINES(document.tree)))
        if LIST_PATH.match(path) and not _is_slug(path):
            return f"The address belongs to a list ({one_line(path, MAX_QUOTE)})."
        if listed >= MIN_LISTED and metadata.og_type in ("website", "") and not metadata.authors and not _has_one_article(document.tree):
            return f"The page lists {listed} headlines and states neither author nor date."
    return ""


def _is_slug(path: str) -> bool:
    """Whether the last part of a URL is a headline: "/topics/economy/what-the-new-budget-means"."""
    *above, last = path.strip("/").split("/")
    return len(above) > 1 and last.count("-") >= SLUG_WORDS - 1


def _has_one_article(tree: HtmlElement) -> bool:
    """Whether one element of the page contains several paragraphs and no linked headline, unlike the teasers on a section's page."""
    paragraphs: Counter[HtmlElement] = Counter()
    for paragraph in tree.iter("p"):
        if len(one_line("".join(paragraph.itertext()), PARAGRAPH + 1)) >= PARAGRAPH and not is_around(paragraph):
            paragraphs[paragraph.getparent()] += 1
    holders = [holder for holder, count in paragraphs.items() if count >= MIN_PARAGRAPHS and not select(LINKED_HEADLINES, holder)]
    return len(holders) == 1


def _scripted(tree: HtmlElement) -> str:
    """Why the page seems to be an empty shell for scripts; empty if it does not."""
    for element in tree.iter("noscript"):
        if found := SCRIPTED.search("".join(element.itertext())[:500]):
            return f"The page says that it needs JavaScript: “{one_line(found.group(), MAX_QUOTE)}”."
    scripts = sum(1 for script in tree.iter("script") if script.get("src"))
    shells = [e for e in tree.iter("div") if (e.get("id") or "").lower() in SHELL_IDS and len(e) == 0 and not (e.text or "").strip()]
    if scripts and shells:
        return f"The page is an empty frame (div#{shells[0].get('id')}) that scripts fill."
    if found := SCRIPTED.search(visible_text(tree)[:1000]):
        return f"The page says that it needs JavaScript: “{one_line(found.group(), MAX_QUOTE)}”."
    return ""


def visible_text(tree: HtmlElement) -> str:
    """The text of the page's body without scripts and styles, on one line."""
    pieces = (e.text or "" for e in tree.iter() if e.tag not in ("script", "style", "noscript", "title"))
    tails = (e.tail or "" for e in tree.iter())
    return " ".join(" ".join((*pieces, *tails)).split())

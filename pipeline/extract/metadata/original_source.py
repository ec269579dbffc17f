"""Find where a syndicated article was first published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.extract.metadata.title_suffixes import host_names, is_site, site_keys
from pipeline.extract.structured_data import jsonld
from pipeline.extract.structured_data.page_statements import PageStatements
from pipeline.normalise.aggregators import from_amp_cache
from pipeline.normalise.urls import is_homepage
from pipeline.text import one_line

RELATIONS = ("syndication-source", "original-source")
MAX_NAME = 80  # characters of a publisher's name
MAX_LINE = 400  # characters of the line that says so
BLOCKS = ("p", "em", "i", "h6", "small")  # elements that such a line may be

# "This article was originally published on Isles Dispatch on 3 March." The name follows, up to what cannot belong to it.
SAYS = re.compile(
    r"(?:\b(?:(?:was|were|is|has been)\s+)?(?:originally|first|previously)\s+(?:published|posted|appeared|ran|printed)\s+(?:here\s+)?(?:on|in|at|by|with)\s+"
    r"|\b(?:re-?published|re-?printed|re-?posted|syndicated)\s+(?:here\s+)?(?:with\s+(?:kind\s+)?permission\s+)?(?:from|of|by)\s+"
    r"|\b(?:the\s+)?original\s+source\s+(?:of\s+this\s+(?:article|story|text)\s+)?is\s*+(?:(?<=\s)|:\s)\s*+"
    r"|\b(?:the\s+)?original\s+(?:article|story|text|version)\s+(?:was\s+published\s+|appeared\s+)(?:on|in|at|by)\s+"
    r"|\bzuerst\s+(?:erschienen|veröffentlicht)\s+(?:in|im|auf|bei|beim)\s+(?:der\s+|dem\s+)?|\b(?:erschien|veröffentlicht)\s+zuerst\s+(?:in|im|auf|bei)\s+(?:der\s+|dem\s+)?"
    r"|\bpubliée?\s+(?:initialement|d['’]abord|à\s+l['’]origine)\s+(?:sur|dans|par)\s+|\binitialement\s+publiée?\s+(?:sur|dans|par)\s+"
    r"|\bpublicad[oa]\s+originalmente\s+(?:en|por)\s+|\b(?:originalmente|originariamente)\s+publicad[oa]\s+(?:en|por|no|na)\s+|\bpublicad[oa]\s+originalmente\s+(?:no|na|em)\s+"
    r"|\bpubblicato\s+originariamente\s+(?:su|da|in)\s+|\boorspronkelijk\s+(?:gepubliceerd|verschenen)\s+(?:in|op|bij)\s+|\bопубликован[оа]?\s+(?:впервые\s+)?(?:на|в)\s+(?:сайте\s+)?)"
    r"(?P<name>[^\n]{2,200})",
    re.IGNORECASE,
)  # fmt: skip
# Words of which each line that SAYS matches contains one, without the first letter, which may be a capital. Most pages contain none, which
# one search over all their lines shows.
HINTS = (
    "riginally ", "irst publ", "irst appear", "irst post", "reviously publ", "epublished", "eprinted", "eposted", "yndicated", "riginal article", "riginal source", "riginal version",
    "uerst ersch", "uerst veröff", "erschien zuerst", "öffentlicht zuerst", "nitialement", "ublié d", "ublié à", "riginalmente", "riginariamente", "orspronkelijk", "публикован",
)  # fmt: skip
# The line must say that this article was published there: "The novel was first published in Norway" does not count.
SUBJECT = re.compile(
    r"(?:\b(?:this|the|our|his|her)\s+(?:\w+\s+)?(?:article|story|piece|post|essay|report|interview|column|op-?ed|text|commentary|editorial|content|item|feature|analysis|excerpt|version)"
    r"|\bdies(?:er|es|e)\s+(?:artikel|beitrag|text|interview|kommentar)|\b(?:cet|ce|cette)\s+(?:article|texte|tribune|interview)|\b(?:este|esta|esse)\s+(?:art[ií]culo|artigo|texto|nota|reportagem)"
    r"|\bquesto\s+(?:articolo|testo)|\bdit\s+(?:artikel|stuk)|\b(?:эта\s+)?(?:статья|материал))\b[^.!?]{0,60}$",
    re.IGNORECASE,
)
MAX_BARE = 200  # characters of a line that starts with "First published in" and names no subject
NAME_END = re.compile(
    r"[.!?](?:\s|$)|[,;:|()\[\]“”\"]|\s[-–—]\s|\s(?:on|in|under|and\s+is|with|at|by|here|as|where|am|vom|und|le|el|il|em|il)\s+(?=\S)|\s\d|\s(?:website|web\s?site|blog)\b",
    re.IGNORECASE,
)
LEAD = re.compile(r"^(?:the\s+(?:website|site|blog|pages|web\s?site)\s+(?:of\s+)?|[\"'“„«]+)", re.IGNORECASE)
NOBODY = re.compile(r"^(?:the\s+)?(?:our|this|his|her|my|their|its|that|a|an|another|permission|here|now|print|issue|edition|magazine|newspaper|site|web(?:site)?|blog|(?:jan|febr)uary|march|april|may|june|july|august|(?:sept|nov|dec)ember|october|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\d.*)\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """The first publisher's name, the URL there, and the source; all empty if the article is the site's own."""

    publisher: str = ""
    url: str = ""
    source: str = ""


def origin(page: PageStatements, site_names: list[str]) -> Origin:
    """The origin by links and meta elements for syndication, the structured data, a line on the page, or a canonical URL on another host."""
    sites = site_keys(site_names)
    for read in (_linked, _stated, _by_phrase, _canonical):
        for found in read(page):
            if (found.publisher or found.url) and not is_site(found.publisher, sites) and not _is_here(page, found.url):
                return found if found.publisher else Origin(_host(found.url), found.url, found.source)
    return Origin()


def _linked(page: PageStatements) -> Iterator[Origin]:
    """From rel=syndication-source, and Google's meta elements syndication-source and original-source."""
    yield Origin("", page.address(link.get("href") for rel in RELATIONS for link in page.linked(rel)), "link")
    for value in page.named(*RELATIONS):
        yield Origin("", page.address([value]), "meta") if "://" in value else Origin(one_line(value, MAX_NAME), "", "meta")


def _stated(page: PageStatements) -> Iterator[Origin]:
    """From schema.org's isBasedOn and sourceOrganization."""
    for node in jsonld.follow(page.article.get("isBasedOn"), page.nodes):
        publisher = jsonld.follow(node.get("publisher"), page.nodes) if isinstance(node, dict) else []
        name = next((one_line(name, MAX_NAME) for name in jsonld.texts(publisher, "name")), "")
        yield Origin(name, page.address(jsonld.texts(node, "url", "@id")), page.statement)
    for name in page.stated("sourceOrganization", "name"):
        yield Origin(one_line(name, MAX_NAME), "", page.statement)


def _by_phrase(page: PageStatements) -> Iterator[Origin]:
    """From lines above or below the text that say so, with their links."""
    elements = list(page.document.tree.iter(*BLOCKS))
    texts = ["".join(element.itertext()) for element in elements]
    if not _is_hinted("\n".join(texts)):
        return
    for element, raw in zip(elements, texts, strict=True):
        text = one_line(raw, MAX_LINE + 1) if _is_hinted(raw) else ""
        phrase = SAYS.search(text) if len(text) <= MAX_LINE else None
        if phrase and _is_of_article(text, phrase.start()) and (name := _name(phrase["name"])):
            yield Origin(name, _link_of(page, element, name), "text")


def _is_hinted(text: str) -> bool:
    return any(hint in text for hint in HINTS)


def _is_of_article(text: str, start: int) -> bool:
    before = text[:start].strip(' *–—-(["“')
    return bool(SUBJECT.search(before)) if before else len(text) <= MAX_BARE


def _name(text: str) -> str:
    """The publisher's name at the start of what follows "published on"."""
    text = LEAD.sub("", text.strip())
    end = NAME_END.search(text)
    name = one_line(text[: end.start()] if end else text).strip(" .'’\"”»")
    is_usable = 2 <= len(name) <= MAX_NAME and (name[:1].isupper() or "." in name or not name.isascii()) and not NOBODY.match(name)
    return name if is_usable else ""


def _link_of(page: PageStatements, element: HtmlElement, name: str) -> str:
    """The URL behind the name, or behind the words "originally published"."""
    anchors = list(element.iter("a"))
    own = [a for a in anchors if name.casefold() in "".join(a.itertext()).casefold()]
    return page.address(a.get("href") for a in (*own, *anchors))


def _canonical(page: PageStatements) -> Iterator[Origin]:
    """From a canonical URL on another site: republishing sites credit the first publisher this way."""
    url = page.address(link.get("href") for link in page.linked("canonical"))
    if url and _host(page.document.url) and not is_homepage(url) and from_amp_cache(page.document.url) == page.document.url:
        yield Origin("", url, "canonical")


def _is_here(page: PageStatements, url: str) -> bool:
    """Whether a URL is on the page's own site, by the last label of the two hosts that is a name: amp.post.example and post.example.org."""
    if not url:
        return False
    here, there = host_names(page.document.url), host_names(url)
    return not there or not here or here[-1] == there[-1]


def _host(url: str) -> str:
    return next(iter(host_names(url)), "")

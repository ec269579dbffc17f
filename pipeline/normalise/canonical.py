"""Decide which of the URLs that a page claims for itself to trust.

RFC 6596 lets a page name the preferred URL of its content. Sites get it wrong: they name the home page, the section, one URL for all
stories, or the site that a text was bought from. Trusting a wrong claim merges two stories and loses one. Rejecting a right one only
keeps a story twice, until the text shows it. So doubtful claims are rejected, and the reason is stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from pipeline.normalise.aggregators import from_amp_cache
from pipeline.normalise.site import same_site
from pipeline.normalise.urls import MAX_CHARS, Url, is_homepage, parse
from pipeline.outcomes import Failure
from pipeline.text import clean

_ABSOLUTE = re.compile(r"\s*([a-z][a-z0-9+.-]*:)?/[^{}<>]*", re.IGNORECASE)  # a part in braces or brackets is an unfilled template
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:\"[^\"]*\"|[^\",;\s]*))?)*)")
_REL = re.compile(r"(?:^|;)\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\",;\s]*))", re.IGNORECASE)
_DATE = re.compile(r"(?:^|/)(19|20)\d\d(/\d{1,2}){0,2}$")  # the archive of a year, a month or a day
_PAGE_OF = re.compile(r"(amp|print|printable|full|all|single|comments|mobile|page|p|\d{1,3})(\.\w{2,5})?|index\.\w{2,5}", re.IGNORECASE)
_SLUG = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]+[-_]){3}|\d{4}")
_PLAIN_WORDS = re.compile(r"[^\W\d_]+(-[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Claims:
    """The URLs that a page claims, as written: every rel=canonical `link`, and the one in the Link `header`. og:url and the url of the
    article's JSON-LD count only if those two are missing. `base` is the page's own base URL, if it declares one."""

    link: tuple[str, ...] = ()
    header: str = ""
    og_url: str = ""
    jsonld_url: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgement on a page's claims. `url` is the trusted claim, or empty. `claimed` is the first claim, usable or not, and `source` its
    place: link, header, og or json-ld. `rejected` is the reason not to trust it: home_page, section_page, other_site, several,
    not_a_url, fragment."""

    url: str = ""
    claimed: str = ""
    source: str = ""
    rejected: str = ""


def article_identity(claims: Claims, final_url: str) -> Judged:
    """The URL by which the article of a page is known, if the page can be trusted; see `judge`."""
    return judge(claims, final_url)


def judge(claims: Claims, final_url: str) -> Judged:
    """Judge what the page at `final_url` claims. Never raises: if `final_url` is not a URL, no claim is trusted."""
    try:
        page = parse(from_amp_cache(final_url))
    except Failure:
        return Judged()
    base = claims.base or page.text
    for source, texts in (("link", claims.link), ("header", (claims.header,))):
        if stated := [text.strip() for text in texts if text.strip()]:
            return _judged(source, stated, page, base)
    votes = (("og", claims.og_url.strip()), ("json-ld", claims.jsonld_url.strip()))
    judged = [_judged(source, [text], page, base) for source, text in votes if text]
    believed = [vote for vote in judged if vote.url]
    if len({parse(vote.url).key for vote in believed}) > 1:
        return replace(believed[0], url="", rejected="several")
    return (believed or judged or [Judged()])[0]


def from_header(value: str) -> str:
    """The URL with rel=canonical in a Link header (RFC 8288), as written; empty if there is none."""
    return next(related(value, "canonical"), "")


def related(value: str, relation: str) -> Iterator[str]:
    """The URLs to which a Link header gives a relation (in lower case), as written."""
    for target, parameters in _LINK.findall(value[: 2 * MAX_CHARS]):
        rel = _REL.search(parameters)
        if rel and relation in (rel[1] or rel[2]).lower().split():
            yield str(target).strip()


def _judged(source: str, texts: list[str], page: Url, base: str) -> Judged:
    """Judge the one URL that all the texts must name."""
    claimed = clean(texts[0], MAX_CHARS)
    found = [_address(text, base) for text in texts]
    url = found[0]
    if len({one.key if one else b"" for one in found}) > 1:
        reason = "several"
    elif url is None:
        reason = "not_a_url"
    elif any("#" in text.rstrip("#") and "#!" not in text for text in texts):
        reason = "fragment"
    elif not same_site(url.host, page.host):
        reason = "other_site"
    elif is_homepage(url.text):
        reason = "home_page"
    elif _is_section(url, page):
        reason = "section_page"
    else:
        return Judged(url.text, claimed, source)
    return Judged("", url.text if url else claimed, source, reason)


def _address(text: str, base: str) -> Url | None:
    if not _ABSOLUTE.fullmatch(text):  # a bare `www.example.com/story` or `undefined` would resolve to a page that does not exist
        return None
    try:
        return parse(from_amp_cache(parse(text, base).text))
    except Failure:
        return None


def _is_section(url: Url, page: Url) -> bool:
    """Whether the URL is a folder above the page that looks like a section or a date, not like a story's own folder."""
    if "?" in url.key_text:
        return False
    own, whole = _segments(page), _segments(url)
    rest = own[len(whole) :]
    if own[: len(whole)] != whole or not rest or all(_PAGE_OF.fullmatch(segment) for segment in rest):
        return False
    last = whole[-1] if whole else ""
    if _DATE.search("/".join(whole)) or not any(mark.isdigit() or mark in "-_." for mark in last):
        return True
    # middle-east, us-politics: two words are a section if a story's slug follows
    return bool(_PLAIN_WORDS.fullmatch(last)) and any(_SLUG.search(segment) for segment in rest)


def _segments(url: Url) -> list[str]:
    path = url.key_text.removeprefix(f"{url.scheme}:").removeprefix("//").partition("?")[0].partition("#")[0]
    return [unquote(segment) for segment in path.split("/")[1:] if segment]

"""Clean up addresses as feeds write them."""

from __future__ import annotations

import html
import re

import ada_url
from lxml import etree

from pipeline.normalise.site import same_site
from pipeline.normalise.urls import parse
from pipeline.outcomes import Failure

XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
MAX_LINK = 8000  # characters of an address
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_FEED_SCHEME = re.compile(r"(?:web\+)?(?:feed|rss|itpc|pcast|podcast):(?=//|https?:)", re.IGNORECASE)
_UNSAFE = re.compile(r'[ <>"]')
_BREAK = re.compile(r"[\t\r\n]+")
# Remains of an address that was escaped more often than unescaped. No address means these literally: a semicolon would be %3B.
_REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_MAX_ESCAPED = 3  # times that it is unescaped
_TWO_SCHEMES = re.compile(r"https?:/*(?=https?:/)", re.IGNORECASE)
_ODD_SCHEME = re.compile(r"h?t{1,3}p(s?)(?:\s*:\s*/{1,3}|//)(?=[\w\[])", re.IGNORECASE)  # http//, htttps://, http:/
_HREF = re.compile(r"""<a\s[^<>]{0,200}?href\s?=\s?["']([^"'<>]+)""", re.IGNORECASE)
_NOTHING = frozenset({"#", "-", "none", "null", "undefined", "n/a", "nan", "false"})  # what programs write when they have no address
_BARE_HOST = re.compile(r"www[0-9]?(?:\.[a-zA-Z0-9-]+){2,8}(?=[/?#:]|$)", re.IGNORECASE)
# Services that republish other sites' feeds under their own names, so their host says nothing about the site; each is a label of the host's
# name.
_PROXIES = frozenset({
    "feedburner", "feedproxy", "feedblitz", "feedpress", "feedsportal", "feed43", "fetchrss", "politepol", "politepaul", "rsshub",
    "fivefilters", "feedx", "siftrss", "morss", "superfeedr", "feedity", "openrss", "feedcat", "feedrinse", "rssproxy",
})  # fmt: skip
_PROXY_HOSTS = frozenset({"rss.app", "follow.it", "api.follow.it", "pipes.digital"})


def web_address(text: str) -> bool:
    """Whether the text is a single http or https address."""
    return text[:8].lower().startswith(("http://", "https://")) and " " not in text and text.isprintable()


def absolute(link: str, element: etree._Element | None, url: str) -> str:
    """Make the link absolute, using xml:base and the feed's own address. Returned as written if that fails."""
    if not link or len(link) > MAX_LINK:
        return ""
    if "&" in link or link.find("http", 4) > 0:  # few links have these, and in most of those they are mistakes
        link = _meant(link)
    if link.startswith(("http://", "https://")) and link.isprintable():  # as nearly all are
        return link.strip()
    link = _written(_BREAK.sub("", link.strip()))
    if not link:
        return ""
    base = _base(element, url)
    if _BARE_HOST.match(link) or link.lower().removeprefix("www.").startswith(f"{_host(base)}/"):
        link = f"{'http' if base.startswith('http:') else 'https'}://{link}"
    return link if _SCHEME.match(link) else _joined(base, link) or link


def _written(link: str) -> str:
    """Recover the address from what a faulty program wrote: a placeholder gives '', an HTML tag its href, a misspelt scheme the right one."""
    if link.lower() in _NOTHING:
        return ""
    if link.startswith("<") and (inside := _HREF.match(link)):
        link = inside[1].strip()
    if odd := _ODD_SCHEME.match(link):
        link = f"http{odd[1].lower()}://{link[odd.end() :]}"
    return link


def items_base(site_url: str, feed_url: str) -> str:
    """The base address for relative links of a feed's items, if no xml:base gives one.

    It is the address of the site that the feed names, if that is the feed's own site under another host name or the feed comes through a
    known proxy; else the feed's own address.
    """
    try:
        site, feed = parse(site_url), parse(feed_url)
    except Failure:
        return feed_url
    elsewhere = site.host != feed.host and (_is_proxy(feed.host) or same_site(site.host, feed.host))
    return site_url if elsewhere else feed_url


def _host(url: str) -> str:
    return url.lower().partition("://")[2].partition("/")[0].removeprefix("www.") or "?"


def _is_proxy(host: str) -> bool:
    return host in _PROXY_HOSTS or not _PROXIES.isdisjoint(host.split("."))


def _meant(link: str) -> str:
    """Undo repeated escaping (`&amp;amp;`) and doubled schemes (`http://https://`)."""
    for _ in range(_MAX_ESCAPED):
        link, changed = _REFERENCE.subn(lambda match: html.unescape(match[0]), link)
        if not changed:
            break
    link = link.strip()
    scheme = _TWO_SCHEMES.match(link)
    return link[scheme.end() :] if scheme else link


def encoded(link: str) -> str:
    """Normalise an address from a list of feeds: join lines, encode spaces and quotes, add the scheme."""
    link = _meant(_BREAK.sub("", link).strip())
    if _BARE_HOST.match(link):
        link = f"https://{link}"
    elif link.startswith("//"):
        link = f"https:{link}"
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", link)


def without_feed_scheme(link: str) -> str:
    """The address in `feed:https://…` and `feed://…`, which browsers once used for subscriptions and podcast programs still do."""
    link = link.strip()
    scheme = _FEED_SCHEME.match(link)
    if scheme is None:
        return link
    rest = link[scheme.end() :]
    return f"http:{rest}" if rest[:2] == "//" else rest


def _base(element: etree._Element | None, url: str) -> str:
    bases: list[str] = []
    while element is not None:
        if (base := element.get(XML_BASE)) and len(base) <= MAX_LINK:
            bases.append(base)
        element = element.getparent()
    for base in reversed(bases):
        joined = _joined(url, base)
        url = joined if joined and len(joined) <= MAX_LINK else url
    return url


def _joined(base: str, link: str) -> str:
    try:
        return str(ada_url.join_url(base, link))
    except ValueError:
        return ""

"""Reading XML strictly and safely, and what every XML feed format needs from its elements.

Elements are told apart by local name, whatever the namespace of the feed itself is, since half the real ones are wrong; only elements
of the well-known extension modules get their usual prefix (`dc:date`, `media:content`), and those of unknown ones a `?`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import ada_url
from lxml import etree

from pipeline.normalise.text import clean, one_line

_EXTENSIONS = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/atom/ns#": "atom",
}
_CORE = frozenset({
    "",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss2",
})  # fmt: skip

RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_C1 = re.compile("[\x80-\x9f]")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|mark|p|q|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)

_TITLE_MARKUP = 20_000  # characters of a title with its markup that are looked at

Name = Callable[[etree._Element], str]


def strict_tree(text: str) -> etree._Element:
    """The root of well-formed XML. Raises lxml.etree.XMLSyntaxError. Nothing is loaded, no entity is replaced."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    return etree.fromstring(text.encode("utf-8", "replace"), parser)


def namer(root: etree._Element) -> Name:
    """A function that names the elements of this document as the module's docstring says, in lower case."""
    own = _namespace(root.tag)
    known: dict[object, str] = {}

    def name(element: etree._Element) -> str:
        tag = element.tag
        found = known.get(tag)
        if found is None:
            found = known[tag] = _name(tag, own)
        return found

    return name


def _namespace(tag: object) -> str:
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def _name(tag: object, own: str) -> str:
    if not isinstance(tag, str):  # an entity reference
        return ""
    local = tag.rpartition("}")[2].lower()
    namespace = _namespace(tag)
    if namespace in _CORE or (namespace == own and _EXTENSIONS.get(own) != "rdf"):
        return local
    return f"{_EXTENSIONS.get(namespace, '?')}:{local}"


def children(parent: etree._Element, name: Name) -> dict[str, list[etree._Element]]:
    """The child elements by name, in document order."""
    found: dict[str, list[etree._Element]] = {}
    for child in parent:
        found.setdefault(name(child), []).append(child)
    return found


def text_of(element: etree._Element) -> str:
    """All the text in an element, cleaned and stripped; a control character of Latin-1 is what cp1252 has in its place."""
    raw = (element.text or "") if len(element) == 0 else "".join(map(str, element.itertext()))
    return value(raw)


def value(raw: str) -> str:
    return _C1.sub(_from_cp1252, clean(raw)).strip()


def _from_cp1252(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1252", "ignore")


def first_text(found: dict[str, list[etree._Element]], *names: str) -> str:
    """The text of the first element, in the order of `names`, that has any."""
    return next(texts(found, *names), "")


def texts(found: dict[str, list[etree._Element]], *names: str) -> Iterator[str]:
    for name in names:
        for element in found.get(name, ()):
            if text := text_of(element):
                yield text


def inner_markup(element: etree._Element) -> str:
    """What stands inside an element, with its markup: for XHTML content."""
    parts = [html.escape(element.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return value("".join(parts))


def plain_title(raw: str) -> str:
    """A headline as plain text: inline tags gone, entities replaced, also where they were escaped twice."""
    text = raw[:_TITLE_MARKUP]
    if "&" not in text and "<" not in text:
        return one_line(text)
    for _ in range(2):
        text = _INLINE_TAG.sub("", _REFERENCE.sub(lambda match: html.unescape(match[0]), text))
    return one_line(text)


def absolute(link: str, element: etree._Element | None, url: str) -> str:
    """The link as an absolute address, against xml:base and the feed's own address; as it stands where that cannot be made out."""
    link = re.sub(r"[\t\r\n]+", "", link.strip())
    if not link or _SCHEME.match(link):
        return link
    return _joined(_base(element, url), link) or link


def without_feed_scheme(link: str) -> str:
    """The address in `feed:https://…` and `feed://…`, as browsers once wrote subscriptions."""
    link = link.strip()
    if link[:5].lower() != "feed:":
        return link
    return f"http:{link[5:]}" if link[5:7] == "//" else link[5:]


def _base(element: etree._Element | None, url: str) -> str:
    bases: list[str] = []
    while element is not None:
        if base := element.get(XML_BASE):
            bases.append(base)
        element = element.getparent()
    for base in reversed(bases):
        url = _joined(url, base) or url
    return url


def _joined(base: str, link: str) -> str:
    try:
        return str(ada_url.join_url(base, link))
    except ValueError:
        return ""


def unique(names: Iterator[str], limit: int = 50) -> tuple[str, ...]:
    """Names on one line, each once, the first `limit` of them."""
    return tuple(list(dict.fromkeys(filter(None, map(one_line, names))))[:limit])

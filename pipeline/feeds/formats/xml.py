"""Parse XML strictly and safely, and read its elements in the way all XML feed formats need.

Elements are recognised by their local name, whatever the feed's own namespace, because half of the real ones are wrong. Elements of
well-known extensions get their usual prefix (`dc:date`, `media:content`), those of unknown extensions a `?`.
"""

from __future__ import annotations

import html
import re
import time
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from lxml import etree

from pipeline.feeds.formats.model import Origin
from pipeline.outcomes import Failure
from pipeline.text import clean, one_line

_EXTENSIONS = {  # in lower case, without trailing slash or #
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://purl.org/net/rss1.1/payload": "content",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.pheedo.com/namespace/pheedo": "pheedo",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns": "atom",
}
_CORE = frozenset({
    "",
    "http://purl.org/rss/1.0",
    "http://my.netscape.com/rdf/simple/0.9",
    "http://channel.netscape.com/rdf/simple/0.9",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd",
    "http://backend.userland.com/rss",
    "http://backend.userland.com/rss2",
    "http://blogs.law.harvard.edu/tech/rss",
})  # fmt: skip

RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

MAX_ENTRIES = 50_000  # entries read of one document, of which the newest few are kept; the limit of a sitemap
MAX_CHILDREN = 2000  # of one element

_C1_BYTES = re.compile(b"\xc2[\x80-\x9f]")  # in UTF-8
_LATE_REFERENCE = re.compile(r"&#(?:0*(12[7-9]|1[3-5][0-9]|7[6-9][0-9]|8[0-7][0-9])|[xX]0*(7[fF]|[89][0-9a-fA-F]|3[0-6][0-9a-fA-F]));")
_C1 = re.compile("[\x80-\x9f]")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|mark|p|q|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)

_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!doctype(?:[^\[>]|\[.*?\]\s*(?=>))*>", re.IGNORECASE | re.DOTALL)
_START_TAG = re.compile(r"""\A<[^\s<>]+(?:\s+[^\s=<>"']+(?:=(?:"[^"]*"|'[^']*'))?)*\s*>""")
_ANY_TAG = re.compile(r"<[^<>]*>")
_SCRIPT = re.compile(r"<(?:script|style)\b", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</(?:script|style)\s*>", re.IGNORECASE)

_MAX_NAMES = 500  # element names that are cached; feeds use some thirty, a hostile one may use thousands
_TITLE_MARKUP = 20_000  # characters of a title, markup included, that are read

Children = dict[str, list[etree._Element]]


def after_prolog(text: str, at: int = 0) -> int:
    """The position of the root element, after declarations, comments and the document type."""
    while skipped := _PROLOG.match(text, at):
        at = skipped.end()
    return at


def strict_tree(text: str, *, names: bool = True) -> etree._Element:
    """Parse well-formed XML and return its root. Raises lxml.etree.XMLSyntaxError.

    Nothing is loaded and no entity is replaced. With `names` false, undeclared prefixes and namespaces that are no address are accepted;
    such names come out as written.

    The text is cleaned as a whole, which costs far less than cleaning each value: of what XML allows, this removes DEL, reads C1
    controls as the cp1252 characters that were meant, and tidies loose marks on letters, whether written directly or as references.
    """
    text = _LATE_REFERENCE.sub(lambda match: chr(int(match[1] or match[2], 16 if match[2] else 10)), text)
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = clean(text)
    data = text.encode("utf-8", "replace")
    if b"\x7f" in data or (not text.isascii() and _C1_BYTES.search(data)):
        data = value(text).encode("utf-8", "replace")
    parser = _parser()
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        faults: Any = parser.error_log  # of this run; the error's own log includes earlier runs
        if names or any(fault.domain != etree.ErrorDomains.NAMESPACE for fault in faults):
            raise
        return etree.fromstring(data, _parser(recover=True))


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


class Names(dict[object, str]):
    """The element names of one document by tag, in the form that the module's docstring describes, in lower case. Built on first use."""

    def __init__(self, root: etree._Element) -> None:
        super().__init__()
        self._own = _namespace(root.tag)

    def __missing__(self, tag: object) -> str:
        name = _name(tag, self._own)
        if len(self) < _MAX_NAMES:
            self[tag] = name
        return name


def _namespace(tag: object) -> str:
    if not isinstance(tag, str) or not tag.startswith("{"):
        return ""
    return tag[1:].partition("}")[0].strip().lower().replace("https://", "http://", 1).rstrip("/#")


def _name(tag: object, own: str) -> str:
    if not isinstance(tag, str):  # an entity reference
        return ""
    local = tag.rpartition("}")[2].lower()
    namespace = _namespace(tag)
    if namespace in _CORE or (namespace == own and _EXTENSIONS.get(own) != "rdf"):
        return local
    return f"{_EXTENSIONS.get(namespace, '?')}:{local}"


def check_time(origin: Origin) -> None:
    """Raise Failure bad_feed if the document's time is over. Work between two checks takes time linear in the document."""
    if time.monotonic() > origin.ends:
        raise Failure("bad_feed", "The feed takes longer to read than poll.parse_s allows.")


def named(root: etree._Element, names: Names, wanted: str, origin: Origin) -> Iterator[etree._Element]:
    """The elements with that name anywhere under the root, in document order, at most MAX_ENTRIES. An element inside another one with that
    name is skipped: otherwise the outer one's text would be read twice."""
    spellings = (f"{{*}}{wanted}", f"{{*}}{wanted.upper()}", f"{{*}}{wanted.title()}")
    last = beside = None
    for element in islice((element for element in root.iter(*spellings) if names[element.tag] == wanted), MAX_ENTRIES):
        check_time(origin)
        parent = element.getparent()
        if last is None or parent is beside or all(outer is not last for outer in element.iterancestors(last.tag)):
            last, beside = element, parent
            yield element


def children(parent: etree._Element, names: Names, but: str = "") -> Children:
    """The first MAX_CHILDREN child elements by name, in document order, without those named `but`."""
    found: Children = {}
    for child in islice((child for child in parent if names[child.tag] != but) if but else parent, MAX_CHILDREN):
        key = names[child.tag]
        if key in found:
            found[key].append(child)
        else:
            found[key] = [child]
    return found


def text_of(element: etree._Element) -> str:
    """The whole text of an element of a `strict_tree`, stripped."""
    return ((element.text or "") if len(element) == 0 else "".join(map(str, element.itertext()))).strip()


def value(raw: str) -> str:
    """The text cleaned and stripped. C1 controls become the cp1252 characters that were meant."""
    return clean(raw if raw.isascii() else _C1.sub(_from_cp1252, raw)).strip()


def _from_cp1252(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1252", "ignore")


def first_text(found: Children, *names: str) -> str:
    """The text of the first element, in the order of `names`, that has any."""
    for name in names:
        if name in found:
            for element in found[name]:
                if text := text_of(element):
                    return text
    return ""


def texts(found: Children, *names: str) -> list[str]:
    """The text of each element with one of these names that has any, in the order of `names`."""
    return [text for name in names if name in found for element in found[name] if (text := text_of(element))]


def texts_of_each(found: Children, names: Iterable[str]) -> list[tuple[str, str]]:
    """(name, text) of each element with one of these names that has any text, in the order of `names`."""
    return [(name, text) for name in names if name in found for element in found[name] if (text := text_of(element))]


def bodies(found: Children, names: Iterable[str]) -> list[str]:
    """The content of each element with one of these names, as HTML or text, if it has any."""
    return [body for name in names if name in found for e in found[name] if (body := inner_markup(e) if len(e) else text_of(e))]


def inner_markup(element: etree._Element) -> str:
    """The content of an element with its markup, for XHTML content."""
    whole = _START_TAG.sub("", etree.tostring(element, encoding="unicode", method="html", with_tail=False), count=1)
    return value(whole.rpartition("</")[0])


def markup_text(element: etree._Element) -> str:
    """The text of an element that contains elements, without tags and scripts. References stay, as in HTML."""
    return _ANY_TAG.sub("", _without_scripts(inner_markup(element)))


def plain_title(raw: str) -> str:
    """A headline as plain text: without scripts and inline tags, and with entities replaced, even if they were escaped twice."""
    text = raw[:_TITLE_MARKUP]
    if "&" not in text and "<" not in text:
        return one_line(text)
    for _ in range(2):
        text = _REFERENCE.sub(lambda match: html.unescape(match[0]), text)
        text = _INLINE_TAG.sub("", _without_scripts(text))
    return one_line(text)


def _without_scripts(text: str) -> str:
    """Remove each script and style. One without end is removed up to the next one or the end. Linear time, unlike a single pattern."""
    first, *scripts = _SCRIPT.split(text)
    return first + "".join("".join(_SCRIPT_END.split(script, 1)[1:]) for script in scripts)


def unique(names: Collection[str], limit: int = 50) -> tuple[str, ...]:
    """The first `limit` names, each once, on one line each."""
    if not names:  # as often
        return ()
    kept = dict.fromkeys(map(one_line, islice(names, MAX_CHILDREN)))
    kept.pop("", None)
    return tuple(kept)[:limit]

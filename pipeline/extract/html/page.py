"""Parse the bytes of a page into one lxml tree, from which everything else is read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import charset_normalizer
from lxml import etree, html

from pipeline.extract.html.bounds import flatten
from pipeline.extract.html.model import Page
from pipeline.outcomes import Failure
from pipeline.text import one_line

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the start of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
META_CHARSET = re.compile(rb"""<meta[^<>]{0,200}?charset\s*=\s*+["']?\s*+([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE)
HEADER_CHARSET = re.compile(r"""charset\s*=\s*+["']?\s*+([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE)
META_WINDOW = 4096  # bytes; browsers look at 1,024, but many sites put scripts first
DETECT_WINDOW = 200_000  # bytes given to the detector; more makes it slower but no surer
MAX_DAMAGE = 0.02  # share of replacement characters among the non-ASCII ones, up to which a damaged page may have this encoding
# Encodings that the web standard reads as another one: https://encoding.spec.whatwg.org/#names-and-labels
WEB_NAMES = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
}
NEVER_MEANT = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape"})  # Python's own; punycode takes hours for a few MB
CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r") + b"\x7f"
# Decimal and hexadecimal references to C0 controls (except tab and line ends), DEL, U+FFFE and U+FFFF.
FORBIDDEN_REFERENCE = re.compile(
    # Both cases are written out, so that the first two bytes find it, which is ten times as fast.
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|127|6553[45])(?!\d)|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]|7[fF]|[fF]{3}[efEF])(?![0-9a-fA-F]));?"
)
MAX_ATTRIBUTES = 200  # of an element; normal ones have under 60, and later steps are slow on more
# lxml.html calls a Python function for each element's class; its own classes for forms and labels are not needed.
ONE_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
OVERLOADED = etree.XPath(f"//@*[{MAX_ATTRIBUTES + 1}]/..")
LONG_TAG = 1000  # bytes of a start tag that is examined further
MAX_PIECES = 500  # pieces of a start tag, separated by white space


@dataclass(slots=True)
class Document:
    """A parsed page. `base` resolves relative links; `flags` name what was lost."""

    markup: bytes  # UTF-8
    url: str
    base: str
    encoding: str
    flags: tuple[str, ...]
    _tree: html.HtmlElement | None

    @property
    def tree(self) -> html.HtmlElement:
        """The page as a tree. Callers must not change it."""
        if self._tree is None:
            self._tree, _ = parse_markup(self.markup)
            assert self._tree is not None  # it was parsed before
        return self._tree

    def take(self) -> html.HtmlElement:
        """The tree, for the caller to change. A later request parses the page again: that is rare, and a copy would always cost half as
        much."""
        tree, self._tree = self.tree, None
        return tree


def parse(page: Page) -> Document:
    """Parse the page as HTML. Raises Failure no_content if there is nothing to read."""
    markup, encoding = to_utf8(page.body, page.content_type)
    if not markup.strip():
        raise Failure("no_content", "The page is empty.")
    tree, truncated = parse_markup(markup)
    if tree is None:
        raise Failure("no_content", "The page contains no readable markup.")
    flags = ("parse_truncated",) if truncated else ()
    return Document(markup, page.url, _base(tree, page.url), encoding, flags, tree)


def parse_markup(markup: bytes) -> tuple[html.HtmlElement | None, bool]:
    """Parse UTF-8 markup. Returns the tree, and whether the parser had to drop a part (nesting or text beyond its limits)."""
    # huge_tree: without it, libxml2 silently drops everything below depth 255
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(ONE_CLASS)
    try:
        tree = html.document_fromstring(_with_bounded_tags(markup), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None, False
    truncated = any("depth" in entry.message or "limit" in entry.message for entry in parser.error_log)
    for element in select(OVERLOADED, tree):
        element.attrib.clear()
    flatten(tree)
    return tree, truncated


def select(path: etree.XPath, tree: html.HtmlElement) -> list[html.HtmlElement]:
    """The elements that a compiled XPath selects."""
    return cast("list[html.HtmlElement]", path(tree))


def to_utf8(body: bytes, content_type: str) -> tuple[bytes, str]:
    """The body as UTF-8 without control characters, and the name of its original encoding.

    Tried in this order: byte order mark, valid UTF-8 (nothing else is valid by chance), the header, the page's own meta element, a
    detector. A declared encoding that does not fit the bytes is ignored.
    """
    for mark, name in BOMS:
        if body.startswith(mark):
            return _clean(body.decode(name, "replace").encode("utf-8", "replace")), name
    named = _named_encodings(body, content_type)
    if not _is_seven_bit(named, body) and _fits(body, "utf-8"):
        return _clean(body), "utf-8"
    for name in named:
        text = body.decode(name, "replace")
        if _damage(text) <= MAX_DAMAGE:
            return _clean(text.encode("utf-8", "replace")), name
    name = _detect(body)
    return _clean(body.decode(name, "replace").encode("utf-8", "replace")), name


def _clean(markup: bytes) -> bytes:
    """Remove characters that XML cannot contain, written directly or as references, because later parsers refuse them."""
    markup = markup.translate(None, CONTROLS)
    if b"\xef" in markup and b"\xef\xbf" in markup:  # one byte is found ten times as fast as two, and most pages have none
        markup = markup.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")
    return FORBIDDEN_REFERENCE.sub(b"", markup) if b"&#" in markup else markup


def _with_bounded_tags(markup: bytes) -> bytes:
    """Reduce tags with absurdly many attributes to their names: libxml2 takes a minute for 100,000 of them."""
    pieces, kept = [], 0
    for start, end in _long_parts(markup):
        if _is_overloaded(markup[start:end]):
            pieces += [markup[kept:start], _bare(markup[start:end])]
            kept = end
    return b"".join([*pieces, markup[kept:]]) if pieces else markup


def _long_parts(markup: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each part longer than LONG_TAG between two "<". One step passes all short parts within that length, which is five
    times as fast as splitting the page."""
    at = markup.find(b"<")
    while at >= 0:
        after = markup.rfind(b"<", at + 1, at + LONG_TAG + 2)
        if after < 0:
            after = markup.find(b"<", at + 1)
            yield at + 1, after if after >= 0 else len(markup)
        at = after


def _bare(part: bytes) -> bytes:
    return part.split(None, 1)[0] + b">" + part.partition(b">")[2]


def _is_overloaded(part: bytes) -> bool:
    tag = part.partition(b">")[0]
    return len(tag) > LONG_TAG and not tag[:1].isspace() and len(tag.split(None, MAX_PIECES)) > MAX_PIECES


def _fits(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _is_seven_bit(named: list[str], body: bytes) -> bool:
    """Whether a declared seven-bit encoding applies. ISO-2022 and UTF-16 bytes are valid UTF-8 too, so the declaration counts if the bytes
    confirm it."""
    if not named:
        return False
    return (named[0].startswith("iso2022") and b"\x1b" in body) or (named[0].startswith("utf-16") and body.count(0) * 10 > len(body))


def _named_encodings(body: bytes, content_type: str) -> list[str]:
    """The encodings that the header and the page declare, by Python's names."""
    header = HEADER_CHARSET.search(content_type)
    meta = META_CHARSET.search(body, 0, META_WINDOW)
    labels = [header.group(1)] if header else []
    labels += [meta.group(1).decode("ascii")] if meta else []
    found = []
    for label in labels:
        try:
            info = codecs.lookup(label)
        except (LookupError, ValueError):
            continue
        if info._is_text_encoding and info.name not in NEVER_MEANT:
            found.append(WEB_NAMES.get(info.name, info.name))
    return found


def _damage(text: str) -> float:
    if text.isascii():
        return 0.0
    strange = sum(1 for c in text if c > "\x7f")
    return text.count("\ufffd") / strange


def _detect(body: bytes) -> str:
    best = charset_normalizer.from_bytes(body[:DETECT_WINDOW]).best()
    return WEB_NAMES.get(best.encoding, best.encoding) if best else "utf-8"


def _base(tree: html.HtmlElement, url: str) -> str:
    href = next((e.get("href") for e in tree.iter("base") if e.get("href")), None)
    return href if href and href.startswith(("http://", "https://")) else url


def start_of_text(element: html.HtmlElement, limit: int) -> str:
    """The start of an element's text on one line: all of it, or a little more than `limit` characters. The element may contain the whole
    page."""
    pieces, size = [], 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len("".join(piece.split()))
        if size > limit:
            break
    return one_line("".join(pieces))

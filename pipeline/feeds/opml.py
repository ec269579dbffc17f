"""Read and write lists of feeds: OPML (http://opml.org/spec2.opml), CSV with a `url` column, or plain addresses, one a line.

A feed's settings are attributes of our own namespace in OPML, which other programs ignore, and columns in CSV. Both use the names of
`newsmill feeds set`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from pipeline.feeds import broken_opml, options
from pipeline.feeds.formats.addresses import encoded, without_feed_scheme
from pipeline.feeds.formats.xml import after_prolog, strict_tree
from pipeline.feeds.options import Options, WrongOption
from pipeline.feeds.repair import broken_xml
from pipeline.feeds.repair.decode import decode
from pipeline.outcomes import Failure
from pipeline.text import one_line

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_NO_SCHEME = re.compile(r"(?:[\w-]+\.)+[a-z]{2,24}(?::\d{1,5})?/", re.IGNORECASE)
NAMESPACE = "urn:newsmill:feed-settings:1"
_OWN = f"{{{NAMESPACE}}}"
# Separators between several values of one setting: a pattern holds no space, a header may hold anything but a line end.
_BETWEEN = {"include": " ", "exclude": " ", "header": "\n"}
_FEED_ATTRIBUTES = ("xmlurl", "feedurl", "rssurl", "xml_url")
_URL_COLUMNS = ("url", "xmlurl", "feed", "feed_url", "feedurl")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list: its address, and what the list says about it."""

    url: str
    title: str = ""
    site_url: str = ""
    tags: tuple[str, ...] = ()  # the folders that contain it, outermost first, then its categories
    options: Options = Options()  # noqa: RUF009 (frozen)
    paused: bool = False
    line: int = field(default=0, compare=False)  # its line in the list


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence about something in a list that could not be used. `line` is 0 for the list as a whole. `taken` means that the feed is
    added anyway."""

    line: int
    detail: str
    taken: bool = False

    def __str__(self) -> str:
        return f"line {self.line}: {self.detail}" if self.line else self.detail


def read(data: bytes) -> tuple[list[Outline], list[Problem]]:
    """Read the feeds of a list, each once with the tags of all its places, and a sentence with its line for everything that could not be
    used.

    Never raises: a file that is no list gives no feeds and one problem.
    """
    try:
        text = decode(data).strip("\ufeff\x00 \t\r\n")
    except Failure as failure:
        return [], [Problem(0, failure.detail)]
    problems: list[Problem] = []
    if text.startswith("<"):
        found = _from_opml(text, problems)
    elif _is_csv(text):
        found = _from_csv(text, problems)
    else:
        found = _from_lines(text, problems)
    outlines = _merged(found)
    if not outlines and not problems:
        problems.append(Problem(0, "The file lists no feeds."))
    return outlines, problems


def write(outlines: list[Outline], title: str = "newsmill feeds") -> bytes:
    """Write OPML 2.0 with a folder for each tag, nested in the order of the tags. `read` returns the same feeds, folder by folder."""
    root = etree.Element("opml", version="2.0", nsmap={"newsmill": NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = one_line(title)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    for outline in outlines:
        name = one_line(outline.title) or outline.url
        attributes = {"type": "rss", "text": name, "title": one_line(outline.title), "xmlUrl": outline.url, "htmlUrl": outline.site_url}
        attributes |= {_OWN + key: _BETWEEN.get(key, "").join(texts) for key, texts in options.as_texts(outline.options).items()}
        attributes |= {_OWN + "paused": "true"} if outline.paused else {}
        etree.SubElement(_folder(folders, outline.tags), "outline", {key: text for key, text in attributes.items() if text})
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _folder(folders: dict[tuple[str, ...], etree._Element], tags: tuple[str, ...]) -> etree._Element:
    for depth in range(1, len(tags) + 1):
        path = tags[:depth]
        if path not in folders:
            folders[path] = etree.SubElement(folders[path[:-1]], "outline", text=one_line(path[-1]))
    return folders[tags]


def _from_opml(text: str, problems: list[Problem]) -> Iterator[Outline]:
    if "<!entity" in text[:100_000].lower():
        problems.append(Problem(0, "The file declares entities of its own, which no list of feeds needs but attacks use."))
        return
    # Spaces replace the prolog, so that line numbers stay right.
    at = after_prolog(text)
    text = "\n" * text.count("\n", 0, at) + text[at:]
    try:
        root = strict_tree(text)
    except etree.XMLSyntaxError:
        lines = len(text) - len(text.lstrip())
        text = text[:lines] + broken_xml.mend(text[lines:])[0]
        try:
            root = strict_tree(text)
        except etree.XMLSyntaxError as error:
            root = broken_opml.outlines(text, {"newsmill": NAMESPACE})
            has_feeds = len(root) > 0
            then = "its feeds were read one by one" if has_feeds else "it lists no feeds"
            problems.append(Problem(error.lineno or 0, f"the file is not well-formed XML here; {then}.", taken=has_feeds))
    if _local(root) != "opml" and next(root.iter("{*}outline"), None) is None:
        problems.append(Problem(_line(root), f"the file is XML with the root <{_local(root)[:40]}>, not OPML."))
        return
    yield from _below(root, problems)


def _below(root: etree._Element, problems: list[Problem]) -> Iterator[Outline]:
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, tags = waiting.pop()
        if _local(element) == "outline":
            has = {str(key).lower(): str(text) for key, text in element.attrib.items()}
            name = one_line(has.get("title") or has.get("text"))
            address = next((has[name] for name in _FEED_ATTRIBUTES if has.get(name)), "") or (
                has.get("url", "") if has.get("type", "").lower() in ("rss", "atom", "feed") else ""
            )
            if address:
                own = {key.removeprefix(_OWN): text for key, text in has.items() if key.startswith(_OWN)}
                tags_here = (*tags, *_categories(has))
                yield from _outline(encoded(address), name, encoded(has.get("htmlurl", "")), tags_here, own, _line(element), problems)
            elif len(element) == 0:
                problems.append(Problem(_line(element), f"{name or 'an outline'} names no feed (it has no xmlUrl)."))
            elif name:
                tags = (*tags, name)
        waiting += [(child, tags) for child in reversed(element)]


def _categories(has: dict[str, str]) -> tuple[str, ...]:
    return tuple(filter(None, (one_line(part) for part in re.split("[,/]", f"{has.get('category', '')},{has.get('tags', '')}"))))


def _line(element: etree._Element) -> int:
    return int(str(element.sourceline or 0))


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _is_csv(text: str) -> bool:
    columns = re.split("[,;\t]", _header(text))
    return any(column.strip(" \"'").lower() in _URL_COLUMNS for column in columns)


def _header(text: str) -> str:
    return next(iter(text.splitlines()), "")


def _from_csv(text: str, problems: list[Problem]) -> Iterator[Outline]:
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=max(",;\t", key=_header(text).count))
    try:
        columns = [column.strip().lower() for column in next(rows)]
        for row in rows:
            has = dict(zip(columns, (cell.strip() for cell in row), strict=False))
            address = next((has[column] for column in _URL_COLUMNS if has.get(column)), "")
            tags = tuple(filter(None, (one_line(tag) for tag in re.split("[,;/|]", has.get("tags") or has.get("category") or ""))))
            if any(has.values()):
                site = has.get("site_url") or has.get("htmlurl") or ""
                own = {name: has[name] for name in (*options.NAMES, "paused") if has.get(name)}
                yield from _outline(
                    encoded(address), one_line(has.get("title") or has.get("name")), encoded(site), tags, own, rows.line_num, problems
                )
    except csv.Error:
        problems.append(Problem(rows.line_num, "the CSV cannot be read from here on."))


def _from_lines(text: str, problems: list[Problem]) -> Iterator[Outline]:
    for number, line in enumerate(text.splitlines(), start=1):
        address = line.strip()
        if address and not address.startswith("#"):
            yield from _outline(address, "", "", (), {}, number, problems)


def _outline(
    address: str, title: str, site: str, tags: tuple[str, ...], own: dict[str, str], line: int, problems: list[Problem]
) -> Iterator[Outline]:
    address = without_feed_scheme(address)
    if _NO_SCHEME.match(address):
        address = f"https://{address}"
    if not _ADDRESS.fullmatch(address):
        problems.append(Problem(line, f"{one_line(address, 100) or 'nothing'!r} is not an http or https address."))
        return
    title = "" if title == address else title  # `write` shows the address if there is no title
    site = site.strip() if _ADDRESS.fullmatch(site.strip()) else ""
    paused = own.pop("paused", "").strip().lower() in ("true", "yes", "1")
    yield Outline(address, title, site, tags, _options(own, line, problems), paused, line)


def _options(own: dict[str, str], line: int, problems: list[Problem]) -> Options:
    """The valid settings. For each invalid one, a problem is added that says why."""
    found = Options()
    for name, text in own.items():
        if name == "trusted":  # the author of the list could then speak for every site
            problems.append(
                Problem(line, "the feed is added without trusted, which no list can grant: see `newsmill feeds set`.", taken=True)
            )
            continue
        values = text.split(_BETWEEN[name]) if name in _BETWEEN else [text]
        try:
            found = options.changed(found, [(name, value) for value in values])
        except WrongOption as wrong:
            problems.append(Problem(line, f"the feed is added without a setting: {wrong}", taken=True))
    return found


def _merged(found: Iterator[Outline]) -> list[Outline]:
    known: dict[str, Outline] = {}
    for outline in found:
        first = known.get(outline.url, outline)
        tags = tuple(dict.fromkeys((*first.tags, *outline.tags)))
        title, site = first.title or outline.title, first.site_url or outline.site_url
        known[outline.url] = replace(first, title=title, site_url=site, tags=tags)
    return list(known.values())

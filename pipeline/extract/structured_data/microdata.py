"""Read structured data that is marked up in the page itself: microdata and RDFa Lite (schema.org), as nodes like those of JSON-LD.

https://html.spec.whatwg.org/multipage/microdata.html and https://www.w3.org/TR/rdfa-lite/. Read only if the page has no JSON-LD.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.html.page import select
from pipeline.extract.structured_data.jsonld import Node, as_list, is_article
from pipeline.text import one_line

MAX_ITEMS = 100  # top-level items of a page
MAX_ELEMENTS = 20_000  # examined in one item
MAX_VALUE = 2000  # characters of one value
MAX_VALUES = 100  # of one property
UNREAD = frozenset(("articleBody", "text", "comment", "review"))  # whole texts; the text is found elsewhere
ADDRESSES = frozenset(("url", "image", "logo", "sameAs", "mainEntityOfPage", "thumbnailUrl", "contentUrl", "license", "isBasedOn"))
SOURCES = ("src", "href", "data", "srcset")


@dataclass(frozen=True, slots=True)
class Syntax:
    """The attributes that start an item, name its type and name a property."""

    name: str
    items: etree.XPath
    scope: str
    kind: str
    prop: str


MICRODATA = Syntax("microdata", etree.XPath(".//*[@itemscope and contains(@itemtype, 'schema.org') and not(@itemprop)]"), "itemscope", "itemtype", "itemprop")  # fmt: skip
RDFA = Syntax("rdfa", etree.XPath(".//*[@typeof and not(@property) and (ancestor-or-self::*[contains(@vocab, 'schema.org')] or contains(@typeof, 'schema:'))]"), "typeof", "typeof", "property")  # fmt: skip


def article(tree: HtmlElement, headlines: frozenset[str]) -> tuple[Node, str]:
    """The article that is marked up, and how: microdata or rdfa. ({}, '') if there is none, or several of which none has a headline of the
    page.

    `headlines` are the texts of the page's headings. Lists of articles mark up each one, so one of several proves nothing.
    """
    for syntax in (MICRODATA, RDFA):
        found = [node for item in select(syntax.items, tree)[:MAX_ITEMS] for node in _articles(_item(item, syntax))]
        if len(found) > 1:
            found = [node for node in found if not headlines.isdisjoint(as_list(node.get("headline") or node.get("name")))]
        if len(found) == 1:
            return found[0], syntax.name
    return {}, ""


def _articles(node: Node) -> list[Node]:
    """The articles in an item: the item itself, or those that it is about, such as the only post of a Blog."""
    if is_article(node):
        return [node]
    inner = [value for values in node.values() for value in as_list(values) if isinstance(value, dict)]
    return [value for value in inner if is_article(value)]


def _item(element: HtmlElement, syntax: Syntax, depth: int = 5) -> Node:
    """The properties of an item. Those of nested items are in their own nodes."""
    node: Node = {"@type": [kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in (element.get(syntax.kind) or "").split()]}
    waiting: list[HtmlElement] = list(reversed(element))
    seen = 0
    while waiting and seen < MAX_ELEMENTS:
        child = waiting.pop()
        seen += 1
        names = [name.rsplit(":", 1)[-1].rsplit("/", 1)[-1] for name in (child.get(syntax.prop) or "").split()]
        is_item = child.get(syntax.scope) is not None
        if names and not UNREAD.issuperset(names):
            value = _item(child, syntax, depth - 1) if is_item and depth else _value(child, names)
            for name in names if value else ():
                values = node.setdefault(name, [])
                if len(values) < MAX_VALUES:
                    values.append(value)
        if not is_item:
            waiting.extend(reversed(child))
    return node


def _value(element: HtmlElement, names: Iterable[str]) -> str:
    """The value of an element: its content attribute, a time's datetime, a URL if one is expected, else its text."""
    if content := element.get("content"):
        return one_line(content, MAX_VALUE)
    if element.tag == "time" and element.get("datetime"):
        return one_line(element.get("datetime"), MAX_VALUE)
    if not ADDRESSES.isdisjoint(names) and (address := next((v for key in SOURCES if (v := element.get(key))), "")):
        return one_line(address, MAX_VALUE)
    return one_line("".join(element.itertext()), MAX_VALUE)

"""The byline in the page itself, for pages whose structured data names no person."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.page import select
from pipeline.normalise.text import one_line

MARKED = etree.XPath(
    './/*[@rel="author" or @itemprop="author" or contains(@class, "author") or contains(@class, "byline") or @id="authors" or @id="author" or @id="byline"]'
    '[not(ancestor::aside or ancestor::footer or ancestor::nav or ancestor::form)]'
)  # fmt: skip
PROFILE = re.compile(r"/(?:authors?|autor(?:en|es|i)?|auteurs?|reporters?|journalists?|staff|redaktion|writers?|by)/[^/]", re.IGNORECASE)
# A name has no digits; what follows the first one is a date. So is what follows these words.
NOT_A_NAME = re.compile(r"\d|\b(?:published|updated|posted|modified|aktualisiert|veröffentlicht|stand|publié|publicado|aggiornato|january|february|march|april|june|july|august|september|october|november|december)\b", re.IGNORECASE)  # fmt: skip
MAX_CHARS = 150  # of a byline; an element with more is a box about the author
MIN_CHARS = 3
MAX_LOOKED_AT = 200


def bylines(tree: HtmlElement) -> list[str]:
    """The text of the first byline on the page and of its neighbours; [] where none is marked.

    Neighbours only, as pages also list the authors of other articles.
    """
    marked = select(MARKED, tree)[:MAX_LOOKED_AT]
    links = [a for a in list(tree.iter("a"))[:2000] if PROFILE.search(a.get("href") or "")][:MAX_LOOKED_AT]
    for elements in (marked, links):
        named = [(element, text) for element in elements if (text := _text(element))]
        if named:
            home = _home(named[0][0])
            # A neighbour inside the first one says the same again, in fewer words.
            return [
                text
                for element, text in named
                if _home(element) is home and (element is named[0][0] or named[0][0] not in element.iterancestors())
            ]
    return []


def _text(element: HtmlElement) -> str:
    if element.get("itemprop") == "author" and element.get("content"):
        text = one_line(element.get("content"))
    else:
        named = element.find('.//*[@itemprop="name"]')
        text = one_line(", ".join(_names_in(element)) or " ".join((element if named is None else named).itertext()))
    if len(text) > MAX_CHARS:
        return ""
    text = NOT_A_NAME.split(text)[0].strip(" ,|-–—•·(")
    return text if len(text) >= MIN_CHARS else ""


def _names_in(element: HtmlElement) -> list[str]:
    """The texts of the links to authors in a byline: surer than the words around them."""
    return [text for a in element.iter("a") if PROFILE.search(a.get("href") or "") and (text := one_line("".join(a.itertext())))]


def _home(element: HtmlElement) -> HtmlElement | None:
    """The element that holds a whole byline: the grandparent, as each name is often wrapped by itself."""
    parent = element.getparent()
    return parent if parent is None or parent.getparent() is None else parent.getparent()

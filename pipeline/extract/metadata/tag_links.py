"""The links to topics that a page shows beside its article, for where nothing states them and to tell which statement is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.structured_data.page_statements import Evidence, is_around
from pipeline.text import one_line

MAX_ANCHORS = 1500
MAX_TAG = 60  # characters; longer links are headlines
MAX_PADDED = 200  # characters of a label with the white space around it
MIN_LINKED = 0.6  # of the text of a list of topics is links; in a paragraph that mentions them less is
MIN_LINKED_LABELLED = 0.45  # the same in lists of which each row has its label ("Region: … Theme: …"), which do not count
ROW = re.compile(r"(?:^|(?<=[\s,;|]))[^\W\d_][\w -]{0,25}:\s?|[,;|·•]\s?")
LISTS = ("ul", "ol", "dl")
MAX_LISTED = 18  # links of an article's topics; indexes of a site have more
MAX_WORDS = 4  # of a topic, on average
MAX_PIECES = 200  # of text that are looked at in what may be a list
CLIMB = 5  # elements around a link or a label that may hold the list

HREF = re.compile(r"/(?:tags?|topics?|themen?|thema|temas?|sujets?|keywords?|stichwort(?:e|er)?|schlagworte?|etiquetas?|argomenti|emner?|amne|tagy?|stitek)/[^/]", re.IGNORECASE)  # fmt: skip
CLASS = re.compile(r"(?:^|[\s_-])(?:tags?|keywords?|topics?|themen)(?:$|[\s_-])|tag-?list|[a-z]Tags?(?:List|[\s_-]|$)")
LABEL = re.compile(
    r"(?:(?:read )?more (?:on|about)|(?:related |key )?topics?|tags?|filed under|keywords?|in this (?:story|article)|mehr (?:lesen )?(?:über|zum thema|zu den themen|zu)|"
    r"(?:ähnliche |weitere )?themen|schlagw[oö]rter?|stichw[oö]rter?|(?:sur le )?(?:même )?(?:sujets?|thèmes?)|mots[- ]clés|temas|etiquetas|más sobre|palabras clave|argomenti|"
    r"onderwerpen|trefwoorden|ämnen|emner|темы|теги|теми|関連キーワード|キーワード|タグ|标签|관련\s?키워드|태그)\s*:?",
    re.IGNORECASE,
)


def shown(page: Evidence) -> list[str]:
    """The texts of the first list of links that are tags by their relation, class or address."""
    seen: set[HtmlElement] = set()
    names_in = cache(_names)  # as the links of a list have the same elements around them
    anchors = page.anchors[:MAX_ANCHORS]
    by_address = HREF.search("\n".join(anchor.get("href") or "" for anchor in anchors)) is not None  # on most pages none is
    for anchor in anchors:
        if not _is_tag(anchor, by_address=by_address) or _is_outside(anchor):
            continue
        container = _container(anchor, names_in)
        if container is not None and container not in seen:
            seen.add(container)
            if names := names_in(container):
                return names
    return []


def labelled(page: Evidence) -> list[str]:
    """The texts of the links behind a label like "Topics"."""
    for element in page.document.tree.iter("div", "span", "p", "strong", "b", "dt", "h2", "h3", "h4", "h5", "h6"):
        text = element.text
        if not text or len(element) or len(text) > MAX_PADDED:
            continue
        if LABEL.fullmatch(" ".join(text.split())) and not is_around(element, "header"):
            for holder in islice(element.iterancestors(), CLIMB):
                if names := _names(holder):
                    return names
    return []


def _names(container: HtmlElement) -> list[str]:
    """The texts of the links in an element, if it is a list of topics: few and short ones, and little else."""
    names = [one_line("".join(a.itertext())) for a in islice(container.iter("a"), MAX_LISTED + 1)]
    if (
        not names
        or len(names) > MAX_LISTED
        or max(map(len, names)) > MAX_TAG
        or sum(len(name.split()) for name in names) > MAX_WORDS * len(names)
    ):
        return []
    return [name for name in names if name] if _is_mostly(container, sum(map(len, names))) else []


def _is_mostly(container: HtmlElement, linked: int) -> bool:
    """Whether so many characters of links are most of the text."""
    whole = LABEL.sub("", one_line("".join(islice(container.itertext(), MAX_PIECES))), count=1)
    return linked >= MIN_LINKED * len(whole) or (
        linked >= MIN_LINKED_LABELLED * len(whole) and linked >= MIN_LINKED * len(ROW.sub("", whole))
    )


def _is_tag(anchor: HtmlElement, *, by_address: bool) -> bool:
    if by_address and HREF.search(anchor.get("href") or ""):
        return True
    if "tag" in (anchor.get("rel") or "").split() or _is_class_of_tags(anchor.get("class") or ""):
        return True
    parent = anchor.getparent()
    grand = parent.getparent() if parent is not None else None
    return any(_is_class_of_tags(e.get("class") or "") for e in (parent, grand) if e is not None)


@lru_cache(maxsize=4096)  # a page has few classes, and each of them many times
def _is_class_of_tags(names: str) -> bool:
    return CLASS.search(names) is not None


def _container(anchor: HtmlElement, names_in: Callable[[HtmlElement], list[str]]) -> HtmlElement | None:
    """The widest element around a link that is a list of topics still."""
    widest = None
    for element in islice(anchor.iterancestors(), CLIMB):
        if names_in(element):
            widest = element
        elif element.tag in LISTS:
            return None
        elif widest is not None:
            break
    return widest


def _is_outside(element: HtmlElement) -> bool:
    """Whether an element belongs to the site and not to the article: a menu, a footer, the header of the page but not that of an article."""
    if not is_around(element, "header"):
        return False
    around = list(element.iterancestors())
    end = next((i for i, parent in enumerate(around) if parent.tag in ("article", "main") or _is_article_header(parent)), 0)
    return not end or any(parent.tag in ("nav", "footer", "aside", "form") for parent in around[:end])


def _is_article_header(element: HtmlElement) -> bool:
    """A header with the headline and without a menu, as many sites have no other element for the article."""
    return element.tag == "header" and element.find(".//h1") is not None and element.find(".//nav") is None

"""The links to topics that a page shows beside its article. They are used if no tags are stated, and to decide which statement is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.structured_data.page_statements import PageStatements, is_around
from pipeline.text import one_line

MAX_ANCHORS = 1500
MAX_TAG = 60  # characters; longer links are headlines
MAX_PADDED = 200  # characters of a label with the surrounding white space
MIN_LINKED = 0.6  # share of links in the text of a list of topics; a paragraph that mentions topics has less
MIN_LINKED_LABELLED = 0.45  # the same in lists with a label on each row ("Region: … Theme: …"), because labels do not count
ROW = re.compile(r"(?:^|(?<=[\s,;|]))[^\W\d_][\w -]{0,25}:\s?|[,;|·•]\s?")
LISTS = ("ul", "ol", "dl")
MAX_LISTED = 18  # links of an article's topics; a site's indexes have more
MAX_WORDS = 4  # of a topic, on average
MAX_PIECES = 200  # of text that are examined in a possible list
CLIMB = 5  # ancestors of a link or a label that may contain the list

HREF = re.compile(r"/(?:tags?|topics?|themen?|thema|temas?|sujets?|keywords?|stichwort(?:e|er)?|schlagworte?|etiquetas?|argomenti|emner?|amne|tagy?|stitek)/[^/]", re.IGNORECASE)  # fmt: skip
CLASS = re.compile(r"(?:^|[\s_-])(?:tags?|keywords?|topics?|themen)(?:$|[\s_-])|tag-?list|[a-z]Tags?(?:List|[\s_-]|$)")
LABEL = re.compile(
    r"(?:(?:read )?more (?:on|about)|(?:related |key )?topics?|tags?|filed under|keywords?|in this (?:story|article)|mehr (?:lesen )?(?:über|zum thema|zu den themen|zu)|"
    r"(?:ähnliche |weitere )?themen|schlagw[oö]rter?|stichw[oö]rter?|(?:sur le )?(?:même )?(?:sujets?|thèmes?)|mots[- ]clés|temas|etiquetas|más sobre|palabras clave|argomenti|"
    r"onderwerpen|trefwoorden|ämnen|emner|темы|теги|теми|関連キーワード|キーワード|タグ|标签|관련\s?키워드|태그)\s*:?",
    re.IGNORECASE,
)


def shown(page: PageStatements) -> list[str]:
    """The texts of the first list of links that are tags by their relation, class or URL."""
    seen: set[HtmlElement] = set()
    names_in = cache(_names)  # cached, because the links of a list share ancestors
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


def labelled(page: PageStatements) -> list[str]:
    """The texts of the links after a label like "Topics"."""
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
    """The texts of an element's links, if it is a list of topics: few and short links, and little else."""
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
    """Whether `linked` characters of links are most of the text."""
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


@lru_cache(maxsize=4096)  # a page repeats few classes many times
def _is_class_of_tags(names: str) -> bool:
    return CLASS.search(names) is not None


def _container(anchor: HtmlElement, names_in: Callable[[HtmlElement], list[str]]) -> HtmlElement | None:
    """The widest element around a link that is still a list of topics."""
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
    """Whether an element belongs to the site, not the article: a menu, a footer, the page's header but not an article's."""
    if not is_around(element, "header"):
        return False
    around = list(element.iterancestors())
    end = next((i for i, parent in enumerate(around) if parent.tag in ("article", "main") or _is_article_header(parent)), 0)
    return not end or any(parent.tag in ("nav", "footer", "aside", "form") for parent in around[:end])


def _is_article_header(element: HtmlElement) -> bool:
    """Whether this is a header with the headline and without a menu; many sites have no other element for the article."""
    return element.tag == "header" and element.find(".//h1") is not None and element.find(".//nav") is None

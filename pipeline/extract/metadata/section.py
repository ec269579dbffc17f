"""The section of a site that an article belongs to."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import unquote, urlsplit

from pipeline.extract.metadata.title_suffixes import is_site, site_keys
from pipeline.extract.structured_data import jsonld
from pipeline.extract.structured_data.page_statements import PageStatements, first, pick
from pipeline.text import letters_key, one_line

MAX_SECTION = 80  # characters
MAX_WORDS = 6  # of a step; more are a headline
MAX_LISTS = 5  # breadcrumb lists of one page that are examined
STATED = (
    "article:section",
    "parsely-section",
    "sailthru.section",
    "cxenseparse:section",
    "dc.subject.section",
    "section",
    "article-section",
)
HOME = re.compile(r"^\W*(?:home(?:page)?|start(?:seite)?|accueil|inicio|início|home\s?page|главная|hjem|hem|forside|etusivu|anasayfa|trang chủ|首页|ホーム|トップ|홈)\W*$", re.IGNORECASE)  # fmt: skip
# Path segments of one or two words that are no section: kinds of pages, languages, and names from publishing systems.
SEGMENT = re.compile(r"[a-z]{3,20}(?:-[a-z]{2,15})?", re.IGNORECASE)
NO_SECTION = frozenset(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "recommended", "watch", "live", "breaking-news", "news", "article", "articles", "story", "stories", "post", "posts", "archive", "archives", "blog", "blogs", "content", "index", "node", "page", "pages", "static", "web",
     "amp", "artikel", "nachrichten", "noticias", "noticia", "nota", "actualite", "actualites", "notizie", "nyheter", "nyhet", "haber", "haberler", "uutiset", "aktuality", "wiadomosci",
     "detail", "details", "view", "read", "public", "portal", "home", "latest", "print", "tag", "tags", "author", "category", "topic", "www", "site", "sites", "default", "files")
)  # fmt: skip


def section(page: PageStatements, site_names: list[str], title: str) -> tuple[str, str]:
    """The section in the page's words, and its source: the structured data, meta, breadcrumb, or url, if taken from the address."""
    return pick(
        "",
        (page.statement, lambda: _usable(page.stated("articleSection", "name"))),
        ("meta", lambda: _usable(page.named(*STATED))),
        ("breadcrumb", lambda: _of_breadcrumbs(page, site_names, title)),
        ("url", lambda: _of_address(page.document.url)),
    )


def _usable(values: list[str]) -> str:
    return next(
        (text for value in values if (text := one_line(value, MAX_SECTION)) and "://" not in text and any(map(str.isalpha, text))), ""
    )


def _of_breadcrumbs(page: PageStatements, site_names: list[str], title: str) -> str:
    """The last step of the first breadcrumb list, before the article itself."""
    sites = site_keys(site_names)
    for crumbs in islice((node for node in page.nodes if "BreadcrumbList" in jsonld.types(node)), MAX_LISTS):
        steps = [step for step in jsonld.as_list(crumbs.get("itemListElement")) if isinstance(step, dict)]
        names = [one_line(first(jsonld.texts(step.get("name")) or jsonld.texts(step.get("item"), "name")), 500) for step in steps]
        left = [name for name in names if name and not HOME.match(name) and not is_site(name, sites) and not _is_title(name, title)]
        if left and len(left[-1]) <= MAX_SECTION and len(left[-1].split()) <= MAX_WORDS:
            return left[-1]
    return ""


def _is_title(name: str, title: str) -> bool:
    return bool(title) and (
        letters_key(name) in letters_key(title) if len(name) > len(title) / 2 else letters_key(name.rstrip("….")) == letters_key(title)
    )


def _of_address(url: str) -> str:
    """The first segment of the path if it is a word or two and no kind of page, and the article's own segment follows."""
    try:
        segments = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    except ValueError:
        return ""
    for segment in segments[:-1][:3]:
        if SEGMENT.fullmatch(segment) and segment.lower() not in NO_SECTION:
            return segment.replace("-", " ").lower()
    return ""

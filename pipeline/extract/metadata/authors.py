"""Who wrote an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipeline.extract.metadata.byline import bylines, links_behind_by
from pipeline.extract.metadata.title_suffixes import host_names, is_site, site_keys
from pipeline.extract.structured_data import jsonld, metatags
from pipeline.extract.structured_data.page_statements import PageStatements, pick
from pipeline.normalise.author_names import is_full_name, is_organisation, split_authors

IN_BRACKETS = re.compile(r"\((?:https?://)?(?:www\.)?([^()\s/]+)/?\)", re.IGNORECASE)


def authors(page: PageStatements, site_names: list[str]) -> tuple[list[str], str]:
    """The authors, and the source: json-ld, meta, byline or feed.

    If the data names only the site or an organisation, the byline may be better, but must then give full names. The site or organisation
    is the author if nobody else is named.
    """
    sites = site_keys(site_names)
    host = next(iter(host_names(page.document.url)), "")

    def named_in(texts: Iterable[str]) -> list[str]:
        return [name for name in split_authors(text for text in texts if not _names_site(text, host)) if not is_site(name, sites)]

    def people(texts: Iterable[str]) -> list[str]:
        names = named_in(texts)
        persons = [name for name in names if not is_organisation(name)]
        return persons if persons == names or any(map(is_full_name, persons)) else []

    def signed(texts: list[str]) -> list[str]:
        if stated or named:
            return [name for name in people(texts) if is_full_name(name)]
        return people(texts) or named_in(texts)

    def surer(texts: list[str]) -> list[str]:
        names = people(texts)
        return names if not stated or any(map(is_full_name, names)) else []

    def in_bylines(read: Callable[[list[str]], list[str]]) -> list[str]:
        return next((names for texts in bylines(page) if (names := read(texts))), [])

    def is_signed() -> bool:
        """Whether the page names a person in full, and no organisation signs the article."""
        return any(map(is_full_name, [*people(named), *people(links_behind_by(page))]))

    organised = _says_organisation(page)
    stated = page.stated("author", "name") or page.stated("creator", "name")
    named = _not_links(page.named(*metatags.AUTHOR))
    own = _not_links(metatags.like(page.meta, metatags.OWN_AUTHOR, metatags.AUTHOR))
    return pick(
        [],
        (page.statement, lambda: [] if organised and is_signed() else people(stated) or (named_in(stated) if organised else [])),
        ("meta", lambda: surer(named)),
        ("meta", lambda: surer(own)),
        ("byline", lambda: in_bylines(signed)),
        (page.hints.source, lambda: people(page.hints.authors)),
        (page.statement, lambda: named_in(stated)),
        ("meta", lambda: named_in(named)),
        ("meta", lambda: split_authors(own)),
        (page.statement, lambda: split_authors(stated)),
        ("meta", lambda: split_authors(named)),
    )


def _says_organisation(page: PageStatements) -> bool:
    """Whether the data itself declares the author an organisation."""
    nodes = [node for node in jsonld.follow(page.article.get("author"), page.nodes) if isinstance(node, dict)]
    return bool(nodes) and all(kind.endswith("Organization") for node in nodes for kind in jsonld.types(node) or ("Person",))


def _not_links(values: list[str]) -> list[str]:
    return [value for value in values if "://" not in value]


def _names_site(text: str, host: str) -> bool:
    """Whether the name is followed by the site's own address, "The Post (www.post.example)": then it is the site's name."""
    return any(address.casefold() == host for address in IN_BRACKETS.findall(text))

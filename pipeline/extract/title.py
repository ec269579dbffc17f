"""Which of the headlines on a page is the title, and where the site's name in it begins."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

SEPARATOR = re.compile(r"\s+(?:[|\-–—·•:»«/*~]|::|&raquo;)\s+|\s*[|｜]\s*")
WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """A title as its words alone, for comparison."""
    return WORD.findall(text.casefold().replace("’", "'"))


def without_site(title: str, site_names: list[str], headlines: list[str]) -> str:
    """The title without the site's name, section or date at its ends.

    A cut is made where what is left is one of the page's other `headlines`, or where what is cut off is a name of the site.
    """
    cuts = list(SEPARATOR.finditer(title))
    known = {tuple(words(h)) for h in headlines}
    sites = {"".join(words(name)) for name in site_names} - {""}
    if tuple(words(title)) in known and not cuts:
        return title
    for cut in cuts:  # the shortest head or the longest tail that is a headline by itself
        for rest in (title[: cut.start()], title[cut.end() :]):
            if tuple(words(rest)) in known:
                return rest.strip()
    while cuts and "".join(words(title[cuts[-1].end() :])) in sites:
        title = title[: cuts.pop().start()]
    while cuts and "".join(words(title[: cuts[0].start()])) in sites:
        title = title[cuts[0].end() :]
        cuts = list(SEPARATOR.finditer(title))
    return title.strip()


def host_names(url: str) -> list[str]:
    """The names a site goes by in its host: 'www.news.example.co.uk' gives the host without www and its labels of some length."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return []
    return [host, *(label for label in host.split(".")[:-1] if len(label) > 3)]

"""Split a saved article's paragraphs into what its head and closing lines state, and the body between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.documents.model import Stated
from pipeline.extract.metadata.topics import split_tags
from pipeline.extract.text.boilerplate_phrases import is_boilerplate, is_notice
from pipeline.normalise.author_names import split_authors
from pipeline.normalise.byline_words import BY_WORDS
from pipeline.normalise.dates.dates import parse_date
from pipeline.normalise.urls import is_homepage, parse
from pipeline.outcomes import Failure
from pipeline.text import one_line

HEAD = 20  # paragraphs at the start in which bylines, dates and labels are searched
MAX_TITLE = 300  # characters
MAX_META = 200  # characters of a line of the head
MIN_PROSE = 100  # characters of a body paragraph that does not end like a sentence
MIN_SENTENCE = 40  # characters of a body paragraph that ends like a sentence
CLOSING_FROM = 0.4  # closing lines start after this share of the paragraphs

ADDRESS = re.compile(r"(?:^|\s|<)(https?://[^\s<>\"]{4,2000})")
BYLINE = re.compile(
    rf"^(?:(?:written|reported|posted)\s+)?(?:{BY_WORDS}|texte?)\s*+(?:(?<=\s)|:\s)\s*+(?=[^\W\d_])",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"^(?P<name>regions?|countr(?:y|ies)|themes?|topics?|tags?|keywords|categor(?:y|ies)|sections?|series|subjects?|filed\s+under|posted\s+in|dossiers?|channels?"
    r"|(?:in-depth|special|country|investigative)\s+(?:reports?|series)|themen?|rubrik|schlagwörter|ressort|thèmes?|mots-clés|rubrique|temas?|etiquetas|sección|argomenti|sezione|рубрика|теги)"
    r"\s*:\s*+(?P<values>.*)$",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"^(?P<name>title|headline|author|authors|date|published|source|url|link|publisher|publication)\s*:\s+(?P<value>\S.*)$", re.IGNORECASE
)
# "The River Post, January 26, 2024"; "26 January 2024"; "Published: 2024-01-26 10:00".
DATELINE = re.compile(r"^(?:(?P<who>[^,|•·\d]{2,80}?)\s*+[,|•·–—-]\s*+)?(?P<date>(?=.{0,90}\b\d{4}\b)[^,|•·]{0,30}\d.{2,60})$")
DATED = re.compile(
    r"^\W*(?:(?:first\s+)?published|posted|updated|last\s+(?:updated|modified)|date|veröffentlicht|stand|publié|publicado|pubblicato)\b\s*(?:on|at|am|le|el|il)?\s*:?\s*",
    re.IGNORECASE,
)
BEFORE_DATE = re.compile(r"(?:(?<!\s)\s+)?[|•·,;–—-]\s+|(?<!\s)\s+(?:on|am|le|el|il)\s+|(?<!\s)\s+(?=\d)")
RULE = re.compile(r"^\W{1,20}$")
SOURCE = re.compile(
    r"^\W*(?:the\s+)?original\s+source\s+of\s+this\s+(?:article|story|text)\s+is\s*+(?:(?<=\s)|:\s)\s*+(?P<name>.{2,80}?)(?=\s+copyright\b|\s*©|[.\n]|$)",
    re.IGNORECASE,
)
COPYRIGHT = re.compile(r"(?:\bcopyright\b(?:\s*+(?:©|\(c\)))?+|©)\s*+(?P<parts>[^.\n]{3,160})", re.IGNORECASE)
ORIGIN = re.compile(
    r"\b(?:originally|first)\s+(?:published|posted|appeared)\b|\bre-?(?:published|printed|posted)\s+(?:from|with)\b", re.IGNORECASE
)
YEAR = re.compile(r"^\W*(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)?\d\d)?\W*$")


@dataclass(slots=True)
class _Notes:
    """What the lines have stated so far."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    published: str = ""
    site_name: str = ""
    tags: list[str] = field(default_factory=list)
    url: str = ""


def read(paragraphs: Sequence[str], *, title: str = "", running: Sequence[str] = ()) -> tuple[Stated, list[str]]:
    """Return what the paragraphs state, and the paragraphs of the body. `title` is the one already known. `running` are the lines at the
    edges of the pages, where printed pages show their address."""
    notes = _Notes(title=title)
    start = _head(paragraphs, notes)
    end = _end(paragraphs, start, notes.authors)
    _closing(paragraphs[end:], notes)
    notes.url = notes.url or next((url for line in running if (url := _address(line))), "")
    body = [text for text in paragraphs[start:end] if not is_boilerplate(text) and not RULE.match(text)]
    origin = tuple(one_line(text, MAX_META * 2) for text in paragraphs[start:] if ORIGIN.search(text) and is_boilerplate(text))
    stated = Stated(notes.title, tuple(notes.authors), notes.published, notes.site_name, split_tags(notes.tags), notes.url, origin)
    return stated, body


def _head(paragraphs: Sequence[str], notes: _Notes) -> int:
    """Read the lines above the body into the notes. Returns where the body starts: after the last line of the head."""
    start = 0
    label: list[str] | None = None
    for number, text in enumerate(paragraphs[:HEAD]):
        if label is not None and not _is_prose(text) and not LABEL.match(text):
            label.append(text)  # "Region:" on a line of its own, with its value on the next
            label, start = None, number + 1
            continue
        label = None
        if is_boilerplate(text) or RULE.match(text):
            start = number + 1
        elif found := LABEL.match(text):
            start = number + 1
            values = [value for part in re.split(r"[,;]", found["values"]) if (value := part.strip())]
            notes.tags += values
            label = None if values else notes.tags
        elif _is_stated(text, notes):
            start = number + 1
        elif not notes.title and len(text) <= MAX_TITLE:
            notes.title, start = one_line(text), number + 1
        elif _same(text, notes.title):
            start = number + 1
        elif _is_prose(text):
            break
    return start


def _is_stated(text: str, notes: _Notes) -> bool:
    """Read a line that says who, when or where. Returns False for any other line."""
    if len(text) > MAX_META:
        return False
    if named := FIELD.match(text):
        return _take_field(named["name"].lower(), named["value"], notes)
    if BYLINE.match(text):
        name, date = _parted(text)
        if names := split_authors([name]):
            notes.authors = notes.authors or names
            notes.published = notes.published or date
            return True
    if _whole_address(text):
        notes.url = notes.url or _address(text)
        return True
    dated = DATELINE.match(DATED.sub("", text))
    if dated and parse_date(dated["date"]):
        notes.published = notes.published or dated["date"]
        notes.site_name = notes.site_name or one_line(dated["who"] or "")
        return True
    return False


def _parted(byline: str) -> tuple[str, str]:
    """Split a date off a byline: "By Ann Ash | March 14, 2025"."""
    for cut in BEFORE_DATE.finditer(byline):
        if parse_date(DATED.sub("", byline[cut.end() :])):
            return byline[: cut.start()], DATED.sub("", byline[cut.end() :])
    return byline, ""


def _take_field(name: str, value: str, notes: _Notes) -> bool:
    if name in ("title", "headline"):
        notes.title = notes.title or one_line(value)
    elif name in ("author", "authors"):
        notes.authors = notes.authors or split_authors([value])
    elif name in ("date", "published"):
        notes.published = notes.published or value
    elif address := _address(value):
        notes.url = notes.url or address
    else:
        notes.site_name = notes.site_name or one_line(value)
    return True


def _is_prose(text: str) -> bool:
    return len(text) >= MIN_PROSE or (len(text) >= MIN_SENTENCE and text.rstrip("\"'”’»)")[-1:] in ".!?…。！？।؟")


def _same(text: str, title: str) -> bool:
    return re.findall(r"\w+", text.casefold()) == re.findall(r"\w+", title.casefold())


def _end(paragraphs: Sequence[str], start: int, authors: Sequence[str]) -> int:
    """Where the body ends: at the first closing line after which only closing lines and hidden text follow."""
    boilerplate = [is_boilerplate(text) for text in paragraphs]
    last_text = max((number for number, stands in enumerate(boilerplate) if not stands), default=-1)
    last_but_rules = max(
        (number for number, stands in enumerate(boilerplate) if not stands and not RULE.match(paragraphs[number])), default=-1
    )
    earliest = start + round((len(paragraphs) - start) * CLOSING_FROM)
    for number in range(max(earliest, start + 1), len(paragraphs)):
        text = paragraphs[number]
        if RULE.match(text) and any(boilerplate[number + 1 : number + 4]):
            return number
        if boilerplate[number] and (number > last_text or is_notice(text) or ORIGIN.search(text) or SOURCE.match(text)):
            return number
        if number >= last_but_rules and _is_about_author(text, authors):
            return number
    return len(paragraphs)


def _is_about_author(text: str, authors: Sequence[str]) -> bool:
    """Whether a closing line describes an author: "Ann Ash is a reporter …"."""
    return any(re.match(rf"\W*{re.escape(name)}\s+(?:is|was|has|works|writes|lives)\b", text, re.IGNORECASE) for name in authors)


def _closing(paragraphs: Sequence[str], notes: _Notes) -> None:
    """Read from the lines below the body which publisher the article comes from."""
    for text in paragraphs:
        if found := SOURCE.match(text):
            notes.site_name = notes.site_name or one_line(found["name"])
        if held := COPYRIGHT.search(text):
            holders = [part.strip() for part in held["parts"].split(",") if part.strip() and not YEAR.match(part)]
            others = [name for name in holders if name not in notes.authors]
            if len(holders) > 1 and not notes.authors:
                notes.authors = split_authors(holders[:1])
                others = holders[1:]
            notes.site_name = notes.site_name or (one_line(others[0], MAX_META) if others and YEAR.search(held["parts"][-6:]) else "")
        if not notes.url and text.lower().startswith(("source:", "url:", "link:")):
            notes.url = _address(text)


def _whole_address(text: str) -> bool:
    return bool(re.fullmatch(r"<?https?://[^\s<>\"]{4,2000}>?", text))


def _address(text: str) -> str:
    """The first address of an article in a line; empty if there is none."""
    for found in ADDRESS.findall(text):
        try:
            url = parse(found.rstrip(".,;)")).text
        except Failure:
            continue
        if not is_homepage(url):
            return url
    return ""

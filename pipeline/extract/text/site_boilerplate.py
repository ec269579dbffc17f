"""Decide which paragraphs of an article are its site's boilerplate, by comparing it with other articles of the site.

A paragraph that occurs verbatim in many articles is boilerplate: an appeal, a box, a notice. But texts repeat for other reasons too: one
article at two URLs, versions of a live blog, wire copy, the background of a long story. So these count: how many *different* articles
contain it, their share of the site's recent articles, whether it has boilerplate's words, its position, and how much of the article
would be lost. In doubt a paragraph stays: one too many is a blemish, one too few is a loss.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from pipeline.extract.text.boilerplate_phrases import is_boilerplate

MAX_MARKS = 200  # paragraphs of an article that are stored, half of them from each end; only live blogs have more
SETTLED = 10  # articles nearby, with fewer of which shares mean little
# With words typical of boilerplate, at any position.
WORDED_HOLDERS = 2  # so it works from the third article on
WORDED_SHARE = 0.05  # of the articles nearby; a box that is hardly shown any more does not count
# Without such words: at the edges, where boilerplate is.
EDGE_HOLDERS = 2
EDGE_SHARE = 0.4
EDGE_SHARE_EARLY = 0.6  # while fewer than SETTLED articles are nearby
EDGE = 8  # paragraphs from an end
EDGE_GAPS = 2  # short lines of the article itself (a date, a name) that may be among those of an edge
SHORT_LINE = 120  # characters
# Without such words, in the middle of the text or on its subject.
INNER_HOLDERS = 10
INNER_SHARE = 0.6
INNER_CHARS = 60  # shorter ones are headings, questions, names of speakers
TOPICAL = 0.25  # share of a paragraph's longer words that occur in the rest of the article
MIN_TOPICAL = 2  # at least so many such words; one occurs by chance
LONG_WORD = 6  # characters
# How much of an article may be removed, in characters; more is not boilerplate but another copy of the article.
MAX_SHARE = 0.5
MAX_SHARE_SURE = 0.9  # if INNER_HOLDERS different articles contain each of the paragraphs
MIN_REST = 80  # characters that must be left
WHOLE = 0.85  # two articles that share this much of all their paragraphs are one story, even on a site with little else
COPY = 0.5  # two articles that share more than this of their own paragraphs are one story

WORD = re.compile(rf"[^\W\d_]{{{LONG_WORD},}}")
# Looser than `standing`, because repetition counts here too; for lines of up to MAX_HINTED characters.
MAX_HINTED = 250
MAX_WORDED = 2000  # no notice is longer
HINT = re.compile(
    r"""\b(?:newsletters?|subscri(?:be|ption)s?|unsubscribe|donat(?:e|ions?)|sign\s+up|log\s+in|follow\s+us|share\s+(?:this|on|via)|click\s+here|tap\s+here|download\s+(?:our|the)\s+app
    |whatsapp[- ]channel|advertisement|sponsored|read\s+more|read\s+also|also\s+read|more\s+on\s+this|all\s+rights\s+reserved|copyright|reprint(?:ed|s)?|syndicat(?:ed|ion)|cookies?
    |support\s+(?:us|our|independent)|members?hips?|anzeige|abonn\w*|spende[nt]?\w*|mehr\s+zum\s+thema|lesen\s+sie|alle\s+rechte|folgen\s+sie|partage[rz]\w*|abonnez|suivez|lire\s+aussi|droits\s+réservés
    |suscr[ií]b\w*|boletín|s[ií]guenos|compart[ei]\w*|derechos\s+reservados|leia\s+(?:também|mais)|assine|siga|iscriviti|leggi\s+anche|riproduzione\s+riservata|подпи[сш]\w*|читайте|реклама)\b
    |©|会員登録|無断転載|続きを読む|订阅|版权所有|未经授权|구독|무단\s*전재|저작권""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class ParagraphHashes:
    """An article as stored for its site: hashes (64 bits, signed) of its paragraphs in order, of its title and of its authors, and the day
    it was published. 0 is the hash of a text without letters and digits."""

    paragraphs: tuple[int, ...]
    title: int = 0
    byline: int = 0
    day: date | None = None


def mark(text: str) -> int:
    """The hash of a text, ignoring case and white space; 0 if it contains no letter and no digit."""
    folded = " ".join(text.casefold().split())
    if not any(map(str.isalnum, folded)):
        return 0
    return int.from_bytes(hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def marks(paragraphs: Iterable[str], title: str, authors: Sequence[str], day: date | None) -> ParagraphHashes:
    """An article in the form that is stored for its site."""
    found = tuple(mark(text) for text in paragraphs)
    if len(found) > MAX_MARKS:
        found = found[: MAX_MARKS // 2] + found[-MAX_MARKS // 2 :]
    return ParagraphHashes(found, mark(title), mark("; ".join(authors)), day)


def boilerplate_places(
    paragraphs: Sequence[str], article: ParagraphHashes, others: Sequence[ParagraphHashes], silent: int
) -> tuple[int, ...]:
    """The positions of boilerplate paragraphs, from 0, in order.

    `others` are nearby articles of the site that share a paragraph with this one, nearest first. `silent` counts the other nearby
    articles, which share none.
    """
    own = [mark(text) for text in paragraphs]
    shared = Counter(chain.from_iterable(set(own).intersection(other.paragraphs) for other in others))
    repeated = {found for found in own if found and shared[found] >= min(WORDED_HOLDERS, EDGE_HOLDERS)}
    if not repeated:
        return ()
    texts = {found: text for found, text in zip(own, paragraphs, strict=True) if found in repeated}
    worded = {found for found, text in texts.items() if _worded(text)}
    different = distinct(article, others, silent, worded)
    around = len(different) + silent
    holders = {found: [other for other in different if found in other.paragraphs] for found in repeated}
    edges = _edges(own, paragraphs, repeated)
    rest = {word for found, text in zip(own, paragraphs, strict=True) if found not in repeated for word in WORD.findall(text.casefold())}

    def is_site(place: int) -> bool:
        found, text = own[place], paragraphs[place]
        if found not in repeated:
            return False
        if found in worded:
            return len(holders[found]) >= max(WORDED_HOLDERS, math.ceil(WORDED_SHARE * around))
        if place in edges and not _topical(text, rest) and _at_edge(found, holders[found], around):
            return True
        return _everywhere(text, holders[found], around)

    places = tuple(place for place in range(len(own)) if is_site(place))
    return places if _bearable(paragraphs, places, min((len(holders[own[place]]) for place in places), default=0)) else ()


def distinct(article: ParagraphHashes, others: Sequence[ParagraphHashes], silent: int, worded: set[int]) -> list[ParagraphHashes]:
    """Those of `others` that are different stories from the article and from each other: no copies, versions, or articles with the same
    title.

    Two articles are one story if they share more than half of their own paragraphs, or nearly all of all paragraphs. Own paragraphs are
    all except the `worded` ones and, once there are enough articles to tell, those that many articles contain.
    """
    held = [set(one.paragraphs) - worded - {0} for one in (article, *others)]
    counts = Counter(chain.from_iterable(held))
    around = len(held) + silent
    common = {found for found, count in counts.items() if around > SETTLED and count >= EDGE_SHARE * around}
    telling = {found for found, count in counts.items() if count > 1} - common
    sizes = [len(paragraphs - common) for paragraphs in held]
    holding: dict[int, list[int]] = {}  # paragraph → earlier articles
    titles = {article.title} - {0}
    found: list[ParagraphHashes] = []
    for number, one in enumerate((article, *others)):
        own = held[number] & telling
        votes = Counter(before for paragraph in own for before in holding.get(paragraph, ()))
        copy = any(count > COPY * min(sizes[number], sizes[before]) for before, count in votes.items())
        copy = copy or held[number] in held[:number] or len(held[number] & held[0]) >= WHOLE * min(len(held[number]), len(held[0]))
        if number and not copy and one.title not in titles:
            found.append(one)
        for paragraph in own:
            holding.setdefault(paragraph, []).append(number)
        if one.title:
            titles.add(one.title)
    return found


def _worded(text: str) -> bool:
    return len(text) <= MAX_WORDED and (is_boilerplate(text) or (len(text) <= MAX_HINTED and bool(HINT.search(text))))


def _edges(own: Sequence[int], paragraphs: Sequence[str], repeated: set[int]) -> set[int]:
    """The positions of repeated paragraphs that are together at the start or the end, with at most a few short lines between them."""
    found: set[int] = set()
    for places in (range(len(own))[:EDGE], range(len(own))[: -EDGE - 1 : -1]):
        gaps = 0
        for place in places:
            if own[place] in repeated:
                found.add(place)
                continue
            gaps += 1
            if gaps > EDGE_GAPS or len(paragraphs[place]) > SHORT_LINE:
                break
    return found


def _topical(text: str, rest: set[str]) -> bool:
    """Whether the paragraph is about the article's subject. Background of a story is; an appeal to readers is not."""
    words = set(WORD.findall(text.casefold()))
    return len(words & rest) >= max(TOPICAL * len(words), MIN_TOPICAL)


def _at_edge(found: int, holders: Sequence[ParagraphHashes], around: int) -> bool:
    share = EDGE_SHARE if around >= SETTLED else EDGE_SHARE_EARLY
    if len(holders) < EDGE_HOLDERS or len(holders) < share * around:
        return False
    places = ((other.paragraphs.index(found), len(other.paragraphs)) for other in holders)
    return all(place < EDGE or place >= length - EDGE for place, length in places)


def _everywhere(text: str, holders: Sequence[ParagraphHashes], around: int) -> bool:
    """Whether so many articles of several days or authors contain it that it cannot belong to one story."""
    spread = max(len({other.day for other in holders}), len({other.byline for other in holders}))
    return len(text) >= INNER_CHARS and len(holders) >= INNER_HOLDERS and len(holders) >= INNER_SHARE * around and spread > 1


def _bearable(paragraphs: Sequence[str], places: tuple[int, ...], least_holders: int) -> bool:
    total, gone = sum(map(len, paragraphs)), sum(len(paragraphs[place]) for place in places)
    most = MAX_SHARE_SURE if least_holders >= INNER_HOLDERS else MAX_SHARE
    return gone <= most * total and total - gone >= MIN_REST

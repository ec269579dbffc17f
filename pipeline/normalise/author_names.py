"""Turn bylines as sites write them into authors' names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import islice

from pipeline.normalise.byline_words import (
    AGENCY,
    BUTTONS,
    BY,
    DEGREES,
    LEADING_AND,
    NOBODY,
    ORGANISATION,
    PICTURES,
    ROLE,
    TITLE_BEHIND,
    WEAK_WORDS,
    WORDS,
)

MAX_BYLINE = 1000  # characters read of one byline
MAX_NAME = 80  # characters; longer ones are sentences
MAX_AUTHORS = 50
MAX_PARTS = 200  # names, roles and descriptions examined
MAX_PASSES = 5  # over a complicated byline; nearly all need only one
MAX_WORDS = 6  # of a name next to other names; a longer part is a description

EMAIL = re.compile(r"(?:[(<\[]\s*+|(?<!\s)\s+)?[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}\s*[)>\]]?")
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
HANDLE = re.compile(r"(?<!\w)@\w+")
WHOLLY_IN_BRACKETS = re.compile(r"^\s*\[([^\[\]]+)\]\s*$")
BRACKETS = re.compile(r"(?:(?<!\s)\s+)?[(\[][^()\[\]]{0,100}[)\]]\s*")
MARKUP = re.compile(r"<[^<>]{0,200}>")
ACCOUNT = re.compile(r"[a-z]+(?:[._][a-z]*)*\d*|[A-Za-z]+\d{2,}")
TRADE_MARK = re.compile(r"[A-Z]{3,5}")
# Marks and words that always separate two names.
MARKS = re.compile(r"(?:(?<!\s)\s+)?[;|\n\t•·、，؛،]\s*|(?<!\s)\s+[/–—-]\s+")


def split_authors(texts: Iterable[str]) -> list[str]:
    """The names in some bylines, in order, each once, ignoring case.

    Leading "By", e-mail addresses, links, handles, bracketed notes and roles are removed; names stay as written. Agencies and
    publications named as authors are kept, and a role ("Post Staff") if nobody else is named. Names that have been through this stay the
    same.
    """
    names = _split(texts)
    for _ in range(MAX_PASSES):
        again = _split(names)
        if again == names:
            break
        names = again
    return names


def _split(texts: Iterable[str]) -> list[str]:
    parts = list(islice((part for text in texts for part in _parts(text)), MAX_PARTS))
    people = [part for part in parts if not _is_role(part)]
    if any(len(part.split()) <= MAX_WORDS for part in people):
        people = [part for part in people if len(part.split()) <= MAX_WORDS]
    people = people or [part for part in parts if ROLE.sub("", part).strip()]
    names: dict[str, str] = {}
    for name in people:
        names.setdefault(name.casefold().replace("-", " "), name)  # "mira-halloran" is the end of a profile's URL
    return [name for name in names.values() if not any(_abbreviates(name, other) for other in names.values())][:MAX_AUTHORS]


def is_organisation(name: str) -> bool:
    """Whether an author is no person, by its words ("Redaktion", "Example Foundation e.V.") or as an account ("mira.halloran")."""
    return bool(ORGANISATION.search(name)) or bool(ACCOUNT.fullmatch(name))


def is_full_name(text: str) -> bool:
    """Whether a text looks like a person's name: two to five capitalised words, or words in a script without capitals."""
    words = text.split()
    if not text or not all(c.isalpha() or c in " .'’-" for c in text) or len(text) > MAX_NAME:
        return False
    if not any(c.isupper() or c.islower() for c in text):
        return True
    capitals = sum(1 for word in words if word[0].isupper())
    return 2 <= len(words) <= MAX_WORDS and capitals >= 2 and words[0][0].isupper() and words[-1][0].isupper()


def _abbreviates(short: str, full: str) -> bool:
    """Whether one name is another with initials: "M. Halloran" and "Mira Halloran"."""
    mine, others = short.split(), full.split()
    if len(mine) < 2 or len(mine) != len(others) or short == full or mine[-1].casefold() != others[-1].casefold():
        return False
    return all(a == b or (a.endswith(".") and len(a) == 2 and b[0] == a[0]) for a, b in zip(mine[:-1], others[:-1], strict=True))


def _parts(byline: str) -> list[str]:
    """The names, roles and descriptions in a byline."""
    text = html.unescape(byline[:MAX_BYLINE])
    text = WHOLLY_IN_BRACKETS.sub(r"\1", text)
    for pattern in (MARKUP, PICTURES, BRACKETS, EMAIL, ADDRESS, HANDLE):
        text = pattern.sub(" ", text)
    parts = [part for chunk in MARKS.split(text) for part in _by_commas(_without_by(_fold(chunk)))]
    parts = [name for part in parts for name in WORDS.split(part)]
    parts = [name for part in parts for name in _by_weak_words(part)]
    return [name for part in parts if (name := _name(part))]


def _by_commas(text: str) -> list[str]:
    """Split at commas, except a single comma between two single words, as in "Last, First"."""
    parts = [part for part in (p.strip() for p in text.split(",")) if part]
    parts = parts[:1] + [part for part in parts[1:] if not _is_degree(part) or " " not in parts[0]]
    parts = [LEADING_AND.sub("", part) for part in parts]
    if len(parts) == 2 and all(_is_plain_word(part) for part in parts):
        return [f"{parts[1]} {parts[0]}"]
    return parts


def _is_degree(part: str) -> bool:
    """Whether this is a degree or professional title after a name: "PhD", "CEPF®", "CPP"."""
    bare = part.replace(".", "").rstrip("®™")
    return bare.casefold() in DEGREES or (bare != part and bare.isupper()) or bool(TRADE_MARK.fullmatch(bare))


def _is_plain_word(text: str) -> bool:
    return " " not in text and "." not in text and text[:1].isupper() and not text.isupper()


def _by_weak_words(text: str) -> list[str]:
    parts = WEAK_WORDS.split(text)
    if len(parts) > 1 and all(len(part.split()) > 1 and part[:1].isupper() and not ROLE.search(part) for part in parts):
        return parts
    parts = text.split("/")
    return parts if len(parts) > 1 and all(len(part.split()) > 1 for part in parts) else [text]


def _name(text: str) -> str:
    name = BUTTONS.sub("", _without_by(_fold(text))).strip(" ,.:;–—-*\"'“”„«»")
    # A full stop stays after an abbreviation ("Jr.", "J.") and is removed elsewhere.
    if text.rstrip().endswith(".") and re.search(r"\b(?:\w|[JS]r|Dr)$", name):
        name += "."
    name = TITLE_BEHIND.sub("", name)
    person = AGENCY.sub("", name)
    name = person if person != name and is_full_name(person) else name
    return "" if len(name) > MAX_NAME or name.casefold() in NOBODY or not any(c.isalpha() for c in name) else name


def _is_role(name: str) -> bool:
    """Whether a part of a byline says what someone is: it has a word for a profession, and is not a full name that happens to contain one."""
    match = ROLE.search(name)
    return match is not None and (len(name.split()) > 1 or match.group() == name)


def _without_by(text: str) -> str:
    return BY.sub("", text, count=1)


def _fold(text: str) -> str:
    return " ".join(text.split())

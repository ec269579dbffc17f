"""From bylines as sites write them to names of authors."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

MAX_BYLINE = 1000  # characters of one byline that are read
MAX_NAME = 80  # characters; longer ones are sentences
MAX_AUTHORS = 50

EMAIL = re.compile(r"[(<\[]?\s*[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}\s*[)>\]]?")
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
HANDLE = re.compile(r"(?<!\w)@\w+")
BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{0,100}[)\]]\s*")
MARKUP = re.compile(r"<[^<>]{0,200}>")
# "By", in the words of bylines, with or without a colon.
BY = re.compile(
    r"^(?:(?:written|reported|reporting|posted|published|story|text|words|edited|created)\s+by|by|von|par|por|door|av|af|di|przez|autor(?:in|en|es|a|zy)?|author|authors|auteur|"
    r"text(?:e|o)?|redigerad av|автор(?:ы)?|текст|от|yazan|oleh)\s*(?::\s*|\s+(?=\S))",
    re.IGNORECASE,
)
# Marks that always part two names, and words that do.
MARKS = re.compile(r"\s*[;|\n\t•·、，؛،]\s*|\s+[/–—]\s+|\s*\s-\s\s*")
WORDS = re.compile(r"\s+(?:and|und|et|och|og|&|und|и|та|ve|dan)\s+|\s*&\s*(?=\w)(?<=\s)", re.IGNORECASE)
# These part names too, but stand inside names and bylines as well ("Ortega y Gasset", "Ana Ruiz en Madrid"): only between full names.
WEAK_WORDS = re.compile(r"\s+(?:y|e|en|i|a)\s+")
ROLE = re.compile(
    r"\b(?:reporters?|correspondents?|editors?|writers?|journalists?|staff|columnists?|producer|analyst|contributor|columnist|freelance|chief|head of|professor|photographer|"
    r"redakteur(?:in)?|korrespondent(?:in)?|reporterin|volontär(?:in)?|journaliste?(?:in)?|redaktør|journalist|correspondant|envoyée?|redactora?|corresponsal|periodista|"
    r"giornalista|inviat[oa]|redaktor(?:ka)?|корреспондент|журналист|редактор)\b",
    re.IGNORECASE,
)
# Accounts, placeholders and the share buttons beside a byline.
NOBODY = frozenset(
    ("admin", "administrator", "unknown", "null", "none", "undefined", "n/a", "na", "author", "guest", "user", "root", "editor",
     "nan", "false", "true", "facebook", "twitter", "instagram", "linkedin", "youtube", "telegram", "whatsapp", "email", "e-mail", "rss")
)  # fmt: skip


def split_authors(texts: Iterable[str]) -> list[str]:
    """The names in some bylines, in order, each once (without regard to case).

    Leading "By", e-mail addresses, links, handles, bracketed notes and roles are taken off; names are otherwise left as they are
    written. Agencies and publications named as authors are kept.
    """
    names: list[str] = []
    seen: set[str] = set()
    for text in texts:
        for name in _names(text):
            key = name.casefold().replace("-", " ")  # "mira-halloran" is the tail of a profile's address
            if key not in seen and len(names) < MAX_AUTHORS:
                seen.add(key)
                names.append(name)
    return names


def _names(byline: str) -> list[str]:
    text = html.unescape(byline[:MAX_BYLINE])
    for pattern in (MARKUP, BRACKETS, EMAIL, ADDRESS, HANDLE):
        text = pattern.sub(" ", text)
    parts = [part for chunk in MARKS.split(text) for part in _by_commas(_without_by(_fold(chunk)))]
    parts = [name for part in parts for name in WORDS.split(part)]
    parts = [name for part in parts for name in _by_weak_words(part)]
    return [name for part in parts if (name := _name(part))]


def _by_commas(text: str) -> list[str]:
    """Split at commas, but read one comma between two single words as "Last, First"."""
    parts = [part for part in (p.strip() for p in text.split(",")) if part]
    if len(parts) == 2 and all(_is_plain_word(part) for part in parts):
        return [f"{parts[1]} {parts[0]}"]
    return parts


def _is_plain_word(text: str) -> bool:
    return " " not in text and "." not in text and text[:1].isupper() and not text.isupper()


def _by_weak_words(text: str) -> list[str]:
    parts = WEAK_WORDS.split(text)
    if len(parts) > 1 and all(len(part.split()) > 1 and part[:1].isupper() and not ROLE.search(part) for part in parts):
        return parts
    parts = text.split("/")
    return parts if len(parts) > 1 and all(len(part.split()) > 1 for part in parts) else [text]


def _name(text: str) -> str:
    name = _without_by(_fold(text)).strip(" ,.:;–—-*\"'“”„«»")
    # A full stop belongs to an abbreviation ("Jr.", "J."), and goes elsewhere.
    if text.rstrip().endswith(".") and re.search(r"\b(?:\w|[JS]r|Dr)$", name):
        name += "."
    if not name or len(name) > MAX_NAME or name.casefold() in NOBODY or not any(c.isalpha() for c in name):
        return ""
    return "" if _is_role(name) else name


def _is_role(name: str) -> bool:
    """A part of a byline that says what someone is: it has a word of trade, and is not a full name that happens to hold one."""
    match = ROLE.search(name)
    return match is not None and (len(name.split()) > 1 or match.group() == name)


def _without_by(text: str) -> str:
    return BY.sub("", text, count=1)


def _fold(text: str) -> str:
    return " ".join(text.split())

"""Turn bylines as sites write them into authors' names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import islice

MAX_BYLINE = 1000  # characters read of one byline
MAX_NAME = 80  # characters; longer ones are sentences
MAX_AUTHORS = 50
MAX_PARTS = 200  # names, roles and descriptions examined
MAX_PASSES = 5  # over a complicated byline; nearly all need only one
MAX_WORDS = 6  # of a name next to other names; a longer part is a description

EMAIL = re.compile(r"(?:[(<\[]\s*+|(?<!\s)\s+)?[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}\s*[)>\]]?")
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
HANDLE = re.compile(r"(?<!\w)@\w+")
# Words after which the photographers' names follow.
PICTURES = re.compile(
    r"(?<!\S)(?:illustration(?:en|s)?|fotos?|photos?|photography|bilder|images?|grafik)(?:\s(?:by|von|par|por)\b|\s?:).*$", re.IGNORECASE
)
WHOLLY_IN_BRACKETS = re.compile(r"^\s*\[([^\[\]]+)\]\s*$")
BRACKETS = re.compile(r"(?:(?<!\s)\s+)?[(\[][^()\[\]]{0,100}[)\]]\s*")
MARKUP = re.compile(r"<[^<>]{0,200}>")
# "By" in the languages where the word means little else; bylines, titles and trimming use this list.
BY_WORDS = "by|von|par|por|di|door|av|af|автор"
# Words that may come before "by": "Words by", "Ein Artikel von".
WHAT_IS_BY = r"(?:(?:an?|ein|un|une|blog|guest|article|post|story|text|texte|texto|words|written|artikel|beitrag|gastbeitrag)\s+){1,3}"
# "By" in the words of bylines, with or without a colon.
BY = re.compile(
    rf"^(?:{WHAT_IS_BY}(?:by|von|par|por)|(?:written|reported|reporting|posted|published|story|text|words|edited|created|analysis|review|opinion|comment|interview|photos?|"
    rf"(?:more|all) (?:articles|stories|posts)|view all posts)\s+by|(?:more|all) (?:articles|stories|posts) from|{BY_WORDS}|przez|autor(?:in|en|es|a|zy)?|author|authors|auteur|"
    r"text(?:e|o)?|redigerad av|автор(?:ы)?|текст|от|yazan|oleh|بقلم|كتب|记者|記者|文|作者|글)\s*+(?:[:：]\s*|(?<=\s)(?=\S))",
    re.IGNORECASE,
)
# Texts of buttons and links next to a name. Such a part of a byline names nobody; after a name it is cut off.
BUTTONS = re.compile(
    r"(?:(?<!\s)\s+)?\b(?:view (?:author|all|full|profile|bio)\b.*|get author\b.*|(?:see|show|read|view) (?:all|more) (?:articles?|posts|stories)\b.*|all (?:articles|posts|stories)|"
    r"more (?:articles|posts|stories)\b.*|author archive.*|alle (?:artikel|beiträge)\b.*|(?:weitere|mehr) (?:artikel|beiträge)\b.*|tous (?:les|ses) articles\b.*|"
    r"follow(?: (?:me|us|@?\w+))?|says?|schreibt|folgen|subscribe|contact|abonnieren|read (?:bio|more)|last (?:updated|modified)|profile|biography|bio)$",
    re.IGNORECASE,
)
# Degrees after a name, which look like further names.
DEGREES = frozenset(
    (
        "ba",
        "bsc",
        "ma",
        "msc",
        "mba",
        "ms",
        "md",
        "jd",
        "phd",
        "dphil",
        "rn",
        "rd",
        "rdn",
        "cfp",
        "cpa",
        "esq",
        "mph",
        "llm",
        "dds",
        "dvm",
        "obe",
        "mbe",
        "mp",
    )
)
# "Jill Lawless Associated Press": name and agency without a separator.
AGENCY = re.compile(r"(?<=\w)[\s,]+(?:for\s+)?(?:the\s+)?(?:associated\s+press|thomson\s+reuters|reuters|agence\s+france[- ]presse|afp|dpa|press\s+association|canadian\s+press|bloomberg(?:\s+news)?)(?:\s+(?:writer|correspondent))?$", re.IGNORECASE)  # fmt: skip
ORGANISATION = re.compile(
    r"\b(?:gmbh|e\.?\s?v\.?|stiftung|foundation|verlag|redaktion|redaction|rédaction|redacción|redazione|editorial|editors|newsroom|team|staff|media|"
    r"zeitung|inc|ltd|llc|online|news|desk|service)(?:$|\W)",
    re.IGNORECASE,
)
ACCOUNT = re.compile(r"[a-z]+(?:[._][a-z]*)*\d*|[A-Za-z]+\d{2,}")
LEADING_AND = re.compile(r"^(?:and|und|et|och|og|e|y|&)\s+", re.IGNORECASE)
# "Reporter" after a name, in languages that put it there.
TITLE_BEHIND = re.compile(r"(?<=\S)\s?(?:기자|특파원|논설위원|記者|特派員|记者|通讯员|編集委員)$")
TRADE_MARK = re.compile(r"[A-Z]{3,5}")
# Marks and words that always separate two names.
MARKS = re.compile(r"(?:(?<!\s)\s+)?[;|\n\t•·、，؛،]\s*|(?<!\s)\s+[/–—-]\s+")
WORDS = re.compile(r"(?<!\s)\s+(?:and|und|et|och|og|&|и|та|ve|dan)\s+|(?:(?<!\s)\s+)?&\s*(?=\w)(?<=\s)", re.IGNORECASE)
# These separate names too, but also occur inside names and bylines ("Ortega y Gasset", "Ana Ruiz en Madrid"). So they count only between
# full names.
WEAK_WORDS = re.compile(r"(?<!\s)\s+(?:y|e|en|i|a)\s+")
ROLE = re.compile(
    r"\b(?:ceo|cto|cfo|co-founder|founder|director|president|educators?|specialist|reporters?|correspondents?|editors?|writers?|journalists?|staff|columnists?|producer|analyst|contributor|columnist|freelance|chief|head of|professor|photographer|"
    r"redakteur(?:in)?|korrespondent(?:in)?|reporterin|volontär(?:in)?|journaliste?(?:in)?|redaktør|journalist|correspondant|envoyée?|redactora?|corresponsal|periodista|"
    r"giornalista|inviat[oa]|redaktor(?:ka)?|корреспондент|журналист|редактор)\b",
    re.IGNORECASE,
)
# Accounts, placeholders and share buttons next to a byline.
NOBODY = frozenset(
    ("admin", "administrator", "unknown", "null", "none", "undefined", "n/a", "na", "author", "guest", "user", "root", "editor",
     "nan", "false", "true", "facebook", "twitter", "instagram", "linkedin", "youtube", "telegram", "whatsapp", "email", "e-mail", "rss")
)  # fmt: skip


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

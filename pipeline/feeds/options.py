"""The settings that a person makes for one feed, beside the general ones. Pure: read from text or JSON, check, and write back.

Patterns for article addresses are not regular expressions, so none can take forever: `*` stands for any characters, `^` at the start and
`$` at the end tie the pattern to that end of the address, everything else stands for itself, in upper or lower case. Without `^` and `$`
the pattern may match anywhere. Matching finds the pieces between the stars one after another, in time linear in the address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from pipeline.settings import Poll
from pipeline.wording.number_words import read_span

MIN_INTERVAL_S = 60  # no site is asked more often, whatever the setting
MAX_INTERVAL_S = 31 * 86400
TOP_PRIORITY = 9  # below links that a person adds
MAX_PATTERNS, MAX_PATTERN_CHARS = 50, 500
MAX_HEADERS, MAX_HEADER_CHARS = 20, 4096

# Headers that the client sets itself, or that belong to the connection and not to the request.
RESERVED_HEADERS = frozenset({
    "accept-encoding", "connection", "content-length", "content-type", "expect", "host", "if-match", "if-modified-since", "if-none-match",
    "if-range", "if-unmodified-since", "keep-alive", "range", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via",
})  # fmt: skip

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of one feed. Intervals are in seconds; None means the general setting. `headers` go only to the feed's own origin."""

    min_interval_s: int | None = None
    max_interval_s: int | None = None
    priority: int = 0  # of its links: -9 to 9, higher first
    language: str = ""  # of its articles, if page and text leave it open
    user_agent: str = ""  # replaces fetch.user_agent; the contact is added to it
    headers: tuple[tuple[str, str], ...] = ()
    include: tuple[str, ...] = ()  # only articles whose address matches one of these; empty: all
    exclude: tuple[str, ...] = ()  # no article whose address matches one of these
    articles: Literal["fetch", "feed"] = "fetch"  # feed: made from the full text in the feed, without fetching the page
    trusted: bool = False  # speaks for every page that it lists, not only for its own site's (`pipeline/feeds/trust.py`)


NOTHING_SET = Options()


class WrongOption(ValueError):
    """An option has an invalid value. The message is one sentence that says what is allowed."""


def changed(options: Options, given: Iterable[tuple[str, str]]) -> Options:
    """Apply the (name, text) pairs to the options. A name given several times makes a list; an empty text restores the default. Raises
    WrongOption."""
    texts: dict[str, list[str]] = {}
    for name, text in given:
        texts.setdefault(name, []).append(text.strip())
    for name, values in texts.items():
        if name not in _READERS:
            raise WrongOption(f"{name[:40]!r} is not a setting of a feed; the settings are {', '.join(NAMES)}.")
        field, read = _READERS[name]
        options = replace(options, **{field: read(name, [value for value in values if value])})
    low, high = options.min_interval_s, options.max_interval_s
    if low is not None and high is not None and low > high:
        raise WrongOption(f"min_interval ({low} s) is longer than max_interval ({high} s).")
    return options


def as_texts(options: Options) -> dict[str, list[str]]:
    """The options that differ from the default, in the form that `changed` reads."""
    found: dict[str, list[str]] = {}
    for name, (field, _) in _READERS.items():
        value = getattr(options, field)
        if value != getattr(NOTHING_SET, field):
            items = value if isinstance(value, tuple) else (value,)
            found[name] = [_text(item) for item in items]
    return found


def _text(item: object) -> str:
    if isinstance(item, tuple):
        return f"{item[0]}: {item[1]}"
    return str(item).lower() if isinstance(item, bool) else str(item)


def to_json(options: Options) -> dict[str, Any]:
    """The options that differ from the default, for the column `feeds.options`."""
    return {f.name: value for f in fields(options) if (value := getattr(options, f.name)) != getattr(NOTHING_SET, f.name)}


def shown(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Stored options for people and programs. Values of headers are hidden, because they may be secrets."""
    hidden = {"headers": [(name, "***") for name, _ in kept["headers"]]} if "headers" in kept else {}
    return {**kept, **hidden}


def from_json(kept: Mapping[str, Any]) -> Options:
    """Read what `to_json` wrote. Options of older versions that this one does not know are ignored."""
    known = {name: value for name, value in kept.items() if name in _FIELDS}
    for name in ("include", "exclude"):
        known[name] = tuple(known.get(name, ()))
    known["headers"] = tuple((header, value) for header, value in known.get("headers", ()))
    return Options(**known)


def bounded(poll: Poll, options: Options) -> Poll:
    """The poll settings with this feed's own bounds. A bound of its own moves the general bound at the other end if they would cross."""
    if options.min_interval_s is None and options.max_interval_s is None:
        return poll
    low = options.min_interval_s or min(poll.min_interval_s, options.max_interval_s or poll.min_interval_s)
    high = options.max_interval_s or max(poll.max_interval_s, low)
    # whoever sets bounds has decided how often to poll, even a feed without validators
    return poll.model_copy(update={"min_interval_s": low, "max_interval_s": high, "unconditional_s": 0})


def excluded(options: Options, url: str) -> str:
    """Why this feed's settings exclude the article at `url`; empty if they do not."""
    address = url.lower()
    for pattern in options.exclude:
        if matches(pattern, address):
            return f"the feed's settings exclude {pattern}"
    if options.include and not any(matches(pattern, address) for pattern in options.include):
        return f"the feed's settings include only {', '.join(options.include)}"
    return ""


def matches(pattern: str, address: str) -> bool:
    """Whether the address, in lower case, matches the pattern. The module's docstring describes patterns."""
    pieces = pattern.lower().removeprefix("^").removesuffix("$").split("*")
    start, end = pattern.startswith("^"), pattern.endswith("$")
    if start and end and len(pieces) == 1:
        return address == pieces[0]
    at = 0
    if start:
        if not address.startswith(pieces[0]):
            return False
        at, pieces = len(pieces[0]), pieces[1:]
    last = pieces.pop() if end and pieces else ""
    for piece in pieces:  # the first match of each piece leaves the most room for those after it
        found = address.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return address.endswith(last) and len(address) - len(last) >= at


def _one(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise WrongOption(f"{name} is given {len(values)} times; it takes one value.")
    return values[0] if values else ""


def _interval(name: str, values: list[str]) -> int | None:
    if not (text := _one(name, values)):
        return None
    seconds = int(read_span(text) or 0)
    if not MIN_INTERVAL_S <= seconds <= MAX_INTERVAL_S:
        raise WrongOption(f"{name} cannot be {text[:40]!r}; write a length of time from 1m to 31d, such as 15m or 6h.")
    return seconds


def _priority(name: str, values: list[str]) -> int:
    text = _one(name, values) or "0"
    if not re.fullmatch(r"[+-]?[0-9]", text):
        raise WrongOption(f"priority cannot be {text[:40]!r}; write a whole number from -{TOP_PRIORITY} to {TOP_PRIORITY}.")
    return int(text)


def _language(name: str, values: list[str]) -> str:
    text = _one(name, values)
    if text and not _LANGUAGE.fullmatch(text):
        raise WrongOption(f"language cannot be {text[:40]!r}; write a code such as de or pt-BR.")
    return text


def _user_agent(name: str, values: list[str]) -> str:
    text = _one(name, values)
    if len(text) > 300 or not (text.isascii() and text.isprintable()):
        raise WrongOption("user_agent may have up to 300 printable ASCII characters.")
    return text


def _headers(_: str, values: list[str]) -> tuple[tuple[str, str], ...]:
    found: dict[str, tuple[str, str]] = {}
    for given in values:
        name, colon, value = (part.strip() for part in given.partition(":"))
        if not colon or not _TOKEN.fullmatch(name):
            raise WrongOption(
                f"A header is written as Name: value, and {given.partition(':')[0][:40]!r} is not."
            )  # the value may be secret
        if name.lower() in RESERVED_HEADERS or name.lower().startswith("proxy-"):
            raise WrongOption(f"A feed cannot set the header {name}.")
        if not value or len(value) > MAX_HEADER_CHARS or not (value.isascii() and value.replace("\t", " ").isprintable()):
            raise WrongOption(f"The value of the header {name} may have 1 to {MAX_HEADER_CHARS} printable ASCII characters.")
        found[name.lower()] = (name, value)
    if len(found) > MAX_HEADERS:
        raise WrongOption(f"A feed may have {MAX_HEADERS} headers, not {len(found)}.")
    return tuple(found.values())


def _patterns(name: str, values: list[str]) -> tuple[str, ...]:
    for pattern in values:
        if len(pattern) > MAX_PATTERN_CHARS or not pattern.isprintable() or any(map(str.isspace, pattern)):
            raise WrongOption(
                f"A pattern of {name} may have up to {MAX_PATTERN_CHARS} characters and no spaces: {pattern[:40]!r} is not valid."
            )
        if not pattern.strip("*^$"):
            raise WrongOption(f"{pattern[:40]!r} of {name} would match every address; leave it out.")
    if len(values) > MAX_PATTERNS:
        raise WrongOption(f"{name} may have {MAX_PATTERNS} patterns, not {len(values)}.")
    return tuple(dict.fromkeys(values))


def _articles(name: str, values: list[str]) -> str:
    text = _one(name, values) or "fetch"
    if text not in ("fetch", "feed"):
        raise WrongOption(f"articles cannot be {text[:40]!r}; write fetch (the page) or feed (the feed's own full text).")
    return text


def _trusted(name: str, values: list[str]) -> bool:
    text = (_one(name, values) or "false").lower()
    if text not in ("true", "yes", "false", "no"):
        raise WrongOption(f"trusted cannot be {text[:40]!r}; write true or false.")
    return text in ("true", "yes")


_READERS: dict[str, tuple[str, Callable[[str, list[str]], Any]]] = {
    "min_interval": ("min_interval_s", _interval),
    "max_interval": ("max_interval_s", _interval),
    "priority": ("priority", _priority),
    "language": ("language", _language),
    "user_agent": ("user_agent", _user_agent),
    "header": ("headers", _headers),
    "include": ("include", _patterns),
    "exclude": ("exclude", _patterns),
    "articles": ("articles", _articles),
    "trusted": ("trusted", _trusted),
}
NAMES = tuple(_READERS)
_FIELDS = frozenset(f.name for f in fields(Options))

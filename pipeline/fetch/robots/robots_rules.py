"""Parse a robots.txt (RFC 9309): which lines are meant for us, and what they say about a URL.

Protego matches the paths. This module chooses the group, because Protego takes a group for `news` as meant for `newsbot`, loses the
first group after a byte order mark, and ends a group at any unknown line. docs/explanation/robots.md says how files are read that the
RFC does not foresee, and where other parsers differ.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote

from protego import Protego

_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[\w-]+")  # the RFC has no digits, but robots have them
_LISTED = re.compile(r"\s*(\*|[\w-]+(/[\w.-]*)?)\s*")  # one of several names in a line
MAX_TAGS = 3  # tags after a line, such as <br></p>
_SMALL = 16 * 1024  # characters; one in a hundred real files is larger
_BOM = b"\xef\xbb\xbf"
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_AGENT, _DELAY = "user-agent", "crawl-delay"
_FIELDS = {
    **dict.fromkeys((_AGENT, "useragent", "user agent"), _AGENT),
    "allow": "allow",
    # misspellings that Google's parser accepts too
    **dict.fromkeys(("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"), "disallow"),
    **dict.fromkeys(("crawl-delay", "crawl delay"), _DELAY),
}
# Lines that belong to no group (RFC 9309 section 2.2.4), in the spellings that Google's parser accepts.
_SITEMAP = frozenset({"sitemap", "site-map"})
# What publishers say about the use of their content: RSL 1.0, contentsignals.org, draft-ietf-aipref-attach.
_SIGNALS = frozenset({"license", "content-signal", "content-usage"})


def decode(data: bytes) -> str:
    """Decode a robots.txt however it was saved: a whole or half byte order mark, UTF-16, stray bytes, NULs."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        mark = next(n for n in range(len(_BOM), -1, -1) if data.startswith(_BOM[:n]))
        text = data[mark:].decode("utf-8", "replace")
    return text.replace("\0", "").removeprefix("\ufeff")


def permits(text: str, token: str, url: str) -> bool:
    """Whether the rules for this product token allow the URL. /robots.txt itself is always allowed."""
    return bool(_rules(text, token.lower()).paths.can_fetch(url, "*"))


def crawl_delay_s(text: str, token: str) -> float | None:
    """The Crawl-delay for this product token in seconds; None if there is no usable one."""
    return _rules(text, token.lower()).delay_s


def sitemaps(text: str) -> list[str]:
    """The values of all Sitemap lines, absolute or relative, as written."""
    return [value for name, value in map(_split, _LINE_END.split(text)) if name.lower() in _SITEMAP and value]


def signals(text: str) -> list[tuple[str, str]]:
    """The License, Content-Signal and Content-Usage lines of all groups, name and value as written."""
    return [(name, value) for name, value in map(_split, _LINE_END.split(text)) if name.lower() in _SIGNALS and value]


def is_strange(text: str) -> bool:
    """Whether the text has lines besides comments, but none that belongs in a robots.txt."""
    lines = [line for line in _LINE_END.split(text) if line.partition("#")[0].strip()]
    known = _SITEMAP | _SIGNALS
    return bool(lines) and not any(_record(line)[0] or _split(line)[0].lower() in known for line in lines)


def product_token(user_agent: str) -> str:
    """The name by which robots.txt refers to a user agent (RFC 9309 section 2.2.1), in lower case; `*` stays."""
    if user_agent.strip().partition(" ")[0] == "*":
        return "*"
    found = _TOKEN.match(user_agent.strip())
    return found[0].lower() if found else ""


@dataclass(slots=True)
class _Group:
    """One group, cleaned: the product tokens of its User-agent lines, its rules, and each token's Crawl-delay."""

    agents: set[str] = field(default_factory=set)
    rules: list[str] = field(default_factory=list)
    delays: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What applies to one token: its rules, and the Crawl-delay in seconds."""

    paths: Protego
    delay_s: float | None


def _rules(text: str, token: str) -> _Rules:
    """The rules for a token, cached.

    A file of half a MiB makes 20 MiB of rules, and a site may have any number of hosts, so the cache holds only few large files: 150 MiB
    at most, and a few MiB with typical files.
    """
    return _small(text, token) if len(text) <= _SMALL else _large(text, token)


def _parsed(text: str, token: str) -> _Rules:
    groups = _groups(text)
    chosen = token if any(token in group.agents for group in groups) else "*"
    meant = [group for group in groups if chosen in group.agents]
    delays = [group.delays[chosen] for group in meant if chosen in group.delays]
    rules = Protego.parse("\n".join(["User-agent: *", *(line for group in meant for line in group.rules)]))
    return _Rules(rules, max(delays, default=None))


_small = lru_cache(maxsize=128)(_parsed)
_large = lru_cache(maxsize=4)(_parsed)


def _groups(text: str) -> list[_Group]:
    """Split a file into groups.

    Only rules end the run of User-agent lines that starts a group. Crawl-delay is not in the RFC, and other records "MUST NOT interfere"
    (section 2.2.4). A Crawl-delay applies to the agents named since the Crawl-delay before it.
    """
    groups: list[_Group] = []
    delayed: set[str] = set()
    heading = answered = False  # `heading`: inside the run of User-agent lines. `answered`: the agents in `delayed` have their Crawl-delay.
    for line in _LINE_END.split(text):
        name, value = _record(line)
        if name == _AGENT:
            if not heading:
                groups.append(_Group())
            if answered or not heading:
                delayed = set()
            named = _tokens(value)
            groups[-1].agents.update(named)
            delayed |= named
            heading, answered = True, False
        elif name == _DELAY and groups:
            delay, answered = _seconds(value), True
            if delay is not None:
                groups[-1].delays.update({agent: max(delay, groups[-1].delays.get(agent, 0.0)) for agent in delayed})
        elif name and groups:
            groups[-1].rules.append(f"{name}: {quote(value, safe=_PRINTABLE)}")
            heading = False
    return groups


def _tokens(value: str) -> set[str]:
    """The product tokens of a User-agent line: one by the RFC, but some files write a list."""
    parts = value.split(",")
    several = len(parts) > 1 and all(_LISTED.fullmatch(part) for part in parts)
    return {product_token(part) for part in (parts if several else [value])}


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _record(line: str) -> tuple[str, str]:
    """Field and value of a line. The field is empty for comments and for unknown lines, which end no group."""
    name, value = _split(line)
    return _FIELDS.get(name.lower(), ""), value


def _split(line: str) -> tuple[str, str]:
    """Split a line into name and value. Drop its comment, and the tags behind it if something turned the file into HTML."""
    line = line.partition("#")[0].strip()
    for _ in range(MAX_TAGS):
        line = line[: line.rfind("<")].rstrip() if line.endswith(">") and "<" in line else line
    name, colon, value = line.partition(":")
    if not colon:  # Google's parser accepts `Disallow /x` too
        name, _, value = line.partition(" ")
    return name.strip(), value.strip()

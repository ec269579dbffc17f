"""Reading a robots.txt (RFC 9309): which of its lines are meant for us, and what they say about a URL.

Protego matches paths. Which group applies is decided here, because Protego takes a group for `news` as meant for
`newsbot`, loses the first group behind a byte order mark, and ends a group at any line it does not know.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from protego import Protego

_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z_-]+")
_SMALL = 16 * 1024  # characters; of real files one in a hundred is larger
_BOM = b"\xef\xbb\xbf"
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_AGENT = "user-agent"
_FIELDS = {
    **dict.fromkeys((_AGENT, "useragent", "user agent"), _AGENT),
    "allow": "allow",
    # the misspellings that Google's parser also reads
    **dict.fromkeys(("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"), "disallow"),
    **dict.fromkeys(("crawl-delay", "crawl delay"), "crawl-delay"),
}
# Lines that belong to no group (RFC 9309 section 2.2.4), in the spellings that Google's parser reads.
_SITEMAP = frozenset({"sitemap", "site-map"})
# What publishers say of the use of their content: RSL 1.0, contentsignals.org, draft-ietf-aipref-attach.
_SIGNALS = frozenset({"license", "content-signal", "content-usage"})


def decode(data: bytes) -> str:
    """The text of a robots.txt whatever it was saved with: a whole or half byte order mark, UTF-16, stray bytes, NULs."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        mark = next(n for n in range(len(_BOM), -1, -1) if data.startswith(_BOM[:n]))
        text = data[mark:].decode("utf-8", "replace")
    return text.replace("\0", "").removeprefix("\ufeff")


def permits(text: str, token: str, url: str) -> bool:
    """Whether the rules for this product token allow the URL. /robots.txt itself is always allowed."""
    return bool(_rules(text, token.lower()).can_fetch(url, "*"))


def crawl_delay_s(text: str, token: str) -> float | None:
    """The Crawl-delay for this product token, seconds; None where there is no usable one."""
    delay: float | None = _rules(text, token.lower()).crawl_delay("*")
    return delay


def sitemaps(text: str) -> list[str]:
    """The values of the Sitemap lines, wherever they stand: absolute or relative addresses, as they were written."""
    return [value for name, value in map(_split, _LINE_END.split(text)) if name.lower() in _SITEMAP and value]


def signals(text: str) -> list[tuple[str, str]]:
    """The License, Content-Signal and Content-Usage lines of all groups, name and value as they were written."""
    return [(name, value) for name, value in map(_split, _LINE_END.split(text)) if name.lower() in _SIGNALS and value]


def is_strange(text: str) -> bool:
    """Whether the text holds something, comments aside, and none of it is a line of a robots.txt."""
    lines = [line for line in _LINE_END.split(text) if line.partition("#")[0].strip()]
    known = _SITEMAP | _SIGNALS
    return bool(lines) and not any(_record(line)[0] or _split(line)[0].lower() in known for line in lines)


def product_token(user_agent: str) -> str:
    """The part of a user agent that robots.txt names it by (RFC 9309 section 2.2.1), in lower case; `*` stays."""
    if user_agent.strip().partition(" ")[0] == "*":
        return "*"
    found = _TOKEN.match(user_agent.strip())
    return found[0].lower() if found else ""


def _rules(text: str, token: str) -> Protego:
    """The rules for a token, kept where they are asked for often. A file of half a MiB makes 20 MiB of rules and a site may have as many
    hosts as it likes, so of large files only few are kept: 150 MiB at the most, and a few MiB with the files that there are."""
    return _small(text, token) if len(text) <= _SMALL else _large(text, token)


def _parsed(text: str, token: str) -> Protego:
    groups = _groups(text)
    chosen = token if any(token in agents for agents, _ in groups) else "*"
    lines = [line for agents, lines in groups if chosen in agents for line in lines]
    return Protego.parse("\n".join(["User-agent: *", *lines]))


_small = lru_cache(maxsize=128)(_parsed)
_large = lru_cache(maxsize=4)(_parsed)


def _groups(text: str) -> list[tuple[set[str], list[str]]]:
    """The groups of a file: the product tokens each is for, and its rules, cleaned."""
    groups: list[tuple[set[str], list[str]]] = []
    in_agents = False  # several User-agent lines in a row head one group
    for line in _LINE_END.split(text):
        field, value = _record(line)
        if field == _AGENT:
            if not in_agents:
                groups.append((set(), []))
            groups[-1][0].add(product_token(value))
            in_agents = True
        elif field:
            if groups:
                groups[-1][1].append(f"{field}: {quote(value, safe=_PRINTABLE)}")
            in_agents = False
    return groups


def _record(line: str) -> tuple[str, str]:
    """Field and value of a line; an empty field for comments and for what is not ours to read, which breaks no group."""
    name, value = _split(line)
    return _FIELDS.get(name.lower(), ""), value


def _split(line: str) -> tuple[str, str]:
    """Name and value of a line without its comment."""
    line = line.partition("#")[0].strip()
    name, colon, value = line.partition(":")
    if not colon:  # Google's parser reads `Disallow /x` too
        name, _, value = line.partition(" ")
    return name.strip(), value.strip()

"""URLs: the address to fetch, and the identity by which a link is known.

The address is what the WHATWG URL standard makes of the text. The identity (`key_text`) leaves out what never distinguishes two
articles. Only differences that are meaningless on every site are removed: `www.`, a trailing slash or `?ref=` may matter on some.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import ada_url

from pipeline.outcomes import Failure

MAX_CHARS = 8192
# Increased with every change of `key_text`'s result; `newsmill rekey` then recomputes a database's keys.
KEY_RULES = 0
DEFAULT_PORTS = {"http": 80, "https": 443}

# Invisible marks that pages paste into links. The joiners U+200C and U+200D stay: Persian and Indic paths need them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_SPELLINGS = re.compile(r"%([0-9A-Fa-f]{2})|[%\[\]^`{|}]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_USER = re.compile(r"//[^/@\s]*@")  # user name and password, which nobody must see
_WEB = re.compile(r"https?://[^\s/?#@\\]", re.IGNORECASE)
_RUNNABLE = re.compile(
    r"[\s\x00-\x20]*(?:javascript|vbscript|livescript|data|file|blob|about|jar|view-source)[\s\x00-\x20]*:", re.IGNORECASE
)
_FRONT = re.compile(r"([a-z]{2}([-_][a-z]{2})?|global|home|index\.(html?|php|aspx?))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Url:
    """A usable http or https URL.

    `text` is what to fetch: serialised as WHATWG says, without user name, password and fragment (except `#!…`). `host` is the host name,
    with `:port` if that is not the scheme's default. `key` is the SHA-256 of `key_text`.
    """

    text: str
    scheme: str
    host: str
    key: bytes
    key_text: str


@lru_cache(maxsize=256)  # one page's URL is parsed in many places, from its claim to its article
def parse(text: str, base: str | None = None) -> Url:
    """Parse `text`, relative to `base` if given.

    Raises Failure: bad_url (no URL, no usable host, over 8,192 characters) or blocked_scheme (not http or https).
    """
    url = _parsed(text, base)
    scheme = url.protocol.removesuffix(":")
    if scheme not in DEFAULT_PORTS:
        raise Failure("blocked_scheme", f"The URL has the scheme {scheme[:40]}; only http and https are fetched.")
    name = url.hostname.removesuffix(".")
    if not _HOST.fullmatch(name):
        raise Failure("bad_url", f"The URL names no usable host: {name[:100]!r}.")
    port, path, search, fragment = url.port, url.pathname, url.search, url.hash  # each of them calls a C library
    host = f"{name}:{port}" if port else name
    fragment = fragment if fragment.startswith("#!") else ""
    address = f"{scheme}://{host}{path}{search}{fragment}"
    if len(address) > MAX_CHARS:
        raise Failure("bad_url", f"The URL is longer than {MAX_CHARS} characters.")
    origin = f"{scheme}://{host}" if port else f"//{host}"
    key_text = origin + _identity_path(path) + _identity_query(search) + _same_spelling(fragment)
    return Url(text=address, scheme=scheme, host=host, key=hashlib.sha256(key_text.encode()).digest(), key_text=key_text)


def hostname_of(url: Url) -> str:
    """The host name or address without port and brackets."""
    return url.host[1:].partition("]")[0] if url.host.startswith("[") else url.host.partition(":")[0]


def port_of(url: Url) -> int:
    """The TCP port of the URL."""
    after_name = url.host.rpartition("]")[2]  # the colons of an IPv6 address are inside its brackets
    port = after_name.partition(":")[2]
    return int(port) if port else DEFAULT_PORTS[url.scheme]


def web_link(text: str | None) -> str:
    """The text if it is a web address, else ''. newsmill does not store, show or pass on any other link of a page or feed,
    because a browser would run `javascript:`, `data:` and `vbscript:`."""
    found = text.strip() if text and len(text) <= MAX_CHARS else ""
    return found if _WEB.match(found) else ""


def is_runnable(text: str) -> bool:
    """Whether a text, such as a licence's words, is a URL that a browser would run or read from its own machine."""
    return bool(_RUNNABLE.match(text))


def is_homepage(url: str) -> bool:
    """Whether the URL is the front page of a site or of one of its languages. False if it is not a URL."""
    try:
        key_text = parse(url).key_text
    except Failure:
        return False
    path_and_query = key_text.partition("//")[2].partition("/")[2]
    return bool(_FRONT.fullmatch(path_and_query.strip("/")))


def is_tracking(parameter: str) -> bool:
    """Whether a query parameter only tracks readers: by its name, or by name=value."""
    exact, prefixes = _tracking()
    parameter = parameter.lower()
    return parameter in exact or parameter.startswith(prefixes)


def tracking_version() -> int:
    """The version of the list of tracking parameters. Keys made with another version may differ."""
    return int(next(line.split()[1] for line in _tracking_lines() if line.startswith("version ")))


def key_version() -> int:
    """The version of everything that affects a key. Both parts only grow, so their sum identifies one state of them."""
    return KEY_RULES + tracking_version()


def _parsed(text: str, base: str | None) -> ada_url.URL:
    if len(text) > MAX_CHARS:  # first, since further work may be slow on a long text
        raise Failure("bad_url", f"The URL is longer than {MAX_CHARS} characters.")
    text = _INVISIBLE.sub("", text).strip()
    try:
        return ada_url.URL(text, base) if base else ada_url.URL(text)
    except (ValueError, UnicodeError):
        raise Failure("bad_url", f"This is not a URL: {_USER.sub('//', text)[:100]!r}.") from None


def _identity_path(path: str) -> str:
    return _same_spelling(_SESSION.sub("", path))


def _identity_query(search: str) -> str:
    parts = [_same_spelling(part.replace("+", "%20")) for part in search.removeprefix("?").split("&") if part]
    kept = [part for part in parts if not (is_tracking(_name(part)) or is_tracking(part))]
    return "?" + "&".join(sorted(kept, key=_name)) if kept else ""


def _name(part: str) -> str:
    return part.partition("=")[0]


def _same_spelling(text: str) -> str:
    """One spelling for equal texts: RFC 3986 section 6.2.2; characters that WHATWG leaves bare but RFC 3986 forbids are encoded.

    A lone percent sign is encoded too, so that doing it twice changes nothing.
    """
    return _SPELLINGS.sub(_spelling, text)


def _spelling(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return f"%{ord(escape[0]):02X}"
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


@cache
def _tracking() -> tuple[frozenset[str], tuple[str, ...]]:
    names = [line for line in _tracking_lines() if not line.startswith("version ")]
    return frozenset(n for n in names if not n.endswith("*")), tuple(n[:-1] for n in names if n.endswith("*"))


@cache
def _tracking_lines() -> tuple[str, ...]:
    text = files("pipeline.normalise").joinpath("tracking.txt").read_text(encoding="utf-8")
    return tuple(line.strip().lower() for line in text.splitlines() if line.strip() and not line.startswith("#"))

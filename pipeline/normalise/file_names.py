"""The identity of a file: a name made of its content, in place of a page's URL.

The name is a "named information" URI (RFC 6920) of its SHA-256, `ni:///sha-256;…`. So the same file is one link, whatever its name and
place, and nobody mistakes it for a URL that could be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import re

from pipeline.normalise.urls import Url, parse

# The host in whose queue files wait; no site can have this name (RFC 6761 section 6.4).
HOST = "files.invalid"
SCHEME = "ni"
_NAME = re.compile(r"ni:///sha-256;[A-Za-z0-9_-]{43}")


def named(body: bytes) -> Url:
    """The name of the file with this content."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")
    return _url(f"{SCHEME}:///sha-256;{digest}")


def is_name(text: str) -> bool:
    """Whether this is a file's name rather than a URL."""
    return bool(_NAME.fullmatch(text))


def address(text: str) -> Url:
    """Parse a link's address: a URL, or a file's name. Raises Failure bad_url or blocked_scheme."""
    return _url(text) if is_name(text) else parse(text)


def _url(name: str) -> Url:
    return Url(text=name, scheme=SCHEME, host=HOST, key=hashlib.sha256(name.encode()).digest(), key_text=name)

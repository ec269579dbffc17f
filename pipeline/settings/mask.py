"""URLs in a form that people and logs may see."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def mask_url(url: str) -> str:
    """Hide the password in a URL."""
    try:
        parts = urlsplit(url)
        if not parts.password:
            return url
        user, _, where = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{user.split(':', 1)[0]}:***@{where}"))
    except ValueError:
        return "***"

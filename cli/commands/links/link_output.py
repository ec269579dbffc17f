"""A link as a JSON object and as a row of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import url, when

if TYPE_CHECKING:
    from pipeline.store.links.links import Link


# Other programs may rely on these names.
JSON_FIELDS = (
    "url",
    "state",
    "code",
    "detail",
    "attempts",
    "host",
    "feed_url",
    "due_at",
    "created_at",
    "updated_at",
    "id",
    "late",
    "waits_for",
    "waits_until",
)


def link_json(link: Link) -> dict[str, object]:
    """One link as JSON for other programs."""
    return {name: getattr(link, name) for name in JSON_FIELDS}


def row(link: Link) -> tuple[object, ...]:
    article = f"article {link.article_id}" if link.article_id else ""
    return f"link {link.id}", link.state, link.code, link.attempts, when(link.updated_at), article, waiting(link), url(link.url)


def waiting(link: Link) -> str:
    """`robots.txt of theguardian.com: dns, next look in 4 min`; empty for a link that has ended."""
    return url(link.waits_for) + (f", next look {when(link.waits_until)}" if link.waits_until else "")

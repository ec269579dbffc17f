"""The scope that each endpoint needs. The guard, its test and docs/reference/api.md use this table.

An endpoint that is not here needs the scope admin. `open` means everybody, signed in or not.
"""

from __future__ import annotations

from typing import Literal

from pipeline.access.scopes import Scope

ENDPOINTS: dict[str, Scope | Literal["open"]] = {
    # health and version
    "GET /healthz": "open",
    "GET /readyz": "open",
    "GET /metrics": "read",
    "GET /api/v1/status": "read",
    # for hubs, whose address contains a token
    "GET /websub/{token}": "open",
    "POST /websub/{token}": "open",
    # people
    "GET /sign-in": "open",
    "POST /sign-in": "open",
    "POST /sign-out": "open",
    "GET /api/v1/session": "read",
    "POST /api/v1/session": "open",
    "DELETE /api/v1/session": "open",
    "GET /api/v1/users": "admin",
    "POST /api/v1/users": "admin",
    "PATCH /api/v1/users/{name}": "admin",
    "DELETE /api/v1/users/{name}": "admin",
    "GET /api/v1/tokens": "read",
    "POST /api/v1/tokens": "read",
    "DELETE /api/v1/tokens/{token_id}": "read",
    "GET /api/v1/audit": "admin",
    # search
    "GET /api/v1/search": "read",
    "GET /api/v1/search/sample": "read",
    "GET /api/v1/search/count": "read",
    "GET /api/v1/search/over-time": "read",
    "GET /api/v1/search/top": "read",
    "GET /api/v1/search/words": "read",
    "GET /api/v1/search/explain": "read",
    # articles and stories
    "GET /api/v1/articles/by-url": "read",
    "POST /api/v1/articles/lookup": "read",
    "GET /api/v1/articles/{article_id}": "read",
    "GET /api/v1/articles/{article_id}/text": "text",
    "GET /api/v1/articles/{article_id}/raw": "text",
    "GET /api/v1/articles/{article_id}/revisions": "text",
    "GET /api/v1/articles/{article_id}/diff": "text",
    "GET /api/v1/articles/{article_id}/copies": "read",
    "GET /api/v1/articles/{article_id}/citation": "read",
    "GET /api/v1/articles/{article_id}/trace": "read",
    "GET /api/v1/stories": "read",
    "GET /api/v1/stories/{story_id}": "read",
    # feeds
    "GET /api/v1/feeds": "read",
    "GET /api/v1/feeds/{feed_id}": "read",
    "PATCH /api/v1/feeds/{feed_id}": "write",
    "POST /api/v1/feeds": "write",
    "DELETE /api/v1/feeds/{feed_id}": "write",
    "POST /api/v1/feeds/{feed_id}/poll": "write",
    "POST /api/v1/feeds/{feed_id}/pause": "write",
    "POST /api/v1/feeds/{feed_id}/resume": "write",
    "POST /api/v1/feeds/{feed_id}/move": "write",
    "GET /api/v1/feeds/{feed_id}/entries": "read",
    "GET /api/v1/feeds/{feed_id}/polls": "read",
    "POST /api/v1/feeds/find": "write",
    "POST /api/v1/feeds/test": "write",
    "GET /api/v1/opml": "write",
    "POST /api/v1/opml": "write",
    # links
    "GET /api/v1/links": "read",
    "GET /api/v1/links/by-url": "read",
    "GET /api/v1/links/{link_id}": "read",
    "GET /api/v1/failures": "read",
    "POST /api/v1/retry": "write",
    "POST /api/v1/enqueue": "write",
    "POST /api/v1/files": "write",
    # hosts
    "GET /api/v1/hosts": "read",
    "GET /api/v1/hosts/{name}": "read",
    "PATCH /api/v1/hosts/{name}": "write",
    # sources and collections
    "GET /api/v1/sources": "read",
    "GET /api/v1/sources/one": "read",
    "PUT /api/v1/sources/one": "write",
    "DELETE /api/v1/sources/one": "write",
    "GET /api/v1/collections": "read",
    "POST /api/v1/collections": "write",
    "PATCH /api/v1/collections/{name}": "write",
    "DELETE /api/v1/collections/{name}": "write",
    # exports and events
    "GET /api/v1/export": "text",
    "GET /api/v1/events": "read",
    # pages
    "GET /docs": "open",
    "GET /": "read",
    "GET /articles/{article_id}": "text",
    "GET /articles/{article_id}/diff": "text",
    "GET /links/{link_id}": "read",
    "GET /links": "read",
    "POST /enqueue": "write",
    "GET /find": "read",
    "GET /search": "read",
    "GET /search/over-time.svg": "read",
    "GET /search/over-time.csv": "read",
    "GET /search/groups.csv": "read",
    "GET /feeds": "read",
    "POST /feeds": "write",
    "GET /feeds/{feed_id}": "read",
    "POST /feeds/{feed_id}/poll": "write",
    "POST /feeds/{feed_id}/pause": "write",
    "POST /feeds/{feed_id}/resume": "write",
    "GET /failures": "read",
    "POST /failures/retry": "write",
    "GET /hosts": "read",
    "GET /hosts/{name}": "read",
    "POST /hosts/{name}/pause": "write",
    "POST /hosts/{name}/resume": "write",
}

# counted separately, because they cost Postgres most
SEARCHES: frozenset[str] = frozenset(endpoint for endpoint in ENDPOINTS if "/search" in endpoint or endpoint == "GET /api/v1/export")

# POST requests that change nothing
LOOKS = frozenset(("POST /api/v1/articles/lookup",))

# a monitor on the same machine needs no token for these
ALSO_FROM_LOOPBACK = frozenset(("GET /metrics",))

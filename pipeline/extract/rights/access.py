"""Whether anyone may read an article, according to what its page tells search engines and readers."""

from __future__ import annotations

import re

from pipeline.extract.structured_data.page_statements import PageStatements, pick

TIERS = {"free": "free", "metered": "metered", "locked": "paid"}  # article:content_tier
# Names that systems use: `paywall`, `is_premium`, `cxenseparse:ispaid`, `article:premium`.
OWN = re.compile(r"(?:^|[_\W]|is)(?:paywall(?:ed)?|premium|paid|plus|locked|subscri(?:ber|ption)_?only)$")
TRUE, FALSE = frozenset(("true", "1", "yes", "y")), frozenset(("false", "0", "no", "n"))
PAID, FREE = TRUE | {"paid", "premium", "locked"}, FALSE | {"free"}


def access(page: PageStatements) -> tuple[str, str]:
    """free, metered (a number of articles is free) or paid, and the source; empty if the page does not say.

    `isAccessibleForFree` is from schema.org, `article:content_tier` from Facebook.
    """
    return pick(
        "",
        (page.statement, lambda: _of_free(page.article.get("isAccessibleForFree"))),
        ("meta", lambda: next((tier for value in page.named("article:content_tier") if (tier := TIERS.get(value.lower(), ""))), "")),
        ("meta", lambda: _of_own(page)),
    )


def _of_free(value: object) -> str:
    values = str(value[0] if isinstance(value, list) and value else value).rsplit("/", 1)[-1].strip().lower()
    return "free" if values in TRUE else "paid" if values in FALSE else ""


def _of_own(page: PageStatements) -> str:
    values = [value.lower() for name in sorted(page.meta) if OWN.search(name) for value in page.meta[name]]
    return "paid" if any(value in PAID for value in values) else "free" if values and all(value in FREE for value in values) else ""

"""The image that a page shows for its article."""

from __future__ import annotations

from pipeline.extract.evidence import Evidence, pick


def image(page: Evidence) -> tuple[str, str]:
    """The absolute address of the image, and its source: og, json-ld or twitter."""
    return pick(
        "",
        ("og", lambda: page.address(page.named("og:image", "og:image:url", "og:image:secure_url"))),
        ("json-ld", lambda: page.address(page.stated("image", "url", "contentUrl", "@id"))),
        ("twitter", lambda: page.address(page.named("twitter:image", "twitter:image:src"))),
    )

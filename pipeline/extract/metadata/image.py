"""The image that a page shows for its article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.extract.structured_data import jsonld
from pipeline.extract.structured_data.page_statements import PageStatements

MAX_PIXELS = 30_000  # pixels a side; more is a mistake
KEYS = ("url", "contentUrl", "@id")


@dataclass(frozen=True, slots=True)
class Image:
    """The absolute URL of an image, its source (og, the structured data, twitter or feed), and its size in pixels if stated."""

    url: str = ""
    source: str = ""
    width: int | None = None
    height: int | None = None


def image(page: PageStatements) -> Image:
    """The image of the share card, else of the structured data, else of the feed entry."""
    card = page.address(page.named("og:image", "og:image:url", "og:image:secure_url"))
    nodes = [node for value in jsonld.follow(page.article.get("image"), page.nodes) for node in jsonld.as_list(value)]
    stated = [(page.address(jsonld.texts(node, *KEYS)), node) for node in nodes]
    if card:
        size = _card_size(page) or next((size for url, node in stated if url == card and (size := _size(node))), None)
        return _image(card, "og", size)
    best = max((pair for pair in stated if pair[0]), key=lambda pair: (_size(pair[1]) or (0, 0))[0], default=None)
    if best:
        return _image(best[0], page.statement, _size(best[1]))
    if other := page.address(page.named("twitter:image", "twitter:image:src")):
        return Image(other, "twitter")
    if other := page.address([page.hints.image_url]):
        return Image(other, page.hints.source)
    return Image()


def _image(url: str, source: str, size: tuple[int, int] | None) -> Image:
    width, height = size or (None, None)
    return Image(url, source, width, height)


def _card_size(page: PageStatements) -> tuple[int, int] | None:
    """The size of the share card's first image. Each image has its own, in order."""
    return _pixels(next(iter(page.named("og:image:width")), ""), next(iter(page.named("og:image:height")), ""))


def _size(node: Any) -> tuple[int, int] | None:
    return _pixels(node.get("width"), node.get("height")) if isinstance(node, dict) else None


def _pixels(width: Any, height: Any) -> tuple[int, int] | None:
    """Two sides as pages write them: 1200, "1200", "1200px", {"value": 1200}."""
    sides = []
    for side in (width, height):
        value = side.get("value") if isinstance(side, dict) else side[0] if isinstance(side, list) and side else side
        digits = str(value).strip().removesuffix("px").strip().partition(".")[0] if isinstance(value, str | int | float) else ""
        sides.append(int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 6 else 0)
    return (sides[0], sides[1]) if all(0 < side <= MAX_PIXELS for side in sides) else None

"""Pages made to exhaust what reads them."""

from __future__ import annotations

from collections.abc import Callable

WORDS = "The council met on Tuesday to talk about the new bridge over the river and what it will cost the town in the coming years. "
STORY = f"<article><h1>A bridge for the town</h1><p>{WORDS * 8}</p></article>"


def nested(depth: int) -> str:
    return "<div>" * depth + STORY


def one_text(size: int) -> str:
    return f"<article><p>{WORDS * (size // len(WORDS))}</p></article>"


def attributes(count: int) -> str:
    return f"<article><p {' '.join(f'a{n}={n}' for n in range(count))}>{WORDS * 8}</p></article>"


def paragraphs(count: int) -> str:
    return f"<article>{''.join(f'<p>word {n} of it</p>' for n in range(count))}</article>"


def table(rows: int, columns: int) -> str:
    row = "".join(f"<td>{n}</td>" for n in range(columns))
    return f"<article><table>{f'<tr>{row}</tr>' * rows}</table></article>"


def links(count: int) -> str:
    return f"<article>{''.join(f'<p><a href=/x{n}>link {n}</a></p>' for n in range(count))}</article>{STORY}"


def dates(count: int) -> str:
    return f"<article>{''.join(f'<p>{1 + n % 28} November 2026, 10:{n % 60:02d}</p>' for n in range(count))}</article>"


def false_fields() -> str:
    """Dates and an address that are none, and slow to find out where their length is not looked at first."""
    dates = "".join(f'<meta property="article:published_time" content="{text * 20_000}">' for text in "-?")
    stated = '{{"@type":"NewsArticle","datePublished":"{}","dateModified":"{}x"}}'.format("am " * 5000, "?" * 20_000)
    address = f'<link rel="canonical" href="http://a.example/{"{" * 20_000}">'
    return (
        f'{dates}{address}<script type="application/ld+json">{stated}</script><time datetime="{"-" * 20_000}">{"am " * 5000}</time>{STORY}'
    )


def inline(count: int) -> str:
    return f"{STORY}<p>{'<b>word</b> ' * count}</p>"


def same(count: int) -> str:
    return f"{STORY}<article>{'<p>The same words again</p>' * count}</article>"


# Name → how it is made, and whether it is an article that has to be found within any limits.
PAGES: dict[str, tuple[Callable[[], str], bool]] = {
    "r16-300-deep": (lambda: nested(300), True),
    "r16-1000-deep": (lambda: nested(1000), True),
    "r16-100000-deep": (lambda: nested(100_000), False),
    "r17-one-text": (lambda: one_text(10_100_000), False),
    "r18-attributes": (lambda: attributes(100_000), True),
    "r18-paragraphs": (lambda: paragraphs(200_000), False),
    "r18-table": (lambda: table(1000, 500), False),
    "r18-links": (lambda: links(100_000), False),
    "r32-r33-r34-false-fields": (false_fields, True),
    "inline-tags": (lambda: inline(20_000), True),
    "equal-paragraphs": (lambda: same(20_000), False),
    "nested-tables": (lambda: "<table><tr><td>" * 5000 + STORY, False),
    "r18-dates": (lambda: dates(200_000), False),
}


def page(body: str) -> bytes:
    return f'<html lang="en"><head><title>A bridge for the town</title></head><body>{body}</body></html>'.encode()

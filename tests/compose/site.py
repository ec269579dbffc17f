"""A small news site as files: a home page, a feed and article pages, for any web server to serve."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

TOWNS = ("Aldermoor", "Brackwell", "Castelnau", "Dunmere", "Eastholt", "Farrowby", "Glenrath", "Hollin Bay")
SUBJECTS = ("harbour bridge", "tram line", "school library", "flood wall", "grain market", "town archive", "ferry dock", "night clinic")
SENTENCES = (
    "Members of the council in {town} voted by {a} to {b} on Tuesday to go on with the {subject}, after a debate that lasted until midnight.",
    "The work is expected to cost {a} million and to take {b} months, according to a report that the town published this week.",
    "Residents who live beside the {subject} said that they had waited {b} years for an answer and were glad to have one.",
    "The engineer in charge, who has worked in {town} since {year}, called the decision careful and said that the ground had been tested twice.",
    "Critics of the plan point out that a similar project was given up in {year} when its costs rose by {a} per cent in one winter.",
    "A petition with {a} hundred names had asked for a smaller {subject}, and its authors said they would read the contract line by line.",
    "Shops along the main street of {town} will stay open while the {subject} is built, and a second road is to carry the lorries.",
    "The regional government pays {b} per cent of the sum, while the rest comes from a loan that {town} is to repay by {year}.",
)


def write(folder: Path, base: str, pages: int, listed: int) -> list[str]:
    """Write `pages` articles and a feed of the first `listed` of them; `base` is where they are served. Returns the articles' URLs."""
    urls, items = [], []
    newest = datetime.now(UTC).replace(microsecond=0)
    for number in range(pages):
        chance = random.Random(number)
        town, subject = chance.choice(TOWNS), chance.choice(SUBJECTS)
        title = f"{town} decides on its {subject} after report number {number}"
        published = newest - timedelta(hours=number + 1)
        url = f"{base}/article-{number}.html"
        (folder / f"article-{number}.html").write_text(_article(title, published, _text(chance, town, subject)), encoding="utf-8")
        urls.append(url)
        items.append(
            f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid><pubDate>{format_datetime(published)}</pubDate></item>"
        )
    channel = f"<title>The Valley Courier</title><link>{base}/</link><description>News</description>{''.join(items[:listed])}"
    (folder / "feed.xml").write_text(
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{channel}</channel></rss>', encoding="utf-8"
    )
    (folder / "index.html").write_text("<!doctype html><title>The Valley Courier</title><h1>The Valley Courier</h1>", encoding="utf-8")
    return urls


def _text(chance: random.Random, town: str, subject: str) -> list[str]:
    def sentence(pattern: str) -> str:
        return pattern.format(town=town, subject=subject, a=chance.randint(2, 98), b=chance.randint(2, 98), year=chance.randint(1950, 2020))

    return [" ".join(sentence(pattern) for pattern in chance.sample(SENTENCES, 4)) for _ in range(5)]


def _article(title: str, published: datetime, paragraphs: list[str]) -> str:
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - The Valley Courier</title>
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta property="article:published_time" content="{published.isoformat()}"><meta name="author" content="Mara Ellwood"></head>
<body><header><nav><a href="/">Home</a></nav></header>
<main><article><h1>{title}</h1><p class="byline">By Mara Ellwood</p>
{body}
</article></main><footer>The Valley Courier</footer></body></html>
"""

"""An article's words as Postgres stores them: a tsvector in text form, made here and not by a Postgres configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from pipeline.search.tokens import tokens

# Postgres stores no higher position, and no more positions of one word. Later words are found, but not in phrases.
LAST_POSITION = 16_383
MOST_POSITIONS = 255
# Positions between title and text: more than any phrase or "…"~N spans.
GAP = 150
# Postgres refuses a vector of 1,048,575 bytes. Articles stay far below; a file of words may reach it, and loses its last ones.
MOST_BYTES = 900_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the web is not older; pages claim years such as 1246
AHEAD = timedelta(days=1)  # of the fetch: publishers' clocks and zones are a few hours off


_WRITTEN = [str(place) for place in range(LAST_POSITION + 1)]


def vector(title: str, text: str) -> str:
    """The words with their positions. Those of the title have weight A."""
    return of_words(tokens(title), tokens(text))


def of_words(headline: list[str], words: list[str]) -> str:
    """The same, of words that were made before."""
    headline = headline[:LAST_POSITION]
    first = len(headline) + GAP
    last = max(0, LAST_POSITION + 1 - first)
    places: dict[str, list[str]] = {}
    for place, word in enumerate(headline, 1):
        places.setdefault(word, []).append(f"{place}A")
    for word, at in zip(words[:last], _WRITTEN[first:], strict=False):
        if word in places:
            places[word].append(at)
        else:
            places[word] = [at]
    for word in words[last:]:
        places.setdefault(word, [])
    written = " ".join([_written(word, at) for word, at in places.items()])
    return written if 4 * len(written) <= MOST_BYTES else " ".join(_fitting(places))


def _written(word: str, at: list[str]) -> str:
    return f"'{word}':{','.join(at[:MOST_POSITIONS])}" if at else f"'{word}'"


def _fitting(places: dict[str, list[str]]) -> Iterator[str]:
    """The first words, as many as Postgres accepts."""
    size = 0
    for word, at in places.items():
        size += 4 * len(word) + 2 * len(at)
        if size > MOST_BYTES:
            return
        yield _written(word, at)


def placed(published_at: datetime | None, offset_min: int | None, fetched_at: datetime) -> tuple[datetime, date]:
    """When an article counts as published: the moment, and the day by the publisher's clock. Impossible times are ignored."""
    if published_at is None or not EARLIEST <= published_at <= fetched_at + AHEAD:
        return fetched_at, fetched_at.astimezone(UTC).date()
    return published_at, (published_at.astimezone(UTC) + timedelta(minutes=offset_min or 0)).date()


def sample(article_id: int) -> int:
    """A number from 0 to 999 for sampling: consecutive articles get very different numbers."""
    return (article_id * 2_654_435_761 % 2**32) * 1000 >> 32

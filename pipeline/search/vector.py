"""An article's words as Postgres stores them: a tsvector in its text form, made here and not by a configuration of Postgres."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from pipeline.search.tokens import tokens

# Postgres keeps no position behind this, and no more of one word. Words further on are found, but not in phrases.
LAST_POSITION = 16_383
MOST_POSITIONS = 255
# Positions between the title and the text: more than any phrase or "…"~N reaches over.
GAP = 150
# Postgres refuses a vector of 1,048,575 bytes. No article comes near; what does is a file of words, and its last ones are left out.
MOST_BYTES = 900_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the web is not older; pages claim years such as 1246
AHEAD = timedelta(days=1)  # of the fetch: clocks and zones of publishers are a few hours off


def vector(title: str, text: str) -> str:
    """The words with their places. Those of the title weigh A."""
    places: dict[str, list[str]] = {}
    size = 0
    headline = tokens(title)
    for weight, first, words in (("A", 1, headline), ("", len(headline) + GAP, tokens(text))):
        for place, word in enumerate(words, first):
            known = places.get(word)
            if known is None:
                size += 4 * len(word)
                if size > MOST_BYTES:
                    break
                known = places[word] = []
            if place <= LAST_POSITION and len(known) < MOST_POSITIONS:
                known.append(f"{place}{weight}")
                size += 2
    return " ".join(f"'{word}':{','.join(at)}" if at else f"'{word}'" for word, at in places.items())


def placed(published_at: datetime | None, offset_min: int | None, fetched_at: datetime) -> tuple[datetime, date]:
    """When an article counts as published: the moment, and the day by the publisher's own clock. A time that cannot be is not believed."""
    if published_at is None or not EARLIEST <= published_at <= fetched_at + AHEAD:
        return fetched_at, fetched_at.astimezone(UTC).date()
    return published_at, (published_at.astimezone(UTC) + timedelta(minutes=offset_min or 0)).date()


def sample(article_id: int) -> int:
    """A number from 0 to 999 by which samples are taken: articles that follow each other get numbers far apart."""
    return (article_id * 2_654_435_761 % 2**32) * 1000 >> 32

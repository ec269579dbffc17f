"""An archive, as a notebook asks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from newsmill_client.connection import Connection
from newsmill_client.results import Count, Rows

Interval = Literal["day", "week", "month", "year"]
By = Literal["source", "country", "language", "author", "tag", "section"]
Format = Literal["jsonl", "csv", "csl", "bibtex", "ris"]
PAGE = 200  # articles of one request, and the most that the interface gives
LOOKED_UP = 1_000  # addresses of one request


class Archive:
    """The archive at `url`, such as http://127.0.0.1:8080. The token is one of `newsmill tokens add`; without users none is needed.

    Wherever a query can be given, so can `dedupe` (each story once) and `forms` (all forms of each word in a language, such as en).
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.connection = Connection(url, token)

    def search(
        self, query: str = "", *, limit: int | None = None, dedupe: bool = False, forms: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """The articles that match, the newest first, a page at a time, to the last one or `limit`."""
        found = self._pages(query, PAGE if limit is None else min(limit, PAGE), dedupe=dedupe, forms=forms)
        return islice(found, limit)

    def relevant(self, query: str, *, limit: int = 20, dedupe: bool = False, forms: str | None = None) -> Rows:
        """The most relevant of the newest 1,000 matches."""
        return _rows(self.connection.get("/search", q=query, sort="relevance", limit=limit, dedupe=dedupe, forms=forms), "articles")

    def count(self, query: str = "", *, dedupe: bool = False, forms: str | None = None) -> Count:
        """How many articles match."""
        said = self.connection.get("/search/count", q=query, dedupe=dedupe, forms=forms)
        return Count(said["query"], said["total"], said["low"], said["high"], said["relation"] == "exact", said["warnings"])

    def over_time(
        self, query: str = "", *, interval: Interval = "day", share: bool = False, dedupe: bool = False, forms: str | None = None
    ) -> Rows:
        """How many articles match on each day, week, month or year, zeros too. A row has `date`, `articles`, `low`, `high`, `of`, `share`."""
        said = self.connection.get("/search/over-time", q=query, interval=interval, share=share, dedupe=dedupe, forms=forms)
        return Rows([{"date": row.pop("key"), **row} for row in said.pop("rows")], said)

    def top(
        self, query: str = "", *, by: By = "source", limit: int = 20, share: bool = False, dedupe: bool = False, forms: str | None = None
    ) -> Rows:
        """The sources, countries, languages, authors, tags or sections with most matches."""
        said = self.connection.get("/search/top", q=query, by=by, limit=limit, share=share, dedupe=dedupe, forms=forms)
        return Rows([{by: row.pop("key"), **row} for row in said.pop("rows")], said)

    def words(self, query: str = "", *, limit: int = 30, seed: str = "1", dedupe: bool = False, forms: str | None = None) -> Rows:
        """The words that a sample of the matches has more often than all articles have."""
        return _rows(self.connection.get("/search/words", q=query, limit=limit, seed=seed, dedupe=dedupe, forms=forms), "words")

    def sample(self, query: str = "", n: int = 100, *, seed: str = "1", dedupe: bool = False, forms: str | None = None) -> Rows:
        """Articles at random; the same seed gives the same articles again."""
        return _rows(self.connection.get("/search/sample", q=query, n=n, seed=seed, dedupe=dedupe, forms=forms), "articles")

    def explain(self, query: str) -> dict[str, Any]:
        """What a query means and how it is run. `query` in it is the normal form, which is what to cite."""
        found: dict[str, Any] = self.connection.get("/search/explain", q=query)
        return found

    def article(self, number: int) -> dict[str, Any]:
        """All fields of an article."""
        found: dict[str, Any] = self.connection.get(f"/articles/{number}")
        return found

    def text(self, number: int) -> str:
        """The text of an article."""
        return self.connection.send("GET", f"/articles/{number}/text").text

    def revisions(self, number: int) -> Rows:
        """The texts that an article has had, oldest first."""
        return _rows(self.connection.get(f"/articles/{number}/revisions"), "versions")

    def lookup(self, urls: Iterable[str]) -> Rows:
        """Whether each address is in the archive, and if not, why; any number of them."""
        waiting, found = iter(urls), []
        while some := list(islice(waiting, LOOKED_UP)):
            found += self.connection.post("/articles/lookup", {"urls": some})["results"]
        return Rows(found)

    def trace(self, url: str) -> dict[str, Any]:
        """The link of an address and everything that happened to it. Raises NewsmillError not_found where nobody has ever named it."""
        found: dict[str, Any] = self.connection.get("/links/by-url", url=url)
        return found

    def missing(self, feed: int) -> Iterator[dict[str, Any]]:
        """What a feed listed and the archive has not, each with the reason."""
        before = None
        while True:
            page = self.connection.get(f"/feeds/{feed}/entries", missing=True, limit=PAGE, before=before)
            yield from page["entries"]
            if (before := page["next"]) is None:
                return

    def enqueue(self, urls: Iterable[str]) -> Rows:
        """Have addresses fetched. What is known is not taken in twice."""
        return _rows(self.connection.post("/enqueue", {"urls": list(urls)}), "results")

    def export(self, query: str, path: str | Path, *, format: Format = "jsonl", fields: Iterable[str] = (), dedupe: bool = False) -> int:
        """Write all articles that match to a file, whole or not at all. Returns its bytes."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        parameters = {"q": query, "format": format, "fields": ",".join(fields), "dedupe": dedupe}
        with self.connection.send("GET", "/export", params=parameters, stream=True) as answer, part.open("wb") as file:
            for piece in answer.iter_content(2**16):
                file.write(piece)
        part.replace(target)
        return target.stat().st_size

    def _pages(self, query: str, limit: int, **how: Any) -> Iterator[dict[str, Any]]:
        cursor = None
        while True:
            page = self.connection.get("/search", q=query, limit=limit, cursor=cursor, **how)
            yield from page["articles"]
            if (cursor := page["next"]) is None:
                return


def _rows(said: dict[str, Any], name: str) -> Rows:
    return Rows(said.pop(name), said)

"""Outlets: list, find, create, change, delete. Each creation, deletion and renaming marks the site for `following`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from psycopg import Connection
from psycopg.rows import class_row

from pipeline.sources.fields import FIELDS, WrongValue
from pipeline.store.search import daily
from pipeline.store.sources import following

What = Literal["new", "changed", "known"]


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet. `articles` counts those that can be searched."""

    id: int
    name: str
    label: str
    homepage: str
    country: str
    region: str
    language: str
    media_type: str
    notes: str
    collections: list[str]
    articles: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sources: every condition that is set must hold. An empty text selects sources without a value in that field."""

    country: str | None = None
    language: str | None = None
    media_type: str | None = None
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What to store of a source. Fields that are not named stay as they are. `collections` are added to its present ones."""

    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """The result; `changes` are the fields that were written."""

    name: str
    what: What
    changes: tuple[str, ...] = ()


_SELECT = f"""
    SELECT o.id, o.name, {", ".join(f"o.{name}" for name in FIELDS)},
           ARRAY(SELECT c.name FROM source_collections m JOIN collections c ON c.id = m.collection_id WHERE m.source_id = o.id ORDER BY 1) AS collections,
           coalesce(d.stored, 0) AS articles
    FROM sources o LEFT JOIN (SELECT source_id, sum(stored)::bigint AS stored FROM daily GROUP BY 1) d ON d.source_id = o.id
"""
_TESTS = {
    "country": "o.country = %(country)s",
    "language": "(o.language = %(language)s OR split_part(o.language, '-', 1) = %(language)s)",
    "media_type": "o.media_type = %(media_type)s",
    "collection": "EXISTS (SELECT FROM source_collections m JOIN collections c ON c.id = m.collection_id WHERE m.source_id = o.id AND c.name = %(collection)s)",
}


def listing(conn: Connection, which: Wanted = Wanted(), *, limit: int | None = None) -> list[Source]:
    """Sources, those with most articles first."""
    daily.recount(conn)
    values: dict[str, Any] = {name: getattr(which, name) for name in _TESTS}
    tests = ["NOT o.removed", *(test for name, test in _TESTS.items() if values[name] is not None)]
    with conn.cursor(row_factory=class_row(Source)) as cur:
        statement = f"{_SELECT} WHERE {' AND '.join(tests)} ORDER BY articles DESC, o.name LIMIT %(limit)s"
        return cur.execute(statement, {**values, "limit": limit}).fetchall()


def find(conn: Connection, name: str) -> Source | None:
    """The source with this name."""
    daily.recount(conn)
    with conn.cursor(row_factory=class_row(Source)) as cur:
        return cur.execute(f"{_SELECT} WHERE o.name = %s AND NOT o.removed", (name,)).fetchone()


def save(conn: Connection, given: Sequence[Given]) -> list[Saved]:
    """Create and change sources, all or none. Fields are those of `FIELDS`, already checked. Each name occurs once."""
    with conn.transaction():
        every = [one.name for one in given]
        known = {name for (name,) in conn.execute("SELECT name FROM sources WHERE name = ANY(%s) AND NOT removed", (every,))}
        if fresh := [name for name in every if name not in known]:
            following.begin(conn, fresh)
        there = _there(conn, every)
        if fresh := [name for name in every if name not in there]:
            conn.execute("INSERT INTO sources (name) SELECT unnest(%s::text[]) ON CONFLICT (name) DO UPDATE SET removed = false", (fresh,))
        saved = []
        for one in given:
            before = there.get(one.name, dict.fromkeys(FIELDS, ""))
            changes = [name for name, value in one.fields.items() if before[name] != value]
            _write(conn, one, changes)
            if _join(conn, one):
                changes.append("collections")
            what: What = "new" if one.name not in there else "changed" if changes else "known"
            saved.append(Saved(one.name, what, tuple(changes)))
    return saved


def rename(conn: Connection, name: str, new_name: str) -> None:
    """Rename a source. Raises WrongValue if the name belongs to another."""
    with conn.transaction():
        following.begin(conn, [name, new_name])
        if _there(conn, [new_name]):
            raise WrongValue(f"There is a source {new_name} already")
        conn.execute(
            "DELETE FROM sources WHERE name = %s AND removed AND NOT EXISTS (SELECT FROM articles WHERE source_id = sources.id)",
            (new_name,),
        )
        if conn.execute("SELECT FROM sources WHERE name = %s", (new_name,)).rowcount:
            raise WrongValue(f"{new_name} is being removed; run `newsmill sources assign`, then try again")
        conn.execute("UPDATE sources SET name = %s WHERE name = %s", (new_name, name))


def remove(conn: Connection, name: str) -> bool:
    """Delete a source. Its articles move to the next one that fits; if none does, a source with only the name stays. Returns False if there
    is none."""
    with conn.transaction():
        following.begin(conn, [name])
        blank = ", ".join(f"{column} = ''" for column in FIELDS)
        gone = conn.execute(f"UPDATE sources SET removed = true, {blank} WHERE name = %s AND NOT removed RETURNING id", (name,)).fetchone()
        if gone is not None:
            conn.execute("DELETE FROM source_collections WHERE source_id = %s", gone)
    return gone is not None


def _there(conn: Connection, names: list[str]) -> dict[str, dict[str, str]]:
    """The fields of those sources that exist, by name."""
    rows = conn.execute(
        f"SELECT name, {', '.join(FIELDS)} FROM sources WHERE name = ANY(%s) AND NOT removed FOR NO KEY UPDATE", (names,)
    ).fetchall()
    return {name: dict(zip(FIELDS, values, strict=True)) for name, *values in rows}


def _write(conn: Connection, one: Given, changes: list[str]) -> None:
    if changes:
        assigned = ", ".join(f"{name} = %({name})s" for name in changes)
        conn.execute(f"UPDATE sources SET {assigned} WHERE name = %(of)s", {**{name: one.fields[name] for name in changes}, "of": one.name})


def _join(conn: Connection, one: Given) -> int:
    """Add a source to collections; missing ones are created. Returns how many it was added to."""
    if not one.collections:
        return 0
    conn.execute("INSERT INTO collections (name) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (list(one.collections),))
    return conn.execute(
        """
        INSERT INTO source_collections (collection_id, source_id)
        SELECT c.id, o.id FROM collections c, sources o WHERE c.name = ANY(%s) AND o.name = %s ON CONFLICT DO NOTHING
        """,
        (list(one.collections), one.name),
    ).rowcount

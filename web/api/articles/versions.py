"""The versions of an article's text, and the differences between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from psycopg import Connection

from pipeline.store.articles import articles
from pipeline.store.articles.articles import Revision
from web.api.answers import READ, Id
from web.api.articles.article import found
from web.context import Database
from web.http.problems import Problem

router = APIRouter(prefix="/api/v1/articles/{article_id}", tags=["articles"])


@dataclass(frozen=True, slots=True)
class Version:
    """One version. `number` counts from 1, the oldest; `fetched_at` is when its page was fetched."""

    number: int
    title: str
    text: str
    extractor: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Versions:
    """Oldest first; the last is the current one."""

    versions: list[Version]


@dataclass(frozen=True, slots=True)
class Part:
    """Paragraphs that both versions have, or only the later, or only the earlier one. The title is the first paragraph."""

    what: Literal["same", "added", "taken"]
    paragraphs: list[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """`a` and `b` are the numbers of the versions."""

    a: int
    b: int
    parts: list[Part]


@router.get("/revisions", responses=READ)
def list_versions(conn: Database, article_id: Id) -> Versions:
    """The texts that the article has had."""
    return Versions(_versions(conn, article_id))


@router.get("/diff", responses=READ)
def compare(
    conn: Database,
    article_id: Id,
    a: Annotated[int | None, Query(ge=1, le=2**31, description="the earlier version; without it the one before `b`")] = None,
    b: Annotated[int | None, Query(ge=1, le=2**31, description="the later version; without it the one of now")] = None,
) -> Difference:
    """The differences between two versions, by paragraph."""
    return difference(article_id, _versions(conn, article_id), a, b)


def difference(article_id: int, versions: Sequence[Version], a: int | None, b: int | None) -> Difference:
    """The differences between two of the versions, the last two unless numbers are given. Raises Problem 404."""
    later = b if b is not None else len(versions)
    earlier = a if a is not None else max(1, later - 1)
    for number in (earlier, later):
        if number > len(versions):
            raise Problem(404, "not_found", f"Article {article_id} has {len(versions)} versions and none with the number {number}.")
    return Difference(earlier, later, parts(versions[earlier - 1], versions[later - 1]))


def parts(before: Version | Revision, after: Version | Revision) -> list[Part]:
    """The paragraphs of two versions, with equal ones combined."""
    old, new = ([version.title, *version.text.split("\n")] for version in (before, after))
    told = []
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            told.append(Part("same", old[old_from:old_to]))
            continue
        if old_to > old_from:
            told.append(Part("taken", old[old_from:old_to]))
        if new_to > new_from:
            told.append(Part("added", new[new_from:new_to]))
    return told


def _versions(conn: Connection, article_id: int) -> list[Version]:
    found(conn, article_id)
    return [
        Version(number, one.title, one.text, one.extractor, one.fetched_at)
        for number, one in enumerate(articles.versions(conn, article_id), 1)
    ]

"""The pages of feeds: all with their health, and one with what it listed beside what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.feeds.scheduling.health import HABIT_DAYS, FeedRecord, health
from pipeline.store.db import clock
from pipeline.store.feeds import feeds, listed_entries, moved_feeds
from pipeline.store.feeds import health as feed_health
from pipeline.store.maintenance import status
from web.api.answers import MAX_ID, Id
from web.api.feeds.changes import address_of
from web.api.feeds.feeds import the_feed
from web.context import Database, Web
from web.http.problems import Problem
from web.pages.charts import Chart, chart
from web.pages.forms import Fields
from web.templating import render

ON_A_PAGE, ENTRIES, POLLS = 100, 50, 20

State = Literal["", "active", "failing", "paused", "stopped"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/feeds")
def feeds_page(conn: Database, state: State = "", after: Annotated[int, Query(ge=0, le=MAX_ID)] = 0) -> str:
    found = feeds.listing(conn, state=state or None, limit=ON_A_PAGE + 1, after=after)
    page = found[:ON_A_PAGE]
    return render(
        "feeds.html",
        feeds=page,
        health=feed_health.of_feeds(conn, [feed.id for feed in page]),
        counts=status.feeds(conn),
        state=state,
        after=after,
        following=page[-1].id if len(found) > len(page) else None,
    )


@router.post("/feeds")
def add_feed(conn: Database, given: Fields) -> Response:
    if not given.get("url", "").strip():
        raise Problem(422, "invalid", "url: write the address of a feed.")
    number, _ = feeds.add(conn, address_of(given["url"]))
    return _to(number)


@router.get("/feeds/{feed_id}")
def feed_page(conn: Database, feed_id: Id, missing: bool = False, before: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None) -> str:
    feed = the_feed(conn, feed_id)
    record, now = feed_health.feed_records(conn, [feed_id])[feed_id], clock.now(conn)
    found = listed_entries.listing(conn, feed_id, missing=missing, before=before, limit=ENTRIES + 1)
    page = found[:ENTRIES]
    return render(
        "feed.html",
        feed=feed,
        health=health(record, now),
        former=moved_feeds.former(conn, feed_id),
        polls=feeds.history(conn, feed_id, POLLS),
        entries=page,
        missing=missing,
        before=before,
        following=page[-1].link_id if len(found) > len(page) else None,
        by_day=_by_day(record, now),
        days=HABIT_DAYS,
    )


@router.post("/feeds/{feed_id}/poll")
def poll(web: Web, conn: Database, feed_id: Id) -> Response:
    feeds.poll_now(conn, the_feed(conn, feed_id).id, web.settings.poll.by_hand_s)
    return _to(feed_id)


@router.post("/feeds/{feed_id}/pause")
def pause(conn: Database, feed_id: Id) -> Response:
    feeds.pause(conn, the_feed(conn, feed_id).id)
    return _to(feed_id)


@router.post("/feeds/{feed_id}/resume")
def resume(conn: Database, feed_id: Id) -> Response:
    feeds.resume(conn, the_feed(conn, feed_id).id)
    return _to(feed_id)


def _by_day(record: FeedRecord, now: datetime) -> Chart:
    """The chart of new entries over the days that make up the feed's habit."""
    days = [now.date() - timedelta(days=n) for n in reversed(range(HABIT_DAYS))]
    return chart([str(day) for day in days], [("new entries", [record.days.get(day, 0) for day in days])])


def _to(feed_id: int) -> Response:
    return RedirectResponse(f"/feeds/{feed_id}", 303)

"""The pages: overview, a link and what happened to it, and the form for URLs by hand. They work without JavaScript."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.normalise.file_names import address
from pipeline.normalise.urls import MAX_CHARS
from pipeline.store.articles import articles
from pipeline.store.feeds import feeds
from pipeline.store.links import trace
from pipeline.store.maintenance import status
from web.api.answers import Id
from web.api.links.enqueue import enqueue, unsent, urls_of_form
from web.context import Database, Web
from web.http.problems import Problem
from web.templating import flower_url, render
from workers.checks import examine
from workers.checks.facts import gather

# A worker reports every few seconds; one silent for so long is lost or stuck.
SILENT_S = 60.0
NEWEST, FAILING = 15, 20

STATES = {
    "waiting": "due now or later",
    "dispatched": "sent to a worker",
    "running": "a worker has it",
    "fetched": "page stored, text comes next",
    "stored": "the article is stored",
    "skipped": "left out, with a reason",
    "failed": "given up, with a reason",
}

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def status_page(web: Web, conn: Database) -> str:
    summary, facts = status.summary(conn), gather(web.settings)
    return render(
        "status.html",
        failing_checks=[check for check in examine(facts) if check.level == "fail"],
        summary=summary,
        total=sum(summary.links.values()),
        states=STATES,
        in_redis=facts.redis and facts.redis.depths,
        newest=articles.newest(conn, NEWEST),
        failing=feeds.listing(conn, state="failing", limit=FAILING) if summary.feeds["failing"] else [],
        silent_s=SILENT_S,
        flower_url=flower_url(web.settings),
    )


@router.get("/links/{link_id}")
def link_page(conn: Database, link_id: Id) -> str:
    found = trace.trace(conn, str(link_id))
    if found is None:
        raise Problem(404, "not_found", f"There is no link {link_id}.")
    return render("link.html", link=found.link, events=found.events, states=STATES)


@router.get("/links")
def find_link(conn: Database, url: Annotated[str, Query(max_length=MAX_CHARS)]) -> Response:
    """The page of the link with this URL."""
    found = trace.trace(conn, address(url.strip()).text)
    if found is None:
        raise Problem(404, "not_found", "No feed has listed this URL and nobody has enqueued it.")
    return RedirectResponse(f"/links/{quote(str(found.link.id))}", 303)


@router.post("/enqueue")
def enqueue_form(web: Web, conn: Database, urls: Annotated[list[str], Depends(urls_of_form)]) -> HTMLResponse:
    results = enqueue(web, conn, urls)
    taken = any(result.error is None for result in results)
    return HTMLResponse(render("enqueued.html", results=results, notice=unsent(web, results)), 200 if taken else 422)

"""The web application: API, pages, and everything around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from pipeline.settings import Settings
from pipeline.store.db.pool import open_pool
from web import metrics
from web.access import rate_limits
from web.access.guard import guard
from web.api import events, export, hosts, routes, websub
from web.api.articles import article, citation, lookup, stories, versions
from web.api.feeds import changes, feeds, history, lists, trying
from web.api.feeds import settings as feed_settings
from web.api.links import enqueueing, failures, files, links
from web.api.people import audit, session, tokens, users
from web.api.search import articles as find
from web.api.search import counts, words
from web.api.sources import collections, sources
from web.context import Context
from web.description import page
from web.http import problems
from web.http.etags import with_etags
from web.http.json_response import Json
from web.http.middleware import guarded
from web.pages import articles as article_pages
from web.pages import dashboard, search, sign_in
from web.pages import failures as failure_pages
from web.pages import feeds as feed_pages
from web.pages import hosts as host_pages
from web.templating import FOLDER

CLOSE_S = 2.0
COMPRESSED_FROM = 1_000  # bytes of an answer; smaller ones fit into one packet anyhow
ROUTERS = (
    routes.router,
    find.router,
    counts.router,
    words.router,
    article.router,
    versions.router,
    citation.router,
    lookup.router,
    stories.router,
    feeds.router,
    changes.router,
    feed_settings.router,
    history.router,
    trying.router,
    lists.router,
    links.router,
    failures.router,
    enqueueing.router,
    files.router,
    hosts.router,
    sources.router,
    collections.router,
    export.router,
    events.router,
    page.router,
    session.router,
    users.router,
    tokens.router,
    audit.router,
    websub.router,
    dashboard.router,
    article_pages.router,
    search.router,
    feed_pages.router,
    failure_pages.router,
    host_pages.router,
    sign_in.router,
    metrics.router,
)


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings. It starts and answers while Postgres and Redis are down, and says so."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = open_pool(settings)
        app.state.context = Context(settings, pool)
        app.state.limits = rate_limits.counting(settings)
        try:
            yield
        finally:
            pool.close(CLOSE_S)

    # FastAPI's documentation pages load scripts from other sites, which our policy rightly refuses; /openapi.json stays.
    app = FastAPI(
        title="newsmill",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        default_response_class=Json,
        dependencies=[Depends(guard, scope="function")],
    )
    app.add_middleware(with_etags)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM)
    app.add_middleware(guarded, settings=settings)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    return app

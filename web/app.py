"""The web application: the JSON interface, the pages, and what surrounds them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from pipeline.settings import Settings
from pipeline.store.db.pool import open_pool
from web import metrics
from web.api import feed_settings, feeds, routes, websub
from web.context import Context
from web.http import problems
from web.http.json_response import Json
from web.http.middleware import guarded
from web.pages import dashboard
from web.templating import FOLDER

CLOSE_S = 2.0


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings. It starts and answers while Postgres and Redis are down, and says so."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = open_pool(settings)
        app.state.context = Context(settings, pool)
        try:
            yield
        finally:
            pool.close(CLOSE_S)

    # The usual pages of the documentation load scripts from elsewhere, which our policy rightly refuses; /openapi.json stays.
    app = FastAPI(title="newsmill", version="1", docs_url=None, redoc_url=None, lifespan=lifespan, default_response_class=Json)
    app.add_middleware(guarded, settings=settings)
    problems.install(app)
    app.include_router(routes.router)
    app.include_router(feeds.router)
    app.include_router(feed_settings.router)
    app.include_router(dashboard.router)
    app.include_router(metrics.router)
    app.include_router(websub.router)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    return app

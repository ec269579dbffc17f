"""The pages of hosts: how each is treated and why, and the buttons that pause and resume it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.store.hosts import host_settings
from web.api.hosts import Name, get_host
from web.context import Database, Web
from web.templating import render

ON_A_PAGE = 100

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/hosts")
def hosts_page(web: Web, conn: Database, paused: bool = False, failing: bool = False) -> str:
    found = host_settings.listing(conn, web.settings.fetch, paused=paused, failing=failing, limit=ON_A_PAGE + 1)
    return render("hosts.html", hosts=found[:ON_A_PAGE], more=len(found) > ON_A_PAGE, most=ON_A_PAGE, paused=paused, failing=failing)


@router.get("/hosts/{name}")
def host_page(web: Web, conn: Database, name: Name) -> str:
    return render("host.html", host=get_host(web, conn, name))


@router.post("/hosts/{name}/pause")
def pause(web: Web, conn: Database, name: Name) -> Response:
    get_host(web, conn, name)
    host_settings.pause(conn, name, None, "paused by hand", web.settings.fetch)
    return RedirectResponse(f"/hosts/{name}", 303)


@router.post("/hosts/{name}/resume")
def resume(web: Web, conn: Database, name: Name) -> Response:
    get_host(web, conn, name)
    host_settings.resume(conn, name, web.settings.fetch)
    return RedirectResponse(f"/hosts/{name}", 303)

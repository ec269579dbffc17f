"""Hosts over HTTP: how newsmill treats each and why, and what may be changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from pipeline.store.hosts import host_settings
from pipeline.store.hosts.host_settings import Details, HostSettings
from web.api.answers import CHANGE, MAX_ROWS, READ
from web.api.bodies import described, json_of
from web.context import Database, Web
from web.http.problems import Problem
from web.http.tables import AS_CSV, table

COLUMNS = (
    *("name", "delay_s", "delay_from", "paused", "paused_until", "pause_reason", "failures", "last_code", "ignore_robots", "robots"),
    *("robots_since", "robots_until", "robots_why", "waiting", "next_slot_at"),
)
LONGEST_S = 366 * 86_400.0
Name = Annotated[str, Path(pattern=r"^[a-z0-9_.:\[\]-]{1,270}$", examples=["example.org"])]

router = APIRouter(prefix="/api/v1/hosts", tags=["hosts"])


class WhichHosts(BaseModel):
    """Which hosts; every given condition must hold."""

    model_config = ConfigDict(extra="forbid")
    paused: bool = Field(False, description="only paused ones")
    failing: bool = Field(False, description="only those that failed last, or whose robots.txt cannot be read")
    limit: int = Field(50, ge=1, le=MAX_ROWS)


class HostChange(BaseModel):
    """What to change; omitted fields stay."""

    model_config = ConfigDict(extra="forbid", strict=True)
    paused: bool | None = Field(None, description="true pauses the host; false resumes it and resets its failures")
    pause_s: float | None = Field(
        None, gt=0, le=LONGEST_S, description="with paused: seconds to pause for; null pauses until it is resumed"
    )
    reason: str = Field("paused by hand", max_length=200)
    delay_s: float | None = Field(
        None, ge=0, le=LONGEST_S, description="seconds between two requests; an explicit null restores the setting"
    )
    ignore_robots: bool | None = None


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosts with the most trouble first. `more` says whether further ones exist."""

    hosts: list[HostSettings]
    more: bool


@router.get("", response_model=Hosts, responses=READ | AS_CSV)
def list_hosts(request: Request, web: Web, conn: Database, which: Annotated[WhichHosts, Query()]) -> Any:
    """List hosts: paused ones first, then by failures in a row, then by waiting links."""
    found = host_settings.listing(conn, web.settings.fetch, paused=which.paused, failing=which.failing, limit=which.limit + 1)
    page = found[: which.limit]
    return table(request, COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in page), Hosts(page, len(found) > len(page)))


@router.get("/{name}", responses=READ)
def get_host(web: Web, conn: Database, name: Name) -> Details:
    """Everything newsmill knows about a host."""
    found = host_settings.details(conn, name, web.settings.fetch)
    if found is None:
        raise Problem(404, "not_found", f"There is no host {name}.")
    return found


@router.patch("/{name}", responses=CHANGE, openapi_extra=described(HostChange, {"paused": True, "pause_s": 3600}))
def change_host(web: Web, conn: Database, name: Name, change: Annotated[HostChange, Depends(json_of(HostChange))]) -> Details:
    """Pause or resume a host, set the gap between two requests, or ignore its robots.txt."""
    get_host(web, conn, name)
    if change.paused is True:
        host_settings.pause(conn, name, change.pause_s, change.reason, web.settings.fetch)
    elif change.paused is False:
        host_settings.resume(conn, name, web.settings.fetch)
    if "delay_s" in change.model_fields_set:
        host_settings.set_delay(conn, name, change.delay_s, web.settings.fetch)
    if change.ignore_robots is not None:
        host_settings.ignore_robots(conn, name, change.ignore_robots)
    return get_host(web, conn, name)

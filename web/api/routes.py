"""Whether the process lives, whether newsmill works, and where everything stands."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from pipeline.store.maintenance import status
from web.api.answers import READ
from web.context import Database, Web
from web.http.json_response import Json
from workers.checks import examine, stopping
from workers.checks.facts import gather

router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Something stops the work; `problems` says what."}})
def readyz(web: Web) -> Json:
    """newsmill does its work; 503 with the list of what stops it."""
    problems = [f"{check.name}: {check.finding}" for check in stopping(list(examine(gather(web.settings))))]
    return Json({"ready": not problems, "problems": problems}, 503 if problems else 200)


@router.get("/api/v1/status", responses=READ)
def get_status(web: Web, conn: Database) -> dict[str, Any]:
    """The state of everything. `redis` is the number of messages by queue, null if Redis does not answer. `checks` are those of `newsmill
    doctor` about the running stack."""
    summary = status.summary(conn)
    checks = list(examine(facts := gather(web.settings)))
    return {**asdict(summary), "unfinished": summary.unfinished, "redis": facts.redis and facts.redis.depths, "checks": checks}

"""Settings of retries: when a failed article is tried again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.settings.section import Count, Seconds, Section


class Retry(Section):
    """When to try a failed article again."""

    delays_s: list[Seconds] = Field(
        [60, 300, 1500],
        description="seconds before the 2nd, 3rd and 4th try of an article; after the last it is failed or waits for late_s",
    )
    late_s: list[Annotated[float, Field(gt=0)]] = Field(
        [21_600, 172_800],
        description="seconds before each late try of an article whose site did not answer, or with 5xx; most outages end within 6 h or 2 days",
    )
    jitter: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.2, description="share by which a delay varies to both sides, so that retries do not bunch"
    )
    redis_max_s: Seconds = Field(
        60, description="seconds, before jitter; delays up to this ride in Redis as Celery retries, longer ones wait in Postgres"
    )
    max_retry_after_s: Seconds = Field(86400, description="seconds; a longer Retry-After counts as this")
    fetch_losses: Count = Field(
        5,
        description="fetches of one page in a row whose worker vanished, by no fault of the page; a page that kills its worker so often is failed",
    )
    extract_attempts: Count = Field(
        3, description="attempts at the extraction of one page; a page that kills its process so often is failed"
    )

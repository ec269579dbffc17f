"""Settings of retries: when a failed article is tried again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.settings.section import Count, Seconds, Section


class Retry(Section):
    """When a failed article is tried again."""

    delays_s: list[Seconds] = Field(
        [60, 300, 1500],
        description="seconds before the 2nd, 3rd and 4th attempt at an article; after the last it fails or waits for late_s",
    )
    late_s: list[Annotated[float, Field(gt=0)]] = Field(
        [21_600, 172_800],
        description="seconds before each late attempt at an article whose site answered 5xx or not at all; most outages end within 6 h or 2 days",
    )
    jitter: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.2, description="share by which a delay varies in both directions, so that retries do not come all at once"
    )
    redis_max_s: Seconds = Field(
        60, description="seconds, before jitter; shorter delays wait in Redis as Celery retries, longer ones in Postgres"
    )
    max_retry_after_s: Seconds = Field(86400, description="seconds; a longer Retry-After counts as this")
    fetch_losses: Count = Field(
        5,
        description="times in a row that the worker may vanish while fetching one page; then the page fails, because it may be what kills the worker",
    )
    extract_attempts: Count = Field(3, description="attempts at the extraction of one page; a page that kills its process so often fails")

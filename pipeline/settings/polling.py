"""Settings of feeds: how often they are polled, and WebSub."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from pipeline.settings.section import Count, Seconds, Section


class Poll(Section):
    """How often feeds are looked at."""

    min_interval_s: Count = Field(300, description="seconds; no feed is polled more often, whatever it publishes")
    start_interval_s: Count = Field(1800, description="seconds until the second poll of a new feed, when its habit is not known")
    max_interval_s: Count = Field(86400, description="seconds; a silent feed is still looked at daily")
    max_failing_s: Annotated[int, Field(ge=1, le=30 * 86400)] = Field(
        604_800, description="seconds; a failing feed is still looked at weekly, and so revives by itself"
    )
    max_outage_s: Count = Field(
        3000,
        description="seconds between two polls of a feed whose site does not answer, or with 5xx: its return is seen within the hour. More once it has been away for days",
    )
    unconditional_s: Seconds = Field(
        86400, description="seconds between polls of a feed without ETag and Last-Modified, each of which costs its site a whole document"
    )
    probe_s: Count = Field(
        1_209_600, description="seconds of nothing but 304s after which one poll goes without validators: some servers always say 304"
    )
    by_hand_s: Seconds = Field(300, description="seconds after a poll before which asking for one by hand does not bring the next")
    move_sightings: Count = Field(3, description="polls in a row that a permanent redirect must lead to the same feed until it is adopted")
    move_s: Seconds = Field(604_800, description="seconds over which they must be spread; a wrong redirect is mostly mended in days")
    archive_pages: Annotated[int, Field(ge=0)] = Field(
        10, description="pages of a feed's archive (RFC 5005, JSON Feed's next_url) that are read in all; 0 is none"
    )
    max_sitemaps: Count = Field(
        5, description="sitemaps of a sitemap index that are read in one poll; each takes a gap of its host and a whole document"
    )
    max_foreign_waiting: Count = Field(
        200,
        description="links of one feed that wait on one host for whose site it does not speak; what it lists beyond is taken in by later polls",
    )
    max_updates: Annotated[int, Field(ge=0, le=1000)] = Field(
        24, description="times that what a feed says of one entry is written anew; some feeds change every entry with every poll"
    )
    max_bytes: Count = Field(10 * 2**20, description="bytes of a decoded feed; the largest real feeds have 15 MB, of archives")
    parse_s: Annotated[float, Field(ge=1, le=30)] = Field(
        20.0, description="seconds in which a feed must be read; the largest honest ones take two, hostile ones would take hours"
    )
    max_entries: Count = Field(2000, description="entries of one feed document that are read, newest first")
    keep_polls: Count = Field(50, description="rows of poll history kept for each feed")
    jitter: Annotated[float, Field(ge=0, le=1)] = Field(
        0.1, description="share of the interval added at random, so that feeds do not bunch; it only lengthens"
    )


class WebSub(Section):
    """WebSub: hubs that send what is new in a feed."""

    callback_url: str = Field(
        "",
        description="public address of the web process, such as https://news.example, at which WebSub hubs reach it below /websub/; empty is"
        " no WebSub",
    )
    lease_s: Annotated[float, Field(ge=3600, le=30 * 86400)] = Field(
        864_000.0, description="seconds for which a hub is asked to send what is new; ten days is what the large hubs give at most"
    )
    poll_s: Seconds = Field(
        21_600.0, description="seconds between polls of a feed while its hub proves to send what is new; they find what a hub has lost"
    )

    @field_validator("callback_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)  # ValueError names what is wrong
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("write an http or https address without ? and #, such as https://news.example")
        return value.rstrip("/")

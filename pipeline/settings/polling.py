"""Settings of feeds: how often they are polled, and WebSub."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from pipeline.settings.section import Count, Seconds, Section


class Poll(Section):
    """How often feeds are polled."""

    min_interval_s: Count = Field(300, description="seconds; no feed is polled more often, whatever it publishes")
    start_interval_s: Count = Field(1800, description="seconds until the second poll of a new feed, whose habit is not known yet")
    max_interval_s: Count = Field(86400, description="seconds; a silent feed is still polled daily")
    max_failing_s: Annotated[int, Field(ge=1, le=30 * 86400)] = Field(
        604_800, description="seconds; a failing feed is still polled weekly, so that it recovers by itself"
    )
    max_outage_s: Count = Field(
        3000,
        description="seconds between two polls of a feed whose site answers 5xx or not at all, so that its return is noticed within the hour; longer once it has been down for days",
    )
    unconditional_s: Seconds = Field(
        86400,
        description="seconds between polls of a feed without ETag and Last-Modified, because each poll costs its site a whole document",
    )
    probe_s: Count = Field(
        1_209_600, description="seconds of only 304s after which one poll leaves out the validators: some servers always answer 304"
    )
    by_hand_s: Seconds = Field(300, description="seconds after a poll within which a manual poll has to wait")
    move_sightings: Count = Field(
        3, description="polls in a row that a permanent redirect must lead to the same feed before its address is adopted"
    )
    move_s: Seconds = Field(
        604_800, description="seconds over which these polls must be spread; most wrong redirects are repaired within days"
    )
    archive_pages: Annotated[int, Field(ge=0)] = Field(
        10, description="pages of a feed's archive (RFC 5005, JSON Feed's next_url) to read in total; 0 means none"
    )
    max_sitemaps: Count = Field(5, description="sitemaps of a sitemap index to read in one poll; each costs a gap and a whole document")
    max_offsite_waiting: Count = Field(
        200,
        description="links of one feed that may wait on one host of a site it does not speak for; later polls add the others",
    )
    max_updates: Annotated[int, Field(ge=0, le=1000)] = Field(
        24, description="times that a changed entry of a feed is stored again; some feeds change every entry at every poll"
    )
    max_bytes: Count = Field(10 * 2**20, description="bytes of a decoded feed; the largest real feeds, which are archives, have 15 MB")
    parse_s: Annotated[float, Field(ge=1, le=30)] = Field(
        20.0, description="seconds for parsing a feed; the largest normal ones take two, hostile ones would take hours"
    )
    max_entries: Count = Field(2000, description="entries of one feed document that are read, newest first")
    keep_polls: Count = Field(50, description="rows of poll history kept for each feed")
    jitter: Annotated[float, Field(ge=0, le=1)] = Field(
        0.1, description="share of the interval added at random, so that feeds are not polled all at once; it only lengthens the wait"
    )


class WebSub(Section):
    """WebSub: hubs that push a feed's new entries."""

    callback_url: str = Field(
        "",
        description="public address of the web process, such as https://news.example, at which WebSub hubs reach it below /websub/; empty means"
        " no WebSub",
    )
    lease_s: Annotated[float, Field(ge=3600, le=30 * 86400)] = Field(
        864_000.0, description="seconds of a requested subscription; the large hubs allow ten days at most"
    )
    poll_s: Seconds = Field(
        21_600.0, description="seconds between polls of a feed while its hub reliably pushes new entries; the polls find what the hub lost"
    )

    @field_validator("callback_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)  # ValueError names what is wrong
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("write an http or https address without ? and #, such as https://news.example")
        return value.rstrip("/")

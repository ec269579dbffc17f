"""Settings of requests: how pages, feeds and robots.txt are fetched, and when a failed fetch is tried again."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import Field, field_validator

from pipeline.settings.section import Count, Seconds, Section

_PLAIN = re.compile(r"[ -'*-~]*")  # what may stand in the comment of a User-Agent (RFC 9110 section 5.6.5)
_AGENT = re.compile(r"[A-Za-z_-]+(/[!-~]+)?( [ -~]*)?")
_CONTACT = re.compile(r"https?://[^/@]+\.[^/@.]+\.?(/\S*)?|(mailto:)?[^@/]+@[^@/]+\.[^@/.]+")
_PLACEHOLDER = re.compile(r"(\bexample\.(com|org|net)|\.(example|invalid))\b", re.IGNORECASE)  # RFC 2606


class Fetch(Section):
    """How pages, feeds and robots.txt are fetched."""

    user_agent: str = Field("newsmill/0.1", description="product token and version sent with every request and matched against robots.txt")
    contact: str = Field("", description="URL or e-mail address of the operator, added to the user agent so that a site can reach you")
    min_gap_s: Seconds = Field(5.0, description="seconds between the starts of two requests to one host; 5 s is what careful crawlers use")
    deadline_s: Annotated[float, Field(gt=0)] = Field(
        30.0, description="seconds for one fetch in all, redirects included; a slot is never held longer"
    )
    first_byte_s: Annotated[float, Field(gt=0)] = Field(
        2.5,
        description="seconds until a host must begin to answer that did not last time, or was never asked, while many of these wait; doubled twice"
        " as it fails. Of pages that come at all, 99 in 100 have begun by then",
    )
    connect_timeout_s: Annotated[float, Field(gt=0)] = Field(
        10.0, description="seconds to connect to one address; above it a host is as good as down"
    )
    max_bytes: Count = Field(5 * 2**20, description="bytes of a decoded page; >99.99 % of news pages are smaller")
    max_header_bytes: Count = Field(64 * 2**10, description="bytes of all response headers; real ones stay under 20 KiB")
    max_redirects: Annotated[int, Field(ge=0)] = Field(10, description="hops of one redirect chain; longer ones are loops in practice")
    allow_ports: list[int] = Field(
        [80, 443, 8080, 8443], description="ports of public addresses that may be dialled; others are services, not news sites"
    )
    allow_networks: list[str] = Field(
        [], description='CIDR networks opened although they are not public, on any port, e.g. ["127.0.0.0/8"]; empty is safe'
    )
    honour_robots: bool = Field(True, description="obey robots.txt (RFC 9309)")
    robots_max_age_s: Seconds = Field(86400.0, description="seconds a robots.txt is kept; RFC 9309 section 2.4 allows a day")
    robots_retry_s: Seconds = Field(
        300.0, description="seconds until an unreachable robots.txt is asked for again, doubling up to max_outage_pause_s"
    )
    max_crawl_delay_s: Seconds = Field(300.0, description="seconds; a larger Crawl-delay counts as this")
    latency_factor: Annotated[float, Field(ge=0)] = Field(
        2.0, description="the gap is at least so many times the last answer's duration: a slow host is asked less often"
    )
    max_latency_gap_s: Seconds = Field(30.0, description="seconds; slowness alone makes no gap longer than this")
    pause_s: Seconds = Field(
        60.0, description="seconds a host is left alone after a 429 or 503 without Retry-After, doubling while they go on"
    )
    pause_forget_s: Seconds = Field(1800.0, description="seconds without a 429 or 503 after which the doubling starts anew")
    breaker_failures: Count = Field(5, description="failures of a host in a row after which the whole host is paused")
    max_outage_pause_s: Seconds = Field(
        3000.0,
        description="seconds; a host that does not answer, or with 5xx, is paused no longer than this, so that its return is seen within the hour",
    )
    proxy: str = Field(
        "", description="http:// proxy for all requests; addresses are judged first, but the proxy must refuse private ones too"
    )
    honour_noarchive: bool = Field(False, description="keep only metadata of articles whose publisher says noarchive, noindex or none")
    read_tdmrep: bool = Field(
        False, description="ask each host once a week for /.well-known/tdmrep.json, what it reserves of text and data mining; costs a turn"
    )
    recheck_after_s: list[Annotated[float, Field(gt=0)]] = Field(
        [],
        description="seconds after which a stored article is looked at again for changes, e.g. [3600, 21600, 86400, 604800]; empty is never",
    )

    @field_validator("user_agent")
    @classmethod
    def _honest(cls, value: str) -> str:
        if not _AGENT.fullmatch(value):
            raise ValueError("begin with a name of letters, - and _ that robots.txt can name you by, such as newsmill/0.1, in ASCII")
        if value.lower().startswith("mozilla"):
            raise ValueError("it must not look like a browser; robots.txt and the site's owner have to tell you from one")
        return value

    @field_validator("contact")
    @classmethod
    def _reachable(cls, value: str) -> str:
        parts = re.split(r"[;,\s]+", value.strip()) if value.strip() else []
        if not _PLAIN.fullmatch(value) or not all(_CONTACT.fullmatch(part) for part in parts):
            raise ValueError("name a URL (https://…) or an e-mail address, or both with ; between, in one line of ASCII without ( and )")
        if _PLACEHOLDER.search(value):
            raise ValueError("this is an example; name an address of yours, so that a site's owner can reach you")
        return value.strip()

    @field_validator("proxy")
    @classmethod
    def _http_proxy(cls, value: str) -> str:
        if value and not re.fullmatch(r"http://[!-~]+", value):
            raise ValueError("it must be an http:// address, such as http://proxy.example:3128; https pages go through it too")
        return value

    @field_validator("allow_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for text in value:
            ipaddress.ip_network(text)  # ValueError names what is wrong; host names and * are refused here
        return value


class Retry(Section):
    """When a failed article is tried again."""

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

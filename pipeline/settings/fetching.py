"""Settings for requests: how pages, feeds and robots.txt are fetched."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated

from pydantic import Field, field_validator

from pipeline.settings.section import Count, Seconds, Section

_PLAIN = re.compile(r"[ -'*-~]*")  # characters allowed in the comment of a User-Agent (RFC 9110 section 5.6.5)
_AGENT = re.compile(r"[A-Za-z_-]+(/[!-~]+)?( [ -~]*)?")
_CONTACT = re.compile(r"https?://[^/@]+\.[^/@.]+\.?(/\S*)?|(mailto:)?[^@/]+@[^@/]+\.[^@/.]+")
_PLACEHOLDER = re.compile(r"(\bexample\.(com|org|net)|\.(example|invalid))\b", re.IGNORECASE)  # RFC 2606


class Fetch(Section):
    """How pages, feeds and robots.txt are fetched."""

    user_agent: str = Field("newsmill/0.1", description="product token and version sent with every request and matched against robots.txt")
    contact: str = Field("", description="URL or e-mail address of the operator, added to the user agent so that a site can reach you")
    min_gap_s: Seconds = Field(5.0, description="seconds between the starts of two requests to one host; careful crawlers use 5 s")
    deadline_s: Annotated[float, Field(gt=0)] = Field(
        30.0, description="seconds for a whole fetch, redirects included; no slot is held longer"
    )
    first_byte_s: Annotated[float, Field(gt=0)] = Field(
        2.5,
        description="seconds within which a host that did not answer last time, or was never asked, must start to answer while many such hosts wait; doubled up to twice"
        " while it fails. 99 in 100 answered requests have started to answer by then",
    )
    connect_timeout_s: Annotated[float, Field(gt=0)] = Field(
        10.0, description="seconds to connect to one address; a slower host is practically down"
    )
    max_bytes: Count = Field(5 * 2**20, description="bytes of a decoded page; over 99.99 % of news pages are smaller")
    max_header_bytes: Count = Field(64 * 2**10, description="bytes of all response headers; real ones stay under 20 KiB")
    max_redirects: Annotated[int, Field(ge=0)] = Field(10, description="hops of one redirect chain; longer ones are loops in practice")
    allow_ports: list[int] = Field(
        [80, 443, 8080, 8443], description="allowed ports of public addresses; others belong to services, not news sites"
    )
    allow_networks: list[str] = Field(
        [], description='CIDR networks that may be reached although they are not public, on any port, e.g. ["127.0.0.0/8"]; empty is safe'
    )
    honour_robots: bool = Field(True, description="obey robots.txt (RFC 9309)")
    robots_max_age_s: Seconds = Field(
        86400.0, description="seconds for which a copy of robots.txt is used; RFC 9309 section 2.4 allows a day"
    )
    robots_retry_s: Seconds = Field(
        300.0, description="seconds before an unreachable robots.txt is requested again, doubling up to max_outage_pause_s"
    )
    max_crawl_delay_s: Seconds = Field(300.0, description="seconds; a larger Crawl-delay counts as this")
    latency_factor: Annotated[float, Field(ge=0)] = Field(
        2.0, description="the gap is at least this many times the last answer's duration, so that a slow host gets fewer requests"
    )
    max_latency_gap_s: Seconds = Field(30.0, description="seconds; slowness alone never lengthens the gap beyond this")
    pause_s: Seconds = Field(
        60.0, description="seconds for which a host is paused after a 429 or 503 without Retry-After, doubling while they continue"
    )
    pause_forget_s: Seconds = Field(1800.0, description="seconds without a 429 or 503 after which the doubling starts again")
    breaker_failures: Count = Field(5, description="failures of a host in a row after which the whole host is paused")
    max_outage_pause_s: Seconds = Field(
        3000.0,
        description="seconds; the longest pause of a host that answers 5xx or not at all, so that its return is noticed within the hour",
    )
    proxy: str = Field(
        "", description="http:// proxy for all requests; newsmill checks addresses first, but the proxy must refuse private ones too"
    )
    honour_noarchive: bool = Field(False, description="keep only metadata of articles whose publisher says noarchive, noindex or none")
    read_tdmrep: bool = Field(
        False,
        description="request /.well-known/tdmrep.json, a host's reservations on text and data mining, once a week; each costs one request",
    )
    recheck_after_s: list[Annotated[float, Field(gt=0)]] = Field(
        [],
        description="seconds after which a stored article is rechecked, e.g. [3600, 21600, 86400, 604800]; empty means never",
    )

    @field_validator("user_agent")
    @classmethod
    def _honest(cls, value: str) -> str:
        if not _AGENT.fullmatch(value):
            raise ValueError("start with a name of ASCII letters, - and _ that robots.txt can refer to, such as newsmill/0.1")
        if value.lower().startswith("mozilla"):
            raise ValueError("it must not look like a browser; robots.txt and the site's owner must be able to recognise you")
        return value

    @field_validator("contact")
    @classmethod
    def _reachable(cls, value: str) -> str:
        parts = re.split(r"[;,\s]+", value.strip()) if value.strip() else []
        if not _PLAIN.fullmatch(value) or not all(_CONTACT.fullmatch(part) for part in parts):
            raise ValueError("write a URL (https://…) or an e-mail address, or both separated by ; in one line of ASCII without ( and )")
        if _PLACEHOLDER.search(value):
            raise ValueError("this is an example; write an address of yours, so that a site's owner can reach you")
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

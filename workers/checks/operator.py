"""Checks that only the operator can act on: disk space, contact address, opened networks."""

from __future__ import annotations

from pathlib import Path

from pipeline.fetch import guard
from pipeline.settings import Settings
from pipeline.wording.number_words import size
from workers.checks.model import Check

DISK_WARN, DISK_FAIL = 5 * 2**30, 2**29


def disk(free: int, folder: Path) -> Check:
    finding = f"{size(free)} free at {folder}"
    if free >= DISK_WARN:
        return Check("ok", "disk", finding)
    advice = "Make room: Postgres stops when its disk is full; store.keep_pages_days is the largest lever."
    return Check("fail" if free < DISK_FAIL else "warn", "disk", finding, advice)


def contact(settings: Settings, at_home: bool = False) -> Check:
    """`at_home`: everything that is fetched is on this machine."""
    if settings.fetch.contact:
        return Check("ok", "contact", settings.fetch.contact)
    if at_home:
        return Check("ok", "contact", "none is set, and none is needed: all feeds are of this machine")
    return Check("fail", "contact", guard.NO_CONTACT, guard.SET_CONTACT)


def networks(settings: Settings) -> Check:
    """Non-public networks that fetching is allowed for."""
    opened = settings.fetch.allow_networks
    if not opened:
        return Check("ok", "networks", "only public addresses are fetched")
    advice = "Take out of NEWSMILL_FETCH__ALLOW_NETWORKS what you do not need."
    return Check("warn", "networks", f"{', '.join(opened)} opened, so feeds and pages can lead newsmill there", advice)

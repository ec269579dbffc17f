"""WebSub (W3C Recommendation, 23 January 2018): which hub a feed names, and what follows from the hub's answers. Pure policy.

Section numbers refer to that document. Anybody who learns a callback's token could pose as the hub. So only requests of our own are
confirmed, and only signed content is accepted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pipeline.feeds.formats.model import Feed
from pipeline.normalise.canonical import related
from pipeline.normalise.urls import parse
from pipeline.outcomes import MAX_DETAIL, Failure, describe
from pipeline.text import one_line

State = Literal["asked", "active", "refused", "leaving"]
Mode = Literal["subscribe", "unsubscribe"]

VERIFIED_IN_S = 3600.0  # time for a hub to verify a request that it accepted
REFUSED_S = 86400.0  # until a hub that refused is asked again
BACK_OFF_S = 300.0  # after a failed request, doubling up to a day
PUT_OFF_S = 30.0  # until a hub is asked again whose redirect leads to a host that is busy
GIVE_UP_LEAVING = 5  # failed requests after which a hub is no longer asked to unsubscribe: the callback then answers 410
MIN_LEASE_S, MAX_LEASE_S = 60.0, 30 * 86400.0  # longer or shorter leases are mistakes of the hub
SPARE_SHARE, SPARE_MAX_S = 0.2, 2 * 86400.0  # how early before its end a lease is renewed, so that failures have time to pass
MISSED = 2  # polls in a row that found entries which the hub had not pushed; then it is not relied on. One may be a race.

_METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Advertised:
    """The hub that a feed names, and the topic under which the hub knows the feed. `hub` is empty for none; `problem` says what was wrong
    with it."""

    hub: str = ""
    topic: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """The stored state of a subscription. Times are in UTC; `lease_until` is None if there is no lease."""

    topic: str
    state: State = "asked"
    pending: Mode | None = None  # a request to the hub that it has not verified yet
    lease_until: datetime | None = None
    due_at: datetime | None = None  # next request to the hub
    failures: int = 0  # requests in a row that were refused or not verified
    detail: str = ""
    gone: bool = False  # nothing is left to store


def advertised(headers: Mapping[str, str], feed: Feed, url: str) -> Advertised:
    """What the document and its headers at `url` advertise. Headers, with names in lower case, take precedence (section 4)."""
    link = headers.get("link", "")
    topics = (_address(topic, url)[0] for topic in (*related(link, "self"), feed.self_url) if topic)
    hubs = [_address(hub, url) for hub in [*related(link, "hub")] or feed.hubs]
    if hub := next((address for address, _ in hubs if address), ""):
        return Advertised(hub, next(filter(None, topics), url))
    return Advertised(problem=f"its hub is not used: {hubs[0][1]}" if hubs else "")


def requested(before: Subscription) -> Subscription:
    """The subscription while the hub is being asked. Store it before sending the request: the hub may verify before it answers."""
    return replace(before, pending="unsubscribe" if before.state == "leaving" else "subscribe")


def answered(before: Subscription, failure: Failure | None, now: datetime) -> Subscription:
    """Update a subscription after the hub's answer to a request that it has not verified yet (section 5.1). `failure` is None if the hub
    accepted it."""
    failures = before.failures + 1
    leaving = before.state == "leaving"
    if leaving and (failures >= GIVE_UP_LEAVING or (failure is not None and _final(failure))):
        return replace(before, gone=True)
    if failure is None:
        wait = min(VERIFIED_IN_S * 2.0 ** min(failures - 1, 20), REFUSED_S)
        return replace(before, due_at=now + timedelta(seconds=wait), failures=failures, detail="the hub is to verify this")
    if _final(failure):
        state: State = before.state if before.state == "active" else "refused"
        return replace(
            before, state=state, pending=None, due_at=now + timedelta(seconds=REFUSED_S), failures=failures, detail=failure.detail
        )
    wait = max(min(BACK_OFF_S * 2.0 ** min(failures - 1, 20), REFUSED_S), min(failure.retry_after_s or 0.0, MAX_LEASE_S))
    return replace(before, pending=None, due_at=now + timedelta(seconds=wait), failures=failures, detail=failure.detail)


def put_off(before: Subscription, host: str, now: datetime) -> Subscription:
    """Postpone a request, because the hub redirects to a host that cannot be asked now. It does not count as a failure."""
    return replace(
        before, pending=None, due_at=now + timedelta(seconds=PUT_OFF_S), detail=f"the hub redirects to {host}, which is busy at the moment"
    )


def verified(before: Subscription, mode: str, topic: str, lease: str, reason: str, now: datetime, asked_s: float) -> Subscription | None:
    """Update a subscription after the hub verifies (section 5.3) or refuses it (section 5.2). Returns None if we must not confirm.

    `lease` is hub.lease_seconds as sent. If the hub leaves it out, the requested `asked_s` seconds apply.
    """
    if topic != before.topic:
        return None
    if mode == "denied":
        if before.state == "leaving":
            return replace(before, gone=True)
        why = f"the hub has refused the subscription{f': {reason}' if reason else ''}"
        again = now + timedelta(seconds=REFUSED_S)
        return replace(before, state="refused", pending=None, lease_until=None, due_at=again, detail=one_line(why, MAX_DETAIL))
    if mode != before.pending:
        return None
    if mode == "unsubscribe":
        return replace(before, gone=True)
    given = float(lease) if _SECONDS.fullmatch(lease) else asked_s
    lease_s = max(MIN_LEASE_S, min(given, MAX_LEASE_S))
    ends, renewed = now + timedelta(seconds=lease_s), now + timedelta(seconds=renew_after_s(lease_s))
    return replace(before, state="active", pending=None, lease_until=ends, due_at=renewed, failures=0, detail="")


def renew_after_s(lease_s: float) -> float:
    """Seconds until a lease of this length is renewed."""
    return lease_s - min(lease_s * SPARE_SHARE, SPARE_MAX_S)


def authentic(secret: str, header: str, body: bytes) -> bool:
    """Whether X-Hub-Signature, `method=hex`, is the signature of the body with our secret (section 7)."""
    method, _, given = header.strip().partition("=")
    digest = _METHODS.get(method.lower())
    if digest is None:
        return False
    ours = hmac.new(secret.encode(), body, digest).hexdigest()
    return hmac.compare_digest(ours.encode(), given.strip().lower().encode("utf-8", "replace"))


def request(before: Subscription, callback: str, secret: str, lease_s: float) -> dict[str, str]:
    """The form that asks the hub for the pending mode (section 5.1)."""
    form = {"hub.callback": callback, "hub.mode": str(before.pending), "hub.topic": before.topic}
    if before.pending == "subscribe":
        form |= {"hub.lease_seconds": f"{lease_s:.0f}", "hub.secret": secret}
    return form


def _address(text: str, base: str) -> tuple[str, str]:
    """The address, exactly as written if it is absolute, because hubs compare it exactly; else '' and why it cannot be used."""
    text = text.strip()
    try:
        url = parse(text, base)
    except Failure as failure:
        return "", failure.detail.rstrip(".")
    return (text if _ABSOLUTE.match(text) else url.text), ""


def _final(failure: Failure) -> bool:
    """Whether asking again soon is useless: the hub has decided, or may not be asked at all."""
    return describe(failure.code).again == "no"

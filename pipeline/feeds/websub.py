"""WebSub (W3C Recommendation, 23 January 2018): which hub a feed names, and what follows from what that hub says. Pure policy.

Section numbers are of that document. Whoever knows the token of a callback could speak for the hub, so nothing is confirmed that we have not
asked for, and nothing is believed that is not signed.
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

VERIFIED_IN_S = 3600.0  # a hub that has accepted a request gets so long to verify it
REFUSED_S = 86400.0  # until a hub that has said no is asked again
BACK_OFF_S = 300.0  # after a request that failed, doubling to a day
PUT_OFF_S = 30.0  # until a hub is asked again whose redirect leads to a host that is being visited
GIVE_UP_LEAVING = 5  # requests in vain after which a hub is no longer asked to stop: the callback tells it that nobody is there
MIN_LEASE_S, MAX_LEASE_S = 60.0, 30 * 86400.0  # what a hub says beyond these is a mistake
SPARE_SHARE, SPARE_MAX_S = 0.2, 2 * 86400.0  # how early before its end a lease is renewed, so that failures have time to pass
MISSED = 2  # polls in a row that found what the hub had not sent, from which on it is not relied on; one may be a race

_METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Advertised:
    """The hub that a feed names and the topic under which the hub knows the feed; `hub` is '' for none, `problem` says what was wrong with it."""

    hub: str = ""
    topic: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is kept of a subscription. Times are UTC; `lease_until` is None where the hub owes us nothing."""

    topic: str
    state: State = "asked"
    pending: Mode | None = None  # what was asked of the hub and it has not verified yet
    lease_until: datetime | None = None
    due_at: datetime | None = None  # next request to the hub
    failures: int = 0  # requests in a row that were not taken or not verified
    detail: str = ""
    gone: bool = False  # nothing is left to be kept


def advertised(headers: Mapping[str, str], feed: Feed, url: str) -> Advertised:
    """What the answer with this document says at `url`; headers, with names in lower case, go before the document (section 4)."""
    link = headers.get("link", "")
    topics = (_address(topic, url)[0] for topic in (*related(link, "self"), feed.self_url) if topic)
    hubs = [_address(hub, url) for hub in [*related(link, "hub")] or feed.hubs]
    if hub := next((address for address, _ in hubs if address), ""):
        return Advertised(hub, next(filter(None, topics), url))
    return Advertised(problem=f"its hub is not used: {hubs[0][1]}" if hubs else "")


def requested(before: Subscription) -> Subscription:
    """The subscription while the hub is asked. Whoever sends the request keeps this first: the hub may verify while it answers."""
    return replace(before, pending="unsubscribe" if before.state == "leaving" else "subscribe")


def answered(before: Subscription, failure: Failure | None, now: datetime) -> Subscription:
    """What follows from the hub's answer to a request that it has not verified meanwhile (section 5.1); None: it was accepted."""
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
    """The hub redirects to a host that may not be asked this moment: the request is made again a little later, and nothing is counted."""
    return replace(
        before, pending=None, due_at=now + timedelta(seconds=PUT_OFF_S), detail=f"the hub redirects to {host}, whose turn is to come"
    )


def verified(before: Subscription, mode: str, topic: str, lease: str, reason: str, now: datetime, asked_s: float) -> Subscription | None:
    """What follows from the hub's verification (section 5.3) or refusal (section 5.2); None where it is not to be confirmed.

    `lease` is hub.lease_seconds as it came; a hub that leaves it out gives the `asked_s` seconds that it was asked for.
    """
    if topic != before.topic:
        return None
    if mode == "denied":
        if before.state == "leaving":
            return replace(before, gone=True)
        said = f"the hub has refused the subscription{f': {reason}' if reason else ''}"
        again = now + timedelta(seconds=REFUSED_S)
        return replace(before, state="refused", pending=None, lease_until=None, due_at=again, detail=one_line(said, MAX_DETAIL))
    if mode != before.pending:
        return None
    if mode == "unsubscribe":
        return replace(before, gone=True)
    given = float(lease) if _SECONDS.fullmatch(lease) else asked_s
    lease_s = max(MIN_LEASE_S, min(given, MAX_LEASE_S))
    ends, renewed = now + timedelta(seconds=lease_s), now + timedelta(seconds=renew_after_s(lease_s))
    return replace(before, state="active", pending=None, lease_until=ends, due_at=renewed, failures=0, detail="")


def renew_after_s(lease_s: float) -> float:
    """Seconds until a lease of so many seconds is asked for anew."""
    return lease_s - min(lease_s * SPARE_SHARE, SPARE_MAX_S)


def authentic(secret: str, header: str, body: bytes) -> bool:
    """Whether X-Hub-Signature, `method=hex`, is that of the body under our secret (section 7)."""
    method, _, given = header.strip().partition("=")
    digest = _METHODS.get(method.lower())
    if digest is None:
        return False
    ours = hmac.new(secret.encode(), body, digest).hexdigest()
    return hmac.compare_digest(ours.encode(), given.strip().lower().encode("utf-8", "replace"))


def request(before: Subscription, callback: str, secret: str, lease_s: float) -> dict[str, str]:
    """The form that asks the hub for what is pending (section 5.1)."""
    form = {"hub.callback": callback, "hub.mode": str(before.pending), "hub.topic": before.topic}
    if before.pending == "subscribe":
        form |= {"hub.lease_seconds": f"{lease_s:.0f}", "hub.secret": secret}
    return form


def _address(text: str, base: str) -> tuple[str, str]:
    """The address, exactly as it is written where it is absolute, since hubs compare it exactly; else '' and why it is none to use."""
    text = text.strip()
    try:
        url = parse(text, base)
    except Failure as failure:
        return "", failure.detail.rstrip(".")
    return (text if _ABSOLUTE.match(text) else url.text), ""


def _final(failure: Failure) -> bool:
    """Whether asking again soon is useless: the hub has decided, or may not be asked at all."""
    return describe(failure.code).again == "no"

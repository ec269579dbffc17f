"""WebSub: the policy, as tables."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.feeds import websub
from pipeline.feeds.formats.model import Feed
from pipeline.feeds.websub import Advertised, Subscription
from pipeline.outcomes import Failure

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TOPIC = "https://a.example/feed"
DAY = 86400


def feed(*hubs: str, self_url: str = "") -> Feed:
    return Feed("rss", "", "", "", None, (), hubs=hubs, self_url=self_url)


@pytest.mark.parametrize(
    ("headers", "found", "expected"),
    [
        ({}, feed(), Advertised()),
        ({}, feed("https://hub.example/"), Advertised("https://hub.example/", TOPIC)),
        ({}, feed("https://hub.example/", self_url="https://a.example/feed?x=%41"), Advertised("https://hub.example/", "https://a.example/feed?x=%41")),
        ({}, feed("/hub", self_url="/rss"), Advertised("https://a.example/hub", "https://a.example/rss")),
        (
            {"link": '<https://h.example/>; rel="hub", <https://a.example/t>; rel=self'},
            feed("https://other.example/", self_url="https://a.example/other"),
            Advertised("https://h.example/", "https://a.example/t"),
        ),
        ({}, feed("ftp://hub.example/", "https://second.example/"), Advertised("https://second.example/", TOPIC)),
        ({}, feed("https://hub.example/", self_url="tag:a.example,2026:1"), Advertised("https://hub.example/", TOPIC)),
    ],
)  # fmt: skip
def test_the_hub_and_the_topic_are_those_of_the_headers_or_the_document(headers: dict[str, str], found: Feed, expected: Advertised) -> None:
    assert websub.advertised(headers, found, TOPIC) == expected


@pytest.mark.parametrize("scheme", ["file:///etc/passwd", "ftp://hub.example/", "http+unix://x/"])
def test_a_hub_of_another_scheme_is_refused_with_the_scheme_named(scheme: str) -> None:
    found = websub.advertised({}, feed(scheme), TOPIC)
    assert (found.hub, found.topic) == ("", "")
    assert f"its hub is not used: The URL has the scheme {scheme.partition(':')[0]}" in found.problem


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_push_is_signed_with_any_of_four_methods(method: str) -> None:
    signed = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    assert websub.authentic("secret", f"{method}={signed}", b"body")
    assert websub.authentic("secret", f" {method.upper()}={signed.upper()} ", b"body")
    assert not websub.authentic("secret", f"{method}={signed}", b"body2")
    assert not websub.authentic("other", f"{method}={signed}", b"body")
    assert not websub.authentic("secret", f"{method}={signed[:-1]}", b"body")


@pytest.mark.parametrize("header", ["", "sha256", "sha256=", "md5=ab", "=", "sha1=\udcff", "sha224=" + "0" * 56])
def test_what_is_no_signature_signs_nothing(header: str) -> None:
    assert not websub.authentic("secret", header, b"body")


ASKED = Subscription(TOPIC, "asked", "subscribe")
ACTIVE = Subscription(TOPIC, "active", None, NOW + timedelta(days=5))
LEAVING = Subscription(TOPIC, "leaving", "unsubscribe", NOW + timedelta(days=5))


def judged(before: Subscription, mode: str, topic: str = TOPIC, lease: str = "864000") -> Subscription | None:
    return websub.verified(before, mode, topic, lease, "", NOW, 10 * DAY)


@pytest.mark.parametrize(
    ("before", "mode", "topic"),
    [
        (ASKED, "subscribe", "https://a.example/other"),
        (ASKED, "subscribe", TOPIC + "/"),
        (ASKED, "unsubscribe", TOPIC),
        (ASKED, "", TOPIC),
        (ACTIVE, "subscribe", TOPIC),
        (ACTIVE, "unsubscribe", TOPIC),
        (LEAVING, "subscribe", TOPIC),
        (replace(ASKED, pending=None), "subscribe", TOPIC),
        (ACTIVE, "denied", "https://a.example/other"),
    ],
)  # fmt: skip
def test_what_was_not_asked_for_is_not_confirmed(before: Subscription, mode: str, topic: str) -> None:
    assert judged(before, mode, topic) is None


@pytest.mark.parametrize(
    ("lease", "ends_s", "renewed_s"),
    [("864000", 10 * DAY, 8 * DAY), ("86400", DAY, 0.8 * DAY), ("", 10 * DAY, 8 * DAY), ("soon", 10 * DAY, 8 * DAY), ("0", 60, 48),
     ("-5", 10 * DAY, 8 * DAY), ("9999999999", 30 * DAY, 28 * DAY)],
)  # fmt: skip
def test_a_lease_is_as_long_as_the_hub_says_and_renewed_before_it_ends(lease: str, ends_s: float, renewed_s: float) -> None:
    after = judged(replace(ASKED, failures=3, detail="x"), "subscribe", lease=lease)
    assert after
    assert (after.state, after.pending, after.failures, after.detail) == ("active", None, 0, "")
    assert (after.lease_until, after.due_at) == (NOW + timedelta(seconds=ends_s), NOW + timedelta(seconds=renewed_s))


def test_a_renewal_is_verified_like_the_first_request() -> None:
    renewing = websub.requested(ACTIVE)
    assert (renewing.state, renewing.pending) == ("active", "subscribe")
    after = judged(renewing, "subscribe")
    assert after
    assert after.lease_until == NOW + timedelta(days=10)


def test_leaving_is_verified_and_then_nothing_is_left() -> None:
    assert websub.requested(replace(LEAVING, pending=None)) == LEAVING
    after = judged(LEAVING, "unsubscribe")
    assert after
    assert after.gone


@pytest.mark.parametrize("before", [ASKED, ACTIVE, replace(ACTIVE, pending="subscribe")])
def test_a_hub_may_refuse_at_any_time_and_is_asked_again_after_a_day(before: Subscription) -> None:
    after = websub.verified(before, "denied", TOPIC, "", "over quota", NOW, DAY)
    assert after
    assert (after.state, after.pending, after.lease_until, after.due_at) == ("refused", None, None, NOW + timedelta(days=1))
    assert after.detail == "the hub has refused the subscription: over quota"


SOFT, HARD = Failure("http_503", "later"), Failure("http_400", "no")


@pytest.mark.parametrize(
    ("before", "failure", "state", "pending", "wait_s"),
    [
        (ASKED, None, "asked", "subscribe", 3600),
        (replace(ASKED, failures=2), None, "asked", "subscribe", 4 * 3600),
        (replace(ASKED, failures=30), None, "asked", "subscribe", DAY),
        (ASKED, SOFT, "asked", None, 300),
        (replace(ASKED, failures=3), SOFT, "asked", None, 2400),
        (ASKED, Failure("http_429", "slow", retry_after_s=7200), "asked", None, 7200),
        (ASKED, HARD, "refused", None, DAY),
        (ASKED, Failure("blocked_address"), "refused", None, DAY),
        (replace(ACTIVE, pending="subscribe"), HARD, "active", None, DAY),
        (replace(ACTIVE, pending="subscribe"), SOFT, "active", None, 300),
        (LEAVING, None, "leaving", "unsubscribe", 3600),
    ],
)  # fmt: skip
def test_when_a_hub_is_asked_again(before: Subscription, failure: Failure | None, state: str, pending: str | None, wait_s: float) -> None:
    after = websub.answered(before, failure, NOW)
    assert (after.state, after.pending, after.due_at) == (state, pending, NOW + timedelta(seconds=wait_s))
    assert after.failures == before.failures + 1
    assert not after.gone


@pytest.mark.parametrize(
    ("before", "failure"), [(LEAVING, HARD), (replace(LEAVING, failures=4), SOFT), (replace(LEAVING, failures=4), None)]
)
def test_a_hub_that_does_not_let_go_is_left_without_its_leave(before: Subscription, failure: Failure | None) -> None:
    assert websub.answered(before, failure, NOW).gone


def test_what_the_hub_is_asked() -> None:
    callback = "https://news.example/websub/t"
    assert websub.request(ASKED, callback, "key", 864000.0) == {
        "hub.callback": callback,
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": "864000",
        "hub.secret": "key",
    }
    assert websub.request(LEAVING, callback, "key", 1.0) == {"hub.callback": callback, "hub.mode": "unsubscribe", "hub.topic": TOPIC}

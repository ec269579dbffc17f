"""Conditional requests: which validators go out, and which are kept (RFC 9110, section 13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.feeds.options import Options
from pipeline.fetch.client import Client
from tests.feeds.reader import HOUR, SETTINGS, UNCHANGED, Reader, ok, rss, sent, status
from tests.fetch.server import Site

LM = "Mon, 2 Nov 2026 01:02:03 GMT"


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc"', '"abc-gzip"', "abc", '"a b;c,d"', '""'])
def test_both_validators_come_back_byte_for_byte(client: Client, site: Site, etag: str) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", f"ETag: {etag}", "Last-Modified: yesterday at noon")
    reader.poll()
    reader.poll()
    assert sent(site, 0).keys().isdisjoint({"if-none-match", "if-modified-since"})
    assert (sent(site)["if-none-match"], sent(site)["if-modified-since"]) == (etag, "yesterday at noon")


@pytest.mark.parametrize(
    ("header", "name", "other"),
    [("ETag: x", "if-none-match", "if-modified-since"), (f"Last-Modified: {LM}", "if-modified-since", "if-none-match")],
)
def test_of_one_validator_only_that_one_comes_back(client: Client, site: Site, header: str, name: str, other: str) -> None:
    dated = "<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate>"
    site.script["/f"] = ok(rss(1, item=dated), header, f"Date: {LM}")
    reader = Reader(client, site.url("/f"))
    reader.poll()
    reader.poll()
    assert sent(site)[name] == header.partition(": ")[2]
    assert other not in sent(site)


def test_without_validators_a_feed_is_read_once_a_day_and_the_reason_says_so(client: Client, site: Site) -> None:
    site.script["/f"] = ok()
    reader = Reader(client, site.url("/f"))
    decision = reader.poll()
    assert reader.wait_s == 24 * HOUR
    assert "sends no validators, so it is polled at most once in 24 h" in decision.reason
    reader.poll()
    assert sent(site).keys().isdisjoint({"if-none-match", "if-modified-since"})


def test_unless_the_feed_has_bounds_of_its_own(client: Client, site: Site) -> None:
    site.script["/f"] = ok()
    reader = Reader(client, site.url("/f"), options=Options(min_interval_s=900))
    decision = reader.poll()
    assert reader.wait_s == HOUR / 2
    assert "validators" not in decision.reason


def test_a_304_is_success_without_entries(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", "ETag: x")
    reader.poll()
    site.script["/f"] = status("500 Oops")
    reader.poll()
    assert reader.feed.failures == 1
    site.script["/f"] = UNCHANGED
    reader.poll()
    assert reader.polled
    assert (reader.code, reader.polled.listed, reader.feed.failures) == ("", [], 0)
    assert reader.decision
    assert "nothing has changed" in reader.decision.reason


def test_a_304_renews_validators_and_hints(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", "ETag: one", f"Last-Modified: {LM}")
    reader.poll()
    site.script["/f"] = status("304 Not Modified", "ETag: two", "Last-Modified: later", "Cache-Control: max-age=30000")
    reader.poll()
    assert (reader.feed.etag, reader.feed.last_modified, reader.wait_s) == ("two", "later", 30000)


def test_a_304_without_validators_keeps_the_old_ones(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", "ETag: one", f"Last-Modified: {LM}")
    reader.poll()
    site.script["/f"] = UNCHANGED
    reader.poll()
    reader.poll()
    assert (sent(site)["if-none-match"], sent(site)["if-modified-since"]) == ("one", LM)


@pytest.mark.parametrize(("etag", "modified"), [("two", LM), ("one", "later")])
def test_each_validator_is_kept_by_itself(client: Client, site: Site, etag: str, modified: str) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", "ETag: one", f"Last-Modified: {LM}")
    reader.poll()
    site.script["/f"] = ok(rss(4), f"ETag: {etag}", f"Last-Modified: {modified}")
    reader.poll()
    reader.poll()
    assert (sent(site)["if-none-match"], sent(site)["if-modified-since"]) == (etag, modified)


def test_the_same_bytes_again_are_not_parsed_but_their_validators_count(
    client: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", "ETag: one")
    reader.poll()
    site.script["/f"] = ok(b"", "ETag: two", f"Last-Modified: {LM}")
    monkeypatch.setattr("pipeline.steps.feed_answer.parse", lambda *_, **__: pytest.fail("parsed"))
    reader.poll()
    assert reader.polled
    assert (reader.polled.outcome.not_modified, reader.polled.listed) == (True, [])
    assert (reader.feed.etag, reader.feed.last_modified) == ("two", LM)


@pytest.mark.parametrize("body", [rss(1, 2, 3), rss(4)], ids=["same body", "new body"])
def test_a_validator_that_is_missing_from_a_200_is_dropped(client: Client, site: Site, body: bytes) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", "ETag: one", f"Last-Modified: {LM}")
    reader.poll()
    site.script["/f"] = ok(body, "Last-Modified: later")
    reader.poll()
    reader.poll()
    assert "if-none-match" not in sent(site)
    assert sent(site)["if-modified-since"] == "later"


def test_the_body_counts_whatever_its_etag_says(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(rss(1), "ETag: one")
    reader.poll()
    site.script["/f"] = ok(rss(1, 2), "ETag: one")
    reader.poll()
    assert reader.polled
    assert [item.entry.guid for item in reader.polled.listed] == ["id-1", "id-2"]


def test_a_304_that_nobody_asked_for_is_an_error(client: Client, site: Site) -> None:
    site.script["/f"] = status("304 Not Modified", "ETag: x")
    reader = Reader(client, site.url("/f"))
    reader.poll()
    assert (reader.code, reader.feed.failures, reader.feed.etag) == ("bad_304", 1, "")


def test_after_14_days_of_304s_one_poll_goes_without_validators(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(rss(1), "ETag: x")
    reader.poll()
    began, polls = reader.polled_at, 0
    site.script["/f"] = UNCHANGED
    while reader.now - began < timedelta(days=14):
        reader.poll()
        polls += 1
    assert polls > 10
    assert all("if-none-match" in headers for _, headers in site.requests[1:])
    site.script["/f"] = ok(rss(1), "ETag: x")
    reader.poll()
    assert "if-none-match" not in sent(site)
    reader.poll()
    assert sent(site)["if-none-match"] == "x", "one, and then conditional again"


def test_a_lying_server_is_caught_and_then_looked_at_daily_until_it_is_honest(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(rss(1), "ETag: x")
    reader.poll()
    site.script["/f"] = UNCHANGED
    reader.skip(days=15)
    site.script["/f"] = ok(rss(2, 3), "ETag: x")
    reader.poll()
    assert reader.polled
    assert len(reader.polled.listed) == 2
    assert reader.feed.probe_at == reader.polled_at + timedelta(days=1)
    reader.skip(days=1)
    reader.poll()
    assert reader.feed.probe_at == reader.polled_at + timedelta(days=14)


def test_probes_are_spread_by_chance(client: Client, site: Site) -> None:
    site.script["/f"] = ok(rss(1), "ETag: x")
    early, late = Reader(client, site.url("/f")), Reader(client, site.url("/f"))
    early.poll(rand=0.0)
    late.poll(rand=0.5)
    assert early.feed.probe_at
    assert late.feed.probe_at
    assert late.feed.probe_at - early.feed.probe_at == timedelta(days=14) * SETTINGS.poll.jitter / 2


@pytest.mark.parametrize(
    "body", [b"<html><body>maintenance</body></html>", b"", b"{", rss(1, 2)[:-40]], ids=["html", "empty", "json", "cut"]
)
def test_an_answer_that_is_no_whole_feed_leaves_validators_and_hash_as_they_were(client: Client, site: Site, body: bytes) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", "ETag: good", f"Last-Modified: {LM}")
    reader.poll()
    kept = reader.feed.body_hash
    site.script["/f"] = ok(body or b" ", "ETag: bad", "Last-Modified: later")
    reader.poll()
    assert (reader.feed.etag, reader.feed.last_modified, reader.feed.body_hash) == ("good", LM, kept)
    reader.poll()
    assert sent(site)["if-none-match"] == "good"


def test_deltas_are_not_asked_for_and_one_that_comes_is_a_part(client: Client, site: Site) -> None:
    reader = Reader(client, site.url("/f"))
    site.script["/f"] = ok(b"", "ETag: whole")
    reader.poll()
    assert "a-im" not in sent(site)
    site.script["/f"] = status("226 IM Used", "IM: feed", "ETag: delta", body=rss(4))
    reader.poll()
    assert reader.polled
    assert ([item.entry.guid for item in reader.polled.listed], reader.feed.etag) == (["id-4"], "whole")

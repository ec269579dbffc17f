"""`newsmill feeds test`: fetch a feed once and show what it would bring, without storing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import arguments
from cli.connection import settings
from cli.errors import FAILED, WRONG_USAGE, CliError
from cli.output import Column, complain, fields, many, moment, printable, say, say_json, size, span, table, url

if TYPE_CHECKING:
    from pipeline.feeds.identity import Listed
    from pipeline.trial_poll import Trial


def dry_run(
    address: Annotated[str, typer.Argument(help="Address of a feed; it need not be known.", metavar="URL")],
    given: Annotated[
        list[str] | None, typer.Argument(help="Settings to try, as `feeds set` takes them, such as exclude=/sport/.", metavar="KEY=VALUE…")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of entries shown.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, with all entries.")] = False,
) -> None:
    """Fetch a feed once. Show what would be ingested, what is wrong, and when it would be polled next. Writes nothing."""
    from pipeline import trial_poll
    from pipeline.feeds import options
    from pipeline.fetch.client import Client

    try:
        own = options.changed(options.NOTHING_SET, [arguments.setting(text) for text in given or []])
    except options.WrongOption as wrong:
        raise CliError(str(wrong), WRONG_USAGE) from None
    found = settings()
    client = Client(found.fetch)
    try:
        tried = trial_poll.poll_once(client, address if "://" in address else f"https://{address}", own, found)
    finally:
        client.close()
    if as_json:
        say_json(_as_json(address, tried))
    else:
        _say(tried, limit)
    if tried.failure is not None:
        if not as_json:
            complain(f"{tried.failure.code}: {url(tried.failure.detail)}")
        raise typer.Exit(FAILED)


def _say(tried: Trial, limit: int) -> None:
    poll, feed = tried.polled.poll, tried.polled.poll.feed
    wanted = [item for item in tried.polled.listed if not item.excluded]
    about: list[tuple[str, object]] = []
    if feed is not None:
        about = [("title", printable(feed.title)), ("site", url(feed.site_url)), ("kind", feed.kind), ("language", feed.language)]
        about += [("entries", _counted(tried, len(wanted))), ("elsewhere", _elsewhere(wanted))]
    about += [("answer", f"{poll.status or 'none'}, {size(poll.size)} in {poll.elapsed_s:.1f} s"), ("validators", _validators(tried))]
    about += [("moved permanently to", url(tried.polled.outcome.moved_to)), ("hub", url(feed.hub) if feed else "")]
    about += [("further pages", "; ".join(map(url, tried.polled.further))), ("problems", "" if tried.failure else url(poll.detail))]
    stopped = tried.decision.feed.state != "active"
    about += [("next poll", tried.decision.reason if stopped else f"in {span(round(tried.wait_s))} ({tried.decision.reason})")]
    fields([(name, value) for name, value in about if value])
    if tried.polled.listed:
        say()
        columns = [
            Column("published"),
            Column("text", number=True),
            Column("would be"),
            Column("title", long=True),
            Column("url", long=True),
        ]
        table(columns, [_row(item) for item in tried.polled.listed[:limit]], empty="")
        for item in tried.polled.listed[:limit]:
            for one in item.folded:
                say(
                    f"{printable(one.entry.title) or printable(one.entry.guid)}: not ingested, because {one.why} as {printable(item.entry.title)}"
                )
        if (more := len(tried.polled.listed) - limit) > 0:
            say(f"and {more:,} more; --limit shows them")


def _counted(tried: Trial, wanted: int) -> str:
    total, distinct = tried.polled.poll.entries, len(tried.polled.listed)
    notes = [many(wanted, "article") + " would be ingested"]
    notes += [f"{distinct - wanted:,} excluded by the settings"] if distinct > wanted else []
    folded = sum(len(item.folded) for item in tried.polled.listed)
    notes += [f"{folded:,} sharing a link with others"] if folded else []
    notes += [f"{total - distinct - folded:,} without a usable link"] if total > distinct + folded else []
    return f"{total:,}: {', '.join(notes)}"


def _elsewhere(wanted: list[Listed]) -> str:
    """What happens to entries on sites that the feed does not speak for; empty if there are none."""
    others = sum(not item.trusted for item in wanted)
    if not others:
        return ""
    return f"{many(others, 'article')} on sites that this feed does not speak for: only the page itself counts there, unless it announces the feed or you set trusted=true"


def _validators(tried: Trial) -> str:
    feed = tried.decision.feed
    kept = [name for name, value in (("ETag", feed.etag), ("Last-Modified", feed.last_modified)) if value]
    return "" if tried.failure else " and ".join(kept) or "none"


def _row(item: Listed) -> tuple[object, ...]:
    entry = item.entry
    about = item.excluded or ("ingested, from the feed's own text" if item.page else "ingested")
    length = f"{len(entry.content):,}" if entry.content else "-"
    return (moment(entry.published), length, about, printable(entry.title), url(item.address or item.url.text))


def _as_json(address: str, tried: Trial) -> dict[str, Any]:
    from pipeline.normalise.urls import web_link

    poll, feed, decision = tried.polled.poll, tried.polled.poll.feed, tried.decision
    return {
        "url": address,
        "status": poll.status,
        "code": poll.code,
        "detail": poll.detail,
        "bytes": poll.size,
        "elapsed_ms": round(poll.elapsed_s * 1000),
        "kind": feed.kind if feed else None,
        "title": feed.title if feed else None,
        "site_url": web_link(feed.site_url) if feed else None,
        "language": feed.language if feed else None,
        "hub": feed.hub if feed else None,
        "etag": decision.feed.etag,
        "last_modified": decision.feed.last_modified,
        "moved_to": tried.polled.outcome.moved_to,
        "further": tried.polled.further,
        "state": decision.feed.state,
        "next_poll_in_s": round(tried.wait_s) if decision.feed.state == "active" else None,
        "next_poll_why": decision.reason,
        "entries_in_document": poll.entries,
        "entries": [_entry(item) for item in tried.polled.listed],
    }


def _entry(item: Listed) -> dict[str, Any]:
    entry = item.entry
    return {
        "url": item.address if item.page else item.url.text,
        "guid": entry.guid,
        "title": entry.title,
        "published": entry.published,
        "authors": entry.authors,
        "summary_chars": len(entry.summary),
        "content_chars": len(entry.content),
        "excluded": item.excluded,
        "trusted": item.trusted,
        "own_text": item.page is not None,
        "folded": [{"guid": one.entry.guid, "title": one.entry.title, "why": one.why} for one in item.folded],
    }

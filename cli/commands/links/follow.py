"""Wait for the results of added links, and say what each waits for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from cli.commands.links.link_output import link_json
from cli.commands.links.wait_reasons import WaitReasons
from cli.output import complain, many, progress, say, say_json, url

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.links.links import Enqueued, Link

LOOK_S = 0.5
SILENT_S = 60


def follow(conn: Connection, enqueued: list[Enqueued], timeout: float | None, as_json: bool) -> bool:
    """Report how each link ends, as it ends. Returns whether all were stored in time."""
    from pipeline.outcomes import ENDED, State
    from pipeline.store import workers
    from pipeline.store.links import links

    if all(worker.silent_s > SILENT_S for worker in workers.listing(conn)):
        complain("No worker has reported in the last minute, so nothing happens; start them with `newsmill up`.")
    origins = {item.id: item.file for item in enqueued}
    pending = set(origins)
    until = time.monotonic() + timeout if timeout is not None else None
    stored, waits = 0, WaitReasons()
    with progress() as bar:
        task = bar.add_task("waiting", total=len(pending))
        while True:
            looked = links.by_ids(conn, sorted(pending))
            for link in looked:
                if link.state in ENDED:
                    pending.discard(link.id)
                    stored += link.state == State.STORED
                    _report_end(link, origins[link.id], as_json)
                    bar.advance(task)
            waits.tell(link for link in looked if link.id in pending)
            if not pending or (until is not None and time.monotonic() > until):
                break
            time.sleep(LOOK_S)
    if pending:
        complain(f"{many(len(pending), 'link')} not finished after {timeout:g} s; `newsmill links` shows their state.")
    return stored == len(origins)


def _report_end(link: Link, file: str, as_json: bool) -> None:
    if as_json:
        say_json(link_json(link) | ({"file": file} if file else {}))
    elif link.article_id:
        say(f"stored: {url(file or link.url)} is article {link.article_id}")
    else:
        say(f"{link.state}: {url(file or link.url)}: {link.code}: {url(link.detail)}")

"""`newsmill rekey`: recompute the keys of a database by the rules of this version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.connection import database, settings
from cli.output import Column, many, progress, say, say_json, table, url

if TYPE_CHECKING:
    from pipeline.store.maintenance.rekey import Change, Example

SHOWN = 20


def rekey(
    apply: Annotated[bool, typer.Option("--apply", help="Write the new keys.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Recompute the keys of all URLs after their rules changed. Without --apply it only says what would change."""
    from pipeline.normalise.urls import key_version
    from pipeline.store.maintenance import rekey as keys

    with database(settings()) as conn:
        before = keys.version(conn)
        with progress() as bar:
            task = bar.add_task("writing keys" if apply else "reading keys", total=None if bar.disable else keys.rows(conn))
            changes = keys.run(conn, apply=apply, advance=lambda count: bar.advance(task, count))
    if as_json:
        say_json({"applied": apply, "version_before": before, "version": key_version(), "tables": [asdict(change) for change in changes]})
        return
    _print(changes)
    changed = sum(change.changed for change in changes)
    if apply:
        say(f"{many(changed, 'row')} changed; all keys now have version {key_version()}")
    elif changed or before != key_version():
        say(
            f"nothing was changed (the keys have version {before}, the rules {key_version()}); `newsmill rekey --apply` changes {many(changed, 'row')}"
        )
    else:
        say(f"every key is right (version {before})")


commands: dict[str, Callable[..., Any]] = {"rekey": rekey}


def _print(changes: list[Change]) -> None:
    columns = [Column("table"), *(Column(name, number=True) for name in ("rows", "new key", "merged", "unusable"))]
    table(columns, ((c.table, f"{c.rows:,}", f"{c.changed:,}", f"{c.merged:,}", f"{c.unusable:,}") for c in changes), empty="")
    examples = sorted((example for change in changes for example in change.examples), key=lambda example: example.merged_into is None)
    for example in examples[:SHOWN]:
        say(_line(example))


def _line(example: Example) -> str:
    where = f"{example.table} {example.id}" if example.id is not None else example.table
    if example.merged_into is None:
        return f"new key: {where} {url(example.url)}"
    return f"merged: {where} {url(example.url)} into {example.merged_into} {url(example.merged_into_url or '')}"

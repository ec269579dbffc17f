"""`newsmill doctor`: check everything that newsmill depends on. The checks are in `doctor_checks`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli.errors import FAILED, WRONG_USAGE, CliError
from cli.output import Column, say, say_json, table, to_json, url


def doctor(
    config: Annotated[bool, typer.Option("--config", help="Print the effective settings and where each comes from.")] = False,
    search: Annotated[bool, typer.Option("--search", help="Check only whether search and the articles agree; reads all articles.")] = False,
    mend: Annotated[
        bool, typer.Option("--mend", help="With --search: repair all differences, comparing every word of every article.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Check everything newsmill depends on, and say what to do."""
    from cli.commands.admin.doctor_checks import examine
    from cli.commands.admin.doctor_search import search_checks

    if config:
        _print_settings(as_json)
        return
    worst = "ok"
    if mend and not search:
        raise CliError("--mend is for --search; write `newsmill doctor --search --mend`.", WRONG_USAGE)
    for check in search_checks(mend=mend) if search else examine():
        worst = "fail" if "fail" in (check.level, worst) else worst
        if as_json:
            say_json(check)
        else:
            say(f"{check.level:<4}  {check.name}: {url(check.finding)}" + (f"\n      {check.advice}" if check.advice else ""))
    if worst == "fail":
        raise typer.Exit(FAILED)


commands: dict[str, Callable[..., Any]] = {"doctor": doctor}


def _print_settings(as_json: bool) -> None:
    from cli.commands.admin.effective_settings import effective

    values = list(effective())
    if as_json:
        say_json({value.name: {"value": value.value, "from": value.origin} for value in values})
        return
    columns = [Column("setting"), Column("value", long=True), Column("from"), Column("variable")]
    table(columns, ((v.name, to_json(v.value), v.origin, v.variable) for v in values), empty="")

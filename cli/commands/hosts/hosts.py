"""`newsmill hosts …`: all commands about hosts."""

from __future__ import annotations

import typer

from cli.commands.hosts import control_hosts, list_hosts, show_host
from cli.commands.hosts.list_hosts import As_json, Failing, Limit, Paused

app = typer.Typer(help="List and show hosts, pause and resume them, set the gap between requests.", invoke_without_command=True)


@app.callback()
def _hosts(context: typer.Context, paused: Paused = False, failing: Failing = False, limit: Limit = 50, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        list_hosts.listing(paused, failing, limit, as_json)


app.command("list")(list_hosts.listing)
app.command()(show_host.show)
for _command in (control_hosts.pause, control_hosts.resume, control_hosts.set_delay, control_hosts.ignore_robots):
    app.command(_command.__name__.replace("_", "-"))(_command)

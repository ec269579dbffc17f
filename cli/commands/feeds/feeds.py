"""`newsmill feeds …`: all commands about feeds."""

from __future__ import annotations

import typer

from cli.commands.feeds import control_feeds, list_feeds, move_feed, set_feed, show_feed, try_feed
from cli.commands.feeds.list_feeds import As_json, By_health, Of_state

app = typer.Typer(help="List, show, pause, resume, poll, move, change and remove feeds.", invoke_without_command=True)


@app.callback()
def _feeds(context: typer.Context, state: Of_state = None, health: By_health = False, as_json: As_json = False) -> None:
    if context.invoked_subcommand is None:
        list_feeds.listing(state, 1000, health, as_json)


app.command("list")(list_feeds.listing)
app.command()(show_feed.show)
for _command in (control_feeds.pause, control_feeds.resume, control_feeds.poll, control_feeds.remove, move_feed.move):
    app.command()(_command)
app.command("test")(try_feed.dry_run)
app.command("set")(set_feed.set_feed)

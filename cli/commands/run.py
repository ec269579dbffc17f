"""`newsmill up` and `newsmill demo`: run everything on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from cli.output import say
from workers.version import VERSION


def up(
    contact: Annotated[
        str | None, typer.Option(help="Your URL or e-mail address, which sites see. It is stored in your own settings.", metavar="ADDRESS")
    ] = None,
) -> None:
    """Run everything on this machine until Ctrl-C: Postgres, Valkey, workers, status page, Flower."""
    _begin()
    from cli.local import user_settings
    from cli.local.up import run_up
    from pipeline.settings import load_settings, valid

    found = load_settings()
    if contact is not None:
        user_settings.change(found.data_dir, {user_settings.CONTACT: valid(user_settings.CONTACT, contact)})
    else:
        user_settings.ask_contact(found)
    raise typer.Exit(run_up(load_settings(), found.data_dir))


def demo(context: typer.Context) -> None:
    """Run everything on a small site that comes with newsmill. Needs no network."""
    _begin()
    from cli.demo.run import run_demo
    from pipeline.settings import load_settings

    # Never among the real articles: in a temporary folder, whatever the settings say, unless the command line names one.
    named = context.parent.params["data"] if context.parent else None
    raise typer.Exit(run_demo(load_settings(), named))


def _begin() -> None:
    """Print the first line before anything slow, such as imports."""
    say(f"newsmill {VERSION} starts; Ctrl-C stops it")


commands: dict[str, Callable[..., Any]] = {"up": up, "demo": demo}

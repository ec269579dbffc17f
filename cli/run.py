"""`newsmill up` and `newsmill demo`: everything on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer


def up() -> None:
    """Run everything on this machine until Ctrl-C: Postgres, Valkey, workers, dashboard, Flower."""
    from cli.up import run_up
    from pipeline.settings import load_settings

    found = load_settings()
    raise typer.Exit(run_up(found, found.data_dir))


def demo() -> None:
    """The same with a small site that comes with newsmill, to see it work without a network."""
    from cli.up import run_up
    from pipeline.settings import load_settings

    found = load_settings()
    raise typer.Exit(run_up(found, found.data_dir, demo=True))


commands: dict[str, Callable[..., Any]] = {"up": up, "demo": demo}

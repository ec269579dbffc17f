"""`newsmill up` and `newsmill demo`: everything on this machine."""

from __future__ import annotations

import os
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
    from cli.demo.run import run_demo
    from pipeline.settings import load_settings

    found = load_settings()
    # Never among the real articles: in a temporary folder, or in one of its own where a data folder is named.
    folder = found.data_dir / "demo" if "NEWSMILL_DATA_DIR" in os.environ else None
    raise typer.Exit(run_demo(found, folder))


commands: dict[str, Callable[..., Any]] = {"up": up, "demo": demo}

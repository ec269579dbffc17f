"""`python -m cli.reference` writes what the files repeat of the code; with `--check` it only says which are stale."""

from __future__ import annotations

import sys

import typer

from cli.reference.parts import stale, write

if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        for path in (found := stale()):
            typer.echo(f"{path} is stale; run `make docs`")
        sys.exit(bool(found))
    for path in write():
        typer.echo(f"{path} written")

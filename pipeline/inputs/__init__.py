"""Inputs bring URLs and documents besides feeds. Each is a module with an `INPUT` (docs/how-to/add-an-input.md).

The command line uses them. An input reads and checks; `workers.intake` stores what it yields.
"""

from __future__ import annotations

from pipeline.inputs import saved_articles, url_tables, warc_files
from pipeline.inputs.model import Input

# The first input whose suffix fits the file's name reads the file.
INPUTS: tuple[Input, ...] = (
    warc_files.INPUT,
    url_tables.INPUT,
    saved_articles.INPUT,
)


def of(name: str) -> Input | None:
    """The input that reads files with this name."""
    return next((one for one in INPUTS if name.lower().endswith(one.suffixes)), None)

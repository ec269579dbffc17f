"""Inputs: what brings addresses and documents beside feeds, each a module with an `INPUT` (docs/how-to/add-an-input.md).

Read by the command line. An input reads and judges; what it yields is taken in by `workers.intake`.
"""

from __future__ import annotations

from pipeline.inputs import saved_articles, url_tables, warc_files
from pipeline.inputs.model import Input

# A file is read by the first input that its name ends like.
INPUTS: tuple[Input, ...] = (
    warc_files.INPUT,
    url_tables.INPUT,
    saved_articles.INPUT,
)


def of(name: str) -> Input | None:
    """The input that reads files of this name."""
    return next((one for one in INPUTS if name.lower().endswith(one.suffixes)), None)

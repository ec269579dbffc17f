"""Print the articles that `search` and `sample` found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cli.commands.search.asking import say_csv
from cli.output import console, printable, say, say_json

if TYPE_CHECKING:
    from pipeline.search.highlights import Passage
    from pipeline.search.tree import Node
    from pipeline.store.search.results import Result


def print_found(found: Iterable[Result], query: Node, *, as_json: bool, as_csv: bool) -> None:
    """One JSON object or row a line. For people, each article with the passage that contains the words, marked on a terminal."""
    from pipeline.search.highlights import passage
    from pipeline.search.tree import wanted
    from pipeline.store.search.results import COLUMNS

    words = wanted(query)
    if as_csv:
        say_csv(COLUMNS, ([getattr(one, name) for name in COLUMNS] for one in found))
        return
    for one in found:
        if as_json:
            shown = passage(one.text, words)
            say_json({**_plain(one), "passage": {"text": shown.text, "marks": shown.marks}})
        else:
            _print(one, passage(one.title, words, width=1_000), passage(one.text, words))


def _plain(one: Result) -> dict[str, Any]:
    from pipeline.store.search.results import COLUMNS

    return {name: str(one.day) if name == "day" else getattr(one, name) for name in COLUMNS}


def _print(one: Result, title: Passage, text: Passage) -> None:
    copies = f"  {one.copies} copies on {one.sites} sites" if one.copies > 1 else ""
    _print_marked(title, bold=True)
    say(f"    {one.day}  {printable(one.source)}  {one.language or ''}  article {one.id}{copies}")
    _print_marked(text, before="    " + ("… " if text.cut[0] else ""), after=" …" if text.cut[1] else "")


def _print_marked(passage: Passage, *, bold: bool = False, before: str = "", after: str = "") -> None:
    target = console()
    if not target.is_terminal:
        say(before + printable(passage.text) + after)
        return
    from rich.text import Text

    shown = Text(before, style="bold" if bold else "")
    at = 0
    for start, end in passage.marks:
        shown.append(printable(passage.text[at:start], lines=True)).append(
            printable(passage.text[start:end], lines=True), style="bold yellow"
        )
        at = end
    target.print(shown.append(printable(passage.text[at:], lines=True) + after))

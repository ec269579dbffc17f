"""The state changes of links and feeds, as a plain-text diagram and a table."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.store.transitions.feeds import FEEDS
from pipeline.store.transitions.links import LINKS
from pipeline.store.transitions.model import Transition


def links() -> str:
    return f"{_diagram(LINKS)}\n\n{_table(LINKS)}"


def feeds() -> str:
    return f"{_diagram(FEEDS)}\n\n{_table(FEEDS)}"


def _diagram(changes: Sequence[Transition]) -> str:
    """Each state with the changes that leave it, and their targets."""
    ways: dict[str, dict[str, dict[str, None]]] = {}
    for change in changes:
        for before, after in change.arrows:
            ways.setdefault(before, {}).setdefault(change.name, {})[after] = None
    width = max(len(change.name) for change in changes)
    lines = []
    for state, away in ways.items():
        lines += [state]
        for name, to in away.items():
            branch = "└" if name == list(away)[-1] else "├"
            lines += [f"  {branch}─ {name} {'─' * (width - len(name))}─► {', '.join(to)}"]
    return "\n".join(["```", *lines, "```"])


def _table(changes: Sequence[Transition]) -> str:
    lines = ["| change | from | to | when |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| {change.name} | {change.before} | {change.after} | {change.when} |" for change in changes])

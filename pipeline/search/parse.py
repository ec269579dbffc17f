"""Parse a query as people write it into a tree. luqum reads the words, quotes and operators; this file decides what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pipeline.search import bounds, tree
from pipeline.search.errors import QueryError, Warning
from pipeline.search.filters import FIELDS, Field, days, number
from pipeline.search.near import check_near
from pipeline.search.tokens import written
from pipeline.search.tree import Days, Filter, Near, Node, Numbers, Phrase

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLACE = re.compile(r"at position (\d+)")
_OPERATOR_AT_END = re.compile(r"(?:\b(?:AND|OR|NOT)|[-+:])\s*$")
_LOWER = {"or": "OR", "and": "AND", "not": "NOT"}
_INSTEAD = {"&&": "AND", "||": "OR", "&": "AND", "|": "OR"}
_UNKNOWN = {
    "Regex": "Regular expressions are not supported; write the word, or its beginning with a star: elect*.",
    "Fuzzy": 'Fuzzy search is not supported; write the beginning of the word with a star, or "two words"~5 for words near each other.',
    "Boost": "Words cannot be weighted; remove ^ and the number after it.",
}


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `text` is its normal form."""

    tree: Node
    text: str
    warnings: tuple[Warning, ...] = ()


@dataclass(slots=True)
class _Reading:
    """The query being parsed, and the warnings about it."""

    query: str
    warnings: list[Warning] = field(default_factory=list)

    def warn(self, message: str, node: Any) -> None:
        self.warnings.append(Warning(message, *_span(node)))


def parse(query: str) -> Query:
    """Parse a query. Raises QueryError."""
    text, warnings = bounds.straight(query)
    bounds.check(text)
    if text.strip() in ("", "*"):
        return Query(tree.EVERYTHING, str(tree.EVERYTHING), tuple(warnings))
    reading = _Reading(text, warnings)
    found = _node(_parsed(text), reading, title=False)
    if found is None:
        raise QueryError("The query has no word; write at least one letter or digit.", 0, len(query))
    return Query(found, str(found), tuple(sorted(reading.warnings, key=lambda warning: warning.start)))


def _parsed(text: str) -> Any:
    from luqum.exceptions import ParseError
    from luqum.thread import parse as parse_lucene

    try:
        return parse_lucene(text)
    except ParseError as error:
        if place := _PLACE.search(str(error)):
            at = min(int(place[1]), len(text) - 1)
            word = re.match(r"\S+", text[at:])
            shown_word = word[0] if word else text[at]
            raise QueryError(
                f"{shown_word[:40]!r} cannot stand here; put it in quotes to search for it.", at, at + len(shown_word)
            ) from None
        end = _OPERATOR_AT_END.search(text)
        at = end.start() if end else len(text.rstrip()) - 1
        raise QueryError("Something is missing after this; write a word, or remove it.", at, len(text.rstrip())) from None


def _node(node: Any, reading: _Reading, *, title: bool) -> Node | None:
    """The meaning of a node; None for signs without a word, which are dropped with a warning."""
    match type(node).__name__:
        case "UnknownOperation" | "AndOperation":
            _warn_of_mixture(node, reading)
            parts = [part for child in node.children if (part := _node(child, reading, title=title)) is not None]
            return tree.both(parts) if parts else None
        case "OrOperation":
            parts = [part for child in node.children if (part := _node(child, reading, title=title)) is not None]
            return tree.either(parts) if parts else None
        case "Not" | "Prohibit":
            part = _node(node.a, reading, title=title)
            return None if part is None else tree.negated(part)
        case "Plus":
            return _node(node.a, reading, title=title)
        case "Group" | "FieldGroup":
            return _node(node.expr, reading, title=title)
        case "SearchField":
            return _field(node, reading, title=title)
        case "Word":
            return _word(node, reading, title=title)
        case "Phrase":
            return _phrase(node, reading, title=title)
        case "Proximity":
            return _near(node, reading, title=title)
        case "Range" | "From" | "To":
            raise QueryError("A range needs a name before it; write published:[2026-01-01 TO *] or words:[200 TO *].", *_span(node))
        case kind:
            raise QueryError(_UNKNOWN.get(kind, "This is not a valid query; put it in quotes to search for it."), *_span(node))


def _field(node: Any, reading: _Reading, *, title: bool) -> Node | None:
    name, start = node.name.lower(), _span(node)[0]
    if title:
        raise QueryError(f"{name}: cannot stand within title:; write it outside.", start, start + len(name))
    if name == "title":
        found = _node(node.expr, reading, title=True)
        if found is None:
            raise QueryError("title: has no word after it; write title:word.", *_span(node))
        return found
    known = FIELDS.get(name)
    if known is None:
        names = ", ".join(["title", *FIELDS])
        raise QueryError(
            f'There is no filter {name[:40]!r}; there are {names}. To search for the words, write "{node.name[:40]} …" in quotes.',
            start,
            start + len(node.name) + 1,
        )
    return _values(node.expr, name, known)


def _values(node: Any, name: str, known: Field) -> Node:
    """The values of a filter: one, or several in parentheses."""
    match type(node).__name__:
        case "FieldGroup" | "Group":
            return _values(node.expr, name, known)
        case "OrOperation":
            return tree.either([_values(child, name, known) for child in node.children])
        case "AndOperation":
            return tree.both([_values(child, name, known) for child in node.children])
        case "UnknownOperation":
            message = f"Write OR between the values, or put one of several words in quotes: {known.example}."
            raise QueryError(message, *_span(node))
        case "Not" | "Prohibit":
            return tree.negated(_values(node.a, name, known))
        case "Word":
            return _value(_ESCAPED.sub(r"\1", node.value), name, known, node)
        case "Phrase":
            return _value(_ESCAPED.sub(r"\1", node.value[1:-1]), name, known, node)
        case "Range":
            if known.kind in ("days", "numbers"):
                return _range(node, name, known)
    raise QueryError(f"This cannot follow {name}:; write it like {known.example}.", *_span(node))


def _value(value: str, name: str, known: Field, node: Any) -> Node:
    value = " ".join(value.split())
    wrong = QueryError(f"{value[:40]!r} cannot follow {name}:; write it like {known.example}.", *_span(node))
    match known.kind:
        case "days":
            if (found := days(value)) is None:
                raise wrong
            return Days(name, *found)
        case "numbers" | "number":
            if (exact := number(value)) is None:
                raise wrong
            return Numbers(name, exact, exact) if known.kind == "numbers" else Filter(name, str(exact))
        case "choice":
            if value.lower() not in known.choices:
                raise QueryError(f"{value[:40]!r} cannot follow {name}:; it takes {', '.join(known.choices)}.", *_span(node))
            return Filter(name, value.lower())
    if not value.strip("*"):
        raise QueryError(f"{name}: needs a value; write it like {known.example}.", *_span(node))
    return Filter(name, value)


def _range(node: Any, name: str, known: Field) -> Node:
    low, high = (None if end.value == "*" else _ESCAPED.sub(r"\1", end.value).strip('"') for end in (node.low, node.high))
    if known.kind == "days":
        first, last = (None if end is None else days(end) for end in (low, high))
        if (low and first is None) or (high and last is None):
            raise QueryError(f"This is not a range of days; write it like {known.example}.", *_span(node))
        since = first and first[0 if node.include_low else 1]
        before = last and last[1 if node.include_high else 0]
        if since and before and since >= before:
            raise QueryError("The range ends before it begins; write the earlier day first.", *_span(node))
        return Days(name, since, before)
    least, most = (None if end is None else number(end) for end in (low, high))
    if (low and least is None) or (high and most is None):
        raise QueryError(f"This is not a range of numbers; write it like {known.example}.", *_span(node))
    least = least if least is None or node.include_low else least + 1
    most = most if most is None or node.include_high else most - 1
    if least is not None and most is not None and least > most:
        raise QueryError("The range ends before it begins; write the smaller number first.", *_span(node))
    return Numbers(name, least, most)


def _word(node: Any, reading: _Reading, *, title: bool) -> Phrase | None:
    typed = node.value
    prefix = typed.endswith("*") and not typed.endswith("\\*")
    body = typed[:-1] if prefix else typed
    bare = re.sub(r"\\.", "", body)
    if "*" in bare or "?" in bare.rstrip("?"):
        raise QueryError("A star may only end a word, and ? is no wildcard; write the beginning of the word: elect*.", *_span(node))
    if typed in _INSTEAD:
        raise QueryError(f"{typed} is no operator; write {_INSTEAD[typed]}.", *_span(node))
    if typed.startswith("!"):
        reading.warn(f"! is no operator; for articles without the word write -{typed[1:]}.", node)
    if typed.lower() in _LOWER and not title:
        reading.warn(f"{typed!r} was searched for as a word; for the operator write {_LOWER[typed.lower()]}.", node)
    text = written(_ESCAPED.sub(r"\1", body))
    if not text:
        reading.warn(f"{typed[:40]!r} has no letter or digit and was left out.", node)
        return None
    return Phrase(text, prefix=prefix, title=title)


def _phrase(node: Any, reading: _Reading, *, title: bool) -> Phrase | None:
    inner = node.value[1:-1]
    prefix = inner.endswith("*") and not inner.endswith(" *")
    text = written(_ESCAPED.sub(r"\1", inner))
    if not text:
        reading.warn(f"{node.value[:40]} has no letter or digit and was left out.", node)
        return None
    if "*" in inner.rstrip("*"):
        reading.warn("A star within a phrase has no effect, except at its end.", node)
    return Phrase(text, prefix=prefix, title=title)


def _near(node: Any, reading: _Reading, *, title: bool) -> Node | None:
    phrase = _phrase(node.term, reading, title=title)
    if phrase is None:
        return None
    between = int(node.degree)
    if problem := check_near(phrase.text, between):
        raise QueryError(problem, *_span(node))
    if phrase.prefix:
        raise QueryError('A star cannot stand in "…"~N; write the words as they are.', *_span(node))
    return Near(phrase.text, between, title)


def _warn_of_mixture(node: Any, reading: _Reading) -> None:
    """Warn about `a b OR c`: people who know search engines read it one way, others another."""
    if any(type(child).__name__ == "OrOperation" for child in node.children):
        reading.warn("OR was applied before the words beside it; write parentheses to say what belongs together.", node)


def _span(node: Any) -> tuple[int, int]:
    start, end = node.span()
    return start, end

"""Check a query before it is parsed: its size, brackets and quotes. So the parser gets nothing that it cannot handle, and errors name their
place."""

from __future__ import annotations

import re

from pipeline.search.errors import QueryError, Warning

LONGEST = 4_000  # characters; no person writes longer ones
MOST_TERMS = 200  # words and operators; each costs Postgres a look into its index
DEEPEST = 20  # nested parentheses; the tree is read by recursive functions

# Quotes from print and other keyboards, and full-width Chinese and Japanese signs.
_CURLY = "“”„‟«»＂"
_TYPED = {0: " ", ord("（"): "(", ord("）"): ")", ord("：") : ":", ord("\u3000"): " "}  # fmt: skip
_TERM = re.compile(r'[^\s()"]+|"')
_SIGNS = re.compile(r"(?<![^\s(])[-+][-+]+")
_ADDRESS = re.compile(r"(?<![a-z])[a-z]+://\S*", re.IGNORECASE)
_EMPTY = re.compile(r"\(\s*\)")


def straight(query: str) -> tuple[str, list[Warning]]:
    """Replace curly and full-width quotes and brackets by plain ones, each in its place. Curly quotes inside plain ones are part of the
    phrase, and no words: they become spaces."""
    signs = list(query.encode("utf-8", "replace").decode().translate(_TYPED))  # a terminal may pass on text that is not UTF-8
    warnings: list[Warning] = []
    opened = ""
    for at, sign in enumerate(signs):
        if sign != '"' and sign not in _CURLY:
            continue
        if sign in _CURLY:
            signs[at] = " " if opened == '"' else '"'
            if opened != '"' and not warnings:
                warnings = [Warning("Curly quotes were read as straight ones.", at, at + 1)]
        if (opened != '"' or sign == '"') and query[at - 1 : at] != "\\":
            opened = "" if opened else sign
    return "".join(signs), warnings


def check(query: str) -> None:
    """Check the query's size, brackets and signs. Raises QueryError."""
    if len(query) > LONGEST:
        raise QueryError(
            f"The query has {len(query):,} characters; at most {LONGEST:,} are allowed. Split it into several queries.", LONGEST
        )
    terms = list(_TERM.finditer(query))
    if len(terms) > MOST_TERMS or query.count(":") > MOST_TERMS:
        raise QueryError(
            f"The query has more than {MOST_TERMS} words and operators. Split it into several queries.",
            terms[min(MOST_TERMS, len(terms) - 1)].start(),
        )
    outside = _closed(query)
    for pattern, message in (
        (_SIGNS, "One sign is enough; write -word for articles without the word."),
        (_ADDRESS, 'An address is not a word; write source:example.org, or put it in quotes: "example.org/page".'),
        (_EMPTY, "There is nothing between these parentheses; write words or filters in them."),
    ):
        if found := pattern.search(outside):
            raise QueryError(message, found.start(), found.end())


def _closed(query: str) -> str:
    """The query with its quoted parts blanked out. Raises QueryError if quotes or brackets are not closed."""
    outside, opened, quote, at = list(query), [], -1, 0
    while at < len(query):
        sign = query[at]
        if sign == "\\":
            if at + 1 == len(query):
                raise QueryError("The query ends with a backslash; remove it.", at)
            if quote >= 0:
                outside[at : at + 2] = "xx"
            at += 2
            continue
        if sign == '"':
            quote = -1 if quote >= 0 else at
        elif quote >= 0:
            outside[at] = "x"
        elif sign == "(":
            opened.append(at)
            if len(opened) > DEEPEST:
                raise QueryError(f"More than {DEEPEST} parentheses are nested; use fewer.", at)
        elif sign == ")":
            if not opened:
                raise QueryError("This closing parenthesis has no opening one; remove it, or write ( where it begins.", at)
            opened.pop()
        at += 1
    if quote >= 0:
        raise QueryError('This quote is not closed; write another " at the end of the phrase.', quote)
    if opened:
        raise QueryError("This parenthesis is not closed; write ) where it ends.", opened[-1])
    return "".join(outside)

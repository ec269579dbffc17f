"""A query as a tree. `str` of a tree is its normal form, which parses to the same tree: this form is shown, stored and cited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

# Characters that need no quotes in a query; all other values are quoted.
PLAIN = re.compile(r"[^\W_][\w.,/@-]*")
RESERVED = frozenset(("and", "or", "not", "to"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Consecutive words, usually one. `text` has the form of `tokens.written`. `prefix`: the last word may continue."""

    text: str
    prefix: bool = False
    title: bool = False

    def __str__(self) -> str:
        star = "*" if self.prefix else ""
        bare = " " not in self.text and self.text not in RESERVED
        return f"{_title(self.title)}{self.text}{star}" if bare else f'{_title(self.title)}"{self.text}{star}"'


@dataclass(frozen=True, slots=True)
class Near:
    """Words in any order, with at most `between` others between them."""

    text: str
    between: int
    title: bool = False

    def __str__(self) -> str:
        return f'{_title(self.title)}"{self.text}"~{self.between}'


@dataclass(frozen=True, slots=True)
class Filter:
    """A field of the article, or of its source, has this value."""

    name: str
    value: str

    def __str__(self) -> str:
        plain = PLAIN.fullmatch(self.value) and self.value.lower() not in RESERVED
        return f"{self.name}:{self.value}" if plain else f'{self.name}:"{_quoted(self.value)}"'


@dataclass(frozen=True, slots=True)
class Days:
    """From one day on, until before another."""

    name: str
    since: date | None
    before: date | None

    def __str__(self) -> str:
        return f"{self.name}:[{self.since or '*'} TO {self.before or '*'}}}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """From one number up to and including another."""

    name: str
    least: int | None
    most: int | None

    def __str__(self) -> str:
        return f"{self.name}:[{_number(self.least)} TO {_number(self.most)}]"


@dataclass(frozen=True, slots=True)
class Not:
    part: Node

    def __str__(self) -> str:
        return f"NOT {_within(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """All parts match; without parts, every article does."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " AND ".join(map(_within, self.parts)) or "*"


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(_within, self.parts))


Leaf = Phrase | Near | Filter | Days | Numbers
Node = Leaf | Not | And | Or
EVERYTHING = And(())


def both(parts: list[Node]) -> Node:
    """An And of all parts; nested ones are merged."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def either(parts: list[Node]) -> Node:
    """An Or of the parts; nested ones are merged."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negated(part: Node) -> Node:
    """The opposite of a part; a double Not is removed."""
    return part.part if isinstance(part, Not) else Not(part)


def leaves(node: Node) -> list[Leaf]:
    """The words and filters of a tree, in order."""
    match node:
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in leaves(part)]
        case Not(part):
            return leaves(part)
    return [node]


def wanted(node: Node) -> list[Phrase | Near]:
    """The words that a match may contain: those not negated."""
    match node:
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in wanted(part)]
        case Phrase() | Near():
            return [node]
    return []


def _within(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) and node != EVERYTHING else str(node)


def _title(title: bool) -> str:
    return "title:" if title else ""


def _number(number: int | None) -> str:
    return "*" if number is None else str(number)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')

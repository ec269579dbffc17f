"""What a query means, written down a second time and as plainly as can be: the words of a document, looked at one by one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

from pipeline.search.tokens import Asked, asked, tokens
from pipeline.search.tree import And, Near, Node, Not, Numbers, Or, Phrase


@dataclass(frozen=True)
class Document:
    title: str
    text: str
    words: int = 0


def matches(node: Node, document: Document) -> bool:
    match node:
        case And(parts):
            return all(matches(part, document) for part in parts)
        case Or(parts):
            return any(matches(part, document) for part in parts)
        case Not(part):
            return not matches(part, document)
        case Phrase(text, prefix, title):
            return any(has_phrase(asked(text, prefix=prefix), words) for words in fields(document, title))
        case Near(text, between, title):
            return any(is_near(text, between, words) for words in fields(document, title))
        case Numbers("words", least, most):
            return (least is None or document.words >= least) and (most is None or document.words <= most)
    raise TypeError(node)


def fields(document: Document, title: bool) -> list[list[str]]:
    return [tokens(document.title)] if title else [tokens(document.title), tokens(document.text)]


def has_phrase(phrase: list[Asked], words: list[str]) -> bool:
    return any(all(is_at(one, words, at) for one in phrase) for at in range(len(words)))


def is_at(one: Asked, words: list[str], first: int) -> bool:
    place = first + one.place
    return place < len(words) and (words[place].startswith(one.word) if one.prefix else words[place] == one.word)


def is_near(text: str, between: int, words: list[str]) -> bool:
    """Whether the words stand somewhere in any order, none upon the other, with few enough others between them."""
    pieces = text.split()
    places = [[at for at in range(len(words)) if has_phrase_at(piece, words, at)] for piece in pieces]
    lengths = [len(tokens(piece)) for piece in pieces]
    return any(_spread(order, places, lengths, between) for order in permutations(range(len(pieces))))


def has_phrase_at(piece: str, words: list[str], at: int) -> bool:
    return all(is_at(one, words, at) for one in asked(piece))


def _spread(order: tuple[int, ...], places: list[list[int]], lengths: list[int], between: int) -> bool:
    def reach(step: int, end: int, left: int) -> bool:
        if step == len(order):
            return True
        piece = order[step]
        return any(0 <= at - end <= left and reach(step + 1, at + lengths[piece], left - (at - end)) for at in places[piece])

    return any(reach(1, at + lengths[order[0]], between) for at in places[order[0]])

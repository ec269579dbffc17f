"""Expand a word to all its forms, if a query asks for it: "elect" then also finds "elected" and "elections". Only forms in the archive are
used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from pipeline.search import tree
from pipeline.search.errors import QueryError
from pipeline.search.tokens import asked
from pipeline.search.tree import And, Node, Not, Or, Phrase

MOST = 40  # forms of one word; highly inflected languages use as many
LEAST_LETTERS = 3  # letters at the start by which forms are searched
LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def stemmer(language: str) -> Callable[[str], str]:
    """The function that reduces a word's forms to one stem. Raises QueryError for an unsupported language."""
    import snowballstemmer

    name = LANGUAGES.get(language.lower().partition("-")[0])
    if name is None or name not in snowballstemmer.algorithms():
        raise QueryError(f"The forms of words are not known in {language[:20]!r}; the languages are {', '.join(LANGUAGES)}.", 0)
    stem: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return stem


def beginning(word: str, stem: Callable[[str], str]) -> str:
    """The beginning that all forms of a word share. A stem may end differently from some of them: study, studi-es."""
    root = stem(word)
    root = root[:-1] if len(root) > LEAST_LETTERS + 1 else root
    return root if word.startswith(root) else word[:LEAST_LETTERS]


def expanded(node: Node, forms: Callable[[str], Iterable[str]]) -> Node:
    """The tree with each single word replaced by all its forms. Phrases and words with a star stay."""
    match node:
        case And(parts) if parts:
            return tree.both([expanded(part, forms) for part in parts])
        case Or(parts):
            return tree.either([expanded(part, forms) for part in parts])
        case Not(part):
            return tree.negated(expanded(part, forms))
        case Phrase(text, False, _) if len(asked(text)) == 1 and len(text) >= LEAST_LETTERS:
            others = [replace(node, text=form) for form in forms(text) if form != text]
            return tree.either([node, *others])
    return node

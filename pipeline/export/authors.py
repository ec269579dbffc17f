"""Split the names of a byline for reference managers: people with the family name separate, organisations whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Words that start a family name.
PARTICLES = frozenset(
    "van von der den de del della di da dos das du la le el al bin ibn ben ter ten zu zum zur af av".split()  # noqa: SIM905
)
GENERATIONS = frozenset(("jr", "jr.", "sr", "sr.", "ii", "iii", "iv"))
# Words that occur in no person's name.
_BODY = re.compile(
    r"\b(?:the|and|und|news|press|agency|agence|agentur|team|staff|desk|reuters|afp|ap|dpa|editors?|redaktion|redaction|redacción|newsroom|media|gmbh|inc|ltd|service|bureau)\b|[\d@&/|]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w.'’-]*")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name has a family name. An organisation, or a name that cannot be split, is `whole`."""

    whole: str = ""
    given: str = ""
    family: str = ""

    def inverted(self) -> str:
        """`Family, Given`, or the whole."""
        return f"{self.family}, {self.given}" if self.family else self.whole


def parted(name: str) -> Name:
    """Split a name. Only names of two to five words in scripts with capitals are split; the given name comes first."""
    words = name.split()
    if not 2 <= len(words) <= 5 or _BODY.search(name) or not all(map(_WORD.fullmatch, words)) or not words[0][0].isupper():
        return Name(whole=name)
    last = len(words) - (2 if len(words) > 2 and words[-1].lower() in GENERATIONS else 1)
    while last > 1 and words[last - 1].lower() in PARTICLES:
        last -= 1
    return Name(given=" ".join(words[:last]), family=" ".join(words[last:]))

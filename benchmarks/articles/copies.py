"""Near copies as sites make them of one text, and texts that only look like copies."""

from __future__ import annotations

import random
import re

WORD = re.compile(r"\w+")
NAME = re.compile(r"\b[^\W\d_a-zß-öø-ÿ]\w{2,}")
NUMBER = re.compile(r"\d+")
LEAD = (
    "Our own correspondent reports from the region with more to follow in the course of the day as further details come in from officials."
)
FURNITURE = (
    "Sign up for the morning newsletter and get the best of our reporting in your inbox every day. "
    "Follow us on social media for the latest news, sport and weather from your area. "
    "This newspaper is a member of the press council and subscribes to its code of practice. "
    "If you have a complaint about something you have read here, write to the readers' editor within four weeks. "
    "Support independent journalism: become a subscriber today and read every article without a limit on any device."
)
TERMS = (
    "All content on this site is protected by law and may not be copied, broadcast or rewritten without our consent in writing. "
    "Views expressed in comments are those of their writers, and we remove what breaks the house rules as soon as we are told of it. "
    "Our opening hours are from nine in the morning to five in the afternoon on working days, and you may call or write at any time."
)


def copies(text: str, rng: random.Random) -> dict[str, str]:
    """Copies of one text, by kind. The text has one paragraph a line."""
    lines = text.split("\n")
    rest = "\n".join(lines[1:]) or text
    return {
        "respaced, other quotes": text.replace("\n", "\n\n").replace(" ", "  ").replace('"', "'"),
        "dateline": f"SPRINGFIELD (Example Agency) - {text}",
        "other headline": f"Officials say so\n{rest}",
        "lead rewritten": f"{LEAD}\n{rest}",
        "boilerplate around": f"Advertisement Share this article\n{text}\n{FURNITURE}",
        "cut to 70 %": _cut(text, 0.7),
        "cut to 40 %": _cut(text, 0.4),
        "cut to 40 %, own lead": f"{LEAD}\n{_cut(text, 0.4)}",
        "2 % of words changed": _edited(text, 0.02, rng),
        "6 % of words changed": _edited(text, 0.06, rng),
        "updated: a fifth new": f"{_other_words(text, 0.25, rng)}\n{text}",
    }


def lookalikes(text: str, other: str, rng: random.Random) -> dict[str, tuple[str, str]]:
    """Pairs of texts that are two stories, by kind."""
    own = min(len(text), len(other)) // 2
    background = text[: round(own * 0.8)]
    brief, note = (" ".join(whole.split()[:60]) for whole in (text, other))
    return {
        "another text": (text, other),
        "the same background": (f"{text[-own:]}\n{background}", f"{other[:own]}\n{background}"),
        "briefs with boilerplate": (f"{brief}\n{FURNITURE}", f"{note}\n{FURNITURE}"),
        "briefs with much boilerplate": (f"{brief}\n{FURNITURE}\n{TERMS}", f"{note}\n{FURNITURE}\n{TERMS}"),
        "a template, other facts": (text, _refilled(text, rng)),
    }


def _cut(text: str, share: float) -> str:
    return text[: round(len(text) * share)]


def _edited(text: str, share: float, rng: random.Random) -> str:
    return WORD.sub(lambda word: "changed" if rng.random() < share else word.group(), text)


def _other_words(text: str, share: float, rng: random.Random) -> str:
    words = WORD.findall(_cut(text, share))
    rng.shuffle(words)
    return " ".join(words)


def _refilled(text: str, rng: random.Random) -> str:
    """The text with other numbers and other names in the same places."""
    filled = NUMBER.sub(lambda _: str(rng.randrange(10, 10_000)), text)
    return NAME.sub(lambda _: f"X{rng.randrange(1000):03d}"[:1] + "".join(rng.choices("aeiou", k=4)), filled)

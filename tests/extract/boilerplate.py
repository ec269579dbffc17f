"""Articles of a made-up site, and the boilerplate that it puts around them."""

from __future__ import annotations

import random
from collections.abc import Sequence

SUBJECTS = [
    "council",
    "ferry",
    "harvest",
    "railway",
    "orchestra",
    "hospital",
    "mountain",
    "election",
    "factory",
    "library",
    "airport",
    "vineyard",
    "museum",
    "stadium",
    "reactor",
]


VERBS = [
    "announced",
    "delayed",
    "approved",
    "rebuilt",
    "questioned",
    "financed",
    "inspected",
    "celebrated",
    "abandoned",
    "renamed",
    "extended",
    "measured",
]


PLACES = ["Kessel", "Brampton", "Ollerby", "Tarn", "Vesper", "Lindholm", "Marrow", "Quill", "Ostrava", "Penrith", "Dorst", "Hallow"]


DONATE = "The Harbour Post is a small paper. Please donate to our winter fund-raiser so that we can go on."


NEWSLETTER = "Sign up for our newsletter and get the day's stories in your inbox."


SHARE = "Click the share button below to e-mail this article to your friends."


COPYRIGHT = "Copyright © The Harbour Post. All rights reserved."


BOX = "Our reporters have walked these streets for ninety years, and with your coffee money they walk on."


def prose(seed: str) -> str:
    """A paragraph of its own for each seed."""
    rand = random.Random(seed)
    return " ".join(
        f"The {rand.choice(SUBJECTS)} of {rand.choice(PLACES)} {rand.choice(VERBS)} what {rand.choice(SUBJECTS)} number {rand.randrange(10_000)} had cost."
        for _ in range(3)
    )


def story(number: int, *, head: Sequence[str] = (), middle: Sequence[str] = (), tail: Sequence[str] = (), length: int = 6) -> list[str]:
    own = [prose(f"{number}.{n}") for n in range(length)]
    return [*head, *own[: length // 2], *middle, *own[length // 2 :], *tail]

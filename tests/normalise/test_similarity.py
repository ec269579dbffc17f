"""Which texts are copies of one another: a table of labelled pairs."""

from __future__ import annotations

import itertools
import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.originals import Copy, original
from pipeline.normalise.similarity import bands, profile, same_story
from tests.extract.pages import ENGLISH, GERMAN, RUSSIAN
from tests.normalise import stories as t


def lines(text: str, *which: int) -> str:
    found = text.splitlines()
    return "\n".join(found[number] for number in which)


LEAD = "Lifeboats took more than two hundred people off a stranded ferry on Monday, and islanders ask how they are to get their bread."
UPDATED = "UPDATE: Tugs floated the Marlow on Tuesday night and towed her to Port Ellery, the coast guard said. Her hull is dented but not holed.\n"
COPIES = {
    "the same": t.WIRE,
    "other white space and quotes": t.WIRE.replace("\n", "\n\n").replace('"', "“").replace(" ", "  "),
    "other case and dashes": t.WIRE.upper().replace("-", "–"),
    "a dateline": f"PORT ELLERY (Example Wire) — {t.WIRE}",
    "another headline in the text": f"Ferry aground, all safe\n{t.WIRE}",
    "boilerplate around it": f"Listen to this article\n{t.WIRE}{t.FURNITURE}",
    "its tail cut": lines(t.WIRE, 0, 1, 2, 3),
    "most of it cut": lines(t.WIRE, 0, 1, 2),
    "another lead": f"{LEAD}\n{lines(t.WIRE, 1, 2, 3, 4, 5, 6)}",
    "another lead and its tail cut": f"{LEAD}\n{lines(t.WIRE, 1, 2, 3, 4)}",
    "a middle paragraph left out": lines(t.WIRE, 0, 1, 2, 4, 5, 6),
    "house style": t.WIRE.replace("5.40 a.m.", "5:40am").replace("said", "says").replace("metres", "meters").replace("ship", "vessel"),
    "an updated version": UPDATED + t.WIRE.replace("1,900", "2,000").replace("ten days", "two weeks"),
    "the background added": t.WIRE + t.BACKGROUND,
}
TWO_STORIES = {
    "two reports of one event": (t.WIRE, t.OTHER_REPORT),
    "the same background": (f"{t.OTHER_REPORT}{t.BACKGROUND}", f"{t.COUNCIL}{t.BACKGROUND}"),
    "the market report of the next day": (t.MARKETS_MONDAY, t.MARKETS_TUESDAY),
    "the forecast for another place": (t.WEATHER_ONE, t.WEATHER_TWO),
    "two live pages": (t.LIVE_MORNING, t.LIVE_EVENING),
    "two briefs under the same boilerplate": (t.BRIEF_ONE + t.FURNITURE, t.BRIEF_TWO + t.FURNITURE),
    "another language": (" ".join(ENGLISH), " ".join(GERMAN)),
    "Japanese": (t.JAPANESE, t.JAPANESE_OTHER),
}


def likeness(one: str, other: str) -> float:
    """As it is found: by a common band, and then by the texts."""
    return same_story(profile(one), profile(other)) if {*bands("", one)} & {*bands("", other)} else 0.0


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_found(kind: str) -> None:
    assert likeness(t.WIRE, COPIES[kind]) > 0
    assert likeness(COPIES[kind], t.WIRE) > 0


@pytest.mark.parametrize("kind", TWO_STORIES)
def test_two_stories_stay_two(kind: str) -> None:
    one, other = TWO_STORIES[kind]
    assert same_story(profile(one), profile(other)) == same_story(profile(other), profile(one)) == 0


@pytest.mark.parametrize(
    "text", [" ".join(GERMAN), " ".join(RUSSIAN), t.JAPANESE, t.WIRE], ids=["German", "Russian", "Japanese", "English"]
)
def test_a_cut_copy_is_found_in_any_script(text: str) -> None:
    assert likeness(text, text[: round(len(text) * 0.7)]) > 0.5


def test_the_table_can_fail() -> None:
    """Templates have most shingles in common: what keeps them apart are their numbers and names."""
    one, other = (profile(text).shingles for text in (t.WEATHER_ONE, t.WEATHER_TWO))
    assert len(one & other) > 0.5 * len(one | other)


def test_a_short_text_is_a_copy_only_under_the_same_title() -> None:
    assert bands("Closed", "Watch the video above.") == bands("closed", "Watch the video above")
    assert bands("Closed", "Watch the video above.") != bands("Open", "Watch the video above.")
    assert same_story(profile("Watch the video above."), profile("Watch the video above.")) == 0
    assert bands("A title", "") == ()


def test_bands_are_made_as_ever() -> None:
    """What is stored was made so. Where this fails, after an upgrade of rensa, similarity.VERSION must rise: old and new bands do not meet."""
    assert bands("", t.WIRE)[:2] == (-7583569363480956972, -7543924241687930835)


def test_a_text_without_end_costs_no_more_than_a_long_one() -> None:
    text = " ".join(map(str, range(2_000_000)))
    started = time.process_time()
    assert len(bands("", text)) == 16
    profile(text)
    assert time.process_time() - started < 5


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_has_bands_and_is_like_itself(title: str, text: str) -> None:
    found = bands(title, text)
    assert found == tuple(sorted(set(found))) == bands(title, text)
    assert all(-(2**63) <= band < 2**63 for band in found)
    assert same_story(profile(text), profile(text)) in (0, 1)


DAY = [f"2026-03-0{n}T12:00:00+00:00" for n in range(1, 6)]


def copy(number: int, at: int, names: tuple[str, ...] = (), credits: str = "") -> Copy:
    return Copy(number, datetime.fromisoformat(DAY[at]), names, credits)


@pytest.mark.parametrize(
    ("copies", "first"),
    [
        ([copy(1, 2), copy(2, 1), copy(3, 3)], 2),
        ([copy(1, 1), copy(2, 1)], 1),
        ([copy(1, 1, ("Daily Post",), "Example Wire"), copy(2, 2, ("Evening News",))], 2),
        ([copy(1, 1, ("Daily Post",)), copy(2, 3, ("The Example Wire", "wire.example"), "")], 1),
        ([copy(1, 1, ("Daily Post",)), copy(2, 3, ("The Example Wire",)), copy(3, 2, ("Echo",), "example wire")], 2),
        ([copy(1, 1, ("", "post.example"), "Wire"), copy(2, 2, ("Echo",), "Wire")], 1),
        ([copy(1, 2, ("Wire",), "Wire"), copy(2, 1, ("Echo",), "Wire")], 1),
    ],
    ids=["earliest", "same time", "who credits nobody", "uncredited", "the credited one", "only crediting ones", "credits itself"],
)
def test_the_original(copies: list[Copy], first: int) -> None:
    assert all(original(order).article_id == first for order in itertools.permutations(copies))

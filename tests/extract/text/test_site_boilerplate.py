"""What is a site's and what is an article's own: the policy as a table of sites."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.extract.text.site_boilerplate import ParagraphHashes, boilerplate_places, distinct, mark, marks
from tests.extract.boilerplate import BOX, COPYRIGHT, DONATE, NEWSLETTER, SHARE, prose, story

TAIL = "The Harbour Post, 12 Quay Street"
WAR = "The railway war began in 2019, when the ministry closed the Kessel line without a vote of the council and the drivers walked out."


def as_marks(number: int, paragraphs: list[str], *, title: str = "", byline: str = "", day: int | None = None) -> ParagraphHashes:
    when = date(2026, 11, 1) + timedelta(days=number if day is None else day)
    return marks(paragraphs, title or f"Title {number}", [byline or f"Writer {number}"], when)


def dropped(paragraphs: list[str], others: list[list[str]], silent: int = 0, **same: str | int) -> list[str]:
    """What goes of the paragraphs on a site with these other articles and some that share nothing."""
    known = [as_marks(n, other, **same) for n, other in enumerate(others, 1)]  # type: ignore[arg-type]
    places = boilerplate_places(paragraphs, as_marks(0, paragraphs, **same), known, silent)  # type: ignore[arg-type]
    return [paragraphs[place] for place in places]


FURNITURE = {"head": [SHARE], "middle": [NEWSLETTER], "tail": [DONATE, COPYRIGHT]}


@pytest.mark.parametrize(("others", "gone"), [(0, []), (1, []), (2, [SHARE, NEWSLETTER, DONATE, COPYRIGHT])])
def test_furniture_goes_from_the_third_article_on(others: int, gone: list[str]) -> None:
    assert dropped(story(0, **FURNITURE), [story(n, **FURNITURE) for n in range(1, others + 1)]) == gone


@pytest.mark.parametrize(
    "line", [TAIL, BOX, "हमारे पाठकों का समर्थन ही हमारी शक्ति है", "港湾新聞は読者の皆様に支えられています。", "صحيفة الميناء تعيش بدعم قرائها"]
)
def test_at_the_end_of_each_article_no_words_are_needed(line: str) -> None:
    assert dropped(story(0, tail=[line]), [story(n, tail=[line]) for n in (1, 2)]) == [line]


def test_between_furniture_at_the_end_a_line_of_its_own_may_stand_and_stays() -> None:
    def article(number: int) -> list[str]:
        return story(number, tail=[BOX, f"First published on 1{number} November 2026, 10:0{number}", TAIL])

    assert dropped(article(0), [article(1), article(2)]) == [BOX, TAIL]


def test_at_the_end_it_has_to_be_nearly_every_article_and_at_the_end_of_each() -> None:
    ends = [story(n, tail=[TAIL]) for n in range(1, 5)]
    assert dropped(story(0, tail=[TAIL]), ends[:2], silent=2) == []
    assert dropped(story(0, tail=[TAIL]), ends, silent=1) == [TAIL]
    assert dropped(story(0, tail=[TAIL]), [ends[0], story(9, middle=[TAIL], length=30)]) == []


def same_article() -> list[list[str]]:
    return [story(0, tail=[TAIL]) for _ in range(3)]


def live_blog() -> list[list[str]]:
    """Each version has what the one before had, under some new posts."""
    posts = [prose(f"post {n}") for n in range(40)]
    return [posts[40 - 10 - 4 * version :] for version in range(6)]


def wire() -> list[list[str]]:
    """One agency's text, with a paragraph of the paper's own in front."""
    return [[prose(f"own {n}"), *story(99, length=8)] for n in range(4)]


def updates() -> list[list[str]]:
    """A story told again as it goes on: the first half new each time, the end the same."""
    return [[*(prose(f"new {n}.{m}") for m in range(5)), *(prose(f"old {m}") for m in range(5))] for n in range(4)]


@pytest.mark.parametrize("make", [same_article, live_blog, wire])
@pytest.mark.parametrize("silent", [0, 3, 60])
def test_of_copies_and_versions_of_one_article_nothing_goes(make: object, silent: int) -> None:
    first, *others = make()  # type: ignore[operator]
    assert dropped(first, others, silent) == []
    assert dropped(first, others, silent, title="One title", day=1) == []


def test_a_site_that_has_a_few_articles_at_many_addresses_keeps_them_whole() -> None:
    """Half of what is around is one article; so its paragraphs stand on a large part of the site."""
    one = story(0, length=12)
    assert dropped(one, [one] * 4 + [story(n, length=12) for n in (1, 2)] * 3) == []
    assert dropped([*one, NEWSLETTER], [[*one, NEWSLETTER]] * 4 + [story(n) for n in (1, 2)] * 3) == []


def test_of_a_story_that_goes_on_nothing_goes_once_the_site_is_known_a_little() -> None:
    first, *others = updates()
    assert dropped(first, others, silent=5) == []


@pytest.mark.parametrize(("holders", "silent"), [(2, 0), (4, 0), (8, 0), (6, 20), (30, 60)])
def test_the_background_of_a_story_stays(holders: int, silent: int) -> None:
    assert dropped(story(0, middle=[WAR]), [story(n, middle=[WAR]) for n in range(1, holders + 1)], silent) == []


@pytest.mark.parametrize(("holders", "silent"), [(2, 0), (5, 0), (6, 20)])
def test_background_at_the_end_is_told_by_what_it_is_about(holders: int, silent: int) -> None:
    def article(number: int) -> list[str]:
        lead = f"Drivers of the ministry's railway refused the {number}th offer, and the council of Kessel closed a line without a further vote."
        return [lead, *story(number), WAR]

    assert dropped(article(0), [article(n) for n in range(1, holders + 1)], silent) == []


@pytest.mark.parametrize("line", ["* * *", "Why it matters", "No.", "What happens next?", "Mrs Ash:"])
def test_short_lines_within_a_text_stay_however_often_they_are_written(line: str) -> None:
    assert dropped(story(0, middle=[line]), [story(n, middle=[line]) for n in range(1, 40)]) == []


def test_what_is_on_nearly_every_article_for_days_goes_wherever_it_stands() -> None:
    assert dropped(story(0, middle=[BOX]), [story(n, middle=[BOX]) for n in range(1, 16)], silent=2) == [BOX]
    assert dropped(story(0, middle=[BOX]), [story(n, middle=[BOX]) for n in range(1, 16)], silent=2, day=1, byline="One") == []


@pytest.mark.parametrize(
    ("line", "holders", "silent", "gone"), [(DONATE, 5, 95, True), (DONATE, 4, 96, False), (TAIL, 40, 55, True), (TAIL, 30, 70, False)]
)
def test_what_ceases_to_repeat_is_forgotten(line: str, holders: int, silent: int, gone: bool) -> None:
    assert bool(dropped(story(0, tail=[line]), [story(n, tail=[line]) for n in range(1, holders + 1)], silent)) == gone


def test_where_most_of_an_article_would_go_it_stays_whole_until_the_site_is_well_known() -> None:
    box = [DONATE, NEWSLETTER, SHARE, COPYRIGHT]
    flash = ["The ferry to Tarn was stopped this morning by fog, and nobody knows when it will go again."]
    assert dropped([*flash, *box], [story(n, tail=box) for n in range(1, 4)]) == []
    assert dropped([*flash, *box], [story(n, tail=box) for n in range(1, 16)]) == box
    assert dropped(["Fog. No ferry.", *box], [story(n, tail=box) for n in range(1, 16)]) == [], "a text has to stay"


def test_case_and_white_space_do_not_count_and_letters_of_every_script_do() -> None:
    assert mark("Read  More") == mark("read more") != mark("read on")
    assert mark("की") != mark("का")
    assert mark(" — * ") == 0


def test_of_a_long_article_both_ends_are_remembered() -> None:
    texts = [str(n) for n in range(1000)]
    assert [mark(t) for t in ("0", "99", "900", "999")] == [marks(texts, "", [], None).paragraphs[n] for n in (0, 99, 100, 199)]


def test_different_articles_are_counted_and_not_addresses() -> None:
    one = as_marks(0, story(0, tail=[TAIL]))
    others = [as_marks(n, story(n % 2 + 1, tail=[TAIL]), title=f"Copy {n}") for n in range(6)]
    assert len(distinct(one, others, 0, set())) == 2
    assert len(distinct(one, [as_marks(n, story(n), title="Live") for n in (1, 2)], 0, set())) == 1

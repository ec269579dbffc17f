"""The text of articles: what stands around and between on real pages is left out, and what belongs to them is kept."""

from __future__ import annotations

import pytest

from pipeline.extract.html.markdown import document
from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse
from pipeline.extract.text.article_text import main_text
from tests.extract.pages import ENGLISH, GERMAN

TITLE = "Old bridge stays open for another year"
PROSE = tuple(f"<p>{text}</p>" for text in ENGLISH)


def found(body: str, **known: object) -> list[str]:
    """The lines of the text of a page with this body."""
    tree = parse(Page("https://post.example/bridge", f"<html><body>{body}</body></html>".encode(), "text/html")).tree
    blocks = main_text(tree, **{"title": TITLE, "stated": ""} | known).blocks  # type: ignore[arg-type]
    return [block.text for block in blocks]


def article(*parts: str, top: str = f"<h1>{TITLE}</h1>", after: str = "") -> str:
    menu = '<nav><ul><li><a href="/town">Town</a></li><li><a href="/sport">Sport</a></li></ul></nav>'
    return f'{menu}<main><article class="story">{top}<div class="story__text">{"".join(parts)}</div></article>{after}</main>'


def between(*parts: str) -> str:
    """An article with something between its paragraphs."""
    return article(*PROSE[:2], *parts, *PROSE[2:])


# What is kept


def test_headings_lists_quotes_and_tables_are_part_of_the_text() -> None:
    body = between(
        "<h2>What is planned</h2><ul><li>New bearings on both banks of the river by March</li><li>Lanes closed one after the other</li></ul>",
        "<blockquote><p>We would rather mend it twice than close it once, the mayor told the hall.</p></blockquote>",
        "<table><tr><th>Year</th><th>Cars a day</th></tr><tr><td>2024</td><td>4,500</td></tr></table>",
    )
    lines = found(body)
    for line in (*ENGLISH, "What is planned", "New bearings on both banks of the river by March", "Lanes closed one after the other"):
        assert line in lines
    assert "We would rather mend it twice than close it once, the mayor told the hall." in lines
    assert "2024\t4,500" in lines
    tree = parse(Page("https://post.example/bridge", f"<html><body>{body}</body></html>".encode(), "text/html")).tree
    marked = document(main_text(tree, title=TITLE, stated="").blocks)
    assert (
        "## What is planned\n\n- New bearings on both banks of the river by March\n- Lanes closed one after the other\n\n> We would"
        in marked
    )
    assert "| Year | Cars a day |\n| --- | --- |\n| 2024 | 4,500 |" in marked


def test_a_text_that_is_cut_into_parts_by_advertising_is_found_whole() -> None:
    part = '<div class="chunk"><div class="grid"><div class="body-copy article-part">{}</div><aside>Advertisement</aside></div></div>'
    more = [f"<p>{text} The second part says so too.</p>" for text in ENGLISH]
    body = f"<main><h1>{TITLE}</h1>{part.format(''.join(PROSE))}{part.format(''.join(more))}</main>"
    lines = found(body)
    assert [line for line in lines if line in ENGLISH] == list(ENGLISH)
    assert sum(line.endswith("The second part says so too.") for line in lines) == len(ENGLISH)


def test_the_next_article_of_a_page_that_scrolls_on_is_not_taken_in() -> None:
    part = '<div class="scroll"><h1>{}</h1><div class="article-body-copy">{}</div></div>'
    more = [f"<p>{text} This is of another article.</p>" for text in ENGLISH]
    assert found(f"<main>{part.format(TITLE, ''.join(PROSE))}{part.format('Another headline', ''.join(more))}</main>") == list(ENGLISH)


@pytest.mark.parametrize("dateline", ["", "Harbour Town. "])
def test_the_standfirst_is_kept_where_the_page_shows_its_description(dateline: str) -> None:
    about = "The council keeps the iron bridge open although engineers had warned of it."
    top = f'<header><h1>{TITLE}</h1><div class="x1">{dateline}{about}</div><div class="x2">By Mira Halloran</div></header>'
    assert found(article(*PROSE, top=top), descriptions=["Another text", about]) == [dateline + about, *ENGLISH]


def test_a_description_that_is_in_the_text_is_not_doubled() -> None:
    top = f"<header><h1>{TITLE}</h1><div>{ENGLISH[0]}</div></header>"
    assert found(article(*PROSE, top=top), descriptions=[ENGLISH[0]]).count(ENGLISH[0]) == 1


def test_posts_of_a_live_blog_are_kept_in_order() -> None:
    posts = "".join(f'<div class="post"><h3>{19 + at}:00</h3><p>{text}</p></div>' for at, text in enumerate(ENGLISH))
    lines = found(f"<main><article><h1>{TITLE}</h1>{posts}</article></main>")
    assert [line for line in lines if line in ENGLISH] == list(ENGLISH)


# What is left out: by where it stands


@pytest.mark.parametrize(
    "box",
    [
        '<div class="newsletter-box"><h3>Morning briefing</h3><p>All that matters before the first coffee, each day at seven in the morning.</p></div>',
        '<div class="article-related"><p>The ferry that nobody missed: why the boats stopped running in the spring of last year.</p></div>',
        '<section class="RelatedStories"><h3>From our pages</h3><p>Nine thousand cars on a Monday, and nobody in the town had counted them before.</p></section>',
        '<figure><img src="a.jpg"><figcaption>The bridge at dusk, seen from the far bank, with the hospital behind it.</figcaption></figure>',
        '<div class="image-block"><img src="a.jpg"><p>The bridge at dusk, seen from the far bank, with the hospital behind it.</p></div>',
        '<div class="author-bio"><p>She writes about the town, its council and the river since the year two thousand and nine.</p></div>',
        '<p class="photo-caption">The bridge at dusk, seen from the far bank, with the hospital behind it.</p>',
        '<div class="inline-promo"><p>Every evening the most important news of the harbour in your mailbox, for members only.</p></div>',
    ],
)  # fmt: skip
def test_boxes_between_paragraphs_are_left_out(box: str) -> None:
    assert found(between(box)) == list(ENGLISH)


def test_an_article_is_kept_whatever_its_element_is_called() -> None:
    assert found(f'<main class="share-page"><div class="subscribe-content"><h1>{TITLE}</h1>{"".join(PROSE)}</div></main>') == list(ENGLISH)


def test_a_quote_in_a_figure_is_kept_and_its_caption_is_not() -> None:
    said = "We would rather mend it twice than close it once, and that is what we are going to do."
    body = between(f"<figure><blockquote><p>{said}</p></blockquote><figcaption>The mayor, after the vote on Tuesday</figcaption></figure>")
    lines = found(body)
    assert "The mayor, after the vote on Tuesday" not in lines
    assert [line for line in lines if line != said] == list(ENGLISH)


# By what it repeats


@pytest.mark.parametrize(
    "top",
    [f"<h1>{TITLE}</h1>", f"<h2>Town council: {TITLE}</h2>", f"<p>Town</p><h1>{TITLE.upper()}</h1>", f"<h1>A bridge</h1><h2>{TITLE}</h2>"],
)
def test_the_title_is_not_in_the_text(top: str) -> None:
    assert found(article(top, *PROSE, top="")) == list(ENGLISH)


@pytest.mark.parametrize(
    "line", ["By Mira Halloran", "Mira Halloran", "3 March 2026, 10:15", "Updated: 2026-03-03 10:15", "Aktualisiert am 03.03.2026, 10:15 Uhr"]
)  # fmt: skip
def test_bylines_and_dates_over_the_text_are_left_out(line: str) -> None:
    assert found(article(f"<h1>{TITLE}</h1><p>{line}</p>", *PROSE, top=""), authors=["Mira Halloran"]) == list(ENGLISH)


def test_who_the_author_is_is_left_out_at_the_end() -> None:
    line = "<p>Mira Halloran is a reporter who writes about the town and its council.</p>"
    assert found(article(*PROSE, line), authors=["Mira Halloran"]) == list(ENGLISH)
    assert len(found(between(line), authors=["Mira Halloran"])) == len(ENGLISH) + 1, "in the text it may be the story"


# By what it links to


@pytest.mark.parametrize(
    "teaser",
    [
        '<p><a href="/ferry">Why the ferry stopped running in the spring of last year</a></p>',
        '<p>Read more: <a href="/ferry">Why the ferry stopped running</a></p>',
        '<p>Lesen Sie auch: <a href="/ferry">Warum die Fähre nicht mehr fährt</a></p>',
        '<p>À lire aussi <a href="/ferry">Pourquoi le bac ne circule plus</a></p>',
        '<p>Czytaj więcej: <a href="/ferry">Dlaczego prom już nie pływa</a></p>',
        '<ul><li>Ferry: <a href="/1">Why the boats stopped running in spring</a></li><li>Cars: <a href="/2">Nine thousand on a single Monday</a></li></ul>',
        '<h3>From our archive</h3><ul><li><a href="/1">Why the boats stopped running in spring</a></li><li><a href="/2">Nine thousand cars on a Monday</a></li></ul><h3>What is next</h3>',
    ],
)  # fmt: skip
def test_pointers_to_other_articles_are_left_out(teaser: str) -> None:
    assert [line for line in found(between(teaser)) if line != "What is next"] == list(ENGLISH)


def test_links_in_sentences_and_short_links_of_lists_are_kept() -> None:
    body = between(
        '<p>The <a href="/survey">survey of the council</a> is public, and so is the <a href="/report">report of the engineers</a> that it rests on.</p>',
        '<ul><li><a href="/a">Timeline of the bridge</a></li><li>The vote, and what the members said about it in the hall</li></ul>',
    )
    lines = found(body)
    assert "The survey of the council is public, and so is the report of the engineers that it rests on." in lines
    assert "The vote, and what the members said about it in the hall" in lines


# By what it says


@pytest.mark.parametrize(
    "line",
    [
        "Follow us on Twitter and Facebook.", "Sign up for our newsletter and get the news in your inbox.", "Reporting by Mira Halloran; editing by Tom Quill",
        "With files from The Associated Press", "Associated Press writer Tom Quill in Harbour Town contributed to this report.", "Write to Mira Halloran at mira@post.example",
        "Have a tip? Tell us.", "© 2026 The Harbour Post. All rights reserved.", "___", "Fehler gefunden? Jetzt melden.", "mit dpa",
        "Il vous reste 57% de cet article à lire. La suite est réservée aux abonnés.",
    ],
)  # fmt: skip
def test_closing_lines_are_left_out(line: str) -> None:
    assert found(article(*PROSE, f"<p>{line}</p>")) == list(ENGLISH)


@pytest.mark.parametrize(
    "line",
    [
        "Photo: Tom Quill / Agency",
        "Bild: Tom Quill",
        "Quelle: Agentur",
        "(Image credit: Tom Quill)",
        "Фото: Агентство",
        "Ein Klick für den Datenschutz",
    ],
)
def test_credits_and_placeholders_are_left_out_anywhere(line: str) -> None:
    assert found(between(f"<p>{line}</p>")) == list(ENGLISH)


@pytest.mark.parametrize(
    "label", ["Related", "You may also like", "Auch interessant", "Mehr zum Thema", "Lire aussi", "関連記事", "Advertisement"]
)
def test_labels_are_left_out(label: str) -> None:
    assert found(between(f"<p>{label}</p>")) == list(ENGLISH)


@pytest.mark.parametrize(
    "sentence",
    [
        "The town sent its newsletter to every house that week, and the council asked people to subscribe to the next one.",
        "Photographs of the bearings had been shown to the members before the vote, and they were shocked by what they saw.",
        "He reads more than anybody else in the hall, said the mayor, and he follows us on every step of the way.",
        "The copyright in the engineers' report belongs to the council, which has not made up its mind about the rights.",
    ],
)
def test_sentences_that_speak_of_such_things_are_kept(sentence: str) -> None:
    assert sentence in found(between(f"<p>{sentence}</p>"))


def test_where_the_rules_would_leave_next_to_nothing_they_leave_all() -> None:
    links = "".join(f'<p><a href="/{at}">{text}</a></p>' for at, text in enumerate(GERMAN))
    assert found(article(links)) == list(GERMAN)


# The page's own articleBody


def test_a_stated_body_replaces_a_text_that_is_a_part_of_it() -> None:
    assert found(article(PROSE[0]), stated="\n".join(ENGLISH)) == list(ENGLISH)
    assert found(article(*PROSE), stated="\n".join(ENGLISH[:3])) == list(ENGLISH)


@pytest.mark.parametrize("odd", ["<h<script>", "<titl<![cdata[e>", '<div "class=>', "<div a<b=1>"])
def test_names_that_no_element_can_be_given_do_no_harm(odd: str) -> None:
    assert set(ENGLISH) <= set(found(f"<div>Menu</div>{odd}{article(*PROSE)}"))


@pytest.mark.parametrize("body", ["", "<p></p>", "<div><nav>Menu</nav></div>", "<script>let a = 1</script>"])
def test_a_page_without_a_text_has_none(body: str) -> None:
    assert found(body) == []

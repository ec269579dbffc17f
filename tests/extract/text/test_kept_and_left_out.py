"""What belongs to an article though it looks like something else, and the reverse."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from pipeline.extract.extraction import extract
from pipeline.extract.html.block_context import Surroundings
from pipeline.extract.html.blocks import of_tree
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
from pipeline.extract.text.lost_blocks import with_companions
from pipeline.settings import Extract
from tests.extract.pages import ENGLISH, page


def lines(*parts: str) -> list[str]:
    """The text of an article with these parts among its paragraphs."""
    first, *rest = ENGLISH
    body = "".join((f"<p>{first}</p>", *parts, *(f"<p>{text}</p>" for text in rest)))
    return text_of(page(()).replace("</article>", f"{body}</article>"))


def text_of(markup: str) -> list[str]:
    found = extract(Page("https://www.harbourpost.example/a.html", markup.encode(), "text/html; charset=utf-8"), Hints(), Extract())
    return found.text.split("\n")


@pytest.mark.parametrize(
    "cell", ["<ul><li>{}</li></ul>", "<ol><li>{}</li></ol>", "<ul><li><ul><li>{}</li></ul></li></ul>"], ids=["list", "numbered", "nested"]
)
def test_lists_in_the_cells_of_a_table_are_kept(cell: str) -> None:
    rows = "".join(
        f"<tr><td>{day}</td><td>{cell.format(hours)}</td></tr>" for day, hours in (("Monday", "6.00 to 20.00"), ("Friday", "shut"))
    )
    assert "6.00 to 20.00" in "\n".join(lines(f"<table><tbody>{rows}</tbody></table>"))


@pytest.mark.parametrize("name", ["text-image", "text-photo", "text-gallery"])
def test_boxes_of_text_with_a_picture_hold_paragraphs(name: str) -> None:
    said = "The ferry will be laid up at the southern quay until its new owner has found a crew of nine for it, which may take until the autumn."
    assert said in lines(f'<div class="wrap"><div class="{name}"><p>{said}</p></div></div>')


@pytest.mark.parametrize(
    "last",
    [
        "“There was nothing to hide,” the harbour master wrote on Facebook late on Tuesday.",
        "Police ask anyone who saw the boat that night to write to quay@police.example or to call.",
    ],
)
def test_the_last_paragraph_stays_where_it_is_news(last: str) -> None:
    assert text_of(page((*ENGLISH, last)))[-1] == last


def test_who_to_follow_is_still_no_last_paragraph() -> None:
    assert text_of(page((*ENGLISH, "Follow Ann Reed on Facebook and Twitter."))) == list(ENGLISH)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<math><mi>h</mi><mo>=</mo><mn>4.2</mn></math>", "h=4.2"),
        (
            '<span><span><math><mi>h</mi><mo>=</mo><mn>4.2</mn><annotation encoding="application/x-tex">h = 4.2 tex</annotation></math></span>'
            '<span aria-hidden="true">h = 4.2 drawn</span></span>',
            "h=4.2",
        ),
    ],
    ids=["mathml", "mathml with a drawn copy"],
)
def test_formulas_are_text_once(markup: str, shown: str) -> None:
    found = lines(
        f"<p>The depth at the upper gate was {markup} metres, which the old bolts could not bear any longer, the report says.</p>"
    )
    assert f"The depth at the upper gate was {shown} metres, which the old bolts could not bear any longer, the report says." in found


def test_a_box_in_which_the_site_asks_readers_to_sign_up_goes_as_a_whole() -> None:
    box = '<div class="x1"><p class="k">The harbour, every morning at seven.</p><p class="k">Sign up for our free newsletter.</p></div>'
    assert lines(f"<p>{ENGLISH[1]}</p>", box).count("Sign up for our free newsletter.") == 0
    assert "The harbour, every morning at seven." not in lines(box)


def companions(markup: str, *found: str) -> list[str]:
    """The texts of what the blocks that were found have beside them."""
    placed = of_tree(document_fromstring(markup))
    chosen = {at for at, place in enumerate(placed) if place.text in found}
    taken = with_companions(chosen, placed, Surroundings(placed, chosen))
    return [placed[at].text for at in sorted(taken - chosen)]


def test_the_list_under_a_short_last_paragraph_stays() -> None:
    tips = "<p>What the police advise:</p><ul><li>Close every window</li><li>Tell a neighbour</li></ul><p>More from the station on the quay.</p>"
    markup = f"<div><p>{ENGLISH[0]}</p></div><div>{tips}</div>"
    found = (ENGLISH[0], "What the police advise:", "More from the station on the quay.")
    assert companions(markup, *found) == ["Close every window", "Tell a neighbour"]


def test_loose_text_before_the_first_paragraph_is_the_first() -> None:
    loose = "TARNHAVEN (HP) — The ferry will be laid up at the southern quay until its new owner has found a crew of nine for it."
    assert companions(f"<div>{loose}<p>{ENGLISH[0]}</p></div>", ENGLISH[0]) == [loose]
    assert companions(f"<div><div>{loose}</div><p>{ENGLISH[0]}</p></div>", ENGLISH[0]) == []


def test_a_section_with_a_picture_keeps_its_heading_and_paragraphs() -> None:
    said = "The ferry will be laid up at the southern quay until its new owner has found a crew of nine for it, which may take until the autumn."
    found = lines(f'<div class="img--right"><h2>What becomes of the ferry</h2><p>{said}</p></div>')
    assert {"What becomes of the ferry", said} <= set(found)


def test_an_entry_is_not_judged_by_the_names_of_its_tags() -> None:
    story = "".join(f"<p>{text}</p>" for text in ENGLISH)
    lead = "The town keeps its bridge, and drivers of lorries have to take the long way round."
    head = f'<div class="with-image post hentry tag-bridges"><h1>Old bridge stays open for another year</h1><p>{lead}</p></div>'
    markup = page((), head=f'<meta name="description" content="{lead}">')
    markup = markup.replace("<main><article><h1>Old bridge stays open for another year</h1>", f"{head}<main><article>")
    assert text_of(markup.replace("</article>", f"{story}</article>"))[0] == lead


@pytest.mark.parametrize(
    "box",
    [
        '<p class="shop-disclaimer">We may earn something where you buy over a link on this page, at no cost to you.</p>',
        '<p class="audio-player">The bridge in three minutes, read aloud.</p>',
        '<p>Le puede interesar esta historia del puente viejo: <a href="/news/ferry">Why the ferry stopped running in spring</a></p>',
        "<p>Lesezeit: 4 Minuten</p>",
    ],
)
def test_disclaimers_players_pointers_and_reading_times_go(box: str) -> None:
    assert lines(box) == list(ENGLISH)


@pytest.mark.parametrize("last", ["Published: 03.04.2020, 12:35", "Already a subscriber? You can log in here and read on."])
def test_dates_and_paywall_lines_at_the_end_go(last: str) -> None:
    assert text_of(page((*ENGLISH, last))) == list(ENGLISH)


def test_a_heading_at_which_the_text_is_cut_off_stays() -> None:
    story = "".join(f"<p>{text}</p>" for text in ENGLISH)
    assert text_of(page(()).replace("</article>", f"{story}<h3>What comes next?</h3></article>"))[-1] == "What comes next?"


@pytest.mark.parametrize("attribute", ['role="doc-endnotes"', 'class="footnotes"'])
def test_notes_under_an_article_are_its_own(attribute: str) -> None:
    note = "The town counted the boats above thirty tonnes alone."
    story = "".join(f"<p>{text}</p>" for text in ENGLISH)
    notes = f'<div {attribute}><ol><li id="n1"><p>{note} <a href="#r1">back</a></p></li></ol></div>'
    assert text_of(page(()).replace("</article>", f"{story}{notes}</article>"))[-1].startswith(note)

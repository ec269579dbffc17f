"""What belongs to an article though it looks like something else, and the reverse."""

from __future__ import annotations

import pytest

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Hints
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

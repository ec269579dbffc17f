"""What the usual search misses: pages of short lines, articles in broken nesting, hidden text, copies. No other text takes the article's place."""

from __future__ import annotations

import pytest
from lxml import html
from lxml.html import HtmlElement

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Article, Hints
from pipeline.extract.text.article_text import WHOLE_PAGE, main_text
from pipeline.settings import Extract
from tests.extract.pages import ENGLISH, JAPANESE, page

TITLE = "Old bridge stays open for another year"
SHORT = (
    "The old iron bridge stays open for another year.", "The council decided so late on Tuesday night.", "Engineers had warned that its bearings are worn.",
    "Traffic has doubled since the ferry stopped.", "Nine thousand cars were counted on one Monday.", "The mayor would rather mend it twice.",
    "Nineteen members voted with her, eleven did not.", "Two were absent from the hall.", "Work is to begin in March.",
    "The lanes will be closed one after the other.", "Buses can still reach the hospital, she said.", "Lorries have to take the motorway.",
    "It is a detour of twenty kilometres.", "The survey cost the town nine thousand crowns.", "It was paid for by the insurers.",
    "The engineers will report again in summer.",
)  # fmt: skip
CHINESE = (
    "老铁桥再开放一年，市议会周二晚间决定。",
    "工程师曾警告支座已经磨损。",
    "渡船停运后车流量翻了一番。",
    "支座工程将于三月开工。",
    "市长说宁可修两次也不愿关闭一次。",
    "投票结果为十九票对十一票。",
    "两名议员缺席会议。",
    "车道将依次关闭以便公交通行。",
)
LONG = "We use cookies to make this site work and to show advertising that suits you, and you can change your choices at any time in your settings."
BYLINE = '<div class="meta"><span>By Ada Quill</span> <time datetime="2026-05-08T16:20:00+02:00">8 May 2026, 16.20</time></div>'
OTHER_TEXTS = (
    f'<div id="cookie-banner"><p>{LONG}</p></div>',
    f'<div class="notice"><p>{LONG}</p></div>',
    f'<section class="related"><h2>More</h2><p>{LONG}</p></section>',
    f'<div class="author-box"><p>{LONG}</p></div>',
    f'<div class="comments"><p>{LONG}</p></div>',
    f'<div class="newsletter"><p>{LONG}</p></div>',
    f"<footer><p>{LONG}</p></footer>",
    f"<aside><p>{LONG}</p></aside>",
    f"<form><p>{LONG}</p></form>",
    f"<nav><p>{LONG}</p></nav>",
    f"<figure><img src=/b.jpg><figcaption>{LONG}</figcaption></figure>",
    f'<div class="teasers"><div class="card"><a href="/1"><h3>Ferry sold</h3></a><p>{LONG}</p></div></div>',
    f'<div role="dialog" class="modal"><p>{LONG}</p></div>',
)


def article(markup: str) -> Article:
    return extract(Page("https://post.example/town/bridge-stays-open", markup.encode(), "text/html; charset=utf-8"), Hints(), Extract())


def of(paragraphs: tuple[str, ...], after: str = "", *, head: str = "", join: str = "</p><p>") -> str:
    text = f"<div class=story><h1>{TITLE}</h1><p>{join.join(paragraphs)}</p></div>"
    typed = '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-05-08T16:20:00+02:00">'
    return (
        f"<html><head><title>{TITLE}</title>{typed}{head}</head><body><nav><a href=/>Home</a></nav><main>{text}</main>{after}</body></html>"
    )


@pytest.mark.parametrize("other", OTHER_TEXTS)
def test_the_only_long_paragraph_of_a_page_does_not_take_the_place_of_an_article_of_short_ones(other: str) -> None:
    assert article(of(SHORT, other)).text.splitlines() == list(SHORT)


@pytest.mark.parametrize("other", [text for text in OTHER_TEXTS if "notice" not in text])
def test_nor_of_an_article_in_a_script_that_says_more_with_fewer_characters(other: str) -> None:
    assert article(of(CHINESE, other)).text.splitlines() == list(CHINESE)


def test_verses_are_kept_line_by_line() -> None:
    assert article(of(SHORT[:8], OTHER_TEXTS[0], join="<br>\n")).text.splitlines() == list(SHORT[:8])


def test_a_news_flash_keeps_its_paragraphs_and_not_its_byline() -> None:
    markup = f"<article><h1>{TITLE}</h1>{BYLINE}<p>{ENGLISH[0]}</p><p>{SHORT[8]}</p></article>"
    teasers = "".join(f"<div class=card><a href=/{n}><h3>Story {n}</h3></a><p>{text[:70]}</p></div>" for n, text in enumerate(ENGLISH))
    typed = '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-05-08T16:20:00+02:00">'
    found = article(
        f"<html><head><title>{TITLE}</title>{typed}</head><body><main>{markup}</main><section class=related>{teasers}</section>{OTHER_TEXTS[0]}</body></html>"
    )
    assert found.text.splitlines() == [ENGLISH[0], SHORT[8]]


@pytest.mark.parametrize("tag", ["button", "aside", "nav", "footer", "dialog"])
def test_an_article_in_an_element_that_was_never_closed_is_found(tag: str) -> None:
    markup = page().replace("<main>", f"<div class=menu><{tag} class=opener>Menu</div><main>")
    assert article(markup).text.splitlines() == list(ENGLISH)


def test_a_margin_without_the_headline_stays_a_margin() -> None:
    margin = "".join(f"<p>{text} Another story says so.</p>" for text in ENGLISH)
    assert article(of(SHORT, f"<aside>{margin}</aside>")).text.splitlines() == list(SHORT)


def test_where_the_search_finds_something_else_the_whole_page_is_searched() -> None:
    about = "The council keeps the iron bridge open although engineers warned that its bearings are worn"
    choir = "Choirs from nine valleys sang on the square, and a jury of three gave them its prizes after a long evening of rain."

    def tree(*paragraphs: str) -> HtmlElement:
        return html.document_fromstring(f"<body><article>{''.join(f'<p>{text}</p>' for text in paragraphs)}</article></body>")

    def source(first: str, again: tuple[str, ...], told: str) -> str:
        return main_text(tree(first), title=TITLE, stated="", descriptions=(told,), afresh=lambda: tree(*again)).source

    assert source(choir, ENGLISH, about) == WHOLE_PAGE
    assert source(ENGLISH[0], ENGLISH, about) == "trafilatura"  # the first text is near enough
    assert source(choir, (choir, choir), about) == "trafilatura"  # the other is no nearer
    assert source(choir, ENGLISH, "") == WHOLE_PAGE  # the title alone tells


HIDDEN = (
    '<div style="display: none">{}</div>', "<div hidden>{}</div>", '<div style="visibility:hidden">{}</div>', '<div class="sr-only">{}</div>',
    '<div class="terms visually-hidden">{}</div>',
)  # fmt: skip


@pytest.mark.parametrize("box", HIDDEN)
def test_hidden_text_is_none_however_long(box: str) -> None:
    terms = "".join(
        f"<p>The operator may change clause {n} of these terms at any time without giving any notice or reason.</p>" for n in range(30)
    )
    assert article(of(ENGLISH[:2], box.format(terms))).text.splitlines() == list(ENGLISH[:2])


def test_an_article_that_is_hidden_until_a_reader_asks_for_more_is_kept() -> None:
    rest = "".join(f"<p>{text}</p>" for text in ENGLISH[1:])
    markup = page((ENGLISH[0],)).replace("</article>", f'<div style="display:none">{rest}</div></article>')
    assert ENGLISH[3] in article(markup).text


def test_copies_for_phones_and_desktops_are_kept_once() -> None:
    text = "".join(f"<p>{text}</p>" for text in (*ENGLISH[:3], SHORT[7], *ENGLISH[3:]))
    markup = page(()).replace("</article>", f'<div class="desktop-only">{text}</div><div class="mobile-only">{text}</div></article>')
    assert article(markup).text.splitlines() == [*ENGLISH[:3], SHORT[7], *ENGLISH[3:]]


def test_headings_that_link_to_themselves_are_kept() -> None:
    heading = '<h2 id="w"><a href="#w">What the engineers found in spring</a></h2>'
    markup = page().replace(f"<p>{ENGLISH[2]}", f"{heading}<p>{ENGLISH[2]}")
    assert "What the engineers found in spring" in article(markup).text.splitlines()


def test_readings_beside_characters_are_no_part_of_the_word_and_no_second_copy() -> None:
    first, *rest = JAPANESE
    shown = first.replace("鉄橋", "<ruby>鉄橋<rp>（</rp><rt>てっきょう</rt><rp>）</rp></ruby>")
    text = extract(
        Page("https://www.harbourpost.example/a.html", page((shown, *rest), lang="ja").encode(), "text/html; charset=utf-8"),
        Hints(),
        Extract(),
    ).text
    assert text.split("\n") == list(JAPANESE)

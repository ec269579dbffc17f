"""Blocks: what a tree's text becomes, plain and as Markdown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.extract.html.blocks import cut, of_lines, of_markup
from pipeline.extract.html.markdown import document
from pipeline.extract.html.model import Block, plain


def kinds(markup: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in of_markup(markup)]


def marked(markup: str) -> str:
    return document(of_markup(markup))


def test_each_block_of_markup_is_a_line_of_text() -> None:
    markup = "<h2>What  is planned</h2><p>First <b>bold</b> line,\nstill it.</p>loose<ul><li>one</li><li>two</li></ul><blockquote><p>said</p></blockquote>"
    assert kinds(markup) == [
        ("heading", "What is planned"), ("paragraph", "First bold line, still it."), ("paragraph", "loose"), ("item", "one"), ("item", "two"), ("quote", "said"),
    ]  # fmt: skip
    assert marked(markup) == "## What is planned\n\nFirst **bold** line, still it.\n\nloose\n\n- one\n- two\n\n> said"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<ol><li>one</li><li>two<ul><li>in two</li></ul></li><li>three</li></ol>", "1. one\n2. two\n  - in two\n3. three"),
        ("<ul><li><p>one</p><p>still one</p></li><li>two</li></ul>", "- one\n\n  still one\n- two"),
        ("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\n\nc"),
        ("<table><tr><th>Year</th><th>Cars</th></tr><tr><td>2025</td><td>9,000</td></tr></table>", "| Year | Cars |\n| --- | --- |\n| 2025 | 9,000 |"),
        ("<table><tr><td>a|b</td><td></td></tr></table>", "| a\\|b |  |\n| --- | --- |"),
        ("<table><tr><td><p>One.</p><p>Two.</p></td><td><div>Three.</div></td></tr></table>", "One.\n\nTwo.\n\nThree."),
        ("<pre>if x:\n    y()\n</pre>", "```\nif x:\n    y()\n```"),
        ("<p>a<br>b</p>", "a\n\nb"),
        ("<p>so <em>very </em>new, <i></i><b><b>twice</b></b></p>", "so *very* new, **twice**"),
        ("<i>begins<div>and goes on</div></i>", "*begins*\n\n*and goes on*"),
        ("<p># no heading</p><p>- no item</p><p>12. no item</p><p>&gt; no quote</p>", "\\# no heading\n\n\\- no item\n\n12\\. no item\n\n\\> no quote"),
        ("<p>2 * 3 [x] snake_case _so_ &lt;b&gt; 1 &lt; 2</p>", "2 \\* 3 \\[x\\] snake_case \\_so\\_ \\<b> 1 < 2"),
        ("<h3><b>Bold</b> heading</h3>", "### Bold heading"),
        ("<p>a</p><script>no()</script><style>no{}</style><p>b</p>", "a\n\nb"),
    ],
)  # fmt: skip
def test_markdown(markup: str, expected: str) -> None:
    assert marked(markup) == expected


def test_plain_text_is_a_paragraph_for_each_line() -> None:
    assert (
        of_markup("one\n\n  two  \n")
        == of_lines(["one", "", "two"])
        == (Block("paragraph", "one", "one"), Block("paragraph", "two", "two"))
    )


@pytest.mark.parametrize(
    "text",
    ["市議会は火曜日の夜遅く、古い鉄橋をもう一年間開放し続けることを決めた。", "قررت البلدية ليلة الثلاثاء إبقاء الجسر مفتوحا لعام آخر.",
     "नगर परिषद ने मंगलवार को पुराने पुल को एक और साल खुला रखने का निर्णय लिया।", "ஆற்றின் மேல் பழைய பாலம்", "عدد \u2067ABC\u2069 و \u200f123", "क्‍ष ကျွန်ုပ် ไทย"],
)  # fmt: skip
def test_scripts_and_their_invisible_signs_come_through(text: str) -> None:
    assert plain(of_markup(f"<div><p>{text}</p></div>")) == plain(of_markup(text)) == text


def test_what_postgres_refuses_does_not() -> None:
    assert of_lines(["a\x00b \ud800c\x0bd"]) == (Block("paragraph", "ab cd", "ab cd"),)


def test_a_cut_text_ends_at_the_limit() -> None:
    blocks = of_lines(["12345", "67890", "x"])
    assert plain(cut(blocks, 8)) == "12345\n67"
    assert plain(cut(blocks, 5)) == "12345"
    assert cut(blocks, 100) == blocks


@pytest.mark.parametrize("opening", ["<blockquote>", "<ul><li>", "<b><i>", "<table><tr><td>", "<div>"])
def test_deep_nesting_is_read(opening: str) -> None:
    assert plain(of_markup(opening * 300 + "deep")) == "deep"


@given(st.lists(st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<li>", "<ul>", "</ul>", "<tr>", "<td>", "</table>", "<table>", "<pre>", "</pre>", "<h2>", "word ", "\n", "*", "|", "<br>", "<blockquote>", "</blockquote>"]), max_size=60))  # fmt: skip
@example(["<tr>", "<li>", "<td>", "word ", "<tr>"])
def test_any_markup_keeps_its_words_once(parts: list[str]) -> None:
    blocks = of_markup("<i></i>" + "".join(parts))
    assert plain(blocks).count("word") == parts.count("word ")
    assert all(block.text and "\n" not in block.text + block.markdown for block in blocks)

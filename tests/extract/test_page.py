from __future__ import annotations

import pytest

from pipeline.extract.html.model import Page
from pipeline.extract.html.page import parse, to_utf8
from tests.extract.pages import GERMAN, JAPANESE, RUSSIAN

META = '<meta charset="{}">'
GERMAN_TEXT, RUSSIAN_TEXT, JAPANESE_TEXT = (" ".join(t) for t in (GERMAN, RUSSIAN, JAPANESE))


@pytest.mark.parametrize(
    ("text", "encoding", "content_type", "meta"),
    [
        (GERMAN_TEXT, "utf-8", "text/html", ""),
        (GERMAN_TEXT, "utf-8", "text/html; charset=ascii", ""),
        (GERMAN_TEXT, "utf-8", "text/html; charset=iso-8859-1", "windows-1252"),
        (GERMAN_TEXT, "utf-8-sig", "text/html; charset=latin1", ""),
        (GERMAN_TEXT, "utf-16", "text/html; charset=utf-8", ""),
        (GERMAN_TEXT, "utf-16-le", "text/html; charset=utf-16le", ""),
        (GERMAN_TEXT, "cp1252", "text/html; charset=iso-8859-1", ""),
        (GERMAN_TEXT, "cp1252", "text/html; charset=utf-8", "windows-1252"),
        (GERMAN_TEXT, "cp1252", "text/html; charset=no-such-charset", "windows-1252"),
        (GERMAN_TEXT, "cp1252", "text/html; charset=punycode", "windows-1252"),
        (RUSSIAN_TEXT, "cp1251", "text/html", "windows-1251"),
        (RUSSIAN[0], "koi8-r", 'text/html; charset="koi8-r"', ""),
        (RUSSIAN_TEXT, "cp1251", "text/html", ""),
        (JAPANESE_TEXT, "cp932", "text/html", "Shift_JIS"),
        (JAPANESE_TEXT, "euc-jp", "text/html; charset=euc-jp", ""),
        (JAPANESE_TEXT, "iso2022-jp", "text/html; charset=iso-2022-jp", ""),
    ],
)
def test_every_encoding_comes_out_as_utf8(text: str, encoding: str, content_type: str, meta: str) -> None:
    body = f"<html><head>{META.format(meta) if meta else ''}</head><body><p>{text}</p></body></html>".encode(encoding)
    assert text in to_utf8(body, content_type)[0].decode()


def test_a_damaged_utf8_page_is_still_utf8() -> None:
    body = GERMAN_TEXT.encode() * 10 + b"\xff" + GERMAN_TEXT.encode()
    text, encoding = to_utf8(body, "text/html; charset=utf-8")
    assert encoding == "utf-8"
    assert text.decode().count("\ufffd") == 1


@pytest.mark.parametrize("reference", ["&#0;", "&#1;", "&#x1F;", "&#31", "&#65535;", "&#xFFFE;", "\x00", "\x1b", "\uffff"])
def test_forbidden_characters_are_taken_out(reference: str) -> None:
    assert to_utf8(f"<p>a{reference} b</p>".encode(), "text/html")[0] == b"<p>a b</p>"


@pytest.mark.parametrize("reference", ["&#9;", "&#10;", "&#100;", "&#x1F4A9;", "&#x10;".replace("10", "A0"), "&#310;", "&amp;"])
def test_other_references_are_left_alone(reference: str) -> None:
    assert to_utf8(f"<p>a{reference}</p>".encode(), "text/html")[0] == f"<p>a{reference}</p>".encode()


def test_relative_links_resolve_against_the_base_element() -> None:
    document = parse(
        Page("https://a.example/x", b'<html><head><base href="https://b.example/y/"></head><body>t</body></html>', "text/html")
    )
    assert (document.url, document.base) == ("https://a.example/x", "https://b.example/y/")


def test_comments_and_instructions_are_not_in_the_tree() -> None:
    document = parse(
        Page(
            "https://a.example/x",
            b'<?xml version="1.0" encoding="koi8-r"?><html><body><!-- c --><?php x ?><p>t</p></body></html>',
            "text/html",
        )
    )
    assert all(isinstance(element.tag, str) for element in document.tree.iter())


def test_a_tree_that_was_taken_and_changed_is_read_anew() -> None:
    document = parse(Page("https://a.example/x", "<html><body><nav>m</nav><p>ä</p></body></html>".encode(), "text/html"))
    taken = document.take()
    for menu in taken.iter("nav"):
        menu.getparent().remove(menu)
    assert [element.tag for element in document.tree.iter()] == ["html", "body", "nav", "p"]
    assert document.tree is document.tree
    assert document.tree.text_content() == "mä"


def test_an_element_with_absurdly_many_attributes_has_none() -> None:
    many = " ".join(f'a{n}="<"' for n in range(300))
    document = parse(Page("https://a.example/x", f"<html><body><p {many}>t</p><p class=x>u</p></body></html>".encode(), "text/html"))
    assert [dict(p.attrib) for p in document.tree.iter("p")] == [{}, {"class": "x"}]

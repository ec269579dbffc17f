"""E-mail and pages saved as MHTML: the headers as statements, the part that has the article, faults of charsets."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from pipeline.documents.model import Opened
from pipeline.documents.opening import open_file
from pipeline.extract.extraction import extract
from pipeline.extract.model import Article, Hints
from pipeline.outcomes import Failure
from pipeline.settings import Extract, Files
from tests.documents import pdfs, saved

NAME = "ni:///sha-256;" + "A" * 43
TEXT = "\n\n".join(saved.BODY)
PAGE = f"<html><head><title>{saved.TITLE}</title></head><body><article><h1>{saved.TITLE}</h1>{''.join(f'<p>{p}</p>' for p in saved.BODY)}</article></body></html>"
HTML = f"<html><body><div style='display: none'>The line beside the subject</div><h1>{saved.TITLE}</h1>" + "".join(f"<p>{p}</p>" for p in saved.BODY) + "<p>Unsubscribe | View in browser</p></body></html>"  # fmt: skip
SENT = "Fri, 14 Mar 2025 10:15:00 +0100"


def message(text: str = "", html: str = "", **headers: str) -> EmailMessage:
    said = {"From": "Marta Lindqvist from Coastal Review <desk@coast.example>", "Subject": saved.TITLE, "Date": SENT} | headers
    found = EmailMessage()
    for name, value in said.items():
        found[name.replace("_", "-")] = value
    if text:
        found.set_content(text)
    if html and text:
        found.add_alternative(html, subtype="html")
    elif html:
        found.set_content(html, subtype="html")
    return found


def opened(body: bytes | EmailMessage) -> Opened:
    return open_file(NAME, bytes(body) if isinstance(body, EmailMessage) else body, "message/rfc822", Files())


def article(body: bytes | EmailMessage) -> Article:
    found = opened(body)
    return extract(found.page, Hints(), Extract(), text=found.text)


@pytest.mark.parametrize(
    "found",
    [
        message(TEXT),
        message(html=HTML),
        message("See the HTML part.", HTML),
        message(TEXT, "<p>Your program shows no HTML.</p>"),
        message(TEXT, Subject=f"Fwd: [Coast] Re: {saved.TITLE}"),
        message(f"{TEXT}\n\n-- \nMarta Lindqvist\nCoastal Review, Harbour Street 1"),
    ],
    ids=["plain", "html", "both", "html is empty", "marks before the subject", "signature"],
)
def test_a_message_is_an_article_with_what_its_headers_state(found: EmailMessage) -> None:
    got = article(found)
    assert (got.title, got.authors, got.site_name) == (saved.TITLE, ("Marta Lindqvist",), "Coastal Review")
    assert got.published_at == datetime(2025, 3, 14, 9, 15, tzinfo=UTC)
    assert got.text.split("\n") == list(saved.BODY)


@pytest.mark.parametrize(
    ("headers", "authors", "site"),
    [
        ({"From": "Marta Lindqvist <m@coast.example>"}, ("Marta Lindqvist",), ""),
        ({"From": '"Coastal Review Daily" <news@coast.example>', "List-Id": "<daily.coast.example>"}, (), "Coastal Review Daily"),
        ({"From": "news@coast.example", "List-Unsubscribe": "<https://coast.example/u>"}, (), "coast.example"),
        ({"From": "=?utf-8?q?M=C3=A4rta_Lindqvist?= <m@coast.example>"}, ("Märta Lindqvist",), ""),
        ({"From": "Marta Lindqvist <marta.lindqvist@letters.example>", "List-Id": "<m.letters.example>"}, ("Marta Lindqvist",), ""),
        ({"From": "broken <<<"}, (), ""),
    ],
)
def test_senders(headers: dict[str, str], authors: tuple[str, ...], site: str) -> None:
    raw = "".join(f"{name}: {value}\r\n" for name, value in ({"Subject": saved.TITLE, "Date": SENT} | headers).items())
    got = article(f"{raw}\r\n{TEXT}".encode())
    assert (got.title, got.authors, got.site_name) == (saved.TITLE, authors, site)


def test_a_message_that_was_sent_on_is_the_one_inside() -> None:
    inner = f"From: Marta Lindqvist <m@coast.example>\nDate: {SENT}\nSubject: {saved.TITLE}\nTo: desk@coast.example\n\n{TEXT}"
    got = article(message(f"Worth reading.\n\n---------- Forwarded message ---------\n{inner}", From="A Reader <r@x.example>", Subject="Fwd: look", Date="Mon, 4 Aug 2025 08:00:00 +0000"))  # fmt: skip
    assert (got.title, got.authors, got.published_at) == (saved.TITLE, ("Marta Lindqvist",), datetime(2025, 3, 14, 9, 15, tzinfo=UTC))
    assert got.text.split("\n") == list(saved.BODY)


def cell(content: str) -> str:
    return f'<table role="presentation" width="100%"><tr><td>{content}</td></tr></table>'


def test_a_newsletter_in_tables_comes_out_without_its_buttons_and_its_footer() -> None:
    cells = [
        "<a href='https://x.example/view'>View in browser</a>", "<img src='https://x.example/logo.png' alt='Coastal Review'>", f"<h1>{saved.TITLE}</h1>",
        "By Marta Lindqvist | March 14, 2025", *(f"<p>{text}</p>" for text in saved.BODY), "<a href=/s>Share</a> &nbsp; <a href=/c>Comment</a>",
        "You received this e-mail because you signed up at coast.example. <a href=/u>Unsubscribe</a>", "Coastal Review, Harbour Street 1, Port Ellary", "© 2025 Coastal Review",
    ]  # fmt: skip
    html = f"<html><body><span style='display:none !important'>Hidden line</span><table><tr><td>{''.join(map(cell, cells))}</td></tr></table></body></html>"
    got = article(message(html=html, From="Coastal Review <news@coast.example>", List_Id="<daily.coast.example>"))
    assert (got.title, got.authors, got.site_name) == (saved.TITLE, ("Marta Lindqvist",), "Coastal Review")
    assert got.text.split("\n") == list(saved.BODY)
    assert got.published_at == datetime(2025, 3, 14, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize("what", ["message", "pdf", "page"])
def test_what_is_attached_is_the_article_where_the_message_itself_says_little(what: str) -> None:
    outer = message("Please keep this one.", Subject="For the archive")
    if what == "message":
        outer.add_attachment(message(TEXT))
    elif what == "pdf":
        outer.add_attachment(pdfs.set_in_type(pdfs.article()), maintype="application", subtype="octet-stream", filename="Ferries.PDF")
    else:
        outer.add_attachment(PAGE, subtype="html", filename="ferries.html")
    got = article(outer)
    assert (got.title, got.text.split("\n")) == (saved.TITLE, list(saved.BODY))


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8", "x-unknown", "us-ascii", ""])
def test_faults_of_charsets(charset: str) -> None:
    said = "La préfète a déjà répondu à la question : où sont passés les élèves du collège, et à quel prix leurs mères les ont-elles laissés là-bas ?"
    kind = f"Content-Type: text/plain; charset={charset}\r\n" if charset else ""
    body = f"Subject: {saved.TITLE}\r\nMIME-Version: 1.0\r\n{kind}Content-Transfer-Encoding: 8bit\r\n\r\n{said}\r\n\r\n{saved.BODY[0]}"
    encoding = charset if charset in ("iso-8859-1", "windows-1252") else "utf-8"
    assert article(body.encode(encoding)).text.split("\n") == [said, saved.BODY[0]]


def test_a_page_that_a_browser_saved_is_the_page_at_its_address() -> None:
    url = "https://coast.example/2025/ferries"
    outer = message(From="<Saved by a browser>", Subject=saved.TITLE, Snapshot_Content_Location=url)
    outer.set_content(PAGE, subtype="html")
    outer.make_related()
    found = open_file(NAME, bytes(outer), "multipart/related", Files())
    assert (found.page.url, found.text) == (url, "")
    got = extract(found.page, Hints(), Extract())
    assert (got.title, got.text.split("\n"), got.published_at) == (saved.TITLE, list(saved.BODY), None)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"just some words\n\nand more of them", "unsupported_type"),
        (b"\xff\xfe\x00" * 50, "unsupported_type"),
        (b"Subject: nothing\r\n\r\n", "no_content"),
        (b"Subject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--x--", "no_content"),
        (b"Subject: " + b"=?utf-8?b?!!!?=" * 50 + b"\r\nDate: \x00\r\nFrom: @@,;<>\r\n\r\nx", "no_content"),
        (b"Content-Type: message/rfc822\r\nSubject: a\r\n\r\n" * 50, "no_content"),
    ],
)  # fmt: skip
def test_what_holds_no_article_fails_with_its_code(body: bytes, code: str) -> None:
    with pytest.raises(Failure) as failure:
        opened(body)
    assert failure.value.code == code


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed; boundary=x"])
def test_messages_nested_a_thousand_deep_are_refused_with_a_code(kind: str) -> None:
    part = f"--x\nContent-Type: {kind}\n\n" if "multipart" in kind else f"Content-Type: {kind}\n\n"
    with pytest.raises(Failure) as caught:
        opened(f"From: a@b.example\nContent-Type: {kind}\n\n{part * 1000}{TEXT}".encode())
    assert caught.value.code == "unsupported_type"


def test_messages_nested_as_deep_as_is_read_end_with_a_code_and_no_error() -> None:
    body = "From: a@b.example\n" + "Content-Type: message/rfc822\n\n" * 190 + f"Subject: {saved.TITLE}\n\n{TEXT}"
    with pytest.raises(Failure) as caught:
        opened(body.encode())
    assert caught.value.code == "no_content"


def test_long_headers_are_cut_and_the_article_is_read() -> None:
    subject = saved.TITLE + " =?utf-8?q?a?=" * 5000
    got = article(f"From: {'a,' * 20_000}\nSubject: {subject}\nDate: {SENT}\n\n{TEXT}".encode())
    assert got.title.startswith(saved.TITLE[:20])
    assert got.text.endswith(saved.BODY[-1])


def test_a_charset_that_is_never_meant_is_not_used() -> None:
    got = article(f"From: a@b.example\nSubject: {saved.TITLE}\nContent-Type: text/plain; charset=punycode\n\n{TEXT}".encode())
    assert got.text.endswith(saved.BODY[-1])


def test_a_message_that_was_sent_on_is_found_behind_thousands_of_empty_lines() -> None:
    body = "\n" * 30_000 + "---------- Forwarded message ---------\n-----\nFrom: Ann Ash <ann@a.example>\n" + "\n" * 30_000 + TEXT
    got = article(f"From: me@b.example\nSubject: Fwd: x\n\n{body}".encode())
    assert (got.authors, got.text.endswith(saved.BODY[-1])) == (("Ann Ash",), True)

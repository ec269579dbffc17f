"""PDFs: printed pages read in order, whole paragraphs, header fields, and a stated end for those that give no article."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.documents.kinds import media_type
from pipeline.documents.layout import Line, read
from pipeline.documents.model import Opened
from pipeline.documents.opening import open_file
from pipeline.extract.extraction import extract
from pipeline.extract.model import Article, Hints
from pipeline.outcomes import Failure
from pipeline.settings import Extract, Files
from tests.documents import pdfs, saved

NAME = "ni:///sha-256;" + "A" * 43
RUNNING_HEAD = "Coastal Review – the paper of the coast"
LONG = (10.0, " ".join(saved.BODY))
# The trailer of a file that was locked with a password, which is not the empty one.
LOCKED = "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >>".format("ab" * 32)
BLANK = pdfs.pdf([[], []])


def opened(body: bytes, settings: Files | None = None) -> Opened:
    return open_file(NAME, body, "application/pdf", settings or Files())


def article(body: bytes) -> Article:
    found = opened(body)
    return extract(found.page, Hints(), Extract(), text=found.text)


def test_a_printed_article_comes_out_with_its_fields_and_its_text_alone() -> None:
    body = pdfs.set_in_type(pdfs.article(), head=RUNNING_HEAD, foot="https://coast.example/2025/ferries  #/2")
    assert body.count(b"-) Tj") > 3  # words are parted at the ends of lines
    found = article(body)
    assert (found.title, found.authors, found.site_name) == (saved.TITLE, ("Marta Lindqvist",), "Coastal Review")
    assert found.published_at == datetime(2025, 3, 14, tzinfo=UTC)
    assert found.tags == ("Northern Isles & Sounds", "Mainland", "Shipping", "FERRY WATCH", "PIERS", "BERTHS")
    assert found.text.split("\n") == list(saved.BODY)
    assert opened(body).page.url == "https://coast.example/2025/ferries"


def test_a_word_parted_over_two_pages_is_whole_and_the_running_head_is_gone() -> None:
    first = [
        (72, 810, 8, RUNNING_HEAD),
        (72, 780, 20, "Ferry company leaves the isles"),
        (72, 700, 10, "The council of the isles is set to lose the ferry com-"),
    ]
    second = [(72, 810, 8, RUNNING_HEAD), (72, 780, 10, "pany because of a long quarrel over co-operation and piers."), (72, 20, 8, "2")]  # fmt: skip
    assert opened(pdfs.pdf([first, second])).text == "The council of the isles is set to lose the ferry company because of a long quarrel over co-operation and piers."  # fmt: skip


@pytest.mark.parametrize(
    ("info", "title", "authors", "published"),
    [
        ({"Title": "Microsoft Word - final_v3.docx", "Author": "user1"}, "Ferry company leaves the isles", (), None),
        ({"Title": "Ferry company leaves the isles - Coastal Review"}, "Ferry company leaves the isles", (), None),
        ({"Title": "Another document that was the template"}, "Ferry company leaves the isles", (), None),
        ({"Author": "Marta Lindqvist", "CreationDate": "D:20250314101500+01'00'", "Creator": "Layout 9"}, "Ferry company leaves the isles", ("Marta Lindqvist",), datetime(2025, 3, 14, tzinfo=UTC)),
        ({"CreationDate": "D:20260801101500Z", "Producer": "Skia/PDF m140", "Creator": "Mozilla/5.0"}, "Ferry company leaves the isles", (), None),
    ],
)  # fmt: skip
def test_what_the_document_says_of_itself_only_helps(
    info: dict[str, str], title: str, authors: tuple[str, ...], published: datetime | None
) -> None:
    lines = [
        (72.0, 780.0, 20.0, "Ferry company leaves the isles"),
        *((72.0, 740 - 12 * n, 10.0, text) for n, text in enumerate(saved.BODY)),
    ]
    found = article(pdfs.pdf([lines], info))
    assert (found.title, found.authors, found.published_at) == (title, authors, published)


def test_the_papers_name_in_larger_letters_is_not_the_headline() -> None:
    lines = [
        (72.0, 800.0, 36.0, "Coastal Review"),
        (72.0, 740.0, 18.0, "Ferry company leaves the isles"),
        (72.0, 700.0, 10.0, saved.BODY[0]),
    ]
    assert article(pdfs.pdf([lines])).title == "Ferry company leaves the isles"


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (BLANK, "no_content", "2 pages and no text"),
        (pdfs.pdf([[(72, 700, 10, "Only a line")]]), "no_content", "no article text"),
        (pdfs.pdf([[(72, 700, 10, saved.BODY[0])]], extra=LOCKED), "unsupported_type", "password"),
        (b"%PDF-1.7\n" + b"rubbish " * 100, "unsupported_type", "broken"),
        (b"%PDF-", "unsupported_type", "broken"),
    ],
    ids=["scanned", "line", "locked", "broken", "cut"],
)
def test_a_pdf_without_an_article_fails_with_its_code_and_a_sentence(body: bytes, code: str, says: str) -> None:
    with pytest.raises(Failure) as failure:
        opened(body)
    assert failure.value.code == code
    assert says in failure.value.detail


@pytest.mark.parametrize(
    ("settings", "program", "code"),
    [
        (Files(pdf_max_memory_mib=16), "", "extract_memory"),
        (Files(pdf_time_limit_s=1), "import time; time.sleep(60)", "extract_timeout"),
        (Files(), "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "extract_timeout"),
        (Files(), "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "extract_crashed"),
    ],
    ids=["memory", "clock", "CPU", "crash"],
)
def test_a_child_that_takes_too_much_ends_and_nothing_else_does(
    settings: Files, program: str, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if program:
        (tmp_path / "child.py").write_text(program)
        monkeypatch.setattr("pipeline.documents.pdf.CHILD", tmp_path / "child.py")
    with pytest.raises(Failure) as failure:
        opened(pdfs.set_in_type([LONG]), settings)
    assert failure.value.code == code


def test_a_small_pdf_that_grows_to_a_large_one_needs_too_much_memory() -> None:
    with pytest.raises(Failure, match="64 MiB") as failure:
        opened(pdfs.swollen(900), Files(pdf_max_memory_mib=64))
    assert failure.value.code == "extract_memory"


def test_pages_over_the_limit_are_left_out_and_said() -> None:
    body = pdfs.set_in_type(pdfs.article(), rows=20)
    found = opened(body, Files(max_pages=2))
    assert found.flags == ("pages_cut",)
    assert saved.BODY[-1] not in found.text


def lines_of(*rows: tuple[float, float, float, str]) -> list[Line]:
    """Lines of (left, bottom, size, text), letters half as wide as high."""
    return [Line(left, bottom, left + len(text) * size / 2, size, text) for left, bottom, size, text in rows]


FULL = "a line of the text that fills the whole width of its column"


@pytest.mark.parametrize(
    ("rows", "paragraphs"),
    [
        ([(72, 700, 10, FULL), (72, 688, 10, FULL), (72, 660, 10, "Then")], 2),  # a gap
        ([(72, 700, 10, FULL), (84, 688, 10, FULL), (72, 676, 10, FULL)], 2),  # an indent
        ([(84, 700, 10, FULL), (72, 688, 10, FULL), (72, 676, 10, FULL)], 1),
        ([(72, 700, 10, FULL), (72, 688, 10, "ends here."), (72, 676, 10, FULL)], 2),  # a short line
        ([(72, 700, 14, FULL[:40]), (72, 684, 10, FULL), (72, 672, 10, FULL)], 2),  # another size
        ([(72, 100, 10, FULL), (320, 700, 10, FULL), (320, 688, 10, FULL)], 2),  # the next column
        ([], 0),
    ],
)
def test_where_paragraphs_begin(rows: list[tuple[float, float, float, str]], paragraphs: int) -> None:
    (page,) = read([lines_of(*rows)]).pages
    assert page.count("") == paragraphs


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.pdf", b"\n\n%PDF-1.7", "application/pdf"),
        ("a.html", b"%PDF-1.7", "application/pdf"),
        ("a.EML", b"Subject: x\n\nx", "message/rfc822"),
        ("a.mhtml", b"MIME-Version: 1.0\n\nx", "multipart/related"),
    ],
)
def test_kinds_of_files(name: str, body: bytes, kind: str) -> None:
    assert media_type(name, body) == kind


def test_a_file_that_is_only_called_a_pdf_is_refused() -> None:
    with pytest.raises(Failure, match="not one"):
        media_type("a.pdf", b"<html>")

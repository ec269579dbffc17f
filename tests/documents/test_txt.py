"""Saved texts: head and closing lines read, paragraphs whole, nothing of the site's boilerplate left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.documents.opening import open_file
from pipeline.extract.extraction import extract
from pipeline.extract.model import Article, Hints
from pipeline.outcomes import Failure
from pipeline.settings import Extract, Files
from tests.documents import saved

NAME = "ni:///sha-256;" + "A" * 43


def article(text: str | bytes) -> Article:
    opened = open_file(NAME, text if isinstance(text, bytes) else text.encode(), "text/plain", Files())
    return extract(opened.page, Hints(), Extract(), text=opened.text)


@pytest.mark.parametrize(
    "text",
    [saved.text(), saved.wrapped(), saved.wrapped(60), saved.text().replace("\n", "\r\n")],
    ids=["lines", "wrapped", "narrow", "crlf"],
)
def test_a_saved_article_comes_out_with_its_fields_and_its_text_alone(text: str) -> None:
    found = article(text)
    assert found.title == saved.TITLE
    assert found.authors == ("Marta Lindqvist",)
    assert found.published_at == datetime(2025, 3, 14, tzinfo=UTC)
    assert found.site_name == "Coastal Review"
    assert found.tags == ("Northern Isles & Sounds", "Mainland", "Shipping", "FERRY WATCH", "PIERS", "BERTHS")
    assert found.text.split("\n") == list(saved.BODY)
    assert [words for words in saved.FURNITURE if words in found.text] == []
    assert found.language == "en"
    assert {found.sources[field] for field in ("title", "authors", "published_at", "site_name", "tags", "text")} == {"file"}
    assert (found.original_publisher, found.sources["original_publisher"]) == ("Isles Dispatch", "text")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_found(encoding: str) -> None:
    said = "La préfète a déjà répondu à la question : où sont passés les élèves du collège, et à quel prix leurs mères les ont-elles laissés là-bas ?"
    found = article(f"{saved.TITLE}\n\n{said}\n\n{saved.BODY[1]}".encode(encoding))
    assert found.text.split("\n") == [said, saved.BODY[1]]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Author: Ann Ash and Bo Beech", "authors", ("Ann Ash", "Bo Beech")),
        ("By Ann Ash, The River Post", "authors", ("Ann Ash", "The River Post")),
        ("By Ann Ash | March 14, 2025", "authors", ("Ann Ash",)),
        ("By Ann Ash | March 14, 2025", "published_at", datetime(2025, 3, 14, tzinfo=UTC)),
        ("By Ann Ash on 14 March 2025 10:30 UTC", "published_at", datetime(2025, 3, 14, 10, 30, tzinfo=UTC)),
        ("Published: 14 March 2025", "published_at", datetime(2025, 3, 14, tzinfo=UTC)),
        ("2025-03-14 10:30 UTC", "published_at", datetime(2025, 3, 14, 10, 30, tzinfo=UTC)),
        ("The River Post – March 14, 2025", "site_name", "The River Post"),
        ("Publisher: The River Post", "site_name", "The River Post"),
        ("Tags: water; rivers", "tags", ("water", "rivers")),
        ("Topics:\n\nRivers, Water", "tags", ("Rivers", "Water")),
    ],
)
def test_lines_of_the_head(line: str, field: str, value: object) -> None:
    assert getattr(article(f"{saved.TITLE}\n\n{line}\n\n" + "\n\n".join(saved.BODY)), field) == value


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("https://river.example/2025/03/ferries", "https://river.example/2025/03/ferries"),
        ("URL: https://river.example/2025/03/ferries", "https://river.example/2025/03/ferries"),
        ("https://river.example/", NAME),
        ("Nothing of that kind", NAME),
    ],
)
def test_the_articles_own_address_is_taken_from_the_text(line: str, url: str) -> None:
    assert open_file(NAME, f"{saved.TITLE}\n\n{line}\n\n{saved.BODY[0]}".encode(), "text/plain", Files()).page.url == url


def test_a_text_without_a_head_is_a_title_and_a_body() -> None:
    found = article(saved.TITLE + "\n\n" + "\n\n".join(saved.BODY[:3]))
    assert (found.title, found.authors, found.published_at, found.site_name) == (saved.TITLE, (), None, "")
    assert found.text.split("\n") == list(saved.BODY[:3])


def test_a_body_that_speaks_of_sharing_and_of_copyright_stays_whole() -> None:
    body = [
        *saved.BODY[:2],
        "She told the court that the copyright of the plans was hers.",
        "The council may share this burden with the ministry.",
        *saved.BODY[4:],
    ]
    assert article(saved.TITLE + "\n\n" + "\n\n".join(body)).text.split("\n") == body


@pytest.mark.parametrize("text", ["", "   \n\n", saved.HEAD, "Only a title", "*\n\n***\n\n\f\f"])
def test_a_text_without_an_article_fails_with_its_code(text: str) -> None:
    with pytest.raises(Failure) as failure:
        article(text)
    assert failure.value.code == "no_content"

"""`newsmill show`."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from pipeline.extract.html.blocks import of_markup
from pipeline.extract.model import Dropped
from tests.cli.articles.exported import FIELDS
from tests.cli.conftest import TEXT, Newsmill, ended, stored

URL = "https://a.example/1"


def test_show_prints_the_article(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, URL)
    by_number, by_url = stack("show", str(number)), stack("show", URL)
    assert by_number == by_url
    assert by_number.out.endswith(f"\n\n{TEXT}\n")
    assert "authors:   Ann Ash; Bo Beech" in by_number.out


def test_show_as_json(stack: Newsmill, conn: psycopg.Connection) -> None:
    (found,) = stack("show", str(stored(conn, URL)), "--json").objects
    assert list(found) == FIELDS
    assert found["sources"] == {"title": "json-ld"}


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"published_precision": "day"}, "published: 2026-11-20 site:"),
        ({"published_precision": "zone_assumed"}, "UTC assumed"),
        ({"original_publisher": "Isles Dispatch", "original_url": "https://isles.example/1"}, "first at:   Isles Dispatch https://isles.example/1"),
        ({"agencies": ("AFP",)}, "agencies:   AFP"),
        ({"section": "Town"}, "section:    Town"),
        ({"licence": "https://creativecommons.org/licenses/by/4.0/"}, "licence:    https://creativecommons.org/licenses/by/4.0/"),
        ({"access": "paid"}, "access:     paid"),
        ({"image_url": "https://a.example/i.jpg", "image_width": 1200, "image_height": 675}, "i.jpg (1200 × 675)"),
    ],
)  # fmt: skip
def test_show_says_what_is_known_beyond_the_text(stack: Newsmill, conn: psycopg.Connection, fields: dict[str, Any], line: str) -> None:
    said = stack("show", str(stored(conn, URL, **fields))).out
    assert " ".join(line.split()) in " ".join(said.split())


def test_show_gives_the_markdown_alone(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, URL, blocks=of_markup("<h2>The vote</h2><ul><li>Nineteen for it</li><li>Eleven against it</li></ul>"))
    assert stack("show", str(number), "--markdown").out == "## The vote\n\n- Nineteen for it\n- Eleven against it\n"


def test_show_gives_what_was_left_out(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = stored(conn, URL, dropped=(Dropped(0, "Share this story."), Dropped(3, "Please donate.")))
    assert stack("show", str(number), "--dropped").lines == ["Share this story.", "Please donate."]
    assert "2 paragraphs of the site" in stack("show", str(number)).out
    (found,) = stack("show", str(number), "--json").objects
    assert found["dropped"][1] == {"at": 3, "text": "Please donate."}


def test_show_says_why_there_is_no_article(stack: Newsmill, conn: psycopg.Connection) -> None:
    number = ended(conn, URL, "failed", "http_404", "The server answered 404.")
    said = stack("show", URL)
    assert said.code == 1
    assert (
        said.err
        == f"There is no article of link {number}, {URL}: it is failed (http_404: The server answered 404.); `newsmill trace link {number}` shows its history.\n"
    )
    assert stack("show", "4711").code == 1
    assert stack("show", "https://a.example/else").err.startswith("newsmill does not know")

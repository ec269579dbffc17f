"""Find the article or link that a person means: `article 54`, `link 175`, a number alone, or a URL.

Articles and links have separate numbers. A number alone means what the command is about. If it also belongs to something else, the
command says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.errors import WRONG_USAGE, CliError
from cli.output import complain, printable, url

if TYPE_CHECKING:
    from psycopg import Connection

    from pipeline.store.articles.fields import Stored
    from pipeline.store.links.links import Link

Kind = Literal["article", "link"]
Which = Annotated[
    list[str],
    typer.Argument(help="An article or a link: `article 54`, `link 175`, a number alone, or a URL.", metavar="[article|link] NUMBER|URL"),
]


@dataclass(frozen=True, slots=True)
class Named:
    """What was typed: the `number` of an article or a link (`kind` says which, if given), or a URL."""

    kind: Kind | None
    number: int | None
    text: str


def named(words: list[str]) -> Named:
    """Parse the words. Raises CliError if they name nothing."""
    from pipeline.store.links.links import is_id

    match words:
        case ["article" | "link" as kind, number] if is_id(number):
            return Named("article" if kind == "article" else "link", int(number), number)
        case [number] if is_id(number):
            return Named(None, int(number), number)
        case [text] if text not in ("article", "link"):
            return Named(None, None, text)
    raise CliError(
        f"{printable(' '.join(words))[:60]!r} is neither an article nor a link; write `article 54`, `link 175`, a number alone, or a URL.",
        WRONG_USAGE,
    )


def article(conn: Connection, words: list[str]) -> Stored:
    """The named article, or that of the named link. Raises CliError if there is none."""
    from pipeline.store.articles import articles

    name = named(words)
    found = articles.get(conn, name.number) if name.number is not None and name.kind != "link" else None
    if found is None:
        found = articles.get(conn, _article_of(conn, name))
        assert found is not None  # the link names it
    elif name.kind is None and (other := _link(conn, found.id)) and other.id != found.link_id:
        complain(
            f"{found.id} is an article and a link. This is article {found.id}; link {other.id} is {url(other.url)}, `newsmill trace link {other.id}`."
        )
    return found


def link(conn: Connection, words: list[str]) -> Link:
    """The named link, or that of the named article. Raises CliError if there is none."""
    from pipeline.store.articles import articles

    name = named(words)
    found = _link(conn, name.number if name.number is not None else name.text) if name.kind != "article" else None
    other = articles.get(conn, name.number) if name.number is not None and name.kind != "link" else None
    if found is None and other is not None:
        found = _link(conn, other.link_id)
    elif found is not None and other is not None and other.link_id != found.id:
        complain(f"{found.id} is a link and an article. This is link {found.id}; article {other.id} is that of link {other.link_id}.")
    if found is None:
        raise CliError(_unknown(name))
    return found


def _article_of(conn: Connection, name: Named) -> int:
    """The id of the named link's article."""
    found = _link(conn, name.number if name.number is not None else name.text) if name.kind != "article" else None
    if found is None:
        raise CliError(_unknown(name))
    if found.article_id is None:
        why = f"{found.state} ({found.code}: {found.detail})" if found.code else found.state
        raise CliError(
            f"There is no article of link {found.id}, {url(found.url)}: it is {url(why.rstrip('.'))}; "
            f"`newsmill trace link {found.id}` shows its history."
        )
    return found.article_id


def _link(conn: Connection, which: int | str) -> Link | None:
    from pipeline.store.links import trace

    return trace.find(conn, str(which))


def _unknown(name: Named) -> str:
    match name:
        case Named("article", number, _) if number is not None:
            return f"There is no article {number}; `newsmill articles` lists all articles."
        case Named("link", number, _) if number is not None:
            return f"There is no link {number}; `newsmill links` lists all links."
        case Named(None, number, _) if number is not None:
            return f"There is no article or link {number}; `newsmill articles` and `newsmill links` list all."
    return f"newsmill does not know {url(name.text)}; `newsmill enqueue` adds it."

"""Entries that a scripted server lists in its feed."""

from __future__ import annotations

from html import escape

from tests.fetch.server import Site, answer


def item(title: str, link: str, guid: str | None = None, **more: str) -> str:
    said = {"title": title, "link": link} | ({} if guid is None else {"guid isPermaLink='false'": guid}) | more
    return "<item>" + "".join(f"<{name}>{escape(text)}</{name.partition(' ')[0]}>" for name, text in said.items() if text) + "</item>"


def serve(site: Site, *items: str) -> None:
    body = f'<rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'
    site.script["/f"] = answer(body.encode(), "200 OK", "Content-Type: application/rss+xml")

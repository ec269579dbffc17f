"""A feed whose entry speaks of an article on another site."""

from __future__ import annotations

from html import escape

from tests.fetch.server import Site, answer

BARE = "<html><head><title>Harbour</title>{}</head><body><div id=app></div></body></html>"


FORGED = "".join(f"<p>{'A stranger says that the harbour has been sold to the moon. ' * 4}{n}</p>" for n in range(5))


CONTENT = "content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'"


def serve(site: Site, path: str, link: str, title: str, content: str = FORGED, guid: str = "1") -> None:
    said = {"title": title, "link": link, "guid isPermaLink='false'": guid, "pubDate": "Mon, 02 Nov 2020 10:00:00 GMT", "category": title,
            "dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'": f"{title} Writer", CONTENT: content}  # fmt: skip
    items = "".join(f"<{name}>{escape(text)}</{name.partition(' ')[0]}>" for name, text in said.items())
    image = '<enclosure url="http://forged.example/i.jpg" type="image/jpeg" length="1"/>'
    body = f'<rss version="2.0"><channel><title>News</title><item>{items}{image}</item></channel></rss>'
    site.script[path] = answer(body.encode(), "200 OK", "Content-Type: application/rss+xml")

"""Feeds in a few words, and how they are read."""

from pipeline.feeds.formats.parse import Entry, parse
from pipeline.outcomes import Failure

URL = "https://news.example/feeds/all.xml"


def read(document, **options):
    return parse(document if isinstance(document, bytes) else document.encode(), url=URL, **options)


def rss(*items, head="<title>News</title><link>https://news.example/</link>", declaration='<?xml version="1.0"?>'):
    namespaces = " ".join(
        f'xmlns:{prefix}="{uri}"'
        for prefix, uri in {
            "dc": "http://purl.org/dc/elements/1.1/",
            "content": "http://purl.org/rss/1.0/modules/content/",
            "media": "http://search.yahoo.com/mrss/",
            "atom": "http://www.w3.org/2005/Atom",
            "sy": "http://purl.org/rss/1.0/modules/syndication/",
            "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        }.items()
    )
    return f'{declaration}<rss version="2.0" {namespaces}><channel>{head}{"".join(items)}</channel></rss>'


def item(inside="", link="https://news.example/1"):
    return f"<item><title>Flood</title><link>{link}</link>{inside}</item>"


def only(document, **options) -> Entry:
    (entry,) = read(document, **options).entries
    return entry


def outcome(document, **options) -> str:
    try:
        return read(document, **options).kind
    except Failure as failure:
        return failure.code


RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="x"><title>News &amp; views</title><link>https://news.example/</link><dc:language>it-IT</dc:language></channel>
    <item rdf:about="tag:1"><title>Flood &amp; fire in Sarno</title><link>https://news.example/1</link><description>Short</description>
    <dc:date>2024-05-06T12:30:00+02:00</dc:date><dc:creator>Ben Ode</dc:creator><dc:subject>Weather</dc:subject></item></rdf:RDF>"""

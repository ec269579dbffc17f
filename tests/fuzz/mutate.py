"""Pages broken the way the web breaks them, and in ways it does not yet: each number gives the same page again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

# What readers stumble over, dropped in anywhere.
SPLINTERS = [
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\xbd", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\x1b$B", b"\x0c", b"\x85"),
    *(b"&#0;", b"&#xD83D;", b"&#1114112;", b"&#x110000;", b"&nbsp", b"&amp;amp;amp;", b"&#65534;", b"&" * 50, b"%00", b"\\u0000", b"\\ud83d"),
    *(b"<", b">", b'"', b"'", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml?>", b"<!DOCTYPE", b"</", b"<//", b"< p>", b"<p", b"{", b"}", b"[", b"]]"),
    *(b"<table>", b"</table>", b"<svg>", b"<math>", b"<script>", b"</script>", b"<style>", b"<textarea>", b"<title>", b"<plaintext>", b"<noscript>"),
    *(b"<frameset>", b"<select>", b"<template>", b"<body>", b"</body>", b"</html>", b"<head>", b"<base href='javascript:x'>", b"<html lang='\xd7\xa2'>"),
    *("\u202e\u2066\u200b\u00ad".encode(), "\U000e0001".encode(), "e\u0301".encode() * 40, "\u0915\u094d\u0937".encode(), "\U0001f468\u200d\U0001f469".encode()),
    *(b"<div>" * 400, b"<b>" * 300, b"<p a=1 " + b" ".join(b"b%d=1" % n for n in range(600)) + b">", b"<a href='http://[::1'>", b"<a href='//'>", b"<li>" * 200),
    *(b'<meta charset="utf-7">', b'<meta charset="base64">', b'<meta charset="utf-16">', b'<meta http-equiv="content-type" content="text/html; charset=x">'),
    *(b'<meta property="og:title" content="">', b'<meta property="article:published_time" content="9999-99-99T99:99:99+99:99">'),
    *(b'<time datetime="-0001-01-01">', b'<time datetime="0000-00-00T00:00Z">', b'<link rel="canonical" href="http://a.example:99999/">'),
    *(b'<script type="application/ld+json">', b'<script type="application/ld+json">{"@graph":[[[[[{"@type":[null,1,{}],"author":[[],{"name":[1,{}]}]}]]]]]}</script>'),
    *(b'<script type="application/ld+json">{"@type":"NewsArticle","headline":{"@value":1},"datePublished":[1e999],"articleBody":["<p>",{}]}</script>',),
]  # fmt: skip
CHUNK = 4000  # bytes moved, doubled or lost at once, at the most
MOST = 6  # mutations of one page
TYPES = (
    "text/html",
    "text/html; charset=utf-8",
    "text/html; charset=utf-16",
    "text/html; charset=shift_jis",
    "text/html; charset=\x00",
    "",
)

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def mutated(pages: Sequence[bytes], seed: str, number: int) -> tuple[bytes, str]:
    """The page with this number, and the Content-Type it comes with."""
    rand = random.Random(f"{seed}:{number}")
    page = rand.choice(pages)
    for _ in range(rand.randint(1, MOST)):
        page = rand.choice(MUTATIONS)(page, rand, pages)
    return page, rand.choice(TYPES)


def _somewhere(page: bytes, rand: random.Random) -> tuple[int, int]:
    """A part of the page, often one that begins with a tag."""
    start = rand.randrange(len(page) + 1)
    if rand.random() < 0.5:
        start = max(page.find(b"<", start), 0)
    return start, start + rand.randrange(1, CHUNK)


def _lose(page: bytes, rand: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = _somewhere(page, rand)
    return page[:start] + page[end:]


def _double(page: bytes, rand: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = _somewhere(page, rand)
    return page[:end] + page[start:end] * rand.choice((1, 1, 2, 40)) + page[end:]


def _move(page: bytes, rand: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = _somewhere(page, rand)
    rest = page[:start] + page[end:]
    to = rand.randrange(len(rest) + 1)
    return rest[:to] + page[start:end] + rest[to:]


def _cut(page: bytes, rand: random.Random, _: Sequence[bytes]) -> bytes:
    return page[: rand.randrange(len(page) + 1)]


def _splice(page: bytes, rand: random.Random, pages: Sequence[bytes]) -> bytes:
    other = rand.choice(pages)
    return page[: rand.randrange(len(page) + 1)] + other[rand.randrange(len(other) + 1) :]


def _splinter(page: bytes, rand: random.Random, _: Sequence[bytes]) -> bytes:
    for _n in range(rand.choice((1, 1, 3, 30))):
        at = _somewhere(page, rand)[0]
        page = page[:at] + rand.choice(SPLINTERS) + page[at:]
    return page


def _flip(page: bytes, rand: random.Random, _: Sequence[bytes]) -> bytes:
    found = bytearray(page)
    for _n in range(rand.choice((1, 10, 200))):
        if found:
            found[rand.randrange(len(found))] = rand.randrange(256)
    return bytes(found)


def _recode(page: bytes, rand: random.Random, _: Sequence[bytes]) -> bytes:
    return page.decode("utf-8", "replace").encode(rand.choice(("utf-16", "cp1251", "shift_jis", "latin-1", "utf-7", "utf-32")), "replace")


MUTATIONS: tuple[Mutation, ...] = (_lose, _double, _move, _cut, _splice, _splinter, _splinter, _splinter, _flip, _recode)

"""Pages that announce feeds."""

from __future__ import annotations


def announced(*hrefs: str) -> bytes:
    return b"<html><head>" + b"".join(f'<link rel="alternate" type="application/rss+xml" href="{href}">'.encode() for href in hrefs)

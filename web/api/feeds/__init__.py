"""Feeds over HTTP: list, make, change, poll, pause and remove them, what they listed beside what is stored, and whole lists as OPML.

Used by `web.app` and the pages; imports `web.access`, `web.http` and the shared modules of `web.api`.
"""

"""Feeds over HTTP: list, create, change, poll, pause and delete them, what they listed, and whole lists as OPML.

`web.app` and the pages use it. It imports `web.access`, `web.http` and the shared modules of `web.api`.
"""

"""Asking the archive over HTTP: find, count, words, samples. What a query may say is in docs/reference/search.md.

Used by `web.app` and the pages; imports `web.access`, `web.http` and the shared modules of `web.api`. SQL is in `pipeline/store/search`.
"""

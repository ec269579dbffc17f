"""Search over HTTP: find, count, words, samples. docs/reference/search.md describes queries.

`web.app` and the pages use it. It imports `web.access`, `web.http` and the shared modules of `web.api`. The SQL is in
`pipeline/store/search`.
"""

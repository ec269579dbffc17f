"""Articles over HTTP: fields, text, page, versions, copies, trace and citation, and a lookup of many URLs.

`web.app` uses it. It imports `web.access`, `web.http` and the shared modules of `web.api`.
"""

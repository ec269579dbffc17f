"""The interface described for people: the page at /docs, and docs/reference/api.md. Both are made from the OpenAPI document and the table of scopes.

`web.app` uses the page; `python -m web.api_reference` writes the file. It imports `web.access` and `web.templating`.
"""

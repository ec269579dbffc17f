"""The HTTP interface described for people: the page at /docs and the file docs/reference/api.md, both made from the OpenAPI document and
the scopes.

`web.app` uses the page; `python -m web.api_reference` writes the file. It imports `web.access` and `web.templating`.
"""

"""Sources and collections over HTTP: outlets with their country, language and so on, and named sets of them.

Used by `web.app` and the pages; imports `web.http` and the shared modules of `web.api`. A background job assigns articles to a changed
source.
"""

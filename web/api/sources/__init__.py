"""Sources and collections over HTTP: outlets, what is known of them, and named sets of them.

Used by `web.app` and the pages; imports `web.http` and the shared modules of `web.api`. Articles follow their sources in the background.
"""

"""Links over HTTP: list and trace them, explain failures, send them again, and enqueue new ones.

Used by `web.app` and the pages; imports `web.access`, `web.http` and the shared modules of `web.api`.
"""

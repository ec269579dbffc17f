"""Links over HTTP: list and trace them, why they failed, send them again, and put in new ones.

Used by `web.app` and the pages; imports `web.access`, `web.http` and the shared modules of `web.api`.
"""

"""Who may do what, over HTTP: signing in, users, tokens and the audit.

Used by `web.app` and the page for signing in; imports `web.access`, `web.http` and the shared modules of `web.api`.
"""

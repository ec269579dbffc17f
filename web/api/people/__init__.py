"""Who may do what, over HTTP: signing in, users, tokens and the audit.

`web.app` and the sign-in page use it. It imports `web.access`, `web.http` and the shared modules of `web.api`.
"""

"""The guard of the web process: what each endpoint asks for, who is asking, how often they may, and the row of the audit.

Used by `web.api`, `web.pages` and `web.metrics`; imports `web.http` and `web.context`.
"""

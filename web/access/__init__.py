"""The guard of the web process: what each endpoint needs, who is calling, rate limits, and the audit.

`web.api`, `web.pages` and `web.metrics` use it. It imports `web.http` and `web.context`.
"""

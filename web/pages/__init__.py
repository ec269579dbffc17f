"""The pages for people, which work without JavaScript.

Used by `web.app` and the metrics; imports `web.api` and `web.http`.
"""

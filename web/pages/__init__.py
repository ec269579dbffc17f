"""The pages for people. They work without JavaScript.

`web.app` and the metrics use it. It imports `web.api` and `web.http`.
"""

"""The JSON API, one module for each kind of thing, and the callback for WebSub hubs.

`web.app`, the pages and the metrics use it. It imports `web.http`.
"""

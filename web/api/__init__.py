"""The JSON interface, one module for each kind of thing, and the callback of WebSub hubs.

Used by `web.app`, the pages and the metrics; imports `web.http`.
"""

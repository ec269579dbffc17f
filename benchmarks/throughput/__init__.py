"""The whole pipeline: articles a second, a tick of the dispatcher, many URLs enqueued.

`server` is the web server that the others fetch from.
"""

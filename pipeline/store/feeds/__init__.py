"""Feeds in Postgres: the list of them, polls, entries, moves and WebSub subscriptions.

The workers, the web process and the command line use it. Of the store, it imports `db`, `hosts`, `links` and `queue`.
"""

"""Feeds in Postgres: the list of them, their polls, entries, moves and WebSub subscriptions.

Used by the workers, the web process and the command line; imports the `db`, `hosts`, `links` and `queue` of the store.
"""
